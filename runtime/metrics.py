"""Counters for the operator's monitoring: numbers only, no text and no id of anybody."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
"""Our own, without the library's figures of the Python process, which cost a look into /proc at each scrape."""

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 600.0)

UPDATES = Counter(
    "bot_updates_total",
    "Updates handled, by their kind and what became of them.",
    ["kind", "outcome"],
    registry=REGISTRY,
)
"""outcome: handled, seen (handled before), let_go (failed three times or could not be read)."""

REPLIES = Counter("bot_replies_total", "Replies, by their kind.", ["kind"], registry=REGISTRY)
MATCHING = Histogram("bot_matching_seconds", "Time to decide on a reply.", buckets=_SECONDS, registry=REGISTRY)
REPLYING = Histogram(
    "bot_reply_seconds", "Time from an update's arrival to its end.", buckets=_SECONDS, registry=REGISTRY
)
RETRIES = Counter(
    "bot_retries_total", "Calls to Telegram that were made again, by the reason.", ["reason"], registry=REGISTRY
)
"""reason: flood (429), server (5xx), network (reset, timeout), body (an answer that can't be read)."""

LIMITED_CHATS = Gauge(
    "bot_limited_chats", "Chats that Telegram has asked to leave alone for a while.", registry=REGISTRY
)
BACKLOG = Gauge("bot_backlog", "Updates that wait or are being handled.", registry=REGISTRY)
OLDEST = Gauge("bot_oldest_update_seconds", "Age of the oldest update in hand; 0: none is.", registry=REGISTRY)
STORAGE_ERRORS = Counter(
    "bot_storage_errors_total", "Uses of the database that failed or took too long.", registry=REGISTRY
)
