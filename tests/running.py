"""The two real services, started by the launcher, in a view of the project that has databases and logs of its own."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bot.serving import launcher, processes
from bot.serving.training import ensure_model
from tests import contract

ROOT = Path(__file__).resolve().parents[1]
OWN = {"var"}
"""Folders that a view has of its own: conversations and logs."""


def view(folder: Path, own: frozenset[str] = frozenset()) -> Path:
    """Make a folder that is the project, except that what runs in it writes nothing into the project.

    Args:
        folder: Where; has to be empty.
        own: Further names at the root that are to be left out.

    Returns:
        The folder.
    """
    # Trained here and not in the folder: build/ and models/ have to be there to be linked.
    ensure_model(ROOT, print)
    for path in ROOT.iterdir():
        if not path.name.startswith(".") and path.name not in OWN | own:
            (folder / path.name).symlink_to(path)
    return folder


def free_ports() -> tuple[int, int]:
    """Return two ports that are free on loopback."""
    with socket.socket() as first, socket.socket() as second:
        for probe in (first, second):
            probe.bind((launcher.LOOPBACK, 0))
        return first.getsockname()[1], second.getsockname()[1]


@dataclass(frozen=True)
class Reply:
    """One answer over REST, which has kept the contract."""

    status: int
    custom: dict[str, Any]
    text: str
    buttons: list[dict[str, str]]
    seconds: float

    @property
    def kind(self) -> str:
        """Kind of the answer."""
        return self.custom["kind"]

    @property
    def sources(self) -> set[str]:
        """Locators of the bullets that its facts come from."""
        return {fact["source"] for fact in self.custom["facts"]}


class RunningBot:
    """Both services on free ports. `root` holds their conversations (var/conversations.db) and logs (var/log)."""

    def __init__(self, root: Path, check_custom: contract.Check) -> None:
        """Choose ports."""
        self.root = root
        self.check_custom = check_custom
        port, self.actions_port = free_ports()
        self.address = launcher.Address(launcher.LOOPBACK, port)
        self.client = httpx.Client(base_url=self.address.url, trust_env=False, timeout=20)
        self.lines: list[str] = []
        self._stack = contextlib.ExitStack()
        self.services: list[launcher.Service] = []

    def start(self) -> None:
        """Start both and wait until both answer, as `make run` does."""
        self._stack = contextlib.ExitStack()
        running = launcher.running(self.root, self.address, self.actions_port, self.lines.append, threading.Event())
        self.services = self._stack.enter_context(running)

    def stop(self) -> None:
        """Stop both."""
        self._stack.close()

    def answers(self) -> bool:
        """Tell whether both answer."""
        return all(launcher.answers(service.health_url) for service in self.services)

    @property
    def actions(self) -> subprocess.Popen[bytes]:
        """The process of the action server."""
        return next(service.process for service in self.services if service.title == "The action server")

    def kill_actions(self) -> None:
        """Kill the action server."""
        self.actions.kill()
        self.actions.wait()

    def start_actions(self) -> None:
        """Start the action server again, as it was started before."""
        service = next(service for service in self.services if service.process is self.actions)
        with service.log.open("ab") as log:
            service.process = subprocess.Popen(
                service.process.args, cwd=self.root, env=processes.environment(), stdin=subprocess.PIPE,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self._stack.callback(processes.stop, service.process)
        self.wait_for_actions()

    def pause_actions(self) -> None:
        """Make the action server hang."""
        self.actions.send_signal(signal.SIGSTOP)

    def resume_actions(self) -> None:
        """End its hanging."""
        self.actions.send_signal(signal.SIGCONT)
        self.wait_for_actions()

    def wait_for_actions(self) -> None:
        """Wait until the action server answers."""
        url = next(service.health_url for service in self.services if service.process is self.actions)
        end = time.monotonic() + 20
        while not launcher.answers(url):
            assert time.monotonic() < end, "the action server does not answer"
            time.sleep(0.05)

    def post(self, **request: Any) -> httpx.Response:
        """Send any request to the webhook."""
        headers = request.pop("headers", {})
        return self.client.post("/webhooks/rest/webhook", headers=headers, **request)

    def reply(self, **request: Any) -> Reply:
        """Send any request to the webhook; the answer has to keep the contract, whatever was sent."""
        started = time.monotonic()
        response = self.post(**request)
        seconds = time.monotonic() - started
        assert response.headers["content-type"] == "application/json"
        assert "Traceback" not in response.text
        broken = contract.problems(response.json(), self.check_custom)
        assert not broken, f"{broken} in {response.text[:2000]}"
        return Reply(response.status_code, *contract.split(response.json()), seconds)

    def ask(self, sender: str, text: str) -> Reply:
        """Say something in a conversation; the answer has to keep the contract."""
        reply = self.reply(json={"sender": sender, "message": text})
        assert reply.status == httpx.codes.OK
        return reply
