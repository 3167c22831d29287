"""What an action reads off Rasa's tracker, as the knowledge room's own types."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from bot.knowledge.answering import NAMED_ALONE, Question
from bot.knowledge.model import Facet

TOPICS_SLOT, ASKED_SLOT, SHOWN_SLOT = "topics", "asked", "shown"
SHOWN_BEFORE_SLOT, KIND_SLOT = "shown_before", "last_kind"
SLOTS = (TOPICS_SLOT, ASKED_SLOT, SHOWN_SLOT, SHOWN_BEFORE_SLOT, KIND_SLOT)


def question(tracker: Tracker) -> Question:
    """Return the latest message as understood, as a whole, with the conversation's topics."""
    message = tracker.latest_message
    entities = message.get("entities") or []
    intent = message.get("intent") or {}
    parts = message.get("questions") or []
    return Question(
        intent=intent.get("name") or "",
        confidence=float(intent.get("confidence") or 0.0),
        topics=tuple(dict.fromkeys(topic for part in parts for topic in part["topics"])),
        asked=_asked(parts[0]) if parts else {},
        words=sum(part["words"] for part in parts),
        not_held=_values(entities, "not_held"),
        foreign=bool(_values(entities, "drug", "disease")),
        context=tuple(tracker.get_slot(TOPICS_SLOT) or ()),
    )


def questions(tracker: Tracker) -> tuple[Question, ...]:
    """Return the questions of the latest message one by one, in the order asked."""
    whole = question(tracker)
    parts = tracker.latest_message.get("questions") or []
    if whole.intent == NAMED_ALONE:
        return (whole.copy(update={"asked": _last_asked(tracker)}),)
    split = (
        {
            "topics": tuple(part["topics"]),
            "asked": _asked(part),
            "likely": part["likely"],
            "words": part["words"],
            "refers": part.get("refers", False),
        }
        for part in parts
    )
    return tuple(whole.copy(update=update) for update in split) or (whole,)


def _asked(part: dict[str, Any]) -> dict[Facet, float]:
    return {Facet(facet): weight for facet, weight in part["asked"].items()}


def _last_asked(tracker: Tracker) -> dict[Facet, float]:
    return {Facet(facet): weight for facet, weight in (tracker.get_slot(ASKED_SLOT) or {}).items()}


def last_kind(tracker: Tracker) -> str | None:
    """Return the kind of the last answer, if there was one."""
    return tracker.get_slot(KIND_SLOT)


def shown_before(tracker: Tracker) -> tuple[str, ...]:
    """Return the ids of all facts shown in this conversation, in the order shown."""
    return tuple(tracker.get_slot(SHOWN_BEFORE_SLOT) or ())


def shown(tracker: Tracker) -> tuple[str, ...]:
    """Return the ids of the facts of the last answer."""
    return tuple(tracker.get_slot(SHOWN_SLOT) or ())


def _values(entities: list[dict[str, Any]], *kinds: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entity["value"] for entity in entities if entity.get("entity") in kinds))
