from __future__ import annotations

from typing import Any

import pytest

from benchmarks.asking import Result
from benchmarks.figures import (
    by,
    calibration,
    common,
    counted,
    curve,
    difference,
    facets_matrix,
    figures,
    interval,
    kinds_matrix,
    matrix,
    risk_coverage,
    topics_matrix,
)


def result(shown: str = "", confidence: float = 0.9, intent: str = "ask_dose", **question: Any) -> Result:
    asked = {"text": "", "scope": "in", "expect": "answer", "required": ["a/1"], **question}
    kind = "answer" if shown else "out_of_scope"
    return Result(asked, kind, set(shown.split()), set(), shown.split()[0] if shown else "", intent, confidence, 0.0)


def far(shown: str = "") -> Result:
    return result(shown, scope="far", expect="out_of_scope", required=[])


def test_a_result_is_right_only_with_all_required_and_nothing_beyond() -> None:
    assert result("a/1").right
    assert not result("").right
    assert not result("b/1").right
    assert not result("a/1 b/1").right
    assert result("a/1 b/1", allowed=["b/1"]).right
    assert not result("a/1", required=["a/1", "b/1"]).right
    assert far().right
    assert not far("a/1").right


def test_wilson_interval() -> None:
    assert interval(0, 0) == (0.0, 1.0)
    low, high = interval(14, 2316)
    assert low == pytest.approx(0.0036, abs=1e-4)
    assert high == pytest.approx(0.0101, abs=1e-4)


def test_headline_figures_are_of_their_own_questions() -> None:
    premise = {"scope": "premise", "correction": "a/1"}
    found = figures([result("a/1"), result(), far(), far("a/1"), result("a/1", **premise), result("b/1", **premise)])
    assert found["in scope, right bullets and no other"] == counted(1, 2)
    assert found["in scope, refused or asked back"] == counted(1, 2)
    assert found["far, answered with facts"] == counted(1, 2)
    assert found["false premise, corrected by the first fact"] == counted(1, 2)
    assert "near, answered with facts" not in found


def test_each_value_of_a_list_counts() -> None:
    found = by([result("a/1", facets=["dose", "risk"]), result("", facets=["risk"])], "facets")
    assert found == {"dose": counted(1, 1), "risk": counted(1, 2)}
    joined = {"risk": counted(1, 2), "1 others, under 2 each": counted(1, 1)}
    assert common(found, 2) == joined
    assert common(found, 1) == found


def test_risk_rises_where_a_sure_answer_is_wrong() -> None:
    results = [result("a/1", 0.9), result("b/1", 0.8), result("a/1", 0.7), result("", 0.99)]
    coverage, risk, area = risk_coverage(results)
    assert coverage == [0.25, 0.5, 0.75]
    assert risk == [0.0, 0.5, pytest.approx(1 / 3)]
    assert area == pytest.approx((0 + 0.5 + 1 / 3) / 3)
    assert curve(results, points=2) == {"coverage": [0.25, 0.75], "risk": [0.0, pytest.approx(1 / 3)], "area": area}
    assert curve([far()])["coverage"] == []


def test_calibration_groups_by_confidence_and_counts_what_can_be_answered() -> None:
    low, middle, high = calibration([result("b/1", 0.55), result("a/1", 1.0), far(), far("a/1"), result("", 0.7)])
    assert (low["confidence"], low["hits"], low["of"]) == (0.55, 1, 1)
    # What was refused is not among them; what was answered and should not have been has the confidence 0.9.
    assert (middle["confidence"], middle["hits"], middle["of"]) == (0.9, 0, 1)
    assert (high["confidence"], high["hits"], high["of"]) == (1.0, 1, 1)


def test_the_great_numbers_of_a_matrix_lie_along_the_diagonal() -> None:
    pairs = [("one", "b"), ("one", "b"), ("one", "a"), ("two", "a"), ("three", "(none)"), ("four", "b")]
    assert matrix(pairs) == {
        "rows": ["two", "four", "one", "three"],
        "columns": ["a", "b", "(none)"],
        "counts": [[1, 0, 0], [0, 1, 0], [1, 2, 0], [0, 0, 1]],
    }
    assert matrix(pairs, ["three", "one"])["rows"] == ["three", "one", "two", "four"]


def test_matrices_of_kinds_facets_and_topics() -> None:
    asked = {"facets": ["dose"], "topics": ["Sodium thiosulfate"]}
    results = [result("a/1", **asked), result("", intent="out_of_scope", **asked), far()]
    results[0].topics = ("magnesium", "sts")
    assert kinds_matrix(results)["rows"] == ["in: answer", "far"]
    assert facets_matrix(results)["columns"] == ["dose", "(refused)"]
    topics = topics_matrix(results, {"sodium thiosulfate": "sts"})
    assert topics["columns"] == ["sts", "(none)"]
    assert topics["counts"] == [[1, 1]]
    assert topics_matrix(results, {})["columns"] == ["magnesium", "(none)"]


def test_a_difference_has_an_interval_of_the_same_questions() -> None:
    ours = [result("a/1", text=str(number)) for number in range(50)]
    theirs = [result("a/1" if number % 2 else "", text=str(number)) for number in range(50)]
    found = difference(ours, theirs, lambda one: one.right)
    assert found is not None
    assert found["difference"] == -0.5
    assert -0.65 < found["low"] < -0.5 < found["high"] < -0.35
    assert difference(ours, ours, lambda one: one.right) == {"difference": 0.0, "low": 0.0, "high": 0.0}
    assert difference([], [], lambda one: one.right) is None
    with pytest.raises(ValueError, match="same questions"):
        difference(ours, theirs[::-1], lambda one: one.right)
