"""What is said below a picture: what it shows, in words, and where its figures come from."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.model import Picture, Source
from knowledge.rendering.answer import KIND_NAMES
from knowledge.rendering.rich_text import Block, Span, Text

CAPTION_LIMIT = 1024
"""The most that a caption can hold, in UTF-16 units."""


def caption(picture: Picture) -> Text:
    """The alternative text, folded, and the sources by publisher, kind and year, each linked."""
    described = Block(((Span("In words: ", "bold"), Span(picture.alternative)),), folded=True)
    return Text((described, Block((tuple(_sources(picture)),))))


def _sources(picture: Picture) -> Iterator[Span]:
    sources = dict.fromkeys(place.source for place in picture.citations)
    for number, source in enumerate(sources):
        yield Span(" · " if number else "Sources: ")
        yield Span(_short_name(source), url=source.url)


def _short_name(source: Source) -> str:
    return ", ".join(filter(None, (source.publisher, KIND_NAMES[source.kind], source.date[:4])))
