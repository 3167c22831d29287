from __future__ import annotations

import pytest
from rapidfuzz.distance import OSA

from benchmarks.asking import Result
from benchmarks.noise import draw, figures, summary
from benchmarks.typing_errors import spoil

KINDS = {"double": lambda word, seed: word[:1] + word, "lose": lambda word, seed: word[:-1]}
TEXT = "Is 25 g of thiosulfate per week, or STS25x3, enough?"


def test_each_step_has_one_more_error() -> None:
    steps = [TEXT, *spoil(TEXT, 3, seed=1, kinds=KINDS)]
    assert len(set(steps)) == 4
    assert all(OSA.distance(one, other) == 1 for one, other in zip(steps, steps[1:], strict=False))


def test_the_same_seed_gives_the_same_errors_and_another_seed_others() -> None:
    assert spoil(TEXT, 3, 1, KINDS) == spoil(TEXT, 3, 1, KINDS)
    assert len({spoil(TEXT, 3, seed, KINDS)[-1] for seed in range(20)}) > 5


@pytest.mark.parametrize("seed", range(20))
def test_figures_and_codes_are_spared(seed: int) -> None:
    spoilt = spoil(TEXT, 3, seed, KINDS)[-1]
    assert "25 g" in spoilt
    assert "STS25x3" in spoilt


def test_a_text_of_figures_alone_stays_and_a_change_that_changes_nothing_ends() -> None:
    assert spoil("17% of 2450?", 2, 1, KINDS) == ["17% of 2450?"] * 2
    assert spoil("warfarin", 1, 1, {"swap": lambda word, seed: word}) == ["warfarin"]


def test_an_error_is_never_undone_by_the_next() -> None:
    undoing = {"turn": lambda word, seed: word[::-1]}
    assert spoil("warfarin", 2, 1, undoing) == ["nirafraw", "nirafraw"]


def _result(scope: str, kind: str, shown: set[str]) -> Result:
    expect = "answer" if scope == "in" else "out_of_scope"
    question = {"text": "", "scope": scope, "expect": expect, "required": ["a/1"]}
    return Result(question, kind, shown, set(), "", "ask_dose", 1.0, 0.0)


CLEAN = [
    _result("in", "answer", {"a/1"}),
    _result("in", "answer", {"a/1"}),
    _result("in", "out_of_scope", set()),
    _result("near", "out_of_scope", set()),
    _result("far", "out_of_scope", set()),
    _result("far", "answer", {"a/1"}),
]
NOISY = [
    _result("in", "answer", {"b/1"}),
    _result("in", "out_of_scope", set()),
    _result("in", "answer", {"a/1"}),
    _result("near", "answer", {"b/1"}),
    _result("far", "out_of_scope", set()),
    _result("far", "answer", {"a/1"}),
]


def test_figures_tell_what_became_of_questions() -> None:
    counted = figures(CLEAN, NOISY)
    assert counted["in scope, answered right"] == (1, 3)
    assert counted["in scope, answered with other facts"] == (1, 3)
    assert counted["near and far, answered with facts"] == (2, 3)
    assert counted["refused when clean (near and far), now answered with facts"] == (1, 2)
    assert counted["right when clean, now refused or asked back"] == (1, 2)
    assert counted["right when clean, now answered with other facts"] == (1, 2)


def test_clean_beside_itself_has_changed_nothing() -> None:
    counted = figures(CLEAN, CLEAN)
    assert all(hits == 0 for name, (hits, _) in counted.items() if "when clean" in name)


def test_mean_and_range_stand_in_the_table() -> None:
    table = {"0": summary([figures(CLEAN, CLEAN)]), "1": summary([figures(CLEAN, CLEAN), figures(CLEAN, NOISY)])}
    (line,) = [one for one in draw(table).splitlines() if one.startswith("| in scope, answered right")]
    assert line == "| in scope, answered right (of 3) | 66.7% | 50.0% (33.3% to 66.7%) |"
    # No such questions were asked: no line, rather than a share of nothing.
    assert "false premise" not in draw(table)
