"""What the training examples teach: intent, topics, the bullets that answer them, and scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.knowledge.answering import Question, topics_of
from bot.knowledge.model import Facet, Knowledge
from bot.knowledge.selection import select, subjects

OUT_OF_SCOPE, NOT_IN_DOCUMENT, EMERGENCY, CLAIM = "out_of_scope", "not_in_document", "report_emergency", "state_claim"
HELD, NOT_HELD, OTHER = 0, 1, 2
"""Scopes: the document holds an answer; it belongs to the condition but is not held; it is something else."""


FACETS = {CLAIM if facet is Facet.CLAIM else f"ask_{facet.value}": facet for facet in Facet}
"""The facet that each intent of a question asks for."""


@dataclass(frozen=True)
class Example:
    """A training example: text as the network reads it, intent, and the topics annotated or named in it."""

    text: str
    intent: str
    topics: tuple[str, ...]


@dataclass(frozen=True)
class Names:
    """What stands in which place of the network's outputs."""

    intents: tuple[str, ...]
    topics: tuple[str, ...]
    bullets: tuple[str, ...]


def facet_of(intent: str | None) -> Facet | None:
    """Return the facet that an intent asks for, or None for the other intents."""
    return FACETS.get(intent or "")


def names_of(knowledge: Knowledge, examples: Sequence[Example]) -> Names:
    """List intents, topics and bullets in a fixed order."""
    return Names(
        intents=tuple(sorted({example.intent for example in examples})),
        topics=tuple(topic.id for topic in knowledge.topics),
        bullets=tuple(sorted({fact.locator for fact in knowledge.facts})),
    )


def targets(
    knowledge: Knowledge, examples: Sequence[Example], names: Names
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what the heads are to say: intents (n,), topics and bullets as 0/1 (n, k), scopes (n,)."""
    places = {name: place for place, name in enumerate((*names.topics, *names.bullets))}
    intents = np.array([names.intents.index(example.intent) for example in examples], dtype=np.int32)
    labels = np.zeros((len(examples), len(places)), dtype=np.float32)
    scopes = np.zeros(len(examples), dtype=np.int32)
    for row, example in enumerate(examples):
        bullets, scopes[row] = _answered_by(knowledge, example)
        about = () if example.intent == OUT_OF_SCOPE else example.topics
        for name in (*about, *bullets):
            labels[row, places[name]] = 1.0
    return intents, labels, scopes


def _answered_by(knowledge: Knowledge, example: Example) -> tuple[set[str], int]:
    """Return the bullets that answer an example by its own annotation, and its scope."""
    if example.intent in (OUT_OF_SCOPE, NOT_IN_DOCUMENT):
        return set(), OTHER if example.intent == OUT_OF_SCOPE else NOT_HELD
    facet = facet_of(example.intent)
    if facet is None:
        return set(), HELD
    question = Question(intent=example.intent, topics=example.topics, asked={facet: 1.0})
    topics, _ = topics_of(knowledge, question)
    # Without a topic it is a follow-up or has to be asked back; the conversation decides.
    if not subjects(knowledge, topics):
        return set(), HELD
    facts = select(knowledge, topics, question.asked).facts
    return {fact.locator for fact in facts}, HELD if facts else NOT_HELD
