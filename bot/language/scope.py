"""Whether the document can answer a question, decided on the question as a whole, as a calibrated probability."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.knowledge.model import Facet, Knowledge, TopicKind
from bot.knowledge.selection import held_share, subjects
from bot.language.heads import Outputs
from bot.language.labels import HELD, NOT_HELD, NOT_IN_DOCUMENT, OTHER, OUT_OF_SCOPE, Names

LONG = 60


@dataclass(frozen=True)
class Evidence:
    """What is known of a question: the heads' outputs, what it names, what it is about, what it asks."""

    outputs: Outputs
    named: frozenset[str]
    about: tuple[str, ...]
    asked: dict[Facet, float]
    not_held: int
    drugs: int
    diseases: int
    words: int


def answered_share(knowledge: Knowledge, evidence: Evidence, default: float = 0.0) -> float:
    """Return how much of what is asked, 0 to 1, the facts on one of the topics answer.

    Args:
        knowledge: the knowledge base.
        evidence: what is known of the question.
        default: what counts where it has no topic.
    """
    about = subjects(knowledge, evidence.about)
    return max((held_share(knowledge, topic, evidence.asked) for topic in about), default=default)


def features(knowledge: Knowledge, names: Names, evidence: Evidence) -> list[float]:
    """Return the numbers that the decision is made on."""
    outputs, split = evidence.outputs, len(names.topics)
    probability = dict(zip(names.intents, outputs.intent, strict=True))
    about = subjects(knowledge, evidence.about)
    share = answered_share(knowledge, evidence)
    kinds = {knowledge.topic_by_id[topic].kind for topic in evidence.named}
    return [
        _logit(outputs.scope[HELD]),
        _logit(outputs.scope[NOT_HELD]),
        _logit(outputs.scope[OTHER]),
        _logit(probability.get(NOT_IN_DOCUMENT, 0.0)),
        _logit(probability.get(OUT_OF_SCOPE, 0.0)),
        _logit(max(outputs.labels[split:], default=0.0)),
        _logit(max(outputs.labels[:split], default=0.0)),
        share,
        _logit(share),
        float(TopicKind.CONDITION in kinds),
        float(TopicKind.SUBJECT in kinds),
        float(not about),
        float(evidence.not_held > 0),
        float(min(evidence.drugs, 2)),
        float(min(evidence.diseases, 2)),
        min(evidence.words, LONG) / 20,
    ]


@dataclass(frozen=True)
class Decision:
    """A logistic regression as numbers: one weight a feature, and the intercept."""

    weights: tuple[float, ...]
    intercept: float

    def probability(self, row: Sequence[float]) -> float:
        """Return the probability, 0 to 1, that the document holds an answer."""
        return float(1 / (1 + np.exp(-(np.dot(self.weights, row) + self.intercept))))


def fit(rows: Sequence[Sequence[float]], scopes: Sequence[int]) -> Decision:
    """Fit the decision on questions that the heads have not been taught."""
    # Needed in training alone; it takes a second to import.
    from sklearn.linear_model import LogisticRegression

    values = np.array(rows)
    scale = values.std(axis=0)
    scale[scale == 0] = 1.0
    middle = values.mean(axis=0)
    model = LogisticRegression(C=0.1, max_iter=500).fit((values - middle) / scale, np.array(scopes) == HELD)
    weights = model.coef_[0] / scale
    intercept = float(model.intercept_[0] - np.dot(weights, middle))
    return Decision(tuple(float(weight) for weight in weights), intercept)


def _logit(share: float) -> float:
    return math.log((float(share) + 1e-3) / (1 - float(share) + 1e-3))
