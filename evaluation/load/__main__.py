"""Measure what the bot does under load and faults, and write docs/reliability.md.

    python -m evaluation.load                            # every case; some two hours
    python -m evaluation.load stop poison                # these
    python -m evaluation.load kill --rounds 10           # so many kills in all, instead of 100
    python -m evaluation.load soak --scale 0.05          # a twentieth of the updates
    python -m evaluation.load faults --root ../before --results /tmp/before.json   # another checkout, and no page
    python -m evaluation.load server                     # how many calls a second the server itself takes

What a case has found is kept in evaluation/results/load.json beside that of the others, so that each can be run again
alone. It needs Linux (figures come from /proc) and the tests' requirements (a PostgreSQL server to be frozen).
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import time
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from evaluation.load.cases import CASES
from evaluation.load.questions import ROOT
from evaluation.load.report import RESULTS, keep, load, machine, write
from evaluation.load.row import Options
from evaluation.load.server import TOKEN, TelegramServer


async def measure_server(calls: int = 5000, at_once: int = 8) -> float:
    """Calls a second that the server answers, where the caller is in the same process and so takes its share."""
    async with TelegramServer() as server, aiohttp.ClientSession() as session:
        address = f"{server.url}/bot{TOKEN}/sendMessage"

        async def send(number: int) -> None:
            for _ in range(calls // at_once):
                async with session.post(address, data={"chat_id": number, "text": "text"}) as response:
                    await response.read()

        begun = time.perf_counter()
        await asyncio.gather(*(send(number + 1) for number in range(at_once)))
        return calls / (time.perf_counter() - begun)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.load", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}; server (default: all cases)")
    parser.add_argument("--rounds", type=int, default=100, metavar="N", help="kills in all (default: 100)")
    parser.add_argument("--scale", type=float, default=1.0, metavar="X", help="part of the updates (default: 1)")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout to measure (default: this one)")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where to keep what is found")
    options = parser.parse_args(arguments)
    if unknown := set(options.cases) - {*CASES, "server"}:
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    logging.basicConfig(level=logging.ERROR)
    print(machine(), flush=True)
    if "server" in options.cases:
        print(f"the server answers {asyncio.run(measure_server()):,.0f} calls a second")
    chosen = options.cases or list(CASES)
    given = Options(options.root.resolve(), options.rounds, options.scale)
    for case in (name for name in CASES if name in chosen):
        begun, busy = time.monotonic(), load()
        print(f"\n{case}", flush=True)
        rows = asyncio.run(CASES[case](given))
        keep(case, rows, given, options.results, busy=busy)
        for row in rows:
            verdict = {True: "ok", False: "MISSED", None: ""}[row.met]
            print(f"  {row.what:<90} {row.ours!s:>10} {row.unit:<3} {verdict:<6} echo {row.echo}", flush=True)
        print(f"  ({time.monotonic() - begun:.0f} s)", flush=True)
        if options.results == RESULTS:
            write()


if __name__ == "__main__":
    main()
