"""What the bot is not sure of: a guess that is shown as one, over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import pytest
import pytest_asyncio

from knowledge.model import Entry, Knowledge
from tests.bot_api_server import BotApiServer, BotMessage, User
from tests.handlers.conftest import TOKEN, bot_process, label_of, labels, link_of, new_group

pytestmark = pytest.mark.asyncio(loop_scope="module")

GUESSES_ALWAYS = """
import sys
from knowledge import answering
guessing = answering.Policy(answer=2.0, sure=2.0, closest=0.0, beside=0.0)
answering.Policy = lambda: guessing
from bot import main
sys.exit(main(["run"]))
"""
"""The bot with a policy by which every answer is a guess."""

QUESTION = "how often is botox for migraine repeated"
HIVES = "I've come out in hives since the injection."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def guessing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotApiServer]:
    folder = tmp_path_factory.mktemp("guessing")
    async with BotApiServer(TOKEN) as server, bot_process(server, folder, code=GUESSES_ALWAYS):
        yield server
        assert server.violations == []


@pytest.fixture(scope="module")
def by_label(knowledge: Knowledge) -> Mapping[str, Entry]:
    return {entry.button: entry for entry in knowledge.entries.values()}


async def guess_for(person: User) -> BotMessage:
    await person.says(QUESTION)
    return await person.hears()


def others(shown: BotMessage) -> list[str]:
    """The labels of what else may be meant."""
    return [label for row in shown.buttons for label, value in row if value.startswith("answer:")]


async def test_a_guess_says_so_and_offers_what_else_may_be_meant(
    guessing: BotApiServer, by_label: Mapping[str, Entry]
) -> None:
    shown = await guess_for(guessing.user("Ann"))
    assert shown.text.startswith("Closest I have: How often is Botox for migraine repeated?\n")
    assert "Every 12 weeks" in shown.text
    assert "Not what you asked?" in shown.text
    assert len(others(shown)) == 3
    assert by_label.keys() >= set(others(shown))
    assert "None of these" in labels(shown)


async def test_what_was_meant_instead_takes_its_place(guessing: BotApiServer, by_label: Mapping[str, Entry]) -> None:
    ann = guessing.user("Ann")
    shown = await guess_for(ann)
    label = others(shown)[0]
    await ann.presses(shown, label)
    await shown.is_edited()
    assert shown.text.startswith(f"{by_label[label].question}\n")
    assert "None of these" not in labels(shown)


async def test_none_of_these_leads_to_all_topics(guessing: BotApiServer) -> None:
    ann = guessing.user("Ann")
    shown = await guess_for(ann)
    await ann.presses(shown, "None of these")
    await shown.is_edited()
    assert label_of(shown, "Basics (")


async def test_a_group_that_asks_is_given_a_guess_that_says_so(guessing: BotApiServer) -> None:
    group, _, mia = await new_group(guessing)
    await mia.says(f"/ask {QUESTION}", group)
    shown = await group.hears()
    assert shown.text.startswith("Closest I have: How often is Botox for migraine repeated?\n")
    assert link_of(shown, "Whole answer and sources") == "how-often"


async def test_no_question_beside_what_is_urgent_is_shown_to_a_group(
    guessing: BotApiServer, by_label: Mapping[str, Entry]
) -> None:
    group, _, mia = await new_group(guessing)
    await mia.says(f"/ask {HIVES} How often is botox for migraine repeated?", group)
    assert not by_label.keys() & set(labels(await group.hears()))
