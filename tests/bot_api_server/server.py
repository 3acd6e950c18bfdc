"""The HTTP server itself: `async with BotApiServer(token) as server`, and the bot under test talks to `server.url`."""

# ruff: noqa: ASYNC109 - a test says how long it waits
from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Literal, overload

from aiohttp import web

from tests.bot_api_server import answers, ephemeral, membership, messages
from tests.bot_api_server.chats import World
from tests.bot_api_server.errors import ApiError, Json, too_many_requests
from tests.bot_api_server.faults import ANY_METHOD, Fault, Faults, FloodControl
from tests.bot_api_server.parameters import METHODS, Parameters, read
from tests.bot_api_server.people import PATIENCE, BotMessage, Conversation, Group, Room, User
from tests.bot_api_server.profile import Profile
from tests.bot_api_server.record import Call, Violation
from tests.bot_api_server.updates import Updates

Handler = Callable[[World, Parameters], Any]

_BY_LOWER_NAME = {name.lower(): name for name in METHODS}
_LARGEST_REQUEST = 64 * 1024 * 1024
_MIGRATED = "migrate_to_chat_id"


class BotApiServer:
    """A Bot API server on loopback for one bot, with people and groups for the tests to play."""

    def __init__(
        self, token: str, *, name: str = "Test Bot", username: str = "test_bot", privacy: bool = True, port: int = 0
    ) -> None:
        self.token = token
        self._port = port
        self.world = World(token, name, username)
        self.world.privacy = privacy
        self.profile = Profile()
        self.updates = Updates(self.world.bell)
        self.world.tell = self.updates.put
        self.url = ""
        self._faults = Faults()
        self._waited_for: dict[str, int] = {}
        self._runner: web.AppRunner | None = None
        self._handlers = self._methods()

    async def __aenter__(self) -> BotApiServer:
        app = web.Application(client_max_size=_LARGEST_REQUEST)
        app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", self._download)
        app.router.add_route("*", "/bot{token:[^/]+}/{method:[^/]+}", self._call)
        app.router.add_route("*", "/{anything:.*}", self._not_found)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.updates.stop()
        self.updates.end_poll("the server stops")
        if self._runner:
            await self._runner.cleanup()

    @property
    def calls(self) -> list[Call]:
        """Every call of the bot, in the order in which they were answered."""
        return self.world.calls

    @property
    def violations(self) -> list[Violation]:
        """What the bot did wrong; a test asserts that this is empty."""
        return self.world.violations

    @property
    def flood_control(self) -> FloodControl:
        """Telegram's limits for sending; off until `enabled` is set."""
        return self.world.flood

    def calls_of(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.calls if call.method == method]

    def user(self, name: str, *, language_code: str | None = None, username: str | None = None) -> User:
        """Somebody new."""
        return User(self.world, self.world.new_person(name, username, language_code))

    def group(self, title: str, kind: str = "supergroup", *, forum: bool = False) -> Group:
        """A new group; the bot is not in it until `add_bot`."""
        return Group(self.world, self.world.new_group(title, kind, forum=forum))

    def conversation(self, one: User, other: User) -> Conversation:
        """The private chat of two people, of which the bot is told nothing unless it is called as a guest."""
        return Conversation.between(self.world, one, other)

    @overload
    async def reply_to(  # type: ignore[overload-overlap]
        self, where: Room, count: Literal[1] = 1, timeout: float = PATIENCE
    ) -> BotMessage: ...

    @overload
    async def reply_to(self, where: Room, count: int, timeout: float = PATIENCE) -> list[BotMessage]: ...

    async def reply_to(self, where: Room, count: int = 1, timeout: float = PATIENCE) -> BotMessage | list[BotMessage]:
        """The next message of the bot in a chat; a list of them where more than one is asked for."""
        heard = [await where.hears(timeout) for _ in range(count)]
        return heard[0] if count == 1 else heard

    async def wait_for_call(self, method: str, timeout: float = PATIENCE) -> Call:
        """The next call of `method` that was not yet waited for, whether it comes or has been."""
        index = self._waited_for.get(method, 0)
        self._waited_for[method] = index + 1
        calls = await self.world.wait(lambda: self.calls_of(method)[index:], timeout, f"a call of {method}")
        return calls[0]

    async def wait_for_bot(self, timeout: float = 30) -> None:
        """Wait until the bot collects updates: it polls, or has set a webhook."""
        await self.world.wait(lambda: self.updates.is_collected, timeout, "the bot to poll or set a webhook")

    async def wait_until_collected(self, timeout: float = PATIENCE) -> None:
        """Wait until the bot has confirmed every update."""
        await self.world.wait(lambda: not self.updates.pending, timeout, "the bot to confirm every update")

    def fail_next(
        self, method: str, code: int, description: str, retry_after: int | None = None, times: int = 1
    ) -> None:
        """Refuse the next calls of `method` ("*": any) with this error; such refusals are no violations."""
        if code == 429:
            error = too_many_requests(retry_after or 1)
            error.description = description or error.description
        else:
            error = ApiError(code, description, {"retry_after": retry_after} if retry_after else None)
        self._faults.plan(Fault(method, times, error))

    def drop_next(self, method: str = ANY_METHOD, times: int = 1, *, after: bool = False) -> None:
        """Close the connection without an answer, before the call is carried out or after it."""
        self._faults.plan(Fault(method, times, after=after))

    def hang_next(self, method: str, seconds: float, times: int = 1) -> None:
        """Leave the next calls without an answer for so long, then close the connection."""
        self._faults.plan(Fault(method, times, hang=seconds))

    def forget_faults(self) -> None:
        """Let nothing more of what was planned go wrong."""
        self._faults.forget()

    def _methods(self) -> dict[str, Handler]:
        profile, updates = self.profile, self.updates
        return {
            "getMe": lambda world, p: membership.get_me(world),
            "logOut": lambda world, p: True,
            "close": lambda world, p: True,
            "getUpdates": lambda world, p: updates.get_updates(p),
            "setWebhook": lambda world, p: updates.set_webhook(p),
            "deleteWebhook": lambda world, p: updates.delete_webhook(p),
            "getWebhookInfo": lambda world, p: updates.webhook_info(),
            "setMyCommands": profile.set_commands,
            "getMyCommands": profile.get_commands,
            "deleteMyCommands": profile.delete_commands,
            "setMyDescription": profile.setter("description"),
            "getMyDescription": profile.getter("description"),
            "setMyShortDescription": profile.setter("short_description"),
            "getMyShortDescription": profile.getter("short_description"),
            "setMyName": profile.setter("name"),
            "getMyName": profile.getter("name"),
            "sendMessage": messages.send_message,
            "sendPhoto": messages.send_photo,
            "sendDocument": messages.send_document,
            "sendMediaGroup": messages.send_media_group,
            "sendChatAction": messages.send_chat_action,
            "editMessageText": messages.edit_message_text,
            "editMessageCaption": messages.edit_message_caption,
            "editMessageMedia": messages.edit_message_media,
            "editMessageReplyMarkup": messages.edit_message_reply_markup,
            "deleteMessage": messages.delete_message,
            "editEphemeralMessageText": ephemeral.edit_text,
            "editEphemeralMessageReplyMarkup": ephemeral.edit_reply_markup,
            "deleteEphemeralMessage": ephemeral.delete,
            "pinChatMessage": messages.pin_chat_message,
            "setMessageReaction": messages.set_message_reaction,
            "answerCallbackQuery": answers.answer_callback_query,
            "answerInlineQuery": answers.answer_inline_query,
            "answerGuestQuery": answers.answer_guest_query,
            "getChat": membership.get_chat,
            "getChatMember": membership.get_chat_member,
            "getChatAdministrators": membership.get_chat_administrators,
            "leaveChat": membership.leave_chat,
            "getFile": membership.get_file,
        }

    async def _call(self, request: web.Request) -> web.Response:
        asked = request.match_info["method"]
        if request.match_info["token"] != self.token:
            return self._refused(asked, {}, ApiError(401, "Unauthorized"))
        method = _BY_LOWER_NAME.get(asked.lower())
        if method is None:
            return self._refused(asked, {}, ApiError(404, "Not Found"))
        fault = self._faults.take(method)
        if fault and fault.error:
            return self._refused(method, await _sent(request), fault.error, planned=True)
        if fault and fault.hang:
            await asyncio.sleep(fault.hang)
        if fault and not fault.after:
            return _dropped(request)
        answer = await self._carry_out(method, request)
        return _dropped(request) if fault else answer

    async def _carry_out(self, method: str, request: web.Request) -> web.Response:
        values: Json = {}
        try:
            values, uploads = await read(request)
            parameters = Parameters(method, values, uploads)
            values = parameters.values
            result = self._handlers[method](self.world, parameters)
            if inspect.isawaitable(result):
                result = await _awaited(result)
        except ApiError as error:
            return self._refused(method, values, error)
        self.violations.extend(Violation(method, values, note) for note in parameters.notes)
        self._record(method, values, result)
        return web.json_response({"ok": True, "result": result})

    def _refused(self, method: str, values: Json, error: ApiError, *, planned: bool = False) -> web.Response:
        if error.code in {400, 404} and not planned and _MIGRATED not in error.parameters:
            self.violations.append(Violation(method, values, error.description))
        self._record(method, values, error)
        return web.json_response(error.as_dict(), status=error.code)

    def _record(self, method: str, values: Json, result: Any) -> None:
        self.calls.append(Call(method, values, result))
        self.world.bell.ring()

    async def _download(self, request: web.Request) -> web.Response:
        file = self.world.files.at(request.match_info["path"])
        if request.match_info["token"] != self.token or file is None:
            return await self._not_found(request)
        return web.Response(body=file.content)

    async def _not_found(self, request: web.Request) -> web.Response:
        return web.json_response(ApiError(404, "Not Found").as_dict(), status=404)


async def _sent(request: web.Request) -> Json:
    """The parameters of a call that is not carried out, as far as they can be read."""
    try:
        values, _ = await read(request)
    except ApiError:
        return {}
    return values


async def _awaited(result: Awaitable[Any]) -> Any:
    return await result


def _dropped(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()
