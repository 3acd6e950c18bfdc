"""The compose files: what they set are settings, what they mount is there, and they open no door that need not be."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from runtime.settings import Settings
from tests.deploy.conftest import DEPLOY, ROOT

FILES = sorted(DEPLOY.glob("compose.*.yaml"))
BOTS = [
    pytest.param(path, name, service, id=f"{path.name}-{name}")
    for path in FILES
    for name, service in yaml.safe_load(path.read_text(encoding="utf-8"))["services"].items()
    if "build" in service
]
ALL = [
    pytest.param(service, id=f"{path.name}-{name}")
    for path in FILES
    for name, service in yaml.safe_load(path.read_text(encoding="utf-8"))["services"].items()
]
OF_LIBPQ = {"PGPASSWORD"}
MADE_BY_OPERATOR = {"./certificates", "../.env"}


def test_there_are_one_bot_and_two() -> None:
    assert [path.name for path in FILES] == ["compose.replicas.yaml", "compose.sqlite.yaml"]
    assert len(BOTS) == 3


@pytest.mark.parametrize(("path", "name", "service"), BOTS)
def test_what_a_bot_is_told_are_settings_that_can_be_used(path: Path, name: str, service: dict[str, Any]) -> None:
    told = {key: value for key, value in service["environment"].items() if key not in OF_LIBPQ}
    assert {key.lower() for key in told} <= set(Settings.model_fields)
    Settings(**{key.lower(): value for key, value in told.items()})
    assert service["env_file"] == "../.env"
    assert (path.parent / service["build"]["context"] / service["build"]["dockerfile"]).is_file()


@pytest.mark.parametrize(("path", "name", "service"), BOTS)
def test_a_bot_has_the_time_to_stop_that_it_takes(path: Path, name: str, service: dict[str, Any]) -> None:
    assert service["stop_grace_period"] == "10s"
    assert service["init"] is True


@pytest.mark.parametrize("service", ALL)
def test_every_service_is_locked_down(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["mem_limit"]
    assert service["pids_limit"] if "pids_limit" in service else service["image"].startswith("postgres")
    assert "privileged" not in service


@pytest.mark.parametrize("service", ALL)
def test_what_is_mounted_is_there(service: dict[str, Any]) -> None:
    for mounted in service.get("volumes", ()):
        source = mounted.partition(":")[0]
        assert not source.startswith(".") or source in MADE_BY_OPERATOR or (DEPLOY / source).is_file(), mounted


def test_only_nginx_is_reached_from_outside() -> None:
    published = {
        (path.name, name): service["ports"]
        for path in FILES
        for name, service in yaml.safe_load(path.read_text(encoding="utf-8"))["services"].items()
        if "ports" in service
    }
    assert published == {("compose.replicas.yaml", "nginx"): ["443:8443"]}
    assert "listen 8443 ssl" in (DEPLOY / "nginx-tls.conf").read_text(encoding="utf-8")


def test_nginx_calls_the_replicas_by_the_names_that_they_have() -> None:
    services = yaml.safe_load((DEPLOY / "compose.replicas.yaml").read_text(encoding="utf-8"))["services"]
    called = re.findall(r"server ([\w-]+):(\d+)", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"))
    bots = {name: service for name, service in services.items() if "build" in service}
    assert [name for name, _ in called] == list(bots)
    for name, port in called:
        assert bots[name]["environment"]["WEBHOOK_LISTEN"].endswith(f":{port}")
    addresses = [each["networks"]["inside"]["ipv4_address"] for each in bots.values()]
    assert len(set(addresses)) == len(bots)


def test_no_secret_is_in_a_file() -> None:
    for path in DEPLOY.iterdir():
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"\d{8,}:[\w-]{30,}", text)
            assert not re.search(r"PASSWORD: (?!\$\{)", text), path.name


def test_the_certificates_stay_out_of_git() -> None:
    assert "/deploy/certificates/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
