"""One question in, one reply out, as JSON or plain text: what `bot.py ask` prints."""

from __future__ import annotations

import json
import time
from typing import Any

from knowledge.answering import Answerer
from knowledge.rendering.answer import reply_text
from knowledge.reply import Answer, Reply, Silent, Suggestions, Unknown
from knowledge.triage.rules import Urgent

_KINDS = {Answer: "answer", Suggestions: "suggestions", Unknown: "unknown", Silent: "silent", Urgent: "urgent"}


def as_line(question: str, answerer: Answerer, *, overheard: bool) -> str:
    """The reply as one line of JSON; `micros` is the time that deciding took, without wording it."""
    begun = time.perf_counter_ns()
    reply = answerer.reply(question, overheard=overheard)
    micros = (time.perf_counter_ns() - begun) // 1000
    return json.dumps(_described(reply, answerer) | {"micros": micros}, ensure_ascii=False)


def as_text(question: str, answerer: Answerer, *, overheard: bool) -> str:
    """The reply as text, links written out, with an empty line behind it."""
    reply = answerer.reply(question, overheard=overheard)
    text = reply_text(reply, answerer.knowledge).plain(links=True)
    return f"{text or '(silent)'}\n"


def _described(reply: Reply, answerer: Answerer) -> dict[str, Any]:
    urgent = reply if isinstance(reply, Urgent) else None
    score = 1.0 if isinstance(reply, Urgent) else reply.score
    answered = reply.entries if isinstance(reply, Answer) else ()
    offered = reply.others if isinstance(reply, Answer) else reply.entries if isinstance(reply, Suggestions) else ()
    sources = dict.fromkeys(place.source.id for entry in answered for place in entry.citations)
    return {
        "kind": _KINDS[type(reply)],
        "entries": [entry.id for entry in (*answered, *offered)],
        "score": round(score, 3),
        "tier": urgent.tier if urgent else None,
        "flag": urgent.flag.id if urgent else None,
        "sources": list(sources),
        "safety_note": isinstance(reply, Answer) and reply.safety_note,
        "text": reply_text(reply, answerer.knowledge).plain(links=True),
    }
