"""nginx in front of the webhook: connections that it keeps, and a replica that is about to end."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.runtime.test_webhook import MEGABYTE, Intake, post, running

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx here"),
]

CONFIGURATION = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log warn;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream bot {{
    {upstreams}
    keepalive 16;
  }}
  server {{
    listen 127.0.0.1:{port};
    client_max_body_size 2m;
    client_body_buffer_size 2m;
    location / {{
      proxy_pass http://bot;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_next_upstream error timeout http_503 non_idempotent;
    }}
  }}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def nginx(folder: Path, *ports: int) -> AsyncIterator[int]:
    """nginx before these; gives the port that it listens on."""
    port = free_port()
    upstreams = " ".join(f"server 127.0.0.1:{each};" for each in ports)
    file = folder / "nginx.conf"
    file.write_text(CONFIGURATION.format(folder=folder, port=port, upstreams=upstreams))
    process = await asyncio.create_subprocess_exec("nginx", "-p", str(folder), "-e", "error.log", "-c", str(file))
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            await asyncio.sleep(0.05)
        yield port
    finally:
        process.terminate()
        await process.wait()


async def test_deliveries_pass_over_kept_connections_and_strangers_are_refused(intake: Intake, tmp_path: Path) -> None:
    async with running(intake.deliver) as server, nginx(tmp_path, server.port) as port:
        assert await asyncio.gather(*(post(port) for _ in range(40))) == [200] * 40
        for _ in range(40):
            assert await post(port) == 200
            assert await post(port, headers={"Content-Type": "application/json"}) == 403
        assert await post(port, b"x" * (MEGABYTE + 1)) in {413, 502}  # nginx may notice first that it can't write
        assert await post(port, path="/other") == 404
    assert len(intake.taken) == 80


async def test_a_replica_that_is_about_to_end_leaves_updates_to_the_other(intake: Intake, tmp_path: Path) -> None:
    other = Intake()
    async with running(intake.deliver) as first, running(other.deliver) as second:
        async with nginx(tmp_path, first.port, second.port) as port:
            assert [await post(port) for _ in range(10)] == [200] * 10
            taken = len(intake.taken)
            assert taken
            first.refuse_new()
            assert [await post(port) for _ in range(10)] == [200] * 10
            await first.stop(1.0)
            assert [await post(port) for _ in range(10)] == [200] * 10
        assert len(intake.taken) == taken


@pytest.fixture
def intake() -> Intake:
    return Intake()
