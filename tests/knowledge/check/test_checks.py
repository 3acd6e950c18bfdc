"""What `check` finds in knowledge files that load: each kind of finding, provoked by an edit."""

from __future__ import annotations

import io
import json
import random
import shutil
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cli.check import to_data
from cli.progress import Progress
from knowledge.answering import Answerer
from knowledge.check import readability
from knowledge.check.checks import EVIDENCE_CHECKS, MATCHING_CHECKS, TEXT_CHECKS, TRIAGE_CHECKS, review
from knowledge.check.findings import (
    HARDEST_ANSWER,
    KINDS,
    Collision,
    DroppedCaveat,
    Due,
    Finding,
    ForeignAddress,
    HardAnswer,
    HardText,
    HarmlessParagraph,
    LapsedSignature,
    LongAnswer,
    LostPhrasing,
    LowAccuracy,
    ManyGaps,
    MediumOnly,
    NoAuthority,
    NoRelated,
    OneWayLink,
    Review,
    StaleEntry,
    UncitedClaim,
    UncitedNumber,
    UncitedParagraph,
    UncitedSource,
    UndatedFigure,
    UndatedSources,
    Unexplained,
    Unreached,
    UnsaidRegion,
    UnusedConfirmation,
    UnusedFact,
    Unverified,
    WrongTriage,
)
from knowledge.check.readability import grade, names_in
from knowledge.loading.build import HERE
from knowledge.loading.load import load
from knowledge.loading.problems import KnowledgeError
from knowledge.signatures import digest_of
from tests.knowledge.small import keep_few_red_flags, write

FAQ = "faq/schedule.yaml"
TODAY = date(2026, 11, 21)
READABILITY = "names: [onabotulinumtoxinA]\nexplain: {placebo: [dummy]}\n"
CONFIRMED = "looked at in the test, Ada, 2026-11-21"
NOT_CALM = "i can not breathe since botox, help"
HARD = "Neuromodulatory pharmacotherapy necessitates individualised multidisciplinary consideration."


class Folder:
    """A small folder of knowledge files, to edit and to check, with what was learnt of it before any edit."""

    def __init__(self, path: Path) -> None:
        self.root = path / "knowledge"
        self.cache = path / "cache"

    def load(self) -> Answerer:
        return load(self.root, cache=self.cache)

    def write(self, file: str, text: str) -> None:
        (self.root / file).parent.mkdir(exist_ok=True)
        (self.root / file).write_text(text, encoding="utf-8")

    def edit(self, file: str, old: str, new: str) -> None:
        text = (self.root / file).read_text(encoding="utf-8")
        assert old in text
        self.write(file, text.replace(old, new, 1))

    def line(self, file: str, text: str) -> str:
        """The place of the first line that holds `text`, as findings name it."""
        lines = (self.root / file).read_text(encoding="utf-8").splitlines()
        return f"knowledge/{file}:{next(number for number, line in enumerate(lines, 1) if text in line)}"

    def confirm(self, *ids: str) -> None:
        self.write("confirmed.yaml", "confirmed:\n" + "".join(f"- {name}: {CONFIRMED}\n" for name in ids))

    def check(self, today: date = TODAY, only: tuple[str, ...] = ()) -> Review:
        return review(self.load(), today, self.root, entries=only)

    def found(self, kind: type[Finding], today: date = TODAY) -> list[Any]:
        return [finding for finding in self.check(today).findings if type(finding) is kind]


@pytest.fixture(scope="session")
def sound_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound")
    keep_few_red_flags(write(path))
    folder = Folder(path)
    folder.write("readability.yaml", READABILITY)
    folder.load()
    return path


@pytest.fixture
def folder(sound_folder: Path, tmp_path: Path) -> Folder:
    """A copy for one test: a cache keeps the newest only, so one for all would not help the test after an edit."""
    shutil.copytree(sound_folder, tmp_path, dirs_exist_ok=True)
    return Folder(tmp_path)


def test_sound_files_have_no_errors_and_no_notes(folder: Folder) -> None:
    found = folder.check()
    assert found.errors == ()
    assert found.notes == ()
    assert found.entries == 2
    assert found.phrasings == 26


# Phrasings


def test_a_phrasing_in_the_wrong_entry_is_lost_to_the_right_one(folder: Folder) -> None:
    folder.edit(FAQ, "        - what is the fee", "        - how often is it given and repeated")
    lost = folder.found(LostPhrasing)
    [found] = [finding for finding in lost if finding.text == "how often is it given and repeated"]
    assert (found.entry, found.winner) == ("cost", "how-often")
    assert found.at == folder.line(FAQ, found.text)


def test_subjects_out_of_scope_win_no_phrasing(folder: Folder) -> None:
    folder.edit(FAQ, "        - what is the fee", "        - good morning to all of you")
    assert {finding.winner for finding in folder.found(LostPhrasing)} <= {"how-often", "cost", ""}


def test_shares_by_entry_add_up(folder: Folder) -> None:
    found = folder.check().cross_validation
    assert found is not None
    kept = sum(14 * share for share in found.by_entry.values())  # thirteen phrasings each, and the label
    assert kept == pytest.approx(28 - sum(map(len, found.lost.values())))
    assert found.accuracy == pytest.approx(kept / 28)
    assert found.accuracy <= found.first_three == 1
    assert found.folds == 5


def babble(entries: int) -> str:
    """A group of entries whose phrasings are made of the same few words."""
    words = ["botox", "jab", "neck", "pain", "weeks", "cost", "nurse", "head", "dose", "brow", "month", "drug"]
    chance = random.Random(1)
    phrasings: set[str] = set()
    while len(phrasings) < 12 * entries:
        phrasings.add(" ".join(chance.sample(words, 4)))
    listed = sorted(phrasings)
    chance.shuffle(listed)
    items = [
        f"  - id: babble-{number}\n    label: Babble\n    button: Babble {number}?\n"
        f"    question: Babble {number}?\n    checked: 2026-11-21\n"
        "    asked:\n      babble:\n"
        + "".join(f"        - {text}\n" for text in listed[12 * number : 12 * number + 12])
        + "    answer:\n      - say: Every 12 weeks.\n        cites: [every-12-weeks]\n"
        for number in range(entries)
    ]
    return "topic: Babble\norder: 2\nentries:\n" + "".join(items)


@pytest.mark.parametrize(("entries", "errors"), [(5, 0), (20, 1)])
def test_low_accuracy_is_an_error_once_there_are_enough_phrasings(folder: Folder, entries: int, errors: int) -> None:
    folder.write("faq/babble.yaml", babble(entries))
    found = folder.check()
    assert found.cross_validation
    assert found.cross_validation.accuracy < 0.7
    assert [type(finding) for finding in found.errors] == [LowAccuracy] * errors


@pytest.mark.parametrize("text", ["sessions weeks between", "please weeks between session"])
def test_phrasings_that_compete_collide_in_whatever_order(folder: Folder, text: str) -> None:
    folder.edit(FAQ, "        - what is the fee", f"        - {text}")
    [found] = folder.found(Collision)
    assert (found.entry, found.text) == ("how-often", "weeks between sessions")
    assert (found.other, found.other_text) == ("cost", text)
    assert found.winner in ("how-often", "cost")
    assert found.at == folder.line(FAQ, "- weeks between sessions")
    assert found.other_at == folder.line(FAQ, f"- {text}")
    assert 92 <= found.likeness <= 100


def test_alike_phrasings_that_each_find_their_own_entry_are_no_collision(folder: Folder) -> None:
    folder.edit(FAQ, "        - what is the fee", "        - weeks between session price cost fee")
    assert folder.found(Collision) == []


# Texts


@pytest.mark.parametrize(
    ("file", "old", "entry", "place"),
    [
        (FAQ, "- say: It depends on where you live.", "cost", "answer 1"),
        (FAQ, "says: A matter of weeks.", "how-often", "dispute 1, side 2"),
        (FAQ, "trust: Trust NICE.", "how-often", "dispute 1, trust"),
        ("out_of_scope.yaml", "line: Hello to you too.", "out-of-scope:small-talk", "line"),
        ("wordings.yaml", "unknown: I don't know.", "wordings", "unknown"),
    ],
)
def test_a_hard_text_is_an_error_wherever_it_stands(
    folder: Folder, file: str, old: str, entry: str, place: str
) -> None:
    folder.edit(file, old, old.partition(":")[0] + f": {HARD}")
    [found] = folder.found(HardText)
    assert (found.entry, found.place, found.text, found.severity) == (entry, place, HARD, "error")
    assert found.grade > 20
    assert found.at == folder.line(file, HARD)


def test_a_hard_text_below_the_fold(folder: Folder) -> None:
    more = f"    more:\n      How often:\n      - say: {HARD}\n        cites: [every-12-weeks]\n"
    folder.edit(FAQ, "    related: [how-often]\n", f"{more}    related: [how-often]\n")
    assert [(found.entry, found.place) for found in folder.found(HardText)] == [("cost", "more, “How often”, 1")]


def test_a_finding_that_somebody_confirmed_may_stay_and_is_counted(folder: Folder) -> None:
    folder.edit(FAQ, "trust: Trust NICE.", f"trust: {HARD}")
    [hard] = folder.check().errors
    folder.confirm(hard.id)
    found = folder.check()
    assert found.errors == ()
    assert found.settled == (hard,)
    assert found.confirmed == {hard.id: CONFIRMED}
    assert to_data(found)["findings"]["hard-text"][0]["confirmed"] == CONFIRMED
    assert to_data(found)["confirmed"] == 1


def test_an_id_stays_when_lines_move_and_goes_when_the_text_changes(folder: Folder) -> None:
    folder.edit(FAQ, "trust: Trust NICE.", f"trust: {HARD}")
    [hard] = folder.check().errors
    folder.edit(FAQ, "topic: Schedule", "# one line more\ntopic: Schedule")
    [moved] = folder.check().errors
    assert moved.at != hard.at
    assert moved.id == hard.id
    folder.edit(FAQ, HARD, HARD + " Indeed.")
    [changed] = folder.check().errors
    assert changed.id != hard.id


def test_a_confirmation_without_its_finding_is_told(folder: Folder) -> None:
    folder.confirm("bcdfghjk")
    [found] = folder.found(UnusedConfirmation)
    assert (found.confirmed, found.reason) == ("bcdfghjk", CONFIRMED)
    assert found.at == folder.line("confirmed.yaml", "bcdfghjk")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("- bcdfghjk: fine", ["confirmed.yaml:2", "wrong form", "why it may stay, who says so and the day"]),
        ("- bcdfghjk: fine, Ada, yesterday", ["wrong form"]),
        ("- abc: fine, Ada, 2026-11-21", ["wrong form", "eight letters"]),
        (f"- bcdfghjk: {CONFIRMED}\n- bcdfghjk: {CONFIRMED}", ["confirmed.yaml:3", "confirmed already"]),
        ("- bcdfghjk", ["not a set of keys"]),
    ],
)
def test_a_broken_confirmation_names_place_and_mend(folder: Folder, line: str, said: list[str]) -> None:
    folder.write("confirmed.yaml", f"confirmed:\n{line}\n")
    with pytest.raises(KnowledgeError) as caught:
        folder.check()
    for piece in said:
        assert piece in str(caught.value)


def test_what_no_person_can_judge_has_no_id() -> None:
    assert not any(kind.confirmed_by for kind in (LowAccuracy, WrongTriage, UncitedClaim, LongAnswer, StaleEntry))
    assert not any(kind.confirmed_by for kind in KINDS if kind.severity == "info")


@pytest.mark.parametrize(
    ("file", "old", "new", "entry", "place", "number"),
    [
        (FAQ, "say: Every 12 weeks.", "say: Every 21 weeks.", "how-often", "answer 1", "21 weeks"),
        (FAQ, "say: Every 12 weeks.", "say: Every twelve months.", "how-often", "answer 1", "twelve months"),
        (FAQ, "says: A matter of weeks.", "says: In 2 to 3 weeks.", "how-often", "dispute 1, side 2", "2 to 3 weeks"),
        (FAQ, "trust: Trust NICE.", "trust: 9 in 10 trust NICE.", "how-often", "dispute 1, trust", "9 in 10"),
        ("wordings.yaml", "unknown: I don't know.", "unknown: I know 40%.", "wordings", "unknown", "40%"),
        ("wordings.yaml", "say: Get help if", "say: Get help in 2 hours if", "wordings", "safety_note", "2 hours"),
    ],
)
def test_a_number_that_nothing_cited_holds_is_an_error(
    folder: Folder, file: str, old: str, new: str, entry: str, place: str, number: str
) -> None:
    folder.edit(file, old, new)
    found = folder.found(UncitedNumber)
    assert {(one.entry, one.place, one.number, one.severity) for one in found} == {(entry, place, number, "error")}
    assert found[0].at == folder.line(file, new.partition(":")[2])


def test_a_number_in_the_words_for_a_picture(folder: Folder) -> None:
    folder.write(
        "pictures/pictures.yaml",
        "pictures:\n- {id: drawing, file: drawing.png, alt: A line of 13 weeks, cites: [every-12-weeks]}\n",
    )
    shutil.copy(HERE / "pictures" / "headache-days.png", folder.root / "pictures" / "drawing.png")
    [found] = folder.found(UncitedNumber)
    assert (found.entry, found.place, found.number, found.cites) == ("drawing", "alt", "13 weeks", ("every-12-weeks",))
    assert found.at == folder.line("pictures/pictures.yaml", "drawing")


@pytest.mark.parametrize(
    ("text", "caveat", "dropped"),
    [
        ("Prices differ.", "The page is from 2012.", True),
        ("Prices differ; the page we read is from 2012.", "The page is from 2012.", False),
        ("It costs the same everywhere.", "No placebo group.", True),
        ("There was nothing to compare it with.", "Open-label study.", False),
        ("One small study says so.", "Small single trials.", False),
    ],
)
def test_a_caveat_that_the_entry_drops_is_a_note(folder: Folder, text: str, caveat: str, dropped: bool) -> None:
    folder.edit(FAQ, "It depends on where you live.", text)
    folder.edit("facts.yaml", "caveat: It depends on where you live.", f"caveat: {caveat}")
    found = [one for one in folder.found(DroppedCaveat) if one.entry == "cost"]
    assert [(one.fact, one.caveat, one.severity) for one in found] == [("price", caveat, "note")] * dropped


def test_a_name_counts_as_a_word_of_two_syllables() -> None:
    names = names_in(["onabotulinumtoxinA", "botulinum", "botulinum toxin"])
    plain = grade("The doctor is here to stay for a while.", names)
    assert grade("The onabotulinumtoxinA is here to stay for a while.", names) == plain
    assert grade("The OnabotulinumtoxinA’s is here to stay for a while.", names) == plain
    assert grade("The botulinum toxins is here to stay for a while.", names) == plain
    assert grade("The botulinumlike is here to stay for a while.", names) > plain
    assert grade("The onabotulinumtoxinA is here to stay for a while.", names_in([])) > plain


def test_a_text_of_a_few_words_has_no_grade(folder: Folder) -> None:
    folder.edit("wordings.yaml", "unknown: I don't know.", "unknown: Individualised multidisciplinary consideration.")
    assert folder.found(HardText) == []


def test_a_decimal_point_ends_no_sentence() -> None:
    assert grade("They had 2.5 days fewer than the others had.", names_in([])) == grade(
        "They had 2,5 days fewer than the others had.", names_in([])
    )


def words(count: int) -> str:
    return " ".join(["It is so."] * (count // 3) + ["Yes."] * (count % 3))


@pytest.mark.parametrize(("count", "found"), [(60, []), (61, [61])])
def test_an_answer_of_more_than_60_words_is_an_error(folder: Folder, count: int, found: list[int]) -> None:
    folder.edit(FAQ, "It depends on where you live.", words(count))
    assert [(finding.words, finding.points, finding.severity) for finding in folder.found(LongAnswer)] == [
        (count, 1, "error") for count in found
    ]


POINT = "      - say: It depends on where you live.\n        cites: [price]\n        region: UK\n"


def test_an_answer_of_more_than_three_points_is_an_error(folder: Folder) -> None:
    folder.edit(FAQ, POINT, POINT * 4)
    assert [finding.points for finding in folder.found(LongAnswer)] == [4]


def test_an_answer_is_graded_as_a_whole(folder: Folder) -> None:
    folder.edit(
        FAQ, "It depends on where you live.", "The recommended interval remains twelve weeks for everybody here."
    )
    [found] = folder.found(HardAnswer)
    assert (found.entry, found.severity) == ("cost", "error")
    assert found.grade > HARDEST_ANSWER


@pytest.mark.parametrize(
    ("answer", "more", "places"),
    [
        ("Our sources do not say.", "", []),
        ("Our sources do not say. Ask.", "It is so.", []),
        ("It is so.", "Our sources don't say.", []),
        ("Our sources do not say.", "The sources do not say.", ["answer 1", "more, “Gaps”, 1"]),
    ],
)
def test_one_line_that_the_sources_are_silent(folder: Folder, answer: str, more: str, places: list[str]) -> None:
    folder.edit(FAQ, "It depends on where you live.", answer)
    if more:
        gaps = f"    more: {{Gaps: [{{say: {more}, cites: [price]}}]}}\n"
        folder.edit(FAQ, "    related: [how-often]", f"{gaps}    related: [how-often]")
    assert [list(found.places) for found in folder.found(ManyGaps)] == ([places] if places else [])


def test_what_the_sources_do_not_say_stands_last(folder: Folder) -> None:
    folder.edit(FAQ, POINT, "      - {say: Our sources do not say., cites: [price]}\n" + POINT)
    assert [found.places for found in folder.found(ManyGaps)] == [("answer 1",)]


@pytest.mark.parametrize(("kind", "found"), [("trial", 1), ("article", 1), ("review", 0), ("guideline", 0)])
def test_what_concerns_safety_rests_on_an_authority(folder: Folder, kind: str, found: int) -> None:
    folder.edit("facts.yaml", "caveat: It depends on where you live.", "subject: safety")
    folder.edit("sources.yaml", "kind: guideline", f"kind: {kind}")
    assert [(one.entry, one.cites) for one in folder.found(NoAuthority)] == [("cost", ("price",))] * found


def test_a_figure_on_undated_sources_alone_is_an_error(folder: Folder) -> None:
    folder.edit("sources.yaml", "    date: '2012-06-27'\n", "")
    assert [found.entry for found in folder.found(UndatedFigure)] == ["how-often", "how-often"]
    assert [found.dated for found in folder.found(UndatedSources)] == [0.0]


def test_a_word_is_explained_where_it_first_stands(folder: Folder) -> None:
    folder.edit(FAQ, "It depends on where you live.", "It beat placebo.")
    assert [(one.entry, one.word) for one in folder.found(Unexplained)] == [("cost", "placebo")]
    folder.edit(FAQ, "It beat placebo.", "It beat placebo, a dummy jab.")
    assert folder.found(Unexplained) == []


@pytest.mark.parametrize("url", ["http://www.nice.org.uk/guidance/ta260", "https://copies.example/nice"])
def test_a_source_leads_to_its_publisher(folder: Folder, url: str) -> None:
    folder.edit("sources.yaml", "https://www.nice.org.uk/guidance/ta260", url)
    assert [found.url for found in folder.found(ForeignAddress)] == [url]


@pytest.mark.parametrize(
    ("days", "due"),
    [
        ("", [None]),
        ("read: 2026-10-01\n    again: 2026-11-21", [date(2026, 11, 21)]),
        ("read: 2026-10-01\n    again: 2026-11-22", []),
    ],
)
def test_a_price_is_due_on_its_day(folder: Folder, days: str, due: list[date | None]) -> None:
    folder.edit("facts.yaml", "caveat: It depends on where you live.", f"subject: price\n    {days}")
    assert [found.again for found in folder.found(Due)] == due


def test_a_signature_lapses_when_a_word_changes(folder: Folder) -> None:
    knowledge = folder.load().knowledge
    digest = digest_of(knowledge.entries["cost"])
    signed = f"reviewed_by:\n- {{entry: cost, name: Ada, role: nurse, on: 2026-11-20, of: {digest}}}\n"
    folder.edit("reviewed_by.yaml", "reviewed_by: []\n", signed)
    assert folder.found(LapsedSignature) == []
    folder.edit(FAQ, "It depends on where you live.", "It depends on where you are.")
    assert [(found.entry, found.name) for found in folder.found(LapsedSignature)] == [("cost", "Ada, nurse")]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("        region: UK\n", "", ["UK"]),
        ("        region: UK\n", "        region: EU\n", ["UK"]),
        ("live.\n        cites: [price]\n        region: UK\n", "live in the UK.\n        cites: [price]\n", []),
        ("live.\n        cites: [price]\n        region: UK\n", "live. Ask the NHS.\n        cites: [price]\n", []),
        ("live.\n        cites: [price]\n        region: UK\n", "live, so be nice.\n        cites: [price]\n", ["UK"]),
        ("        cites: [price]\n        region: UK\n", "        cites: [price, every-12-weeks]\n", []),
        (
            "It depends on where you live.\n        cites: [price]\n        region: UK\n",
            "We found no price.\n        cites: [price]\n",
            [],
        ),
    ],
)
def test_facts_of_one_region_have_to_say_so(folder: Folder, old: str, new: str, found: list[str]) -> None:
    folder.edit(FAQ, old, new)
    assert [finding.region for finding in folder.found(UnsaidRegion)] == found


def test_texts_on_medium_confidence_alone_are_told(folder: Folder) -> None:
    [found] = folder.found(MediumOnly)
    assert (found.entry, found.place, found.facts) == ("cost", "answer 1", ("price",))


# Entries


@pytest.mark.parametrize(
    ("reviewed", "days"),
    [("2025-11-21", []), ("2025-11-20", [366]), ("2026-11-22", []), ("2026-11-23", [-2])],
)
def test_reviews_that_are_old_or_in_the_future(folder: Folder, reviewed: str, days: list[int]) -> None:
    folder.edit(FAQ, "checked: 2026-11-21", f"checked: {reviewed}")
    found = folder.found(StaleEntry)
    assert [finding.days for finding in found] == days
    assert [finding.at for finding in found] == [folder.line(FAQ, reviewed)] * len(days)


def test_entries_without_related_ones_and_those_that_nothing_leads_to(folder: Folder) -> None:
    folder.edit(FAQ, "    related: [how-often]\n", "")
    assert [finding.entry for finding in folder.found(NoRelated)] == ["cost"]
    assert [finding.entry for finding in folder.found(Unreached)] == ["how-often"]
    assert [(finding.entry, finding.other) for finding in folder.found(OneWayLink)] == [("how-often", "cost")]


# Evidence


def test_a_seed_claim_that_no_entry_cites_is_an_error_and_its_paragraph_a_note(folder: Folder) -> None:
    folder.edit(FAQ, "cites: [b14]", "cites: [every-12-weeks]")
    [claim] = folder.found(UncitedClaim)
    assert (claim.claim, claim.verdict, claim.source, claim.locator) == ("b14", "contradicted", "seed", "paragraph 5")
    assert claim.at == folder.line("claims.yaml", "id: b14")
    [paragraph] = folder.found(UncitedParagraph)
    assert (paragraph.source, paragraph.locator, paragraph.claims) == ("seed", "paragraph 5", ("b14",))


def test_opinion_may_stay_uncited(folder: Folder) -> None:
    folder.edit(FAQ, "cites: [b14]", "cites: [every-12-weeks]")
    folder.edit("claims.yaml", "verdict: contradicted", "verdict: opinion")
    assert folder.check().errors == ()
    assert folder.found(UncitedParagraph) == []
    assert [finding.locator for finding in folder.found(HarmlessParagraph)] == ["paragraph 5"]


def test_a_listed_paragraph_without_any_claim_is_noted(folder: Folder) -> None:
    folder.edit("sources.yaml", "    publisher: not stated\n", "    publisher: A\n    paragraphs:\n      6: on price\n")
    [found] = folder.found(UncitedParagraph)
    assert (found.locator, found.claims, found.at) == ("paragraph 6", (), folder.line("sources.yaml", "6: on price"))


NEW_FACT = "  - id: new\n    claim: New.\n    sources: [{id: new-source, at: page 1}]\n    confidence: high\n"
NEW_SOURCE = "  - id: new-source\n    title: New\n    publisher: A\n    kind: trial\n"


def add_fact(folder: Folder) -> None:
    folder.edit("facts.yaml", "facts:\n", f"facts:\n{NEW_FACT}")
    folder.edit("sources.yaml", "sources:\n", f"sources:\n{NEW_SOURCE}")


def cited_by_a_picture(folder: Folder) -> None:
    folder.write("pictures/pictures.yaml", "pictures:\n- {id: drawing, file: drawing.png, alt: A, cites: [new]}\n")
    shutil.copy(HERE / "pictures" / "headache-days.png", folder.root / "pictures" / "drawing.png")


def cited_by_the_safety_note(folder: Folder) -> None:
    folder.edit("wordings.yaml", "cites: [every-12-weeks]", "cites: [every-12-weeks, new]")


def cited_by_an_entry(folder: Folder) -> None:
    folder.edit(FAQ, "cites: [price]", "cites: [price, new]")


def test_sources_and_facts_that_nothing_uses(folder: Folder) -> None:
    add_fact(folder)
    assert [(found.source, found.source_kind) for found in folder.found(UncitedSource)] == [("new-source", "trial")]
    [fact] = folder.found(UnusedFact)
    assert (fact.fact, fact.confidence, fact.at) == ("new", "high", folder.line("facts.yaml", "id: new"))


@pytest.mark.parametrize("cite", [cited_by_a_picture, cited_by_the_safety_note, cited_by_an_entry])
def test_a_fact_is_used_where_an_entry_a_picture_or_the_safety_note_cites_it(
    folder: Folder, cite: Callable[[Folder], None]
) -> None:
    add_fact(folder)
    cite(folder)
    assert folder.found(UnusedFact) == []
    assert folder.found(UncitedSource) == []


# The files beside the FAQ


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("readability.yaml", "{}", ["knowledge/readability.yaml", "“names” is missing", "two syllables"]),
        ("readability.yaml", "names: [", ["knowledge/readability.yaml", "valid YAML"]),
        ("readability.yaml", "names: []\nexceptions: []", ["readability.yaml:2", "unknown key “exceptions”"]),
    ],
)
def test_broken_files_beside_the_faq_name_place_and_mend(folder: Folder, file: str, text: str, said: list[str]) -> None:
    folder.write(file, text)
    with pytest.raises(KnowledgeError) as caught:
        folder.check()
    for piece in said:
        assert piece in str(caught.value)


def test_a_missing_readability_file_is_named(folder: Folder) -> None:
    (folder.root / "readability.yaml").unlink()
    with pytest.raises(KnowledgeError, match=r"knowledge/readability.yaml: can't be read"):
        folder.check()


# Some entries alone


def test_only_what_concerns_the_entries_asked_for_is_looked_at(folder: Folder) -> None:
    folder.edit(FAQ, "say: Every 12 weeks.", "say: Every 21 weeks.")
    folder.edit(FAQ, "It depends on where you live.", f"{HARD} It is 5%.")
    folder.edit("wordings.yaml", "unknown: I don't know.", f"unknown: {HARD}")
    add_fact(folder)
    everything = folder.check()
    found = folder.check(only=("cost",))
    assert {finding.entry for finding in found.findings if hasattr(finding, "entry")} == {"cost"}
    assert [type(finding) for finding in found.errors] == [UncitedNumber, HardAnswer, HardText]
    assert set(found.errors) < set(everything.errors)
    assert (found.entries, found.phrasings, found.only, found.cross_validation) == (1, 13, ("cost",), None)
    assert not [finding for finding in found.findings if isinstance(finding, UnusedFact)]
    assert to_data(found)["cross_validation"] is None


def test_a_phrasing_that_is_lost_although_it_was_learnt(folder: Folder) -> None:
    folder.edit(FAQ, "        - what is the fee", "        - session weeks between")
    folder.edit(FAQ, "        - can i wait longer", "        - between sessions weeks")
    folder.edit(FAQ, "        - is it a one off", "        - sessions between weeks")
    lost = [
        one
        for name in ("cost", "how-often")
        for one in folder.check(only=(name,)).findings
        if type(one) is LostPhrasing
    ]
    assert [(one.entry, one.text, one.winner) for one in lost] == [("cost", "session weeks between", "how-often")]
    assert lost[0].at == folder.line(FAQ, "- session weeks between")
    [collision] = [one for one in folder.check(only=("cost",)).findings if type(one) is Collision][:1]
    assert collision.winner == "how-often"


def test_an_entry_that_is_not_there(folder: Folder) -> None:
    with pytest.raises(KeyError):
        folder.check(only=("costs",))


# What comes out


def test_json_says_who_cites_what_and_lists_every_kind(folder: Folder) -> None:
    folder.edit("sources.yaml", "    publisher: not stated\n", "    publisher: A\n    paragraphs:\n      6: on price\n")
    cited_by_a_picture(folder)
    add_fact(folder)
    found = json.loads(json.dumps(to_data(folder.check())))
    assert list(found) == [
        "ok",
        "problems",
        "errors",
        "notes",
        "confirmed",
        "severities",
        "findings",
        "entries",
        "phrasings",
        "cross_validation",
        "citations",
        "facts",
        "claims",
        "pictures",
        "only",
    ]
    assert found["ok"] is True
    assert list(found["findings"]) == list(found["severities"]) == [kind.kind for kind in KINDS]
    assert found["citations"] == {
        "new-source": {"page 1": []},
        "nice-ta260": {"section 2.1": ["how-often"], "section 2.3": ["cost"]},
        "seed": {"paragraph 6": [], "paragraph 5": ["how-often"]},
    }
    assert found["facts"] == {"new": [], "every-12-weeks": ["how-often"], "price": ["cost"]}
    assert found["claims"] == {
        "b14": {"verdict": "contradicted", "source": "seed", "locator": "paragraph 5", "entries": ["how-often"]}
    }
    assert found["pictures"] == {"drawing": ["new"]}
    assert set(found["cross_validation"]["by_entry"]) == {"how-often", "cost"}
    assert found["findings"]["uncited-paragraph"] == [
        {
            "at": folder.line("sources.yaml", "6: on price"),
            "source": "seed",
            "locator": "paragraph 6",
            "claims": [],
            "id": found["findings"]["uncited-paragraph"][0]["id"],
            "confirmed": None,
        }
    ]


def test_json_is_not_ok_with_an_error_and_holds_dates_as_text(folder: Folder) -> None:
    folder.edit(FAQ, "trust: Trust NICE.", f"trust: {HARD}")
    folder.edit(FAQ, "checked: 2026-11-21", "checked: 2020-01-02")
    found = to_data(folder.check())
    assert (found["ok"], found["errors"], found["notes"]) == (False, 1, 1)
    assert found["findings"]["stale-entry"][0]["checked"] == "2020-01-02"


def full_of_findings(folder: Folder) -> Review:
    """A review with every kind of finding that is an error or a note."""
    add_fact(folder)
    folder.write("faq/babble.yaml", babble(20))
    folder.edit(FAQ, "cites: [b14]", "cites: [every-12-weeks]")
    folder.edit("out_of_scope.yaml", "line: Hello to you too.", f"line: {HARD}")
    folder.edit(FAQ, "trust: Trust NICE.", f"trust: {words(104)}")
    folder.edit(FAQ, "    related: [cost]\n", "    related: [cost]\n    safety_note: true\n")
    folder.edit(FAQ, "It depends on where you live.", words(62))
    folder.edit(FAQ, "        region: UK\n", "")
    folder.edit(FAQ, "        - what is the fee", "        - weeks between session, please")
    folder.edit(FAQ, "    related: [how-often]\n", "")
    folder.edit(FAQ, "checked: 2026-11-21", "checked: 2020-01-02")
    folder.confirm("bcdfghjk")
    folder.edit("facts.yaml", "caveat: It depends on where you live.", "caveat: Nobody knows whether unicorns pay.")
    folder.edit(FAQ, "says: A matter of weeks.", "says: A matter of 17 weeks.")
    folder.edit("red_flags.yaml", "health.html\n      read: true", "health.html\n      read: false")
    folder.edit("red_flag_rules.yaml", "      calm:\n", f"      calm:\n        - {NOT_CALM}\n")
    return folder.check()


def test_an_example_that_triage_reads_otherwise_is_an_error(folder: Folder) -> None:
    folder.edit("red_flag_rules.yaml", "      calm:\n", f"      calm:\n        - {NOT_CALM}\n")
    [found] = folder.found(WrongTriage)
    assert (found.flag, found.text) == ("breathing_difficulty", NOT_CALM)
    assert (found.wanted, found.severity) == ("not urgent", "error")
    assert found.at == folder.line("red_flag_rules.yaml", "- needs: [breath,")
    assert "breathing_difficulty" in found.got


def test_numbers_that_nobody_verified_are_listed(folder: Folder) -> None:
    folder.edit("red_flags.yaml", "health.html\n      read: true", "health.html\n      read: false")
    assert [(found.what, found.which) for found in folder.found(Unverified)] == [("number", "Canada: Emergency, 911")]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("screen", [Terminal(), io.StringIO()])
def test_progress_is_for_terminals(folder: Folder, screen: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    with Progress(said_elsewhere="", screen=screen) as progress:
        review(folder.load(), TODAY, folder.root, progress.tell)
    assert ("Asking what the model has not seen" in screen.getvalue()) is screen.isatty()


def test_every_check_is_run_and_every_kind_is_known(folder: Folder) -> None:
    found = full_of_findings(folder)
    kinds = {type(finding) for finding in found.findings}
    provoked_alone = {
        Due,
        ForeignAddress,
        HardAnswer,
        LapsedSignature,
        ManyGaps,
        NoAuthority,
        UndatedFigure,
        UndatedSources,
        Unexplained,
    }
    assert {kind for kind in KINDS if kind.severity != "info"} - provoked_alone <= kinds <= set(KINDS)
    checks = (*MATCHING_CHECKS, *TEXT_CHECKS, *EVIDENCE_CHECKS, *TRIAGE_CHECKS)
    assert len(set(checks)) == len(checks)
    assert [KINDS.index(type(finding)) for finding in found.findings] == sorted(
        KINDS.index(type(finding)) for finding in found.findings
    )


# The FAQ itself


def test_the_faq_states_no_number_without_its_fact_and_drops_no_caveat(answerer: Answerer) -> None:
    found = review(answerer, TODAY, entries=answerer.knowledge.entries)
    wanted = (UncitedNumber, DroppedCaveat, HardText, LongAnswer, UnsaidRegion)
    assert [one for one in (*found.errors, *found.notes) if isinstance(one, wanted)] == []


def test_without_its_library_the_check_says_so_at_once(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyphen", None)
    readability.hyphenation.cache_clear()
    with pytest.raises(readability.MissingLibraryError, match="pyphen"):
        folder.check()
    monkeypatch.undo()
    readability.hyphenation.cache_clear()
