"""Message sets: the real ones are sound, and what is wrong in one is said with its file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluation.relearning import Source
from evaluation.sets import FOLDERS, Calm, Ids, MessageSet, SetError, SetName, read_set
from knowledge.language.normalize import fold
from knowledge.model import Knowledge

SMALL_IDS = Ids({"cost", "how-often"}, {"stroke_signs": "EMERGENCY"})
SOUND: dict[str, dict[str, object]] = {
    "questions": {"text": "price?", "accept": ["cost"], "voice": "mia"},
    "out_of_scope": {"text": "what is a triptan", "scope": "near-domain", "accept": [], "voice": "mia"},
    "posts": {"text": "a story. and the price?", "helps": ["cost"], "asks": ["cost", "how-often"], "voice": "mia"},
    "chatter": {"text": "thanks all", "voice": "mia"},
    "urgent": {"text": "half my face hangs", "tier": "EMERGENCY", "flag": "stroke_signs", "voice": "mia"},
    "calm": {"text": "dying to try it", "expect": "not-urgent", "voice": "mia"},
}


def texts(messages: MessageSet) -> list[str]:
    kinds = (
        messages.questions,
        messages.out_of_scope,
        messages.out_of_scope_posts,
        messages.posts,
        messages.chatter,
        messages.urgent,
        messages.calm,
    )
    return [row.text for rows in kinds for row in rows]


def write(folder: Path, kind: str, *rows: object) -> None:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    (folder / f"{kind}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize("name", FOLDERS)
def test_every_row_is_sound(name: SetName, knowledge: Knowledge) -> None:
    messages = read_set(name, Ids.of(knowledge))
    assert messages.questions
    assert messages.urgent
    assert messages.calm


def test_nothing_held_out_is_learnt_from_or_read(source: Source) -> None:
    """Neither as a message of another set nor with an entry; a few words alone prove nothing, for anybody says them."""
    held_out = {fold(text) for text in texts(read_set("held_out")) if len(text.split()) > 4}
    others = [*texts(read_set("training")), *texts(read_set("dev"))]
    learnt = [message.text for message in source.messages]
    rules = [rule for flag in source.knowledge.red_flags.flags.values() for rule in flag.rules]
    examples = [text for rule in rules for text in (*rule.urgent, *rule.calm)]
    assert len(held_out) > 700
    assert held_out.isdisjoint(map(fold, (*others, *learnt, *examples)))


def test_voices_stand_in_one_set() -> None:
    voices = {name: {row.voice for row in read_set(name).questions} for name in FOLDERS}
    assert voices["held_out"].isdisjoint(voices["dev"] | voices["training"])
    assert voices["dev"].isdisjoint(voices["training"])


def test_a_sound_set_is_read_kind_by_kind(tmp_path: Path) -> None:
    for kind, row in SOUND.items():
        write(tmp_path, kind, row)
    messages = read_set("dev", SMALL_IDS, tmp_path)
    assert sorted(texts(messages)) == sorted(str(row["text"]) for row in SOUND.values())
    assert messages.out_of_scope_posts == ()
    assert messages.urgent[0].tier == "EMERGENCY"


def test_a_question_about_a_danger_wants_the_note_unless_said_otherwise(tmp_path: Path) -> None:
    asks = {"expect": "info-with-safety-note", "voice": "mia"}
    calm = SOUND["calm"]
    write(
        tmp_path,
        "calm",
        calm,
        calm | {"text": "no trouble swallowing", "note": True},
        {"text": "is a stroke likely", **asks},
        {"text": "signs of a stroke", **asks, "note": False},
    )
    assert [row.note for row in read_set("dev", None, tmp_path).calm] == [False, True, True, False]
    assert isinstance(read_set("dev", None, tmp_path).calm[0], Calm)


def test_a_message_may_hold_unusual_line_ends(tmp_path: Path) -> None:
    write(tmp_path, "chatter", '{"text": "one\u2028two\u0085three", "voice": "mia"}')
    assert read_set("dev", None, tmp_path).chatter[0].text == "one\u2028two\u0085three"


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("questions", {"accept": ["price"]}, "`accept` names price, and there is no such entry"),
        ("questions", {"accept": []}, "`accept` names no entry"),
        ("questions", {"accept": ["cost", "cost"]}, "twice"),
        ("questions", {"accept": "cost"}, "a list of ids"),
        ("questions", {"q": "price?"}, "no key q"),
        ("questions", {"voice": None}, "`voice` is a text"),
        ("questions", {"text": " "}, "`text` is a text"),
        ("out_of_scope", {"scope": "near"}, "not one of near-domain, far"),
        ("posts", {"helps": []}, "`helps` names no entry"),
        ("urgent", {"tier": "SOON"}, "not one of EMERGENCY, CRISIS, PROMPT"),
        ("urgent", {"tier": "PROMPT"}, "stroke_signs is of tier EMERGENCY, not PROMPT"),
        ("urgent", {"flag": "hiccups"}, "no red flag hiccups"),
        ("calm", {"note": "yes"}, "true or false"),
    ],
)
def test_a_fault_is_named_with_its_file_and_line(
    kind: str, change: dict[str, object], said: str, tmp_path: Path
) -> None:
    write(tmp_path, kind, SOUND[kind], "", {**SOUND[kind], "text": "another", **change})
    with pytest.raises(SetError) as caught:
        read_set("dev", SMALL_IDS, tmp_path)
    assert str(caught.value).startswith(f"{tmp_path.name}/{kind}.jsonl:3: ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{", "no JSON"),
        ("[]", "in braces"),
        ('{"voice": "mia"}', "`text` is missing"),
        (json.dumps(SOUND["chatter"]), "the same text stands in line 1"),
    ],
)
def test_a_line_that_is_no_row_is_refused(row: str, said: str, tmp_path: Path) -> None:
    write(tmp_path, "chatter", SOUND["chatter"], row)
    with pytest.raises(SetError, match=said):
        read_set("dev", None, tmp_path)


def test_a_folder_that_is_not_there_is_no_empty_set(tmp_path: Path) -> None:
    with pytest.raises(SetError, match="no folder"):
        read_set("dev", None, tmp_path / "missing")
