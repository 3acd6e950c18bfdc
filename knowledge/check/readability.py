"""How hard a text is to read: the Flesch-Kincaid grade, with names that a writer can't avoid counted as easy words.

Run `python -m knowledge.check.readability` to write the schema of reading.yaml anew after a change here.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterable
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError

from knowledge.loading.problems import KnowledgeError
from knowledge.loading.schema import Line, Strict, Text
from knowledge.loading.validation_messages import explained
from knowledge.loading.yaml_file import Document

with warnings.catch_warnings():
    warnings.simplefilter("ignore", UserWarning)  # textstat imports pkg_resources, which says on import that it will go
    import textstat  # type: ignore[import-untyped]


class ExceptionFile(Strict):
    entry: Line = Field(description="The entry's id; “elsewhere:” and the subject's; or “wordings”.")
    begins: Line = Field(description="The beginning of the text that may stay hard.")
    reason: Text


class ReadingFile(Strict):
    """What the measuring of reading grades has to know: knowledge/reading.yaml."""

    names: list[Line] = Field(description="Names that a writer can't avoid; each counts as a word of two syllables.")
    exceptions: list[ExceptionFile] = Field(default_factory=list, description="Texts that may stay hard.")


def reading_file(document: Document) -> ReadingFile:
    """The names and exceptions of reading.yaml; raises KnowledgeError with all that is wrong in it."""
    try:
        return ReadingFile.model_validate(document.data)
    except ValidationError as error:
        raise KnowledgeError(explained(error, document, ReadingFile)) from None


_DECIMAL_POINT = re.compile(r"(?<=\d)\.(?=\d)")
_TWO_SYLLABLES = "doctor"


def names_in(names: Iterable[str]) -> re.Pattern[str]:
    """Finds the names, the longest first, in any case and with the endings of plural and possession."""
    listed = sorted(map(re.escape, names), key=len, reverse=True) or ["(?!)"]
    return re.compile(rf"(?<!\w)(?:{'|'.join(listed)})(?:['’]?s|['’])?(?!\w)", re.IGNORECASE)


def grade(text: str, names: re.Pattern[str]) -> float:
    """The grade of a text (Kincaid et al. 1975), each name a word of two syllables; a decimal point ends no sentence.

    About the years of school that a reader needs; to one decimal place.
    """
    prepared = _DECIMAL_POINT.sub(",", names.sub(_TWO_SYLLABLES, text))
    return round(float(textstat.flesch_kincaid_grade(prepared)), 1)


def json_schema() -> str:
    """The JSON Schema (text, with a final line break) that reading.yaml points to."""
    return json.dumps(TypeAdapter(ReadingFile).json_schema(), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    (Path(__file__).parent.parent / "schema" / "reading.json").write_text(json_schema(), encoding="utf-8")


if __name__ == "__main__":
    main()
