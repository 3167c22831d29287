"""A readable chat in the terminal, over REST."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import textwrap
import threading
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bot.channels.tokens import TOKEN_VARIABLE
from bot.serving import launcher
from bot.serving.errors import ServingError

QUIT = "/quit"
_TIMEOUT_SECONDS = 30.0
_WIDEST = 100


@dataclass(frozen=True)
class Reply:
    """What the bot said to one message.

    Attributes:
        text: The answer for reading.
        choices: Follow-ups as (shown, sent) pairs, in the bot's order.
    """

    text: str
    choices: list[tuple[str, str]] = field(default_factory=list)


def read_reply(messages: Sequence[dict[str, Any]]) -> Reply:
    """Read the messages of a REST answer.

    Args:
        messages: The JSON list that REST returned.

    Returns:
        Their texts as one, and the follow-ups: the answer's own, or else the buttons.
    """
    texts = [message["text"] for message in messages if message.get("text")]
    follow_ups = [
        follow_up for message in messages for follow_up in (message.get("custom") or {}).get("follow_ups") or []
    ]
    buttons = [button for message in messages for button in message.get("buttons") or []]
    choices = [(text, text) for text in follow_ups] or [(button["title"], button["payload"]) for button in buttons]
    return Reply("\n\n".join(texts), choices)


def draw(reply: Reply, width: int) -> str:
    """Draw a reply for the terminal.

    Args:
        reply: The reply.
        width: Columns of the terminal.

    Returns:
        Wrapped lines, with numbered follow-ups below.
    """
    width = max(20, min(width, _WIDEST))
    lines = [_wrap(line, width) for line in (reply.text or "(The assistant sent no text.)").splitlines()]
    if reply.choices:
        lines.append("")
        lines += [_wrap(f"{number:>3}  {shown}", width, "     ") for number, (shown, _) in enumerate(reply.choices, 1)]
    return "\n".join(lines)


def _wrap(line: str, width: int, indent: str | None = None) -> str:
    """Wrap one line, keeping its indent and hanging the rest of a list item below its text."""
    if indent is None:
        body = line.lstrip(" ")
        bullet = next((mark for mark in ("- ", "• ", "* ") if body.startswith(mark)), "")
        indent = " " * (len(line) - len(body) + len(bullet))
    return textwrap.fill(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def choose(typed: str, choices: Sequence[tuple[str, str]]) -> str:
    """Turn what was typed into what is sent.

    Args:
        typed: A message, or the number of a follow-up.
        choices: The follow-ups of the last reply.

    Returns:
        What the chosen follow-up sends; the text itself when it is not such a number.
    """
    if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(choices):
        return choices[int(typed) - 1][1]
    return typed


def ask(client: httpx.Client, url: str, sender: str, message: str) -> Reply:
    """Send one message and read the reply.

    Args:
        client: HTTP client.
        url: Base URL of the bot.
        sender: Id of the conversation.
        message: What to say.

    Returns:
        The reply.

    Raises:
        ServingError: The bot does not answer, or not as it should.
    """
    try:
        answer = client.post(f"{url}/webhooks/rest/webhook", json={"sender": sender, "message": message})
        answer.raise_for_status()
        return read_reply(answer.json())
    except httpx.HTTPStatusError as error:
        hint = f" Set {TOKEN_VARIABLE} to its token." if error.response.status_code in (401, 403) else ""
        raise ServingError(f"the assistant at {url} refused ({error.response.status_code}).{hint}") from error
    except httpx.TimeoutException as error:
        raise ServingError(f"the assistant at {url} did not answer within {_TIMEOUT_SECONDS:.0f} s.") from error
    except httpx.HTTPError as error:
        raise ServingError(f"the assistant at {url} cannot be reached any more; start it with `make run`.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ServingError(f"what answers at {url} is not this assistant; choose another --port.") from error


def talk(url: str) -> None:
    """Chat until the user has had enough.

    Args:
        url: Base URL of the bot.

    Raises:
        ServingError: The bot is away.
    """
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 - gives `input` a history and keys to edit with
    token = os.environ.get(TOKEN_VARIABLE)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    sender = f"chat-{uuid.uuid4().hex}"
    print(f"Ask a question, choose a follow-up by its number, or leave with {QUIT}.")
    choices: list[tuple[str, str]] = []
    with httpx.Client(timeout=_TIMEOUT_SECONDS, trust_env=False, headers=headers) as client:
        for typed in _typed():
            reply = ask(client, url, sender, choose(typed, choices))
            choices = reply.choices
            print(f"\n{draw(reply, shutil.get_terminal_size().columns)}")


def _typed() -> Iterator[str]:
    """Yield what is typed, without empty lines, until the end."""
    while True:
        try:
            line = input("\nYou: ").strip()
        except (EOFError, KeyboardInterrupt):
            print()
            return
        if line.lower() == QUIT:
            return
        if line:
            yield line


def chat(root: Path, address: launcher.Address, actions_port: int) -> None:
    """Chat with the bot that runs already, or with one that runs for this chat alone.

    Args:
        root: The project's root.
        address: Where the bot listens, or shall.
        actions_port: Where the action server shall listen if it has to be started.

    Raises:
        ServingError: The bot cannot be started, or is away.
    """
    if launcher.answers(f"{address.url}/"):
        print(f"Talking to the assistant at {address.url}.")
        talk(address.url)
        return

    def report(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    stop = threading.Event()
    with launcher.running(root, address, actions_port, report, stop) as services:
        try:
            talk(address.url)
        except ServingError:
            launcher.check_alive(services)  # says more, where a service has ended
            raise
