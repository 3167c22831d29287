"""The commands `train`, `run`, `chat`, `matrix-registration` and `review` of `python -m bot`."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bot.serving.errors import ServingError

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells count it."""


def add_parser(subparsers: Subparsers) -> None:
    """Register the commands.

    Args:
        subparsers: Where `python -m bot` collects its commands.
    """
    command = subparsers.add_parser("train", help="train the model that fits the present data, if it is not there")
    command.set_defaults(run=_answering(_train))

    command = subparsers.add_parser("run", help="train if needed, start both services, stop both on Ctrl-C")
    _add_ports(command)
    command.add_argument("--interface", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    command.set_defaults(run=_answering(_run))

    command = subparsers.add_parser("chat", help="chat in the terminal, starting what it needs")
    _add_ports(command)
    command.set_defaults(run=_answering(_chat))

    command = subparsers.add_parser("matrix-registration", help="print the file that makes the bot known to Matrix")
    command.add_argument(
        "--url", default="http://127.0.0.1:5005", help="where the homeserver reaches the bot (default: %(default)s)"
    )
    command.set_defaults(run=_answering(_matrix_registration))

    command = subparsers.add_parser("review", help="list users' marks, and what was not answered or unsure, by meaning")
    command.add_argument("--most", type=int, default=20, help="groups of each list (default: %(default)s)")
    command.add_argument("--export", type=Path, metavar="FILE", help="write the questions as training examples (YAML)")
    command.set_defaults(run=_answering(_review))


def _add_ports(command: argparse.ArgumentParser) -> None:
    command.add_argument("--port", type=_port, default=5005, help="port of Rasa (default: %(default)s)")
    command.add_argument(
        "--actions-port", type=_port, default=5055, help="port of the action server (default: %(default)s)"
    )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; use a number from 1 to 65535")
    return int(text)


def _report(line: str) -> None:
    print(line, flush=True)


def _answering(command: Callable[[argparse.Namespace], None]) -> Callable[[argparse.Namespace], int]:
    """Turn a command that raises into one that answers clearly and returns an exit code."""

    def run(arguments: argparse.Namespace) -> int:
        try:
            command(arguments)
        except ServingError as error:
            print(f"error: {error}", file=sys.stderr, flush=True)
            return 1
        except KeyboardInterrupt:
            print("Stopped.", file=sys.stderr, flush=True)
            return INTERRUPTED
        return 0

    return run


# Imports stand in the functions, so that the other commands of `python -m bot` start without them.
def _train(_: argparse.Namespace) -> None:
    from bot.serving.launcher import check_project, stop_on_signals
    from bot.serving.training import ensure_model

    check_project(Path.cwd())
    with stop_on_signals() as stop:
        ensure_model(Path.cwd(), _report, stop)


def _run(arguments: argparse.Namespace) -> None:
    from bot.serving.launcher import Address, serve

    serve(Path.cwd(), Address(arguments.interface, arguments.port), arguments.actions_port, _report)


def _chat(arguments: argparse.Namespace) -> None:
    from bot.serving.chat import chat
    from bot.serving.launcher import LOOPBACK, Address

    chat(Path.cwd(), Address(LOOPBACK, arguments.port), arguments.actions_port)


def _matrix_registration(arguments: argparse.Namespace) -> None:
    from bot.channels import matrix_settings as matrix

    try:
        user = matrix.check_user(os.environ.get(matrix.BOT_USER, "").strip())
    except matrix.SettingsError as error:
        raise ServingError(str(error)) from error
    as_token, hs_token = _given_or_new(matrix.AS_TOKEN), _given_or_new(matrix.HS_TOKEN)
    print(matrix.registration(user, as_token, hs_token, arguments.url.rstrip("/")), end="")


def _given_or_new(name: str) -> str:
    """Return the token that an environment variable holds, or a new one."""
    if given := os.environ.get(name, "").strip():
        return given
    print(f"{name} was not set, so a new token was made: set it to the one in the file.", file=sys.stderr)
    return secrets.token_hex(32)


def _review(arguments: argparse.Namespace) -> None:
    from bot.serving.review import review

    review(Path.cwd(), arguments.most, arguments.export, _report)
