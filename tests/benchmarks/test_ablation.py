from __future__ import annotations

import numpy as np
import pytest

from benchmarks.ablation import SHIPPED, compare, draw, draw_differences
from benchmarks.asking import DEVELOPMENT, PHYSICIANS_SET, Result
from benchmarks.figures import curve, figures
from benchmarks.retrieval import Retrieval, best_threshold, by_words
from bot.knowledge.model import Knowledge


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
