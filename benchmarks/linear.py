"""Logistic regressions in the place of the fine-tuned network, on n-grams, on frozen sentence vectors, or on both."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from bot.language.network import Outputs, Reads
from bot.language.reader import Lesson

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / "build" / "ablation"
STRENGTH = 10.0
"""Inverse of the regularisation, for all of them alike."""
NEVER = -20.0
"""Log-odds of a label that no example has."""

Report = Callable[[str], None]
Weights = tuple[np.ndarray, np.ndarray]


@dataclass
class Linear:
    """Linear heads over features of a text; stands in the network's place.

    Attributes:
        ngrams: scikit-learn's vectoriser of words and characters, or None.
        encoder: gives the sentence vector, or None.
        heads: weights (features, outputs) and intercepts (outputs,) of each head.
    """

    ngrams: Any
    encoder: Reads | None
    heads: dict[str, Weights]
    _read: dict[str, Outputs] = field(default_factory=dict)

    def read(self, text: str) -> Outputs:
        """Return what the heads say of a text; each text is read once."""
        if text not in self._read:
            row = features([text], self.ngrams, self.encoder)
            odds = {name: np.asarray(row @ weights).ravel() + bias for name, (weights, bias) in self.heads.items()}
            self._read[text] = Outputs(
                intent=_normalised(odds["intent"]),
                labels=_share(odds["labels"]),
                scope=_normalised(odds["scope"]),
                vector=np.zeros(0),
            )
        return self._read[text]


def _share(odds: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(odds, -30, 30)))


def _normalised(odds: np.ndarray) -> np.ndarray:
    """Make one distribution of one-against-the-rest log-odds, as scikit-learn does."""
    shares = _share(odds)
    return shares / shares.sum()


def features(texts: Sequence[str], ngrams: Any, encoder: Reads | None) -> Any:
    """Return the features of texts: a matrix (texts, features), sparse where there are n-grams."""
    from scipy import sparse

    parts = []
    if ngrams is not None:
        parts.append(ngrams.transform(texts))
    if encoder is not None:
        parts.append(np.array([encoder.read(text).vector for text in texts], dtype=np.float64))
    return parts[0] if len(parts) == 1 else sparse.hstack([parts[0], sparse.csr_matrix(parts[1])]).tocsr()


def words_and_characters(texts: Sequence[str]) -> Any:
    """Fit TF-IDF of words and pairs of words, and of three to five characters within words."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import FeatureUnion

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b")
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=2, sublinear_tf=True)
    return FeatureUnion([("words", words), ("characters", characters)]).fit(texts)


def fitted(lesson: Lesson, use_ngrams: bool, encoder: Reads | None, name: str, report: Report) -> Linear:
    """Fit the heads on a lesson, or take those that were fitted on the same before.

    Args:
        lesson: what is to be learnt.
        use_ngrams: whether words and characters are features.
        encoder: whose sentence vectors are features, or None.
        name: for the lines of progress.
        report: takes them.
    """
    digest = hashlib.sha256(Path(__file__).read_bytes() + "\0".join(lesson.texts).encode())
    for part in (lesson.intents, lesson.labels, lesson.scopes):
        digest.update(part.tobytes())
    digest.update(f"{use_ngrams} {encoder is not None}".encode())
    path = CACHE / f"linear-{digest.hexdigest()[:16]}.joblib"
    if path.is_file():
        ngrams, heads = joblib.load(path)
        return Linear(ngrams, encoder, heads)
    ngrams = words_and_characters(lesson.texts) if use_ngrams else None
    values = features(lesson.texts, ngrams, encoder)
    report(f"{name}: {values.shape[0]} examples, {values.shape[1]} features")
    intents = np.arange(len(lesson.names.intents))
    heads = {
        "intent": _heads(values, (lesson.intents[:, None] == intents).astype(np.float32)),
        "scope": _heads(values, (lesson.scopes[:, None] == np.arange(3)).astype(np.float32)),
        "labels": _heads(values, lesson.labels),
    }
    report(f"{name}: fitted")
    CACHE.mkdir(parents=True, exist_ok=True)
    joblib.dump((ngrams, heads), path)
    return Linear(ngrams, encoder, heads)


def _heads(values: Any, targets: np.ndarray) -> Weights:
    """Fit a logistic regression a column of targets, on the rows that are judged (0 or above)."""
    from sklearn.linear_model import LogisticRegression

    weights = np.zeros((values.shape[1], targets.shape[1]))
    bias = np.full(targets.shape[1], NEVER)
    for place, column in enumerate(targets.T):
        judged = column >= 0
        holds = column[judged] > 0
        if holds.any():
            model = LogisticRegression(C=STRENGTH, solver="liblinear").fit(values[judged], holds)
            weights[:, place], bias[place] = model.coef_[0], model.intercept_[0]
    return weights, bias
