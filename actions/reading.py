"""What an action reads off Rasa's tracker, as the knowledge room's own types."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from bot.knowledge.answering import Question
from bot.knowledge.model import Facet

TOPICS_SLOT, SHOWN_SLOT = "topics", "shown"


def question(tracker: Tracker) -> Question:
    """Return the latest message as understood, with the conversation's topics."""
    message = tracker.latest_message
    entities = message.get("entities") or []
    intent = message.get("intent") or {}
    return Question(
        intent=intent.get("name") or "",
        confidence=float(intent.get("confidence") or 0.0),
        topics=_topics(entities),
        asked={Facet(facet): weight for facet, weight in (message.get("asked") or {}).items()},
        not_held=_values(entities, "not_held"),
        foreign=_values(entities, "drug", "disease"),
        context=tuple(tracker.get_slot(TOPICS_SLOT) or ()),
    )


def shown(tracker: Tracker) -> tuple[str, ...]:
    """Return the ids of the facts of the last answer."""
    return tuple(tracker.get_slot(SHOWN_SLOT) or ())


def _topics(entities: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return topics in the order of the text; denied ones ("not on ...") only where nothing else is named."""
    named = [entity for entity in entities if entity.get("entity") == "topic"]
    affirmed = [entity for entity in named if entity.get("role") != "negated"]
    return tuple(dict.fromkeys(entity["value"] for entity in affirmed or named))


def _values(entities: list[dict[str, Any]], *kinds: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entity["value"] for entity in entities if entity.get("entity") in kinds))
