"""The pictures say what their facts say, are fit for a phone, and are what their data draws."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

KNOWLEDGE = Path(__file__).parent.parent.parent / "knowledge"
FOLDER = KNOWLEDGE / "pictures"
PICTURES: dict[str, dict[str, Any]] = {
    picture["id"]: picture
    for picture in yaml.safe_load((FOLDER / "pictures.yaml").read_text(encoding="utf-8"))["pictures"]
}
CLAIMS: dict[str, str] = {
    fact["id"]: fact["claim"]
    for fact in yaml.safe_load((KNOWLEDGE / "facts.yaml").read_text(encoding="utf-8"))["facts"]
}

# Keys of the drawings' data that place and style things, which nobody reads, and the line that names the sources.
UNREAD = {
    "align",
    "at",
    "axis_at",
    "column",
    "before_x",
    "colour",
    "day_column",
    "day_height",
    "day_width",
    "dot_radius",
    "end",
    "fill",
    "from_week",
    "height",
    "id",
    "leaders",
    "left",
    "lefts",
    "like",
    "line",
    "line_height",
    "line_x",
    "mirror",
    "points",
    "row",
    "rows",
    "rules",
    "scale",
    "size",
    "sources",
    "text_x",
    "to_week",
    "top",
    "view",
    "week_width",
    "width",
}
# What a bare number under such a key counts, in the claims' words.
UNITS = {"sites": "site", "units": "unit", "days": "day", "before_days": "day", "weeks": "week"}
# Words after a number that say what it counts, and what a claim may call it.
COUNTED = {
    "units": ("unit",),
    "sites": ("site", "injection"),
    "dots": ("site", "injection"),
    "injections": ("injection",),
    "weeks": ("week",),
    "week": ("week",),
    "days": ("day",),
    "people": ("people",),
    "months": ("month",),
}
SPELT = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "first": 1, "second": 2, "third": 3}
# Printed, and not in any claim as such: sums and edges that follow from the claims.
FOLLOWS = {
    "injection-sites": {
        15: "corrugator 10 + procerus 5",
        3: "corrugator 2 + procerus 1",
        4: "temporalis, 8 over both sides",
    },
    "treatment-cycle": {
        0: "the day of treatment",
        4: "end of the first month",
        8: "end of the second, 4 weeks before the next",
    },
    "headache-days": {},
    "after-treatment": {},
    "first-twelve-weeks": {1: "the first week"},
    "headache-diary": dict.fromkeys(range(1, 32), "a day of the month"),
}

each_picture = pytest.mark.parametrize("picture", list(PICTURES))


def figures(text: str) -> list[float]:
    """The numbers of a text, written in digits or in letters; the 2 of the name PREEMPT 2 is none."""
    text = re.sub(r"PREEMPT \d", "PREEMPT", text)
    found = [float(number.replace(",", "")) for number in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text)]
    return found + [float(SPELT[word]) for word in re.findall(r"[a-z]+", text.lower()) if word in SPELT]


def counted(text: str) -> Iterator[tuple[set[float], str]]:
    """Numbers with the word after them that says what they count; "2 to 4 weeks" gives both numbers together."""
    number = r"(\d+(?:,\d{3})*(?:\.\d+)?)"
    pattern = rf"(?:{number} (?:to|or) )?{number} (?:(?:more|fewer|headache|migraine) )*({'|'.join(COUNTED)})\b"
    for low, high, word in re.findall(pattern, text):
        yield {float(value.replace(",", "")) for value in (low, high) if value}, word


def read(picture: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((FOLDER / f"{picture}.yaml").read_text(encoding="utf-8"))
    return data


def printed(data: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every text and number of a drawing's data that a reader gets to see, with its key."""
    if key in UNREAD:
        return
    if isinstance(data, dict):
        for name, value in data.items():
            yield from printed(value, name)
    elif isinstance(data, list):
        for value in data:
            yield from printed(value, key)
    elif type(data) in (str, int, float):
        yield key, data


def cited(picture: str) -> list[str]:
    return [CLAIMS[fact] for fact in PICTURES[picture]["cites"]]


def chunks(png: bytes) -> Iterator[tuple[str, bytes]]:
    """The pieces of a PNG: name and content."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8].decode("ascii"), png[at + 8 : at + 8 + length]
        at += length + 12


def test_each_picture_has_its_data_and_nothing_lies_about() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {"pictures", *PICTURES}
    assert {path.name for path in FOLDER.glob("*.png")} == {picture["file"] for picture in PICTURES.values()}


@each_picture
def test_cites_facts_that_exist(picture: str) -> None:
    assert PICTURES[picture]["cites"]
    assert set(PICTURES[picture]["cites"]) <= set(CLAIMS)


@each_picture
def test_alternative_text_is_short_and_names_no_other_figures(picture: str) -> None:
    alt = PICTURES[picture]["alt"]
    assert 100 < len(alt) <= 900
    known = {number for claim in cited(picture) for number in figures(claim)}
    known |= {float(round(number)) for number in known} | set(FOLLOWS[picture])
    assert set(figures(alt)) <= known


@each_picture
def test_every_number_is_in_a_cited_claim_with_its_unit(picture: str) -> None:
    claims = cited(picture)
    for key, value in printed(read(picture)):
        if isinstance(value, str):
            for number in figures(value):
                assert number in FOLLOWS[picture] or any(number in figures(claim) for claim in claims), value
            wanted = [(numbers, COUNTED[word]) for numbers, word in counted(value)]
        else:
            wanted = [({float(value)}, (UNITS[key],))]
        for numbers, words in wanted:
            fits = [
                claim for claim in claims if numbers <= set(figures(claim)) and any(word in claim for word in words)
            ]
            assert fits, f"{numbers} {words}: {value}"


def test_muscles_have_the_units_and_sites_of_the_label() -> None:
    claim = CLAIMS["muscle-list"].replace(" units", "").replace(" sites", "").lower()
    muscles = [muscle for area in read("injection-sites")["areas"] for muscle in area["muscles"]]
    for muscle in muscles:
        assert f"{muscle['name']} {muscle['units']} at {muscle['sites']}" in claim
    assert len(muscles) == len({muscle["name"] for muscle in muscles}) == 7
    assert (sum(muscle["units"] for muscle in muscles), sum(muscle["sites"] for muscle in muscles)) == (155, 31)


def test_plus_marks_the_areas_where_more_may_be_given() -> None:
    more = {m["name"] for area in read("injection-sites")["areas"] if area.get("more") for m in area["muscles"]}
    assert more == {"temporalis", "occipitalis", "trapezius"}
    assert all(name in CLAIMS["dose-follow-the-pain"] for name in more)


def test_every_emergency_sign_is_in_the_box() -> None:
    box = read("after-treatment")["box"]
    shown = " ".join([box["when"], *box["lines"]]).lower()
    for word in (
        "swallowing",
        "speaking",
        "breathing",
        "weakness",
        "double",
        "blurred",
        "drooping lids",
        "hoarse",
        "loss of bladder control",
        "allergy",
        "wheezing",
        "hours to weeks",
    ):
        assert word.replace("lids", "eyelids") in CLAIMS["emergency-signs"] + CLAIMS["allergy-signs-at-once"]
        assert word in shown


@each_picture
def test_file_suits_a_phone_and_says_nothing_about_its_maker(picture: str) -> None:
    png = (FOLDER / PICTURES[picture]["file"]).read_bytes()
    assert len(png) < 100_000
    pieces = list(chunks(png))
    assert {name for name, _ in pieces} <= {"IHDR", "PLTE", "IDAT", "IEND"}
    width, height = struct.unpack(">II", pieces[0][1][:8])
    assert width == 1080
    assert 1080 < height <= 1540


@each_picture
def test_picture_is_dark(picture: str) -> None:
    """Readers flee light: hardly any pixel near white, and dim on the whole."""
    image = pytest.importorskip("PIL.Image")
    with image.open(FOLDER / PICTURES[picture]["file"]) as opened:
        colours = opened.convert("RGB").getcolors()
    total = sum(count for count, _ in colours)
    assert sum(count for count, colour in colours if min(colour) >= 220) / total < 0.02
    assert sum(count * sum(colour) / 3 for count, colour in colours) / total < 70


def test_bars_of_a_study_without_dummy_shots_say_so() -> None:
    box = read("treatment-cycle")["box"]
    assert box["title"] == "Nobody here got a dummy shot"
    assert "nobody in this study got a dummy shot" in PICTURES["treatment-cycle"]["alt"]


def test_a_diary_has_every_day_and_a_sheet_for_paper() -> None:
    pytest.importorskip("matplotlib")
    from tools.draw_pictures import PAPER, TO_PRINT, drawn, png

    days = [text.get_text() for text in drawn("headache-diary").axes[0].texts]
    assert [day for day in days if day.isdigit()] == [str(day) for day in range(1, 32)]
    for sheet in TO_PRINT:
        assert_alike((PAPER / f"{sheet}.png").read_bytes(), png(sheet, paper=True))


def assert_alike(committed: bytes, again: bytes) -> None:
    import numpy as np
    from PIL import Image

    old, new = (np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=float) for data in (committed, again))
    assert old.shape == new.shape
    apart = np.abs(old - new)
    assert apart.mean() < 1
    assert (apart.max(axis=2) > 64).mean() < 0.005


@each_picture
def test_drawing_again_gives_the_committed_picture(picture: str) -> None:
    pytest.importorskip("matplotlib")
    from tools.draw_pictures import png

    again = png(picture)
    assert again == png(picture)
    assert_alike((FOLDER / PICTURES[picture]["file"]).read_bytes(), again)


@each_picture
def test_words_are_large_apart_and_inside_the_margin(picture: str) -> None:
    pytest.importorskip("matplotlib")
    from tools.draw_pictures import DPI, DRAW, MARGIN, SHOWN, WIDTH, drawn

    assert set(DRAW) == set(PICTURES)
    figure = drawn(picture)
    texts = [text for text in figure.axes[0].texts if text.get_text()]
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    for text, (words, box) in zip(texts, boxes, strict=True):
        assert round(float(text.get_fontsize()) * DPI / 72) * SHOWN / WIDTH >= 14, words
        assert box.x0 >= MARGIN - 6, words
        assert box.x1 <= WIDTH - MARGIN + 6, words
        assert box.y0 >= 24, words
    for (one, left), (other, right) in combinations(boxes, 2):
        assert not left.overlaps(right), f"{one!r} lies over {other!r}"


@each_picture
def test_printed_words_carry_no_other_figures(picture: str) -> None:
    """The same check as on the data, on what was truly drawn: sums and rounded numbers included."""
    pytest.importorskip("matplotlib")
    from tools.draw_pictures import drawn

    known = {number for claim in cited(picture) for number in figures(claim)}
    known |= {float(round(number)) for number in known} | set(FOLLOWS[picture])
    sources = set(read(picture)["sources"].split("\n"))
    for text in drawn(picture).axes[0].texts:
        if text.get_text() not in sources:
            assert set(figures(text.get_text())) <= known, text.get_text()
