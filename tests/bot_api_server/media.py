"""Files that the bot or the people sent, by file_id."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

from tests.bot_api_server.errors import ApiError, Json, bad_request

MOST_BYTES = 10 * 1024 * 1024
MOST_BYTES_OF_DOCUMENT = 50 * 1024 * 1024
MOST_BYTES_TO_FETCH = 20 * 1024 * 1024
MOST_PIXELS_AROUND = 10_000
MOST_ELONGATED = 20


@dataclass(frozen=True)
class StoredFile:
    """A file as the server keeps it."""

    file_id: str
    unique_id: str
    kind: str
    content: bytes
    width: int = 0
    height: int = 0

    @property
    def path(self) -> str:
        """Where it can be downloaded, below the file root of the server."""
        return f"{self.kind.lower()}s/{self.unique_id}"

    def as_dict(self) -> Json:
        """The fields that every kind of file has."""
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.content)}

    def as_photo(self) -> list[Json]:
        """The PhotoSize objects of a photo."""
        return [{**self.as_dict(), "width": self.width, "height": self.height}]


class FileStore:
    """All files that the server knows."""

    def __init__(self) -> None:
        self._files: dict[str, StoredFile] = {}

    def keep(self, kind: str, content: bytes, size: tuple[int, int] = (0, 0)) -> StoredFile:
        """Keep a new file; the same content has the same unique id, but each upload its own file_id."""
        unique = "AQAD" + hashlib.sha256(content).hexdigest()[:12]
        file_id = f"AgACAgIAAxkBAAI{len(self._files):04d}{unique}-{kind[0]}AAE"
        self._files[file_id] = StoredFile(file_id, unique, kind, content, *size)
        return self._files[file_id]

    def keep_photo(self, content: bytes) -> StoredFile:
        """Keep a photo that the bot uploads; raises ApiError where Telegram would not take the picture."""
        if not content:
            raise bad_request("file must be non-empty")
        if len(content) > MOST_BYTES:
            raise bad_request("too big for a photo")
        width, height = image_size(content)
        if width + height > MOST_PIXELS_AROUND or max(width, height) > MOST_ELONGATED * min(width, height):
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        return self.keep("Photo", content, (width, height))

    def keep_document(self, content: bytes) -> StoredFile:
        """Keep a file that the bot uploads; raises ApiError where it is empty or too large for Telegram."""
        if not content:
            raise bad_request("file must be non-empty")
        if len(content) > MOST_BYTES_OF_DOCUMENT:
            raise ApiError(413, "Request Entity Too Large")
        return self.keep("Document", content)

    def photo(self, file_id: str) -> StoredFile:
        """The photo that the bot sends again; raises ApiError if there is none such."""
        if file_id.startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")
        file = self._files.get(file_id)
        if file is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        if file.kind != "Photo":
            raise bad_request(f"can't use file of type {file.kind} as Photo")
        return file

    def get(self, file_id: str) -> StoredFile:
        """The file to download; raises ApiError if there is none such."""
        if file_id not in self._files:
            raise bad_request("invalid file_id")
        if len(self._files[file_id].content) > MOST_BYTES_TO_FETCH:
            raise bad_request("file is too big")
        return self._files[file_id]

    def content_of(self, file_id: str) -> bytes:
        """What is in a file."""
        return self._files[file_id].content

    def at(self, path: str) -> StoredFile | None:
        """The file that is downloaded from `path`."""
        return next((file for file in self._files.values() if file.path == path), None)


def image_size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG, GIF or JPEG; raises ApiError for anything else."""
    try:
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            width, height = struct.unpack(">II", content[16:24])
            return width, height
        if content.startswith((b"GIF87a", b"GIF89a")):
            width, height = struct.unpack("<HH", content[6:10])
            return width, height
        if content.startswith(b"\xff\xd8"):
            return _jpeg_size(content)
    except (struct.error, IndexError):
        pass
    raise bad_request("IMAGE_PROCESS_FAILED")


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while content[at] == 0xFF:
        marker, (length,) = content[at + 1], struct.unpack(">H", content[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    raise bad_request("IMAGE_PROCESS_FAILED")


def blank_png(width: int = 64, height: int = 64) -> bytes:
    """The beginning of a PNG of the given size: enough of a picture for this server."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", width, height, 8, 2, 0, 0, 0)
