"""The one interface to all that the bot keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete as sql_delete
from sqlalchemy.ext.asyncio import AsyncConnection

from runtime.storage import ANSWER_PATIENCE, chats, counts, editors_questions, feedback, follow_ups
from runtime.storage.chat_settings import ChatSettings
from runtime.storage.database import BACKGROUND_PATIENCE, Database
from runtime.storage.later import Later
from runtime.storage.records import (
    NO_CHAT,
    QUESTION_LENGTH,
    QUESTIONS_KEPT,
    VOTES_KEPT,
    Count,
    EditorsQuestion,
    Expired,
    Feedback,
    FollowUp,
    Reason,
    ReasonCount,
)
from runtime.storage.tables import MOMENTS

if TYPE_CHECKING:
    from runtime.storage.sharing import Sharing

LEFT_CHATS_KEPT = timedelta(days=30)
COUNTS_KEPT = timedelta(days=400)


class Storage:
    """Settings of groups, counts, feedback and questions to the editors; `open_storage` makes one.

    Every method raises StorageError when the database fails or does not answer within two seconds, at once while it is
    known to be away; what a method has written is durable when it returns.
    A method that is cancelled still finishes its transaction.
    A private chat has the id of its user, which is not kept: its counts go under NO_CHAT, its settings are always the
    defaults and can't be changed. Days are those of UTC.
    """

    def __init__(self, database: Database, sharing: Sharing | None = None) -> None:
        self._database = database
        self._sharing = sharing
        self._later = Later()

    @property
    def is_available(self) -> bool:
        """Whether the database can be used, as far as is known: it is looked at every two seconds."""
        return not self._database.fault

    @property
    def fault(self) -> str:
        """Why the database can't be used, in its own words and without a password; empty: it can."""
        return self._database.fault

    @property
    def is_shared(self) -> bool:
        """Whether other replicas may work on the same database."""
        return self._sharing is not None

    async def close(self) -> None:
        """Finish what is under way, within two seconds, and close all connections; nothing can be asked afterwards."""
        await self._later.close()
        if self._sharing is not None:
            await self._sharing.close()
        await self._database.close()

    def later(self, write: Callable[[], Awaitable[None]]) -> asyncio.Future[None]:
        """Do a write that nobody has to wait for: soon, in the order given, and again until it succeeds.

        What is returned is done when that has happened; it may be waited for and must not be cancelled.
        """
        return self._later.do(write)

    async def settings(self, chat_id: int) -> ChatSettings:
        """The settings of a chat, the defaults where nothing was chosen."""
        return await self._database.read(
            lambda connection: chats.settings_of(connection, chat_id), slow_after=ANSWER_PATIENCE
        )

    async def change_settings(self, chat_id: int, change: Callable[[ChatSettings], ChatSettings]) -> ChatSettings:
        """Replace the settings of a group by what `change` makes of them; returns the new ones.

        Nobody else's change is lost: when another replica was quicker, `change` is called again with what that one
        left. What `change` raises is passed on, and nothing is changed. Raises ValueError for a private chat.
        """
        if _is_private(chat_id):
            raise ValueError("a private chat has no settings: its id would be a user's")
        while True:
            changed = await self._database.write(lambda connection: chats.change_once(connection, chat_id, change))
            if changed is not None:
                return changed

    async def reset_settings(self, chat_id: int) -> None:
        """Go back to the defaults; counts stay."""
        await self._database.write(lambda connection: chats.reset(connection, chat_id))

    async def migrate_chat(self, old_id: int, new_id: int) -> None:
        """Keep everything when a group becomes a supergroup; a second call for the same pair does nothing."""

        async def move(connection: AsyncConnection) -> None:
            await chats.move(connection, old_id, new_id)
            await counts.move(connection, old_id, new_id)

        await self._database.write(move)

    async def mark_left(self, chat_id: int, at: datetime) -> None:
        """Note that the bot was removed from a group at `at` (aware); what the group has goes LEFT_CHATS_KEPT later."""
        if _is_private(chat_id):
            return
        await self._database.write(lambda connection: chats.mark_left(connection, chat_id, at))

    async def mark_joined(self, chat_id: int) -> None:
        """Note that the bot is in the group (again), so that what the group has is kept."""
        await self._database.write(lambda connection: chats.mark_joined(connection, chat_id))

    async def forget_chat(self, chat_id: int) -> None:
        """Remove all that a group has: settings and counts. A private chat has nothing of its own."""
        if _is_private(chat_id) or chat_id == NO_CHAT:
            return

        async def forget(connection: AsyncConnection) -> None:
            await chats.forget(connection, chat_id)
            await counts.forget(connection, chat_id)
            await connection.execute(sql_delete(MOMENTS).where(MOMENTS.c.chat_id == chat_id))

        await self._database.write(forget)

    async def count_many(self, new: Iterable[Count], went_on: Mapping[date, Sequence[FollowUp]] | None = None) -> None:
        """Add to the counts that are there, all in one transaction; for half a minute others may hold it up.

        `went_on` is which entry readers went on to, by day.
        """
        anonymous = [replace(each, chat_id=NO_CHAT) if _is_private(each.chat_id) else each for each in new]
        by_day = sorted((went_on or {}).items())
        if not anonymous and not by_day:
            return

        async def add(connection: AsyncConnection) -> None:
            await counts.add(connection, anonymous)
            for day, made in by_day:
                await follow_ups.add(connection, made, day)

        await self._database.write(add, within=BACKGROUND_PATIENCE)

    async def statistics(self, chat_id: int, since: date, until: date) -> Sequence[Count]:
        """The counts of one chat by entry and day, from `since` to `until` (both included), in the order of days."""
        return await self._database.read(lambda connection: counts.of_chat(connection, chat_id, since, until))

    async def total(self, since: date, until: date) -> Sequence[Count]:
        """The counts of all chats together, as `statistics` gives those of one."""
        return await self._database.read(lambda connection: counts.of_all_chats(connection, since, until))

    async def voter_key(self, day: date, user_id: int, chat_id: int, message_id: int) -> bytes:
        """What stands for a reader who votes on a message, in `vote`; the same in all replicas.

        `day` is that of the answer, not of the press: then a reader who changes their mind past midnight is still
        known as the same.
        """
        secret = await self._database.read(lambda connection: feedback.secret_of(connection, day))
        if secret is None:
            secret = await self._database.write(lambda connection: feedback.draw_secret(connection, day))
        return feedback.voter_key(secret, user_id, chat_id, message_id)

    async def vote(self, entry_id: str, day: date, voter_key: bytes, helpful: bool) -> bool:
        """Count a reader's vote on an answer of `day`; returns whether it changed anything.

        The same vote again changes nothing, the other one replaces the first. A vote whose day's secret is deleted
        does not count.
        """
        return await self._database.write(
            lambda connection: feedback.vote(connection, entry_id, day, voter_key, helpful=helpful)
        )

    async def say_why(self, entry_id: str, day: date, voter_key: bytes, reason: Reason) -> bool:
        """Count why a reader voted an answer of `day` unhelpful; returns whether it changed anything.

        A vote has one reason, the last that was given; a helpful one, and one whose day's secret is deleted, has none.
        """
        return await self._database.write(
            lambda connection: feedback.say_why(connection, entry_id, day, voter_key, reason)
        )

    async def reasons(self, since: date) -> Sequence[ReasonCount]:
        """Why answers were no help, from `since` on, all chats together: by entry, the most frequent first."""
        return await self._database.read(lambda connection: feedback.reasons(connection, since))

    async def follow_ups(self, since: date) -> Sequence[FollowUp]:
        """Which entry readers went on to after which, from `since` on, all chats together: the most frequent first."""
        return await self._database.read(lambda connection: follow_ups.since(connection, since))

    async def send_to_editors(self, key: str, question: EditorsQuestion) -> bool:
        """Keep a question for the editors, once for each `key` (at most 32 characters); returns whether it is new.

        The key must say nothing of who sent it, nor when. Raises ValueError where the text is too long.
        """
        if len(question.text) > QUESTION_LENGTH:
            raise ValueError(f"a question to the editors has at most {QUESTION_LENGTH} characters")
        return await self._database.write(lambda connection: editors_questions.add(connection, key, question))

    async def editors_questions(self, since: date) -> Sequence[EditorsQuestion]:
        """The questions that were sent to the editors from `since` on, the newest last."""
        return await self._database.read(lambda connection: editors_questions.since(connection, since))

    async def disappointing(self, since: date) -> Sequence[Feedback]:
        """The votes from `since` on, all chats together, by entry: the most disappointing first."""
        return await self._database.read(lambda connection: feedback.by_entry(connection, since))

    async def delete_expired(self, now: datetime) -> Expired:
        """The retention job, to be run daily; `now` is aware of its time zone.

        Removes what groups have that the bot left LEFT_CHATS_KEPT ago, counts older than COUNTS_KEPT, questions to the
        editors older than QUESTIONS_KEPT, and the keys and secrets of votes older than VOTES_KEPT.
        """
        today = now.astimezone(UTC).date()

        async def delete(connection: AsyncConnection) -> Expired:
            left = await chats.left_until(connection, now - LEFT_CHATS_KEPT)
            removed = 0
            for chat_id in left:
                await chats.forget(connection, chat_id)
                removed += await counts.forget(connection, chat_id)
            removed += await counts.forget_before(connection, today - COUNTS_KEPT)
            removed += await feedback.forget_counts_before(connection, today - COUNTS_KEPT)
            removed += await follow_ups.forget_before(connection, today - COUNTS_KEPT)
            votes = await feedback.forget_votes_before(connection, today - VOTES_KEPT)
            questions = await editors_questions.forget_before(connection, today - QUESTIONS_KEPT)
            return Expired(chats=len(left), counts=removed, votes=votes, questions=questions)

        return await self._database.write(delete, within=BACKGROUND_PATIENCE)

    def key_of(self, what: str) -> bytes | None:
        """What stands for `what`, which concerns a person, in `reserve`; None where nothing is shared now."""
        return self._sharing.key_of(what) if self._sharing is not None else None

    async def reserve(
        self, chat_id: int, pauses: Mapping[bytes, float], kept: float, update_id: int | None
    ) -> bool | None:
        """Whether something that should not happen too often may happen now in a chat, on whatever replica.

        It may if each key of `pauses` was last noted so many seconds ago, or for the same update, which is then tried
        once more; then all are noted, at once, and known for `kept` seconds. None where nothing is shared, or where the
        database can't tell within a quarter of a second: then the caller's memory decides. Never raises.
        """
        if self._sharing is None or self._database.fault:
            return None
        return await self._sharing.reserve(chat_id, pauses, kept, update_id)

    def note(self, chat_id: int, key: bytes, kept: float) -> None:
        """Note that something has happened, for `reserve` of all replicas; in the background."""
        if self._sharing is not None:
            self._sharing.note(chat_id, key, kept)

    async def turn(self, chat_id: int) -> float | None:
        """Seconds until the next message to a group may go, so that all replicas together send 20 in any 60 seconds.

        The turn is taken: whoever asks has to send it then. None where nothing is shared, or where the database can't
        tell within a quarter of a second: then the caller's own limit decides. Never raises.
        """
        if self._sharing is None or self._database.fault:
            return None
        return await self._sharing.turn(chat_id)


def _is_private(chat_id: int) -> bool:
    """Telegram gives users, and so private chats, positive ids, and negative ones to groups and channels."""
    return chat_id > 0
