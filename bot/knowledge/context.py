"""What a conversation remembers between two messages: ids and numbers only, never a word that the user typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field, ValidationError

from bot.knowledge.answer import Kind
from bot.knowledge.model import Entry, Facet
from bot.knowledge.roles import Role
from bot.knowledge.turn import Reply, Turn

MOST_SHOWN = 100


class Context(Entry):
    """The state of a conversation; each field is a slot of Rasa's with the same name.

    Rasa ends a session after an hour without a message, and the slots with it.
    """

    topics: tuple[str, ...] = Field(default=(), description="ids of the topics of the last answer")
    asked: Mapping[Facet, float] = Field(default={}, description="weight of each facet asked last")
    shown: tuple[str, ...] = Field(default=(), description="ids of the facts and warnings of the last answer")
    shown_before: tuple[str, ...] = Field(default=(), description="ids of all facts shown so far, the oldest first")
    last_kind: str = Field(default="", description="kind of the last answer")
    features: tuple[str, ...] = Field(default=(), description="ids of topics named as the patient's features")
    measured: Mapping[str, float] = Field(default={}, description="the patient's values, by what they measure")
    role: Role | None = Field(default=None, description="who the user said to be")


SLOTS = tuple(Context.__fields__)


def from_slots(slots: Mapping[str, Any]) -> Context:
    """Read the slots; where they hold something else (of another version of the bot) they count as empty."""
    try:
        return Context.parse_obj({name: slots[name] for name in SLOTS if slots.get(name)})
    except ValidationError:
        return Context()


def features(context: Context, turn: Turn) -> tuple[str, ...]:
    """Return the patient's features as they are with a message: those told, less those that it ends, and its own."""
    return tuple(dict.fromkeys((*(one for one in context.features if one not in turn.ended), *turn.features)))


def changes(context: Context, turn: Turn, reply: Reply, named: Sequence[str] = ()) -> dict[str, Any]:
    """Return the slots to set after an answer, as JSON holds them.

    A refusal of something that names no topic leaves the topic of the conversation in place, and so does small talk.

    Args:
        context: what was remembered before.
        turn: the message.
        reply: what was said, and how the message was understood.
        named: ids of the topics that the message itself was about.
    """
    found: dict[str, Any] = {}
    answer = reply.answer
    if answer.kind is not Kind.SMALLTALK:
        found["last_kind"] = answer.kind.value
        if reply.asked:
            found["asked"] = {facet.value: weight for facet, weight in reply.asked.items()}
        if going_on := reply.topics or (answer.understood.topics if answer.facts else named):
            found["topics"] = list(going_on)
        if shown := [fact.id for fact in (*answer.facts, *answer.pitfalls)]:
            found["shown"] = shown
            found["shown_before"] = list(dict.fromkeys((*context.shown_before, *shown)))[-MOST_SHOWN:]
        elif named and context.shown:
            found["shown"] = []
    if (told := features(context, turn)) != context.features:
        found["features"] = list(told)
    if turn.measured:
        found["measured"] = {**context.measured, **turn.measured}
    if turn.role:
        found["role"] = turn.role.value
    return found
