"""What a PNG file says about itself: whether it is whole, and how large the picture is.

After the PNG specification (ISO/IEC 15948): a signature, then chunks of length, name, content and CRC, from IHDR with
width and height to IEND.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png_size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels. Raises ValueError for what is no PNG, or a damaged one."""
    if not content.startswith(_SIGNATURE):
        raise ValueError("this is not a PNG")
    names, first = [], b""
    for name, body in _chunks(content):
        names.append(name)
        first = first or body
    if names[:1] != [b"IHDR"] or names[-1] != b"IEND" or b"IDAT" not in names or len(first) != 13:
        raise ValueError("the PNG is damaged")
    width, height = struct.unpack(">II", first[:8])
    if not width or not height:
        raise ValueError("the PNG is damaged")
    return width, height


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(content):
        head, end = content[at : at + 8], at + 12
        if len(head) == 8:
            end += int.from_bytes(head[:4], "big")
        if len(head) < 8 or end > len(content):
            raise ValueError("the PNG is cut short")
        body = content[at + 8 : end - 4]
        if zlib.crc32(head[4:] + body) != int.from_bytes(content[end - 4 : end], "big"):
            raise ValueError("the PNG is damaged")
        yield head[4:], body
        at = end
