"""deploy/nginx.conf in a real nginx, in front of two replicas that the tests can break."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import socket
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from runtime.settings import Settings
from tests.deploy.conftest import DEPLOY

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
CONFIGURATION = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
SECRET = "X-Telegram-Bot-Api-Secret-Token"
UPDATE = b'{"update_id": 1}'

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed; .ci/run installs it where it may"),
]


class Replica:
    """Answers as a bot would, or does not."""

    def __init__(self) -> None:
        self.port = 0
        self.heard: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 200
        self.dies = False
        self.released = asyncio.Event()
        self.released.set()
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None))

    async def start(self) -> None:
        await self._runner.setup()
        listening = socket.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        await web.SockSite(self._runner, listening, backlog=256).start()

    async def stop(self) -> None:
        self.released.set()
        await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.heard.append((request.raw_path, dict(request.headers), await request.read()))
        if self.dies and request.transport:
            request.transport.abort()
        await self.released.wait()
        return web.Response(status=self.status)


@pytest.fixture
async def replicas() -> AsyncIterator[tuple[Replica, Replica]]:
    pair = Replica(), Replica()
    for each in pair:
        await each.start()
    yield pair
    for each in pair:
        await each.stop()


@pytest.fixture
async def nginx(replicas: tuple[Replica, Replica], tmp_path: Path) -> AsyncIterator[str]:
    """This nginx.conf with other addresses and folders; gives the address at which it is called."""
    port, tls_port = free_port(), free_port()
    text = CONFIGURATION.replace("/tmp/", f"{tmp_path}/").replace("listen 8080;", f"listen 127.0.0.1:{port};")
    text = text.replace("/etc/nginx/tls/", f"{tmp_path}/tls/")
    for number, replica in enumerate(replicas, 1):
        text, count = re.subn(rf"server bot-{number}:8080 ", f"server 127.0.0.1:{replica.port} ", text)
        assert count == 1
    make_certificate(tmp_path)
    tls = (DEPLOY / "nginx-tls.conf").read_text(encoding="utf-8")
    tls = tls.replace("listen 8443 ssl", f"listen 127.0.0.1:{tls_port} ssl").replace("/etc/nginx/", f"{tmp_path}/")
    (tmp_path / "tls").mkdir()
    (tmp_path / "tls" / "tls.conf").write_text(tls)
    (tmp_path / "tls_port").write_text(str(tls_port))
    (tmp_path / "nginx.conf").write_text(text)
    assert NGINX
    own = "daemon off;"
    if os.geteuid() == 0:
        own += " user root;"  # else its workers could not reach the folder of the test
    with (tmp_path / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            NGINX, "-c", str(tmp_path / "nginx.conf"), "-e", "stderr", "-g", own, stdout=log, stderr=log
        )
        try:
            await until_it_listens(port, tmp_path / "log")
            yield f"http://127.0.0.1:{port}/telegram"
        finally:
            process.terminate()
            await process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


async def until_it_listens(port: int, log: Path) -> None:
    for _ in range(100):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    pytest.fail(await asyncio.to_thread(log.read_text))


def make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificates").mkdir()
    (folder / "certificates" / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "certificates" / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@pytest.fixture
async def telegram() -> AsyncIterator[aiohttp.ClientSession]:
    headers = {SECRET: "the-secret-of-the-tests", "Content-Type": "application/json"}
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(headers=headers, connector=connector) as session:
        yield session


async def post(session: aiohttp.ClientSession, url: str, body: bytes = UPDATE) -> int:
    async with session.post(url, data=body) as response:
        return response.status


async def test_what_telegram_sends_arrives_whole(
    nginx: str, replicas: tuple[Replica, Replica], telegram: aiohttp.ClientSession
) -> None:
    body = b'{"update_id": 7, "padding": "' + b"x" * 100_000 + b'"}'
    assert await post(telegram, nginx, body) == 200
    [(path, headers, heard)] = replicas[0].heard + replicas[1].heard
    assert path == "/telegram"
    assert headers[SECRET] == "the-secret-of-the-tests"
    assert headers["Content-Type"] == "application/json"
    assert heard == body


async def test_both_replicas_get_their_share(
    nginx: str, replicas: tuple[Replica, Replica], telegram: aiohttp.ClientSession
) -> None:
    assert {await post(telegram, nginx) for _ in range(20)} == {200}
    assert all(len(each.heard) > 5 for each in replicas)


async def test_what_one_that_is_gone_would_have_got_the_other_gets(
    nginx: str, replicas: tuple[Replica, Replica], telegram: aiohttp.ClientSession
) -> None:
    assert {await post(telegram, nginx) for _ in range(4)} == {200}
    await replicas[0].stop()
    assert {await post(telegram, nginx) for _ in range(20)} == {200}
    assert len(replicas[1].heard) >= 20


async def test_what_one_dies_with_goes_to_the_other(
    nginx: str, replicas: tuple[Replica, Replica], telegram: aiohttp.ClientSession
) -> None:
    replicas[0].dies = True
    assert {await post(telegram, nginx) for _ in range(20)} == {200}
    assert replicas[0].heard
    assert len(replicas[1].heard) == 20


async def test_what_one_gives_back_goes_to_the_other(
    nginx: str, replicas: tuple[Replica, Replica], telegram: aiohttp.ClientSession
) -> None:
    replicas[1].status = 503
    assert {await post(telegram, nginx) for _ in range(20)} == {200}
    assert replicas[1].heard
    assert len(replicas[0].heard) == 20


async def test_what_a_replica_refuses_is_not_tried_on_the_other(
    nginx: str, replicas: tuple[Replica, Replica], telegram: aiohttp.ClientSession
) -> None:
    for each in replicas:
        each.status = 403
    assert await post(telegram, nginx) == 403
    assert len(replicas[0].heard + replicas[1].heard) == 1


async def test_a_large_body_never_reaches_the_bot(
    nginx: str, replicas: tuple[Replica, Replica], telegram: aiohttp.ClientSession
) -> None:
    assert await post(telegram, nginx, b"x" * 2_000_000) == 413
    assert replicas[0].heard + replicas[1].heard == []


async def test_nothing_but_a_post_reaches_the_bot(
    nginx: str, replicas: tuple[Replica, Replica], telegram: aiohttp.ClientSession
) -> None:
    for path in ("/telegram", "/metrics", "/healthz"):
        async with telegram.get(nginx.replace("/telegram", path)) as response:
            assert response.status == 403
            assert "nginx/" not in response.headers["Server"]
    assert replicas[0].heard + replicas[1].heard == []


async def test_a_slow_header_is_cut_off(nginx: str) -> None:
    port = int(nginx.split(":")[2].partition("/")[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /telegram HTTP/1.1\r\nHost: x\r\n")
    began = asyncio.get_running_loop().time()
    with contextlib.suppress(ConnectionResetError):
        assert b" 200 " not in await asyncio.wait_for(reader.read(), 20)
    assert 5 < asyncio.get_running_loop().time() - began < 15
    writer.close()


async def test_one_address_has_a_hundred_calls_at_once_and_no_more(
    nginx: str, replicas: tuple[Replica, Replica], telegram: aiohttp.ClientSession
) -> None:
    for each in replicas:
        each.released.clear()
    calls = [asyncio.create_task(post(telegram, nginx)) for _ in range(130)]
    first = asyncio.as_completed(calls, timeout=20)
    assert [await next(first) for _ in range(30)] == [503] * 30
    for each in replicas:
        each.released.set()
    assert sorted(await asyncio.gather(*calls)) == [200] * 100 + [503] * 30


async def test_tls_ends_here(
    nginx: str, replicas: tuple[Replica, Replica], telegram: aiohttp.ClientSession, tmp_path: Path
) -> None:
    trusting = ssl.create_default_context(cafile=str(tmp_path / "certificates" / "fullchain.pem"))
    url = f"https://localhost:{(tmp_path / 'tls_port').read_text()}/telegram"
    async with telegram.post(url, data=UPDATE, ssl=trusting) as response:
        assert response.status == 200
    [(_path, headers, _body)] = replicas[0].heard + replicas[1].heard
    assert headers[SECRET] == "the-secret-of-the-tests"


def test_the_bot_loses_patience_first_then_nginx_then_telegram() -> None:
    [seconds] = re.findall(r"proxy_read_timeout (\d+)s;", CONFIGURATION)
    assert 50 < int(seconds) < 60


def test_replicas_are_called_where_they_listen() -> None:
    default = Settings.model_fields["webhook_listen"].default
    for port in re.findall(r"server bot-\d:(\d+)", CONFIGURATION):
        assert port == default.rpartition(":")[2]
