"""Telegram's HTML on a terminal: colour and folded quotations where there is a screen, plain lines where not."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from cli.bot_api.world import File, Message

_STYLES = {"b": "bold", "i": "italic", "u": "underline", "s": "strike", "code": "cyan", "a": "underline"}
_WIDEST = 88
_LINES_OF_A_FOLD = 2


class _Reader(HTMLParser):
    """Cuts Telegram's HTML into pieces: (text, folded)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[tuple[Text, bool]] = [(Text(), False)]
        self._styles: list[str] = []
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "blockquote":
            self.pieces.append((Text(), True))
        else:
            address = dict(attrs).get("href") or ""
            self._links.append(address)
            self._styles.append(f"{_STYLES.get(tag, '')} link {address}".strip() if address else _STYLES.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "blockquote":
            self.pieces.append((Text(), False))
        else:
            self._styles.pop()
            self._links.pop()

    def handle_data(self, data: str) -> None:
        self.pieces[-1][0].append(data, " ".join(filter(None, self._styles)))


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
        reader = _Reader()
        reader.feed(shown.html)
        if not shown.picture:
            self._hidden = []
        self._console.print()
        if shown.picture:
            self._plain(f"🖼 {_where(shown.picture)}")
        if edited and self.is_terminal:
            self._console.print(Text("(the message changes)", "dim"))
        was_folded = False
        for piece, folded in reader.pieces:
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


def _where(file: File) -> Path | str:
    """The path of a file as one types it from here, where it lies below."""
    path = file.content
    if isinstance(path, bytes):
        return file.name
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _trimmed(text: Text) -> Text:
    plain = text.plain
    return text[len(plain) - len(plain.lstrip("\n")) : len(plain.rstrip("\n"))] if plain.strip("\n") else Text()
