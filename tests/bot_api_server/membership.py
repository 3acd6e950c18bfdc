"""What the bot may ask about chats and the people in them, and leaving a chat."""

from __future__ import annotations

import time

from tests.bot_api_server.chats import ADMINS, Chat, Member, Person, World
from tests.bot_api_server.errors import Json, bad_request
from tests.bot_api_server.messages import accessible_chat
from tests.bot_api_server.parameters import Parameters

_GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), True
)


def get_me(world: World) -> Json:
    """The bot itself."""
    return {
        **world.bot.as_dict(),
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": True,
        "supports_guest_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_chat(world: World, p: Parameters) -> Json:
    """The ChatFullInfo object."""
    chat = accessible_chat(world, p)
    return {**chat.as_dict(), "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _GIFTS}


def get_chat_member(world: World, p: Parameters) -> Json:
    """Somebody's standing in a chat."""
    chat = accessible_chat(world, p)
    person = world.people.get(p.integer("user_id", 0))
    if not p.has("user_id"):
        raise bad_request("invalid user_id specified")
    if person is None:
        raise bad_request("user not found")
    if chat.kind == "private":
        if person.id not in {chat.id, world.bot.id}:
            raise bad_request("user not found")
        return Member(person, "member").as_dict()
    return chat.member(person).as_dict()


def get_chat_administrators(world: World, p: Parameters) -> list[Json]:
    """The administrators of a group; of the bots only the one that asks, unless it wants all."""
    chat = accessible_chat(world, p)
    if chat.kind == "private":
        raise bad_request("there are no administrators in the private chat")
    admins = [member for member in chat.members.values() if member.status in ADMINS]
    everybody = p.flag("return_bots")
    return [m.as_dict() for m in admins if everybody or not m.person.is_bot or m.person is world.bot]


def leave_chat(world: World, p: Parameters) -> bool:
    """Leave a group."""
    chat = accessible_chat(world, p)
    if chat.kind == "private":
        raise bad_request("chat member status can't be changed in private chats")
    change_standing(world, chat, world.bot, "left", by=world.bot)
    return True


def get_file(world: World, p: Parameters) -> Json:
    """Where a file can be downloaded."""
    file = world.files.get(p.text("file_id"))
    return {**file.as_dict(), "file_path": file.path}


def change_standing(world: World, chat: Chat, person: Person, status: str, *, by: Person) -> None:
    """Give somebody another standing in a chat, and tell the bot as Telegram does."""
    member = chat.member(person)
    before = member.as_dict()
    member.status = status
    if before["status"] != status:
        change: Json = {
            "chat": chat.as_dict(),
            "from": by.as_dict(),
            "date": int(time.time()),
            "old_chat_member": before,
            "new_chat_member": member.as_dict(),
        }
        is_own = person is world.bot
        if is_own or chat.member(world.bot).status in ADMINS:
            world.tell("my_chat_member" if is_own else "chat_member", change)
    world.bell.ring()
