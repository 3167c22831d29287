"""The running bot, for every test that talks to it. It is started once, by the launcher, when first asked for."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest

from tests.contract import Check
from tests.running import Reply, RunningBot, view

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory, check_custom: Check) -> Iterator[RunningBot]:
    """Both services on the model that fits the data (trained if there is none), with a database of their own."""
    running = RunningBot(view(tmp_path_factory.mktemp("running")), check_custom)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def bot(started: RunningBot) -> RunningBot:
    """The running bot; if the test before has ended one of its services, both are started again."""
    if not started.answers():
        started.stop()
        started.start()
    return started


@pytest.fixture
def ask(bot: RunningBot) -> Callable[[str, str], Reply]:
    """Say something in a conversation: `ask(sender, text)`. Every answer is held against the contract."""
    return bot.ask


@pytest.fixture
def new_sender() -> Callable[[], str]:
    """Make ids of conversations that nobody has had."""
    return lambda: f"tester-{next(_numbers)}"


@pytest.fixture
def sender(new_sender: Callable[[], str]) -> str:
    """The id of a conversation that nobody has had."""
    return new_sender()
