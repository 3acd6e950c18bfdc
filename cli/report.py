"""`bot.py report`: what an editor should look into, from the counts of all chats together."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cli.loading import load_answerer
from cli.outcome import ExitStatus, MisuseError
from cli.run import read_settings_in_force
from runtime.storage import Feedback, StorageError, What, open_storage


@dataclass(frozen=True, slots=True)
class EditorsReport:
    """Votes and counts since a day. `votes` has the most disappointing entry first; `shown` counts by entry."""

    since: date
    votes: tuple[Feedback, ...]
    shown: Mapping[str, int]
    messages: Mapping[What, int]


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
    finally:
        await storage.close()
    shown: Counter[str] = Counter()
    messages: Counter[What] = Counter()
    for each in counts:
        messages[each.what] += each.number
        if each.entry_id and each.what is What.ANSWERED:
            shown[each.entry_id] += each.number
    return EditorsReport(since, tuple(votes), shown, messages)


def to_data(found: EditorsReport) -> dict[str, Any]:
    """The report as JSON data."""
    return {
        "since": found.since.isoformat(),
        "entries": [
            {
                "entry": each.entry_id,
                "helpful": each.helpful,
                "unhelpful": each.unhelpful,
                "shown": found.shown.get(each.entry_id, 0),
            }
            for each in found.votes
        ],
        "messages": {what.value: found.messages.get(what, 0) for what in What},
    }


def to_text(found: EditorsReport, labels: Mapping[str, str]) -> str:
    """The report as a table; `labels` are the short names of entries, by id."""
    lines = [f"Since {found.since.day} {found.since:%B %Y}, all chats together (days are those of UTC):", ""]
    if found.votes:
        lines.append(f"{'Answer':32} {'id':30} {'helpful':>8} {'not':>5} {'shown':>7}")
        lines += [
            f"{labels.get(each.entry_id, '(gone)'):32} {each.entry_id:30} {each.helpful:>8} {each.unhelpful:>5} "
            f"{found.shown.get(each.entry_id, 0):>7}"
            for each in found.votes
        ]
    else:
        lines.append("Nobody has voted on an answer.")
    number = {what: found.messages.get(what, 0) for what in What}
    answered, suggested, urgent = number[What.ANSWERED], number[What.SUGGESTED], number[What.URGENT]
    lines += [
        "",
        f"Answered: {answered} · suggestions offered: {suggested} · urgent: {urgent}",
        f"Not understood: {number[What.UNKNOWN]} of {sum(number.values())} messages",
    ]
    return "\n".join(lines)
