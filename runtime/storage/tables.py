"""The tables as they are after all migrations; a change here needs a new file in `migrations/versions`."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
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
    Column("reason", String(20), comment="why it was no help; null: not said"),
)

REASONS = Table(
    "reasons",
    METADATA,
    Column("entry_id", String(200), primary_key=True),
    Column("day", Date, primary_key=True, index=True),
    Column("reason", String(20), primary_key=True),
    Column("number", BigInteger, nullable=False),
)

FOLLOW_UPS = Table(
    "follow_ups",
    METADATA,
    Column("after_entry", String(200), primary_key=True),
    Column("entry_id", String(200), primary_key=True),
    Column("day", Date, primary_key=True, index=True),
    Column("number", BigInteger, nullable=False),
)

EDITORS_QUESTIONS = Table(
    "editors_questions",
    METADATA,
    Column("id", String(32), primary_key=True, comment="drawn at random, so that nothing is stored twice"),
    Column("day", Date, nullable=False, index=True),
    Column("text", String(1000), nullable=False),
    Column("entry_id", String(200), comment="whose answer was no help; null: there was no answer"),
)

# Shared by the replicas on one PostgreSQL; in a file of SQLite's these stay empty, since there memory will do.

UPDATES = Table(
    "updates",
    METADATA,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("replica", String(32), index=True, comment="who has it in hand; empty: nobody; null: it is done"),
    Column("claimed_at", DateTime(timezone=True), nullable=False, index=True),
    Column("sealed", LargeBinary, comment="the update, encrypted, where Telegram was told to forget it"),
)

REPLICAS = Table(
    "replicas",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    Column("since", DateTime(timezone=True), nullable=False, comment="seen without a gap since then"),
)

MOMENTS = Table(
    "moments",
    METADATA,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", LargeBinary, primary_key=True, comment="what happened; a keyed hash where a person is concerned"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("update_id", BigInteger, comment="for the sake of which update, which may be handled again"),
    Column("kept_until", DateTime(timezone=True), nullable=False, index=True),
)

TURNS = Table(
    "turns",
    METADATA,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column(
        "times",
        ARRAY(DateTime(timezone=True)).with_variant(JSON(), "sqlite"),
        nullable=False,
        comment="when the last messages to the group go, the latest last",
    ),
)
