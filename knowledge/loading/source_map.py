"""Where in the knowledge files a thing stands: the file and line that an editor has to open."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from knowledge.loading.build import faq_files, pictures_file
from knowledge.loading.yaml_file import Document, read

List = Literal["entries", "sources", "facts", "claims", "subjects", "openings", "pictures"]
"""The lists of the files whose items have ids."""

_FILES = ("sources", "facts", "claims", "out_of_scope", "wordings", "confirmed")


class Lines:
    """The YAML files below a folder that findings speak of, each read once; those that are missing are left out.

    Raises KnowledgeError for a file that is no YAML.
    """

    def __init__(self, folder: Path) -> None:
        paths = [*faq_files(folder), *(folder / f"{name}.yaml" for name in _FILES), pictures_file(folder)]
        self._documents: dict[str, Document] = {}
        self._items: dict[tuple[str, str], tuple[Document, int]] = {}
        for path in paths:
            if not path.exists():
                continue
            name = path.relative_to(folder).as_posix()
            document = self._documents[name] = read(path, f"{folder.name}/{name}")
            for key, items in document.data.items() if isinstance(document.data, dict) else ():
                for number, item in enumerate(items if isinstance(items, list) else ()):
                    if isinstance(item, dict) and isinstance(item.get("id"), str):
                        self._items[key, item["id"]] = (document, number)

    def document(self, name: str) -> Document | None:
        """The file `name`, relative to the folder; None where there is none."""
        return self._documents.get(name)

    def at(self, name: str, *path: str | int) -> str:
        """The place of the value at `path` in the file `name`, as "knowledge/wordings.yaml:4"."""
        document = self._documents[name]
        return f"{document.name}:{document.line(path)}"

    def of(self, listed: List, item: str, *path: str | int) -> str:
        """The place of the item of that id, or of the value at `path` inside it; empty where no file holds it."""
        found = self._items.get((listed, item))
        if found is None:
            return ""
        document, number = found
        return f"{document.name}:{document.line((listed, number, *path))}"
