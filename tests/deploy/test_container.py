"""The Dockerfile keeps what it says: here without Docker, by the files that it copies and the way it starts them."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from runtime.settings import Settings
from tests.bot_api_server import BotApiServer
from tests.deploy.conftest import DEPLOY, ROOT
from tests.handlers.conftest import FIRST_START, TOKEN

DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
BUILD, FINAL = DOCKERFILE.split("\nFROM ${PYTHON}\n")


def lines(word: str, text: str) -> list[str]:
    joined = re.sub(r"\\\n\s*", " ", text)
    return re.findall(rf"^{word} (.*)$", joined, re.MULTILINE)


def let_through() -> set[str]:
    """What .dockerignore leaves in the context."""
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in rules, "what is not named stays out"
    return {rule[1:] for rule in rules if rule.startswith("!")}


def test_what_is_copied_is_there_and_let_through() -> None:
    copied = [name for words in lines("COPY", BUILD) for name in words.split()[:-1]]
    assert {"bot.py", "cli", "handlers", "knowledge", "runtime", "deploy"} <= set(copied)
    for name in copied:
        assert (ROOT / name).exists(), name
        assert any(each.split("/")[0] == name for each in let_through()), name
    for name in let_through():
        assert (ROOT / name).exists(), name


def test_nothing_private_and_nothing_superfluous_comes_in() -> None:
    firsts = {each.split("/")[0] for each in let_through()}
    assert firsts.isdisjoint({".env", ".git", "data", "tests", "evaluation", "docs", ".cache"})


def test_all_that_the_bot_needs_is_pinned_in_the_one_file_that_is_installed() -> None:
    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))

    installed = pins("requirements-language-model.txt")
    assert set(pins("requirements.txt")) | {"onnxruntime"} <= set(installed)
    assert "--require-hashes" in BUILD


def test_it_is_nobody_by_number_and_ends_by_sigterm() -> None:
    [user] = lines("USER", FINAL)
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    uid, _, gid = user.partition(":")
    assert f"--uid {uid}" in FINAL
    assert f"--gid {gid}" in FINAL
    assert f"--chown={user}" in FINAL
    assert lines("STOPSIGNAL", FINAL) == ["SIGTERM"]
    assert lines("VOLUME", FINAL) == ["/data"]


def test_it_starts_without_a_shell() -> None:
    assert json.loads(lines("ENTRYPOINT", FINAL)[0]) == ["python", "bot.py"]
    assert json.loads(lines("CMD", FINAL)[0]) == ["run"]


def environment() -> dict[str, str]:
    return dict(re.findall(r"([A-Z_]+)=(\S+)", " ".join(lines("ENV", FINAL))))


def test_what_it_sets_are_settings() -> None:
    ours = {name.upper() for name in Settings.model_fields}
    assert environment().keys() & ours == {"DATABASE_URL", "STATUS_LISTEN"}
    Settings(database_url=environment()["DATABASE_URL"], status_listen=environment()["STATUS_LISTEN"])


# The health check


class Status(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def status_server() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), type("Own", (Status,), {}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def check_health(address: str) -> subprocess.CompletedProcess[str]:
    command = json.loads(lines("HEALTHCHECK", FINAL)[0].partition("CMD ")[2])
    assert command[0] == "python"
    return subprocess.run(
        [sys.executable, *command[1:]],
        cwd=ROOT,
        env={**os.environ, "STATUS_LISTEN": address},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


@pytest.mark.parametrize(("status", "exit_status"), [(200, 0), (503, 1), (404, 1)])
def test_health_is_what_healthz_says(status_server: HTTPServer, status: int, exit_status: int) -> None:
    status_server.RequestHandlerClass.status = status  # type: ignore[attr-defined]
    done = check_health(f"0.0.0.0:{status_server.server_port}")
    assert (done.returncode, done.stderr) == (exit_status, "")
    assert str(status) in done.stdout


def test_a_bot_that_does_not_answer_is_not_well(status_server: HTTPServer) -> None:
    status_server.server_close()
    done = check_health(f"127.0.0.1:{status_server.server_port}")
    assert (done.returncode, done.stderr) == (1, "")
    assert "no answer" in done.stdout


@pytest.mark.parametrize("address", ["", "8081", "nowhere:"])
def test_where_nobody_can_be_asked_it_says_so(address: str) -> None:
    done = check_health(address)
    assert (done.returncode, done.stderr) == (1, "")
    assert "STATUS_LISTEN" in done.stdout


# The tree of the image


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What is in /app, elsewhere and with other times; what was learnt lies beside it, as after the build."""
    app = tmp_path / "image" / "app"
    app.mkdir(parents=True)
    for name in sorted(let_through()):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, app / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        else:
            (app / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, app / name)
    shutil.copytree(ROOT / ".cache", app / ".cache")
    for path in app.rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return app


def listed(tree: Path) -> list[Path]:
    return sorted(path.relative_to(tree) for path in tree.rglob("*"))


def read_only(tree: Path, *command: str) -> list[str]:
    """`command`, to be run where nothing in `tree` can be written."""
    if os.geteuid() != 0:
        for path in [*tree.rglob("*"), tree]:
            path.chmod(path.stat().st_mode & ~0o222)
        return list(command)
    # Root may write whatever the modes say: it gets a view of its own, in which the folder is mounted read-only.
    mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && cd "$0" && exec "$@"'
    return ["unshare", "--mount", "sh", "-c", mount, str(tree), *command]


@pytest.mark.services
@pytest.mark.skipif(sys.platform != "linux", reason="mounts as Linux does")
async def test_it_serves_from_a_tree_that_can_not_be_written_and_learns_nothing(tree: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    before = listed(tree)
    log = tmp_path / "log"
    # Where scipy can't be imported, a bot that had to learn could not start.
    code = "import sys; sys.modules['scipy'] = None; sys.argv[1:] = ['run']; import bot; sys.exit(bot.main())"
    command = read_only(tree, sys.executable, "-c", code)
    async with BotApiServer(TOKEN) as server:
        settings = {
            **environment(),
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path / "home"),
            "DATABASE_URL": f"sqlite:///{data}/bot.db",
            "STATUS_LISTEN": "",
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": server.url,
        }
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *command, cwd=tree, env=settings, stdout=output, stderr=output
            )
        try:
            await server.wait_for_bot(FIRST_START)
            ann = server.user("Ann")
            await ann.says("how often is it given")
            assert "12 weeks" in (await ann.hears()).text
        finally:
            process.terminate()
            status = await asyncio.wait_for(process.wait(), 15)
    said = log.read_text()
    assert status == 0, said
    assert "Learning" not in said
    assert "can't be kept" not in said
    assert listed(tree) == before
    assert (data / "bot.db").exists()
    assert not (tmp_path / "home").exists(), "some library keeps things about people's machines there"
