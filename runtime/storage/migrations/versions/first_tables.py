"""The first tables: chats, counts, feedback, votes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "chats",
        sa.Column("chat_id", sa.BigInteger, autoincrement=False),
        sa.Column("document", sa.Text, comment="JSON object of the settings that were chosen; null: none"),
        sa.Column("version", sa.Integer, nullable=False, comment="goes up with each change of the document"),
        sa.Column("left_at", sa.BigInteger, comment="Unix time, seconds; null: the bot is in the chat"),
        sa.PrimaryKeyConstraint("chat_id", name="pk_chats"),
    )
    op.create_index("ix_chats_left_at", "chats", ["left_at"])
    op.create_table(
        "counts",
        sa.Column("chat_id", sa.BigInteger, autoincrement=False, comment="0: no chat in particular"),
        sa.Column("day", sa.Date),
        sa.Column("what", sa.String(20)),
        sa.Column("entry_id", sa.String(200), comment="empty: no entry was concerned"),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "day", "what", "entry_id", name="pk_counts"),
    )
    op.create_index("ix_counts_day", "counts", ["day"])
    op.create_table(
        "feedback",
        sa.Column("entry_id", sa.String(200)),
        sa.Column("day", sa.Date),
        sa.Column("helpful", sa.BigInteger, nullable=False),
        sa.Column("unhelpful", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "day", name="pk_feedback"),
    )
    op.create_index("ix_feedback_day", "feedback", ["day"])
    op.create_table(
        "vote_secrets",
        sa.Column("day", sa.Date),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_vote_secrets"),
    )
    op.create_table(
        "votes",
        sa.Column("voter_key", sa.LargeBinary),
        sa.Column("entry_id", sa.String(200)),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("voter_key", "entry_id", name="pk_votes"),
        sa.ForeignKeyConstraint(["day"], ["vote_secrets.day"], name="fk_votes_day", ondelete="CASCADE"),
    )
    op.create_index("ix_votes_day", "votes", ["day"])
