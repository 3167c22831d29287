"""Nothing that a user types stands in the database or in a log, whatever became of the message."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bot.knowledge.loading import load

DOSE = "What is the dose of sodium thiosulfate?"
FILES = ("var/conversations.db", "var/log/rasa.log", "var/log/actions.log")
MARKERS = [f"zq{word}x" for word in ("answered", "refused", "slash", "long", "error", "broken", "wrong", "hanging")]


def files(root: Path) -> dict[str, bytes]:
    """Return all that the bot has written: the database, what SQLite keeps beside it, and the logs."""
    paths = [path for path in (root / "var").rglob("*") if path.is_file()]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture
def written(bot, new_sender) -> dict[str, bytes]:
    """Everything written after messages with marker words went every way that a message can go."""
    answered, refused, slash, long, error, broken, wrong, hanging = MARKERS
    bot.ask(new_sender(), f"my name is {answered} Smith: {DOSE}")
    bot.ask(new_sender(), f"{refused} and the weather in {refused}?")
    bot.ask(new_sender(), f'/ask_dose{{"topic": "{slash}"}}')
    bot.ask(new_sender(), f"{long} " * 500)
    bot.reply(content=f'{{"sender": "x", "message": "{broken}')
    bot.reply(json={"sender": "x", "message": [wrong]})
    bot.kill_actions()
    bot.ask(new_sender(), f"{error}: {DOSE}")
    bot.start_actions()
    bot.pause_actions()
    bot.ask(new_sender(), f"{hanging}: {DOSE}")
    bot.resume_actions()
    return files(bot.root)


def test_no_word_of_a_user_is_kept(written: dict[str, bytes]) -> None:
    assert set(FILES) <= set(written)
    assert all(written[name] for name in FILES)
    assert [(name, word) for name, text in written.items() for word in MARKERS if word.encode() in text] == []


def test_the_conversation_itself_is_kept(bot, sender: str) -> None:
    """Otherwise the test above would check nothing: what is kept of a message is what it was about."""
    bot.ask(sender, DOSE)
    with sqlite3.connect(bot.root / "var/conversations.db") as database:
        events = [row[0] for row in database.execute("select data from events where sender_id = ?", (sender,))]
    assert any('"sodium_thiosulfate"' in event for event in events)
    assert not any(DOSE in event for event in events if '"event": "user"' in event)


@pytest.mark.parametrize("word", ["metformin", "rivaroxaban", "psoriasis"])
def test_no_word_that_was_recognised_is_kept(bot, sender: str, word: str) -> None:
    """Of a drug or disease of another field, which may be in the knowledge base's own words only."""
    own = {name for matter in load().not_held for name in (matter.name, *matter.words)}
    bot.ask(sender, f"{word} dose?")
    with sqlite3.connect(bot.root / "var/conversations.db") as database:
        events = [row[0] for row in database.execute("select data from events where sender_id = ?", (sender,))]
    assert events
    kept = [event for event in events if f'"{word}"' in event]
    assert kept == [], f"{'a matter' if word in own else 'no matter'} of the knowledge base"


def test_what_names_a_patient_is_not_repeated(bot, sender: str) -> None:
    reply = bot.ask(sender, f"Mr Zqpatientx, born 01.02.1950: {DOSE}")
    assert "zqpatientx" not in (reply.text + str(reply.custom)).lower()
    assert "1950" not in reply.text


@pytest.mark.parametrize("name", ["Crohn", "Hodgkin", "Wegener", "Parkinson"])
def test_a_surname_that_a_disease_bears_is_not_repeated(bot, sender: str, name: str) -> None:
    reply = bot.ask(sender, f"Mr {name} is asking for his metformin dose")
    assert reply.kind == "out_of_scope"
    assert name.lower() not in (reply.text + str(reply.custom)).lower()
    with sqlite3.connect(bot.root / "var/conversations.db") as database:
        events = [row[0] for row in database.execute("select data from events where sender_id = ?", (sender,))]
    assert events
    assert [event for event in events if name.lower() in event.lower()] == []
