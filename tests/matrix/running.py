"""The bot's two services as an application service of a Synapse of the tests."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml
from rasa.core.channels.channel import UserMessage

from bot.channels.matrix_client import Homeserver, bot_name
from bot.channels.matrix_room import Rooms
from bot.channels.matrix_settings import VARIABLES, Settings, registration
from bot.serving import launcher, processes
from bot.serving.service import ACTIONS_URL
from tests.contract import Check
from tests.matrix.synapse import SERVER, Synapse
from tests.running import RunningBot, view

ELSEWHERE = "elsewhere.test"


class MatrixBot(RunningBot):
    """The bot's two services, known to the homeserver."""

    user = f"@helper:{SERVER}"
    tokens = ("as-token-of-the-tests", "hs-token-of-the-tests")
    synapse: Synapse

    def __init__(self, folder: Path, check_custom: Check) -> None:
        """Choose ports.

        Args:
            folder: of its view of the project; empty.
            check_custom: for answers over REST.
        """
        super().__init__(view(folder), check_custom)

    def registration(self) -> str:
        """Return its registration."""
        return registration(self.user, *self.tokens, self.address.url)

    def start_at(self, synapse: Synapse) -> None:
        """Start both services; the homeserver need not answer yet."""
        self.synapse = synapse
        with patch.dict(os.environ, dict(zip(VARIABLES, (synapse.url, *self.tokens, self.user, SERVER), strict=True))):
            self.start()
            self._variables = dict(os.environ)

    @property
    def _rasa(self) -> launcher.Service:
        return next(service for service in self.services if service.title == "Rasa")

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


class Desk:
    """The channel without its routes and without Rasa, as a second bot that may be invited from elsewhere only.

    The homeserver does not call it: the test hands it the events, so that it decides what came when.
    """

    user = f"@desk:{SERVER}"
    tokens = ("as-token-of-the-desk", "hs-token-of-the-desk")

    def __init__(self, loop: asyncio.AbstractEventLoop, synapse: Synapse) -> None:
        """Make its user."""
        self._loop = loop
        settings = Settings(synapse.url, *self.tokens, self.user, frozenset({ELSEWHERE}))
        self.homeserver = Homeserver(settings)
        self._rooms = Rooms(settings, self.homeserver, self._silent, "matrix")
        self._run(self.homeserver.set_up(bot_name()))

    @staticmethod
    def registration() -> str:
        """Return its registration."""
        content = yaml.safe_load(registration(Desk.user, *Desk.tokens, ""))
        return yaml.safe_dump({**content, "id": "desk", "url": None})

    @staticmethod
    async def _silent(_: UserMessage) -> None:
        """Say nothing, as Rasa does when it has failed."""

    def _run(self, work: Any) -> Any:
        return self._loop.run_until_complete(work)

    def close(self) -> None:
        """Close the connections."""
        self._run(self.homeserver.close())

    def handle(self, *events: dict[str, Any]) -> None:
        """Take in events."""
        for event in events:
            self._run(self._rooms.handle(event))

    def join(self, room: str) -> None:
        """Join a room that it was invited to."""
        self._run(self.homeserver.join(room))
