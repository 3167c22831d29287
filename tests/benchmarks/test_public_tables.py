from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import public_tables
from benchmarks.public_data import Examples, PublicDataError, Read, Reader, clinc150, hint3
from benchmarks.public_tables import (
    FITTED,
    KEEPING,
    WAY,
    WAYS,
    best,
    clinc150_table,
    curve,
    fitted,
    hint3_table,
    keeping,
    point,
)

# Four texts in scope, the third guessed wrong; two out of scope.
RIGHT = np.array([True, True, False, True, False, False])
IN_SCOPE = np.array([True, True, True, True, False, False])
SCORES = np.array([0.9, 0.8, 0.7, 0.4, 0.5, 0.1])


def test_a_threshold_refuses_what_scores_below_it() -> None:
    counted = point(RIGHT, IN_SCOPE, SCORES, 0.5)
    assert (counted.accuracy, counted.recall) == (0.5, 0.5)
    assert point(RIGHT, IN_SCOPE, SCORES, 0.0).recall == 0.0


def test_recall_at_an_accuracy_takes_the_highest_threshold_that_keeps_it() -> None:
    kept = keeping(0.5, RIGHT, IN_SCOPE, SCORES)
    assert kept is not None
    assert (kept.accuracy, kept.recall, kept.threshold) == (0.5, 1.0, 0.8)
    # One hit more costs one of the two refusals.
    kept = keeping(0.51, RIGHT, IN_SCOPE, SCORES)
    assert kept is not None
    assert (kept.accuracy, kept.recall, kept.threshold) == (0.75, 0.5, 0.4)


def test_an_accuracy_as_the_published_rows_round_it_counts_whole_texts() -> None:
    hits = np.arange(453) < 357
    kept = keeping(0.7898230088495575, hits, np.arange(453) < 452, np.linspace(1, 0, 453))
    assert kept is not None
    assert kept.accuracy == pytest.approx(357 / 452)


def test_an_accuracy_above_the_classifiers_own_is_out_of_reach() -> None:
    assert keeping(0.8, RIGHT, IN_SCOPE, SCORES) is None


def test_the_chosen_threshold_has_the_best_mean() -> None:
    chosen = best(RIGHT, IN_SCOPE, SCORES)
    # From 0.8 it is as good; the lowest refuses least.
    assert chosen.threshold == 0.7
    assert all(one.accuracy + one.recall <= chosen.accuracy + chosen.recall for one in curve(RIGHT, IN_SCOPE, SCORES))


def _examples(count: int) -> Examples:
    intents = [f"intent {number % count}" for number in range(count * 10)]
    return Examples(tuple(f"text {number}" for number in range(count * 10)), tuple(intents))


def test_left_out_intents_stand_for_out_of_scope_and_are_not_taught() -> None:
    examples = _examples(10)
    taught, held = public_tables.leave_out(examples)
    assert len(taught.texts) + len(held.texts) == len(examples.texts)
    assert not set(taught.texts) & set(held.texts)
    out_of_scope = {text for text, intent in zip(held.texts, held.intents, strict=True) if intent is None}
    of = dict(zip(examples.texts, examples.intents, strict=True))
    unknown = {of[text] for text in out_of_scope}
    assert len(unknown) == 2
    assert not unknown & set(taught.intents)
    assert {intent for intent in held.intents if intent} == set(taught.intents)


def _read(top: np.ndarray) -> Read:
    zero = np.zeros(len(top))
    return Read(("a",) * len(top), top, zero, top, zero)


def test_the_fitted_way_is_surer_of_what_is_in_scope() -> None:
    read = _read(np.array([0.9, 0.8, 0.95, 0.2, 0.3, 0.1]))
    examples = Examples(("",) * 6, ("a", "a", "a", None, None, None))
    scores = fitted(read, examples)(_read(np.array([0.99, 0.05])))
    assert scores[0] > 0.5 > scores[1]


class Lengths:
    """A sentence vector that tells how long a text is."""

    def vector(self, text: str) -> np.ndarray:
        return np.array([len(text), 10.0]) / np.hypot(len(text), 10)


def test_heads_fitted_on_examples_tell_intents_and_what_has_none() -> None:
    texts = ("pay my bill", "pay a bill", "book a table", "table for two", "zebra crossing ahead", "a zebra")
    examples = Examples(texts, ("pay", "pay", "book", "book", None, None))
    read = Reader(examples, Lengths(), "set", lambda _: None).read(examples)
    assert read.guesses[:4] == ("pay", "pay", "book", "book")
    assert read.right(examples)[:4].all()
    assert read.out[4:].min() > 0.5 > read.out[:4].max()
    assert read.near == pytest.approx(np.array([1, 1, 1, 1, read.near[4], read.near[5]]))


def _ways(accuracy: float, recall: float) -> dict[str, object]:
    counted = {"accuracy": accuracy, "recall": recall, "threshold": 0.5}
    way = {"at the validation threshold": counted, "at the accuracy of Rasa's row": counted, "validation": counted}
    return {name: dict(way) for name in (*WAYS, FITTED)}


def test_tables_show_ours_beside_the_published_rows() -> None:
    ways = {name: {**way, KEEPING: None} for name, way in _ways(0.961, 0.7).items()}
    ways["top probability"][KEEPING] = {"accuracy": 0.955, "recall": 0.6, "threshold": 0.4}
    measured = {"ways": ways, "published": {"BERT": (0.969, 0.403)}, "accuracy without refusing": 0.964}
    clinc = clinc150_table(measured)
    assert "published accuracy on validation | 95.5 | 60.0 |" in clinc
    assert "nothing refused | 96.4 | 0.0 |" in clinc
    assert f"| **this bot, {WAY}** | 96.1 | 70.0 |" in clinc
    assert "| BERT | 96.9 | 40.3 |" in clinc
    row = {"accuracy": 0.79, "recall": 0.421, "threshold": 0.7}
    measured = {"curekart": {"ways": _ways(0.79, 0.7), "published": {"rasa": [row]}}}
    measured["curekart"]["ways"]["top probability"]["at the accuracy of Rasa's row"] = None
    drawn = hint3_table(measured)
    assert "curekart (79.0)" in drawn
    assert "| Rasa at 0.7, published | 42.1 |" in drawn
    assert f"| **{WAY}** | 70.0 |" in drawn
    assert "| top probability | out of reach |" in drawn


def test_the_data_are_read_with_out_of_scope_as_no_intent(tmp_path: Path) -> None:
    parts = {part: [["a text", "intent"]] for part in ("train", "val", "test")}
    file = tmp_path / "data_full.json"
    file.write_text(json.dumps(parts | {f"oos_{part}": [[" else ", "oos"]] for part in parts}))
    train, _, _ = clinc150(file)
    assert train == Examples(("a text", "else"), ("intent", None))
    for part in ("train", "test"):
        folder = tmp_path / "v1" / part
        folder.mkdir(parents=True)
        (folder / f"bot_{part}.csv").write_text('sentence,label\n"a, b",X\nhm,NO_NODES_DETECTED\n')
    assert hint3(tmp_path, "bot")[1] == Examples(("a, b", "hm"), ("X", None))


def test_damaged_data_are_named(tmp_path: Path) -> None:
    file = tmp_path / "data_full.json"
    file.write_text("{}")
    with pytest.raises(PublicDataError, match=r"data_full\.json"):
        clinc150(file)
    with pytest.raises(PublicDataError, match=r"bot_train\.csv"):
        hint3(tmp_path, "bot")


def test_absent_data_are_skipped_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["public_tables", "--eval", str(tmp_path)])
    assert public_tables.main() == 0
    said = capsys.readouterr().out
    assert "HINT3 is skipped" in said
    assert "CLINC150 is skipped" in said
