"""Public data sets, and heads fitted on them by the bot's own training: for ``benchmarks.public_tables``."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.language.encoder import Encodes
from bot.language.heads import fit
from bot.language.labels import HELD, OTHER, Names
from bot.language.lesson import Lesson
from bot.language.ngrams import Ngrams

HINT3_BOTS = ("curekart", "powerplay11", "sofmattress")
# How the two data sets write that a text has none of the intents.
NO_INTENT = ("oos", "NO_NODES_DETECTED")
READ_EVERY = 5000

Report = Callable[[str], None]


class PublicDataError(Exception):
    """A data set is damaged; says what to do."""


@dataclass(frozen=True)
class Examples:
    """Texts with their intents; None where a text is out of scope."""

    texts: tuple[str, ...]
    intents: tuple[str | None, ...]

    @staticmethod
    def of(pairs: Sequence[Sequence[str]]) -> Examples:
        """Make examples of (text, intent) pairs as the data sets write them."""
        return Examples(
            tuple(text.strip() for text, _ in pairs),
            tuple(None if intent in NO_INTENT else intent for _, intent in pairs),
        )

    def __add__(self, other: Examples) -> Examples:
        """Join two sets."""
        return Examples(self.texts + other.texts, self.intents + other.intents)

    def where(self, kept: Sequence[bool]) -> Examples:
        """Return the examples whose place is kept."""
        places = [place for place, keep in enumerate(kept) if keep]
        return Examples(tuple(self.texts[one] for one in places), tuple(self.intents[one] for one in places))

    @property
    def in_scope(self) -> np.ndarray:
        """Which examples have an intent: bool array (n,)."""
        return np.array([intent is not None for intent in self.intents], dtype=bool)


@dataclass(frozen=True)
class Read:
    """What is made of n texts: the best intent, and numbers on how sure that is."""

    guesses: tuple[str, ...]
    top: np.ndarray
    """Probability of the best intent (n,)."""
    out: np.ndarray
    """Probability of the out-of-scope intent (n,); 0 where no such texts were taught."""
    near: np.ndarray
    """Cosine similarity to the nearest training example (n,)."""
    distance: np.ndarray
    """Mahalanobis distance to the nearest intent's middle, negated (n,)."""

    def right(self, examples: Examples) -> np.ndarray:
        """Tell for which examples the best intent is the right one."""
        return np.array([guess == intent for guess, intent in zip(self.guesses, examples.intents, strict=True)])


def clinc150(file: Path) -> tuple[Examples, Examples, Examples]:
    """Return training, validation and test set of CLINC150, out-of-scope examples with each.

    Raises:
        PublicDataError: the file is damaged.
    """
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        train, validation, test = (
            Examples.of(data[part]) + Examples.of(data[f"oos_{part}"]) for part in ("train", "val", "test")
        )
    except (ValueError, KeyError) as error:
        raise PublicDataError(f"{file} is damaged ({error!r}); fetch data_full.json of clinc/oos-eval anew") from error
    return train, validation, test


def hint3(folder: Path, bot: str) -> tuple[Examples, Examples]:
    """Return training and test set of one bot of HINT3 v1.

    Raises:
        PublicDataError: a file is missing or damaged.
    """

    def read(part: str) -> Examples:
        path = folder / "v1" / part / f"{bot}_{part}.csv"
        try:
            with path.open(encoding="utf-8", newline="") as file:
                return Examples.of([(row["sentence"], row["label"]) for row in csv.DictReader(file)])
        except (OSError, KeyError, UnicodeDecodeError) as error:
            raise PublicDataError(f"{path} is missing or damaged ({error!r}); fetch hellohaptik/HINT3 anew") from error

    return read("train"), read("test")


class Kept:
    """An encoder that reads each text once."""

    def __init__(self, encoder: Encodes) -> None:
        """Take the encoder."""
        self._encoder = encoder
        self._read: dict[str, np.ndarray] = {}

    def vector(self, text: str) -> np.ndarray:
        """Return the sentence vector of a text."""
        if text not in self._read:
            self._read[text] = self._encoder.vector(text)
        return self._read[text]


class Reader:
    """The bot's heads, fitted on examples."""

    def __init__(self, taught: Examples, encoder: Encodes, name: str, report: Report) -> None:
        """Fit the heads; texts without an intent are taught as an intent of their own."""
        self._names = sorted({intent for intent in taught.intents if intent is not None})
        self._encoder, self._name, self._report = encoder, name, report
        lesson = _lesson(taught, self._names, self._vectors(taught))
        self._heads = fit(lesson, Ngrams.of(lesson.texts), lambda line: report(f"{name}: {line}"))
        known = taught.where(list(taught.in_scope))
        self._known = self._vectors(known)
        self._middles, self._inverse = _middles(self._known, known)

    def read(self, examples: Examples) -> Read:
        """Read examples; nothing is learnt from their intents."""
        read = []
        for place, text in enumerate(examples.texts, start=1):
            read.append(self._heads.read(text.lower(), self._encoder.vector(text.lower())).intent)
            if place % READ_EVERY == 0:
                self._report(f"{self._name}: {place} of {len(examples.texts)} texts read")
        intents, vectors = np.array(read), self._vectors(examples)
        own = intents[:, : len(self._names)]
        away = vectors[:, None, :] - self._middles[None, :, :]
        return Read(
            guesses=tuple(np.array(self._names)[own.argmax(1)]),
            top=own.max(1),
            out=intents[:, len(self._names) :].sum(1),
            near=(vectors @ self._known.T).max(1),
            distance=-np.array([np.einsum("kd,de,ke->k", row, self._inverse, row).min() for row in away]),
        )

    def _vectors(self, examples: Examples) -> np.ndarray:
        return np.array([self._encoder.vector(text.lower()) for text in examples.texts])


def _lesson(taught: Examples, names: Sequence[str], vectors: np.ndarray) -> Lesson:
    """Return what the heads are to say: the intent (the last one is "none") and whether there is one."""
    place = {name: number for number, name in enumerate(names)}
    intents = np.array([place.get(str(intent), len(names)) for intent in taught.intents], dtype=np.int32)
    every = tuple(names) if taught.in_scope.all() else (*names, "none")
    return Lesson(
        names=Names(every, (), ()),
        texts=tuple(text.lower() for text in taught.texts),
        vectors=vectors,
        intents=intents,
        labels=np.zeros((len(intents), 0), dtype=np.float32),
        scopes=np.where(taught.in_scope, HELD, OTHER),
        held=(),
        held_scopes=np.zeros(0, dtype=np.int32),
    )


def _middles(vectors: np.ndarray, examples: Examples) -> tuple[np.ndarray, np.ndarray]:
    """Return the middle of each intent's vectors, and the inverse of the covariance around them."""
    from sklearn.covariance import LedoitWolf

    names = sorted({str(intent) for intent in examples.intents})
    of = np.array([names.index(str(intent)) for intent in examples.intents])
    middles = np.array([vectors[of == place].mean(0) for place in range(len(names))])
    return middles, LedoitWolf(assume_centered=True).fit(vectors - middles[of]).precision_
