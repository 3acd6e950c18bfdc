"""What many tests need: the real knowledge, loaded once."""

from __future__ import annotations

import pytest

from knowledge.answering import Answerer
from knowledge.loading import load
from knowledge.model import Knowledge


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load(cache=None)


@pytest.fixture(scope="session")
def answerer(knowledge: Knowledge) -> Answerer:
    return Answerer(knowledge)
