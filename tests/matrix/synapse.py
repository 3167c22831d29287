"""A real Synapse on this machine, in an environment of its own, and a clinician's client for it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import yaml
from nio import AsyncClient, AsyncClientConfig, LoginResponse, SyncResponse

from bot.serving import launcher

ROOT = Path(__file__).resolve().parents[2]
VERSION = "1.163.2"
ENVIRONMENT = ROOT / "build" / "synapse-env"
SERVER = "hospital.test"
INSTALL_SECONDS = 1200.0
SECONDS = 60.0
"""How long things may take before a test gives them up."""

PASSWORD = "correct horse"


class NoSynapseError(Exception):
    """Synapse cannot be had on this machine; says why."""


def find_uv() -> str:
    """Return uv: the one that $UV names, the one on PATH, or the one that `make install` has put into .uv/.

    Raises:
        NoSynapseError: there is none.
    """
    for candidate in (os.environ.get("UV"), "uv", str(ROOT / ".uv" / "bin" / "uv")):
        if candidate and (found := shutil.which(candidate)):
            return os.path.abspath(found)
    raise NoSynapseError("Synapse is installed by uv, and there is none: run `make install`, or set UV to its path.")


def environment() -> Path:
    """Return the Python of an environment that holds Synapse; made by uv where there is none.

    Raises:
        NoSynapseError: it cannot be installed; says why.
    """
    python, stamp = ENVIRONMENT / "bin" / "python", ENVIRONMENT / f".matrix-synapse-{VERSION}"
    if stamp.is_file() and python.exists():
        return python
    uv = find_uv()
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)  # of another version, or half made
    for words in (
        [uv, "venv", "--quiet", "--python", sys.executable, str(ENVIRONMENT)],
        [uv, "pip", "install", "--quiet", "--python", str(python), f"matrix-synapse=={VERSION}"],
    ):
        # Elsewhere than in the project, whose overrides of Rasa's pins are not for Synapse.
        done = subprocess.run(words, cwd="/", capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
        if done.returncode:
            raise NoSynapseError(f"Synapse cannot be installed ({' '.join(words)}):\n{done.stderr[-2000:]}")
    stamp.touch()
    return python


def free_port() -> int:
    """Return a port that is free on loopback."""
    with socket.socket() as probe:
        probe.bind((launcher.LOOPBACK, 0))
        return int(probe.getsockname()[1])


class Synapse:
    """A homeserver on loopback with SQLite, which asks nobody for keys and federates with nobody."""

    def __init__(self, folder: Path, registrations: list[str]) -> None:
        """Write its configuration.

        Args:
            folder: for its database, keys and log; empty.
            registrations: of application services, as YAML.
        """
        self.folder = folder
        self.port = free_port()
        self.url = f"http://{launcher.LOOPBACK}:{self.port}"
        self._secret = secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None
        files = []
        for number, registration in enumerate(registrations):
            files.append(folder / f"service{number}.yaml")
            files[-1].write_text(registration, encoding="utf-8")
        seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        (folder / "signing.key").write_text(f"ed25519 a_test {seed}\n", encoding="utf-8")
        (folder / "log.yaml").write_text(yaml.safe_dump(self._log()), encoding="utf-8")
        (folder / "homeserver.yaml").write_text(yaml.safe_dump(self._configuration(files)), encoding="utf-8")

    def _log(self) -> dict[str, Any]:
        handler = {"class": "logging.FileHandler", "filename": str(self.folder / "synapse.log"), "formatter": "plain"}
        return {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
            "handlers": {"file": handler},
            "root": {"level": "INFO", "handlers": ["file"]},
        }

    def _configuration(self, files: list[Path]) -> dict[str, Any]:
        often = {"per_second": 10000, "burst_count": 10000}
        resources = [{"names": ["client"], "compress": False}]
        return {
            "server_name": SERVER,
            "public_baseurl": self.url,
            "listeners": [
                {"port": self.port, "type": "http", "bind_addresses": [launcher.LOOPBACK], "resources": resources}
            ],
            "database": {"name": "sqlite3", "args": {"database": str(self.folder / "homeserver.db")}},
            "log_config": str(self.folder / "log.yaml"),
            "media_store_path": str(self.folder / "media"),
            "signing_key_path": str(self.folder / "signing.key"),
            "pid_file": str(self.folder / "synapse.pid"),
            "registration_shared_secret": self._secret,
            "macaroon_secret_key": "test",
            "form_secret": "test",
            "trusted_key_servers": [],
            "federation_domain_whitelist": [],
            "report_stats": False,
            "bcrypt_rounds": 4,
            "presence": {"enabled": False},
            "app_service_config_files": [str(file) for file in files],
            "rc_message": often,
            "rc_registration": often,
            "rc_room_creation": often,
            "rc_login": {"address": often, "account": often, "failed_attempts": often},
            "rc_joins": {"local": often, "remote": often},
            "rc_invites": {"per_room": often, "per_user": often, "per_issuer": often},
        }

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start it."""
        with (self.folder / "output.log").open("ab") as output:
            self._process = subprocess.Popen(
                [str(environment()), "-m", "synapse.app.homeserver", "-c", str(self.folder / "homeserver.yaml")],
                cwd=self.folder,
                env={name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Wait until it answers."""
        assert self._process is not None, "it was not launched"
        end = time.monotonic() + 3 * SECONDS
        while not launcher.answers(f"{self.url}/_matrix/client/versions"):
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"Synapse does not start:\n{(self.folder / 'output.log').read_text()[-3000:]}")
            time.sleep(0.1)

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End it: at once with SIGKILL."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, how)
            self._process.wait(SECONDS)
            self._process = None

    def kill(self) -> None:
        """End it without a warning."""
        self.stop(signal.SIGKILL)

    def register(self, name: str) -> str:
        """Make a user, and return the Matrix id."""
        url = f"{self.url}/_synapse/admin/v1/register"
        nonce = httpx.get(url, trust_env=False).json()["nonce"]
        parts = "\0".join((nonce, name, PASSWORD, "notadmin")).encode()
        mac = hmac.new(self._secret.encode(), parts, hashlib.sha1).hexdigest()
        body = {"nonce": nonce, "username": name, "password": PASSWORD, "admin": False, "mac": mac}
        answer = httpx.post(url, json=body, trust_env=False, timeout=SECONDS)
        answer.raise_for_status()
        return str(answer.json()["user_id"])


class Client:
    """A person's client (matrix-nio), which keeps every event that it was sent: by room, in order."""

    def __init__(self, loop: asyncio.AbstractEventLoop, synapse: Synapse, name: str) -> None:
        """Register the person and log in."""
        self._loop = loop
        self.user = synapse.register(name)
        config = AsyncClientConfig(max_timeouts=1, request_timeout=SECONDS, encryption_enabled=False)
        self.nio = AsyncClient(synapse.url, self.user, config=config)
        assert isinstance(self.run(self.nio.login(PASSWORD)), LoginResponse)
        self.events: dict[str, list[dict[str, Any]]] = {}
        self.typing: dict[str, set[str]] = {}
        self.sync(0)

    def run(self, work: Any) -> Any:
        """Wait for something of nio's."""
        return self._loop.run_until_complete(work)

    def close(self) -> None:
        """Close the connections."""
        self.run(self.nio.close())

    def sync(self, seconds: float = 1.0) -> None:
        """Take in what happened, waiting at most so long for it."""
        synced = self.run(self.nio.sync(timeout=round(1000 * seconds)))
        if not isinstance(synced, SyncResponse):
            time.sleep(0.2)  # the homeserver is away
            return
        for room, info in synced.rooms.join.items():
            self.events.setdefault(room, []).extend(event.source for event in info.timeline.events)
            for event in info.ephemeral:
                self.typing.setdefault(room, set()).update(getattr(event, "users", ()))

    def wait_for(self, what: Callable[[], Any], seconds: float = SECONDS) -> Any:
        """Take in what happens until something holds; return it."""
        end = time.monotonic() + seconds
        while not (found := what()):
            assert time.monotonic() < end, f"it did not come to pass within {seconds:.0f} s"
            self.sync()
        return found

    def room(self, *invited: str, direct: bool = False, **options: Any) -> str:
        """Make a room, and invite others."""
        made = self.run(self.nio.room_create(invite=invited, is_direct=direct, **options))
        return str(made.room_id)

    def join(self, room: str) -> None:
        """Join a room."""
        self.run(self.nio.join(room))

    def membership(self, room: str, user: str) -> str | None:
        """Return what is known of a user's membership."""
        changes = [event for event in self.events.get(room, []) if event.get("state_key") == user]
        return changes[-1]["content"]["membership"] if changes else None

    def send(self, room: str, kind: str = "m.room.message", **content: Any) -> str:
        """Send an event, and return its id."""
        sent = self.run(self.nio.room_send(room, kind, content))
        return str(sent.event_id)

    def say(self, room: str, text: str, **content: Any) -> str:
        """Send a text, and return the event's id."""
        return self.send(room, msgtype="m.text", body=text, **content)

    def redact(self, room: str, event: str) -> None:
        """Take an event back."""
        self.run(self.nio.room_redact(room, event))

    def said(self, room: str, user: str) -> list[dict[str, Any]]:
        """Return the messages of a user in a room so far."""
        return [
            event
            for event in self.events.get(room, [])
            if event["type"] == "m.room.message" and event["sender"] == user and event["content"]
        ]


@contextlib.contextmanager
def running(folder: Path, registrations: list[str]) -> Iterator[Synapse]:
    """Run a homeserver within the block; it may take some seconds until it answers."""
    synapse = Synapse(folder, registrations)
    synapse.launch()
    try:
        yield synapse
    finally:
        synapse.stop()
