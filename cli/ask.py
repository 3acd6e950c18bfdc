"""`bot.py ask`: one question in, one reply out, as JSON or plain text."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cli.loading import load_answerer
from cli.outcome import ExitStatus
from knowledge.answering import Answerer
from knowledge.model import Entry, Knowledge, Language
from knowledge.rendering.answer import group_text, reply_text
from knowledge.rendering.rich_text import Text
from knowledge.reply import Answer, CheckIn, Reply, Suggestions, Unknown, Urgent


def ask(words: Sequence[str], *, as_json: bool, overheard: bool, explained: bool = False) -> int:
    """Answer the question that `words` make, or each line of standard input, in order, each as soon as it is read.

    `overheard`: as a message in a group that nobody addressed to the bot. `explained`: print first how each reply
    comes about; on standard error beside JSON, whose lines are for programs.
    """
    answerer = load_answerer()
    write = to_json_line if as_json else to_text
    for question in [" ".join(words)] if words else read_questions(sys.stdin or ()):
        if explained:
            from cli.explain import explain

            print(explain(question, answerer), end="\n\n", file=sys.stderr if as_json else sys.stdout)
        print(write(question, answerer, overheard=overheard), flush=True)
    return ExitStatus.WELL


def read_questions(lines: Iterable[str]) -> Iterator[str]:
    """Each line that is not blank; one that is a JSON string stands for the text in it, line breaks and all."""
    for line in lines:
        text = line.strip()
        if not text:
            continue
        if text.startswith('"'):
            try:
                decoded = json.loads(text)
            except ValueError:
                decoded = text
            text = decoded if isinstance(decoded, str) else text
        yield text


def to_json_line(question: str, answerer: Answerer, *, overheard: bool) -> str:
    """The reply as one line of JSON; `micros` is the time that deciding took, without wording it."""
    begun = time.perf_counter_ns()
    reply = answerer.reply(question, overheard=overheard)
    micros = (time.perf_counter_ns() - begun) // 1000
    return json.dumps(_describe(reply, answerer, overheard=overheard) | {"micros": micros}, ensure_ascii=False)


def to_text(question: str, answerer: Answerer, *, overheard: bool) -> str:
    """The reply as text, links written out, with an empty line behind it.

    What stands on buttons in Telegram where the answer is unsure is listed below it.
    """
    reply = answerer.reply(question, overheard=overheard)
    text = _worded(reply, answerer, overheard=overheard).plain(links=True)
    others = [f"\n• {each}" for each in _list_buttons(reply, answerer.knowledge)]
    return f"{text or '(silent)'}{''.join(others)}\n"


def _worded(reply: Reply, answerer: Answerer, *, overheard: bool) -> Text:
    """The reply as a private chat shows it; overheard, as a group does that has set nothing."""
    if overheard:
        return group_text(reply, answerer.knowledge, whole=False)
    return reply_text(reply, answerer.knowledge)


def _list_buttons(reply: Reply, knowledge: Knowledge) -> list[str]:
    """The questions that stand on buttons in Telegram, and nowhere in the text."""
    match reply:
        case Answer(others=others):
            return [entry.question for entry in others]
        case Suggestions(entries=entries, language=Language() as language):
            return [knowledge.ask_in(language.code, entry) for entry in entries]
        case Unknown(language=Language() as language):
            return [knowledge.topic_in(language.code, title) for title in knowledge.topics]
    return []


def _describe(reply: Reply, answerer: Answerer, *, overheard: bool) -> dict[str, Any]:
    alarm = reply if isinstance(reply, Urgent | CheckIn) else None
    answered = reply.entries if isinstance(reply, Answer) else ()
    sources = dict.fromkeys(place.source.id for entry in answered for place in entry.citations)
    safety_note = isinstance(reply, Answer) and reply.safety_note
    return {
        "kind": reply.kind,
        "entries": _ids(reply.entries if isinstance(reply, Answer | Suggestions) else ()),
        "offered": _ids(_offered(reply)),
        "score": round(reply.score, 3),
        "tier": alarm.tier if alarm else None,
        "flag": alarm.flag.id if alarm else None,
        "sources": list(sources),
        "safety_note": safety_note,
        "help": alarm is not None or safety_note or isinstance(reply, Unknown) or _is_foreign(reply),
        "text": _worded(reply, answerer, overheard=overheard).plain(links=True),
    }


def _is_foreign(reply: Reply) -> bool:
    """Whether it names whom to call in the language of the message."""
    return isinstance(reply, Suggestions) and reply.language is not None


def _offered(reply: Reply) -> Sequence[Entry]:
    """What else may have been meant, which stands on buttons beside the reply."""
    match reply:
        case Answer(others=others):
            return others
        case CheckIn(instead=instead):
            return instead.entries if isinstance(instead, Answer | Suggestions) else ()
        case Unknown(nearest=nearest):
            return nearest
        case Urgent(asked=Entry() as asked):
            return (asked,)
    return ()


def _ids(entries: Iterable[Entry]) -> list[str]:
    return [entry.id for entry in entries]
