"""Start the action server and Rasa, wait until both answer, and stop both."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.channels import MODEL_VARIABLE
from bot.channels.matrix_settings import SettingsError, read_settings
from bot.channels.tokens import TOKEN_VARIABLE, TOKENS_VARIABLE, read_tokens
from bot.knowledge.loading import KnowledgeError, load
from bot.serving import processes
from bot.serving.errors import ServingError
from bot.serving.service import ACTIONS_URL
from bot.serving.training import Report, ensure_model

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 5005
DEFAULT_ACTIONS_PORT = 5055

_PROJECT_FILES = ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml")
_START_SECONDS = 180.0


@dataclass(frozen=True)
class Address:
    """Where a service listens.

    Attributes:
        interface: IP address or host name.
        port: TCP port, 1 to 65535.
    """

    interface: str
    port: int

    @property
    def url(self) -> str:
        """Base URL under which this machine reaches the service, without a slash at its end."""
        host = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(self.interface, self.interface)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


@dataclass
class Service:
    """A running service.

    Attributes:
        title: Its name for people.
        process: Its process, which leads its own group.
        log: Its log.
        health_url: Answers 200 once the service can do its work.
    """

    title: str
    process: subprocess.Popen[bytes]
    log: Path
    health_url: str


def is_loopback(interface: str) -> bool:
    """Tell whether only this machine reaches an interface.

    Args:
        interface: IP address or host name.

    Returns:
        True for loopback addresses and `localhost`.
    """
    if interface == "localhost":
        return True
    try:
        return ipaddress.ip_address(interface).is_loopback
    except ValueError:
        return False


def check_project(root: Path) -> None:
    """Check that a folder is the project's root and its knowledge base can be used.

    Args:
        root: The folder.

    Raises:
        ServingError: A file of the project is not there, or the knowledge base cannot be used.
    """
    missing = [name for name in _PROJECT_FILES if not (root / name).is_file()]
    if missing:
        raise ServingError(f"{root} holds no {', '.join(missing)}; run this in the project's root folder.")
    try:
        load()
    except KnowledgeError as error:
        raise ServingError(f"the knowledge base cannot be used:\n{error}") from error


def check_exposure(address: Address) -> None:
    """Check that REST is not open to other machines without a token.

    Args:
        address: Where Rasa is to listen.

    Raises:
        ServingError: It would be, or the tokens cannot be read.
    """
    try:
        tokens = read_tokens()
    except ValueError as error:
        raise ServingError(str(error)) from error
    if not is_loopback(address.interface) and not tokens:
        raise ServingError(
            f"{address.interface} can be reached from other machines, where REST needs a token: "
            f"set the environment variable {TOKEN_VARIABLE} or {TOKENS_VARIABLE}, or listen on {LOOPBACK}."
        )


def check_channels() -> None:
    """Check that no channel is set up in part.

    Raises:
        ServingError: One is; says what is missing.
    """
    try:
        read_settings(os.environ)
    except SettingsError as error:
        raise ServingError(str(error)) from error


def check_port(address: Address, purpose: str, option: str) -> None:
    """Check that a service could listen.

    Args:
        address: Where.
        purpose: The service, for people.
        option: Command-line option that chooses another port.

    Raises:
        ServingError: The port is taken, or may not or cannot be used.
    """
    family = socket.AF_INET6 if ":" in address.interface else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.interface, address.port))
            probe.listen()
        except OSError as error:
            raise ServingError(
                f"port {address.port} on {address.interface} cannot be used for {purpose}: "
                f"{os.strerror(error.errno) if error.errno else error}. "
                f"End what uses it, or choose another with {option}."
            ) from error


@contextlib.contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """Turn Ctrl-C, SIGTERM and a closed terminal into an event, within the block.

    Yields:
        The event, set once one of the signals came.
    """
    stop = threading.Event()
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in signals}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def running(
    root: Path, address: Address, actions_port: int, report: Report, stop: threading.Event
) -> Iterator[list[Service]]:
    """Run both services within the block, on a model that fits the data.

    Args:
        root: The project's root.
        address: Where Rasa listens.
        actions_port: Where the action server listens, on loopback.
        report: Takes lines of progress.
        stop: Ends training and waiting when set.

    Yields:
        The services, both answering; none if `stop` was set before they did.

    Raises:
        ServingError: They cannot be started; says why.
    """
    actions = Address(LOOPBACK, actions_port)
    check_project(root)
    check_exposure(address)
    check_channels()
    if address.port == actions_port:
        raise ServingError(f"port {actions_port} cannot serve both Rasa and the actions; choose two.")
    check_port(address, "Rasa", "--port")
    check_port(actions, "the action server", "--actions-port")
    model = ensure_model(root, report, stop)
    with contextlib.ExitStack() as stack:
        services: list[Service] = []

        def start(title: str, name: str, health_url: str, *arguments: str) -> None:
            settings = {ACTIONS_URL: f"{actions.url}/webhook", MODEL_VARIABLE: model.name.removesuffix(".tar.gz")}
            services.append(_start(root, title, name, health_url, settings, *arguments))
            stack.callback(processes.stop, services[-1].process)

        where = ("--interface", actions.interface, "--port", str(actions.port))
        start("The action server", "actions", f"{actions.url}/health", "actions", *where)
        where = ("--interface", address.interface, "--port", str(address.port))
        # Rasa opens its port only after it has loaded the model, and ends itself if it could not.
        start("Rasa", "rasa", f"{address.url}/", "rasa", *where, "--model", str(model))
        yield services if _wait_until_ready(services, report, stop) else []


def _start(root: Path, title: str, name: str, health_url: str, settings: dict[str, str], *arguments: str) -> Service:
    log = processes.open_log(root, name)
    with log.open("wb") as output:
        process = subprocess.Popen(
            processes.command(*arguments),
            cwd=root,
            env=processes.environment(**settings),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Ctrl-C goes to the launcher alone, which then stops its services in order.
            start_new_session=True,
        )
    return Service(title, process, log, health_url)


def check_alive(services: list[Service]) -> None:
    """Check that every service still runs.

    Args:
        services: The services.

    Raises:
        ServingError: One has ended; holds the last lines of its log.
    """
    for service in services:
        code = service.process.poll()
        if code is not None:
            how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
            raise ServingError(
                f"{service.title} ended unexpectedly ({how}); the end of {service.log}:\n{processes.tail(service.log)}"
            )


def answers(url: str) -> bool:
    """Tell whether a URL answers a GET with 200 within a second.

    Args:
        url: The URL.

    Returns:
        False for any other answer, and for none.
    """
    try:
        return httpx.get(url, timeout=1.0, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _wait_until_ready(services: list[Service], report: Report, stop: threading.Event) -> bool:
    started = time.monotonic()
    waiting = list(services)
    while waiting:
        check_alive(services)
        for service in [service for service in waiting if answers(service.health_url)]:
            report(f"{service.title} answers after {time.monotonic() - started:.1f} s.")
            waiting.remove(service)
        if time.monotonic() - started > _START_SECONDS:
            late = waiting[0]
            raise ServingError(
                f"{late.title} does not answer after {_START_SECONDS:.0f} s; the end of {late.log}:\n"
                f"{processes.tail(late.log)}"
            )
        if waiting and stop.wait(0.1):
            return False
    check_alive(services)
    return True


def serve(root: Path, address: Address, actions_port: int, report: Report) -> None:
    """Serve until a signal asks to stop.

    Args:
        root: The project's root.
        address: Where Rasa listens.
        actions_port: Where the action server listens, on loopback.
        report: Takes lines of progress.

    Raises:
        ServingError: The services cannot be started, or one of them ended.
    """
    with stop_on_signals() as stop:
        with running(root, address, actions_port, report, stop) as services:
            if services:
                report(f"Talk to it with `make chat`, or POST to {address.url}/webhooks/rest/webhook; Ctrl-C stops it.")
                report(f"Ready. Open {address.url}/ in a browser.")
            while services and not stop.wait(0.5):
                check_alive(services)
            report("Stopping.")
        report("Stopped.")
