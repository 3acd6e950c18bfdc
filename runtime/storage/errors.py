"""What goes wrong with storage, said so that an operator can mend it."""

from __future__ import annotations


class StorageError(Exception):
    """The database can't be opened, read or written. The message names DATABASE_URL and holds no password."""

    def __init__(self, what: str) -> None:
        super().__init__(f"DATABASE_URL: {what}")
        self.what = what
