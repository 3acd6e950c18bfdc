"""Every way of breaking the YAML that an editor might find, and the message that it gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.loading.load import load
from knowledge.loading.problems import KnowledgeError
from tests.knowledge.small import FILES, write

FAQ = "faq/schedule.yaml"


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(KnowledgeError) as caught:
        load(folder, cache=None)
    return [str(problem) for problem in caught.value.problems]


def line_of(file: str, text: str) -> int:
    """Line (from 1) of the first line of the sound file that holds `text`."""
    return next(number for number, line in enumerate(FILES[file].splitlines(), 1) if text in line)


def test_the_sound_files_load(tmp_path: Path) -> None:
    knowledge = load(write(tmp_path), cache=None).knowledge
    assert list(knowledge.entries) == ["how-often", "cost"]
    assert knowledge.entries["how-often"].citations[0].locator == "section 2.1"


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "said"),
    [
        (FAQ, "    button: How often?\n", "", "- id: how-often", ["“button” is missing", "text of its button"]),
        (FAQ, "button: How often?", "button: How often", "button:", ["how-often", "button"]),
        (FAQ, "    label: How often\n", "", "- id: how-often", ["how-often", "“label” is missing", "what it is about"]),
        (FAQ, "    label: How", "    lable: How", "label: How", ["unknown key “lable”", "did you mean “label”"]),
        (FAQ, "say: Every 12 weeks.", "say: ''", "say: Every", ["answer 1, say", "empty"]),
        (FAQ, "cites: [every-12-weeks]", "cites: []", "cites:", ["answer 1, cites", "holds 0", "at least 1"]),
        (FAQ, "cites: [every-12-weeks]", "cites: [every-13-weeks]", "cites:", ["no fact or claim “every-13-weeks”"]),
        (FAQ, "related: [cost]", "related: [costs]", "related: [cost]", ["no entry “costs”", "knowledge/faq"]),
        (FAQ, "related: [cost]", "related: [how-often]", "related: [cost]", ["not related to itself"]),
        (FAQ, "id: cost", "id: how-often", "id: cost", ["this id is taken"]),
        (FAQ, "- what is the price", "- how often do I need it?", "what is the price", ["is asked of how-often too"]),
        (FAQ, "- gap between treatments", "- How often do I need it", "gap between", ["here already"]),
        (FAQ, "region: UK", "region: GB", "region: UK", ["'GB' is not a choice", "'US', 'UK'"]),
        (FAQ, "checked: 2026-11-21", "checked: soon", "checked:", ["'soon' is not a date", "2026-11-21"]),
        (FAQ, "safety_note: true", "safety_note: maybe", "safety_note", ["not yes or no", "true or false"]),
        (FAQ, "- gap between treatments", "- 12", "gap between", ["asked, how often 2", "12 is not text", "quotes"]),
        (FAQ, "order: 1", "order: first", "order", ["'first' is not a whole number"]),
        (FAQ, "id: cost", "id: What It Costs", "id: cost", ["wrong form", "lower-case words"]),
        (FAQ, "label: Cost", f"label: {'Cost ' * 10}", "label: Cost", ["too long", "at most 32"]),
        (FAQ, "cites: [price]", "cites: [b14]", "cites: [price]", ["as support", "stands in a dispute"]),
        (FAQ, "- gap between treatments", "- “…”", "gap between", ["holds no word"]),
        (FAQ, "say: It depends on where you live.", f"say: {'It depends. ' * 400}", "- id: cost", ["at most 3996"]),
        (FAQ, "say: It depends on where you live.", f"say: {'It depends. ' * 99}", "- say: It", ["at most 1100"]),
        (FAQ, "say: It depends on where you live.", f"say: {'It depends. ' * 33}", "- say: It", ["at most 400"]),
        ("sources.yaml", "    name: Web article\n", "", "- id: seed", ["“not stated”", "a `name`"]),
        (FAQ, "    related: [cost]", "   related: [cost]", "related: [cost]", ["valid YAML"]),
        (FAQ, "topic: Schedule", "topic: Schedule\ntopic: Cost", "order", ["second time"]),
        (FAQ, "related: [cost]", "related: &all [cost]", "related: [cost]", ["anchor"]),
        (FAQ, "related: [cost]", "related: !!python/name:os.system [cost]", "related: [cost]", ["tag"]),
        ("facts.yaml", "id: nice-ta260", "id: nice", "sources: [", ["no source “nice”", "sources.yaml"]),
        ("facts.yaml", "sources: [{id: nice-ta260, at: section 2.1}]", "sources: []", "sources", ["at least 1"]),
        ("sources.yaml", "kind: guideline", "kind: guidance", "kind: guideline", ["'guidance' is not a choice"]),
        ("sources.yaml", "url: https://www", "url: ftp://www", "url", ["web address"]),
        ("sources.yaml", "date: '2012-06-27'", "date: June 2012", "date", ["2018-05-24"]),
        ("claims.yaml", "facts: [every-12-weeks]", "facts: [never]", "facts", ["no fact “never”"]),
        (
            "out_of_scope.yaml",
            "line: Hello",
            "nearest: [cost, no-one]\n    line: Hello",
            "line: Hello",
            ["no entry “no-one”"],
        ),
        (
            "out_of_scope.yaml",
            "subjects:",
            "openings: [{id: fear, words: [scared], lines: [a, b, c, d], entry: no-one}]\nsubjects:",
            "subjects:",
            ["no entry “no-one”"],
        ),
        ("vocabulary.yaml", "skippable: [just]", "skippable: just", "skippable", ["is not a list", "after “- ”"]),
    ],
)
def test_message_names_place_and_mend(tmp_path: Path, file: str, old: str, new: str, at: str, said: list[str]) -> None:
    folder = write(tmp_path, {file: (old, new)})
    found = problems_of(folder)
    text = "\n".join(found)
    for piece in said:
        assert piece in text
    expected = line_of(file, at)
    lines = [int(problem.split(":")[1].split(" ")[0]) for problem in found if problem.startswith(f"knowledge/{file}:")]
    assert any(abs(line - expected) <= 1 for line in lines), (found, expected)


SAY = "say: It depends on where you live."
LIVE = "- say: It depends"


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "about", "said"),
    [
        (FAQ, SAY, "say: It depends. # 1 is it.", LIVE, "cost", ["“# 1 is it.” is lost", "quotes around"]),
        (FAQ, SAY, "say: It's #1", LIVE, "cost", ["“#1” is lost", "starts a comment"]),
        (FAQ, "- what is the fee", "- what is # the fee", "what is the fee", "cost", ["“# the fee” is lost"]),
        (FAQ, SAY, 'say: "It depends.', LIVE, "cost", ["a quote", "opens here", "quotes around the whole text"]),
        (FAQ, SAY, "say: 'tis so", LIVE, "cost", ["a quote", "opens here", "quotes around the whole text"]),
        (FAQ, "say: Every 12 weeks.", 'say: "Every 12 weeks.', "- say: Every", "how-often", ["opens here"]),
        (FAQ, SAY, 'say: "It" depends.', LIVE, "cost", ["more text after a quote", "quotes around the whole text"]),
        (FAQ, SAY, "say: @home it depends.", LIVE, "cost", ["can't start with “@”", "quotes around the whole text"]),
        (FAQ, SAY, "say: **It** depends.", LIVE, "cost", ["can't start with “*”", "quotes around the whole text"]),
        (FAQ, SAY, "say: %5 of it depends.", LIVE, "cost", ["can't start with “%”", "quotes around the whole text"]),
        (FAQ, SAY, "say: `It` depends.", LIVE, "cost", ["can't start with “`”", "quotes around the whole text"]),
        (FAQ, SAY, "say: It depends: you live.", LIVE, "cost", ["mapping values", "a text that holds a colon"]),
        (FAQ, SAY, "say: It **depends**.", LIVE, "cost", ["answer 1, say: “**d” is markup", "plain words"]),
        (FAQ, SAY, "say: It [depends](there).", LIVE, "cost", ["“[depends](there)” is markup"]),
        (FAQ, SAY, "say: It depends on `you`.", LIVE, "cost", ["“`” is markup"]),
        (FAQ, SAY, "say: It _depends_.", LIVE, "cost", ["“_depends_” is markup"]),
        (FAQ, SAY, "say: It <i>depends</i>.", LIVE, "cost", ["“<i>” is markup"]),
        (FAQ, SAY, "say: You &amp; where you live.", LIVE, "cost", ["“&amp;” is markup"]),
        (FAQ, "trust: Trust NICE.", "trust: <b>Trust</b> NICE.", "trust:", "how-often", ["disputes 1, trust: “<b>”"]),
        (FAQ, "label: Cost", "label: _Cost_", "label: Cost", "cost", ["“_Cost_” is markup"]),
        ("wordings.yaml", "unknown: I don't", "unknown: I <b>don't", "unknown:", "", ["unknown: “<b>” is markup"]),
        ("out_of_scope.yaml", "line: Hello", "line: '**Hello**", "line: Hello", "small-talk", ["opens here"]),
        ("out_of_scope.yaml", "line: Hello", "line: ~~Hello~~", "line: Hello", "small-talk", ["“~~H” is markup"]),
        (FAQ, "checked: 2026-11-21", "checked: 2026-02-30", "checked:", "how-often", ["is not a date", "exists"]),
        ("sources.yaml", "date: '2012-06-27'", "date: 2012-06-31", "date", "nice-ta260", ["not in the calendar"]),
        ("sources.yaml", "date: '2012-06-27'", "date: 2012-13", "date", "nice-ta260", ["not in the calendar"]),
    ],
)
def test_what_yaml_takes_otherwise_than_the_editor_meant(
    tmp_path: Path, file: str, old: str, new: str, at: str, about: str, said: list[str]
) -> None:
    found = problems_of(write(tmp_path, {file: (old, new)}))
    text = "\n".join(found)
    for piece in said:
        assert piece in text
    place = f"knowledge/{file}:{line_of(file, at)}: " + (f"{about}: " if about else "")
    assert any(problem.startswith(place) for problem in found), (found, place)


@pytest.mark.parametrize(
    "text",
    [
        '"It depends # on you."',
        "It depends (5 < 6 > 4).",
        "It depends on snake_case_names.",
        "It's 2 * 3 * 4.",
        "It depends on A&B; or C.",
        '"It depends on [you] (there)."',
        "It depends on a, b & c.",
        "5% of it depends.",
        "It depends on ~5 of you.",
    ],
)
def test_signs_that_are_no_markup_and_no_comment(tmp_path: Path, text: str) -> None:
    entry = load(write(tmp_path, {FAQ: (SAY, f"say: {text}")}), cache=None).knowledge.entries["cost"]
    assert entry.answer[0].text == text.strip('"')


def test_a_comment_on_a_line_of_its_own_or_behind_one_word_is_none_of_ours(tmp_path: Path) -> None:
    comments = "checked: 2026-11-21  # by Ada\n# - id: nothing"
    assert load(write(tmp_path, {FAQ: ("checked: 2026-11-21", comments)}), cache=None).knowledge.entries


def test_all_problems_of_all_files_at_once(tmp_path: Path) -> None:
    folder = write(tmp_path, {FAQ: ("    label: Cost\n", ""), "sources.yaml": ("kind: article", "kind: blog")})
    found = problems_of(folder)
    assert len(found) == 2
    assert "faq/schedule.yaml" in found[0]
    assert "sources.yaml" in found[1]


def test_wrong_encoding(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / FAQ).write_bytes((folder / FAQ).read_text().replace("Every", "Évery").encode("latin-1"))
    assert "UTF-8" in problems_of(folder)[0]


def test_fifty_megabytes(tmp_path: Path) -> None:
    folder = write(tmp_path)
    with (folder / FAQ).open("ab") as file:
        file.truncate(50_000_000)
    assert "at most 2,000,000" in problems_of(folder)[0]


def test_alias_bomb(tmp_path: Path) -> None:
    folder = write(tmp_path)
    bomb = "a: &a [x, x, x]\n" + "".join(f"{n}: &{n} [*{p}, *{p}, *{p}]\n" for p, n in zip("abcdefg", "bcdefgh"))  # noqa: B905
    (folder / FAQ).write_text(bomb)
    assert "anchor or alias" in problems_of(folder)[0]


@pytest.mark.parametrize("deep", ["[" * 100_000, "- " * 100_000 + "x"])
def test_nesting_that_would_overflow_the_parser(tmp_path: Path, deep: str) -> None:
    folder = write(tmp_path)
    (folder / FAQ).write_text(deep)
    assert "nested too deeply" in problems_of(folder)[0]


def test_binary_and_missing_and_empty_files(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / FAQ).write_bytes(b"\x00\x01\x02")
    (folder / "facts.yaml").unlink()
    (folder / "claims.yaml").write_text("")
    text = "\n".join(problems_of(folder))
    assert "schedule.yaml" in text
    assert "facts.yaml: can't be read" in text
    assert "claims.yaml" in text


def test_no_faq_at_all(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / FAQ).unlink()
    assert "holds no .yaml file" in problems_of(folder)[0]
