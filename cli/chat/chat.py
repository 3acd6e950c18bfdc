"""`bot.py chat`, the conversation in the terminal: reads a line, hands it to the application, shows what comes back."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

from telegram import Update
from telegram.ext import Application
from telegram.request import BaseRequest

from cli.bot_api.text import ApiError
from cli.bot_api.transport import InProcessBotApi
from cli.bot_api.world import BOT, Change, InlineAnswer, Message, Notice, World
from cli.chat.screen import Screen
from cli.loading import load_answerer
from cli.outcome import ExitStatus
from handlers.application import build_application
from runtime.logs import set_up

AnyApplication = Application[Any, Any, Any, Any, Any, Any]

HINT = "Type a question, the number of a button, “more”, “edit …” to change your last question, or Ctrl-D to leave."
GOODBYE = "Goodbye, and take care."
_PROMPT = "you › "


class Chat:
    """One conversation. `build` makes the application over the transport that it is given."""

    def __init__(self, build: Callable[[BaseRequest], AnyApplication], screen: Screen | None = None) -> None:
        self._screen = screen or Screen()
        self._latest: Message | None = None
        self._asked: int | None = None
        self._world = World(self._show, self._hear)
        self._build = build

    async def run(self) -> None:
        """Talk until the input ends or the person leaves."""
        application = self._build(InProcessBotApi(self._world))
        async with application:
            await self._hand_over(application, self._world.says("/start"))
            if self._screen.is_terminal:
                self._screen.say(f"\n{HINT}")
            interactive = self._screen.is_terminal and sys.stdin.isatty()
            async for line in _lines(interactive):
                if not interactive:  # what was typed into a pipe shows nowhere else
                    self._screen.asked(f"{_PROMPT}{line}")
                try:
                    await self._take(application, line)
                except ApiError as error:  # as a chat program would not send it
                    self._screen.say(error.description)
        if self._screen.is_terminal:
            self._screen.say(GOODBYE)

    def _show(self, shown: Message, change: Change) -> None:
        # Of buttons alone, what is on the screen with its numbers stays as it is.
        if shown.sender is not BOT or change not in {Change.SENT, Change.EDITED}:
            return
        if not shown.picture:  # the buttons to be pressed by number are those of the answer above it
            self._latest = shown
        self._screen.message(shown, change is Change.EDITED)

    def _hear(self, said: Notice | InlineAnswer) -> None:
        if isinstance(said, Notice):
            self._screen.notice(said.text)

    async def _take(self, application: AnyApplication, line: str) -> None:
        if line.casefold() == "more" and self._screen.unfold():
            return
        if line.isdecimal() and self._latest and 1 <= int(line) <= len(self._latest.buttons):
            button = self._latest.buttons[int(line) - 1]
            if button.data:
                await self._hand_over(application, self._world.presses_button(self._latest, button.data))
            else:
                self._screen.say(button.url)
            return
        if line.casefold().startswith("edit ") and self._asked:
            await self._hand_over(application, self._world.edits(self._asked, line[5:]))
            return
        update = self._world.says(line)
        self._asked = update["message"]["message_id"]
        await self._hand_over(application, update)

    @staticmethod
    async def _hand_over(application: AnyApplication, update: dict[str, Any]) -> None:
        await application.process_update(Update.de_json(update, application.bot))


async def _lines(interactive: bool) -> AsyncIterator[str]:
    read = _editor() if interactive else _pipe
    while True:
        line = await read()
        if line is None:
            return
        if line.strip():
            yield line.strip()


async def _pipe() -> str | None:
    line = await asyncio.to_thread(sys.stdin.readline)
    return line or None


def _editor() -> Callable[[], Any]:
    """Line editing with a history that lives in memory only."""
    from prompt_toolkit import PromptSession  # slow to import, and needless when input is piped
    from prompt_toolkit.formatted_text import FormattedText
    from prompt_toolkit.history import InMemoryHistory

    session: PromptSession[str] = PromptSession(history=InMemoryHistory())

    async def read() -> str | None:
        try:
            line: str = await session.prompt_async(FormattedText([("bold ansicyan", f"\n{_PROMPT}")]))
        except (EOFError, KeyboardInterrupt):
            return None
        return line

    return read


def chat() -> int:
    """Talk in the terminal, through the same handlers that serve Telegram, until Ctrl-D, Ctrl-C or the input's end."""
    set_up("ERROR", "text")
    answerer = load_answerer()
    try:
        asyncio.run(Chat(lambda transport: build_application(answerer, "1:terminal", transport=transport)).run())
    except KeyboardInterrupt:
        print(GOODBYE)
    return ExitStatus.WELL
