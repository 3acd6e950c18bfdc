"""A small part of what the bot learns from, so that a test can learn anew in no time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evaluation.relearning import Source
from knowledge.matching.trained import OUT_OF_SCOPE

ENTRIES = ("how-often", "cost", "does-it-hurt")
SUBJECT = "other-migraine-medicines"


@pytest.fixture(scope="session")
def source() -> Source:
    return Source.read()


@pytest.fixture(scope="session")
def few(source: Source) -> Source:
    """Three entries and one subject out of scope, with their messages."""
    knowledge = replace(
        source.knowledge,
        entries={name: source.knowledge.entries[name] for name in ENTRIES},
        out_of_scope={SUBJECT: source.knowledge.out_of_scope[SUBJECT]},
    )
    labels = {*ENTRIES, OUT_OF_SCOPE + SUBJECT}
    return Source(knowledge, [message for message in source.messages if message.label in labels])
