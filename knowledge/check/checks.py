"""What the editor should look at in files that are sound: the analysis behind `bot.py check`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.answering import Answerer
from knowledge.check import citations as coverage
from knowledge.check.caveats import is_carried
from knowledge.check.citations import Coverage, coverage_of, facts_of
from knowledge.check.cross_validation import cross_validate
from knowledge.check.findings import (
    CHECKED_EVERY,
    HARDEST_ANSWER,
    HARDEST_GRADE,
    KINDS,
    LEAST_ACCURACY,
    LEAST_DATED,
    Collision,
    CrossValidation,
    DroppedCaveat,
    Due,
    Finding,
    ForeignAddress,
    HardAnswer,
    HardText,
    LapsedSignature,
    LongAnswer,
    LostPhrasing,
    LowAccuracy,
    ManyGaps,
    MediumOnly,
    NoAuthority,
    NoRelated,
    OneWayLink,
    Review,
    StaleEntry,
    UncitedNumber,
    UndatedFigure,
    UndatedSources,
    Unexplained,
    Unreached,
    UnsaidRegion,
    UnusedConfirmation,
    Unverified,
    WrongTriage,
)
from knowledge.check.numbers import numbers_in, unsupported
from knowledge.check.readability import grade, names_in
from knowledge.check.red_flag_examples import wrong_examples
from knowledge.choosing import MOST_POINTS, MOST_WORDS, is_gap
from knowledge.loading.build import HERE
from knowledge.loading.problems import KnowledgeError, Problem
from knowledge.loading.source_map import Lines
from knowledge.loading.training import class_names
from knowledge.loading.validate import validate_all
from knowledge.loading.validation import validate
from knowledge.matching.train import read_examples
from knowledge.matching.trained import OUT_OF_SCOPE
from knowledge.model import AUTHORITIES, GRAVE, PASSING, Citation, Entry, Evidence, Fact, Knowledge, Region
from knowledge.signatures import digest_of

FEWEST_JUDGED = 200
"""Phrasings from which on accuracy is judged: the standard error of 85% is then about 2.5 points."""
FEWEST_GRADED = 5
"""Words from which on a text has a reading grade: "General information." would be of grade 26."""
TOO_CLOSE = 92.0
"""From this likeness on (0 to 100), two phrasings of different entries compete for the same message."""

_SOMEWHAT_ALIKE = 70.0
_BLOCK = 512
"""Phrasings compared with all later ones at once."""

Progress = Callable[[str, float], None]
"""Told what is being done, and how much of it is done (0 to 1)."""


@dataclass(frozen=True)
class Material:
    """What a check may look at: the knowledge, what was worked out of it, and where everything stands.

    `entries` are those to look at: `everything`, or the few that were asked for. `lost` maps each of them to the folded
    phrasings that it loses, and these to the entry that wins them; there is a `cross_validation` only for all. Without
    an `answerer`, only texts are looked at.
    """

    knowledge: Knowledge
    answerer: Answerer | None
    entries: Sequence[Entry]
    everything: bool
    cross_validation: CrossValidation | None
    lost: Mapping[str, Mapping[str, str]]
    coverage: Coverage
    beside: _Beside
    lines: Lines
    today: date
    tell: Progress

    @cached_property
    def said(self) -> Sequence[_Said]:
        """The texts of the entries."""
        return tuple(said for entry in self.entries for said in _said(entry))


def review(
    answerer: Answerer,
    today: date,
    folder: Path = HERE,
    progress: Progress | None = None,
    entries: Iterable[str] = (),
) -> Review:
    """Look at all that `answerer` knows, as loaded from `folder`, or only at what concerns the `entries` of these ids.

    For all, the matcher is cross-validated, which takes five times as long as training it; for some entries, their
    phrasings are asked of the model as it is. Raises KnowledgeError if a file beside the FAQ can't be used,
    MissingLibraryError as `grade` does, and KeyError for an id that no entry has.
    """
    return _review(answerer.knowledge, answerer, today, folder, progress, entries)


def review_texts(knowledge: Knowledge, today: date, folder: Path = HERE, entries: Iterable[str] = ()) -> Review:
    """Look only at what is said and what it rests on, which takes a second or two; raises as `review` does."""
    return _review(knowledge, None, today, folder, None, entries)


def _review(
    knowledge: Knowledge,
    answerer: Answerer | None,
    today: date,
    folder: Path,
    progress: Progress | None,
    entries: Iterable[str],
) -> Review:
    tell = progress or (lambda _what, _share: None)
    beside = _beside_the_faq(folder)
    only = tuple(dict.fromkeys(entries))
    grade("", names_in(beside.names))  # what is missing is told now, and not after a minute
    lines = Lines(folder)
    chosen = [knowledge.entries[name] for name in only] or list(knowledge.entries.values())
    validated = _cross_validate(answerer, folder, tell) if answerer and not only else None
    lost: Mapping[str, Mapping[str, str]] = {}
    if answerer:
        lost = _find_lost(answerer, chosen) if validated is None else validated.lost
    used = coverage_of(knowledge, lines)
    material = Material(knowledge, answerer, chosen, not only, validated, lost, used, beside, lines, today, tell)
    checks = TEXT_CHECKS if only else (*TEXT_CHECKS, *EVIDENCE_CHECKS)
    if answerer:
        checks = (*MATCHING_CHECKS, *checks) if only else (*MATCHING_CHECKS, *checks, *TRIAGE_CHECKS)
    findings = [finding for check in checks for finding in check(material)]
    found = {finding.id for finding in findings}
    if answerer and not only:
        findings += [
            UnusedConfirmation(lines.at("confirmed.yaml", "confirmed", number, name), name, reason)
            for number, (name, reason) in enumerate(beside.confirmed.items())
            if name not in found
        ]
    return Review(
        entries=len(chosen),
        phrasings=sum(len(entry.asked) for entry in chosen),
        cross_validation=validated,
        findings=tuple(sorted(findings, key=lambda finding: KINDS.index(type(finding)))),
        citations=used.places(),
        facts=used.facts(),
        claims=used.claims(),
        pictures=used.pictures(),
        only=only,
        confirmed={name: reason for name, reason in beside.confirmed.items() if name and name in found},
    )


@dataclass(frozen=True)
class _Beside:
    """What the check needs of the files beside the FAQ.

    `names` and `explain` are those of readability.yaml, `hosts` those of publishers.yaml, and `confirmed` maps the ids
    of confirmed.yaml, which may be missing, to the reasons.
    """

    names: Sequence[str]
    explain: Mapping[str, Sequence[str]]
    hosts: frozenset[str]
    confirmed: Mapping[str, str]


def _beside_the_faq(folder: Path) -> _Beside:
    """Raises KnowledgeError."""
    problems: list[Problem] = []
    readability = validate(folder / "readability.yaml", "readability", problems)
    publishers = validate(folder / "publishers.yaml", "publishers", problems)
    path = folder / "confirmed.yaml"
    confirmed = validate(path, "confirmed", problems) if path.exists() else None
    reasons: dict[str, str] = {}
    for number, item in enumerate(confirmed[1]["confirmed"] if confirmed else ()):
        for name, reason in item.items():
            if name in reasons and confirmed:
                line = confirmed[0].line(("confirmed", number, name))
                problems.append(Problem(confirmed[0].name, line, name, "this finding is confirmed already", "it once"))
            reasons[name] = reason
    if problems or not readability or not publishers:
        raise KnowledgeError(problems)
    content = readability[1]
    return _Beside(content["names"], content["explain"], frozenset(publishers[1]["hosts"]), reasons)


def _cross_validate(answerer: Answerer, folder: Path, tell: Progress) -> CrossValidation:
    what = "Asking what the model has not seen"
    tell(what, 0.0)
    messages = validate_all(folder).messages
    examples = read_examples(messages, answerer.reader.lexicon, lambda part: tell(what, 0.3 * part))
    return cross_validate(examples, class_names(answerer.knowledge), lambda part: tell(what, 0.3 + 0.7 * part))


def _find_lost(answerer: Answerer, entries: Sequence[Entry]) -> dict[str, dict[str, str]]:
    """The ways of asking the entries that they lose although the model has seen them."""
    lost: dict[str, dict[str, str]] = {}
    for entry in entries:
        ranked = {text: answerer.scorer.ranker.rank(answerer.read(text).terms, text).entries for text in entry.asked}
        winners = {text: ranking[0].name for text, ranking in ranked.items()}
        lost[entry.id] = {text: winner for text, winner in winners.items() if winner != entry.id}
    return lost


# Phrasings


def _asked_at(entry: Entry, text: str, lines: Lines) -> str:
    """Where a way of asking an entry stands, or the question."""
    for heading, texts in entry.ways.items():
        if text in texts:
            return lines.of("entries", entry.id, "asked", heading, texts.index(text))
    return lines.of("entries", entry.id, "question")


def lost_phrasings(material: Material) -> Iterator[Finding]:
    """Phrasings that another entry wins, and whether they are too many."""
    validated = material.cross_validation
    count = sum(len(entry.asked) for entry in material.entries)
    if validated and validated.accuracy < LEAST_ACCURACY and count >= FEWEST_JUDGED:
        yield LowAccuracy("", validated.accuracy, LEAST_ACCURACY)
    for entry in material.entries:
        for text, winner in material.lost.get(entry.id, {}).items():
            if text not in entry.asked:
                continue  # a training message, which is nobody's to mend
            yield LostPhrasing(_asked_at(entry, text, material.lines), entry.id, text, winner)


def collisions(material: Material) -> Iterator[Collision]:
    """Pairs of phrasings of different entries that say nearly the same in whatever order, the closest first.

    Words that carry meaning decide. All words have to be somewhat alike as well: where fillers make most of a
    phrasing, they ask the question. And one of the entries has to win the other's phrasing: where each keeps its own,
    the small words tell them apart.
    """
    if material.answerer is None or not any(material.lost.values()):
        return
    what = "Comparing phrasings"
    everything = [(entry, text) for entry in material.knowledge.entries.values() for text in entry.asked]
    lost = {(entry, text) for entry, texts in material.lost.items() for text in texts}
    first = [place for place, (entry, text) in enumerate(everything) if (entry.id, text) in lost]
    readings = [material.answerer.read(text).terms for _, text in everything]
    stems = [" ".join(term.stem for term in terms) for terms in readings]
    keys = [" ".join(sorted(term.stem for term in terms if not term.filler)) for terms in readings]
    found: dict[tuple[int, int], float] = {}
    for start in range(0, len(first), _BLOCK):
        material.tell(what, start / len(first))
        asked = first[start : start + _BLOCK]
        alike = process.cdist(
            [keys[place] for place in asked],
            keys,
            scorer=fuzz.ratio,
            score_cutoff=TOO_CLOSE,
            dtype=np.float32,
            workers=-1,
        )
        for row, other in np.argwhere(alike).tolist():
            one = asked[row]
            entry, text = everything[one]
            if material.lost[entry.id][text] != everything[other][0].id or not keys[one]:
                continue
            if fuzz.token_sort_ratio(stems[one], stems[other]) >= _SOMEWHAT_ALIKE:
                found[min(one, other), max(one, other)] = float(alike[row, other])
    material.tell(what, 1.0)
    for (one, other), likeness in sorted(found.items(), key=lambda pair: -pair[1]):
        (entry, text), (rival, rival_text) = everything[one], everything[other]
        at, rival_at = _asked_at(entry, text, material.lines), _asked_at(rival, rival_text, material.lines)
        winner = material.lost.get(entry.id, {}).get(text, entry.id)
        yield Collision(at, entry.id, text, rival.id, rival_text, rival_at, winner, round(likeness, 1))


# Texts


class _Said(NamedTuple):
    """A text of an entry: where it stands, what readers see beside it, and what it rests on."""

    entry: Entry
    place: str
    path: tuple[str | int, ...]
    text: str
    beside: str
    evidence: tuple[Evidence, ...]
    region: Region | None = None


def _place(way: tuple[str | int, ...]) -> str:
    """Where a point stands, for people: "answer 2", "more, “How long”, 1"."""
    number = int(way[-1]) + 1
    return f"{way[0]} {number}" if len(way) == 2 else f"{way[0]}, “{way[1]}”, {number}"


def _said(entry: Entry) -> Iterator[_Said]:
    for way, point in entry.placed:
        place, path = _place(way), (*way, "say")
        yield _Said(entry, place, path, point.text, entry.question, point.evidence, point.region)
    if entry.help:
        yield _Said(entry, "help", ("help", "say"), entry.help.text, entry.question, entry.help.evidence)
    for number, dispute in enumerate(entry.disputes):
        place = f"dispute {number + 1}"
        for party, side in enumerate(dispute.sides):
            beside = f"{entry.question} {dispute.about} {side.who}"
            path = ("disputes", number, "sides", party, "says")
            yield _Said(entry, f"{place}, side {party + 1}", path, side.says, beside, side.evidence)
        path = ("disputes", number, "trust")
        yield _Said(entry, f"{place}, trust", path, dispute.trust, entry.question, ())


class _Readable(NamedTuple):
    at: Callable[[], str]
    entry: str
    place: str
    text: str


def _readable(material: Material) -> Iterator[_Readable]:
    """Every text of a reply that an editor wrote: of the entries, and for all the subjects elsewhere and fixed ones."""
    knowledge, lines = material.knowledge, material.lines
    for said in material.said:
        at = partial(lines.of, "entries", said.entry.id, *said.path)
        yield _Readable(at, said.entry.id, said.place, said.text)
    if not material.everything:
        return
    for subject in knowledge.out_of_scope.values():
        yield _Readable(
            partial(lines.of, "subjects", subject.id, "line"), OUT_OF_SCOPE + subject.id, "line", subject.line
        )
        wordings = {"instead": subject.instead, "in_groups": subject.in_groups, "above_near": subject.above_near}
        for name, texts in wordings.items():
            for place, text in enumerate(texts):
                at = partial(lines.of, "subjects", subject.id, name, place)
                yield _Readable(at, OUT_OF_SCOPE + subject.id, name, text)
    for opening in knowledge.openings:
        for place, text in enumerate(opening.lines):
            yield _Readable(partial(lines.of, "openings", opening.id, "lines", place), opening.id, "lines", text)
    for name, text in _sentences(knowledge):
        yield _Readable(partial(lines.at, "wordings.yaml", name), "wordings", name, text)


def _sentences(knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    """The fixed sentences of replies, by their names."""
    for name, text in asdict(knowledge.wordings).items():
        if isinstance(text, str):
            yield name, text


def hard_texts(material: Material) -> Iterator[Finding]:
    """Texts above the reading grade."""
    names = names_in(material.beside.names)
    for text in _readable(material):
        if len(text.text.split()) >= FEWEST_GRADED and (measured := grade(text.text, names)) > HARDEST_GRADE:
            yield HardText(text.at(), text.entry, text.place, measured, text.text)


class _Resting(NamedTuple):
    """A text that may state only what its evidence holds."""

    at: Callable[[], str]
    entry: str
    place: str
    text: str
    evidence: Sequence[Evidence]


def _resting(material: Material) -> Iterator[_Resting]:
    """The texts with the evidence behind them: the last word on a dispute rests on all its sides."""
    knowledge, lines = material.knowledge, material.lines
    for said in material.said:
        evidence = said.evidence
        if said.path[-1] == "trust":
            dispute = said.entry.disputes[int(said.path[1])]
            evidence = tuple(item for side in dispute.sides for item in side.evidence)
        at = partial(lines.of, "entries", said.entry.id, *said.path)
        yield _Resting(at, said.entry.id, said.place, said.text, evidence)
    if not material.everything:
        pictures = [entry.picture for entry in material.entries if entry.picture]
    else:
        pictures = list(knowledge.pictures.values())
        note = [knowledge.facts[name] for name in material.coverage.safety_note]
        for name, text in _sentences(knowledge):
            at = partial(lines.at, "wordings.yaml", name, "say")
            yield _Resting(at, "wordings", name, text, note if name == "safety_note" else ())
    for picture in pictures:
        at = partial(lines.of, "pictures", picture.id, "alt")
        yield _Resting(at, picture.id, "alt", picture.alternative, picture.evidence)


def uncited_numbers(material: Material) -> Iterator[UncitedNumber]:
    """Numbers of a text that are in nothing it cites: in no fact or claim, nor in their caveats and places."""
    for text in _resting(material):
        sources = {place.source for item in text.evidence for place in _places(item)}
        for number in unsupported(text.text, _wordings_of(text.evidence), len(sources)):
            cites = tuple(item.id for item in text.evidence)
            yield UncitedNumber(text.at(), text.entry, text.place, number.shown, cites, text.text)


def _places(item: Evidence) -> tuple[Citation, ...]:
    return item.citations if isinstance(item, Fact) else (item.citation,)


def _wordings_of(evidence: Iterable[Evidence]) -> Iterator[str]:
    """All that is written about the evidence, the titles and dates of its sources included."""
    for item in evidence:
        yield item.claim
        yield from (item.caveat,) if isinstance(item, Fact) else (item.clinical, item.note)
        for place in _places(item):
            yield from (place.locator, place.source.title, place.source.date)


def dropped_caveats(material: Material) -> Iterator[DroppedCaveat]:
    """Facts that an entry cites without a word of their caveat."""
    for entry in material.entries:
        texts = [entry.question, *(said.text for said in material.said if said.entry is entry)]
        texts += [text for dispute in entry.disputes for text in (dispute.about, *(side.who for side in dispute.sides))]
        for fact in dict.fromkeys(facts_of(entry.evidence)):
            if fact.caveat and not is_carried(fact.caveat, " ".join(texts)):
                yield DroppedCaveat(material.lines.of("entries", entry.id), entry.id, fact.id, fact.caveat)


def long_answers(material: Material) -> Iterator[LongAnswer]:
    """Answers that show too much before the fold."""
    for entry in material.entries:
        words = sum(len(point.text.split()) for point in entry.answer)
        if words > MOST_WORDS or len(entry.answer) > MOST_POINTS:
            yield LongAnswer(material.lines.of("entries", entry.id, "answer"), entry.id, words, len(entry.answer))


def many_gaps(material: Material) -> Iterator[ManyGaps]:
    """Entries in which more than one line says so, or one that is not the last of its part."""
    for entry in material.entries:
        gaps = [(_place(way), point) for way, point in entry.placed if is_gap(point.text)]
        last = all(point in (entry.answer[-1], entry.points[-1]) for _, point in gaps)
        places = [place for place, _ in gaps]
        if len(places) > 1 or not last:
            yield ManyGaps(material.lines.of("entries", entry.id), entry.id, tuple(places))


def hard_answers(material: Material) -> Iterator[HardAnswer]:
    """Answers that are hard to read as a whole."""
    names = names_in(material.beside.names)
    for entry in material.entries:
        said = [point.text for point in (*entry.answer, *([entry.help] if entry.help else []), *entry.more)]
        if (measured := grade(" ".join(said), names)) > HARDEST_ANSWER:
            yield HardAnswer(material.lines.of("entries", entry.id), entry.id, measured)


def _spelled(word: str) -> re.Pattern[str]:
    """Finds the word in any case, but for one in capitals, which in small letters may be another ("NICE")."""
    return re.compile(rf"\b{re.escape(word)}\b", 0 if word.isupper() else re.IGNORECASE)


def unexplained(material: Material) -> Iterator[Unexplained]:
    """Words that an entry uses before it says what they mean."""
    for entry in material.entries:
        for word, phrases in material.beside.explain.items():
            pattern = _spelled(word)
            explained = any(phrase in entry.question.lower() for phrase in phrases)
            for said in material.said:
                if said.entry is not entry or explained:
                    continue
                explained = any(phrase in said.text.lower() for phrase in phrases)
                if pattern.search(said.text) and not explained:
                    at = material.lines.of("entries", entry.id, *said.path)
                    yield Unexplained(at, entry.id, word, said.place)
                    break


def no_authority(material: Material) -> Iterator[NoAuthority]:
    """Texts on somebody's safety that rest on no label, regulator, guideline or review."""
    for said in material.said:
        grave = [fact for fact in facts_of(said.evidence) if fact.subject in GRAVE]
        kinds = {place.source.kind for fact in facts_of(said.evidence) for place in fact.citations}
        if grave and not kinds & AUTHORITIES:
            at = material.lines.of("entries", said.entry.id, *said.path)
            yield NoAuthority(at, said.entry.id, said.place, tuple(fact.id for fact in grave), said.text)


def undated_figures(material: Material) -> Iterator[UndatedFigure]:
    """Texts with figures whose sources are all undated."""
    for said in material.said:
        sources = {place.source for fact in facts_of(said.evidence) for place in fact.citations}
        figures = [number for number in numbers_in(said.text) if number.hedge != "one"]
        if figures and sources and not any(source.date or source.read for source in sources):
            at = material.lines.of("entries", said.entry.id, *said.path)
            names = tuple(sorted(source.id for source in sources))
            yield UndatedFigure(at, said.entry.id, said.place, names, said.text)


_US = r"US|U\.S|USA|America|Americans?|United States|FDA|Medicare|Medicaid|dollars?"
_UK = r"UK|United Kingdom|Britain|British|NHS|NICE|MHRA|SIGN|Engl(?:and|ish)|Scot(?:land|s|tish)|Wales|Welsh|pounds?"
_EU = r"EU|Europe|Europeans?|EMA|Ital(?:y|ian)|Spain|Spanish|German|Germany|France|French|Denmark|Danish|euros?"
_IE = r"Ireland|Irish|HSE"
_DE = r"German|Germany"
_SAYS_REGION: Mapping[Region, re.Pattern[str]] = {
    # Case matters, or every "us" and "nice" would name a region. The British label is the European one, word for word.
    "US": re.compile(rf"\b(?:{_US})\b|[$]"),
    "UK": re.compile(rf"\b(?:{_UK}|{_EU})\b|£"),
    "EU": re.compile(rf"\b(?:{_EU}|{_IE})\b|€"),
    "AU": re.compile(r"\b(?:Australia|Australian|PBS|TGA)\b"),
    "CA": re.compile(r"\b(?:Canada|Canadian|OHIP|Ontario|Quebec)\b"),
    "IE": re.compile(rf"\b(?:{_IE})\b"),
    "DE": re.compile(rf"\b(?:{_DE})\b"),
}


def unsaid_regions(material: Material) -> Iterator[Finding]:
    """Texts whose facts all hold for one region, which neither they nor what stands beside them tell.

    That nothing was found is true everywhere, so texts that begin by saying it are left out.
    """
    for said in material.said:
        if is_gap(said.text):
            continue
        regions = {fact.region for fact in facts_of(said.evidence)}
        region = regions.pop() if len(regions) == 1 else None
        if region and said.region != region and not _SAYS_REGION[region].search(f"{said.beside} {said.text}"):
            at = material.lines.of("entries", said.entry.id, *said.path)
            yield UnsaidRegion(at, said.entry.id, said.place, region, said.text)


def medium_only(material: Material) -> Iterator[Finding]:
    for said in material.said:
        facts = facts_of(said.evidence)
        if facts and all(fact.confidence == "medium" for fact in facts):
            at = material.lines.of("entries", said.entry.id, *said.path)
            yield MediumOnly(at, said.entry.id, said.place, tuple(fact.id for fact in facts))


# Entries


def stale_entries(material: Material) -> Iterator[Finding]:
    """Entries that nobody looked at for long, or were checked in the future: tomorrow may be today elsewhere."""
    for entry in material.entries:
        days = (material.today - entry.checked).days
        if not -1 <= days <= CHECKED_EVERY:
            yield StaleEntry(material.lines.of("entries", entry.id, "checked"), entry.id, entry.checked, days)


def links(material: Material) -> Iterator[Finding]:
    """Entries that lead nowhere, entries that nothing leads to, and links that do not come back."""
    entries = material.knowledge.entries
    reached = {name for entry in entries.values() for name in entry.related}
    for entry in material.entries:
        name, at = entry.id, material.lines.of("entries", entry.id)
        if not entry.related:
            yield NoRelated(at, name)
        if name not in reached:
            yield Unreached(at, name)
        for number, other in enumerate(entry.related):
            if name not in entries[other].related:
                yield OneWayLink(material.lines.of("entries", name, "related", number), name, other)


def lapsed_signatures(material: Material) -> Iterator[LapsedSignature]:
    """Signatures of answers that were changed since."""
    for entry in material.entries:
        digest = digest_of(entry)
        for signature in entry.signatures:
            if signature.of != digest:
                yield LapsedSignature(
                    material.lines.of("entries", entry.id),
                    entry.id,
                    f"{signature.name}, {signature.role}",
                    signature.on,
                )


# Evidence


def addresses(material: Material) -> Iterator[Finding]:
    """Sources that lead to somebody else's copy, and whether enough of them are dated."""
    sources = [source for source in material.knowledge.sources.values() if source.kind != "project"]
    linked = [source for source in sources if source.url]
    for source in linked:
        parts = urlsplit(source.url)
        if parts.scheme != "https" or parts.netloc not in material.beside.hosts:
            yield ForeignAddress(material.lines.of("sources", source.id, "url"), source.id, source.url)
    undated = tuple(source.id for source in linked if not (source.date or source.read))
    dated = 1 - len(undated) / max(1, len(linked))
    if dated < LEAST_DATED:
        yield UndatedSources("knowledge/sources.yaml", dated, undated)


def due(material: Material) -> Iterator[Due]:
    """Prices and rules whose day has come, and those that carry none."""
    for fact in material.knowledge.facts.values():
        if fact.subject in PASSING and not (fact.read and fact.again and fact.again > material.today):
            yield Due(material.lines.of("facts", fact.id), fact.id, fact.again)


def uncited(material: Material) -> Iterator[Finding]:
    return coverage.uncited(material.coverage, material.lines)


Check = Callable[[Material], Iterable[Finding]]

# Triage


def wrong_triage(material: Material) -> Iterator[Finding]:
    """Examples beside the rules of red_flag_rules.yaml that triage reads otherwise than their rule says."""
    if material.answerer is None:
        return
    for each in wrong_examples(material.answerer.reader, material.answerer.triage.floor):
        yield WrongTriage(f"knowledge/red_flag_rules.yaml:{each.line}", each.flag, each.text, each.wanted, each.got)


def unverified(material: Material) -> Iterator[Finding]:
    """What an operator has to verify in red_flags.yaml before going live, and translations that nobody has read."""
    for what, which in material.knowledge.red_flags.unverified():
        yield Unverified("knowledge/red_flags.yaml", what, which)
    for code, translation in material.knowledge.translations.items():
        if not translation.read:
            yield Unverified(f"knowledge/translations/{code}.yaml", "translation", translation.name)


MATCHING_CHECKS: tuple[Check, ...] = (lost_phrasings, collisions)
"""What is looked for in how entries are found."""
TEXT_CHECKS: tuple[Check, ...] = (
    hard_texts,
    uncited_numbers,
    dropped_caveats,
    no_authority,
    undated_figures,
    unexplained,
    hard_answers,
    long_answers,
    many_gaps,
    stale_entries,
    lapsed_signatures,
    unsaid_regions,
    medium_only,
    links,
)
"""What is looked for in entries. Another check is a function here, with its kinds of finding in `findings.KINDS`."""
EVIDENCE_CHECKS: tuple[Check, ...] = (uncited, addresses, due)
"""What is looked for in what answers rest on, when all are checked."""
TRIAGE_CHECKS: tuple[Check, ...] = (wrong_triage, unverified)
"""What is looked for in the files of the red flags, when all are checked."""
