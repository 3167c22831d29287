"""A homeserver, the bot as its application service, and clinicians."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.channels import guard
from bot.channels.events import EventLog
from bot.channels.guard import Guard
from bot.channels.rate import Buckets
from tests.contract import Check
from tests.matrix import synapse as server
from tests.matrix.running import Desk, MatrixBot
from tests.matrix.synapse import Client, Synapse


@pytest.fixture(scope="session")
def bot(tmp_path_factory: pytest.TempPathFactory, check_custom: Check) -> Iterator[MatrixBot]:
    """The running bot, and its homeserver, which knows the desk as well; both are started at once."""
    server.environment()
    one = MatrixBot(tmp_path_factory.mktemp("bot"), check_custom)
    with server.running(tmp_path_factory.mktemp("synapse"), [one.registration(), Desk.registration()]) as synapse:
        one.start_at(synapse)
        synapse.wait()
        yield one
        one.stop()


@pytest.fixture(scope="session")
def synapse(bot: MatrixBot) -> Synapse:
    """The bot's homeserver."""
    return bot.synapse


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """The event loop of the clients and of the desk."""
    made = asyncio.new_event_loop()
    yield made
    made.close()


@pytest.fixture(scope="session")
def new_client(synapse: Synapse, loop: asyncio.AbstractEventLoop) -> Iterator[Callable[[str], Client]]:
    """Make a person's client."""
    clients, numbers = [], itertools.count(1)

    def make(name: str) -> Client:
        clients.append(Client(loop, synapse, f"{name}{next(numbers)}"))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture(scope="session")
def clinician(new_client: Callable[[str], Client]) -> Client:
    """A clinician's client."""
    return new_client("clinician")


@pytest.fixture(scope="session")
def colleague(new_client: Callable[[str], Client]) -> Client:
    """Another clinician's client."""
    return new_client("colleague")


@pytest.fixture
def chat(clinician: Client, bot: MatrixBot) -> str:
    """A direct chat of the clinician with the bot."""
    room = clinician.room(bot.user, direct=True)
    clinician.wait_for(lambda: clinician.membership(room, bot.user) == "join")
    return room


@pytest.fixture
def ward(clinician: Client, colleague: Client, bot: MatrixBot) -> str:
    """A room of two clinicians and the bot."""
    room = clinician.room(colleague.user, bot.user)
    colleague.join(room)
    clinician.wait_for(lambda: clinician.membership(room, bot.user) == "join")
    return room


@pytest.fixture
def desk(
    synapse: Synapse, loop: asyncio.AbstractEventLoop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """The channel in this process, handed its events by the test; its guard lets each user send two a minute."""
    own = Guard(b"key", EventLog(f"sqlite:///{tmp_path / 'events.db'}"), Buckets(2))
    monkeypatch.setattr(guard, "the_guard", lambda: own)
    made = Desk(loop, synapse)
    yield made
    made.close()
