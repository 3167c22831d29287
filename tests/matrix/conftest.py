"""A homeserver, the bot as its application service, and clinicians."""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
from collections.abc import Callable, Iterator

import pytest

from bot.channels.matrix_settings import ALLOWED_SERVERS, AS_TOKEN, BOT_USER, HOMESERVER, HS_TOKEN, registration
from bot.serving import launcher, processes
from bot.serving.service import ACTIONS_URL
from tests.contract import Check
from tests.matrix import synapse as server
from tests.matrix.synapse import Client, NoSynapseError, Synapse
from tests.running import RunningBot, view

ELSEWHERE = "elsewhere.test"


class MatrixBot(RunningBot):
    """The bot's two services, known to the homeserver."""

    def __init__(self, folder, check_custom: Check, name: str, allowed: str) -> None:
        super().__init__(view(folder), check_custom)
        self.user = f"@{name}:{server.SERVER}"
        self.tokens = (f"as token of {name}".replace(" ", "-"), f"hs token of {name}".replace(" ", "-"))
        self.allowed = allowed

    def registration(self) -> str:
        # The name of a service is fixed, as there is one bot at a homeserver. Here are several.
        return registration(self.user, *self.tokens, self.address.url)

    def start_at(self, synapse: Synapse) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(HOMESERVER, synapse.url)
            patch.setenv(AS_TOKEN, self.tokens[0])
            patch.setenv(HS_TOKEN, self.tokens[1])
            patch.setenv(BOT_USER, self.user)
            patch.setenv(ALLOWED_SERVERS, self.allowed)
            self.start()
            self._variables = dict(os.environ)

    @property
    def _rasa(self) -> launcher.Service:
        return next(service for service in self.services if service.title == "Rasa")

    @property
    def rasa_log(self) -> str:
        return self._rasa.log.read_text(encoding="utf-8")

    def kill(self) -> None:
        """End Rasa without a warning."""
        self._rasa.process.kill()
        self._rasa.process.wait()

    def start_again(self) -> None:
        """Start Rasa as it was started before; does not wait until it answers."""
        service = self._rasa
        actions = f"http://{launcher.LOOPBACK}:{self.actions_port}/webhook"
        with service.log.open("ab") as log:
            service.process = subprocess.Popen(
                service.process.args, cwd=self.root,
                env=processes.environment(**{**self._variables, ACTIONS_URL: actions}), stdin=subprocess.PIPE,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self._stack.callback(processes.stop, service.process)


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
