"""From YAML files to `Knowledge`: everything checked, every problem reported at once, compiled form kept by content.

What was checked once need not be checked again: the validated data is kept as JSON under the digest of all that went
into it (the YAML files and this package's own code), so that a start costs milliseconds and nothing stale is read.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from knowledge.matching.classifier import NOTHING_LEARNT, Learnt
from knowledge.model import (
    Citation,
    Claim,
    Dispute,
    Elsewhere,
    Entry,
    Evidence,
    Fact,
    Knowledge,
    Picture,
    Point,
    Side,
    Source,
    Vocabulary,
    Wordings,
)
from knowledge.red_flags import RedFlags

HERE = Path(__file__).parent.parent
CACHE = HERE.parent / ".cache"


def load(
    folder: Path = HERE, cache: Path | None = CACHE, when_compiling: Callable[[], None] | None = None
) -> Knowledge:
    """Load the knowledge files below `folder`.

    `cache` is the folder for compiled knowledge (None: compile anew and keep nothing); `when_compiling` is called
    before that work, which takes some seconds. Raises KnowledgeError with every problem of every file.
    """
    with _collector_resting():
        return build(checked(folder, cache, when_compiling), folder)


@contextmanager
def _collector_resting() -> Iterator[None]:
    """No garbage collection meanwhile: of what is loaded, hundreds of thousands of objects, nothing is garbage."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def checked(
    folder: Path = HERE, cache: Path | None = CACHE, when_compiling: Callable[[], None] | None = None
) -> dict[str, Any]:
    """What `load` builds from: the validated data of the files below `folder`, as JSON can hold it."""
    digest = _digest(folder)
    kept = _kept(cache, digest)
    if kept is None:
        from knowledge.loading.references import compiled  # pydantic is needed only where something changed

        if when_compiling is not None:
            when_compiling()
        kept = compiled(folder)
        _keep(cache, digest, kept)
    return kept


def faq_files(folder: Path) -> list[Path]:
    """The FAQ's files, by name."""
    return sorted((folder / "faq").glob("*.yaml"))


def pictures_file(folder: Path) -> Path:
    """The list of pictures, with their PNGs beside it."""
    return folder / "pictures" / "pictures.yaml"


def code_digest() -> str:
    """SHA-256 over the names and contents of this package's code, as it is on the disk now."""
    return _total(sorted(HERE.rglob("*.py")))


def _digest(folder: Path) -> str:
    """SHA-256 over the names and contents of the YAML files, of the PNGs and of this package's code."""
    pictures = pictures_file(folder)
    pngs = sorted(pictures.parent.glob("*.png"))
    return _total([*sorted(HERE.rglob("*.py")), *sorted(folder.glob("*.yaml")), *faq_files(folder), pictures, *pngs])


def _total(paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        try:
            content = path.read_bytes() if path.stat().st_size <= 10_000_000 else b"too large"
        except OSError:
            content = b"unreadable"
        total.update(f"{path.name} {len(content)}\n".encode())
        total.update(content)
    return total.hexdigest()


def _kept(cache: Path | None, digest: str) -> dict[str, Any] | None:
    if cache is None:
        return None
    try:
        kept = json.loads((cache / f"knowledge-{digest[:32]}.json").read_bytes())
    except (OSError, ValueError):
        return None
    return kept if isinstance(kept, dict) else None


def _keep(cache: Path | None, digest: str, data: dict[str, Any]) -> None:
    """Keep `data` for the next start, and drop what earlier contents left; a folder that can't be written is fine."""
    if cache is None:
        return
    try:
        cache.mkdir(parents=True, exist_ok=True)
        for old in cache.glob("knowledge-*.json"):
            old.unlink(missing_ok=True)
        handle, name = tempfile.mkstemp(dir=cache, suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(data, file, ensure_ascii=False, separators=(",", ":"))
        Path(name).replace(cache / f"knowledge-{digest[:32]}.json")
    except OSError:
        return


def build(data: dict[str, Any], folder: Path) -> Knowledge:
    """Knowledge from the validated data of `folder`; nothing learnt where `data` holds nothing learnt."""
    sources = {item["id"]: _source(item) for item in data["sources"]}
    facts = {item["id"]: _fact(item, sources) for item in data["facts"]}
    claims = {item["id"]: _claim(item, sources) for item in data["claims"]}
    evidence: dict[str, Evidence] = {**facts, **claims}
    pictures = {item["id"]: _picture(item, pictures_file(folder).parent, facts) for item in data["pictures"]}
    groups = {
        item["group"]: tuple(_entry(entry, item["group"], evidence, pictures) for entry in item["entries"])
        for item in sorted(data["faq"], key=lambda item: item["order"])
    }
    vocabulary = data["vocabulary"]
    words = data["wordings"]
    return Knowledge(
        entries={entry.id: entry for entries in groups.values() for entry in entries},
        groups=groups,
        sources=sources,
        facts=facts,
        claims=claims,
        elsewhere={
            item["id"]: Elsewhere(item["id"], item["line"], tuple(item["phrasings"]), item["nearest"])
            for item in data["elsewhere"]
        },
        vocabulary=Vocabulary(
            spellings={word: tuple(variants) for word, variants in vocabulary["spellings"].items()},
            concepts={name: tuple(terms) for name, terms in vocabulary["concepts"].items()},
            question_forms={name: tuple(terms) for name, terms in vocabulary["question_forms"].items()},
            foreign={item["kind"]: tuple(item["terms"]) for item in vocabulary["foreign"]},
            treatment=frozenset(vocabulary["treatment"]),
            general=frozenset(vocabulary["general"]),
            fillers=frozenset(vocabulary["fillers"]),
        ),
        wordings=Wordings(**(words | {"safety_note": words["safety_note"]["say"]})),
        learnt=Learnt.from_data(data["learnt"]) if "learnt" in data else NOTHING_LEARNT,
        pictures=pictures,
        red_flags=RedFlags.from_data(data["red_flags"]),
    )


def _source(item: dict[str, Any]) -> Source:
    paragraphs = {int(number): text for number, text in item["paragraphs"].items()}
    return Source(
        item["id"], item["title"], item["publisher"], item["kind"], item["date"], item["url"], item["note"] or "",
        paragraphs,
    )  # fmt: skip


def _fact(item: dict[str, Any], sources: dict[str, Source]) -> Fact:
    places = tuple(Citation(sources[place["id"]], place["at"]) for place in item["sources"])
    return Fact(item["id"], item["claim"], places, item["confidence"], item["region"], item["caveat"] or "")


def _claim(item: dict[str, Any], sources: dict[str, Source]) -> Claim:
    paragraph = "title" if item["paragraph"] == 0 else f"paragraph {item['paragraph']}"
    return Claim(
        item["id"], Citation(sources[item["source"]], paragraph), item["claim"], item["verdict"], item["clinical"],
        tuple(item["facts"]), item["note"] or "",
    )  # fmt: skip


def _picture(item: dict[str, Any], folder: Path, facts: dict[str, Fact]) -> Picture:
    evidence = tuple(facts[name] for name in item["cites"])
    return Picture(item["id"], folder / item["file"], item["digest"], item["alt"], evidence)


def _entry(item: dict[str, Any], group: str, evidence: dict[str, Evidence], pictures: dict[str, Picture]) -> Entry:
    def cited(ids: list[str]) -> tuple[Evidence, ...]:
        return tuple(evidence[name] for name in ids)

    def points(items: list[dict[str, Any]]) -> tuple[Point, ...]:
        return tuple(Point(point["say"], cited(point["cites"]), point["region"]) for point in items)

    disputes = tuple(
        Dispute(
            dispute["about"],
            tuple(Side(side["who"], side["says"], cited(side["cites"])) for side in dispute["sides"]),
            dispute["trust"],
        )
        for dispute in item["disputes"]
    )
    return Entry(
        id=item["id"],
        group=group,
        label=item["label"],
        question=item["question"],
        phrasings=tuple(item["phrasings"]),
        answer=points(item["answer"]),
        reviewed=date.fromisoformat(item["reviewed"]),
        more=points(item["more"]),
        disputes=disputes,
        related=tuple(item["related"]),
        safety_note=item["safety_note"],
        picture=pictures[item["picture"]] if item["picture"] else None,
    )
