"""The same question gives the same bytes: again, from anyone, at once, and after a restart."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

QUESTIONS = [
    "STS dose in HD?",
    "how do I manage calciphylaxis?",
    "which opioid for the pain?",
    "apixaban dose in pulmonary embolism",
    "what about dosing?",
    "hello",
    "list the references",
    "he is septic and hypotensive now",
]
AGAIN = 20


def said(bot, sender: str, text: str) -> bytes:
    """Return the bytes of `custom` and text of an answer, as they came."""
    response = bot.post(json={"sender": sender, "message": text})
    # The id of the conversation is given back, and stands nowhere else.
    return response.content.replace(json.dumps(sender).encode(), b'"sender"')


@pytest.fixture(scope="module")
def before(started) -> dict[str, bytes]:
    return {text: said(started, f"first {text}", text) for text in QUESTIONS}


@pytest.mark.parametrize("text", QUESTIONS)
def test_asked_again(bot, before: dict[str, bytes], new_sender, text: str) -> None:
    assert b'"custom"' in before[text]
    assert {said(bot, new_sender(), text) for _ in range(AGAIN)} == {before[text]}


def test_asked_at_once(bot, before: dict[str, bytes], new_sender) -> None:
    asked = [(new_sender(), text) for text in QUESTIONS for _ in range(3)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda pair: said(bot, *pair), asked))
    assert answers == [before[text] for _, text in asked]


def test_two_messages_of_one_conversation_at_once(bot, before: dict[str, bytes], sender: str) -> None:
    text = QUESTIONS[0]
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: said(bot, sender, text), range(4))) == {before[text]}


def test_asked_after_a_restart(bot, before: dict[str, bytes], new_sender) -> None:
    sender = new_sender()
    topics = bot.ask(sender, QUESTIONS[0]).custom["understood"]["topics"]
    bot.stop()
    bot.start()
    assert {text: said(bot, new_sender(), text) for text in QUESTIONS} == before
    assert bot.ask(sender, "for how long?").custom["understood"]["assumed"] == topics, "the conversation goes on"


def test_two_conversations_interleaved_across_a_restart(bot, new_sender) -> None:
    asked = {"STS dose in HD?": "and for how long?", "what is the mortality of calciphylaxis?": "and why?"}
    senders = {first: new_sender() for first in asked}
    topics = {first: bot.ask(sender, first).custom["understood"]["topics"] for first, sender in senders.items()}
    assert len({tuple(one) for one in topics.values()}) == len(asked)
    bot.stop()
    bot.start()
    for first, then in asked.items():
        carried = bot.ask(senders[first], then).custom["understood"]["assumed"]
        assert carried and set(carried) <= set(topics[first])
