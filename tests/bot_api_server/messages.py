"""Sending, editing and deleting messages."""

from __future__ import annotations

import mimetypes
import time
from typing import Any

from telegram.constants import ReactionEmoji

from tests.bot_api_server import ephemeral
from tests.bot_api_server.chats import ADMINS, PRESENT, Chat, Message, World
from tests.bot_api_server.errors import ApiError, Json, bad_request, forbidden
from tests.bot_api_server.keyboards import checked_markup
from tests.bot_api_server.media import StoredFile
from tests.bot_api_server.parameters import Parameters, Upload
from tests.bot_api_server.text import FormattedText
from tests.bot_api_server.wording import caption_of, link_preview_of, text_of

CHAT_ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "record_audio",
    "upload_audio",
    "upload_document",
    "choose_sticker",
    "find_location",
    "pick_up_location",
    "record_video_note",
    "upload_video_note",
    "cancel",
}
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)
REACTIONS = frozenset(str(emoji.value).replace("\ufe0f", "") for emoji in ReactionEmoji)
_REPLY_FIELDS = {
    "message_id",
    "chat_id",
    "allow_sending_without_reply",
    "quote",
    "quote_parse_mode",
    "quote_entities",
    "quote_position",
    "checklist_task_id",
    "poll_option_id",
}
_PHOTO_FIELDS = {
    "type",
    "media",
    "caption",
    "parse_mode",
    "caption_entities",
    "show_caption_above_media",
    "has_spoiler",
}
_MOST_IN_ALBUM = 10


def send_message(world: World, p: Parameters) -> Json:
    """Send a text."""
    text = text_of(world, p.values, p.notes)
    markup, preview = checked_markup(p.data("reply_markup")), link_preview_of(p)
    more: Json = {"content": _content("text", text), "markup": markup, "link_preview": preview}
    return _put(world, p, **more, source=p.text("text"))


def send_photo(world: World, p: Parameters) -> Json:
    """Send a photo: uploaded, or again by its file_id."""
    markup, caption = checked_markup(p.data("reply_markup")), caption_of(world, p.values, p.notes)
    if not p.has("photo") and "photo" not in p.uploads:
        raise bad_request("there is no photo in the request")
    photo = _photo(world, p, p.text("photo") or "attach://photo")
    content = _photo_content(photo, caption, p.values)
    return _put(world, p, content=content, markup=markup, photo=photo, source=p.text("caption"))


def send_document(world: World, p: Parameters) -> Json:
    """Send an uploaded file (https://core.telegram.org/bots/api#senddocument)."""
    markup, caption = checked_markup(p.data("reply_markup")), caption_of(world, p.values, p.notes)
    name = (p.text("document") or "attach://document").removeprefix("attach://")
    upload = p.uploads.get(name)
    if upload is None:
        raise bad_request("there is no document in the request")
    file = world.files.keep_document(upload)
    file_name = upload.file_name if isinstance(upload, Upload) else name
    details = {"file_name": file_name, "mime_type": mimetypes.guess_type(file_name)[0] or "application/octet-stream"}
    content: Json = {"document": {**file.as_dict(), **details}, **_content("caption", caption)}
    return _put(world, p, content=content, markup=markup, source=p.text("caption"))


def send_media_group(world: World, p: Parameters) -> list[Json]:
    """Send an album of photos."""
    media = p.data("media")
    if not isinstance(media, list) or not media:
        raise bad_request("can't parse media: expected a non-empty Array of InputMedia")
    if len(media) > _MOST_IN_ALBUM:
        raise bad_request("too many messages to send as an album")
    photos = [_input_photo(world, p, item) for item in media]
    album = {"media_group_id": world.new_query_id()}
    place = _place(world, p)
    return [
        world.post(**place, content={**content, **album}, photo=photo, source=_caption_source(item)).as_dict()
        for item, (photo, content) in zip(media, photos, strict=True)
    ]


def send_chat_action(world: World, p: Parameters) -> bool:
    """Show what the bot is doing."""
    chat = accessible_chat(world, p)
    if p.text("action") not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    _thread(chat, p)
    world.actions.append((chat.id, p.text("action")))
    world.bell.ring()
    return True


def edit_message_text(world: World, p: Parameters) -> Json | bool:
    """Replace the text of one of the bot's messages."""
    text = text_of(world, p.values, p.notes)
    markup, preview = checked_markup(p.data("reply_markup"), only_inline=True), link_preview_of(p)
    message = _own_message(world, p)
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    unchanged = message.text == text.text and message.entities == text.entities and message.link_preview == preview
    _edit(world, message, markup, unchanged=unchanged)
    message.replace_text("text", text.text, text.entities)
    message.link_preview, message.source = preview, p.text("text")
    return _edited(world, message)


def edit_message_caption(world: World, p: Parameters) -> Json | bool:
    """Replace the caption of one of the bot's messages."""
    caption = caption_of(world, p.values, p.notes)
    markup = checked_markup(p.data("reply_markup"), only_inline=True)
    message = _own_message(world, p)
    if message.photo is None:
        raise bad_request("there is no caption in the message to edit")
    unchanged = message.text == caption.text and message.entities == caption.entities
    _edit(world, message, markup, unchanged=unchanged)
    message.replace_text("caption", caption.text, caption.entities)
    message.source = p.text("caption")
    return _edited(world, message)


def edit_message_media(world: World, p: Parameters) -> Json | bool:
    """Replace the photo (or put one in place of the text) of one of the bot's messages."""
    markup = checked_markup(p.data("reply_markup"), only_inline=True)
    media = p.data("media")
    photo, content = _input_photo(world, p, media)
    message = _own_message(world, p)
    same_photo = message.photo is not None and message.photo.unique_id == photo.unique_id
    same_text = message.text == content.get("caption", "") and message.entities == content.get("caption_entities", [])
    _edit(world, message, markup, unchanged=same_photo and same_text)
    message.photo, message.content, message.link_preview = photo, content, None
    message.source = _caption_source(media)
    return _edited(world, message)


def edit_message_reply_markup(world: World, p: Parameters) -> Json | bool:
    """Replace the keyboard of one of the bot's messages."""
    markup = checked_markup(p.data("reply_markup"), only_inline=True)
    message = _own_message(world, p)
    _edit(world, message, markup, unchanged=True)
    return _edited(world, message)


def delete_message(world: World, p: Parameters) -> bool:
    """Delete a message: the bot's own, in private any, in groups as its standing allows."""
    chat = accessible_chat(world, p)
    message = _find(chat, p.integer("message_id", 0))
    if not p.has("message_id"):
        raise bad_request("message identifier is not specified")
    if message is None:
        raise bad_request("message to delete not found")
    may = message.sender is world.bot or chat.kind == "private" or chat.member(world.bot).status in ADMINS
    if not may:
        raise bad_request("message can't be deleted")
    message.deleted = True
    world.bell.ring()
    return True


def pin_chat_message(world: World, p: Parameters) -> bool:
    """Pin a message (https://core.telegram.org/bots/api#pinchatmessage); in groups that takes the right to.

    Telegram writes into the chat that something was pinned, and no bot is told of what it did itself.
    """
    chat = accessible_chat(world, p)
    if not p.has("message_id"):
        raise bad_request("message identifier is not specified")
    message = _find(chat, p.integer("message_id", 0))
    if message is None:
        raise bad_request("message to pin not found")
    own = chat.member(world.bot)
    if chat.kind != "private" and not chat.members_may_pin and not (own.status in ADMINS and own.may_pin):
        raise bad_request("not enough rights to manage pinned messages in the chat")
    chat.pinned = [other for other in chat.pinned if other is not message] + [message]
    world.bell.ring()
    return True


def set_message_reaction(world: World, p: Parameters) -> bool:
    """Put the bot's reaction on a message, or take it away."""
    chat = accessible_chat(world, p)
    reactions = p.data("reaction") or []
    message = _find(chat, p.integer("message_id", 0))
    if message is None:
        raise bad_request("message to react not found")
    if not isinstance(reactions, list) or not all(isinstance(reaction, dict) for reaction in reactions):
        raise bad_request("can't parse reaction types JSON object")
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    for reaction in reactions:
        emoji = str(reaction.get("emoji", "")).replace("\ufe0f", "")
        if reaction.get("type") != "emoji" or emoji not in REACTIONS:
            raise bad_request("REACTION_INVALID")
    message.reactions = reactions
    world.bell.ring()
    return True


def known_chat(world: World, chat_id: Any) -> Chat:
    """The chat with this id or @username; raises ApiError if there is none, or it has become a supergroup."""
    if chat_id is None:
        raise bad_request("chat_id is empty")
    chat = world.chats.get(chat_id)
    if isinstance(chat_id, str) and chat_id.startswith("@"):
        chat = next((c for c in world.chats.values() if c.kind != "private" and c.username == chat_id[1:]), None)
    if chat is None:
        raise bad_request("chat not found")
    if chat.migrated_to is not None:
        description = "Bad Request: group chat was upgraded to a supergroup chat"
        raise ApiError(400, description, {"migrate_to_chat_id": chat.migrated_to})
    return chat


def accessible_chat(world: World, p: Parameters) -> Chat:
    """The chat of the call; raises ApiError where the bot has no business there (any more)."""
    chat = known_chat(world, p.values.get("chat_id"))
    standing = chat.member(world.bot).status
    if standing in PRESENT:
        return chat
    if chat.id in world.visited and standing == "left":
        # A guest can do nothing in the chat but answer (seen by github.com/openclaw/openclaw/issues/153678).
        raise bad_request("PEER_ID_INVALID")
    if chat.kind == "private":
        blocked = "bot was blocked by the user"
        raise forbidden(blocked if standing == "kicked" else "bot can't initiate conversation with a user")
    if standing == "kicked":
        raise forbidden(f"bot was kicked from the {chat.kind} chat")
    raise forbidden(f"bot is not a member of the {chat.kind} chat")


def _content(name: str, text: FormattedText) -> Json:
    content: Json = {name: text.text} if text.text else {}
    if text.entities:
        content["entities" if name == "text" else "caption_entities"] = text.entities
    return content


def _photo_content(photo: StoredFile, caption: FormattedText, fields: Json) -> Json:
    content: Json = {"photo": photo.as_photo(), **_content("caption", caption)}
    if fields.get("has_spoiler"):
        content["has_media_spoiler"] = True
    if fields.get("show_caption_above_media") and caption.text:
        content["show_caption_above_media"] = True
    return content


def _caption_source(media: Json) -> str:
    return str(media.get("caption") or "")


def _photo(world: World, p: Parameters, reference: str) -> StoredFile:
    if not reference.startswith("attach://"):
        return world.files.photo(reference)
    name = reference.removeprefix("attach://")
    if name not in p.uploads:
        raise bad_request(f"file {name!r} is not attached to the request")
    return world.files.keep_photo(p.uploads[name])


def _input_photo(world: World, p: Parameters, media: Any) -> tuple[StoredFile, Json]:
    if not isinstance(media, dict):
        raise bad_request("can't parse media JSON object: InputMedia must be an Object")
    if media.get("type") != "photo":
        raise bad_request("can't parse media: the stand-in for Telegram takes photos only")
    if unknown := media.keys() - _PHOTO_FIELDS:
        raise bad_request(f"can't parse media: unknown fields {', '.join(sorted(unknown))}")
    if not media.get("media"):
        raise bad_request("media not found")
    photo = _photo(world, p, str(media["media"]))
    return photo, _photo_content(photo, caption_of(world, media, p.notes), media)


def _put(world: World, p: Parameters, **more: Any) -> Json:
    """Send one message: for all, or for the member alone whom the call names."""
    place = _place(world, p)
    receiver = ephemeral.receiver_of(world, place["chat"], p)
    if receiver is None:
        return world.post(**place, **more).as_dict()
    return world.whisper(receiver=receiver, **place, **more).as_dict()


def _place(world: World, p: Parameters) -> Json:
    """Where the call sends to, checked and counted: the chat, the message replied to and the thread."""
    chat = accessible_chat(world, p)
    reply = _reply(world, chat, p)
    thread = _thread(chat, p)
    world.flood.check(chat.id, is_group=chat.kind != "private")
    return {"chat": chat, "sender": world.bot, "reply_to": reply, "thread_id": thread}


def _reply(world: World, chat: Chat, p: Parameters) -> Message | None:
    wanted = p.data("reply_parameters")
    if wanted is None:
        return None
    if not isinstance(wanted, dict) or wanted.keys() - _REPLY_FIELDS:
        raise bad_request("can't parse reply parameters: object with known fields expected")
    number = wanted.get("message_id")
    if not isinstance(number, int):
        raise bad_request('can\'t parse reply parameters: field "message_id" must be of type Number')
    other = known_chat(world, wanted["chat_id"]) if wanted.get("chat_id") else chat
    message = _find(other, number)
    if message is None:
        if wanted.get("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")
    if (quote := wanted.get("quote")) and str(quote) not in message.text:
        raise bad_request("QUOTE_TEXT_INVALID")
    return message


def _thread(chat: Chat, p: Parameters) -> int | None:
    thread = p.integer("message_thread_id", 0)
    if not thread:
        return None
    known: Any = chat.topics if chat.is_forum else chat.messages if chat.kind == "supergroup" else ()
    if thread not in known:
        raise bad_request("message thread not found")
    return thread


def _find(chat: Chat, number: int) -> Message | None:
    message = chat.messages.get(number)
    return message if message and not message.deleted else None


def _own_message(world: World, p: Parameters) -> Message:
    if p.has("inline_message_id"):
        found = world.inline_messages.get(p.text("inline_message_id"))
        if found is None or found.deleted:
            raise bad_request("MESSAGE_ID_INVALID")
        return found
    if not p.has("message_id"):
        raise bad_request("message identifier is not specified")
    chat = accessible_chat(world, p)
    message = _find(chat, p.integer("message_id", 0))
    if message is None:
        raise bad_request("message to edit not found")
    other_keyboard = message.markup is not None and "inline_keyboard" not in message.markup
    if message.sender is not world.bot or other_keyboard:
        raise bad_request("message can't be edited")
    return message


def _edit(world: World, message: Message, markup: Json | None, *, unchanged: bool) -> None:
    if unchanged and message.markup == markup:
        raise bad_request(NOT_MODIFIED)
    world.flood.check(message.chat.id, is_group=message.chat.kind != "private")
    message.markup = markup


def _edited(world: World, message: Message) -> Json | bool:
    """The edited message; of an inline message only that it is (core.telegram.org/bots/api#editmessagetext)."""
    message.edit_date = int(time.time())
    message.edits.append(message.text)
    world.bell.ring()
    return message.inline_id is not None or message.as_dict()
