"""`bot.py report`: what an editor should look into, from the counts of all chats together and what was sent to them."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from textwrap import indent
from typing import Any

from cli.loading import load_answerer
from cli.outcome import ExitStatus, MisuseError
from cli.run import read_settings_in_force
from runtime.storage import (
    EditorsQuestion,
    Feedback,
    FollowUp,
    Reason,
    ReasonCount,
    StorageError,
    What,
    open_storage,
)

_REASONS = {
    Reason.WRONG: "wrong",
    Reason.UNCLEAR: "unclear",
    Reason.NOT_ASKED: "not what I asked",
    Reason.OUT_OF_DATE: "out of date",
}
_MOST_FOLLOW_UPS = 20
"""Lines of the table; the JSON has all."""


@dataclass(frozen=True, slots=True)
class EditorsReport:
    """What has come in since a day.

    `votes` has the most disappointing entry first; `shown` counts by entry; `reasons` are by entry, `follow_ups` the
    most frequent first, and `questions` the newest last.
    """

    since: date
    votes: tuple[Feedback, ...]
    shown: Mapping[str, int]
    messages: Mapping[What, int]
    reasons: tuple[ReasonCount, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    questions: tuple[EditorsQuestion, ...] = ()


def report(days: int, *, as_json: bool) -> int:
    """Print for the editor which answers readers found unhelpful, and how many messages were not understood."""
    try:
        found = asyncio.run(gather(read_settings_in_force().database_url, days))
    except StorageError as error:
        raise MisuseError(f"The database can't be opened.\n{error}") from None
    if as_json:
        print(json.dumps(to_data(found), indent=1, ensure_ascii=False))
    else:
        print(to_text(found, {entry.id: entry.label for entry in load_answerer().knowledge.entries.values()}))
    return ExitStatus.WELL


async def gather(database_url: str, days: int) -> EditorsReport:
    """What the database holds about the last `days` days, today included. Raises StorageError."""
    today = datetime.now(UTC).date()
    since = today - timedelta(days=days - 1)
    storage = await open_storage(database_url)
    try:
        votes = await storage.disappointing(since)
        counts = await storage.total(since, today)
        reasons, follow_ups = await storage.reasons(since), await storage.follow_ups(since)
        questions = await storage.editors_questions(since)
    finally:
        await storage.close()
    shown: Counter[str] = Counter()
    messages: Counter[What] = Counter()
    for each in counts:
        messages[each.what] += each.number
        if each.entry_id and each.what is What.ANSWERED:
            shown[each.entry_id] += each.number
    return EditorsReport(since, tuple(votes), shown, messages, tuple(reasons), tuple(follow_ups), tuple(questions))


def to_data(found: EditorsReport) -> dict[str, Any]:
    """The report as JSON data."""
    reasons = _by_entry(found.reasons)
    return {
        "since": found.since.isoformat(),
        "entries": [
            {
                "entry": each.entry_id,
                "helpful": each.helpful,
                "unhelpful": each.unhelpful,
                "shown": found.shown.get(each.entry_id, 0),
                "reasons": {reason.value: reasons.get(each.entry_id, {}).get(reason, 0) for reason in Reason},
            }
            for each in found.votes
        ],
        "follow_ups": [
            {"after": each.after_entry, "entry": each.entry_id, "number": each.number} for each in found.follow_ups
        ],
        "questions": [
            {"day": each.day.isoformat(), "text": each.text, "entry": each.entry_id} for each in found.questions
        ],
        "messages": {what.value: found.messages.get(what, 0) for what in What},
    }


def to_text(found: EditorsReport, labels: Mapping[str, str]) -> str:
    """The report as a table; `labels` are the short names of entries, by id."""
    lines = [f"Since {found.since.day} {found.since:%B %Y}, all chats together (days are those of UTC):", ""]
    reasons = _by_entry(found.reasons)
    if found.votes:
        lines.append(f"{'Answer':32} {'id':30} {'helpful':>8} {'not':>5} {'shown':>7}")
        for each in found.votes:
            lines.append(
                f"{labels.get(each.entry_id, '(gone)'):32} {each.entry_id:30} {each.helpful:>8} {each.unhelpful:>5} "
                f"{found.shown.get(each.entry_id, 0):>7}"
            )
            given = reasons.get(each.entry_id, {})
            if given:
                lines.append("    " + " · ".join(f"{_REASONS[reason]}: {number}" for reason, number in given.items()))
    else:
        lines.append("Nobody has voted on an answer.")
    number = {what: found.messages.get(what, 0) for what in What}
    answered, suggested, urgent = number[What.ANSWERED], number[What.SUGGESTED], number[What.URGENT]
    lines += [
        "",
        f"Answered: {answered} · suggestions offered: {suggested} · urgent: {urgent}",
        f"Not understood: {number[What.UNKNOWN]} of {sum(number.values())} messages",
    ]
    if found.follow_ups:
        shown, left = found.follow_ups[:_MOST_FOLLOW_UPS], len(found.follow_ups) - _MOST_FOLLOW_UPS
        lines += ["", "Where readers went on to by a button:"]
        lines += [f"{each.number:>6}  {each.after_entry} → {each.entry_id}" for each in shown]
        lines += [f"        and {left} more pairs (--json has all)"] if left > 0 else []
    if found.questions:
        lines += ["", "Questions sent to the editors (the newest last):"]
        for sent in found.questions:
            about = f", after the answer {sent.entry_id}" if sent.entry_id else ""
            lines += [f"{sent.day.isoformat()}{about}:", indent(_printable(sent.text), "    ")]
    return "\n".join(lines)


def _by_entry(counts: Iterable[ReasonCount]) -> dict[str, dict[Reason, int]]:
    found: dict[str, dict[Reason, int]] = {}
    for each in counts:
        found.setdefault(each.entry_id, {})[each.reason] = each.number
    return found


def _printable(text: str) -> str:
    """What somebody sent, without the characters that steer a terminal."""
    return "".join(each if each.isprintable() or each == "\n" else "�" for each in text)
