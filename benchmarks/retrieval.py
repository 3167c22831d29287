"""Plain retrieval in the bot's place: the bullet whose facts are nearest to a question, if they are near enough."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.asking import Result
from bot.knowledge.model import Knowledge
from bot.language.encoder import Encodes

WORD = re.compile(r"[^\W_]+")

Nearest = Callable[[str], tuple[str, float]]
"""Takes a question; returns the locator of the nearest bullet, and how near it is (more is nearer)."""


def by_vector(knowledge: Knowledge, encoder: Encodes) -> Nearest:
    """Compare sentence vectors (cosine) of the question and of each fact's statement."""
    statements = np.array([encoder.vector(fact.statement.lower()) for fact in knowledge.facts])

    def nearest(text: str) -> tuple[str, float]:
        scores = statements @ encoder.vector(text.lower())
        best = int(scores.argmax())
        return knowledge.facts[best].locator, float(scores[best])

    return nearest


def by_words(knowledge: Knowledge) -> Nearest:
    """Rank bullets, each the statements of its facts, by BM25."""
    from rank_bm25 import BM25Okapi

    bullets: dict[str, list[str]] = {}
    for fact in knowledge.facts:
        bullets.setdefault(fact.locator, []).extend(WORD.findall(fact.statement.lower()))
    index, names = BM25Okapi(list(bullets.values())), list(bullets)

    def nearest(text: str) -> tuple[str, float]:
        scores = index.get_scores(WORD.findall(text.lower()))
        best = int(scores.argmax())
        return names[best], float(scores[best])

    return nearest


class Retrieval:
    """Answers with the nearest bullet, or refuses."""

    def __init__(self, nearest: Nearest) -> None:
        """Refuse nothing yet."""
        self._nearest = nearest
        self.threshold = -np.inf

    def ask(self, question: dict[str, Any]) -> Result:
        """Answer one question."""
        started = time.perf_counter()
        bullet, score = self._nearest(question["text"])
        answered = score >= self.threshold
        return Result(
            question=question,
            kind="answer" if answered else "out_of_scope",
            shown={bullet} if answered else set(),
            warned=set(),
            first=bullet if answered else "",
            intent="",
            confidence=score,
            seconds=time.perf_counter() - started,
        )

    def choose_threshold(self, questions: Sequence[dict[str, Any]]) -> int:
        """Set the threshold to where most questions are judged right; return how many these are."""
        answered = [self.ask(question) for question in questions]
        refused = [question.get("expect") == "out_of_scope" for question in questions]
        self.threshold, right = best_threshold(
            [one.confidence for one in answered], [one.right for one in answered], refused
        )
        return right


def best_threshold(scores: Sequence[float], answered: Sequence[bool], refused: Sequence[bool]) -> tuple[float, int]:
    """Return the threshold at which most questions are judged right, and how many these are; of equals the highest.

    Args:
        scores: of the questions; what has the threshold or more is answered.
        answered: whether each is right if it is answered.
        refused: whether each is right if it is refused.
    """
    order = np.argsort(-np.asarray(scores, dtype=float), kind="stable")
    ordered = np.asarray(scores, dtype=float)[order]
    gained = np.asarray(answered, dtype=int)[order] - np.asarray(refused, dtype=int)[order]
    right = int(np.sum(refused)) + np.concatenate([[0], np.cumsum(gained)])
    # Equal scores are answered together: a threshold lies only where the next score is another.
    allowed = np.concatenate([[True], ordered[:-1] > ordered[1:], [True]]) if len(ordered) else np.array([True])
    best = max((place for place in range(len(right)) if allowed[place]), key=lambda place: (right[place], -place))
    return (float(ordered[best - 1]) if best else float("inf")), int(right[best])
