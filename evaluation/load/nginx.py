"""deploy/nginx.conf in front of replicas on this machine, as a measurement's own process."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from evaluation.load.processes import free_port
from evaluation.load.questions import ROOT

PROGRAM = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
_START = 10.0


class Nginx:
    """The server, running as long as the context; `port` is where it listens. Needs nginx, and two replicas' ports."""

    def __init__(self, replicas: Sequence[int]) -> None:
        self.port = free_port()
        self._replicas = replicas
        self._folder = tempfile.TemporaryDirectory(prefix="bench-nginx-", ignore_cleanup_errors=True)
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Nginx:
        if PROGRAM is None:
            raise RuntimeError("nginx is not installed")
        file = Path(self._folder.name) / "nginx.conf"
        file.write_text(self._configuration(), encoding="utf-8")
        own = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")  # its workers must reach the folder
        self._process = await asyncio.create_subprocess_exec(
            PROGRAM, "-c", str(file), "-e", "stderr", "-g", own, stderr=asyncio.subprocess.DEVNULL
        )
        for _ in range(round(_START / 0.05)):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return self
        raise RuntimeError("nginx does not listen")

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            await self._process.wait()
        self._folder.cleanup()

    def _configuration(self) -> str:
        text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
        text = re.sub(r"/tmp/|/etc/nginx(?=/tls/)", f"{self._folder.name}/", text)  # noqa: S108 - what nginx.conf says
        text = text.replace("listen 8080;", f"listen 127.0.0.1:{self.port};")
        for number, port in enumerate(self._replicas, 1):
            text = re.sub(rf"server bot-{number}:8080 ", f"server 127.0.0.1:{port} ", text)
        return text
