"""Typing errors for training."""

from __future__ import annotations

import random

import pytest
from rapidfuzz.distance import OSA

from bot.language.misspelling import misspell


def test_a_seed_gives_the_same_errors_and_another_seed_others() -> None:
    text = "for how long is the course given"
    one, same, other = (misspell(text, 2, random.Random(seed)) for seed in (1, 1, 2))
    assert one == same != other


@pytest.mark.parametrize("errors", [1, 2])
def test_no_more_errors_than_asked_for(errors: int) -> None:
    text = "for how long is the course given"
    distances = {OSA.distance(text, misspell(text, errors, random.Random(seed))) for seed in range(200)}
    # Two like letters swapped leave a word as it was.
    assert max(distances) == errors and distances <= set(range(errors + 1))


@pytest.mark.parametrize("text", ["", "25mg B12 2-3x/wk", "STS in HD?"])
def test_figures_codes_and_short_words_stay(text: str) -> None:
    assert {misspell(text, 3, random.Random(seed)) for seed in range(50)} == {text}
