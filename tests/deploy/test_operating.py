"""docs/operating.md and deploy/README.md say what is there: files, metrics, alerts, services, texts, limits."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from prometheus_client import Counter, Histogram
from prometheus_client.metrics import MetricWrapperBase

from runtime import metrics
from runtime.metrics import REGISTRY
from runtime.settings import Settings
from tests.deploy.conftest import DEPLOY, ROOT

PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
MANIFEST = (DEPLOY / "README.md").read_text(encoding="utf-8")
ALERTS: list[dict[str, Any]] = yaml.safe_load((DEPLOY / "alerts.yaml").read_text(encoding="utf-8"))["groups"][0][
    "rules"
]


def exposed() -> dict[str, set[str]]:
    """Every name that Prometheus sees, with its labels."""
    found: dict[str, set[str]] = {}
    for collector in vars(metrics).values():
        if not isinstance(collector, MetricWrapperBase):
            continue
        labels = set(collector._labelnames)
        for family in collector.describe():
            if isinstance(collector, Counter):
                found[f"{family.name}_total"] = labels
            elif isinstance(collector, Histogram):
                found |= {f"{family.name}{end}": labels for end in ("", "_bucket", "_sum", "_count")}
            else:
                found[family.name] = labels
    return found


def test_the_page_has_every_metric_and_no_other() -> None:
    assert {family.name for family in REGISTRY.collect()} <= {name.removesuffix("_total") for name in exposed()}
    named = re.findall(r"^\| `(bot_\w+)` \|", PAGE, re.MULTILINE)
    assert set(named) == {name for name in exposed() if not re.search("_(bucket|sum|count)$", name)}
    assert set(re.findall(r"\bbot_[a-z_]+", PAGE)) <= set(exposed())


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_looks_at_metrics_and_labels_that_there_are(rule: dict[str, Any]) -> None:
    names = re.findall(r"\bbot_\w+", rule["expr"])
    assert set(names) <= set(exposed())
    assert names or "up{" in rule["expr"]
    for name, label in re.findall(r"(bot_\w+)\{(\w+)=", rule["expr"]):
        assert label in exposed()[name]
    told = " ".join(rule["annotations"].values())
    assert set(re.findall(r"\bbot_\w+", told)) <= set(exposed())


def test_the_page_names_every_alert() -> None:
    assert set(re.findall(r"`(Bot\w+)`", PAGE)) == {rule["alert"] for rule in ALERTS}
    assert "job_name: bot" in PAGE
    assert 'up{job="bot"}' in ALERTS[0]["expr"]


def test_every_file_is_told_of() -> None:
    for path in DEPLOY.iterdir():
        if path.is_file() and path.name not in ("README.md", "__init__.py"):
            assert f"`deploy/{path.name}`" in MANIFEST, path.name
            assert path.name in PAGE or path.name in ("health.py", "Dockerfile"), path.name


def test_the_compose_commands_name_files_and_services_that_there_are() -> None:
    commands = re.findall(r"docker compose -f (\S+) ([^`\n]*)", PAGE)
    assert len(commands) > 8
    for file, words in commands:
        services = yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))["services"]
        for name in re.findall(
            r"\b(?:bot(?:-\d)?|database|nginx)\b", re.sub(r"-[Ud] bot|-Fc bot|bot\.dump|run .*", "", words)
        ):
            assert name in services, words


def test_what_is_set_is_a_setting() -> None:
    names = {name.upper() for name in Settings.model_fields}
    of_compose = {"POSTGRES_PASSWORD", "BOT_IMAGE"}
    written = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", PAGE)) | set(re.findall(r"\b([A-Z]+_[A-Z_]+)=", PAGE))
    assert written <= names | of_compose | {"ORT_DISABLE_TELEMETRY"}
    for name in of_compose:
        assert any(f"${{{name}" in path.read_text(encoding="utf-8") for path in DEPLOY.glob("compose.*.yaml"))


def test_what_the_log_is_said_to_say_is_in_the_program() -> None:
    """Piece by piece, for names and numbers are filled in between."""
    sources = [
        path.read_text(encoding="utf-8")
        for room in ("cli", "handlers", "runtime")
        for path in ROOT.glob(f"{room}/**/*.py")
    ]
    program = re.sub(r'"\s*\n\s*f?"', "", "\n".join(sources))  # a sentence that goes over several lines
    of_databases = {"database is locked", "database or disk is full", "file is not a database", "malformed"}
    failures = PAGE.partition("## When something fails")[2]
    quoted = re.findall("“([^”]+)”", failures)
    assert len(quoted) > 15
    for quote in quoted:
        for piece in re.split(r"…|[();]|: |\b(?:N|KIND|ERROR|deleted|replaced)\b", quote):
            words = piece.strip(" .")
            assert words in program or words in of_databases, words


def test_limits_are_as_they_are_set() -> None:
    unit = (DEPLOY / "botox-for-migraine-bot.service").read_text(encoding="utf-8")
    for name, value in re.findall(r"`(\w+)=` of the unit \((\d+) MB\)", PAGE):
        assert f"\n{name}={value}M\n" in unit
    [value] = re.findall(r"`mem_limit` of the containers\s\((\d+) MB\)", PAGE)
    for path in DEPLOY.glob("compose.*.yaml"):
        assert f"mem_limit: {value}m" in path.read_text(encoding="utf-8")
    assert "`WatchdogSec=120`" in PAGE
    assert "\nWatchdogSec=120\n" in unit
