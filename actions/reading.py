"""What an action reads off Rasa's tracker, as the knowledge room's own types."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Tracker

from bot.knowledge.answering import NAMED_ALONE, Question
from bot.knowledge.context import Context, from_slots
from bot.knowledge.conversation import Turn
from bot.knowledge.loading import load
from bot.knowledge.model import Facet, TopicKind
from bot.language.parts import ASKS

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# Beside a topic these say no more than that it is meant.
_FILLERS = (
    "a about actually again also an and apologies as asked asking back but change choose coming concerning did first "
    "for go going how i i'd in is it it's its last let let's like make me mean meant my next no nope not now of off "
    "oh ok okay on one ones oops or other please question rather regarding rephrase return returning same said "
    "scratch second so sorry switch talking that that's thats the them then there this to too topic turn typo was we "
    "were what what's whats with wrong yeah yes you"
)
FILLERS = frozenset(_FILLERS.split())
# They point back at what was said before.
POINTERS = frozenset(["it", "it's", "its", "one", "same", "that", "that's", "these", "they", "them", "this", "those"])
OPENERS = frozenset(["also", "and", "any", "but", "or", "so", "then"])
DENIED = re.compile(r"\bnot\s+(?:the\s+|about\s+)*$", re.IGNORECASE)


def context(tracker: Tracker) -> Context:
    """Return what the conversation remembers."""
    return from_slots(tracker.slots)


def turn(tracker: Tracker) -> Turn:
    """Return the latest message as read, with how far it stands by itself."""
    message = tracker.latest_message
    text, entities = message.get("text") or "", message.get("entities") or []
    whole, intent = question(tracker), (message.get("intent") or {}).get("name")
    topics = [entity for entity in entities if entity.get("entity") == "topic"]
    words = [word.lower().replace("’", "'") for word in WORD.findall(_without(text, topics))]
    named = _named(text, topics)
    own = intent == NAMED_ALONE and not whole.foreign and not whole.not_held
    return Turn(
        whole=whole,
        questions=questions(tracker),
        named=named,
        bare=bool(named) and (own or FILLERS.issuperset(words)),
        vague=FILLERS.issuperset(words),
        asks=bool(ASKS.search(text)),
        refers=not POINTERS.isdisjoint(words) or bool(OPENERS.intersection(words[:1])),
        words=len(WORD.findall(text)),
        ranking={one["name"]: one["confidence"] for one in message.get("intent_ranking") or [] if one["name"]},
        features=_features(topics, whole.topics),
        sender=tracker.sender_id or "",
        model=next((id_ for id_ in map(_model_id, reversed(tracker.events or ())) if id_), ""),
    )


def _model_id(event: dict[str, Any]) -> str:
    """Return the id of Rasa's model that an event bears, if it does."""
    return str((event.get("metadata") or {}).get("model_id") or "")


def _without(text: str, spans: list[dict[str, Any]]) -> str:
    for span in sorted(spans, key=lambda one: -one.get("start", 0)):
        text = text[: span.get("start", 0)] + " " + text[span.get("end", 0) :]
    return text


def _named(text: str, topics: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return the topics that stand in the text, less those set aside for another ("apixaban, not warfarin")."""
    kept = [one for one in topics if not DENIED.search(text[: one.get("start", 0)])]
    return tuple(dict.fromkeys(one["value"] for one in kept or topics))


def _features(topics: list[dict[str, Any]], about: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a message tells of the patient: settings, and topics named that it does not ask about."""
    knowledge = load()
    told = [one["value"] for one in topics if one.get("role") != "negated" and one["value"] in knowledge.topic_by_id]
    kinds = {topic: knowledge.topic_by_id[topic].kind for topic in told}
    aside = [topic for topic in told if kinds[topic] is TopicKind.SUBJECT and topic not in about]
    return tuple(dict.fromkeys([*(topic for topic in told if kinds[topic] is TopicKind.SETTING), *aside]))


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
        context=context(tracker).topics,
    )


def questions(tracker: Tracker) -> tuple[Question, ...]:
    """Return the questions of the latest message one by one, in the order asked."""
    whole = question(tracker)
    parts = tracker.latest_message.get("questions") or []
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


def _values(entities: list[dict[str, Any]], *kinds: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entity["value"] for entity in entities if entity.get("entity") in kinds))
