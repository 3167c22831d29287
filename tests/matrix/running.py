"""The bot's two services as an application service of a Synapse of the tests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from unittest.mock import patch

from bot.channels.matrix_settings import VARIABLES, registration
from bot.serving import launcher, processes
from bot.serving.service import ACTIONS_URL
from tests.contract import Check
from tests.matrix.synapse import SERVER, Synapse
from tests.running import RunningBot, view


class MatrixBot(RunningBot):
    """The bot's two services, known to the homeserver."""

    def __init__(self, folder: Path, check_custom: Check, name: str, allowed: str) -> None:
        """Choose ports and tokens.

        Args:
            folder: of its view of the project; empty.
            check_custom: for answers over REST.
            name: of its user.
            allowed: servers whose users may invite it.
        """
        super().__init__(view(folder), check_custom)
        self.user = f"@{name}:{SERVER}"
        self.tokens = (f"as token of {name}".replace(" ", "-"), f"hs token of {name}".replace(" ", "-"))
        self.allowed = allowed

    def registration(self) -> str:
        """Return its registration."""
        return registration(self.user, *self.tokens, self.address.url)

    def start_at(self, synapse: Synapse) -> None:
        """Start both services."""
        values = (synapse.url, *self.tokens, self.user, self.allowed)
        with patch.dict(os.environ, dict(zip(VARIABLES, values, strict=True))):
            self.start()
            self._variables = dict(os.environ)

    @property
    def _rasa(self) -> launcher.Service:
        return next(service for service in self.services if service.title == "Rasa")

    @property
    def rasa_log(self) -> str:
        """What Rasa has logged."""
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
