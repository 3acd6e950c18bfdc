"""What replicas share: the updates in hand, who is alive, when things last happened, and turns to send."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "updates",
        sa.Column("update_id", sa.BigInteger, autoincrement=False),
        sa.Column("replica", sa.String(32), comment="who has it in hand; empty: nobody; null: it is done"),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary, comment="the update, encrypted, where Telegram was told to forget it"),
        sa.PrimaryKeyConstraint("update_id", name="pk_updates"),
    )
    op.create_index("ix_updates_replica", "updates", ["replica"])
    op.create_index("ix_updates_claimed_at", "updates", ["claimed_at"])
    op.create_table(
        "replicas",
        sa.Column("id", sa.String(32)),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False, comment="seen without a gap since then"),
        sa.PrimaryKeyConstraint("id", name="pk_replicas"),
    )
    op.create_table(
        "moments",
        sa.Column("chat_id", sa.BigInteger, autoincrement=False),
        sa.Column("key", sa.LargeBinary, comment="what happened; a keyed hash where a person is concerned"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("update_id", sa.BigInteger, comment="for the sake of which update, which may be handled again"),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "key", name="pk_moments"),
    )
    op.create_index("ix_moments_kept_until", "moments", ["kept_until"])
    op.create_table(
        "turns",
        sa.Column("chat_id", sa.BigInteger, autoincrement=False),
        sa.Column(
            "times",
            sa.ARRAY(sa.DateTime(timezone=True)).with_variant(sa.JSON(), "sqlite"),
            nullable=False,
            comment="when the last messages to the group go, the latest last",
        ),
        sa.PrimaryKeyConstraint("chat_id", name="pk_turns"),
    )
