"""Linear heads over n-grams and the sentence vector: what a text says, as probabilities of each head."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from zipfile import BadZipFile

import numpy as np

from bot.language.lesson import Lesson
from bot.language.ngrams import Ngrams

HEADS_FILE = "heads.npz"
STRENGTH = 10.0
"""Inverse of the regularisation, for all of them alike."""
CERTAIN = 20.0
"""Log-odds of what all examples have; of what none has, less than nothing by as much."""
REPORT_EVERY = 10
SCOPES = 3

Report = Callable[[str], object]
"""Takes one line of progress."""


@dataclass(frozen=True)
class Outputs:
    """What the heads say of one text: probabilities of each head."""

    intent: np.ndarray
    labels: np.ndarray
    scope: np.ndarray


class Reads(Protocol):
    """What can stand in the heads' place, to be measured beside them."""

    def read(self, text: str, vector: np.ndarray) -> Outputs:
        """Return what the heads say of a text with a sentence vector."""


@dataclass(frozen=True)
class Heads:
    """Logistic regressions, one a possible answer, with what they look at.

    Attributes:
        ngrams: Words and characters; None where they are left out.
        of_ngrams: Weights (n-grams, answers), in half precision: they are many.
        of_vector: Weights (384, answers); none (0, answers) where the sentence vector is left out.
        bias: Log-odds of each answer (answers,).
        ends: Where the intents end among the answers, and where the labels do; scopes follow.
    """

    ngrams: Ngrams | None
    of_ngrams: np.ndarray
    of_vector: np.ndarray
    bias: np.ndarray
    ends: tuple[int, int]

    def read(self, text: str, vector: np.ndarray) -> Outputs:
        """Return what the heads say of a text with its sentence vector (384,)."""
        odds = self.bias
        if self.ngrams is not None:
            places, values = self.ngrams.row(text)
            odds = odds + values @ self.of_ngrams[places].astype(np.float32)
        if len(self.of_vector):
            odds = odds + vector @ self.of_vector
        shares = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
        intent, labels, scope = np.split(shares, self.ends)
        return Outputs(intent / intent.sum(), labels, scope / scope.sum())

    def save(self, folder: Path) -> None:
        """Write them into a folder."""
        if self.ngrams is not None:
            self.ngrams.save(folder)
        parts = {"of_ngrams": self.of_ngrams, "of_vector": self.of_vector, "bias": self.bias}
        np.savez(folder / HEADS_FILE, ends=self.ends, **parts)

    @staticmethod
    def load(folder: Path) -> Heads:
        """Read them from a folder.

        Raises:
            ValueError: a file is missing or damaged; says what to do.
        """
        try:
            with np.load(folder / HEADS_FILE) as parts:
                labels, scopes = (int(end) for end in parts["ends"])
                weights = (parts["of_ngrams"], parts["of_vector"], parts["bias"])
            return Heads(Ngrams.load(folder), *weights, (labels, scopes))
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise ValueError(f"the heads cannot be read ({error}); train the model anew (`make train`)") from error


def fit(lesson: Lesson, ngrams: Ngrams | None, report: Report, vectors: bool = True) -> Heads:
    """Fit the heads on a lesson.

    Args:
        lesson: what is to be learnt.
        ngrams: whose places are features, if any.
        report: takes lines of progress.
        vectors: whether the sentence vectors are features.
    """
    intents, labels = len(lesson.names.intents), lesson.labels.shape[1]
    values, split = _features(lesson, ngrams, vectors), len(ngrams) if ngrams else 0
    answers = intents + labels + SCOPES
    weights, bias = np.zeros((values.shape[1], answers), dtype=np.float32), np.zeros(answers, dtype=np.float32)
    for place, judged in enumerate(_answers(lesson, intents)):
        weights[:, place], bias[place] = _fit_one(values, judged)
        if place % REPORT_EVERY == 0 or place + 1 == answers:
            report(f"heads: {place + 1} of {answers} fitted on {values.shape[0]} examples")
    parts = weights[:split].astype(np.float16), weights[split:]
    return Heads(ngrams, *parts, bias, (intents, intents + labels))


def _features(lesson: Lesson, ngrams: Ngrams | None, vectors: bool) -> Any:
    from scipy import sparse

    parts = []
    if ngrams is not None:
        parts.append(ngrams.matrix(lesson.texts))
    if vectors:
        parts.append(sparse.csr_matrix(lesson.vectors))
    return sparse.hstack(parts).tocsr()


def _answers(lesson: Lesson, intents: int) -> Iterator[np.ndarray]:
    """Yield for each answer whether it holds (n,): 1, 0, or below 0 where nobody has judged."""
    for place in range(intents):
        yield (lesson.intents == place).astype(np.float32)
    yield from lesson.labels.T
    for place in range(SCOPES):
        yield (lesson.scopes == place).astype(np.float32)


def _fit_one(values: Any, judged: np.ndarray) -> tuple[np.ndarray | float, float]:
    """Return weights and bias of one answer."""
    # Needed in training alone; it takes a second to import.
    from sklearn.linear_model import LogisticRegression

    known = judged >= 0
    holds = judged[known] > 0
    if holds.all() or not holds.any():
        return 0.0, CERTAIN if holds.any() else -CERTAIN
    model = LogisticRegression(C=STRENGTH, solver="liblinear").fit(values[known], holds)
    return model.coef_[0], float(model.intercept_[0])
