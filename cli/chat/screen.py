"""Texts of Telegram on a terminal: colour and folded quotations where there is a screen, plain lines where not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from cli.bot_api.text import FormattedText
from cli.bot_api.world import File, Message

_STYLES = {
    "bold": "bold",
    "italic": "italic",
    "underline": "underline",
    "strikethrough": "strike",
    "code": "cyan",
}
_WIDEST = 88
_LINES_OF_A_FOLD = 2


class Screen:
    """Prints what the bot says. Where the output is no terminal, whole texts without colour or folding."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=False)
        if self._console.is_terminal:
            self._console.width = min(self._console.width, _WIDEST)
        self._hidden: list[Text] = []

    @property
    def is_terminal(self) -> bool:
        return self._console.is_terminal

    def message(self, shown: Message, edited: bool) -> None:
        """Show a message of the bot with its numbered buttons."""
        if not shown.picture:
            self._hidden = []
        self._console.print()
        if shown.picture:
            self._plain(f"🖼 {_where(shown.picture)}")
        if edited and self.is_terminal:
            self._console.print(Text("(the message changes)", "dim"))
        was_folded = False
        for piece, folded in _pieces(shown.content):
            text = _trimmed(piece)
            if not text.plain:
                continue
            if folded != was_folded or (folded and not self.is_terminal):
                self._console.print()
            was_folded = folded
            if folded and self.is_terminal:
                self._fold(text)
            elif folded:
                self._plain(text.plain)
            elif self.is_terminal:
                self._console.print(text)
            else:
                self._plain(text.plain)
        for number, button in enumerate(shown.buttons, 1):
            line = f"[{number}] {button.text}" + (f" <{button.url}>" if button.url else "")
            if self.is_terminal:
                self._console.print(Text(line, "green"))
            else:
                self._plain(line)

    def notice(self, text: str) -> None:
        """A short notice, as a chat program shows it for a moment."""
        self._console.print(Text(f"({text})", "yellow"))

    def say(self, text: str) -> None:
        """A line of the terminal's own, not of the bot."""
        self._console.print(Text(text, "dim"))

    def asked(self, line: str) -> None:
        """What the person wrote, where the terminal has not shown it already."""
        self._console.print()
        if self.is_terminal:
            self._console.print(Text(line, "bold cyan"))
        else:
            self._plain(line)

    def unfold(self) -> bool:
        """Show what the last message folded away; False if nothing was."""
        for text in self._hidden:
            self._console.print(Padding(text, (0, 0, 0, 2)))
        found = bool(self._hidden)
        self._hidden = []
        return found

    def _fold(self, text: Text) -> None:
        lines = text.split("\n")
        if len(lines) <= _LINES_OF_A_FOLD:
            self._console.print(Padding(text, (0, 0, 0, 2)))
            return
        self._console.print(Text.assemble("  ▸ ", lines[0], (f" ({len(lines) - 1} lines: type “more”)", "dim")))
        self._hidden.append(text)

    def _plain(self, text: str) -> None:
        self._console.file.write(text + "\n")
        self._console.file.flush()


def _pieces(content: FormattedText) -> Iterator[tuple[Text, bool]]:
    """The text in its styles, cut where quotations begin and end; and of each piece whether it is one."""
    units = content.text.encode("utf-16-le")
    text = Text(content.text)
    quotations = []
    for entity in content.entities:
        begin = len(units[: 2 * entity["offset"]].decode("utf-16-le"))
        end = len(units[: 2 * (entity["offset"] + entity["length"])].decode("utf-16-le"))
        if entity["type"].endswith("blockquote"):
            quotations.append((begin, end))
        elif entity["type"] == "text_link":
            text.stylize(f"underline link {entity['url']}", begin, end)
        elif entity["type"] in _STYLES:
            text.stylize(_STYLES[entity["type"]], begin, end)
    at = 0
    for begin, end in quotations:
        yield text[at:begin], False
        yield text[begin:end], True
        at = end
    yield text[at:], False


def _where(file: File) -> Path | str:
    """The path of a file as one types it from here, where it lies below."""
    path = file.content
    if isinstance(path, bytes):
        return file.name
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _trimmed(text: Text) -> Text:
    plain = text.plain
    return text[len(plain) - len(plain.lstrip("\n")) : len(plain.rstrip("\n"))] if plain.strip("\n") else Text()
