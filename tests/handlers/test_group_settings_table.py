"""The table of group settings: a row is all that a setting needs, and every button that it makes works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pydantic.dataclasses import dataclass

from handlers.ephemeral import Standing
from handlers.group_settings.kinds import Choice, NotAcceptedError, Typed, meant, short
from handlers.group_settings.pages import CLOSE, MAIN, notice_of, page, told_changes
from handlers.group_settings.panel import Panel
from handlers.group_settings.quiet_hours import USUAL_NIGHT
from handlers.group_settings.table import TABLE, Table, setting_named
from handlers.keyboards import Action
from handlers.rendering import Rendered
from handlers.texts import SettingsTexts, Texts, load_texts
from knowledge.model import Knowledge
from runtime.storage import MOST_NOTES, ChatSettings, Mode, Note

CHAT = -1_997_852_516_352
"""The longest id that a supergroup can have (https://core.telegram.org/api/bots/ids)."""

PERSON = 7_999_999_999
"""Who presses."""

LONGEST_ID = 48
"""Characters, as the schema of the knowledge files allows them."""

EVERYTHING = ChatSettings(
    mode=Mode.LISTEN,
    cooldown_minutes=5,
    auto_delete_minutes=7,
    only_for_asker=True,
    disclaimer="be kind",
    quiet_hours=USUAL_NIGHT,
    topics=frozenset({4}),
    silenced_groups=frozenset({"side-effects"}),
    silenced_entries=frozenset({"cost"}),
    urgent_notes_to=frozenset({PERSON, 5}),
    notes=(Note(name="Rules", text="Be <kind>"), Note(name="Café", text="Sundays")),
    language="hi",
)
COPY_LINK = "https://t.me/test_bot?startgroup=copy"
MANY_NOTES = tuple(Note(name=f"note {number}", text="x") for number in range(MOST_NOTES))
BAD_NOTES = [("notes", typed) for typed in ("rules", f"{'n' * 33}\ntext", f"rules\n{'x' * 501}", "\u0301\ntext")]
TOPICS = {1: "General", 4_000_000_000: "Treatments"}


@pytest.fixture(scope="module")
def texts() -> Texts:
    return load_texts()


@pytest.fixture
def panel(knowledge: Knowledge, texts: Texts) -> Panel:
    return Panel(CHAT, ChatSettings(), knowledge, texts, topics=TOPICS, copy_link=COPY_LINK)


def data_of(shown: Rendered) -> list[str]:
    assert shown.markup is not None
    return [str(each.callback_data) for row in shown.markup.inline_keyboard for each in row if not each.url]


def labels_of(shown: Rendered) -> list[str]:
    assert shown.markup is not None
    return [each.text for row in shown.markup.inline_keyboard for each in row]


def pages(panel: Panel, table: Table = TABLE) -> Iterator[tuple[str, Rendered]]:
    """Every page that can be reached by buttons from the first one, by its name and arguments."""
    seen, ahead = set(), [MAIN]
    while ahead:
        address = ahead.pop()
        if address in seen or address == CLOSE:
            continue
        seen.add(address)
        name, *arguments = address.split(":")
        shown = page(panel, name, arguments, table)
        yield address, shown
        start = f"{Action.SETTINGS}:{panel.chat_id}:"
        ahead += [data.removeprefix(start) for data in data_of(shown) if data.startswith(start)]


def presses(panel: Panel) -> Iterator[tuple[str, str]]:
    """The name and value of each button that sets something."""
    for _, shown in pages(panel):
        for data in data_of(shown):
            action, _, *rest = data.split(":")
            if action == Action.SET:
                name, value = rest
                yield name, value


def with_long_names(knowledge: Knowledge) -> Knowledge:
    topics = {}
    for number, (title, entries) in enumerate(knowledge.topics.items()):
        longer = f"{number} {title} {'and more ' * 5}".strip()
        topics[longer] = tuple(
            replace(entry, id=f"{number}-{place}-{'x' * LONGEST_ID}"[:LONGEST_ID], topic=longer)
            for place, entry in enumerate(entries)
        )
    return replace(knowledge, topics=topics, entries={each.id: each for some in topics.values() for each in some})


# One row is enough


def test_each_field_has_a_row_and_each_row_a_field() -> None:
    assert {setting.field for setting in TABLE} - {""} == {field.name for field in fields(ChatSettings)}
    assert len({setting.name for setting in TABLE}) == len(TABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithGreetings(ChatSettings):
    greetings: bool = True


def test_a_row_is_enough_for_a_new_setting(knowledge: Knowledge, texts: Texts) -> None:
    table = (*TABLE, Choice(name="greetings", page="answers", field="greetings"))
    named = {**texts.settings.fields, "greetings": {"on": "I greet", "off": "I greet nobody"}}
    words = texts.model_copy(update={"settings": texts.settings.model_copy(update={"fields": named})})
    panel = Panel(CHAT, WithGreetings(), knowledge, words)
    shown = page(panel, "answers", table=table)
    assert labels_of(shown)[-3:-1] == ["✓ I greet", "I greet nobody"]
    _, chat, name, value = data_of(shown)[-2].split(":")
    assert (int(chat), name, value) == (CHAT, "greetings", "off")
    assert "Answers: short; with pictures; they stay; /ask: seen by all; I greet\n" in page(panel, table=table).html
    changed = setting_named(name, table).change(value, knowledge)(panel.settings)
    assert changed == WithGreetings(greetings=False)
    panel = replace(panel, settings=changed)
    assert labels_of(page(panel, "answers", table=table))[-3:-1] == ["I greet", "✓ I greet nobody"]
    assert "seen by all; I greet nobody\n" in page(panel, table=table).html


class Noting(dict[str, Any]):
    """Notes which of its texts are asked for."""

    def __init__(self, texts: Mapping[str, Any]) -> None:
        super().__init__(texts)
        self.asked: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.asked.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)


def test_every_text_of_a_setting_is_there_and_none_is_left_over(knowledge: Knowledge, texts: Texts) -> None:
    noting = {name: Noting(some) for name, some in texts.settings.fields.items()}
    words = SettingsTexts.model_construct(**dict(texts.settings) | {"fields": noting})
    for stored in (ChatSettings(), EVERYTHING):
        said = texts.model_copy(update={"settings": words})
        panel = Panel(CHAT, stored, knowledge, said, topics=TOPICS, copy_link=COPY_LINK, hears_all=False)
        assert set(texts.settings.pages) <= {address.partition(":")[0] for address, _ in pages(panel)}
        for standing in Standing:
            page(replace(panel, for_one=standing), "answers")
        for name, typed in (("line", "x" * 300), ("zone", "the moon"), ("zone", "europe/londn"), *BAD_NOTES):
            refused(name, typed, panel)
        refused("notes", "one more\ntext", replace(panel, settings=replace(stored, notes=MANY_NOTES)))
    left = {name: set(some) - some.asked for name, some in noting.items()}
    elsewhere = {"line": {"question", "placeholder"}, "zone": {"question", "placeholder"}, "topic": {"general"}}
    elsewhere |= {"notes": {"question", "placeholder", "would_read"}, "import": {"placeholder"}}
    elsewhere["subject"] = {"speaking"}
    elsewhere["mode"] = {"saved_but_cannot_hear"}
    elsewhere["urgent-notes"] = {"confirmed", "start_first", "full"}
    assert {name: some for name, some in left.items() if some} == elsewhere  # those are asked for by the command


def refused(name: str, typed: str, panel: Panel) -> str:
    """What is said of a typed value that can't be used."""
    setting = setting_named(name)
    assert isinstance(setting, Typed)
    with pytest.raises(NotAcceptedError) as caught:
        setting.change_typed(typed, panel)(panel.settings)
    return caught.value.html


# Buttons


@pytest.mark.parametrize("stored", [ChatSettings(), EVERYTHING])
def test_the_longest_callback_data_fits(panel: Panel, stored: ChatSettings) -> None:
    panel = replace(panel, settings=stored, knowledge=with_long_names(panel.knowledge))
    longest = max((data for _, shown in pages(panel) for data in data_of(shown)), key=lambda data: len(data.encode()))
    assert 60 <= len(longest.encode()) <= 64, longest


@pytest.mark.parametrize("long_names", [False, True])
@pytest.mark.parametrize("stored", [ChatSettings(), EVERYTHING])
def test_every_button_works_and_says_what_is_to_be(panel: Panel, stored: ChatSettings, long_names: bool) -> None:
    knowledge = with_long_names(panel.knowledge) if long_names else panel.knowledge
    panel = replace(panel, settings=stored, knowledge=knowledge)
    changed_fields = set()
    for name, value in presses(panel):
        setting = setting_named(name)
        once = setting.change_by(PERSON, value, knowledge)(stored)
        assert setting.change_by(PERSON, value, knowledge)(once) == once
        changed = {
            field.name for field in fields(ChatSettings) if getattr(once, field.name) != getattr(stored, field.name)
        }
        assert changed <= {setting.field}
        changed_fields |= changed
        assert data_of(page(panel, *setting.place(value, knowledge)))
    only_typed = {"disclaimer"} if stored.notes else {"disclaimer", "notes"}
    assert changed_fields >= {field.name for field in fields(ChatSettings)} - only_typed


def test_each_entry_is_silenced_by_its_own_button_and_shown_again_on_its_page(panel: Panel) -> None:
    knowledge = with_long_names(panel.knowledge)
    panel, silenced = replace(panel, knowledge=knowledge), set()
    for value in {value for name, value in presses(panel) if name == "entry"}:
        setting = setting_named("entry")
        after = setting.change(value, knowledge)(panel.settings)
        (entry,) = after.silenced_entries
        silenced.add(entry)
        shown = page(replace(panel, settings=after), *setting.place(value, knowledge))
        assert f"🔇 silent: {knowledge.entries[entry].label}" in labels_of(shown)
    assert silenced == set(knowledge.entries)


def test_a_cut_name_that_could_mean_two_means_none() -> None:
    twins = ["x" * 40 + "a", "x" * 40 + "b"]
    with pytest.raises(ValueError, match="x"):
        meant(short(twins[0]), twins)
    assert meant(short(twins[0]), twins[:1]) == twins[0]
    assert meant(twins[1], twins) == twins[1]
    with pytest.raises(ValueError, match="x"):
        meant("x", twins)


@effort(deadline=None, max_examples=300)
@given(setting=st.sampled_from(TABLE), value=st.text(max_size=12) | st.sampled_from(["+", "-1", "+x", "from-24", "1"]))
def test_made_up_values_are_refused(knowledge: Knowledge, setting: Any, value: str) -> None:
    try:
        changed = setting.change_by(PERSON, value, knowledge)(ChatSettings())
    except ValueError:
        return
    assert isinstance(changed, ChatSettings)


@effort(deadline=None, max_examples=300)
@given(name=st.text(max_size=8) | st.sampled_from(["subject", "hours", "zone", "entry"]), arguments=st.lists(st.text()))
def test_made_up_pages_lead_somewhere(name: str, arguments: list[str], knowledge: Knowledge, texts: Texts) -> None:
    assert data_of(page(Panel(CHAT, EVERYTHING, knowledge, texts), name, arguments))


@pytest.mark.parametrize("earlier", ["m", "cd", "wa", "pi", "ad", "sg", "se", "qx", "qf", "qu", "qz", "to", "li", "st"])
def test_names_of_an_earlier_version_are_none_of_ours(earlier: str) -> None:
    with pytest.raises(ValueError, match=earlier):
        setting_named(earlier)


def test_what_is_personal_is_changed_for_who_presses_and_for_nobody_else(knowledge: Knowledge) -> None:
    setting = setting_named("urgent-notes")
    for value, told in (("on", {5, 6, PERSON}), ("off", {5, 6})):
        for before in ({5, 6}, {5, 6, PERSON}):
            after = setting.change_by(PERSON, value, knowledge)(ChatSettings(urgent_notes_to=frozenset(before)))
            assert after.urgent_notes_to == told
    for value in ("6", "+6", "-6", "on:6"):
        with pytest.raises(ValueError, match=value[-1]):
            setting.change_by(PERSON, value, knowledge)


# What is said


def test_what_is_personal_is_marked_in_private_only(panel: Panel) -> None:
    panel = replace(panel, settings=ChatSettings(urgent_notes_to=frozenset({PERSON})))
    for person, buttons in (
        (None, ["Tell me", "Don't tell me"]),
        (PERSON, ["✓ Tell me", "Don't tell me"]),
        (PERSON + 1, ["Tell me", "✓ Don't tell me"]),
    ):
        shown = page(replace(panel, person_id=person), "urgent")
        assert labels_of(shown)[:-1] == buttons
        assert "for 1 of the admins" in shown.html
        assert str(PERSON) not in shown.html


def test_times_that_no_button_offers_are_told_in_minutes(panel: Panel) -> None:
    shown = page(replace(panel, settings=EVERYTHING)).html
    assert "plain questions too; the same answer unasked: 5 minutes" in shown
    assert "gone after 7 minutes" in shown


def test_a_cooldown_that_does_not_matter_is_left_out(panel: Panel) -> None:
    assert "• When I answer: when I am asked\n" in page(panel).html


def test_forum_topics_are_asked_of_forums_only(panel: Panel) -> None:
    assert "Forum topics: everywhere" in page(panel).html
    assert "Forum topics" not in page(replace(panel, topics=None)).html
    assert page(replace(panel, topics=None), "topics") == page(replace(panel, topics=None))


def test_what_changed_is_told_in_the_words_of_the_first_page(panel: Panel) -> None:
    after = replace(panel, settings=EVERYTHING)
    assert told_changes(panel, after) == [
        "When I answer: plain questions too (was: when I am asked)",
        "When I answer: changed, now the same answer unasked: 5 minutes",
        "Answers: gone after 7 minutes (was: they stay)",
        "Answers: /ask: only whoever asks (was: /ask: seen by all)",
        "Silent about: 2 chosen (was: none)",
        "Quiet hours: 22:00–07:00, UTC (was: none)",
        "Our own line: be kind (was: none)",
        "Urgent notes: for 2 of the admins (was: none)",
        "Forum topics: topic 4 (was: everywhere)",
        "Own notes: Rules, Café (was: none)",
        "Language: हिन्दी (was: English)",
    ]
    assert not told_changes(after, after)
    assert notice_of(after, after) == "Saved"


def test_a_cooldown_that_only_begins_to_matter_has_not_changed(panel: Panel) -> None:
    listening = replace(panel, settings=ChatSettings(mode=Mode.LISTEN))
    assert notice_of(panel, listening) == "When I answer: plain questions too (was: when I am asked)"


def test_a_notice_is_plain_and_short_enough(panel: Panel) -> None:
    kind = replace(panel, settings=ChatSettings(disclaimer="<our> & theirs"))
    assert notice_of(panel, kind) == "Our own line: <our> & theirs (was: none)"
    long = [replace(panel, settings=ChatSettings(disclaimer=letter * 200)) for letter in "&x"]
    notice = notice_of(*long)
    assert len(notice) == 200
    assert notice.startswith("Our own line: xxx")
    assert notice.endswith("x…")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("europe/londn", "Europe/London"),
        ("Parris", "Europe/Paris"),
        ("america/newyork", "America/New_York"),
        ("the moon", "continent, slash, city"),
    ],
)
def test_a_zone_that_is_not_known_brings_similar_ones(panel: Panel, typed: str, says: str) -> None:
    assert says in refused("zone", typed, panel)


def test_what_is_typed_is_shown_as_text_and_not_as_html(panel: Panel) -> None:
    line = setting_named("line")
    assert isinstance(line, Typed)
    after = line.change_typed(" <our>\n rules & more ", panel)(ChatSettings())
    assert after.disclaimer == "<our> rules & more"
    assert "Our own line: &lt;our&gt; rules &amp; more\n" in page(replace(panel, settings=after)).html
