"""Validating the knowledge files: each on its own, then against one another; all problems at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from knowledge.choosing import choose
from knowledge.language.spelling import tokenize
from knowledge.loading import pictures as picture_checks
from knowledge.loading.build import build, faq_files, language_files, pictures_file, translation_files
from knowledge.loading.cache import digest_values
from knowledge.loading.problems import KnowledgeError, Problem
from knowledge.loading.red_flag_checks import check_red_flags, combine_red_flags
from knowledge.loading.training import TrainingRow, class_names, list_messages, read_asked_in, read_training
from knowledge.loading.translations import check_translations
from knowledge.loading.validation import Validated, entry_at, repeated_ids, validate
from knowledge.loading.yaml_file import Document
from knowledge.matching.trained import OUT_OF_SCOPE, Message
from knowledge.model import NEEDS_CORRECTION, Entry, Knowledge
from knowledge.rendering.answer import (
    GROUP_LIMIT,
    MESSAGE_LIMIT,
    OR_ELSE,
    answer_text,
    points_of_several,
    short_text,
)
from knowledge.reply import Answer

LONGEST_SHORT_ANSWER = 1100
"""UTF-16 units; three of them, the note and the disclaimer stay below the limit of a message."""

SINGLE_FILES = (
    "sources",
    "facts",
    "claims",
    "vocabulary",
    "english",
    "out_of_scope",
    "wordings",
    "asking",
    "publishers",
    "reviewed_by",
    "red_flags",
    "red_flag_rules",
    "red_flag_words",
)


_NAMELESS = re.compile(r"\bnot (?:stated|seen|known|given)\b|^(?:unknown|none|anonymous|n/?a)\b", re.IGNORECASE)
"""What a publisher's name says where nobody knows it."""

RED_FLAG_FILES = ("red_flags", "red_flag_rules", "red_flag_words")


@dataclass(frozen=True)
class _Files:
    """The documents that were read, and the validated data of each."""

    faq: list[Validated]
    single: dict[str, Validated]
    languages: list[Validated]
    translations: list[Validated]

    @property
    def red_flags(self) -> tuple[Validated, Validated, Validated, list[Validated]]:
        """The red flags, their rules and words, and the languages."""
        flags, rules, words = (self.single[name] for name in RED_FLAG_FILES)
        return flags, rules, words, self.languages


@dataclass(frozen=True)
class ValidatedKnowledge:
    """The files as plain values for `build` and JSON, what is built of them, and what is to be learnt.

    `learnt_from` is a digest of all that a model rests on.
    """

    data: dict[str, Any]
    knowledge: Knowledge
    messages: list[Message]
    learnt_from: str


def validate_all(folder: Path) -> ValidatedKnowledge:
    """All knowledge files below `folder`.

    Raises KnowledgeError that names every problem of every file: what is wrong inside a file first; how the files fit
    together is looked at only where each one is sound.
    """
    problems: list[Problem] = []
    files = _validate_files(folder, problems)
    problems += _references(files)
    problems += check_red_flags(*files.red_flags)
    problems += check_translations(files.translations, files.languages, files.faq)
    pictures = files.single.get("pictures")
    if pictures:
        problems += picture_checks.add_digests(pictures, pictures_file(folder).parent)
    if problems:
        raise KnowledgeError(problems)
    data = _collect(files)
    _add_messages(data, folder, problems)
    knowledge = build(data, folder)
    training = read_training(folder, set(class_names(knowledge)), problems)
    problems += [*_repeated_questions(files, training), *_wrong_corrections(files), *_too_long(files, knowledge)]
    if pictures:
        problems += picture_checks.too_long(pictures, knowledge)
    if problems:
        raise KnowledgeError(problems)
    messages = list_messages(knowledge, [row.message for row in training])
    return ValidatedKnowledge(data, knowledge, messages, _digest_learnt(data, messages))


def _collect(files: _Files) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, (_, content) in files.single.items():
        data[name] = content[name] if name in content and name != "red_flags" else content
    data["out_of_scope"] = files.single["out_of_scope"][1]["subjects"]
    data["openings"] = files.single["out_of_scope"][1]["openings"]
    for name in RED_FLAG_FILES:
        del data[name]
    data["red_flags"] = combine_red_flags(*files.red_flags)
    data["faq"] = [content for _, content in files.faq]
    data["translations"] = [content for _, content in files.translations]
    data.setdefault("pictures", [])
    return data


def _add_messages(data: dict[str, Any], folder: Path, problems: list[Problem]) -> None:
    """Add what messages in other languages ask to the questions that were translated into these."""
    entries = {entry["id"] for content in data["faq"] for entry in content["entries"]}
    asked_in = read_asked_in(folder, entries, problems)
    for translation in data["translations"]:
        for entry, question in translation["questions"].items():
            asked = asked_in.get((translation["code"], entry), ())
            question["asked"] = list(dict.fromkeys((*question["asked"], *asked)))


def _digest_learnt(data: dict[str, Any], messages: list[Message]) -> str:
    """Rules count without their examples and lines, which teach nothing."""
    red_flags = data["red_flags"]
    rules = [
        {key: value for key, value in rule.items() if key not in ("urgent", "calm", "line")}
        for flag in red_flags["red_flags"]
        for rule in flag["rules"]
    ]
    labelled = [(message.text, message.label) for message in messages]
    return digest_values([labelled, rules, red_flags["words"], data["vocabulary"], data["english"]])


def _validate_files(folder: Path, problems: list[Problem]) -> _Files:
    """The files below `folder`, each sound in itself. Raises KnowledgeError with `problems` and those found here."""
    paths = faq_files(folder)
    if not paths:
        problems.append(Problem(f"{folder.name}/faq", 0, "", "holds no .yaml file", "one file for each topic"))
    faq = [validate(path, "faq", problems, folder) for path in paths]
    named = {name: folder / f"{name}.yaml" for name in SINGLE_FILES}
    if pictures_file(folder).exists():  # without the list, the answers are without pictures
        named["pictures"] = pictures_file(folder)
    single = {name: validate(path, name, problems, folder) for name, path in named.items()}
    languages = [validate(path, "language", problems, folder) for path in language_files(folder)]
    translations = [validate(path, "translation", problems, folder) for path in translation_files(folder)]
    if problems:
        raise KnowledgeError(problems)
    return _Files(
        [file for file in faq if file],
        {name: file for name, file in single.items() if file},
        [file for file in languages if file],
        [file for file in translations if file],
    )


def _references(files: _Files) -> Iterator[Problem]:
    """Ids that stand twice, and ids that lead nowhere."""
    known: dict[str, set[str]] = {}
    for name, key in (("sources", "sources"), ("facts", "facts"), ("claims", "claims"), ("out_of_scope", "subjects")):
        document, content = files.single[name]
        known[name] = set()
        yield from repeated_ids(document, key, content[key], known[name])
    entries: set[str] = set()
    for document, content in files.faq:
        yield from repeated_ids(document, "entries", content["entries"], entries)
    topics: dict[str, str] = {}
    for document, content in files.faq:
        if content["topic"] in topics:
            other = topics[content["topic"]]
            yield Problem(
                document.name,
                document.line(("topic",)),
                "",
                f"the topic “{content['topic']}” is in {other} as well",
                "each topic in one file",
            )
        topics[content["topic"]] = document.name
    yield from _nameless_sources(files)
    yield from _evidence_references(files, known)
    evidence = known["facts"] | known["claims"]
    kinds = files.single["asking"][1]["kinds"]
    for document, content in files.faq:
        for number, entry in enumerate(content["entries"]):
            yield from _entry_references(document, ("entries", number), entry, entries, evidence, kinds)
    yield from picture_checks.wrong_references(files.single.get("pictures"), files.faq, known["facts"])
    yield from _references_beside(files, entries, known["facts"])


def _references_beside(files: _Files, entries: set[str], facts: set[str]) -> Iterator[Problem]:
    """Ids in the files beside the FAQ that lead nowhere."""
    document, content = files.single["out_of_scope"]
    for number, subject in enumerate(content["subjects"]):
        for place, name in enumerate(subject["nearest"]):
            if name not in entries:
                yield _lost(document, ("subjects", number, "nearest", place), name, "entry")
    for number, opening in enumerate(content["openings"]):
        if opening["entry"] not in entries:
            yield _lost(document, ("openings", number, "entry"), opening["entry"], "entry")
    document, content = files.single["reviewed_by"]
    for number, signature in enumerate(content["reviewed_by"]):
        if signature["entry"] not in entries:
            yield _lost(document, ("reviewed_by", number, "entry"), signature["entry"], "entry")
    document, content = files.single["wordings"]
    for number, name in enumerate(content["safety_note"]["cites"]):
        if name not in facts:
            yield _lost(document, ("safety_note", "cites", number), name, "fact")


def _nameless_sources(files: _Files) -> Iterator[Problem]:
    """Sources that a line "From: …" would call "not stated", or something like it."""
    document, content = files.single["sources"]
    for number, source in enumerate(content["sources"]):
        shown = source["name"] or source["publisher"]
        if _NAMELESS.search(shown):
            yield Problem(
                document.name,
                document.line(("sources", number)),
                source["id"],
                f"readers would see “{shown}” as where an answer comes from",
                "a `name` that says what it is, such as “Web article on costs”",
            )


def _evidence_references(files: _Files, known: dict[str, set[str]]) -> Iterator[Problem]:
    document, content = files.single["facts"]
    for number, fact in enumerate(content["facts"]):
        for place, source in enumerate(fact["sources"]):
            if source["id"] not in known["sources"]:
                yield _lost(document, ("facts", number, "sources", place), source["id"], "source")
    document, content = files.single["claims"]
    for number, claim in enumerate(content["claims"]):
        if claim["source"] not in known["sources"]:
            yield _lost(document, ("claims", number, "source"), claim["source"], "source")
        for place, fact_id in enumerate(claim["facts"]):
            if fact_id not in known["facts"]:
                yield _lost(document, ("claims", number, "facts", place), fact_id, "fact")


def _entry_references(
    document: Document,
    path: tuple[str | int, ...],
    entry: dict[str, Any],
    entries: set[str],
    evidence: set[str],
    kinds: Container[str],
) -> Iterator[Problem]:
    for number, name in enumerate(entry["related"]):
        if name not in entries:
            yield _lost(document, (*path, "related", number), name, "entry")
        elif name == entry["id"]:
            line = document.line((*path, "related", number))
            yield Problem(document.name, line, name, "an entry is not related to itself", "other entries")
    for place, item in _citing(entry):
        for number, name in enumerate(item["cites"]):
            if name not in evidence:
                yield _lost(document, (*path, *place, "cites", number), name, "fact or claim")
        for number, name in enumerate(item.get("answers", ())):
            if name not in kinds:
                yield _lost(document, (*path, *place, "answers", number), name, "kind of question")


def _lost(document: Document, path: tuple[str | int, ...], name: str, what: str) -> Problem:
    where = {
        "entry": "knowledge/faq",
        "source": "knowledge/sources.yaml",
        "fact": "knowledge/facts.yaml",
        "kind of question": "knowledge/asking.yaml",
    }
    return Problem(
        document.name,
        document.line(path),
        entry_at(document.data, path),
        f"there is no {what} “{name}”",
        f"an id from {where.get(what, 'knowledge/facts.yaml or knowledge/claims.yaml')}",
    )


def _citing(entry: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Every part of an entry that cites something, with the way to it."""
    for number, point in enumerate(entry["answer"]):
        yield ("answer", number), point
    for heading, points in entry["more"].items():
        for number, point in enumerate(points):
            yield ("more", heading, number), point
    if entry["help"]:
        yield ("help",), entry["help"]
    for number, dispute in enumerate(entry["disputes"]):
        for place, side in enumerate(dispute["sides"]):
            yield ("disputes", number, "sides", place), side


def _repeated_questions(files: _Files, training: Sequence[TrainingRow]) -> Iterator[Problem]:
    """The same words for two entries, which could not be told apart, or twice for one; and texts without a word."""
    seen: dict[str, str] = {}
    for document, content in files.faq:
        for number, entry in enumerate(content["entries"]):
            asked: list[tuple[tuple[str | int, ...], str]] = [(("question",), entry["question"])]
            for heading, texts in entry["asked"].items():
                asked += [(("asked", heading, place), text) for place, text in enumerate(texts)]
            for way, text in asked:
                line = partial(document.line, ("entries", number, *way))
                yield from _compare(seen, document.name, line, entry["id"], text)
    document, content = files.single["out_of_scope"]
    for number, subject in enumerate(content["subjects"]):
        for place, text in enumerate(subject["asked"]):
            line = partial(document.line, ("subjects", number, "asked", place))
            yield from _compare(seen, document.name, line, OUT_OF_SCOPE + subject["id"], text)
    for row in training:
        yield from _compare(seen, row.file, partial(int, row.line), row.message.label, row.message.text)


def _compare(seen: dict[str, str], file: str, line: Callable[[], int], label: str, text: str) -> Iterator[Problem]:
    key = " ".join(token for token in tokenize(text) if token[0].isalnum())
    if not key and not label.startswith(OUT_OF_SCOPE):  # those may be in other scripts, which is why they are not ours
        yield Problem(file, line(), label, f"“{text}” holds no word", "words in Latin letters")
    elif key and key in seen:
        other = "here already" if seen[key] == label else f"asked of {seen[key]} too"
        yield Problem(file, line(), label, f"“{text}” is {other}", "a wording of its own")
    seen.setdefault(key, label)


def _wrong_corrections(files: _Files) -> Iterator[Problem]:
    """A claim that is wrong or unsafe may be told only in a dispute, after the side that corrects it."""
    verdicts = {claim["id"]: claim["verdict"] for claim in files.single["claims"][1]["claims"]}
    for document, content in files.faq:
        for number, entry in enumerate(content["entries"]):
            for place, item in _citing(entry):
                corrected = place[0] == "disputes" and place[-1] != 0
                line = document.line(("entries", number, *place))
                if place[0] != "disputes" and any(name in verdicts for name in item["cites"]):
                    yield Problem(
                        document.name,
                        line,
                        entry["id"],
                        "cites a seed article as support",
                        "facts alone; what the articles say stands in a dispute",
                    )
                    continue
                if not corrected and all(name in verdicts for name in item["cites"]):
                    yield Problem(
                        document.name,
                        line,
                        entry["id"],
                        "rests on a seed article alone",
                        "a fact of facts.yaml as well",
                    )
                for name in item["cites"]:
                    if not corrected and verdicts.get(name) in NEEDS_CORRECTION:
                        yield Problem(
                            document.name,
                            line,
                            entry["id"],
                            f"repeats the claim {name}, which is {verdicts[name]}",
                            "such a claim only in a dispute, after the side that corrects it",
                        )


def _too_long(files: _Files, knowledge: Knowledge) -> Iterator[Problem]:
    for document, content in files.faq:
        for number, item in enumerate(content["entries"]):
            entry: Entry = knowledge.entries[item["id"]]
            length = answer_text(choose(entry), knowledge, safety_note=True).length
            if length > MESSAGE_LIMIT - OR_ELSE:
                yield Problem(
                    document.name,
                    document.line(("entries", number)),
                    entry.id,
                    f"the answer makes a message of {length} characters with its sources",
                    f"at most {MESSAGE_LIMIT - OR_ELSE}; shorten it or cite fewer facts",
                )
            length = short_text(Answer((entry,), 1.0, mentions_sign=True), knowledge).length
            if length > GROUP_LIMIT:
                yield Problem(
                    document.name,
                    document.line(("entries", number, "answer")),
                    entry.id,
                    f"its shortest answer for a group has {length} characters",
                    f"at most {GROUP_LIMIT}, which is one screen; write a shorter first point",
                )
            length = points_of_several(choose(entry)).length
            if length > LONGEST_SHORT_ANSWER:
                yield Problem(
                    document.name,
                    document.line(("entries", number, "answer")),
                    entry.id,
                    f"the question and the points before the fold have {length} characters",
                    f"at most {LONGEST_SHORT_ANSWER}, so that three answers fit into one message; move some to `more`",
                )
