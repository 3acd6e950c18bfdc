"""What a clinician signs: the digest of an answer and of all that it rests on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from knowledge.model import Entry, Fact, Point, Side, Signature

_DIGITS = 16


def digest_of(entry: Entry) -> str:
    """Sixteen hexadecimal digits that change with every word of the answer, and of the facts that it rests on."""
    return digest_of_texts(_parts(entry))


def digest_of_texts(texts: Iterable[str]) -> str:
    """Sixteen hexadecimal digits that change with every word of `texts`."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:_DIGITS]


def valid_signatures(entry: Entry) -> tuple[Signature, ...]:
    """The signatures of the answer as it is now."""
    digest = digest_of(entry) if entry.signatures else ""
    return tuple(signature for signature in entry.signatures if signature.of == digest)


def _parts(entry: Entry) -> Iterator[str]:
    yield entry.question
    yield str(entry.safety_note)
    for part in (entry.answer, (entry.help,) if entry.help else (), entry.more):
        yield "points"
        for point in part:
            yield from (point.under, point.region or "", *_said(point, point.text))
    for dispute in entry.disputes:
        yield from ("dispute", dispute.about, dispute.trust)
        for side in dispute.sides:
            yield from (side.who, *_said(side, side.says))
    if entry.picture:
        yield from ("picture", entry.picture.digest, entry.picture.alternative)


def _said(part: Point | Side, text: str) -> Iterator[str]:
    yield text
    for item in part.evidence:
        yield from (item.id, item.claim, item.caveat if isinstance(item, Fact) else item.clinical)
