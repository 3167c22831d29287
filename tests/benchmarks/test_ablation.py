from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks import linear
from benchmarks.ablation import SHIPPED, compare, draw, draw_differences
from benchmarks.asking import DEVELOPMENT, PHYSICIANS_SET, Result
from benchmarks.figures import curve, figures
from benchmarks.linear import fitted
from benchmarks.retrieval import Retrieval, best_threshold, by_words
from bot.knowledge.model import Knowledge
from bot.language.labels import Names
from bot.language.network import Outputs
from bot.language.reader import Lesson


def result(text: str, right: bool, scope: str = "in") -> Result:
    expect = "answer" if scope == "in" else "out_of_scope"
    question = {"text": text, "scope": scope, "expect": expect, "required": ["a/1"]}
    shown = {"a/1"} if right == (scope == "in") else set()
    return Result(question, "answer" if shown else "out_of_scope", shown, set(), "", "", 0.5, 0.0)


@pytest.mark.parametrize(
    ("scores", "answered", "refused", "threshold", "right"),
    [
        ([3, 2, 1], [True, True, False], [False, False, True], 2, 3),
        ([3, 2, 1], [False, False, False], [True, True, True], np.inf, 3),
        ([3, 2, 1], [True, True, True], [False, False, False], 1, 3),
        # Equal scores cannot be told apart, and of equally good thresholds the highest is taken.
        ([2, 2, 1], [True, False, False], [False, True, True], np.inf, 2),
        ([], [], [], np.inf, 0),
    ],
)
def test_the_threshold_with_most_right(
    scores: list[float], answered: list[bool], refused: list[bool], threshold: float, right: int
) -> None:
    assert best_threshold(scores, answered, refused) == (threshold, right)


def test_retrieval_answers_with_the_nearest_bullet_or_refuses(real_knowledge: Knowledge) -> None:
    fact = real_knowledge.facts[0]
    retrieval = Retrieval(by_words(real_knowledge))
    answer = {"text": fact.statement, "scope": "in", "expect": "answer", "required": [fact.locator]}
    refusal = {"text": "zebra", "scope": "far", "expect": "out_of_scope"}
    assert retrieval.ask(answer).right
    assert not retrieval.ask(refusal).right
    assert retrieval.choose_threshold([answer, refusal]) == 2
    assert retrieval.ask(answer).right
    assert retrieval.ask(refusal).right


TEXTS = ("dose of magnesium", "magnesium dose please", "why a biopsy", "biopsy, why", "weather today", "nice weather")


class Encoder:
    """A sentence vector that tells how long a text is."""

    def read(self, text: str) -> Outputs:
        nothing = np.zeros(0)
        return Outputs(nothing, nothing, nothing, np.array([len(text) / 20, 1.0]))


@pytest.mark.parametrize(("ngrams", "encoder"), [(True, None), (True, Encoder()), (False, Encoder())])
def test_linear_heads_stand_in_the_networks_place(
    ngrams: bool, encoder: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linear, "CACHE", tmp_path)
    lesson = Lesson(
        names=Names(("ask_dose", "ask_reason", "out_of_scope"), ("magnesium", "biopsy"), ("a/1",)),
        texts=TEXTS,
        intents=np.array([0, 0, 1, 1, 2, 2]),
        # The last label is never taught, and its first row is not judged.
        labels=np.array([[1, 0, -1], [1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 0], [0, 0, 0]], dtype=np.float32),
        scopes=np.array([0, 0, 0, 0, 2, 2]),
        held=(),
        held_scopes=np.zeros(0, dtype=np.int32),
    )
    said: list[str] = []
    heads = fitted(lesson, ngrams, encoder, "row", said.append)
    read = heads.read(TEXTS[0])
    assert read.intent.sum() == pytest.approx(1)
    assert read.scope.sum() == pytest.approx(1)
    assert read.scope.shape == (3,)
    assert read.labels[2] < 1e-6
    if ngrams:
        assert read.intent.argmax() == 0
        assert read.labels[0] > 0.5 > read.labels[1]
        assert heads.read("the weather").scope.argmax() == 2
    assert len(said) == 2
    # The second time they come from the cache and say the same.
    again = fitted(lesson, ngrams, encoder, "row", said.append)
    assert len(said) == 2
    assert np.array_equal(again.read(TEXTS[0]).labels, read.labels)


def test_tables_of_rows_and_of_differences() -> None:
    ours = [result("one", True), result("two", True), result("three", True, "far")]
    theirs = [result("one", True), result("two", False), result("three", False, "far")]
    table = []
    for name, asked in ((SHIPPED, ours), ("other", theirs)):
        row = {"figures": figures(asked), "curve": curve(asked), "differences": compare(ours, asked)}
        physicians = {"figures": figures(asked[2:]), "curve": {}, "differences": compare(ours[2:], asked[2:])}
        table.append({"name": name, "sets": {DEVELOPMENT: row, PHYSICIANS_SET: physicians}})
    lines = draw(table, DEVELOPMENT).splitlines()
    assert lines[2] == f"| {SHIPPED} | 100.0% | 0.0% |  | 0.0% |  | 0.000 | 0.0% |"
    assert lines[3].startswith("| other | 50.0% | 50.0% |  | 100.0% |")
    assert len({line.count("|") for line in lines}) == 1
    (row_line,) = draw_differences(table, DEVELOPMENT).splitlines()[2:]
    assert row_line.startswith("| other | -50.0 (-100.0 to +0.0) | +100.0 (+100.0 to +100.0) |  |")
