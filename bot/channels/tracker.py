"""A tracker store that keeps what the bot needs and nothing that the user typed."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.nlu.constants import ENTITIES, TEXT
from sqlalchemy.event import listen

# Their values are ids and names of the knowledge base; those of the others are words that the user typed.
KEPT_ENTITIES = ("topic", "not_held")


class RedactingTrackerStore(SQLTrackerStore):
    """Rasa's SQL store, except that users' texts are left out before anything is written.

    Conversations go on from intents, entities and slots, which hold ids of the knowledge base only.
    """

    def __init__(self, domain: Any = None, host: str | None = None, event_broker: Any = None, **settings: Any) -> None:
        """Open the store; for SQLite, make the folder of the file."""
        if settings.get("dialect", "sqlite") == "sqlite":
            Path(settings.get("db", "rasa.db")).parent.mkdir(parents=True, exist_ok=True)
        super().__init__(domain, host=host, event_broker=event_broker, **settings)
        if self.engine.dialect.name == "sqlite":
            listen(self.engine, "connect", _write_ahead)
            self.engine.dispose()

    def _additional_events(self, session: Any, tracker: Any) -> Iterator[Event]:
        """Return the events to store, without users' texts."""
        return (without_text(event) for event in super()._additional_events(session, tracker))


def _write_ahead(connection: Any, _: Any) -> None:
    """Let SQLite append to a log: several times faster, and as safe against the end of a process."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


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
