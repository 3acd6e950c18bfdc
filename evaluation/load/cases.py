"""Every case by its name, in the order in which the report shows them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from evaluation.load.abuse import fuzz, poison, web
from evaluation.load.endurance import soak, start, throughput
from evaluation.load.faults import faults, outage, urgent
from evaluation.load.kills import kill
from evaluation.load.row import Options, Row
from evaluation.load.stops import operation, stop
from evaluation.load.storing import storage

Case = Callable[[Options], Coroutine[Any, Any, list[Row]]]

CASES: Mapping[str, Case] = {
    "kill": kill,
    "faults": faults,
    "outage": outage,
    "urgent": urgent,
    "poison": poison,
    "fuzz": fuzz,
    "soak": soak,
    "stop": stop,
    "operation": operation,
    "start": start,
    "throughput": throughput,
    "web": web,
    "storage": storage,
}
