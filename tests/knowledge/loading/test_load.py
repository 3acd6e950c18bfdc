"""Loading: the real files are sound, schemas are current, and what is kept is never stale."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.loading import schema as files
from knowledge.loading.load import HERE, load
from knowledge.model import Knowledge
from tests.knowledge.small import write


@pytest.mark.parametrize("name", files.SHAPES)
def test_json_schema_is_current(name: str) -> None:
    written = (HERE / "schema" / f"{name}.json").read_text(encoding="utf-8")
    assert written == files.json_schema(name), "run `make schemas`"


def test_every_file_points_to_its_schema() -> None:
    for path in [*HERE.glob("*.yaml"), *(HERE / "faq").glob("*.yaml")]:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        schema = first.removeprefix("# yaml-language-server: $schema=")
        assert (path.parent / schema).is_file(), f"{path.name}: {first}"


def test_compiled_knowledge_equals_fresh_knowledge(tmp_path: Path) -> None:
    folder = write(tmp_path)
    fresh = load(folder, cache=tmp_path / "cache")
    kept = load(folder, cache=tmp_path / "cache")
    assert kept == fresh
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    folder = write(tmp_path)
    load(folder, cache=tmp_path / "cache")
    faq = folder / "faq" / "schedule.yaml"
    faq.write_text(faq.read_text().replace("say: Every 12 weeks.", "say: Every 12 weeks, about."))
    assert load(folder, cache=tmp_path / "cache").entries["how-often"].answer[0].text == "Every 12 weeks, about."


@pytest.mark.parametrize("junk", ["", "{", "[]", "null"])
def test_a_broken_cache_is_ignored(tmp_path: Path, junk: str) -> None:
    folder = write(tmp_path)
    load(folder, cache=tmp_path / "cache")
    [kept] = (tmp_path / "cache").iterdir()
    kept.write_text(junk)
    assert set(load(folder, cache=tmp_path / "cache").entries) == {"how-often", "cost"}
    assert json.loads(kept.read_text())["faq"]


def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the cache folder should be")
    assert load(write(tmp_path), cache=blocked).entries


def test_everything_cited_has_a_place(knowledge: Knowledge) -> None:
    for entry in knowledge.entries.values():
        assert entry.citations, entry.id
        for point in (*entry.answer, *entry.more):
            assert point.evidence, entry.id
