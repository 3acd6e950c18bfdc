"""The red flags as values: which messages are urgent, and the fixed texts and numbers of the replies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Tier = Literal["EMERGENCY", "CRISIS", "PROMPT"]
Even = Literal["past", "question", "if", "story", "no"]

TIERS: tuple[Tier, ...] = ("EMERGENCY", "CRISIS", "PROMPT")
"""The tiers, the one that wins first."""

WITHIN = 5
"""Words that may stand between the sign and each of the rule's other words, where the rule says nothing else."""

Slot = tuple[str, ...]
"""Names of word lists, any of which fills the slot."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a message has to hold to be urgent; `line` is where the rule stands in its file.

    `needs` lists slots in any order, each within `within` words of the first, which is
    the sign; `together` are slots that may stand some sentences off; `unless` cancels the rule near the sign,
    `unless_anywhere` anywhere in the message. `someone`: urgent only where a person or a time is named. `even` names
    circumstances that do not take the urgency away. `urgent` and `calm` are the examples that the check tries.
    """

    needs: tuple[Slot, ...]
    urgent: tuple[str, ...]
    calm: tuple[str, ...]
    within: int = WITHIN
    together: tuple[Slot, ...] = ()
    unless: Slot = ()
    unless_anywhere: Slot = ()
    someone: bool = False
    even: frozenset[Even] = frozenset()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A page that a red flag or a number rests on; `read`: somebody opened it or a faithful copy of it."""

    id: str
    title: str
    publisher: str
    url: str
    read: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A telephone or text line. `read`: somebody compared the number with its publisher's page."""

    name: str
    contact: str
    url: str
    read: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Country:
    """Whom to call in one country; `suggested_for` are language codes whose speakers may be there."""

    code: str
    name: str
    emergency: Line
    urgent_advice: Line | None
    poison: Line | None
    crisis: tuple[Line, ...]
    suggested_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """One category of red flag. `steps` is what its reply says after the first line; `poison` adds a poison line."""

    id: str
    tier: Tier
    covers: str
    action: str
    steps: tuple[str, ...]
    pages: tuple[Page, ...]
    rules: tuple[Rule, ...]
    crisis_line: bool = False
    poison: bool = False


@dataclass(frozen=True, slots=True)
class Replies:
    """The sentences that urgent replies share; `{…}` in `Flag.action` takes a number, the general one if unknown.

    `directories` lead to the crisis lines of every country.
    """

    emergency_numbers: str
    urgent_advice: str
    poison: str
    crisis: str
    watching: Mapping[Tier, str]
    elsewhere: str
    worse: str
    in_danger: str
    crisis_too: str
    numbers: str
    directories: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The lists of words and phrases that rules are made of; the file says how a phrase is written.

    `inabilities` names the lists whose phrases hold a negation of their own. `circumstances` take urgency away,
    `idioms` are figures of speech, and `mentions` phrases that no rule needs and that still want the note on when
    to seek help.
    """

    inabilities: frozenset[str]
    lists: Mapping[str, tuple[str, ...]]
    circumstances: Mapping[str, tuple[str, ...]]
    idioms: tuple[str, ...]
    mentions: tuple[str, ...]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Words:
        return cls(
            frozenset(data["inabilities"]),
            {name: tuple(phrases) for name, phrases in data["lists"].items()},
            {name: tuple(phrases) for name, phrases in data["circumstances"].items()},
            tuple(data["idioms"]),
            tuple(data["mentions"]),
        )


@dataclass(frozen=True)
class RedFlags:
    """All red flags in the file's order, with the words that their rules are made of and the texts of the replies."""

    flags: Mapping[str, Flag]
    countries: Mapping[str, Country]
    pages: Mapping[str, Page]
    replies: Replies
    words: Words

    def country_for(self, language_code: str) -> Country | None:
        """The country to suggest, never to assume, for a chat program's language code such as "en-GB"."""
        code = language_code.casefold().replace("_", "-")
        return next((each for each in self.countries.values() if code in each.suggested_for), None)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> RedFlags:
        """The values of validated data, as `read_red_flags` makes it and JSON keeps it."""
        pages = {item["id"]: Page(**item) for item in data["pages"]}
        countries = {item["code"]: _country(item) for item in data["countries"]}
        return cls(
            flags={item["id"]: _flag(item, pages) for item in data["red_flags"]},
            countries=countries,
            pages=pages,
            replies=Replies(**data["replies"], directories=tuple(Line(**item) for item in data["directories"])),
            words=Words.from_data(data["words"]),
        )

    def unverified(self) -> Iterator[tuple[str, str]]:
        """What rests only on pages that nobody could open: ("red flag", id) or ("number", country and line)."""
        for flag in self.flags.values():
            if not any(page.read for page in flag.pages):
                yield "red flag", flag.id
        for country in self.countries.values():
            lines = (country.emergency, country.urgent_advice, country.poison, *country.crisis)
            for line in lines:
                if line is not None and not line.read:
                    yield "number", f"{country.name}: {line.name}, {line.contact}"
        for line in self.replies.directories:
            if not line.read:
                yield "number", f"directory: {line.name}, {line.url}"


def _country(item: Mapping[str, Any]) -> Country:
    return Country(
        code=item["code"],
        name=item["name"],
        emergency=Line(**item["emergency"]),
        urgent_advice=Line(**item["urgent_advice"]) if item["urgent_advice"] else None,
        poison=Line(**item["poison"]) if item["poison"] else None,
        crisis=tuple(Line(**line) for line in item["crisis"]),
        suggested_for=tuple(item["suggested_for"]),
    )


def _flag(item: Mapping[str, Any], pages: Mapping[str, Page]) -> Flag:
    return Flag(
        id=item["id"],
        tier=item["tier"],
        covers=item["covers"],
        action=item["action"],
        steps=tuple(item["steps"]),
        pages=tuple(pages[name] for name in item["sources"]),
        rules=tuple(_rule(rule) for rule in item["rules"]),
        crisis_line=item["crisis_line"],
        poison=item["poison"],
    )


def _rule(item: Mapping[str, Any]) -> Rule:
    return Rule(
        needs=tuple(_slot(names) for names in item["needs"]),
        urgent=tuple(item["urgent"]),
        calm=tuple(item["calm"]),
        within=item["within"],
        together=tuple(_slot(names) for names in item["together"]),
        unless=tuple(item["unless"]),
        unless_anywhere=tuple(item["unless_anywhere"]),
        someone=item["someone"],
        even=frozenset(item["even"]),
        line=item["line"],
    )


def _slot(names: str) -> Slot:
    return tuple(name.strip() for name in names.split("|"))
