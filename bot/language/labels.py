"""What the training examples teach: intent, topics, the bullets that answer them, and scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


ANSWERED_BY, MAY_SHOW, ALL = "answered_by", "may_show", "all"
"""Keys of an example's metadata: the bullets that have to be in the answer, and those that may be there too."""
TOPICS, OWN = "topics", "own"
"""Further keys: topics beside those annotated, and whether it is a question that the bot itself offers."""
UNJUDGED = -1.0


@dataclass(frozen=True)
class Example:
    """A training example.

    Attributes:
        text: As the heads read it.
        intent: What is asked.
        topics: Those annotated or named in it.
        answered_by: Bullets that answer it, none where the document does not; None where nobody has judged.
        may_show: Bullets that an answer may hold as well, or ``("all",)``.
    """

    text: str
    intent: str
    topics: tuple[str, ...]
    answered_by: tuple[str, ...] | None = None
    may_show: tuple[str, ...] = ()


class LabelError(Exception):
    """A training example names something that the knowledge base does not have; says which and what."""


@dataclass(frozen=True)
class Names:
    """What stands in which place of the heads' outputs."""

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
    """Return what the heads are to say: intents (n,), topics and bullets (n, k), scopes (n,).

    A topic or bullet is 1 where it belongs, 0 where not, and UNJUDGED where either is right.

    Raises:
        LabelError: an example names a bullet that the knowledge base does not have.
    """
    places = {name: place for place, name in enumerate((*names.topics, *names.bullets))}
    intents = np.array([names.intents.index(example.intent) for example in examples], dtype=np.int32)
    labels = np.zeros((len(examples), len(places)), dtype=np.float32)
    scopes = np.zeros(len(examples), dtype=np.int32)
    for row, example in enumerate(examples):
        bullets, scopes[row] = _answered_by(knowledge, example)
        about = () if example.intent == OUT_OF_SCOPE else example.topics
        for name in names.bullets if ALL in example.may_show else example.may_show:
            labels[row, _place(places, name, example)] = UNJUDGED
        for name in (*about, *bullets):
            labels[row, _place(places, name, example)] = 1.0
    return intents, labels, scopes


def _place(places: Mapping[str, int], name: str, example: Example) -> int:
    if name not in places:
        raise LabelError(f'the example "{example.text}" names `{name}`, which the knowledge base does not have')
    return places[name]


def _answered_by(knowledge: Knowledge, example: Example) -> tuple[set[str], int]:
    """Return the bullets that answer an example, as judged or else by its own annotation, and its scope."""
    if example.answered_by is not None:
        return set(example.answered_by), HELD if example.answered_by else NOT_HELD
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
