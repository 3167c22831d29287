"""TF-IDF of words, pairs of words, and of three to five characters within words."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

GRAMS_FILE, IDF_FILE = "ngrams.json", "ngrams.npz"
WORD = re.compile(r"\w+")
CHARACTERS = range(3, 6)
RARE = 2
"""Characters have to stand in at least as many texts."""


def words(text: str) -> Iterator[str]:
    """Yield the words of a text, and its pairs of neighbouring words."""
    found = WORD.findall(text.lower())
    yield from found
    yield from map(" ".join, zip(found, found[1:], strict=False))


def characters(text: str) -> Iterator[str]:
    """Yield three to five neighbouring characters within each word, a space at either end of it."""
    for word in text.lower().split():
        padded = f" {word} "
        for size in CHARACTERS:
            for start in range(max(1, len(padded) - size + 1)):
                yield padded[start : start + size]
            if size >= len(padded):
                break


KINDS: tuple[tuple[Callable[[str], Iterator[str]], int], ...] = ((words, 1), (characters, RARE))
"""Kinds of n-grams, and in how many texts each has to stand at least."""


@dataclass(frozen=True)
class Ngrams:
    """The n-grams that were seen, kind by kind; their places count on from one kind to the next.

    Attributes:
        grams: Those of each kind, in the order of their places.
        idf: Inverse document frequency of each kind's.
    """

    grams: tuple[tuple[str, ...], ...]
    idf: tuple[np.ndarray, ...]

    @staticmethod
    def of(texts: Sequence[str]) -> Ngrams:
        """Collect the n-grams of texts."""
        # Needed in training alone; it takes a second to import.
        from sklearn.feature_extraction.text import TfidfVectorizer

        fitted = [TfidfVectorizer(analyzer=kind, min_df=least, dtype=np.float32).fit(texts) for kind, least in KINDS]
        return Ngrams(
            tuple(tuple(one.get_feature_names_out()) for one in fitted),
            tuple(one.idf_.astype(np.float32) for one in fitted),
        )

    def __len__(self) -> int:
        """Return how many there are."""
        return sum(map(len, self.grams))

    @cached_property
    def _places(self) -> list[dict[str, int]]:
        return [{gram: place for place, gram in enumerate(grams)} for grams in self.grams]

    def row(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Return places (k,) and values (k,) of a text's n-grams: 1 + log of the count, by idf, of length 1 a kind."""
        places, values, start = [], [], 0
        for (kind, _), known, idf in zip(KINDS, self._places, self.idf, strict=True):
            counts = Counter(place for gram in kind(text) if (place := known.get(gram)) is not None)
            at = np.fromiter(counts, dtype=np.int32, count=len(counts))
            value = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * idf[at]
            places.append(at + start)
            values.append(value / (np.linalg.norm(value) or 1))
            start += len(known)
        return np.concatenate(places), np.concatenate(values).astype(np.float32)

    def matrix(self, texts: Sequence[str]) -> Any:
        """Return a sparse matrix (texts, n-grams)."""
        from scipy import sparse

        rows = [self.row(text) for text in texts]
        ends = np.cumsum([0, *(len(places) for places, _ in rows)])
        columns, values = (np.concatenate(parts) for parts in zip(*rows, strict=True))
        return sparse.csr_matrix((values, columns, ends), shape=(len(texts), len(self)))

    def save(self, folder: Path) -> None:
        """Write them into a folder."""
        (folder / GRAMS_FILE).write_text(json.dumps(self.grams), encoding="utf-8")
        np.savez(folder / IDF_FILE, *self.idf)

    @staticmethod
    def load(folder: Path) -> Ngrams:
        """Read them from a folder.

        Raises:
            OSError, ValueError: a file is missing or damaged.
        """
        grams = json.loads((folder / GRAMS_FILE).read_text(encoding="utf-8"))
        with np.load(folder / IDF_FILE) as idf:
            return Ngrams(tuple(map(tuple, grams)), tuple(idf.values()))
