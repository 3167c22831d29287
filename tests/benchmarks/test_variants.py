from __future__ import annotations

from collections import Counter
from typing import Any

from benchmarks.asking import Result
from benchmarks.variants import GRID, choose_thresholds

CONDITION, TOPIC = "condition", "topic"


class Reader:
    config: dict[str, Any] = dict.fromkeys(GRID, 0.9)


class Variant:
    """Answers a question if the threshold that it looks at is low enough for it."""

    def __init__(self) -> None:
        self.reader, self.asked = Reader(), Counter[str]()

    def ask(self, question: dict[str, Any]) -> Result:
        self.asked[question["text"]] += 1
        answered = question["score"] >= self.reader.config[question["looks_at"]]
        kind = "answer" if answered else "out_of_scope"
        return Result(question, kind, set(), set(), "", "", 0.5, 0.0)


def question(text: str, looks_at: str, score: float, expect: str) -> dict[str, Any]:
    return {"text": text, "looks_at": looks_at, "score": score, "expect": expect, "scope": "in"}


def test_the_thresholds_with_most_right_are_chosen_and_only_what_looks_at_one_is_asked_again() -> None:
    questions = [
        question("low", CONDITION, 0.5, "answer"),
        question("lower", CONDITION, 0.45, "out_of_scope"),
        question("never", TOPIC, 0.1, "out_of_scope"),
    ]
    variant, said = Variant(), []
    choose_thresholds(variant, questions, "row", said.append)  # type: ignore[arg-type]
    assert variant.reader.config[CONDITION] == 0.5
    assert all(variant.reader.config[name] == 0.9 for name in GRID if name != CONDITION)
    assert "3 of 3 right" in said[0]
    assert variant.asked == {
        "low": 1 + len(GRID[CONDITION]),
        "lower": 1 + len(GRID[CONDITION]),
        "never": 1 + len(GRID[TOPIC]),
    }
