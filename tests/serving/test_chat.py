from __future__ import annotations

import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.serving import chat
from bot.serving.errors import ServingError

ROOT = Path(__file__).resolve().parents[2]

MESSAGES = [
    {"text": "First line.\n- a point that is long enough to need a second line\n\nLast line.", "buttons": []},
    {"custom": {"schema": "answer/1", "follow_ups": ["How often?", "How long?"]}},
]


def test_reply_is_text_and_follow_ups() -> None:
    reply = chat.read_reply(MESSAGES)
    assert reply.text == MESSAGES[0]["text"]
    assert reply.choices == [("How often?", "How often?"), ("How long?", "How long?")]


def test_buttons_stand_in_for_follow_ups() -> None:
    buttons = [{"title": "Dose", "payload": "what is the dose"}]
    assert chat.read_reply([{"text": "Which?", "buttons": buttons}]).choices == [("Dose", "what is the dose")]


def test_drawing_wraps_and_numbers() -> None:
    assert chat.draw(chat.read_reply(MESSAGES), 30) == (
        "First line.\n"
        "- a point that is long enough\n"
        "  to need a second line\n"
        "\n"
        "Last line.\n"
        "\n"
        "  1  How often?\n"
        "  2  How long?"
    )


@pytest.mark.parametrize("width", [1, 25, 40, 500])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    drawn = chat.draw(chat.read_reply(MESSAGES), width)
    assert max(map(len, drawn.splitlines())) <= max(20, width)


def test_silence_is_said() -> None:
    assert chat.draw(chat.read_reply([]), 80) == "(The assistant sent no text.)"


@pytest.mark.parametrize(
    ("typed", "sent"),
    [("1", "one"), ("2", "two"), ("3", "3"), ("0", "0"), ("²", "²"), ("what?", "what?"), ("1 g", "1 g")],
)
def test_choosing_by_number(typed: str, sent: str) -> None:
    assert chat.choose(typed, [("One", "one"), ("Two", "two")]) == sent


class Bot(http.server.BaseHTTPRequestHandler):
    """Answers in the contract's form with what it was asked."""

    asked: list[dict[str, str]]
    status = 200

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(question)
        self._answer([{"text": f"You said {question['message']}"}, *MESSAGES[1:]])

    def _answer(self, body: object) -> None:
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def bot() -> Iterator[tuple[type[Bot], int]]:
    handler = type("Handler", (Bot,), {"asked": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield handler, server.server_port
        server.shutdown()


def talk(port: int, typed: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "chat", "--port", str(port)],
        cwd=ROOT,
        input=typed,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_chat_with_a_bot_that_runs(bot: tuple[type[Bot], int]) -> None:
    handler, port = bot
    first = talk(port, "hello\n\n2\n/quit\nnever sent\n")
    second = talk(port, "hello\n")
    assert first.returncode == second.returncode == 0, first.stderr
    assert [question["message"] for question in handler.asked] == ["hello", "How long?", "hello"]
    assert "You said How long?" in first.stdout
    senders = [question["sender"] for question in handler.asked]
    assert senders[0] == senders[1] != senders[2]


def test_refusal_is_clear(bot: tuple[type[Bot], int]) -> None:
    handler, port = bot
    handler.status = 401
    with httpx.Client() as client, pytest.raises(ServingError, match=r"refused \(401\)\. Set REST_TOKEN"):
        chat.ask(client, f"http://127.0.0.1:{port}", "tester", "hello")


def test_service_that_is_away_is_clear(ports: tuple[int, int]) -> None:
    with httpx.Client() as client, pytest.raises(ServingError, match="cannot be reached any more; start it with"):
        chat.ask(client, f"http://127.0.0.1:{ports[0]}", "tester", "hello")
