"""How well messages in other languages are recognised, and what they are offered; with 95 % intervals.

    python -m evaluation.languages    # the messages learnt from, careless English of dev, and those held out

Of the messages that are learnt from, a quarter at a time is left out of what recognises them, and all of them of the
questions that they are compared with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

from evaluation.score import Share
from evaluation.sets import Ids, InLanguage, read_set
from knowledge.answering import Answerer
from knowledge.language.languages import ENGLISH, Recogniser, load_recogniser, split_words
from knowledge.loading.load import load
from knowledge.reply import CheckIn, Suggestions, Urgent
from tools.train_languages import Message, fit

QUARTERS = 4
_SHORT = 3
"""Words in a message that is short."""


class Recognised(NamedTuple):
    """A message, and the language that it is taken for; none: English, or it can't be told."""

    row: InLanguage
    language: str | None

    @property
    def holds(self) -> bool:
        return self.language == (None if self.row.language == ENGLISH else self.row.language)


class Offered(NamedTuple):
    """A message, and the ids of the entries on the buttons that it gets."""

    row: InLanguage
    entries: tuple[str, ...]

    @property
    def is_first(self) -> bool:
        return bool(self.entries) and self.entries[0] in self.row.accept

    @property
    def is_among(self) -> bool:
        return any(entry in self.row.accept for entry in self.entries)


_Found = TypeVar("_Found", Recognised, Offered)


def recognise(rows: Iterable[InLanguage], recogniser: Recogniser) -> list[Recognised]:
    return [Recognised(row, recogniser.recognise(row.text)) for row in rows]


def recognise_by_quarters(rows: Sequence[InLanguage]) -> list[Recognised]:
    """Each message by what was learnt from the other three quarters."""
    found: list[Recognised] = []
    for quarter in range(QUARTERS):
        taught = [Message(row.text, row.language) for number, row in enumerate(rows) if number % QUARTERS != quarter]
        found += recognise(rows[quarter::QUARTERS], fit(taught))
    return found


def offer(rows: Iterable[InLanguage], answerer: Answerer) -> Iterator[Offered]:
    """What each message of a language with translations is offered, unless somebody in trouble is helped first."""
    for row in rows:
        if row.language in answerer.knowledge.translations:
            reply = answerer.reply(row.text)
            if isinstance(reply, CheckIn):
                reply = reply.instead
            if not isinstance(reply, Urgent):
                shown = reply.entries if isinstance(reply, Suggestions) and reply.language else ()
                yield Offered(row, tuple(entry.id for entry in shown))


def without_messages(answerer: Answerer, rows: Iterable[InLanguage]) -> Answerer:
    """The same, which compares no message with itself."""
    texts = {row.text for row in rows}
    knowledge = answerer.knowledge
    translations = {
        code: replace(
            translation,
            questions={
                name: replace(question, asked=tuple(text for text in question.asked if text not in texts))
                for name, question in translation.questions.items()
            },
        )
        for code, translation in knowledge.translations.items()
    }
    return answerer.with_content(replace(knowledge, translations=translations))


def measure_recognition(found: Sequence[Recognised]) -> dict[str, Share]:
    """How many of our questions, the short ones among them, and of English messages are taken for what they are."""
    asked = [each for each in found if each.row.accept]
    short = [each for each in asked if len(split_words(each.row.text)) <= _SHORT]
    english = [each for each in found if each.row.language == ENGLISH]
    return {
        "right language": _share(asked, lambda each: each.holds),
        "right language, up to three words": _share(short, lambda each: each.holds),
        "small talk, right language": _share(
            [each for each in found if not each.row.accept and each.row.language != ENGLISH], lambda each: each.holds
        ),
        "English taken for another": _share(english, lambda each: not each.holds),
    }


def measure_buttons(found: Sequence[Offered]) -> dict[str, Share]:
    """How many questions get buttons, and how often these are right."""
    asked = [each for each in found if each.row.accept]
    shown = [each for each in asked if each.entries]
    return {
        "any buttons": _share(asked, lambda each: bool(each.entries)),
        "right one first, of all questions": _share(asked, lambda each: each.is_first),
        "right one among the buttons, of all questions": _share(asked, lambda each: each.is_among),
        "right one first, where there are any": _share(shown, lambda each: each.is_first),
        "right one among them, where there are any": _share(shown, lambda each: each.is_among),
        "buttons for small talk": _share(
            [each for each in found if not each.row.accept], lambda each: bool(each.entries)
        ),
    }


def measure_by_language(found: Sequence[Recognised]) -> dict[str, Share]:
    """How many of our questions in each language are recognised."""
    asked = [each for each in found if each.row.accept]
    return {
        language: _share([each for each in asked if each.row.language == language], lambda each: each.holds)
        for language in sorted({each.row.language for each in asked})
    }


def measure_by_translation(found: Sequence[Offered]) -> dict[str, Share]:
    """How many of our questions in each language have the right entry among their buttons."""
    asked = [each for each in found if each.row.accept]
    return {
        language: _share([each for each in asked if each.row.language == language], lambda each: each.is_among)
        for language in sorted({each.row.language for each in asked})
    }


def main() -> None:
    answerer, recogniser = load(), load_recogniser()
    ids = Ids.of(answerer.knowledge)
    taught, dev, held_out = (read_set(name, ids).languages for name in ("training", "dev", "held_out"))
    _tell("learnt from, by quarters", recognise_by_quarters(taught), offer(taught, without_messages(answerer, taught)))
    _tell("dev", recognise(dev, recogniser), ())
    _tell("held out", recognise(held_out, recogniser), offer(held_out, answerer))


def _tell(name: str, recognised: Sequence[Recognised], offered: Iterable[Offered]) -> None:
    buttons = list(offered)
    figures = measure_recognition(recognised) | measure_buttons(buttons)
    print(f"{name}:")
    for title, share in figures.items():
        if share.of:
            low, high = share.interval
            print(f"  {title:48} {share.value:7.1%}  ({share.hits} of {share.of}; {low:.1%} to {high:.1%})")
    print("  right language:  ", _list(measure_by_language(recognised)))
    print("  among the buttons:", _list(measure_by_translation(buttons)), end="\n\n")


def _list(shares: Mapping[str, Share]) -> str:
    return "  ".join(f"{language} {share.hits}/{share.of}" for language, share in shares.items())


def _share(found: Sequence[_Found], holds: Callable[[_Found], bool]) -> Share:
    return Share(sum(map(holds, found)), len(found))


if __name__ == "__main__":
    main()
