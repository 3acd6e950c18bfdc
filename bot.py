"""The door: arguments → command. What is printed stands in cli/.

Imports stand where a command needs them, so that `ask` answers without waiting for a chat library it does not need.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path

from cli.outcome import carry_out
from runtime.version import VERSION


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; returns the exit status (docs/command-line.md says which)."""
    options = build_parser().parse_args(arguments)
    return carry_out(partial(_run_command, options))


def build_parser() -> argparse.ArgumentParser:
    """The command line: every command with its options."""
    parser = argparse.ArgumentParser(prog="bot.py", description="Answers questions about Botox for migraine.")
    parser.add_argument("--version", action="version", version=f"botox-for-migraine-bot {VERSION}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("run", help="serve Telegram (the default when a token is set)")
    commands.add_parser("chat", help="talk in the terminal (the default when no token is set)")
    trying = commands.add_parser("try", help="try the bot in the browser, without a token")
    trying.add_argument("--listen", metavar="HOST:PORT", help="where to serve the page (default: this machine alone)")
    asking = commands.add_parser("ask", help="answer a question, or each line of standard input")
    asking.add_argument("question", nargs="*", metavar="QUESTION")
    asking.add_argument("--json", action="store_true", help="one JSON object a line")
    asking.add_argument("--group", action="store_true", help="as a message in a group that nobody addressed to the bot")
    asking.add_argument("--explain", action="store_true", help="print why: words, candidates, thresholds")
    checking = commands.add_parser("check", help="check the knowledge files")
    checking.add_argument("entries", nargs="*", metavar="ENTRY", help="look only at what concerns these entries (ids)")
    checking.add_argument("--texts", action="store_true", help="look only at the words and what they rest on: seconds")
    checking.add_argument("--json", action="store_true", help="print everything found as JSON")
    reporting = commands.add_parser("report", help="for the editor: which answers disappoint")
    reporting.add_argument("--days", type=_parse_days, default=30, metavar="N", help="look back so far (default: 30)")
    reporting.add_argument("--json", action="store_true", help="print the report as JSON")
    booking = commands.add_parser("book", help="write the answers as a web site, and the book that a clinician signs")
    booking.add_argument("out", type=Path, metavar="OUT", help="the folder: a new one, or that of the last time")
    signing = commands.add_parser("sign", help="enter a clinician's signature below an answer")
    signing.add_argument("entry", metavar="ENTRY", help="the answer that was signed (the id of its entry)")
    signing.add_argument("--by", required=True, metavar="NAME", help="who signed it")
    signing.add_argument("--role", required=True, metavar="ROLE", help="what that person is, as “neurologist”")
    signing.add_argument("--on", type=_parse_date, metavar="DATE", help="the day, as 2026-11-30 (default: today)")
    signing.add_argument(
        "--of", default="", metavar="DIGEST", help="what was signed, as the sheet has it below the line"
    )
    return parser


def _parse_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day as 2026-11-30") from None


def _parse_days(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 400):
        raise argparse.ArgumentTypeError("a number of days from 1 to 400 (older counts are not kept)")
    return int(text)


def _run_command(options: argparse.Namespace) -> int:
    match options.command or _choose_command():
        case "ask":
            from cli.ask import ask

            return ask(options.question, as_json=options.json, overheard=options.group, explained=options.explain)
        case "check":
            from cli.check import check

            return check(options.entries, as_json=options.json, texts_only=options.texts)
        case "report":
            from cli.report import report

            return report(options.days, as_json=options.json)
        case "book":
            from cli.book import book

            return book(options.out)
        case "sign":
            from cli.sign import Paper, sign

            return sign(options.entry, Paper(options.by, options.role, options.on, options.of))
        case "try":
            from cli.page.command import try_bot

            return try_bot(options.listen)
        case "chat":
            from cli.chat.chat import chat

            return chat()
        case _:
            from cli.run import run

            return run()


def _choose_command() -> str:
    from cli.run import read_settings_in_force

    return "run" if read_settings_in_force().telegram_bot_token else "chat"


if __name__ == "__main__":
    sys.exit(main())
