"""Who cites what: which entries, pictures and fixed sentences rest on each source, fact and claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from knowledge.check.findings import (
    ClaimCoverage,
    Finding,
    HarmlessParagraph,
    UncitedClaim,
    UncitedParagraph,
    UncitedSource,
    UnusedFact,
)
from knowledge.loading.source_map import Lines
from knowledge.model import NEEDS_CORRECTION, Citation, Claim, Evidence, Fact, Knowledge, citations


@dataclass(frozen=True)
class Coverage:
    """The use that is made of the evidence; `safety_note` holds the ids of the facts behind the fixed note."""

    knowledge: Knowledge
    safety_note: tuple[str, ...]

    @cached_property
    def entries(self) -> Mapping[Evidence, tuple[str, ...]]:
        """For every fact and claim the ids of the entries that cite it."""
        found: dict[Evidence, dict[str, None]] = {item: {} for item in self._evidence()}
        for entry in self.knowledge.entries.values():
            for item in entry.evidence:
                found[item][entry.id] = None
        return {item: tuple(ids) for item, ids in found.items()}

    @cached_property
    def used(self) -> frozenset[Evidence]:
        """The evidence that an entry, a picture or the safety note rests on."""
        found = {item for item, ids in self.entries.items() if ids}
        found.update(self.knowledge.facts[name] for name in self.safety_note)
        found.update(item for picture in self.knowledge.pictures.values() for item in picture.evidence)
        return frozenset(found)

    def facts(self) -> dict[str, tuple[str, ...]]:
        return {name: self.entries[fact] for name, fact in self.knowledge.facts.items()}

    def claims(self) -> dict[str, ClaimCoverage]:
        return {
            name: ClaimCoverage(claim.verdict, claim.citation.source.id, claim.citation.locator, self.entries[claim])
            for name, claim in self.knowledge.claims.items()
        }

    def pictures(self) -> dict[str, tuple[str, ...]]:
        return {name: tuple(item.id for item in picture.evidence) for name, picture in self.knowledge.pictures.items()}

    def places(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """For every source the places in it that a fact, a claim or a list of paragraphs knows, and who cites each."""
        found: dict[str, dict[str, tuple[str, ...]]] = {name: {} for name in self.knowledge.sources}
        for source in self.knowledge.sources.values():
            found[source.id].update({f"paragraph {number}": () for number in source.paragraphs})
        for place in citations(self._evidence()):
            found[place.source.id][place.locator] = ()
        for place, ids in self.knowledge.cited_by.items():
            found[place.source.id][place.locator] = ids
        return found

    def _evidence(self) -> Iterator[Evidence]:
        yield from self.knowledge.claims.values()
        yield from self.knowledge.facts.values()


def coverage_of(knowledge: Knowledge, lines: Lines) -> Coverage:
    """The coverage of `knowledge`, which was loaded from the files of `lines`."""
    wordings = lines.document("wordings.yaml")
    return Coverage(knowledge, tuple(wordings.data["safety_note"]["cites"]) if wordings else ())


def uncited(coverage: Coverage, lines: Lines) -> Iterator[Finding]:
    """Sources, facts and seed paragraphs of which nothing makes use, and wrong seed claims that nothing disputes."""
    knowledge = coverage.knowledge
    for claim in knowledge.claims.values():
        if claim.verdict in NEEDS_CORRECTION and claim not in coverage.used:
            at = lines.of("claims", claim.id)
            yield UncitedClaim(at, claim.id, claim.verdict, claim.citation.source.id, claim.citation.locator)
    cited = {place.source for place in citations(coverage.used)}
    for source in knowledge.sources.values():
        if source not in cited:
            yield UncitedSource(lines.of("sources", source.id), source.id, source.kind)
    for fact in knowledge.facts.values():
        if fact not in coverage.used:
            yield UnusedFact(lines.of("facts", fact.id), fact.id, fact.confidence)
    yield from _uncited_paragraphs(knowledge, lines)


def _uncited_paragraphs(knowledge: Knowledge, lines: Lines) -> Iterator[Finding]:
    for source in knowledge.sources.values():
        claims: dict[str, list[Claim]] = {f"paragraph {number}": [] for number in source.paragraphs}
        for claim in knowledge.claims.values():
            if claim.citation.source == source:
                claims.setdefault(claim.citation.locator, []).append(claim)
        for locator, held in claims.items():
            if Citation(source, locator) not in knowledge.cited_by:
                ids = tuple(claim.id for claim in held)
                harmless = held and not any(claim.verdict in NEEDS_CORRECTION for claim in held)
                at = lines.of("sources", source.id, "paragraphs", locator.removeprefix("paragraph "))
                yield (HarmlessParagraph if harmless else UncitedParagraph)(at, source.id, locator, ids)


def facts_of(evidence: tuple[Evidence, ...]) -> tuple[Fact, ...]:
    """The facts among the evidence."""
    return tuple(item for item in evidence if isinstance(item, Fact))
