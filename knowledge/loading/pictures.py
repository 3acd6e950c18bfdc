"""Validating the pictures: the list of them, the PNG behind each, and the entries that carry one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from knowledge.loading.problems import Problem
from knowledge.loading.validation import Validated, repeated_ids
from knowledge.model import Knowledge
from knowledge.rendering.captions import CAPTION_LIMIT, caption

_MOST_BYTES = 10_000_000
_MOST_PIXELS_AROUND = 10_000
_MOST_ELONGATED = 20
"""What Telegram takes as a photo: bytes, width and height together, and how often one fits into the other."""


def add_digests(pictures: Validated, folder: Path) -> Iterator[Problem]:
    """Look at the PNG of each picture, which lies in `folder`, and note its SHA-256 in the data as "digest"."""
    document, content = pictures
    for number, picture in enumerate(content["pictures"]):
        try:
            png = _sound_png(folder / picture["file"])
        except ValueError as error:
            line = document.line(("pictures", number, "file"))
            what = f"{picture['file']}: {error}"
            yield Problem(document.name, line, picture["id"], what, "a PNG that Telegram takes as a photo")
        else:
            picture["digest"] = hashlib.sha256(png).hexdigest()


def wrong_references(pictures: Validated | None, faq: Sequence[Validated], facts: set[str]) -> Iterator[Problem]:
    """Ids that stand twice, and ids that lead nowhere: from a picture to a fact, from an entry to a picture."""
    known: set[str] = set()
    if pictures is not None:
        document, content = pictures
        yield from repeated_ids(document, "pictures", content["pictures"], known)
        for number, picture in enumerate(content["pictures"]):
            for place, name in enumerate(picture["cites"]):
                if name not in facts:
                    line = document.line(("pictures", number, "cites", place))
                    expected = "an id from knowledge/facts.yaml"
                    yield Problem(document.name, line, picture["id"], f"there is no fact “{name}”", expected)
    for document, content in faq:
        for number, entry in enumerate(content["entries"]):
            if entry["picture"] is not None and entry["picture"] not in known:
                line = document.line(("entries", number, "picture"))
                what = f"there is no picture “{entry['picture']}”"
                yield Problem(document.name, line, entry["id"], what, "an id from knowledge/pictures/pictures.yaml")


def too_long(pictures: Validated, knowledge: Knowledge) -> Iterator[Problem]:
    """Captions that are too long for a message."""
    document, content = pictures
    for number, picture in enumerate(content["pictures"]):
        length = caption(knowledge.pictures[picture["id"]]).length
        if length > CAPTION_LIMIT:
            line = document.line(("pictures", number, "alt"))
            what = f"the alternative text makes a caption of {length} characters with the sources"
            yield Problem(document.name, line, picture["id"], what, f"at most {CAPTION_LIMIT}; shorten it")


def _sound_png(path: Path) -> bytes:
    """The content of a PNG. Raises ValueError that says why it can't be sent."""
    try:
        size = path.stat().st_size
        if size > _MOST_BYTES:
            raise ValueError(f"it holds {size:,} bytes, more than {_MOST_BYTES:,}")
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(f"can't be read: {error.strerror}") from None
    width, height = _size(content)
    if width + height > _MOST_PIXELS_AROUND:
        raise ValueError(f"{width} × {height} pixels are more than {_MOST_PIXELS_AROUND:,} together")
    if max(width, height) > _MOST_ELONGATED * min(width, height):
        raise ValueError(f"{width} × {height} pixels are too long and narrow")
    return content


def _size(content: bytes) -> tuple[int, int]:
    """Width and height of a whole PNG, in pixels. Raises ValueError for anything else."""
    try:
        with Image.open(BytesIO(content), formats=["PNG"]) as image:
            width, height = image.size
            image.verify()
    except UnidentifiedImageError:
        what = "the PNG is damaged" if content.startswith(b"\x89PNG") else "this is not a PNG"
        raise ValueError(what) from None
    except Image.DecompressionBombError:
        raise ValueError("it has far too many pixels") from None
    except (OSError, SyntaxError, ValueError):  # what Pillow raises where a PNG is cut short, or is not what it says
        raise ValueError("the PNG is damaged, or cut short") from None
    return width, height
