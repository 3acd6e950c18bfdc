"""The tables as they are after all migrations; a change here needs a new file in `migrations/versions`."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

CHATS = Table(
    "chats",
    METADATA,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("document", Text, comment="JSON object of the settings that were chosen; null: none"),
    Column("version", Integer, nullable=False, comment="goes up with each change of the document"),
    Column("left_at", BigInteger, index=True, comment="Unix time, seconds; null: the bot is in the chat"),
)

COUNTS = Table(
    "counts",
    METADATA,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False, comment="0: no chat in particular"),
    Column("day", Date, primary_key=True, index=True),
    Column("what", String(20), primary_key=True),
    Column("entry_id", String(200), primary_key=True, comment="empty: no entry was concerned"),
    Column("number", BigInteger, nullable=False),
)

FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("entry_id", String(200), primary_key=True),
    Column("day", Date, primary_key=True, index=True),
    Column("helpful", BigInteger, nullable=False),
    Column("unhelpful", BigInteger, nullable=False),
)

VOTE_SECRETS = Table(
    "vote_secrets",
    METADATA,
    Column("day", Date, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
)

VOTES = Table(
    "votes",
    METADATA,
    Column("voter_key", LargeBinary, primary_key=True),
    Column("entry_id", String(200), primary_key=True),
    Column("day", Date, ForeignKey("vote_secrets.day", ondelete="CASCADE"), nullable=False, index=True),
    Column("helpful", Boolean, nullable=False),
)
