"""The workflow that makes a release."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.deploy.conftest import ROOT

TEXT = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
WORKFLOW: dict[Any, Any] = yaml.safe_load(TEXT)
JOBS: dict[str, dict[str, Any]] = WORKFLOW["jobs"]
STEPS = [step for job in JOBS.values() for step in job["steps"]]


def test_a_tag_of_a_version_starts_it() -> None:
    assert WORKFLOW[True] == {"push": {"tags": ["v*"]}}  # YAML 1.1 reads the key "on" as true


def test_actions_are_pinned_to_a_commit() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    for each in used:
        assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", each), each


def test_each_job_may_do_no_more_than_it_has_to() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert {name: job.get("permissions") for name, job in JOBS.items()} == {
        "tests": None,
        "image": {"contents": "read", "packages": "write"},
        "sbom": {"contents": "write"},
    }
    for step in STEPS:
        if step.get("uses", "").startswith("actions/checkout"):
            assert step["with"]["persist-credentials"] is False


def test_nothing_is_published_before_the_tests_have_passed() -> None:
    assert any(step.get("run") == ".ci/run" for step in JOBS["tests"]["steps"])
    assert [JOBS[name]["needs"] for name in ("image", "sbom")] == ["tests", "tests"]


@pytest.mark.parametrize("step", [step for step in STEPS if "run" in step], ids=lambda step: step["run"][:20])
def test_no_expression_is_pasted_into_a_shell(step: dict[str, Any]) -> None:
    assert "${{" not in step["run"], "a name that somebody chose would run as a command"


def test_the_image_carries_where_it_came_from_and_what_is_in_it() -> None:
    [build] = [step["run"] for step in STEPS if "buildx build" in step.get("run", "")]
    for option in ("--file deploy/Dockerfile", "--provenance mode=max", "--sbom true", "linux/arm64"):
        assert option in build
    for name in re.findall(r"--file (\S+)", build):
        assert (ROOT / name).is_file()


def test_the_tools_are_pinned() -> None:
    for package in re.findall(r"pip install [^\n]*", TEXT):
        assert re.search(r"\w==\d", package), package
