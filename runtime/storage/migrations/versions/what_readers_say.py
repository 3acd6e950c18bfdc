"""What readers say: why an answer was no help, where they went on to, and what they sent to the editors.

In the settings of groups the silenced topic "meta" gets the name that it has now, "about-this-bot".
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_OLD, _NEW = "meta", "about-this-bot"


def upgrade() -> None:
    op.create_table(
        "reasons",
        sa.Column("entry_id", sa.String(200)),
        sa.Column("day", sa.Date),
        sa.Column("reason", sa.String(20)),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "day", "reason", name="pk_reasons"),
    )
    op.create_index("ix_reasons_day", "reasons", ["day"])
    op.add_column("votes", sa.Column("reason", sa.String(20), comment="why it was no help; null: not said"))
    op.create_table(
        "follow_ups",
        sa.Column("after_entry", sa.String(200)),
        sa.Column("entry_id", sa.String(200)),
        sa.Column("day", sa.Date),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("after_entry", "entry_id", "day", name="pk_follow_ups"),
    )
    op.create_index("ix_follow_ups_day", "follow_ups", ["day"])
    op.create_table(
        "editors_questions",
        sa.Column("id", sa.String(32), comment="drawn at random, so that nothing is stored twice"),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("text", sa.String(1000), nullable=False),
        sa.Column("entry_id", sa.String(200), comment="whose answer was no help; null: there was no answer"),
        sa.PrimaryKeyConstraint("id", name="pk_editors_questions"),
    )
    op.create_index("ix_editors_questions_day", "editors_questions", ["day"])
    _rename_silenced_topic(op.get_bind())


def _rename_silenced_topic(connection: sa.Connection) -> None:
    chats = sa.table("chats", sa.column("chat_id"), sa.column("document"), sa.column("version"))
    for row in connection.execute(sa.select(chats).where(chats.c.document.contains(f'"{_OLD}"'))).all():
        document = _renamed(row.document)
        if document is not None:
            changed = chats.update().where(chats.c.chat_id == row.chat_id)
            connection.execute(changed.values(document=document, version=row.version + 1))


def _renamed(document: str) -> str | None:
    """The document with the new name; None where it can't be read, or has the old one elsewhere."""
    try:
        settings = json.loads(document)
    except (ValueError, RecursionError):
        return None
    silenced = settings.get("silenced_groups") if isinstance(settings, dict) else None
    if not isinstance(silenced, list) or _OLD not in silenced:
        return None
    others = [each for each in silenced if each not in (_OLD, _NEW)]
    return json.dumps(settings | {"silenced_groups": [*others, _NEW]})
