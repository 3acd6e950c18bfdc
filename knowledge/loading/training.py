"""The training messages: JSON Lines with the text, what it belongs to, and the voice that wrote it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from knowledge.loading.build import language_messages_file, training_files
from knowledge.loading.cache import digest_values
from knowledge.loading.problems import KnowledgeError, Problem
from knowledge.matching.trained import OUT_OF_SCOPE, Labelled, Message
from knowledge.model import Knowledge
from knowledge.triage.opinion import ABOUT, HARMLESS, ORDINARY, TRIAGE

_KEYS = {"text", "label", "voice"}
_KEYS_IN_LANGUAGE = {"text", "language", "accept", "voice"}
_MAY = {"also"}
"""Keys that a row may have beside these: what else would be a right answer."""

LABELLED = ("questions", "out_of_scope", "posts", "out_of_scope_posts")
"""The kinds of messages that confidence is fitted on, each in a file of its own."""

_ACCEPTED = {"questions": ("accept",), "posts": ("helps", "asks")}
"""The keys of the entries that answer a message of ours; one that is not ours may name some that are no fault."""


class TrainingRow(NamedTuple):
    """A message, and where it stands."""

    message: Message
    file: str
    line: int


class LabelledSets(NamedTuple):
    """What confidence is fitted on: messages that the ranking has not seen, single questions and longer posts."""

    questions: list[Labelled]
    posts: list[Labelled]

    @property
    def messages(self) -> list[Labelled]:
        """All of them: one function judges questions and posts alike."""
        return [*self.questions, *self.posts]


def read_training(folder: Path, labels: Collection[str], problems: list[Problem]) -> list[TrainingRow]:
    """The messages below `folder`, each of one of the `labels`; what is wrong with a line is added to `problems`."""
    rows: list[TrainingRow] = []
    for path in training_files(folder):
        for name, number, line in _read_lines(path, folder, problems):
            problems += _read(line, labels, name, number, rows)
    return rows


def read_asked_in(
    folder: Path, entries: Collection[str], problems: list[Problem]
) -> dict[tuple[str, str], dict[str, None]]:
    """What messages below `folder` ask, by the code of their language and the id of the first entry that answers it.

    What is wrong with a line is added to `problems`. A folder without the file has none.
    """
    found: dict[tuple[str, str], dict[str, None]] = {}
    path = language_messages_file(folder)
    for name, number, line in _read_lines(path, folder, problems) if path.exists() else ():
        row = _parse(line)
        if (
            not isinstance(row, dict)
            or set(row) != _KEYS_IN_LANGUAGE
            or not all(isinstance(row[key], str) for key in _KEYS_IN_LANGUAGE - {"accept"})
            or not _is_ids(row["accept"])
        ):
            expected = '{"text": "…", "language": "es", "accept": ["…"], "voice": "…"}'
            problems.append(Problem(name, number, "", "is no message in another language", expected))
            continue
        problems += [
            Problem(name, number, entry, "there is no such entry", "the id of an entry")
            for entry in row["accept"]
            if entry not in entries
        ]
        if row["accept"]:
            found.setdefault((row["language"], row["accept"][0]), {})[row["text"]] = None
    return found


def labelled_files(folder: Path) -> list[Path]:
    """The files of messages that confidence is fitted on."""
    return [folder / "training" / f"{kind}.jsonl" for kind in LABELLED]


def read_labelled(folder: Path, entries: Collection[str]) -> LabelledSets:
    """The messages below `folder` that confidence is fitted on; `entries` are the ids that they may name.

    Raises KnowledgeError with every line that can't be used.
    """
    problems: list[Problem] = []
    found: dict[str, list[Labelled]] = {}
    for kind, path in zip(LABELLED, labelled_files(folder), strict=True):
        rows = found.setdefault(kind, [])
        for name, number, line in _read_lines(path, folder, problems):
            problems += _read_labelled(line, kind, entries, name, number, rows)
    if problems:
        raise KnowledgeError(problems)
    return LabelledSets([*found["questions"], *found["out_of_scope"]], [*found["posts"], *found["out_of_scope_posts"]])


def _read_lines(path: Path, folder: Path, problems: list[Problem]) -> Iterator[tuple[str, int, str]]:
    """The file's name for people, the number and the text of each line that is not blank."""
    name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(name, 0, "", f"can't be read: {error}", "a readable file in the encoding UTF-8"))
        return
    # Not splitlines: a message may hold what Python, unlike JSON Lines, takes for the end of a line.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield name, number, line


def _read(line: str, labels: Collection[str], name: str, number: int, rows: list[TrainingRow]) -> Iterator[Problem]:
    """Add the message of a line to `rows`, or say what is wrong with it."""
    row = _parse(line)
    if (
        not isinstance(row, dict)
        or set(row) - _MAY != _KEYS
        or not all(isinstance(row[key], str) for key in _KEYS)
        or not _is_ids(row.get("also", []))
    ):
        yield Problem(name, number, "", "is no training message", '{"text": "…", "label": "…", "voice": "…"}')
        return
    unknown = [label for label in (row["label"], *row.get("also", ())) if label not in labels]
    for label in unknown:
        yield Problem(
            name,
            number,
            label,
            "there is no such entry or subject",
            "the id of an entry, or of a subject after “out-of-scope:”",
        )
    if not unknown:
        message = Message(row["text"], row["label"], row["voice"], tuple(row.get("also", ())))
        rows.append(TrainingRow(message, name, number))


def _read_labelled(
    line: str, kind: str, entries: Collection[str], name: str, number: int, rows: list[Labelled]
) -> Iterator[Problem]:
    """Add the message of a line to `rows`, or say what is wrong with it."""
    row = _parse(line)
    keys = _ACCEPTED.get(kind, ("accept",))
    if not isinstance(row, dict) or not isinstance(row.get("text"), str) or not all(map(_is_ids, map(row.get, keys))):
        wanted = ", ".join(f'"{key}": ["…"]' for key in keys)
        yield Problem(name, number, "", "is no labelled message", f'{{"text": "…", {wanted}, …}}')
        return
    accept = frozenset(each for key in keys for each in row[key])
    for lost in sorted(accept - set(entries)):
        yield Problem(name, number, lost, "there is no such entry", "the id of an entry")
    rows.append(Labelled(row["text"], accept, row.get("voice", "")))


def _parse(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _is_ids(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def class_names(knowledge: Knowledge) -> list[str]:
    """The classes that messages are told apart into: our entries, then the subjects out of scope with messages."""
    subjects = (OUT_OF_SCOPE + subject.id for subject in knowledge.out_of_scope.values() if subject.asked)
    return [*knowledge.entries, *subjects]


def list_messages(knowledge: Knowledge, training: Sequence[Message]) -> list[Message]:
    """What is learnt from: what the editor keeps with each entry and subject, and the training messages.

    An entry's label is a way of asking for it, too: people type what they have seen on a button.
    """
    editors = [
        Message(text, entry.id)
        for entry in knowledge.entries.values()
        for text in dict.fromkeys((*entry.asked, entry.label))
    ]
    editors += [
        Message(text, OUT_OF_SCOPE + subject.id)
        for subject in knowledge.out_of_scope.values()
        for text in subject.asked
    ]
    return [*editors, *training]


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """A message that the language model is taught with: its classes, the best first (`LanguageModel.classes`).

    `triage`: it was written for triage, where what people put around a message must change nothing.
    """

    text: str
    labels: tuple[str, ...]
    triage: bool = False


def read_language_model_messages(folder: Path, knowledge: Knowledge) -> tuple[list[ReadMessage], str]:
    """All that the language model learns from, and a digest of what of it triage is about.

    Entries and subjects out of scope by their classes, stories by all that they ask for, red flags and what only
    resembles them behind `TRIAGE`, with what people tell each other as ORDINARY. Voices that choose are left out.
    """
    problems: list[Problem] = []
    rows = read_training(folder, class_names(knowledge), problems)
    for name, number, line in _read_lines(folder / "training" / "stories.jsonl", folder, problems):
        problems += _read(line, knowledge.entries, name, number, rows)
    if problems:
        raise KnowledgeError(problems)
    messages = list_messages(knowledge, [row.message for row in rows])
    found = [ReadMessage(each.text, (each.label, *each.also)) for each in messages]
    taught, digest = read_triage_messages(folder)
    found += [
        ReadMessage(each.text, (TRIAGE + each.label,), triage=True)
        for each in taught
        if not each.chooses and each.label != ORDINARY
    ]
    found += [
        ReadMessage(row["text"], (TRIAGE + ORDINARY,)) for row in _read_rows(folder / "training" / "chatter.jsonl")
    ]
    return found, digest


@dataclass(frozen=True, slots=True)
class TriageMessage:
    """A message for triage. `label`: a red flag or a harmless kind; `chooses`: nothing is fitted to its voice."""

    text: str
    label: str
    voice: str
    chooses: bool = False


def read_triage_messages(folder: Path) -> tuple[list[TriageMessage], str]:
    """The blind voices, the house's messages and ordinary ones; and a digest of what triage is about.

    The digest leaves out the sample of ordinary messages, in which one more or less changes little: else every new
    phrasing of the FAQ would ask for half an hour of fitting.
    """
    training = folder / "training"
    flags = yaml.safe_load((folder / "red_flags.yaml").read_text(encoding="utf-8"))["red_flags"]
    tiers = {flag["id"]: flag["tier"] for flag in flags}
    voices = yaml.safe_load((training / "triage" / "voices.yaml").read_text(encoding="utf-8"))["voices"]
    found = [
        TriageMessage(row["text"], _triage_label(row, tiers), row["voice"], voices[row["voice"]].get("chooses", False))
        for path in sorted((training / "triage").glob("*.jsonl"))
        for row in _read_rows(path)
    ]
    found += [TriageMessage(row["text"], row["flag"], row["voice"]) for row in _read_rows(training / "urgent.jsonl")]
    found += [
        TriageMessage(row["text"], ABOUT if row["expect"].startswith("info") else HARMLESS, row["voice"])
        for row in _read_rows(training / "calm.jsonl")
    ]
    digest = digest_values([[[each.text, each.label] for each in found if not each.chooses], read_wrappers(folder)])
    for name, every in _ORDINARY.items():
        rows = _read_rows(training / f"{name}.jsonl")
        found += [TriageMessage(row["text"], ORDINARY, row["voice"]) for row in rows[::every]]
    return found, digest


def read_wrappers(folder: Path) -> list[str]:
    """What people put around a message, with "{}" for the message."""
    text = (folder / "training" / "wrappers.yaml").read_text(encoding="utf-8")
    wrappers: list[str] = yaml.safe_load(text)["wrappers"]
    return wrappers


_ORDINARY = {
    "asked": 4,
    "asked_out_of_scope": 2,
    "stories": 2,
    "chatter": 1,
    "out_of_scope_posts": 2,
}
"""Of each of these files every so manieth message, as one that is neither urgent nor like it."""


def _triage_label(row: Mapping[str, str], tiers: Mapping[str, str]) -> str:
    """The label, behind a harmless one the tier of what it resembles: the kinds differ as much as red flags do."""
    return f"{row['label']}:{tiers[row['like']]}" if row["label"] in (HARMLESS, ABOUT) else row["label"]


def _read_rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
