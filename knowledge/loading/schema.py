"""The shape of each knowledge file: strict pydantic models, and the JSON Schemas that editors' programs read.

Run `python -m knowledge.loading.schema` to write the schemas anew after a change here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, TypeAdapter

from knowledge.model import KINDS, Confidence, Kind, Region, Verdict

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\n]+$")]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=48)]


def _as_written(value: object) -> object:
    """YAML reads an unquoted 2018 as a number and 2018-05-24 as a date; here they are text."""
    return str(value) if isinstance(value, date | int) and not isinstance(value, bool) else value


When = Annotated[str, BeforeValidator(_as_written), StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
Web = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]+$", max_length=400)]
Term = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=60)]


class Strict(BaseModel):
    """No unknown keys, no silent conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PointFile(Strict):
    say: Text = Field(description="One or two short sentences.")
    cites: Annotated[list[Id], Field(min_length=1)] = Field(
        description="Ids of the facts that support this very sentence, and of seed claims that it confirms."
    )
    region: Region | None = Field(None, description="Where it holds, when not everywhere.")


class SideFile(Strict):
    who: Line = Field(description="Who says it, by name.")
    says: Text
    cites: Annotated[list[Id], Field(min_length=1)]


class DisputeFile(Strict):
    about: Line = Field(description="What the sources disagree on, in a few words.")
    sides: Annotated[list[SideFile], Field(min_length=2)] = Field(
        description="The better supported side first; it cites facts. A wrong seed claim only after it."
    )
    trust: Text = Field(description="Which side to trust, and why.")


class EntryFile(Strict):
    id: Id
    label: Annotated[Line, StringConstraints(max_length=32)] = Field(description="The text of its button.")
    question: Annotated[Line, StringConstraints(max_length=120)]
    phrasings: Annotated[list[Line], Field(min_length=12)] = Field(
        description="Other ways in which people ask it, in different words."
    )
    answer: Annotated[list[PointFile], Field(min_length=1)] = Field(
        description="The most useful sentence first; about 120 words in all."
    )
    more: list[PointFile] = Field(default_factory=list, description="Detail, shown folded.")
    disputes: list[DisputeFile] = Field(default_factory=list)
    related: list[Id] = Field(default_factory=list, description="Entries that a reader wants next.")
    safety_note: bool = Field(False, description="Adds the fixed note on when to seek help.")
    picture: Id | None = Field(None, description="A picture of pictures/pictures.yaml, sent after the answer.")
    reviewed: date = Field(description="When somebody last compared the entry with its sources.")


class FaqFile(Strict):
    group: Line
    order: Annotated[int, Field(ge=1)]
    entries: Annotated[list[EntryFile], Field(min_length=1)]


class SourceFile(Strict):
    id: Id
    title: Line
    publisher: Line
    kind: Kind
    date: When = ""
    url: Web = ""
    note: Line | None = Field(None, description="How it was read, and what to mistrust.")
    paragraphs: dict[int, Line] = Field(default_factory=dict, description="Seed articles: what each paragraph says.")


class SourcesFile(Strict):
    sources: list[SourceFile]


class LocatorFile(Strict):
    id: Id
    at: Line = Field(description="Section, table or paragraph, as the source counts.")


class FactFile(Strict):
    id: Id
    claim: Line
    sources: Annotated[list[LocatorFile], Field(min_length=1)]
    region: Region | None = None
    confidence: Confidence
    caveat: Line | None = None


class FactsFile(Strict):
    facts: list[FactFile]


class ClaimFile(Strict):
    id: Id
    source: Id
    paragraph: Annotated[int, Field(ge=0)]
    claim: Line
    verdict: Verdict
    clinical: Line
    facts: list[Id]
    note: Line | None = None


class ClaimsFile(Strict):
    claims: list[ClaimFile]


class ForeignFile(Strict):
    kind: Id
    terms: Annotated[list[Term], Field(min_length=1)]


class VocabularyFile(Strict):
    spellings: dict[Term, list[Term]] = Field(description="The standard word, and how else people write it.")
    concepts: dict[Id, list[Term]] = Field(description="Words and short phrases that ask for the same thing here.")
    question_forms: dict[Id, list[Term]]
    foreign: list[ForeignFile] = Field(description="Words that speak against every entry that does not use them.")
    treatment: list[Term] = Field(description="Single words by which people mean the injections.")
    general: list[Id] = Field(
        description="Concepts that say what is asked, but not about what: a follow-up needs more."
    )
    fillers: list[Term] = Field(description="Words without weight.")


class SubjectFile(Strict):
    id: Id
    line: Text = Field(description="One or two kind sentences on where the bot's knowledge ends.")
    nearest: Id | None = Field(None, description="An entry to offer, where it truly helps.")
    phrasings: Annotated[list[Line], Field(min_length=1)]


class ElsewhereFile(Strict):
    subjects: list[SubjectFile]


class PictureFile(Strict):
    id: Id
    file: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+\.png$", max_length=60)] = Field(
        description="A PNG beside this file."
    )
    alt: Line = Field(description="What the picture shows, for those who can't see it; 900 characters at most.")
    cites: Annotated[list[Id], Field(min_length=1)] = Field(
        description="Ids of the facts that its figures and words rest on."
    )


class PicturesFile(Strict):
    pictures: list[PictureFile]


class WordingFile(Strict):
    say: Text
    cites: Annotated[list[Id], Field(min_length=1)]


class WordingsFile(Strict):
    safety_note: WordingFile
    disclaimer: Text
    unknown: Text
    did_you_mean: Text
    or_else: Text = Field(description="Above the other questions that an unsure answer offers.")
    get_help: Line = Field(description="Before the safety note.")
    sources_disagree: Line = Field(description="Before what a dispute is about.")
    disputed: Line = Field(description="In a short answer, instead of the disputes.")
    more: Line = Field(description="Above the folded detail of an answer.")
    sources: Line = Field(description="Above the sources of an answer, and before those of a picture.")
    sources_below: Line = Field(description="Instead of the sources, where several answers leave no room for them.")
    publishers: Line = Field(description="Before the publishers that a short answer names.")
    reviewed: Line = Field(description="Before the date on which an answer was reviewed.")
    in_words: Line = Field(description="Before what a picture shows.")
    undated: Line = Field(description="Instead of the date of a source.")
    kinds: dict[Kind, Line] = Field(description="What a source of each kind is called.", min_length=len(KINDS))


SHAPES: Mapping[str, type[Strict]] = {
    "faq": FaqFile,
    "sources": SourcesFile,
    "facts": FactsFile,
    "claims": ClaimsFile,
    "vocabulary": VocabularyFile,
    "elsewhere": ElsewhereFile,
    "wordings": WordingsFile,
    "pictures": PicturesFile,
}
"""The model of each file, by the name of its schema in knowledge/schema/."""


def json_schema(name: str) -> str:
    """The JSON Schema (text, with a final line break) that the YAML files of this shape point to."""
    schema: dict[str, Any] = TypeAdapter(SHAPES[name]).json_schema()
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    folder = Path(__file__).parent.parent / "schema"
    folder.mkdir(exist_ok=True)
    for name in SHAPES:
        (folder / f"{name}.json").write_text(json_schema(name), encoding="utf-8")


if __name__ == "__main__":
    main()
