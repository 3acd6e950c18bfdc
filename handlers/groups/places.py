"""Where and when a group lets the bot write: in the forum topics that its admins chose, outside quiet hours."""

from __future__ import annotations

from datetime import UTC, datetime

from telegram import Message

from runtime.storage import ChatSettings

GENERAL_TOPIC = 1
"""The thread of a forum's messages that carry no thread id."""


def may_write(message: Message, settings: ChatSettings) -> bool:
    """Whether the bot may write beside `message`, now."""
    return is_in_topics(message, settings) and not is_quiet(settings)


def is_in_topics(message: Message, settings: ChatSettings) -> bool:
    """Whether `message` is in a topic that the bot may write in; outside forums, always."""
    thread = message.message_thread_id if message.is_topic_message else None
    return not settings.topics or not message.chat.is_forum or (thread or GENERAL_TOPIC) in settings.topics


def is_quiet(settings: ChatSettings) -> bool:
    """Whether it is within the quiet hours."""
    return settings.quiet_hours is not None and settings.quiet_hours.holds(datetime.now(UTC))
