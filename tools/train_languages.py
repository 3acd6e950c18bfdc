"""Fit the recogniser of languages anew; half a minute.

    make train-languages    # after a change of knowledge/languages, knowledge/translations or names.txt, or of messages

It writes knowledge/language/languages.bin. English is learnt from english.txt and from the messages of
knowledge/training; every other language from its file in knowledge/languages (cries, replies, and the words by which it
is recognised), its translations, and its messages in knowledge/training/languages.jsonl.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from knowledge.language.languages import (
    IN_LATIN,
    LEARNT,
    ONLY_OF_SCRIPT,
    Recogniser,
    learn,
    neutral_words,
    script_of,
    split_words,
    without_accents,
)
from knowledge.language.spelling import common_words
from knowledge.loading.build import HERE, language_files, language_messages_file, translation_files
from knowledge.loading.red_flag_checks import TAUGHT
from knowledge.loading.yaml_file import read
from knowledge.matching.trained import OUT_OF_SCOPE

OTHER_LANGUAGE = OUT_OF_SCOPE + "other-language"
_ENGLISH = ("asked", "asked_out_of_scope", "calm", "chatter", "posts", "questions", "stories", "urgent")
_LISTED, _OF_MESSAGE = 3.0, 2.0
"""What a word counts for that stands in a list, and in a message."""
_BARE = 0.6
"""What a word counts for without its accents, beside itself."""
_OFTEN = 10
"""Times that our messages use a word which is common in English."""
_COMMON = 5
"""Steps on the Zipf scale of a word that is common in English anyway; below it, many are names and foreign."""
_LONG = 6
"""Letters of a word from which on it counts as English where it is in use in it at all: few such words are foreign."""


class Message(NamedTuple):
    """A message in another language, by the code of that."""

    text: str
    language: str


def read_messages(folder: Path = HERE) -> list[Message]:
    """The messages in other languages that are learnt from."""
    rows = _read_rows(language_messages_file(folder))
    return [Message(row["text"], row["language"]) for row in rows]


def fit(messages: Sequence[Message], folder: Path = HERE) -> Recogniser:
    """A recogniser fitted to the files of `folder` and to `messages`."""
    ours = Counter(
        word
        for kind in _ENGLISH
        for row in _read_rows(folder / "training" / f"{kind}.jsonl")
        if row.get("label") != OTHER_LANGUAGE
        for word in split_words(row["text"])
    )
    listed = {word: step for each, step in common_words().items() for word in split_words(each)}
    spellings = read(folder / "vocabulary.yaml", "vocabulary.yaml").data["spellings"].values()
    short = Counter(word for variants in spellings for variant in variants for word in split_words(str(variant)))
    counted = {word: 10.0 ** (step - 4) for word, step in listed.items()}
    for word, count in (ours + short + short).items():
        if count > 1 or word in listed:
            counted[word] = counted.get(word, 0.0) + count
    common = {word for word, count in ours.items() if count >= _OFTEN and word in listed}
    common |= {word for word, step in listed.items() if step >= _COMMON or (word in ours and len(word) >= _LONG)}
    common |= short.keys()
    return learn(counted, _count_others(messages, folder), common)


_Counted = dict[str, float]


def _count_others(messages: Sequence[Message], folder: Path) -> dict[str, _Counted]:
    """How much each word counts for in each language, of those that share a script with others."""
    found: dict[str, _Counted] = {}

    def add(language: str, text: str, count: float) -> None:
        counted = found.setdefault(language, {})
        for word in split_words(text):
            if word not in neutral_words():
                counted[word] = counted.get(word, 0.0) + count

    for path in language_files(folder):
        data = read(path, path.name).data
        texts = [*(each for cries in data["cries"].values() for each in cries), *data["calm"], *data["reply"].values()]
        foreign = dict(data["foreign"])
        listed, latin = (foreign.pop(key, "") for key in TAUGHT)
        foreign.pop("mixed", None)
        for text in (*texts, *foreign.values()):
            add(data["code"], text.format(emergency="", helpline="").replace("findahelpline.com", ""), 1.0)
        add(data["code"], listed, _LISTED)
        if latin:
            add(data["code"] + IN_LATIN, latin, _LISTED)
    for path in translation_files(folder):
        data = read(path, path.name).data
        for text in (*data["topics"].values(), *_list_questions(data)):
            add(data["code"], text, 1.0)
    for message in messages:
        add(message.language, message.text, _OF_MESSAGE)
    return _part_by_script(found)


def _part_by_script(counted: Mapping[str, _Counted]) -> dict[str, _Counted]:
    """Words of another script's language in Latin letters in a class of their own, and accents as people leave them.

    What the script alone tells needs no class.
    """
    found: dict[str, _Counted] = {}
    for language in sorted(each for each in counted if not each.endswith(IN_LATIN)):
        own, in_latin = counted[language], counted.get(language + IN_LATIN)
        if in_latin is not None:
            latin = {word: count for word, count in own.items() if script_of(word) == "Latin"}
            found[language + IN_LATIN] = {
                word: in_latin.get(word, 0.0) + latin.get(word, 0.0) for word in sorted({*in_latin, *latin})
            }
            own = {word: count for word, count in own.items() if word not in latin}
        if language not in ONLY_OF_SCRIPT.values():
            found[language] = own
    for words in found.values():
        for word, count in list(words.items()):
            if script_of(word) == "Latin" and (bare := without_accents(word)) != word:
                words[bare] = words.get(bare, 0.0) + count * _BARE
    return found


def _list_questions(data: Mapping[str, Any]) -> Iterator[str]:
    for question in data["questions"].values():
        yield from (question["ask"], *question["asked"])


def _read_rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.strip():
            yield json.loads(line)


def main() -> None:
    LEARNT.write_bytes(fit(read_messages()).to_bytes())


if __name__ == "__main__":
    main()
