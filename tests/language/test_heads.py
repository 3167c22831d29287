"""The heads: what they learn, what they keep, what they look at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.language.heads import HEADS_FILE, Heads, fit
from bot.language.labels import Names
from bot.language.lesson import Lesson
from bot.language.ngrams import Ngrams

TEXTS = ("dose of magnesium", "magnesium dose please", "why a biopsy", "biopsy, why", "weather today", "nice weather")


def vector(text: str) -> np.ndarray:
    """A sentence vector that tells how long a text is."""
    return np.array([len(text) / 20, 1.0], dtype=np.float32)


LESSON = Lesson(
    names=Names(("ask_dose", "ask_reason", "out_of_scope"), ("magnesium", "biopsy"), ("a/1",)),
    texts=TEXTS,
    vectors=np.array([vector(text) for text in TEXTS]),
    intents=np.array([0, 0, 1, 1, 2, 2]),
    # The last label is never taught, and its first row is not judged.
    labels=np.array([[1, 0, -1], [1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 0], [0, 0, 0]], dtype=np.float32),
    scopes=np.array([0, 0, 0, 0, 2, 2]),
    held=(),
    held_scopes=np.zeros(0, dtype=np.int32),
)


@pytest.mark.parametrize(("ngrams", "vectors"), [(True, False), (True, True), (False, True)])
def test_they_tell_what_was_taught(ngrams: bool, vectors: bool) -> None:
    said: list[str] = []
    heads = fit(LESSON, Ngrams.of(TEXTS) if ngrams else None, said.append, vectors)
    read = heads.read(TEXTS[0], vector(TEXTS[0]))
    assert read.intent.sum() == pytest.approx(1)
    assert read.scope.sum() == pytest.approx(1)
    assert read.scope.shape == (3,)
    assert read.labels[2] < 1e-6
    if ngrams:
        assert read.intent.argmax() == 0
        assert read.labels[0] > 0.5 > read.labels[1]
        assert heads.read("the weather", vector("the weather")).scope.argmax() == 2
    assert said[-1] == "heads: 9 of 9 fitted on 6 examples"


def test_from_a_folder_they_say_the_same(tmp_path: Path) -> None:
    heads = fit(LESSON, Ngrams.of(TEXTS), lambda _: None)
    heads.save(tmp_path)
    again = Heads.load(tmp_path)
    for text in (*TEXTS, "", "never seen"):
        one, other = (some.read(text, vector(text)) for some in (heads, again))
        assert [part.tobytes() for part in vars(one).values()] == [part.tobytes() for part in vars(other).values()]


def test_damaged_files_are_told(tmp_path: Path) -> None:
    fit(LESSON, Ngrams.of(TEXTS), lambda _: None).save(tmp_path)
    (tmp_path / HEADS_FILE).write_bytes(b"not what it should be")
    with pytest.raises(ValueError):
        Heads.load(tmp_path)


def test_a_row_is_what_the_library_computes() -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    kinds = (
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\w+"),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=2, sublinear_tf=True),
    )
    texts = (*TEXTS, "dose dose dose", "a b", "")
    wanted = np.hstack([kind.fit(TEXTS).transform(texts).toarray() for kind in kinds])
    assert Ngrams.of(TEXTS).matrix(texts).toarray() == pytest.approx(wanted, abs=1e-6)
