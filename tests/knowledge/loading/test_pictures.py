"""Entries that carry a picture: what is loaded, and the message for each way of breaking it."""

from __future__ import annotations

import hashlib
import struct
import zlib
from pathlib import Path

import pytest

from knowledge.loading.load import load
from knowledge.loading.problems import KnowledgeError
from knowledge.model import Knowledge
from knowledge.rendering.answer import CAPTION_LIMIT, caption
from tests.knowledge.small import write

FAQ = "faq/schedule.yaml"
CARRIES = {FAQ: ("    related: [cost]\n", "    related: [cost]\n    picture: cycle\n")}
PICTURES = """\
pictures:
  - id: cycle
    file: cycle.png
    alt: A line of 12 weeks.
    cites: [every-12-weeks]
"""


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int = 3, height: int = 2, more: bytes = b"") -> bytes:
    """A black picture that any program can open."""
    rows = zlib.compress(b"".join(b"\0" + b"\0" * width for _ in range(height)), 9)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + more + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def chunked(name: bytes, width: int, height: int) -> bytes:
    """No more than the head of a picture, which claims to be vast."""
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(name, struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) + chunk(b"IEND", b"")
    )


def with_pictures(folder: Path, listed: str = PICTURES, content: bytes | None = None) -> Path:
    """The small set of files, in which the first entry carries a picture."""
    root = write(folder, CARRIES)
    (root / "pictures").mkdir()
    (root / "pictures" / "pictures.yaml").write_text(listed, encoding="utf-8")
    (root / "pictures" / "cycle.png").write_bytes(png() if content is None else content)
    return root


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(KnowledgeError) as caught:
        load(folder, cache=None)
    return [str(problem) for problem in caught.value.problems]


def test_an_entry_carries_its_picture(tmp_path: Path) -> None:
    root = with_pictures(tmp_path)
    knowledge = load(root, cache=None).knowledge
    picture = knowledge.entries["how-often"].picture
    assert picture is not None
    assert knowledge.pictures == {"cycle": picture}
    assert knowledge.entries["cost"].picture is None
    assert picture.path == root / "pictures" / "cycle.png"
    assert picture.digest == hashlib.sha256(png()).hexdigest()
    assert picture.alternative == "A line of 12 weeks."
    assert [place.source.id for place in picture.citations] == ["nice-ta260"]
    assert (
        caption(picture, knowledge.wordings).plain()
        == "In words: A line of 12 weeks.\n\nSources: NICE, guideline, 2012"
    )


def test_pictures_are_not_needed(tmp_path: Path) -> None:
    assert load(write(tmp_path), cache=None).knowledge.pictures == {}


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("id: cycle", "id: circle", 0, ["no picture “cycle”", "pictures.yaml"]),
        ("cites: [every-12-weeks]", "cites: [every-13-weeks]", 5, ["cycle: there is no fact “every-13-weeks”"]),
        ("cites: [every-12-weeks]", "cites: [b14]", 5, ["there is no fact “b14”"]),
        ("cites: [every-12-weeks]", "cites: []", 5, ["cites: holds 0", "at least 1"]),
        ("    cites: [every-12-weeks]\n", "", 2, ["the key “cites” is missing", "facts"]),
        ("    alt: A line of 12 weeks.\n", "", 2, ["the key “alt” is missing", "can't see"]),
        ("A line of 12 weeks.", "''", 4, ["alt: the text is empty"]),
        ("A line of 12 weeks.", "weeks " * 170, 4, ["makes a caption of 10", f"at most {CAPTION_LIMIT}", "shorten"]),
        ("A line of 12 weeks.", "A <b>line</b>.", 4, ["“<b>” is markup", "plain words"]),
        ("file: cycle.png", "file: ../cycle.png", 3, ["wrong form", "a PNG in knowledge/pictures"]),
        ("file: cycle.png", "file: cycle.jpg", 3, ["wrong form", "a PNG in knowledge/pictures"]),
        ("file: cycle.png", "file: circle.png", 3, ["circle.png: can't be read: No such file"]),
        ("    alt:", "    title: Cycle\n    alt:", 4, ["unknown key “title”", "one of alt, cites, file, id"]),
        ("pictures:\n", "pictures:\n  - {id: cycle, file: cycle.png, alt: x, cites: [price]}\n", 3, ["taken already"]),
    ],
)
def test_message_names_place_and_mend(tmp_path: Path, old: str, new: str, line: int, said: list[str]) -> None:
    assert old in PICTURES
    root = with_pictures(tmp_path, PICTURES.replace(old, new))
    found = "\n".join(problems_of(root))
    for piece in said:
        assert piece in found
    if line:
        assert f"knowledge/pictures/pictures.yaml:{line}: " in found
    else:
        carrier = (root / FAQ).read_text(encoding="utf-8").splitlines().index("    picture: cycle") + 1
        assert f"knowledge/faq/schedule.yaml:{carrier}: how-often: " in found


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "this is not a PNG"),
        (b"\xff\xd8\xff\xe0 a JPEG", "this is not a PNG"),
        (png()[:-20], "cut short"),
        (png()[:-12], "the PNG is damaged"),
        (png()[:40] + b"\xff" + png()[41:], "the PNG is damaged"),
        (chunked(b"IHDR", 200_000, 200_000), "far too many pixels"),
        (png(1, 21), "1 × 21 pixels are too long and narrow"),
        (png(6000, 4001), "6000 × 4001 pixels are more than 10,000 together"),
        (png(more=chunk(b"tEXt", b"x" * 10_000_000)), "it holds 10,000,0"),
    ],
)
def test_a_png_that_can_not_be_sent(tmp_path: Path, content: bytes, said: str) -> None:
    [problem] = problems_of(with_pictures(tmp_path, content=content))
    assert problem.startswith("knowledge/pictures/pictures.yaml:3: cycle: cycle.png: ")
    assert said in problem
    assert "that Telegram takes as a photo" in problem


def test_the_largest_that_can_be_sent(tmp_path: Path) -> None:
    fits = png(more=chunk(b"tEXt", b"x" * (10_000_000 - 12 - len(png()))))
    assert len(fits) == 10_000_000
    for number, content in enumerate((fits, png(1, 20), png(400, 8000))):
        assert load(with_pictures(tmp_path / str(number), content=content), cache=None).knowledge.pictures


def test_a_changed_picture_or_list_is_read_anew(tmp_path: Path) -> None:
    root, cache = with_pictures(tmp_path), tmp_path / "cache"
    before = load(root, cache).knowledge
    assert vars(load(root, cache).knowledge) == vars(before)
    (root / "pictures" / "cycle.png").write_bytes(png(4, 4))
    redrawn = load(root, cache).knowledge
    assert redrawn.pictures["cycle"].digest == hashlib.sha256(png(4, 4)).hexdigest()
    (root / "pictures" / "pictures.yaml").write_text(PICTURES.replace("12 weeks.", "12 weeks"), encoding="utf-8")
    assert load(root, cache).knowledge.pictures["cycle"].alternative == "A line of 12 weeks"
    (root / "pictures" / "cycle.png").unlink()
    with pytest.raises(KnowledgeError, match=r"cycle\.png"):
        load(root, cache)


def test_the_same_files_elsewhere_give_their_own_pictures(tmp_path: Path) -> None:
    one, other = with_pictures(tmp_path / "one"), with_pictures(tmp_path / "other")
    load(one, tmp_path / "cache")
    assert load(other, tmp_path / "cache").knowledge.pictures["cycle"].path == other / "pictures" / "cycle.png"


def test_people_find_the_pictures_where_they_would_look(knowledge: Knowledge) -> None:
    carried = {entry.id: entry.picture.id for entry in knowledge.entries.values() if entry.picture}
    assert carried["where-injected"] == "injection-sites"
    assert carried["how-often"] == carried["how-long-does-it-last"] == "treatment-cycle"
    assert carried["does-it-work"] == "headache-days"
    assert carried["common-side-effects"] == "after-treatment"
    assert set(carried.values()) == set(knowledge.pictures)


def test_what_a_picture_cites_was_read_in_sources_that_can_be_opened(knowledge: Knowledge) -> None:
    for picture in knowledge.pictures.values():
        assert caption(picture, knowledge.wordings).length <= CAPTION_LIMIT
        assert all(place.source.url for place in picture.citations)
