"""Which ledger goes with which database, and the seal; each imported only where it is used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runtime.delivery.ledger import Ledger
    from runtime.delivery.seal import Seal

_SQLITE = "sqlite:///"


async def open_ledger(database_url: str) -> Ledger:
    """The ledger in the PostgreSQL database at `database_url`, or in a file beside the SQLite one: `bot.updates.db`
    beside `bot.db`. The database has to be open and up to date. Raises StorageError.
    """
    if database_url.startswith(_SQLITE):
        from runtime.delivery.local_ledger import LocalLedger

        return LocalLedger(Path(database_url.removeprefix(_SQLITE)).with_suffix(".updates.db"))
    from runtime.delivery.shared_ledger import SharedLedger

    return await SharedLedger.open(database_url)


def make_seal(token: str) -> Seal:
    """The seal of the bot with this token."""
    from runtime.delivery.seal import Seal

    return Seal(token)
