"""What the bot says about itself: its commands, name and descriptions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.bot_api_server.chats import World
from tests.bot_api_server.errors import Json, bad_request
from tests.bot_api_server.messages import known_chat
from tests.bot_api_server.parameters import Parameters
from tests.bot_api_server.text import utf16_length

MOST_COMMANDS = 100
LONGEST_COMMAND = 32
LONGEST_COMMAND_DESCRIPTION = 256
LONGEST = {"name": 64, "description": 512, "short_description": 120}

_COMMAND = re.compile(r"[a-z0-9_]+")
_LANGUAGE = re.compile(r"[a-z]{2}")
_SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}

Scope = tuple[Any, ...]


class Profile:
    """The bot's commands by scope and language, and its texts by language."""

    def __init__(self) -> None:
        self.commands: dict[tuple[Scope, str], list[Json]] = {}
        self.texts: dict[tuple[str, str], str] = {}

    def set_commands(self, world: World, p: Parameters) -> bool:
        """Replace the commands of one scope and language."""
        commands = _commands(p.data("commands"))
        self.commands[_scope(world, p.data("scope")), _language(p)] = commands
        world.bell.ring()
        return True

    def get_commands(self, world: World, p: Parameters) -> list[Json]:
        """The commands of one scope and language."""
        return self.commands.get((_scope(world, p.data("scope")), _language(p)), [])

    def delete_commands(self, world: World, p: Parameters) -> bool:
        """Forget the commands of one scope and language."""
        self.commands.pop((_scope(world, p.data("scope")), _language(p)), None)
        world.bell.ring()
        return True

    def setter(self, name: str) -> Callable[[World, Parameters], bool]:
        """A method that sets the name or a description."""

        def set_text(world: World, p: Parameters) -> bool:
            value = p.text(name)
            if utf16_length(value) > LONGEST[name]:
                raise bad_request(f"BOT_{name.upper()}_INVALID")
            self.texts[name, _language(p)] = value
            world.bell.ring()
            return True

        return set_text

    def getter(self, name: str) -> Callable[[World, Parameters], Json]:
        """A method that returns the name or a description."""

        def get_text(world: World, p: Parameters) -> Json:
            default = world.bot.first_name if name == "name" else ""
            return {name: self.texts.get((name, _language(p))) or self.texts.get((name, "")) or default}

        return get_text


def _language(p: Parameters) -> str:
    code = p.text("language_code")
    if code and not _LANGUAGE.fullmatch(code):
        raise bad_request("invalid language code specified")
    return code


def _scope(world: World, scope: Any) -> Scope:
    if scope is None:
        return ("default",)
    if not isinstance(scope, dict) or scope.get("type") not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    fields = _SCOPES[scope["type"]]
    if unexpected := scope.keys() - {"type", *fields}:
        raise bad_request(f"can't parse BotCommandScope: unknown fields {', '.join(sorted(unexpected))}")
    for name in fields:
        if name not in scope:
            raise bad_request(f"can't parse BotCommandScope: Can't find field \"{name}\"")
    if "chat_id" in fields:
        chat = known_chat(world, scope["chat_id"])
        if scope["type"] != "chat" and chat.kind == "private":
            raise bad_request("chat administrators and members can't be specified for private chats")
    if "user_id" in fields and scope["user_id"] not in world.people:
        raise bad_request("user not found")
    return (scope["type"], *(scope[name] for name in fields))


def _commands(commands: Any) -> list[Json]:
    if not isinstance(commands, list):
        raise bad_request("expected an Array of BotCommand")
    if len(commands) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    return [_command(command) for command in commands]


def _command(command: Any) -> Json:
    if not isinstance(command, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    for name in ("command", "description"):
        if not isinstance(command.get(name), str):
            raise bad_request(f"can't parse BotCommand: Can't find field \"{name}\"")
    if unknown := command.keys() - {"command", "description"}:
        raise bad_request(f"can't parse BotCommand: unknown fields {', '.join(sorted(unknown))}")
    name, description = command["command"].removeprefix("/"), command["description"].strip()
    if not name:
        raise bad_request("command name must be non-empty")
    if len(name) > LONGEST_COMMAND:
        raise bad_request(f"command name length must not exceed {LONGEST_COMMAND}")
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not description:
        raise bad_request("command description must be non-empty")
    if utf16_length(description) > LONGEST_COMMAND_DESCRIPTION:
        raise bad_request(f"command description length must not exceed {LONGEST_COMMAND_DESCRIPTION}")
    return {"command": name, "description": description}
