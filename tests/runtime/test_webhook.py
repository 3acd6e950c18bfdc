"""The webhook over real sockets: who is let in, when an update is confirmed, and what wears the server out."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import logging
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from runtime import http_server
from runtime.delivery import webhook
from runtime.delivery.webhook import WebhookServer, path_of
from runtime.http_server import ListenError
from tests.runtime.webhook_process import PATH, SECRET

ROOT = Path(__file__).parent.parent.parent
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
UPDATE: dict[str, Any] = {"update_id": 7, "message": {"text": "MARK \N{HEAVY BLACK HEART}"}}
MEGABYTE = 1024**2

Deliver = Callable[[dict[str, Any]], Awaitable[bool]]


@asynccontextmanager
async def running(deliver: Deliver, *, deadline: float = 50.0) -> AsyncIterator[WebhookServer]:
    server = WebhookServer("127.0.0.1", 0, PATH, SECRET, deliver, deadline=deadline)
    await server.start()
    try:
        yield server
    finally:
        await server.stop(1.0)


class Intake:
    """Takes updates; each is handled when `release` is set, and with what `outcome` says."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.finished = 0
        self.release = asyncio.Event()
        self.release.set()
        self.outcome = True

    async def deliver(self, update: dict[str, Any]) -> bool:
        self.taken.append(update)
        await self.release.wait()
        self.finished += 1
        return self.outcome


@pytest.fixture
def intake() -> Intake:
    return Intake()


async def post(
    port: int, body: bytes | None = None, path: str = PATH, headers: dict[str, str] = HEADERS, method: str = "POST"
) -> int:
    data = json.dumps(UPDATE).encode() if body is None else body
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"http://127.0.0.1:{port}{path}", data=data, headers=headers) as response,
    ):
        return response.status


async def waited_until(condition: Callable[[], bool]) -> bool:
    """Whether it comes true within two seconds."""
    for _ in range(200):
        if condition():
            return True
        await asyncio.sleep(0.01)
    return False


async def exchange(port: int, *parts: bytes, pause: float = 0.0) -> bytes:
    """Everything that comes back on a connection until it is closed, which may be before all parts are sent."""
    loop, gathered = asyncio.get_running_loop(), b""
    with socket.socket() as client:
        client.setblocking(False)
        await loop.sock_connect(client, ("127.0.0.1", port))
        with contextlib.suppress(ConnectionError):
            for part in parts:
                await loop.sock_sendall(client, part)
                await asyncio.sleep(pause)
        with contextlib.suppress(ConnectionError):
            while piece := await loop.sock_recv(client, 4096):
                gathered += piece
    return gathered


def head(*, secret: str = SECRET, kind: str = "application/json", rest: str = "") -> bytes:
    lines = f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Type: {kind}\r\n{rest}"
    return f"POST {PATH} HTTP/1.1\r\nHost: here\r\n{lines}\r\n".encode()


async def test_an_update_is_confirmed_when_it_has_been_handled(intake: Intake) -> None:
    async with running(intake.deliver) as server:
        intake.release.clear()
        waiting = asyncio.create_task(post(server.port))
        await asyncio.sleep(0.1)
        assert intake.taken == [UPDATE]
        assert not waiting.done()
        intake.release.set()
        assert await waiting == 200
        intake.outcome = False
        assert await post(server.port) == 503


async def test_beyond_the_deadline_it_is_to_come_again_and_the_work_goes_on(intake: Intake) -> None:
    async with running(intake.deliver, deadline=0.1) as server:
        intake.release.clear()
        assert await post(server.port) == 503
        intake.release.set()
        assert await waited_until(lambda: intake.finished == 1)


async def test_a_client_that_hangs_up_stops_nothing(intake: Intake) -> None:
    async with running(intake.deliver) as server:
        intake.release.clear()
        waiting = asyncio.create_task(post(server.port))
        await asyncio.sleep(0.1)
        waiting.cancel()
        await asyncio.sleep(0.1)
        intake.release.set()
        assert await waited_until(lambda: intake.finished == 1)


async def test_a_delivery_that_fails_is_to_come_again(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(update: dict[str, Any]) -> bool:
        raise LookupError(update)

    async with running(fail) as server:
        assert await post(server.port) == 503
    assert "LookupError" in caplog.text
    assert "MARK" not in caplog.text


async def test_what_stops_asks_for_new_updates_again_and_answers_those_in_hand(intake: Intake) -> None:
    async with running(intake.deliver) as server:
        intake.release.clear()
        waiting = asyncio.create_task(post(server.port))
        await asyncio.sleep(0.1)
        server.refuse_new()
        assert await post(server.port) == 503
        stopping = asyncio.create_task(server.stop(2.0))
        await asyncio.sleep(0.1)
        intake.release.set()
        assert await waiting == 200
        await stopping
        assert len(intake.taken) == 1
        with pytest.raises(aiohttp.ClientConnectionError):
            await post(server.port)


async def test_stopping_waits_for_nobody_longer_than_its_grace(intake: Intake) -> None:
    async with running(intake.deliver) as server:
        intake.release.clear()
        idle = await asyncio.open_connection("127.0.0.1", server.port)
        waiting = asyncio.create_task(post(server.port))
        await asyncio.sleep(0.1)
        begun = asyncio.get_running_loop().time()
        await server.stop(0.4)
        assert asyncio.get_running_loop().time() - begun < 0.8
        with pytest.raises(aiohttp.ClientError):
            await waiting
        assert await idle[0].read() == b""
        idle[1].close()
        intake.release.set()
        assert await waited_until(lambda: intake.finished == 1)


@pytest.mark.parametrize(
    ("path", "method", "headers", "status"),
    [
        ("/", "POST", HEADERS, 404),
        ("/hook/", "POST", HEADERS, 404),
        ("/%68ook", "POST", {}, 403),  # the same path, written in another way
        (PATH, "GET", HEADERS, 405),
        (PATH, "PUT", HEADERS, 405),
        (PATH, "POST", {}, 403),
        (PATH, "POST", HEADERS | {"X-Telegram-Bot-Api-Secret-Token": SECRET[:-1]}, 403),
        (PATH, "POST", HEADERS | {"X-Telegram-Bot-Api-Secret-Token": "\xe4\xf6"}, 403),
        (PATH, "POST", HEADERS | {"Content-Type": "text/plain"}, 415),
        (PATH, "POST", HEADERS | {"Content-Encoding": "gzip"}, 415),
    ],
)
async def test_strangers_are_refused(
    intake: Intake, path: str, method: str, headers: dict[str, str], status: int
) -> None:
    async with running(intake.deliver) as server:
        body = gzip.compress(b"{}") if "Content-Encoding" in headers else None
        assert await post(server.port, body, path, headers, method) == status
        assert await post(server.port) == 200
    assert intake.taken == [UPDATE]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"MARK",
        b'{"update_id": 7, "MARK": "',
        b'{"update_id": 7, "text": "MARK\xff"}',
        b"[7]",
        b"null",
        b'{"message": "MARK"}',
        b'{"update_id": "7"}',
        b'{"update_id": true}',
        b'{"update_id": 7.0}',
        b'{"update_id": -7}',
        b'{"update_id": 9223372036854775808}',
        b'{"update_id": ' + b"9" * 5000 + b"}",
        b'{"update_id": 7, "MARK": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=range(14),
)
async def test_what_is_no_update_is_refused_without_a_word_of_it(
    intake: Intake, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(intake.deliver) as server:
        assert await post(server.port, body) == 400
        assert await post(server.port) == 200
    assert intake.taken == [UPDATE]
    assert "MARK" not in caplog.text
    assert "1 requests with status 400" in caplog.text


async def test_the_secret_is_looked_at_before_the_body_has_come(intake: Intake) -> None:
    async with running(intake.deliver) as server:
        answer = await asyncio.wait_for(exchange(server.port, head(secret="x" * 20, rest="Content-Length: 9\r\n")), 1)
        assert answer.startswith(b"HTTP/1.1 403 ")
        assert b"Connection: close" in answer
        assert b"aiohttp" not in answer


async def test_too_long_a_body_is_refused_before_it_has_come(intake: Intake) -> None:
    async with running(intake.deliver) as server:
        announced = head(rest=f"Content-Length: {MEGABYTE + 1}\r\n")
        assert (await asyncio.wait_for(exchange(server.port, announced), 1)).startswith(b"HTTP/1.1 413 ")
        chunk = b"%x\r\n" % 65536 + b" " * 65536 + b"\r\n"
        chunked = head(rest="Transfer-Encoding: chunked\r\n")
        assert (await exchange(server.port, chunked, *[chunk] * 40)).startswith(b"HTTP/1.1 413 ")
        whole = json.dumps(UPDATE | {"filler": "x" * (MEGABYTE - 200)}).encode()
        assert await post(server.port, whole) == 200


@pytest.mark.parametrize("broken", [b"zz\r\nno chunk", b"5\r\nab"])
async def test_broken_chunks_are_refused(intake: Intake, broken: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async with running(intake.deliver) as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(head(rest="Transfer-Encoding: chunked\r\n") + broken)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.close()
        assert await post(server.port) == 200
    assert intake.taken == [UPDATE]
    assert "Traceback" not in caplog.text


async def test_slow_headers_and_slow_bodies_are_cut_off(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "HEADER_SECONDS", 0.3)
    monkeypatch.setattr(webhook, "BODY_SECONDS", 0.3)
    async with running(intake.deliver) as server:
        silent = exchange(server.port)
        slow_header = exchange(server.port, *[bytes([byte]) for byte in head()[:60]], pause=0.02)
        slow_body = exchange(server.port, head(rest="Content-Length: 9\r\n"), b"{")
        answers = list(await asyncio.wait_for(asyncio.gather(silent, slow_header, slow_body), 3))
        assert answers[:2] == [b"", b""]
        assert answers[2].startswith(b"HTTP/1.1 408 ")


async def test_a_slow_second_header_is_cut_off_and_a_long_answer_is_not(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "HEADER_SECONDS", 0.2)
    body = json.dumps(UPDATE).encode()
    request = head(rest=f"Content-Length: {len(body)}\r\n") + body
    async with running(intake.deliver) as server:
        intake.release.clear()
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(request)
        await asyncio.sleep(0.4)
        intake.release.set()
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        await asyncio.sleep(0.4)  # idle: nobody is hurried
        writer.write(request)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        writer.write(request[:30])
        assert await asyncio.wait_for(reader.read(), 1) == b""
        writer.close()


async def test_a_proxy_may_keep_its_connection_and_speak_either_http(intake: Intake) -> None:
    body = json.dumps(UPDATE).encode()
    request = head(rest=f"Content-Length: {len(body)}\r\nX-Forwarded-For: 149.154.167.220\r\n") + body
    async with running(intake.deliver) as server:
        last = request.replace(b"Host: here", b"Host: here\r\nConnection: close")
        answers = await exchange(server.port, request, request, last, pause=0.05)
        assert answers.count(b"HTTP/1.1 200 OK") == 3
        old = await exchange(server.port, request.replace(b"HTTP/1.1", b"HTTP/1.0"))
        assert old.startswith(b"HTTP/1.0 200 OK")


async def test_a_header_that_can_not_be_read_leaves_no_word_in_the_log(
    intake: Intake, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(intake.deliver) as server:
        for wrong in (b"MARK\r\n\r\n", head(rest="MARK\x00: 1\r\n"), head(rest=f"MARK: {'x' * 5000}\r\n")):
            assert b" 400 " in await exchange(server.port, wrong)
        many = "".join(f"MARK-{number}: 1\r\n" for number in range(100))
        assert b" 400 " in await exchange(server.port, head(rest=many))
    assert "MARK" not in caplog.text


async def test_the_oldest_stranger_gives_way_and_a_delivery_does_not(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(http_server.HttpServer.__init__, "__kwdefaults__", {"most_connections": 4})
    async with running(intake.deliver) as server:
        intake.release.clear()
        waiting = asyncio.create_task(post(server.port))
        await asyncio.sleep(0.05)
        strangers = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(20)]
        await asyncio.sleep(0.2)
        assert sum(reader.at_eof() or reader.exception() is not None for reader, _ in strangers) == 17
        second = asyncio.create_task(post(server.port))
        await asyncio.sleep(0.05)
        intake.release.set()
        assert [await waiting, await second] == [200, 200]
        for _, writer in strangers:
            writer.close()
    lines = [record.getMessage() for record in caplog.records if record.name == "runtime.http_server"]
    assert lines == ["WEBHOOK_LISTEN: refused 18 connections above 4"]


async def test_an_address_that_can_not_be_had_is_said_in_one_sentence(intake: Intake) -> None:
    async with running(intake.deliver) as server:
        address = f"127.0.0.1:{server.port}"
        with pytest.raises(ListenError) as raised:
            await WebhookServer("127.0.0.1", server.port, PATH, SECRET, intake.deliver).start()
        assert str(raised.value) == (
            f"WEBHOOK_LISTEN: another program listens on {address} already: stop that one or choose another port"
        )
    for host in ("192.0.2.1", "no-such-host.invalid"):
        with pytest.raises(ListenError, match=rf"^WEBHOOK_LISTEN: .*{host}:8080"):
            await WebhookServer(host, 8080, PATH, SECRET, intake.deliver).start()


def test_the_path_is_that_of_the_public_address() -> None:
    assert path_of("https://example.org") == "/"
    assert path_of("https://example.org:8443/a/b") == "/a/b"
    assert path_of("https://example.org/a?b=/c") == "/a"


class Process:
    """The webhook in a process of its own, and what it costs."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, log: Path) -> None:
        self.port = port
        self.log = log
        self._folder = Path(f"/proc/{process.pid}")

    def forget_peak(self) -> None:
        (self._folder / "clear_refs").write_text("5")

    def megabytes(self, what: str) -> float:
        """VmRSS or VmHWM: what it holds now, or has held at most."""
        lines = (self._folder / "status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(what)).split()[1]) / 1024

    def files(self) -> int:
        return len(list((self._folder / "fd").iterdir()))


@asynccontextmanager
async def process(folder: Path) -> AsyncIterator[Process]:
    command = [sys.executable, "-m", "tests.runtime.webhook_process"]
    limited = ["sh", "-c", 'ulimit -S -n 512; ulimit -H -n 1024; exec "$@"', "sh", *command]
    with (folder / "log.txt").open("wb") as log:
        started = await asyncio.create_subprocess_exec(*limited, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=log)
    try:
        assert started.stdout is not None
        port = int(await asyncio.wait_for(started.stdout.readline(), 60))
        yield Process(started, port, folder / "log.txt")
        assert started.returncode is None
    finally:
        started.kill()
        await started.wait()


async def deliver_for(seconds: float, port: int) -> list[float]:
    """How long each of the updates took that were delivered one after another, each over a connection of its own."""
    loop = asyncio.get_running_loop()
    end, took = loop.time() + seconds, []
    while (begun := loop.time()) < end:
        async with asyncio.timeout(10):
            assert await post(port) == 200
        took.append(loop.time() - begun)
        await asyncio.sleep(0.02)
    return took


@pytest.mark.services
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="Linux only")
async def test_huge_bodies_without_the_secret_cost_nothing(tmp_path: Path) -> None:
    async with process(tmp_path) as server:
        await deliver_for(1.0, server.port)
        server.forget_peak()
        before = server.megabytes("VmRSS")
        huge = 95 * MEGABYTE
        piece = b"x" * MEGABYTE

        async def flood() -> bytes:
            return await exchange(server.port, head(secret="y" * 20, rest=f"Content-Length: {huge}\r\n"), *[piece] * 95)

        answers, took = await asyncio.gather(
            asyncio.gather(*(flood() for _ in range(8))), deliver_for(2.0, server.port)
        )
        assert all(answer.startswith(b"HTTP/1.1 403 ") for answer in answers)
        assert max(took) < 1.0
        peak = server.megabytes("VmHWM")
        sys.stderr.write(f"\n8 x 95 MB: {before:.1f} -> {peak:.1f} MB at most, slowest delivery {max(took):.3f} s\n")
        assert peak - before < 20


SLOW_CLIENTS = """
import asyncio, sys

async def hold():
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
            writer.write(b"POST /hook HTTP/1.1\\r\\nX-Telegram")
            await reader.read(1)
            writer.close()
        except OSError:
            pass
        await asyncio.sleep(1)

async def main():
    await asyncio.gather(*(hold() for _ in range(2000)))

asyncio.run(main())
"""


async def most_files_of(server: Process) -> int:
    most = 0
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            most = max(most, server.files())
            await asyncio.sleep(0.02)
    return most


@pytest.mark.services
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="Linux only")
async def test_two_thousand_slow_connections_keep_nobody_out(tmp_path: Path) -> None:
    async with process(tmp_path) as server:
        await deliver_for(1.0, server.port)
        server.forget_peak()
        before, files = server.megabytes("VmRSS"), server.files()
        attack = await asyncio.create_subprocess_exec(sys.executable, "-c", SLOW_CLIENTS, str(server.port))
        watching = asyncio.create_task(most_files_of(server))
        try:
            took = await deliver_for(10.0, server.port)
            assert attack.returncode is None
        finally:
            attack.kill()
            await attack.wait()
            watching.cancel()
        most_files = await watching
        peak, text = server.megabytes("VmHWM"), server.log.read_text()
        took.sort()
        sys.stderr.write(
            f"\n2,000 slow: {before:.1f} -> {peak:.1f} MB and {files} -> {most_files} files at most, {len(took)} "
            f"deliveries, median {took[len(took) // 2]:.3f} s, slowest {took[-1]:.3f} s, log {len(text)} bytes\n"
        )
        assert peak - before < 20
        assert most_files < 1024
        assert "Too many open files" not in text
        assert "out of system resource" not in text
        assert len(text.splitlines()) < 10
        assert len(took) > 20
