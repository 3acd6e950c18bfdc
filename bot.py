"""The door: reads the settings, chooses what to do (run, chat, ask, check, report) and hands over.

Imports stand inside the commands, so that `ask` answers without waiting for a chat library it does not need.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from knowledge.answering import Answerer
    from runtime.settings import Settings

OK, FAILED, MISUSED = 0, 1, 2

HOW_TO_GET_A_TOKEN = """\
The bot needs a token to run on Telegram:
  1. In Telegram, open a chat with @BotFather (https://t.me/BotFather).
  2. Send /newbot and follow its two questions; it answers with a token.
  3. Copy .env.example to .env and put the token behind TELEGRAM_BOT_TOKEN=
Then run this again. To try the bot without a token: python bot.py chat"""


HOW_TO_GET_CHECK = "Run `make check`, or first: python -m pip install -r requirements-check.txt"


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; returns the exit status (0 well, 1 failed, 2 misused or not set up)."""
    options = _parser().parse_args(arguments)
    from knowledge.loading.problems import KnowledgeError

    try:
        match options.command or _default_command():
            case "ask":
                return ask(options.question, as_json=options.json, group=options.group, explain=options.explain)
            case "check":
                return check(options.entries, as_json=options.json)
            case "report":
                return report(days=options.days, as_json=options.json)
            case "chat":
                return chat()
            case _:
                return run()
    except KnowledgeError as error:
        count = len(error.problems)
        problems = "1 problem" if count == 1 else f"{count} problems"
        print(f"The knowledge files have {problems}:\n{error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        return 128 + 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bot.py", description="Answers questions about Botox for migraine.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("run", help="serve Telegram (the default when a token is set)")
    commands.add_parser("chat", help="talk in the terminal (the default when no token is set)")
    asking = commands.add_parser("ask", help="answer a question, or each line of standard input")
    asking.add_argument("question", nargs="*", metavar="QUESTION")
    asking.add_argument("--json", action="store_true", help="one JSON object a line")
    asking.add_argument("--group", action="store_true", help="as a message in a group that nobody addressed to the bot")
    asking.add_argument("--explain", action="store_true", help="print why: words, candidates, thresholds")
    checking = commands.add_parser("check", help="check the knowledge files")
    checking.add_argument("entries", nargs="*", metavar="ENTRY", help="ids of entries, to look at these alone")
    checking.add_argument("--json", action="store_true", help="print the findings as JSON")
    reporting = commands.add_parser("report", help="for the editor: which answers disappoint")
    reporting.add_argument("--days", type=_days, default=30, metavar="N", help="look back so far (default: 30)")
    reporting.add_argument("--json", action="store_true", help="print the report as JSON")
    return parser


def _days(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 400):
        raise argparse.ArgumentTypeError("a number of days from 1 to 400 (older counts are not kept)")
    return int(text)


def _default_command() -> str:
    settings = _settings()
    return "run" if settings and settings.telegram_bot_token else "chat"


def _settings() -> Settings:
    from runtime.settings import SettingsError, read_settings

    try:
        return read_settings()
    except SettingsError as error:
        print(f"A setting can't be used:\n{error}", file=sys.stderr)
        raise SystemExit(MISUSED) from None


def _answerer() -> Answerer:
    from knowledge.answering import Answerer
    from knowledge.loading.load import load

    def say_so() -> None:
        if sys.stderr.isatty():
            print("Learning from the knowledge files, since they are new or changed …", file=sys.stderr)

    answerer = Answerer(load(when_compiling=say_so))
    gc.freeze()  # what was loaded stays: looking through it again and again would make some answers late
    return answerer


def ask(words: Sequence[str], *, as_json: bool, group: bool, explain: bool = False) -> int:
    """Answer one question, or each line of standard input, in order; with `explain`, say how each reply came about."""
    from cli.ask import as_line, as_text

    answerer = _answerer()
    questions: Iterator[str] = iter([" ".join(words)]) if words else _lines(sys.stdin)
    show = as_line if as_json else as_text
    for question in questions:
        if explain:
            from cli.explain import reasons

            print(reasons(question, answerer), end="\n\n")
        print(show(question, answerer, overheard=group), flush=True)
    return OK


def _lines(stream: TextIO) -> Iterator[str]:
    """Each line of `stream`; a line that is a JSON string stands for the text in it, line breaks and all."""
    for line in stream:
        text = line.strip()
        if not text:
            continue
        if text.startswith('"'):
            try:
                decoded = json.loads(text)
            except ValueError:
                decoded = text
            text = decoded if isinstance(decoded, str) else text
        yield text


def check(entries: Sequence[str] = (), *, as_json: bool) -> int:
    """Validate the knowledge files, and report what an editor should see to; exit status 1 if anything is wrong."""
    from datetime import datetime

    from rich.console import Console

    from cli import check as check_report
    from knowledge.check import checks as checking
    from knowledge.check.readability import MissingLibraryError
    from knowledge.loading.load import load
    from knowledge.loading.problems import KnowledgeError

    try:
        with check_report.progress(Console(stderr=True)) as tell:
            tell("Reading the files", 0.0)
            knowledge = load(when_compiling=lambda: tell("Learning from the phrasings", 0.0))
            tell("Reading the files", 1.0)
            unknown = [check_report.unknown(name, knowledge) for name in entries if name not in knowledge.entries]
            if not unknown:
                today = datetime.now().astimezone().date()
                found = checking.review(knowledge, today, progress=tell, entries=entries)
    except KnowledgeError as error:
        if not as_json:
            raise
        problems = [
            {"file": p.file, "line": p.line, "entry": p.entry, "what": p.what, "expected": p.expected}
            for p in error.problems
        ]
        print(json.dumps({"ok": False, "problems": problems}, indent=1, ensure_ascii=False))
        return FAILED
    except MissingLibraryError as error:
        print(f"check needs {error}, which the bot itself does not.\n{HOW_TO_GET_CHECK}", file=sys.stderr)
        return MISUSED
    if unknown:
        print("\n".join(unknown), file=sys.stderr)
        return MISUSED
    if as_json:
        print(json.dumps(checking.as_json(found), indent=1, ensure_ascii=False))
    else:
        check_report.show(found, Console())
    return FAILED if found.errors else OK


def chat() -> int:
    """Talk in the terminal, through the same handlers that serve Telegram."""
    from cli.chat.chat import talk
    from handlers.application import build_application
    from runtime.logs import set_up

    set_up("ERROR", "text")
    answerer = _answerer()
    talk(lambda transport: build_application(answerer, "1:terminal", transport=transport))
    return OK


def run() -> int:
    """Serve Telegram until stopped: by polling, or by webhook where WEBHOOK_URL is set."""
    settings = _settings()
    if settings.telegram_bot_token is None:
        print(HOW_TO_GET_A_TOKEN, file=sys.stderr)
        return MISUSED
    import asyncio
    from functools import partial

    from handlers.application import build_application
    from handlers.reload_command import reload_on_signal
    from runtime.logs import set_up
    from runtime.serving import serve
    from runtime.storage import StorageError, open_storage

    token = settings.telegram_bot_token.get_secret_value()
    set_up(settings.log_level, settings.log_format, token)
    answerer = _answerer()
    with asyncio.Runner() as runner:
        try:
            storage = runner.run(open_storage(settings.database_url))
        except StorageError as error:
            print(f"The database can't be opened.\n{error}", file=sys.stderr)
            return MISUSED
        try:
            application = build_application(
                answerer, token, settings.telegram_api_url, storage=storage, owner_ids=settings.owner_ids
            )
            return serve(application, settings, partial(reload_on_signal, application))
        finally:
            runner.run(storage.close())


def report(*, days: int, as_json: bool) -> int:
    """Print for the editor which answers readers found unhelpful, and how many messages were not understood."""
    import asyncio

    from cli.report import as_data, as_text, gather
    from knowledge.loading.load import load
    from runtime.storage import StorageError

    settings = _settings()
    try:
        found = asyncio.run(gather(settings.database_url, days))
    except StorageError as error:
        print(f"The database can't be opened.\n{error}", file=sys.stderr)
        return MISUSED
    labels = {entry.id: entry.label for entry in load().entries.values()}
    print(json.dumps(as_data(found), indent=1, ensure_ascii=False) if as_json else as_text(found, labels))
    return OK


if __name__ == "__main__":
    sys.exit(main())
