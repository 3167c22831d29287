"""Nothing that a user types stands in the database or in a log, whatever became of the message."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bot.channels.identity import conversation_id, read_key
from bot.knowledge import phrases
from bot.knowledge.loading import load

DOSE = "What is the dose of sodium thiosulfate?"
FILES = ("var/conversations.db", "var/log/rasa.log", "var/log/actions.log")
MARKERS = [f"zq{word}x" for word in ("answered", "refused", "slash", "long", "error", "broken", "wrong", "hanging")]


def files(root: Path) -> dict[str, bytes]:
    """Return all that the bot has written: the database, what SQLite keeps beside it, and the logs."""
    paths = [path for path in (root / "var").rglob("*") if path.is_file()]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


def events_of(root: Path, sender: str) -> list[str]:
    """Return the stored events of a sender's conversation, which is stored under a digest of the sender's id."""
    conversation = conversation_id(read_key(root / "var"), "rest", "", sender)
    with sqlite3.connect(root / "var/conversations.db") as database:
        return [row[0] for row in database.execute("select data from events where sender_id = ?", (conversation,))]


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
    events = events_of(bot.root, sender)
    assert any('"sodium_thiosulfate"' in event for event in events)
    assert not any(DOSE in event for event in events if '"event": "user"' in event)


@pytest.mark.parametrize("word", ["metformin", "rivaroxaban", "psoriasis"])
def test_no_word_that_was_recognised_is_kept(bot, sender: str, word: str) -> None:
    """Of a drug or disease of another field, which may be in the knowledge base's own words only."""
    own = {name for matter in load().not_held for name in (matter.name, *matter.words)}
    bot.ask(sender, f"{word} dose?")
    events = events_of(bot.root, sender)
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
    events = events_of(bot.root, sender)
    assert events
    assert [event for event in events if name.lower() in event.lower()] == []


IDENTIFIERS = {
    "name": "Zqbertha Zqwhitfield", "mrn": "8877665", "phone": "212-555-0187", "mail": "zq.doe@example.org",
    "date": "14 March 1958", "age": "97F", "town": "Zqlittleton", "address": "12 Zqoak Street", "nhs": "943 476 5919",
    "url": "https://zqportal.example.org/p/7", "file": "IMG_99887.jpg", "ip": "192.0.2.55",
}  # fmt: skip


def test_identifiers_are_taken_out_and_the_question_is_answered(bot, new_sender) -> None:
    who = "zq.nurse@example.org"
    message = (
        "pt {name}, {age}, born {date}, MRN {mrn}, NHS {nhs}, lives in {town}, {address}, tel {phone}, {mail}, "
        "see {url} and {file} from {ip}. STS dose in HD?"
    ).format(**IDENTIFIERS)
    reply, plain = bot.ask(who, message), bot.ask(new_sender(), "STS dose in HD?")
    assert {fact["id"] for fact in reply.custom["facts"]} == {fact["id"] for fact in plain.custom["facts"]}
    assert reply.custom["notice"] == phrases.IDENTIFIERS_REMOVED
    assert reply.text.splitlines()[-1] == phrases.IDENTIFIERS_REMOVED
    assert "notice" not in plain.custom
    assert phrases.IDENTIFIERS_REMOVED not in plain.text
    said = f"{reply.text} {reply.custom}"
    kept = {name: text.decode(errors="replace") for name, text in files(bot.root).items()}
    assert set(FILES) <= set(kept)
    # Not "97F": a digest may hold it by chance.
    values = [value for value in (*IDENTIFIERS.values(), *IDENTIFIERS["name"].split(), who) if len(value) > 3]
    assert [value for value in values if value.lower() in said.lower()] == []
    assert [(name, value) for name, text in kept.items() for value in values if value.lower() in text.lower()] == []


def test_what_reaches_the_model_names_nobody(bot, sender: str) -> None:
    """The action server sees the text too: a message that is nothing but a name is answered without either."""
    reply = bot.ask(sender, "Mrs Zqanna Zqkowalski, MRN 1234567")
    assert reply.kind == "clarify"
    assert reply.custom["notice"] == phrases.IDENTIFIERS_REMOVED
    assert events_of(bot.root, sender) == []


@pytest.mark.parametrize(
    ("with_them", "without"),
    [
        ("pt John Doe 54M MRN 1234567, STS dose in HD?", "STS dose in HD?"),
        ("Mr Smith (dob 01.02.1950): is warfarin safe in calciphylaxis?", "is warfarin safe in calciphylaxis?"),
        ("93-year-old in bed 14B, how long do we give STS?", "how long do we give STS?"),
        (
            "What is the mortality of calciphylaxis? Thanks, Dr. Sarah Whitfield",
            "What is the mortality of calciphylaxis?",
        ),
    ],
)
def test_the_question_reads_as_it_would_alone(bot, new_sender, with_them: str, without: str) -> None:
    reply, alone = bot.ask(new_sender(), with_them), bot.ask(new_sender(), without)
    assert alone.kind == "answer"
    assert reply.custom["facts"] == alone.custom["facts"]
