"""To whom a message in a group speaks, and what it asks when that is the bot."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from telegram import Bot, Message, MessageEntity

from knowledge.language.text import fold, is_question

_THANKS = (
    "thanks", "thank you", "thank u", "thankyou", "many thanks", "thx", "ty", "tysm", "cheers", "much appreciated",
    "good bot", "great bot", "good to know", "very helpful", "that helps", "perfect", "brilliant", "❤", "👍", "🙏",
)  # fmt: skip

_WORDS_AFTER_THANKS = 6


class Manner(Enum):
    """How a message addresses the bot."""

    COMMAND = auto()
    """/ask, or /ask@name."""
    NAME = auto()
    """@name, wherever it stands."""
    REPLY = auto()
    """A reply to one of the bot's messages."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """A message to the bot.

    `asked` is what it says without the command and the bot's name; `about` the message that is to be answered: itself,
    or the one it replies to and asks the bot to answer. `called`: the name stands where one calls somebody, before or
    after what is said, and not within.
    """

    manner: Manner
    asked: str
    about: Message
    called: bool = True

    @property
    def asks(self) -> bool:
        """Whether the message wants an answer, and does not only speak of the bot or to it."""
        if self.manner is Manner.COMMAND or is_question(fold(self.asked)):
            return True
        return self.manner is Manner.NAME and self.called

    @property
    def thanks(self) -> bool:
        """Whether it is nothing but thanks or praise."""
        said = fold(self.asked).strip(" .!,")
        begun = next((words for words in _THANKS if _begins(said, words)), None)
        rest = said[len(begun) :].strip(" .!,") if begun is not None else ""
        return begun is not None and len(rest.split()) <= _WORDS_AFTER_THANKS and not is_question(rest)


def addressed(message: Message, bot: Bot) -> Addressed | None:
    """How `message`, written in a group, addresses the bot; None when it speaks to others or to all."""
    text = words_of(message)
    entities = message.entities or message.caption_entities
    command = next((each for each in entities if each.type == MessageEntity.BOT_COMMAND and each.offset == 0), None)
    if command is not None:
        return _by_command(message, text, command, bot)
    names = [each for each in entities if _names_bot(each, text, bot)]
    if names:
        return _by_name(message, text, names, bot)
    if is_reply_to(message, bot.id) and not _calls_somebody(message):
        return Addressed(Manner.REPLY, text, message)
    return None


def is_command(message: Message) -> bool:
    """Whether the message begins with a command, this bot's or another's."""
    entities = message.entities or message.caption_entities
    return any(each.type == MessageEntity.BOT_COMMAND and each.offset == 0 for each in entities)


def speaks_to_somebody(message: Message) -> bool:
    """Whether the message replies to somebody or calls somebody by name."""
    return _replied(message) is not None or _calls_somebody(message)


def words_of(message: Message) -> str:
    """The text or the caption."""
    return message.text or message.caption or ""


def is_reply_to(message: Message, user_id: int) -> bool:
    replied = _replied(message)
    return replied is not None and replied.from_user is not None and replied.from_user.id == user_id


def _replied(message: Message) -> Message | None:
    """The message that this one answers; in a forum every message also "replies" to the one that opened the topic."""
    replied = message.reply_to_message
    return None if replied is None or replied.forum_topic_created else replied


def _by_command(message: Message, text: str, command: MessageEntity, bot: Bot) -> Addressed | None:
    name, _, at = _span(text, command).removeprefix("/").partition("@")
    if name.casefold() != "ask" or (at and at.casefold() != bot.username.casefold()):
        return None
    return _about(Manner.COMMAND, message, _without(text, [command]), bot)


def _by_name(message: Message, text: str, names: list[MessageEntity], bot: Bot) -> Addressed:
    ends = {_spoken(text, 0, names[0].offset), _spoken(text, names[-1].offset + names[-1].length)}
    found = _about(Manner.NAME, message, _without(text, names), bot)
    return Addressed(found.manner, found.asked, found.about, called="" in ends)


def _about(manner: Manner, message: Message, asked: str, bot: Bot) -> Addressed:
    replied = _replied(message)
    if asked or replied is None or is_reply_to(message, bot.id):
        return Addressed(manner, asked, message)
    quoted = message.quote.text if message.quote and message.quote.is_manual else ""
    others = quoted or words_of(replied)
    return Addressed(manner, others, replied) if others else Addressed(manner, asked, message)


def _names_bot(entity: MessageEntity, text: str, bot: Bot) -> bool:
    if entity.type == MessageEntity.MENTION:
        return _span(text, entity).casefold() == f"@{bot.username}".casefold()
    return entity.type == MessageEntity.TEXT_MENTION and entity.user is not None and entity.user.id == bot.id


def _calls_somebody(message: Message) -> bool:
    kinds = {MessageEntity.MENTION, MessageEntity.TEXT_MENTION}
    return any(each.type in kinds for each in message.entities or message.caption_entities)


def _span(text: str, entity: MessageEntity) -> str:
    return _units(text)[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")


def _spoken(text: str, start: int, end: int | None = None) -> str:
    part = _units(text)[2 * start : None if end is None else 2 * end].decode("utf-16-le")
    return part.strip(" \n\t.,:;!?–—-")


def _without(text: str, spans: list[MessageEntity]) -> str:
    units = _units(text)
    kept, at = b"", 0
    for span in sorted(spans, key=lambda each: each.offset):
        kept += units[2 * at : 2 * span.offset]
        at = span.offset + span.length
    said = (kept + units[2 * at :]).decode("utf-16-le")
    return " ".join(said.split(" ")).strip().removeprefix(",").removeprefix(":").strip()


def _units(text: str) -> bytes:
    """The text in the units in which Telegram counts the places of entities."""
    return text.encode("utf-16-le")


def _begins(said: str, words: str) -> bool:
    return said.startswith(words) and not said[len(words) : len(words) + 1].isalnum()
