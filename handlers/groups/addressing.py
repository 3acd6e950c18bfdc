"""To whom a message in a group speaks, and what it asks when that is the bot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum, auto

from telegram import Bot, Message, MessageEntity

from knowledge.language.normalize import fold
from knowledge.language.utterance import Utterance

_WORDS_AFTER_THANKS = 6

_BEYOND = 10_000
"""An offset behind the end of every message."""


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

    def asks(self, utterance: Utterance) -> bool:
        """Whether `asked`, read as `utterance`, wants an answer, and does not only speak of the bot or to it."""
        if self.manner is Manner.COMMAND or utterance.asks:
            return True
        return self.manner is Manner.NAME and self.called

    def is_thanks(self, thanks: Iterable[str], read: Callable[[str], Utterance]) -> bool:
        """Whether it is nothing but thanks or praise; `thanks` are the words with which such messages begin."""
        said = fold(self.asked).strip(" .!,")
        begun = next((words for words in thanks if _begins(said, words)), None)
        rest = said[len(begun) :].strip(" .!,") if begun is not None else ""
        return begun is not None and len(rest.split()) <= _WORDS_AFTER_THANKS and not read(rest).asks


def addressed(message: Message, bot: Bot) -> Addressed | None:
    """How `message`, written in a group, addresses the bot; None when it speaks to others or to all."""
    entities = _entities(message)
    command = next((each for each in entities if _begins_as_command(each)), None)
    if command is not None:
        return _by_command(message, command, bot)
    names = [each for each, text in entities.items() if _names_bot(each, text, bot)]
    if names:
        return _by_name(message, names, bot)
    if is_reply_to(message, bot.id) and not _calls_somebody(message):
        return Addressed(Manner.REPLY, words_of(message), message)
    return None


def is_command(message: Message) -> bool:
    """Whether the message begins with a command, this bot's or another's."""
    return any(map(_begins_as_command, _entities(message)))


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


def _by_command(message: Message, command: MessageEntity, bot: Bot) -> Addressed | None:
    name, _, at = _entities(message)[command].removeprefix("/").partition("@")
    if name.casefold() != "ask" or (at and at.casefold() != bot.username.casefold()):
        return None
    return _about(Manner.COMMAND, message, _joined(_around(message, [command])), bot)


def _by_name(message: Message, names: list[MessageEntity], bot: Bot) -> Addressed:
    parts = _around(message, names)
    found = _about(Manner.NAME, message, _joined(parts), bot)
    ends = {part.strip(" \n\t.,:;!?–—-") for part in (parts[0], parts[-1])}
    return replace(found, called="" in ends)


def _about(manner: Manner, message: Message, asked: str, bot: Bot) -> Addressed:
    replied = _replied(message)
    if asked or replied is None or is_reply_to(message, bot.id):
        return Addressed(manner, asked, message)
    quoted = message.quote.text if message.quote and message.quote.is_manual else ""
    others = quoted or words_of(replied)
    return Addressed(manner, others, replied) if others else Addressed(manner, asked, message)


def _names_bot(entity: MessageEntity, text: str, bot: Bot) -> bool:
    if entity.type == MessageEntity.MENTION:
        return text.casefold() == f"@{bot.username}".casefold()
    return entity.type == MessageEntity.TEXT_MENTION and entity.user is not None and entity.user.id == bot.id


def _calls_somebody(message: Message) -> bool:
    return any(each.type in {MessageEntity.MENTION, MessageEntity.TEXT_MENTION} for each in _entities(message))


def _begins_as_command(entity: MessageEntity) -> bool:
    return entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0


def _entities(message: Message) -> dict[MessageEntity, str]:
    """What is marked in the text or the caption, in order, with the words of each."""
    return message.parse_entities() if message.text else message.parse_caption_entities()


def _around(message: Message, entities: list[MessageEntity]) -> list[str]:
    """What stands before, between and behind `entities`, which are in order."""
    begins = [0, *(each.offset + each.length for each in entities)]
    ends = [*(each.offset for each in entities), _BEYOND]
    gaps = [MessageEntity(MessageEntity.CODE, begin, end - begin) for begin, end in zip(begins, ends, strict=True)]
    parse = message.parse_entity if message.text else message.parse_caption_entity
    return [parse(gap) for gap in gaps]


def _joined(parts: list[str]) -> str:
    return "".join(parts).strip().removeprefix(",").removeprefix(":").strip()


def _begins(said: str, words: str) -> bool:
    return said.startswith(words) and not said[len(words) : len(words) + 1].isalnum()
