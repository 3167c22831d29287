"""A tracker store that keeps what the bot needs and nothing that the user typed."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, TEXT

from bot.channels.sqlite import open_sqlite

# Their values are ids and names of the knowledge base; those of the others are words that the user typed.
KEPT_ENTITIES = ("topic", "not_held")

MOST_EVENTS = 300
"""How many events of a conversation are read back: some thirty questions. Slots keep what has to last longer."""


class RedactingTrackerStore(SQLTrackerStore):
    """Rasa's SQL store, except that users' texts are left out before anything is written.

    Conversations go on from intents, entities and slots, which hold ids of the knowledge base only. It reads and writes
    the same table as Rasa's, by plain statements: one of each a message, where Rasa's store needs seven.
    """

    engine: Any

    def __init__(self, domain: Any = None, host: str | None = None, event_broker: Any = None, **settings: Any) -> None:
        """Open the store; for SQLite, make the folder of the file."""
        if settings.get("dialect", "sqlite") == "sqlite":
            Path(settings.get("db", "rasa.db")).parent.mkdir(parents=True, exist_ok=True)
        super().__init__(domain, host=host, event_broker=event_broker, **settings)
        if self.engine.dialect.name == "sqlite":
            self.engine.dispose()
            self.engine = open_sqlite(self.engine.url)
            self.sessionmaker.configure(bind=self.engine)
        events = self.SQLEvent.__table__
        sender = events.c.sender_id == sqlalchemy.bindparam("sender")
        begun = sqlalchemy.select(sqlalchemy.func.max(events.c.timestamp)).where(
            sender, events.c.type_name == SessionStarted.type_name
        )
        since = sqlalchemy.func.coalesce(begun.scalar_subquery(), 0.0)
        latest = sqlalchemy.select(events.c.data).where(sender, events.c.timestamp >= since)
        self._insert = events.insert()
        self._latest = latest.order_by(events.c.id.desc()).limit(MOST_EVENTS)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the latest events of the conversation's present session, or None where there are none."""
        with self.engine.connect() as connection:
            rows = connection.execute(self._latest, {"sender": sender_id}).scalars().all()
        if not rows:
            return None
        events = [json.loads(data) for data in reversed(rows)]
        tracker = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)
        _remember_stored(tracker)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Add the events that the store does not have yet."""
        await self.stream_events(tracker)
        rows = [_row(tracker.sender_id, event) for event in self._new_events(tracker)]
        if rows:
            with self.engine.begin() as connection:
                connection.execute(self._insert, rows)
        _remember_stored(tracker)

    def _new_events(self, tracker: DialogueStateTracker) -> Sequence[Event]:
        stored = getattr(tracker, _STORED, None)
        if stored is None and tracker.events:
            # Not from here: made by Rasa, or a copy. How many are there is asked as Rasa asks it.
            with self.session_scope() as session:
                return list(self._additional_events(session, tracker))
        return list(itertools.islice(tracker.events, stored or 0, None))


_STORED = "_stored_events"


def _remember_stored(tracker: DialogueStateTracker) -> None:
    setattr(tracker, _STORED, len(tracker.events))


def _row(sender: str, event: Event) -> dict[str, Any]:
    """Return an event as a row of Rasa's table, without users' texts."""
    data = without_text(event).as_dict()
    return {
        "sender_id": sender,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get(INTENT, {}).get(INTENT_NAME_KEY),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def without_text(event: Event) -> Event:
    """Return an event as it may be stored: of a user's message, intent and topics, no words."""
    if not isinstance(event, UserUttered):
        return event
    kept = copy.copy(event)
    kept.text = ""
    entities = [entity for entity in event.parse_data.get(ENTITIES, []) if entity["entity"] in KEPT_ENTITIES]
    kept.entities = entities
    kept.parse_data = {**event.parse_data, TEXT: "", "text_tokens": [], ENTITIES: entities}
    kept.metadata = {}
    return kept
