"""A guard of its own for each test, and a handler that answers as the actions do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from bot.channels import feedback, guard
from bot.channels.events import EventLog
from bot.channels.guard import Guard, messages_of
from bot.channels.rate import Buckets
from bot.knowledge.answering import Question, answer_question
from bot.knowledge.loading import load


@pytest.fixture(autouse=True)
def feedback_elsewhere(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the guard notes of unanswered questions out of the project."""
    monkeypatch.setenv(feedback.DATABASE_VARIABLE, str(tmp_path_factory.getbasetemp() / "feedback.db"))


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Rasa:
    """Stands where Rasa does: notes what reaches it, and says an answer of the knowledge base."""

    def __init__(self) -> None:
        self.messages: list[UserMessage] = []

    async def __call__(self, message: UserMessage) -> None:
        self.messages.append(message)
        answer = answer_question(
            load(), Question(intent="ask_dose", topics=("sodium_thiosulfate",), asked={"dose": 1.0})
        )
        for said in messages_of(answer, message.sender_id):
            said.pop("recipient_id")
            await message.output_channel.send_response(message.sender_id, said)

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rasa() -> Rasa:
    return Rasa()


@pytest.fixture
def make_guard(tmp_path: Path, clock: Clock) -> Callable[..., Guard]:
    """Make a guard; another one on the same files is the same bot, started again."""

    def make(per_minute: int = 1000, key: bytes = b"key") -> Guard:
        return Guard(key, EventLog(f"sqlite:///{tmp_path / 'events.db'}", clock), Buckets(per_minute, clock))

    return make


@pytest.fixture
def own_guard(make_guard: Callable[..., Guard], monkeypatch: Any) -> Guard:
    """The guard that `answered` and `guarded` use during a test."""
    made = make_guard()
    monkeypatch.setattr(guard, "the_guard", lambda: made)
    return made
