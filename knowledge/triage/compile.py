"""The lists of words that the rules of the red flags are made of, compiled once so that a start need not do it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from knowledge.language.compile import Writer
from knowledge.language.phrases import PhraseLists, expand_phrase, index_phrases, words_in
from knowledge.model import RedFlags, Slot
from knowledge.triage.rules import RulePhrases


def compile_phrases(red_flags: RedFlags, writer: Writer, articles: frozenset[str]) -> RulePhrases:
    """The phrases of `red_flags`. Raises as `expand_phrase` does."""
    words = red_flags.words
    kinds = _by_kind(red_flags)
    every = {**words.lists, **words.circumstances}

    @cache
    def forms(piece: str) -> list[tuple[str, str]]:
        return [(word, writer.stem(word)) for word in writer.write_words(piece)]

    def keys(phrases: Sequence[str]) -> list[tuple[str, ...]]:
        return [each for phrase in phrases for each in expand_phrase(phrase, every, articles, forms)]

    compiled = {
        name: PhraseLists(list(kind), index_phrases([keys(phrases) for phrases in kind.values()]))
        for name, kind in kinds.items()
    }
    return RulePhrases(**compiled)


def count_words(red_flags: RedFlags) -> dict[str, int]:
    """How often each word is used in the lists, the most used first: what typing errors are mended to."""
    kinds = _by_kind(red_flags)
    uses = Counter(word for kind in kinds.values() for phrases in kind.values() for word in words_in(phrases))
    return dict(sorted(uses.items(), key=lambda pair: (-pair[1], pair[0])))


def _by_kind(red_flags: RedFlags) -> dict[str, dict[str, Sequence[str]]]:
    words = red_flags.words
    rules = [rule for flag in red_flags.flags.values() for rule in flag.rules]
    signs = set(_named(rule.needs[0] for rule in rules))
    others = set(
        _named(slot for rule in rules for slot in (*rule.needs[1:], *rule.together, rule.unless, rule.unless_anywhere))
    )
    return {
        "signs": {name: words.lists[name] for name in sorted(signs)},
        "others": {name: words.lists[name] for name in sorted(others - signs)},
        "circumstances": dict(words.circumstances),
        "idioms": {"idiom": words.idioms},
        "mentions": {"mention": words.mentions},
        "harmless": {"harmless": words.harmless},
    }


def _named(slots: Iterator[Slot]) -> Iterator[str]:
    for slot in slots:
        yield from slot
