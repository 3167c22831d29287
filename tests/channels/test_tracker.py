"""The tracker store: what it keeps, what it leaves out, and that it agrees with Rasa's own store on the same table."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channels import tracker as store_module
from bot.channels.tracker import RedactingTrackerStore

SECRET = "Mrs Zqpatientx"


@pytest.fixture
def domain(root: Path) -> Domain:
    return Domain.load(str(root / "domain.yml"))


@pytest.fixture
def store(domain: Domain, tmp_path: Path) -> RedactingTrackerStore:
    return RedactingTrackerStore(domain, db=str(tmp_path / "new folder" / "conversations.db"))


def turn(tracker: DialogueStateTracker, topic: str) -> None:
    parsed = {"text": f"{SECRET} dose", "intent": {"name": "ask_dose", "confidence": 0.9},
              "entities": [{"entity": "topic", "value": topic}, {"entity": "drug", "value": SECRET}]}  # fmt: skip
    tracker.update(UserUttered(parsed["text"], parsed["intent"], parsed["entities"], parsed))
    tracker.update(SlotSet("topics", [topic]))
    tracker.update(ActionExecuted("action_listen"))


def saved(store: Any, sender: str, turns: int) -> DialogueStateTracker:
    """Hold a conversation as Rasa does: read, add, save, each turn anew."""
    for number in range(turns):
        tracker = asyncio.run(store.get_or_create_tracker(sender, append_action_listen=False))
        if not tracker.events:
            tracker.update(SessionStarted())
        turn(tracker, f"topic_{number}")
        asyncio.run(store.save(tracker))
    found = asyncio.run(store.retrieve(sender))
    assert found is not None
    return found


def test_a_conversation_comes_back_event_by_event_and_without_words(
    store: RedactingTrackerStore, domain: Domain, tmp_path: Path
) -> None:
    ours = saved(store, "someone", 4)
    assert len(ours.events) == 1 + 4 * 3
    assert ours.get_slot("topics") == ["topic_3"]
    stock = SQLTrackerStore(domain, db=str(tmp_path / "new folder" / "conversations.db"))
    theirs = asyncio.run(stock.retrieve("someone"))
    assert [event.as_dict() for event in theirs.events] == [event.as_dict() for event in ours.events]
    assert SECRET.encode() not in b"".join(path.read_bytes() for path in (tmp_path / "new folder").iterdir())


def test_nobody_is_known_before_the_first_message(store: RedactingTrackerStore) -> None:
    assert asyncio.run(store.retrieve("someone")) is None


def test_saving_twice_stores_once_even_from_a_copy(store: RedactingTrackerStore) -> None:
    tracker = saved(store, "someone", 2)
    asyncio.run(store.save(tracker))
    asyncio.run(store.save(tracker.copy()))
    again = asyncio.run(store.retrieve("someone"))
    assert again is not None
    assert len(again.events) == len(tracker.events)


def test_a_long_conversation_is_read_from_its_end(store: RedactingTrackerStore, monkeypatch: Any) -> None:
    monkeypatch.setattr(store_module, "MOST_EVENTS", 9)
    short = RedactingTrackerStore(store.domain, db=str(store.engine.url.database))
    tracker = saved(short, "someone", 6)
    assert [event.entities[0]["value"] for event in tracker.events if isinstance(event, UserUttered)] == [
        "topic_3", "topic_4", "topic_5",
    ]  # fmt: skip
    assert len(asyncio.run(store.retrieve("someone")).events) == 1 + 6 * 3


def test_a_new_session_leaves_the_old_one_behind(store: RedactingTrackerStore) -> None:
    tracker = saved(store, "someone", 2)
    tracker.update(SessionStarted())
    turn(tracker, "later")
    asyncio.run(store.save(tracker))
    again = asyncio.run(store.retrieve("someone"))
    assert again is not None
    assert [event.entities[0]["value"] for event in again.events if isinstance(event, UserUttered)] == ["later"]
