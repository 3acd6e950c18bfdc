"""What the pages say is so: files and links are there, commands can be run, and nothing that people use is missing.

docs/command-line.md and docs/operating.md have tests of their own in tests/cli/test_documentation.py.
"""

from __future__ import annotations

import asyncio
import importlib.util
import re
import shlex
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import yaml
from telegram import Update

from bot import build_parser
from cli.bot_api.transport import InProcessBotApi
from cli.bot_api.world import World
from handlers.application import build_application
from handlers.group_settings.kinds import Choice
from handlers.group_settings.panel import Panel
from handlers.group_settings.table import TABLE
from handlers.texts import load_texts
from knowledge.answering import Answerer
from knowledge.model import Knowledge
from runtime.storage import ChatSettings

ROOT = Path(__file__).parent.parent
HISTORY = ROOT / "CHANGELOG.md"
"""Names files that have gone, and may."""
PAGES = sorted(
    page
    for pattern in ("*.md", "docs/*.md", "deploy/*.md", ".github/**/*.md", "evaluation/**/*.md", "tests/**/*.md")
    for page in ROOT.glob(pattern)
)
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]

MADE = {"data/bot.db", ".cache", ".env", ".venv", ".venv-bench", "check.json"}
"""What pages name and a command makes."""
FOLDERS = "book|cli|deploy|docs|evaluation|handlers|knowledge|runtime|tests|tools|\\.github|\\.ci"
_PATH = re.compile(rf"(?<![\w/.@-])(?:{FOLDERS})/[\w./*-]*\w[/*]?")
_FILE = re.compile(r"`([\w.*-]+\.(?:py|ya?ml|jsonl?|md|txt|toml))`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_COMMAND = re.compile(r"(?:nice )?\bpython (?:bot\.py|-m [\w.]+)[^`\n|#>]*")
_MAKE = re.compile(r"\bmake ([a-z]+(?:-[a-z]+)*)\b")
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(page: str, heading: str) -> str:
    """The text below a heading of the second or third rank, up to the next of its rank or above."""
    found = re.search(rf"^(##+) {re.escape(heading)}\n(.*?)(?=^\1? ?#{{1,2}} |^\1 |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found, f"no heading “{heading}”"
    return found[2]


def code_in(page: str) -> str:
    """What a page shows as something to type: boxes of shell commands, and code within a line."""
    boxes = re.findall(r"^ *```sh\n(.*?)```", page, re.MULTILINE | re.DOTALL)
    return "\n".join([*boxes, *re.findall(r"`([^`\n]+)`", _FENCE.sub("", page))])


# Files and links


def every_file() -> set[str]:
    skipped = {".venv", ".venv-bench", ".git", ".cache", "node_modules", "__pycache__"}
    return {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*")
        if not skipped & set(path.relative_to(ROOT).parts) and path.is_file()
    }


@pytest.fixture(scope="module")
def files() -> set[str]:
    return every_file()


def named_paths(page: Path) -> Iterator[str]:
    text = page.read_text(encoding="utf-8")
    yield from _PATH.findall(re.sub(r"\]\([^)]*\)|https?://\S+", "", text))
    yield from _FILE.findall(_FENCE.sub("", text))


@pytest.mark.parametrize("name", NAMES)
def test_every_file_that_a_page_names_exists(name: str, files: set[str]) -> None:
    if ROOT / name == HISTORY:
        pytest.skip("names what has gone")
    for path in named_paths(ROOT / name):
        found = (
            path in MADE
            or (ROOT / path).exists()
            or any(fnmatch(each, path) or fnmatch(each, f"*/{path}") for each in files)
        )
        assert found, f"{name} names {path}, which does not exist"


def anchors(page: Path) -> set[str]:
    """The addresses of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", each).lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name: str) -> None:
    page = ROOT / name
    for target in _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        goal = (page.parent / path).resolve() if path else page
        assert goal.exists(), f"{name} links to {target}, which does not exist"
        assert not anchor or anchor in anchors(goal), f"{name} links to {target}, which has no such heading"


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_is_there_and_said_in_words(name: str) -> None:
    page = _FENCE.sub("", read(name))
    pictures = [(file, words) for words, file in re.findall(r"!\[([^\]]*)\]\(([^)\s]+)\)", page)]
    for tag in re.findall(r"<img [^>]*>", page):
        pictures += re.findall(r'src="([^"]+)".* alt="([^"]+)"', tag) or [(tag, "")]
    for file, words in pictures:
        assert len(words) > 10, f"{name} does not say what {file} shows"
        assert ((ROOT / name).parent / file).is_file(), f"{name} shows {file}, which does not exist"


def test_the_knowledge_files_all_have_their_row_in_the_readme() -> None:
    rows = re.findall(r"^\| `(knowledge/[^`]+)` \|", read("README.md"), re.MULTILINE)
    content = [
        str(path.relative_to(ROOT))
        for pattern in ("*.yaml", "faq/*.yaml", "pictures/*.yaml", "training/*.jsonl")
        for path in (ROOT / "knowledge").glob(pattern)
    ]
    assert content
    for path in content:
        assert any(fnmatch(path, row) for row in rows), f"README.md has no row for {path}"
    for row in rows:
        assert any(fnmatch(path, row) for path in content), f"README.md has a row for {row}, which does not exist"


def test_contributing_tells_what_each_training_file_is_for() -> None:
    rows = " ".join(
        re.findall(r"^\|([^|]+)\|", section(read("CONTRIBUTING.md"), "Add a training message"), re.MULTILINE)
    )
    for path in (ROOT / "knowledge" / "training").glob("*.jsonl"):
        assert f"`{path.name}`" in rows, path.name


# Commands


def commands(name: str) -> Iterator[list[str]]:
    for found in _COMMAND.findall(code_in(read(name))):
        yield shlex.split(found.removeprefix("nice ").replace("…", "x"))


@pytest.mark.parametrize("name", NAMES)
def test_every_command_that_a_page_shows_can_be_run(name: str) -> None:
    if ROOT / name == HISTORY:
        pytest.skip("names what has gone")
    for _python, *words in commands(name):
        if words[0] == "bot.py":
            accepted = words[1:] == ["COMMAND"] or is_accepted(words[1:])
            assert accepted, f"{name} shows “{shlex.join(words)}”, which is refused"
            continue
        module, *options = words[1:]
        found = importlib.util.find_spec(module)
        assert found, f"{name} runs {module}, which does not exist"
        if module.partition(".")[0] in FOLDERS.split("|"):
            assert found.origin
            source = Path(found.origin).read_text(encoding="utf-8")
            assert "__main__" in source, f"{name} runs {module}, which does nothing when run"
            for option in options:
                assert not option.startswith("--") or f'"{option}"' in source, f"{name}: {module} has no {option}"


def is_accepted(words: list[str]) -> bool:
    """Whether `bot.py` takes these arguments; --help and --version end the parsing, and are fine."""
    try:
        build_parser().parse_args(words)
    except SystemExit as stopped:
        return stopped.code == 0
    return True


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*##", read("Makefile"), re.MULTILINE))


def test_every_make_target_is_told_of() -> None:
    told = set(_MAKE.findall(code_in(read("README.md")) + code_in(read("CONTRIBUTING.md"))))
    assert targets()
    assert targets() <= told, f"neither README.md nor CONTRIBUTING.md tells of {targets() - told}"


@pytest.mark.parametrize("name", NAMES)
def test_every_make_target_that_a_page_shows_exists(name: str) -> None:
    if ROOT / name != HISTORY:
        assert set(_MAKE.findall(code_in(read(name)))) <= targets()


def test_every_command_of_the_chat_has_its_row_in_the_readme() -> None:
    texts = load_texts()
    shown = {*texts.commands_private, *texts.commands_group, *texts.commands_admins}
    rows = " ".join(re.findall(r"^\| (`/[^|]+)\|", read("README.md"), re.MULTILINE))
    told = set(re.findall(r"`/(\w+)`", rows))
    assert shown == told


# What people can set, and what raises an alarm


def test_every_red_flag_stands_in_the_page_on_safety() -> None:
    rows = re.findall(
        r"^\| (\w+) \| `(\w+)` \| (.+) \|$", section(read("docs/safety.md"), "All red flags"), re.MULTILINE
    )
    flags = yaml.safe_load(read("knowledge/red_flags.yaml"))["red_flags"]
    assert rows == [(flag["tier"], flag["id"], flag["covers"]) for flag in flags], "run `make docs`"


@pytest.fixture(scope="module")
def panel(knowledge: Knowledge) -> Panel:
    return Panel(-1, ChatSettings(), knowledge, load_texts(), topics={})


def rows_of_settings() -> dict[str, str]:
    return dict(re.findall(r"^\| ([^|]+?) \| (.+) \|$", section(read("docs/groups.md"), "Settings"), re.MULTILINE)[2:])


def test_every_page_of_settings_has_its_row(panel: Panel) -> None:
    assert set(rows_of_settings()) == {panel.words.pages[setting.page].title for setting in TABLE}


@pytest.mark.parametrize("setting", [each for each in TABLE if isinstance(each, Choice)], ids=lambda each: each.name)
def test_every_choice_of_a_setting_is_told_and_the_usual_one_is_bold(setting: Choice, panel: Panel) -> None:
    row = rows_of_settings()[panel.words.pages[setting.page].title]
    usual = getattr(ChatSettings(), setting.field)
    if setting.name == "quiet":
        assert "**off**" in row
        assert usual is None
        return
    for value in setting.options.values():
        label = setting._label(value, panel)
        assert label in row, label
        assert (f"**{label}**" in row) == (value == usual), f"“{label}” is bold exactly if a new group has it"


# The map


def test_every_room_is_on_the_map() -> None:
    text = read("docs/architecture.md")
    packages = [path.parent.relative_to(ROOT) for path in ROOT.glob("*/**/__init__.py")]
    rooms = {package for package in packages if package.parts[0] in ("knowledge", "handlers")}
    rooms |= {Path(name) for name in ("book", "cli", "runtime", "evaluation", "tools", "tests")}
    assert len(rooms) > 10
    for room in rooms:
        assert f"`{room}/`" in text, f"{room} is not in docs/architecture.md"


def passed(question: str, answerer: Answerer) -> list[str]:
    """The modules of ours that a private message passes, in order of the first call."""
    found: dict[str, None] = {}

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(ROOT) and path.parts[len(ROOT.parts)] in FOLDERS.split("|"):
            found[str(path.relative_to(ROOT))] = None

    async def ask() -> None:
        world = World(lambda _shown, _change: None, lambda _notice: None)
        application = build_application(answerer, "1:terminal", transport=InProcessBotApi(world))
        async with application:
            update = Update.de_json(world.says(question), application.bot)
            sys.setprofile(note)
            try:
                await application.process_update(update)
            finally:
                sys.setprofile(None)

    asyncio.run(ask())
    return [name for name in found if not name.startswith(("cli/", "tests/"))]


def test_the_walk_of_a_question_is_as_the_map_has_it(answerer: Answerer) -> None:
    answerer.reply("does it hurt")  # what is worked out once is not part of the walk
    walk = passed("does it hurt", answerer)
    told = section(read("docs/architecture.md"), "Which modules one question passes")
    assert set(walk) <= set(re.findall(r"`([\w/]+\.py)`", told))
    assert f"passes {len(walk)} modules of ours" in told
