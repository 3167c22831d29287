"""What a conversation remembers between two messages: ids and numbers only, never a word that the user typed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pydantic import Field, ValidationError

from bot.knowledge.answer import Kind
from bot.knowledge.model import Entry, Facet, Knowledge
from bot.knowledge.roles import Role
from bot.knowledge.turn import Reply, Turn

MOST_SHOWN = 100
OF_TOPICS, OF_FACTS = ("topics", "features"), ("shown", "shown_before")
"""Fields that hold ids."""


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
    measured: Mapping[str, float | None] = Field(
        default={}, description="the patient's values, by what they measure; None for one in another unit"
    )
    denied: bool = Field(default=False, description="whether the patient was said not to have the condition")

    def known_to(self, knowledge: Knowledge) -> Context:
        """Return what of it a knowledge base knows: another version may have been asked before."""
        kept = {
            **{name: tuple(one for one in getattr(self, name) if one in knowledge.topic_by_id) for name in OF_TOPICS},
            **{name: tuple(one for one in getattr(self, name) if one in knowledge.fact_by_id) for name in OF_FACTS},
        }
        return self.copy(update=kept)

    role: Role | None = Field(default=None, description="who the user said to be")


SLOTS = tuple(Context.__fields__)


def from_slots(slots: Mapping[str, Any]) -> Context:
    """Read the slots; one that holds something else (of another version of the bot) counts as empty."""
    found: dict[str, Any] = {}
    for name in SLOTS:
        try:
            found[name] = getattr(Context.parse_obj({name: slots[name]}), name) if slots.get(name) else None
        except ValidationError:
            continue
    return Context.parse_obj({name: value for name, value in found.items() if value})


def features(context: Context, turn: Turn) -> tuple[str, ...]:
    """Return the patient's features as they are with a message: those told, less those that it ends, and its own."""
    return tuple(dict.fromkeys((*(one for one in context.features if one not in turn.ended), *turn.features)))


def changes(
    context: Context, turn: Turn, reply: Reply, named: Sequence[str] = (), withheld: Collection[str] = ()
) -> dict[str, Any]:
    """Return the slots to set after an answer, as JSON holds them.

    A refusal of something that names no topic leaves the topic of the conversation in place, and so does small talk.

    Args:
        context: what was remembered before.
        turn: the message.
        reply: what was said, and how the message was understood.
        named: ids of the topics that the message itself was about.
        withheld: ids of the facts that the document does not state for this patient.
    """
    found: dict[str, Any] = {}
    answer = reply.answer
    if answer.kind is not Kind.SMALLTALK:
        found["last_kind"] = answer.kind.value
        if reply.asked:
            found["asked"] = {facet.value: weight for facet, weight in reply.asked.items()}
        if going_on := reply.topics or (answer.understood.topics if answer.facts else named):
            found["topics"] = list(going_on)
        if facts := [fact.id for fact in (*answer.facts, *answer.pitfalls)]:
            found["shown"] = facts
            found["shown_before"] = list(dict.fromkeys((*context.shown_before, *facts)))[-MOST_SHOWN:]
        elif named and context.shown:
            found["shown"] = []
    shown = found.get("shown", list(context.shown))
    if not set(withheld).isdisjoint(shown):
        # Taken back once; it is not to be taken back, or looked at, again.
        found["shown"] = [fact for fact in shown if fact not in withheld]
    if (told := features(context, turn)) != context.features:
        found["features"] = list(told)
    if turn.measured:
        found["measured"] = {**context.measured, **turn.measured}
    if turn.denies or (context.denied and turn.affirms):
        found["denied"] = turn.denies
    if turn.role:
        found["role"] = turn.role.value
    if turn.elsewhere and context.topics and answer.kind is Kind.OUT_OF_SCOPE:
        # What follows is of the other disease ("and in vasculitis?", "how long?").
        found |= {"topics": [], "asked": {}}
    return {**dict.fromkeys(SLOTS), **found} if turn.another else found
