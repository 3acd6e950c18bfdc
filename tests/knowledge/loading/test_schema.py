"""The schemas by which editors' programs help."""

from __future__ import annotations

import pytest

from knowledge.loading import schema as files
from knowledge.loading.build import HERE


@pytest.mark.parametrize("name", files.SHAPES)
def test_json_schema_is_current(name: str) -> None:
    written = (HERE / "schema" / f"{name}.json").read_text(encoding="utf-8")
    assert written == files.json_schema(name), "run `make schemas`"


def test_no_schema_is_left_over() -> None:
    assert {path.stem for path in (HERE / "schema").iterdir()} == set(files.SHAPES)


def test_every_file_points_to_its_schema() -> None:
    for path in HERE.rglob("*.yaml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        schema = first.removeprefix("# yaml-language-server: $schema=")
        if path.parent.name == "pictures" and path.stem != "pictures":
            continue  # what a picture is drawn from
        if "training" in path.parts:
            continue  # what only the trainers read
        assert (path.parent / schema).is_file(), f"{path.name}: {first}"
