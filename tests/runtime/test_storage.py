"""Storage, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from runtime.storage import (
    NO_CHAT,
    QUESTION_LENGTH,
    ChatSettings,
    Count,
    EditorsQuestion,
    Expired,
    Feedback,
    FollowUp,
    Mode,
    Reason,
    ReasonCount,
    StorageError,
    What,
)
from runtime.storage.chats import change_once
from runtime.storage.storage import Storage
from runtime.storage.tables import CHATS, EDITORS_QUESTIONS, METADATA, VOTE_SECRETS, VOTES

GROUP, OTHER_GROUP, SUPERGROUP, USER = -5, -6, -1_001_234_567_890, 7_000_000_001
DAY = date(2026, 3, 14)
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
DEFAULTS = ChatSettings()


def listening(settings: ChatSettings) -> ChatSettings:
    return replace(settings, mode=Mode.LISTEN)


def without_pictures(settings: ChatSettings) -> ChatSettings:
    return replace(settings, pictures=False)


def longer_cooldown(settings: ChatSettings) -> ChatSettings:
    return replace(settings, cooldown_minutes=settings.cooldown_minutes + 1)


async def count(storage: Storage, chat_id: int, entry_id: str | None, what: What, day: date) -> None:
    await storage.count_many([Count(chat_id=chat_id, entry_id=entry_id, what=what, day=day)])


async def rows(storage: Storage, table: Table) -> Sequence[Any]:
    return await storage._database.read(lambda connection: _all(connection, table))


async def _all(connection: AsyncConnection, table: Table) -> Sequence[Any]:
    return (await connection.execute(select(table))).all()


async def write_raw(storage: Storage, document: str) -> None:
    await storage._database.write(lambda connection: connection.execute(CHATS.update().values(document=document)))


# Settings


async def test_a_chat_that_chose_nothing_has_the_defaults(storage: Storage) -> None:
    assert await storage.settings(GROUP) == DEFAULTS


async def test_a_change_is_returned_kept_and_of_this_chat_only(storage: Storage, replica: Storage) -> None:
    changed = await storage.change_settings(GROUP, listening)
    assert changed == replace(DEFAULTS, mode=Mode.LISTEN)
    changed = await storage.change_settings(GROUP, without_pictures)
    assert changed == replace(DEFAULTS, mode=Mode.LISTEN, pictures=False)
    assert await replica.settings(GROUP) == changed
    assert await replica.settings(OTHER_GROUP) == DEFAULTS


async def test_a_change_that_fails_changes_nothing(storage: Storage) -> None:
    await storage.change_settings(GROUP, listening)
    with pytest.raises(ValueError, match="cooldown_minutes"):
        await storage.change_settings(GROUP, lambda settings: replace(settings, cooldown_minutes=-1))
    assert await storage.settings(GROUP) == replace(DEFAULTS, mode=Mode.LISTEN)


async def test_no_change_of_two_replicas_is_lost(storage: Storage, replica: Storage) -> None:
    await asyncio.gather(
        *(each.change_settings(GROUP, longer_cooldown) for _ in range(20) for each in (storage, replica))
    )
    assert (await storage.settings(GROUP)).cooldown_minutes == DEFAULTS.cooldown_minutes + 40


async def test_a_change_that_is_cancelled_while_it_waits_leaves_no_lock(storage: Storage, replica: Storage) -> None:
    holding, released = asyncio.Event(), asyncio.Event()

    async def hold(connection: AsyncConnection) -> None:
        await change_once(connection, GROUP, longer_cooldown)
        holding.set()
        await released.wait()

    holder = asyncio.create_task(replica._database.write(hold))
    await holding.wait()
    waiting = asyncio.create_task(storage.change_settings(GROUP, longer_cooldown))
    await asyncio.sleep(0.1)
    waiting.cancel()
    try:
        async with asyncio.timeout(5):
            await asyncio.gather(waiting, return_exceptions=True)
        closing = asyncio.create_task(storage.close())
        await asyncio.sleep(0.1)
        assert not closing.done()
    finally:
        released.set()
        await holder
    async with asyncio.timeout(5):
        await closing
        await replica.change_settings(GROUP, longer_cooldown)


async def test_a_damaged_or_newer_document_does_not_stop_the_group(storage: Storage) -> None:
    await storage.change_settings(GROUP, listening)
    await write_raw(storage, '{"mode": "whisper", "pictures": false, "voice": 1}')
    assert await storage.settings(GROUP) == replace(DEFAULTS, pictures=False)
    await write_raw(storage, '{"mode": ')
    assert await storage.settings(GROUP) == DEFAULTS
    assert (await storage.change_settings(GROUP, listening)).mode is Mode.LISTEN
    assert (await storage.settings(GROUP)).mode is Mode.LISTEN


async def test_reset_goes_back_to_the_defaults_and_keeps_the_counts(storage: Storage) -> None:
    await storage.change_settings(GROUP, listening)
    await storage.change_settings(OTHER_GROUP, listening)
    await count(storage, GROUP, "cost", What.ANSWERED, DAY)
    await storage.reset_settings(GROUP)
    assert await storage.settings(GROUP) == DEFAULTS
    assert (await storage.settings(OTHER_GROUP)).mode is Mode.LISTEN
    assert await storage.statistics(GROUP, DAY, DAY)
    assert (await storage.change_settings(GROUP, without_pictures)).mode is Mode.MENTION


async def test_of_a_private_chat_nothing_is_kept_under_its_id(storage: Storage) -> None:
    with pytest.raises(ValueError, match="private"):
        await storage.change_settings(USER, listening)
    await count(storage, USER, "cost", What.ANSWERED, DAY)
    await storage.mark_left(USER, NOON)
    await storage.mark_joined(USER)
    await storage.forget_chat(USER)
    key = await storage.voter_key(DAY, USER, USER, 3)
    await storage.vote("cost", DAY, key, True)
    assert await storage.settings(USER) == DEFAULTS
    assert await storage.statistics(NO_CHAT, DAY, DAY) == [Count(entry_id="cost", what=What.ANSWERED, day=DAY)]
    for table in METADATA.sorted_tables:
        assert str(USER) not in str(await rows(storage, table))


# A group becomes a supergroup


async def test_a_supergroup_keeps_all_that_the_group_had(storage: Storage) -> None:
    await storage.change_settings(GROUP, listening)
    await count(storage, GROUP, "cost", What.ANSWERED, DAY)
    await count(storage, SUPERGROUP, "cost", What.ANSWERED, DAY)
    await count(storage, GROUP, None, What.UNKNOWN, DAY)
    for _ in range(2):  # Telegram tells it in the old chat and in the new one
        await storage.migrate_chat(GROUP, SUPERGROUP)
        assert (await storage.settings(SUPERGROUP)).mode is Mode.LISTEN
        assert await storage.statistics(SUPERGROUP, DAY, DAY) == [
            Count(chat_id=SUPERGROUP, entry_id="cost", what=What.ANSWERED, day=DAY, number=2),
            Count(chat_id=SUPERGROUP, entry_id=None, what=What.UNKNOWN, day=DAY),
        ]
        assert await storage.settings(GROUP) == DEFAULTS
        assert await storage.statistics(GROUP, DAY, DAY) == []


async def test_what_was_chosen_in_the_supergroup_already_stays(storage: Storage) -> None:
    await storage.change_settings(GROUP, listening)
    await storage.change_settings(SUPERGROUP, without_pictures)
    await storage.migrate_chat(GROUP, SUPERGROUP)
    assert await storage.settings(SUPERGROUP) == replace(DEFAULTS, pictures=False)


async def test_leaving_the_old_group_is_not_leaving_the_supergroup(storage: Storage) -> None:
    await storage.change_settings(GROUP, listening)
    await storage.mark_left(GROUP, NOON)
    await storage.migrate_chat(GROUP, SUPERGROUP)
    await storage.mark_left(GROUP, NOON)
    await storage.delete_expired(NOON + timedelta(days=31))
    assert (await storage.settings(SUPERGROUP)).mode is Mode.LISTEN


async def test_two_replicas_that_migrate_a_chat_count_nothing_twice(storage: Storage, replica: Storage) -> None:
    for number in range(10):
        old, new = -100 - number, -200 - number
        chose = number % 2 == 0
        if chose:
            await storage.change_settings(old, listening)
        await storage.count_many(
            Count(chat_id=old, entry_id=f"entry-{each}", what=What.ANSWERED, day=DAY) for each in range(30)
        )
        await asyncio.gather(storage.migrate_chat(old, new), replica.migrate_chat(old, new))
        moved = await storage.statistics(new, DAY, DAY)
        assert [each.number for each in moved] == [1] * 30
        assert (await storage.settings(new)).mode is (Mode.LISTEN if chose else Mode.MENTION)


# Leaving, forgetting, retention


async def test_what_a_group_has_goes_30_days_after_the_bot_left(storage: Storage) -> None:
    for chat_id in (GROUP, OTHER_GROUP):
        await storage.change_settings(chat_id, listening)
        await count(storage, chat_id, "cost", What.ANSWERED, DAY)
    await storage.mark_left(GROUP, NOON)
    await storage.mark_left(GROUP, NOON + timedelta(days=20))  # a second word of it is no second life
    assert await storage.delete_expired(NOON + timedelta(days=30, seconds=-1)) == Expired(chats=0, counts=0, votes=0)
    assert (await storage.settings(GROUP)).mode is Mode.LISTEN
    assert await storage.delete_expired(NOON + timedelta(days=30)) == Expired(chats=1, counts=1, votes=0)
    assert await storage.settings(GROUP) == DEFAULTS
    assert await storage.statistics(GROUP, DAY, DAY) == []
    assert (await storage.settings(OTHER_GROUP)).mode is Mode.LISTEN
    assert len(await storage.statistics(OTHER_GROUP, DAY, DAY)) == 1


async def test_a_group_that_takes_the_bot_back_in_time_finds_its_settings(storage: Storage) -> None:
    await storage.change_settings(GROUP, listening)
    await storage.mark_left(GROUP, NOON)
    await storage.mark_joined(GROUP)
    await storage.delete_expired(NOON + timedelta(days=300))
    assert (await storage.settings(GROUP)).mode is Mode.LISTEN


async def test_counts_of_a_group_that_chose_nothing_go_as_well(storage: Storage) -> None:
    await count(storage, GROUP, "cost", What.ANSWERED, DAY)
    await storage.mark_left(GROUP, NOON)
    assert await storage.delete_expired(NOON + timedelta(days=31)) == Expired(chats=1, counts=1, votes=0)
    assert await rows(storage, CHATS) == []


async def test_forget_removes_all_that_a_group_has_and_nothing_else(storage: Storage) -> None:
    for chat_id in (GROUP, OTHER_GROUP):
        await storage.change_settings(chat_id, listening)
        await count(storage, chat_id, "cost", What.ANSWERED, DAY)
    await storage.forget_chat(GROUP)
    assert await storage.settings(GROUP) == DEFAULTS
    for table in METADATA.sorted_tables:
        assert GROUP not in [row.chat_id for row in await rows(storage, table) if "chat_id" in table.c]
    assert (await storage.settings(OTHER_GROUP)).mode is Mode.LISTEN
    assert len(await storage.total(DAY, DAY)) == 1


async def test_old_counts_go(storage: Storage) -> None:
    old, kept = DAY - timedelta(days=401), DAY - timedelta(days=400)
    for day in (old, kept):
        await count(storage, GROUP, "cost", What.ANSWERED, day)
        await storage.vote("cost", day, await storage.voter_key(day, USER, GROUP, 1), True)
    expired = await storage.delete_expired(NOON)
    assert expired == Expired(chats=0, counts=2, votes=2)
    assert [each.day for each in await storage.total(old, DAY)] == [kept]
    assert await storage.disappointing(old) == [Feedback(entry_id="cost", helpful=1, unhelpful=0)]


# Counts


async def test_counts_add_up_by_entry_and_day(storage: Storage) -> None:
    tomorrow = DAY + timedelta(days=1)
    for _ in range(3):
        await count(storage, GROUP, "cost", What.ANSWERED, DAY)
    await count(storage, GROUP, "cost", What.SUGGESTED, DAY)
    await count(storage, GROUP, "pain", What.ANSWERED, tomorrow)
    await count(storage, GROUP, None, What.UNKNOWN, tomorrow)
    await count(storage, OTHER_GROUP, "cost", What.ANSWERED, DAY)
    assert await storage.statistics(GROUP, DAY, tomorrow) == [
        Count(chat_id=GROUP, entry_id="cost", what=What.ANSWERED, day=DAY, number=3),
        Count(chat_id=GROUP, entry_id="cost", what=What.SUGGESTED, day=DAY),
        Count(chat_id=GROUP, entry_id="pain", what=What.ANSWERED, day=tomorrow),
        Count(chat_id=GROUP, entry_id=None, what=What.UNKNOWN, day=tomorrow),
    ]
    assert len(await storage.statistics(GROUP, tomorrow, tomorrow)) == 2
    assert await storage.statistics(GROUP, tomorrow + timedelta(days=1), tomorrow + timedelta(days=9)) == []
    assert await storage.total(DAY, DAY) == [
        Count(entry_id="cost", what=What.ANSWERED, day=DAY, number=4),
        Count(entry_id="cost", what=What.SUGGESTED, day=DAY),
    ]


async def test_many_counts_at_once_also_of_the_same_thing(storage: Storage) -> None:
    await storage.count_many([])
    new = [Count(chat_id=GROUP, entry_id="cost", what=What.ANSWERED, day=DAY, number=2)] * 3
    await storage.count_many([*new, Count(chat_id=GROUP, entry_id=None, what=What.URGENT, day=DAY)])
    await storage.count_many(new)
    counted = {each.what: each.number for each in await storage.statistics(GROUP, DAY, DAY)}
    assert counted == {What.ANSWERED: 12, What.URGENT: 1}


async def test_replicas_that_count_the_same_things_in_other_orders_get_along(
    storage: Storage, replica: Storage
) -> None:
    new = [Count(chat_id=GROUP, entry_id=f"entry-{number}", what=What.ANSWERED, day=DAY) for number in range(30)]
    await asyncio.gather(
        *(storage.count_many(new) for _ in range(10)), *(replica.count_many(reversed(new)) for _ in range(10))
    )
    assert [each.number for each in await storage.statistics(GROUP, DAY, DAY)] == [20] * 30


# Feedback


async def votes(storage: Storage) -> tuple[int, int]:
    """Helpful and unhelpful, of all entries."""
    found = await storage.disappointing(date.min)
    return sum(each.helpful for each in found), sum(each.unhelpful for each in found)


async def test_one_vote_for_a_reader_and_answer(storage: Storage) -> None:
    key = await storage.voter_key(DAY, USER, GROUP, 1)
    assert await storage.vote("cost", DAY, key, True)
    assert not await storage.vote("cost", DAY, key, True)
    assert await votes(storage) == (1, 0)
    assert await storage.vote("cost", DAY, key, False)
    assert not await storage.vote("cost", DAY, key, False)
    assert await votes(storage) == (0, 1)
    assert await storage.vote("cost", DAY, key, True)
    assert await votes(storage) == (1, 0)


async def test_other_readers_messages_and_entries_have_votes_of_their_own(storage: Storage) -> None:
    keys = [
        await storage.voter_key(DAY, user_id, chat_id, message_id)
        for user_id in (USER, USER + 1)
        for chat_id in (GROUP, OTHER_GROUP)
        for message_id in (1, 2)
    ]
    assert len(set(keys)) == 8
    for key in keys:
        await storage.vote("cost", DAY, key, False)
    await storage.vote("pain", DAY, keys[0], True)
    assert await storage.disappointing(DAY) == [
        Feedback(entry_id="cost", helpful=0, unhelpful=8),
        Feedback(entry_id="pain", helpful=1, unhelpful=0),
    ]


async def test_replicas_agree_on_who_voted(storage: Storage, replica: Storage) -> None:
    first, second = await asyncio.gather(storage.voter_key(DAY, USER, GROUP, 1), replica.voter_key(DAY, USER, GROUP, 1))
    assert first == second
    pressed = [each.vote("cost", DAY, first, True) for each in (storage, replica) for _ in range(5)]
    assert sorted(await asyncio.gather(*pressed)) == [False] * 9 + [True]
    assert await votes(storage) == (1, 0)


async def test_a_reader_who_wavers_on_two_replicas_is_counted_once(storage: Storage, replica: Storage) -> None:
    key = await storage.voter_key(DAY, USER, GROUP, 1)
    await asyncio.gather(
        *(
            each.vote("cost", DAY, key, helpful)
            for _ in range(10)
            for each in (storage, replica)
            for helpful in (True, False)
        )
    )
    assert sum(await votes(storage)) == 1
    assert min(await votes(storage)) == 0


async def test_keys_change_with_the_day_and_go_with_their_secret(storage: Storage) -> None:
    yesterday, long_ago = DAY - timedelta(days=1), DAY - timedelta(days=3)
    keys = {day: await storage.voter_key(day, USER, GROUP, 1) for day in (DAY, yesterday, long_ago)}
    assert len(set(keys.values())) == 3
    for day, key in keys.items():
        await storage.vote("cost", day, key, True)
    assert await storage.delete_expired(NOON) == Expired(chats=0, counts=0, votes=1)
    assert {row.day for row in await rows(storage, VOTES)} == {DAY, yesterday}
    drawn_at_start = {datetime.now(UTC).date()}
    assert {row.day for row in await rows(storage, VOTE_SECRETS)} - drawn_at_start == {DAY, yesterday}
    assert await votes(storage) == (3, 0)
    assert await storage.voter_key(yesterday, USER, GROUP, 1) == keys[yesterday]
    assert not await storage.vote("cost", long_ago, keys[long_ago], False)
    assert await votes(storage) == (3, 0)
    assert await storage.voter_key(long_ago, USER, GROUP, 1) != keys[long_ago]


async def test_what_disappoints_comes_first(storage: Storage) -> None:
    async def press(entry_id: str, helpful: int, unhelpful: int, day: date = DAY) -> None:
        for number in range(helpful + unhelpful):
            key = await storage.voter_key(day, USER + number, GROUP, 1)
            await storage.vote(entry_id, day, key, number < helpful)

    await press("good", 5, 0)
    await press("mixed", 2, 2)
    await press("bad", 0, 1)
    await press("worse", 0, 3)
    await press("long-ago", 0, 9, DAY - timedelta(days=60))
    found = await storage.disappointing(DAY - timedelta(days=30))
    assert [each.entry_id for each in found] == ["worse", "bad", "mixed", "good"]
    assert found[2] == Feedback(entry_id="mixed", helpful=2, unhelpful=2)


async def test_a_vote_against_has_one_reason_the_last(storage: Storage) -> None:
    async def counted() -> dict[Reason, int]:
        return {each.reason: each.number for each in await storage.reasons(DAY)}

    key = await storage.voter_key(DAY, USER, GROUP, 1)
    assert not await storage.say_why("cost", DAY, key, Reason.WRONG)  # who has not voted
    await storage.vote("cost", DAY, key, False)
    assert await storage.say_why("cost", DAY, key, Reason.WRONG)
    assert not await storage.say_why("cost", DAY, key, Reason.WRONG)
    assert await storage.say_why("cost", DAY, key, Reason.UNCLEAR)
    assert await counted() == {Reason.UNCLEAR: 1}
    await storage.vote("cost", DAY, key, True)
    assert await counted() == {}
    assert not await storage.say_why("cost", DAY, key, Reason.WRONG)
    assert await votes(storage) == (1, 0)


async def test_reasons_are_summed_by_entry_since_a_day_and_go_with_the_counts(storage: Storage) -> None:
    async def say(entry_id: str, reason: Reason, user_id: int, day: date = DAY) -> None:
        key = await storage.voter_key(day, user_id, GROUP, 1)
        await storage.vote(entry_id, day, key, False)
        await storage.say_why(entry_id, day, key, reason)

    await say("cost", Reason.WRONG, USER)
    for user_id, day in ((USER + 1, DAY), (USER + 2, DAY - timedelta(days=1))):
        await say("cost", Reason.OUT_OF_DATE, user_id, day)
    await say("pain", Reason.NOT_ASKED, USER, DAY - timedelta(days=401))
    assert await storage.reasons(DAY - timedelta(days=30)) == [
        ReasonCount(entry_id="cost", reason=Reason.OUT_OF_DATE, number=2),
        ReasonCount(entry_id="cost", reason=Reason.WRONG, number=1),
    ]
    assert len(await storage.reasons(date.min)) == 3
    assert (await storage.delete_expired(NOON)).counts == 2  # the vote and its reason
    assert len(await storage.reasons(date.min)) == 2


async def test_two_replicas_count_a_reason_once(storage: Storage, replica: Storage) -> None:
    key = await storage.voter_key(DAY, USER, GROUP, 1)
    await storage.vote("cost", DAY, key, False)
    changed = await asyncio.gather(
        *(each.say_why("cost", DAY, key, Reason.WRONG) for _ in range(5) for each in (storage, replica))
    )
    assert sum(changed) == 1
    assert await storage.reasons(DAY) == [ReasonCount(entry_id="cost", reason=Reason.WRONG, number=1)]


# Where readers went on to


async def test_follow_ups_add_up_since_a_day_and_go_with_the_counts(storage: Storage, replica: Storage) -> None:
    old = DAY - timedelta(days=401)
    for each, day in ((storage, DAY), (replica, DAY - timedelta(days=1)), (storage, old)):
        await each.count_many([], {day: [FollowUp(after_entry="cost", entry_id="nhs")] * 2})
    await storage.count_many([], {DAY: [FollowUp(after_entry="cost", entry_id="pain", number=5)]})
    assert await storage.follow_ups(DAY - timedelta(days=30)) == [
        FollowUp(after_entry="cost", entry_id="pain", number=5),
        FollowUp(after_entry="cost", entry_id="nhs", number=4),
    ]
    assert (await storage.delete_expired(NOON)).counts == 1
    assert sum(each.number for each in await storage.follow_ups(date.min)) == 9


# Questions to the editors


async def test_a_question_is_kept_once_for_90_days_without_anybody(storage: Storage, replica: Storage) -> None:
    asked = EditorsQuestion(day=DAY, text="can I fly the day after?", entry_id="cost")
    assert await storage.send_to_editors("a1", asked)
    assert not await replica.send_to_editors("a1", asked)
    assert await storage.send_to_editors("a2", replace(asked, day=DAY - timedelta(days=90), entry_id=None))
    assert await storage.send_to_editors("a3", replace(asked, day=DAY - timedelta(days=91)))
    assert [each.day for each in await replica.editors_questions(date.min)][-1] == DAY
    assert set(EDITORS_QUESTIONS.columns.keys()) == {"id", "day", "text", "entry_id"}
    assert (await storage.delete_expired(NOON)).questions == 1
    kept = await storage.editors_questions(date.min)
    assert kept == [replace(asked, day=DAY - timedelta(days=90), entry_id=None), asked]


async def test_a_question_has_a_greatest_length(storage: Storage) -> None:
    longest = EditorsQuestion(day=DAY, text="😀" * QUESTION_LENGTH)
    assert await storage.send_to_editors("a1", longest)
    with pytest.raises(ValueError, match="1000 characters"):
        await storage.send_to_editors("a2", replace(longest, text=longest.text + "x"))
    assert await storage.editors_questions(DAY) == [longest]


# Faults


async def test_a_fault_of_the_database_is_a_storage_error(storage: Storage) -> None:
    await storage._database.write(lambda connection: connection.exec_driver_sql("DROP TABLE counts"))
    with pytest.raises(StorageError, match=r"^DATABASE_URL: the database can't be used now: .*counts"):
        await count(storage, GROUP, "cost", What.ANSWERED, DAY)
    assert await storage.settings(GROUP) == DEFAULTS
