"""What many tests need: the real knowledge, loaded once."""

from __future__ import annotations

import pytest

from knowledge.answering import Answerer
from knowledge.loading.load import load
from knowledge.model import Knowledge


def pytest_configure(config: pytest.Config) -> None:
    """Learn from the messages once, before the workers start and each of them and every bot they run does the same."""
    if not hasattr(config, "workerinput"):
        load()


@pytest.fixture(scope="session")
def answerer() -> Answerer:
    return load()


@pytest.fixture(scope="session")
def knowledge(answerer: Answerer) -> Knowledge:
    return answerer.knowledge
