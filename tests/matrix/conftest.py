"""A homeserver, the bot as its application service, and clinicians."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator

import pytest

from tests.contract import Check
from tests.matrix import synapse as server
from tests.matrix.running import MatrixBot
from tests.matrix.synapse import Client, NoSynapseError, Synapse

ELSEWHERE = "elsewhere.test"


@pytest.fixture(scope="session")
def bots(tmp_path_factory: pytest.TempPathFactory, check_custom: Check) -> dict[str, MatrixBot]:
    """The bot, and one that may be invited from another server only; not started."""
    allowed = {"helper": server.SERVER, "strict": ELSEWHERE}
    return {
        name: MatrixBot(tmp_path_factory.mktemp(name), check_custom, name, servers) for name, servers in allowed.items()
    }


@pytest.fixture(scope="session")
def synapse(tmp_path_factory: pytest.TempPathFactory, bots: dict[str, MatrixBot]) -> Iterator[Synapse]:
    """The homeserver, which knows both bots."""
    try:
        server.environment()
    except NoSynapseError as error:
        pytest.skip(str(error))
    # The id in it is fixed, as there is one bot at a homeserver. Here are two.
    registrations = [
        one.registration().replace("id: ", f"id: {'' if name == 'helper' else name + '-'}", 1)
        for name, one in bots.items()
    ]
    with server.running(tmp_path_factory.mktemp("synapse"), registrations) as running:
        yield running


@pytest.fixture(scope="session")
def bot(synapse: Synapse, bots: dict[str, MatrixBot]) -> Iterator[MatrixBot]:
    """The running bot."""
    bots["helper"].start_at(synapse)
    yield bots["helper"]
    bots["helper"].stop()


@pytest.fixture(scope="session")
def strict(synapse: Synapse, bots: dict[str, MatrixBot]) -> Iterator[MatrixBot]:
    """The running bot that accepts no invitation from here."""
    bots["strict"].start_at(synapse)
    yield bots["strict"]
    bots["strict"].stop()


@pytest.fixture(scope="session")
def new_client(synapse: Synapse) -> Iterator[Callable[[str], Client]]:
    """Make a person's client."""
    loop, clients, numbers = asyncio.new_event_loop(), [], itertools.count(1)

    def make(name: str) -> Client:
        clients.append(Client(loop, synapse, f"{name}{next(numbers)}"))
        return clients[-1]

    yield make
    for client in clients:
        client.close()
    loop.close()


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
