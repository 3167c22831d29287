"""`python -m bot review`: marks, and questions not answered or not surely, by meaning; and the export for training."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.shared.nlu.training_data.formats import RasaYAMLReader

from bot.__main__ import main
from bot.channels import feedback
from bot.serving import meaning, review
from bot.serving.errors import ServingError

ANSWER: dict[str, Any] = {
    "kind": "answer", "facts": [{"id": "salve.dose"}], "pitfalls": [{"id": "salve.shine"}],
    "understood": {"intent": "ask_dose", "topics": ["moon_salve"], "confidence": 0.6},
    "knowledge": {"version": "0.1.0", "sha256": "0" * 64},
}  # fmt: skip
REFUSED = {**ANSWER, "kind": "out_of_scope", "facts": [], "pitfalls": []}
SURE = {**ANSWER, "understood": {**ANSWER["understood"], "confidence": feedback.UNSURE}}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(feedback.DATABASE_VARIABLE, str(tmp_path / "feedback.db"))
    monkeypatch.delenv(feedback.KEEP_VARIABLE, raising=False)
    return tmp_path


def questions() -> list[str]:
    return [row["question"] for row in feedback.rows(feedback.QUESTIONS)]


def test_marks_and_unanswered_are_listed_by_meaning(
    root: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for sender in ("one", "two"):
        feedback.record(sender, ANSWER, "wrong")
    feedback.record("one", ANSWER, "incomplete", remark="the duration is missing")
    for text in (
        "what dose of cinacalcet?",
        "which vaccine on dialysis?",
        "dose of cinacalcet?",
        "what dose of cinacalcet?",
    ):
        feedback.note_question(text, REFUSED)
    feedback.note_question("how much of it", ANSWER)
    review.review(root, 20, None, print)
    said = capsys.readouterr().out
    assert "Marks without a remark: 2\n     2  [wrong, ask_dose, moon_salve, salve.dose, salve.shine]\n" in said
    assert "Marks with a remark: 1\n     1  the duration is missing  [incomplete, " in said
    about = "[out_of_scope, ask_dose, moon_salve]"
    assert f"Not answered: 4\n     3  what dose of cinacalcet?  {about}\n        dose of cinacalcet?  {about}\n" in said
    assert f"     1  which vaccine on dialysis?  {about}\n" in said
    assert "Answered, but not surely: 1\n     1  how much of it" in said


def test_the_export_is_training_data(root: Path, place: Path) -> None:
    feedback.note_question("what [dose] of cinacalcet?", REFUSED)
    review.review(root, 20, place / "new.yml", lambda _: None)
    content = (place / "new.yml").read_text(encoding="utf-8")
    assert content.startswith("# Questions that were not answered")
    (example,) = RasaYAMLReader().reads(content).intent_examples
    assert (example.get("intent"), example.get("text")) == ("ask_dose", "what dose of cinacalcet?")


def test_groups_hold_what_is_alike_the_largest_first() -> None:
    places = {"a": np.array([1.0, 0.0]), "b": np.array([0.9, 0.1]), "c": np.array([0.0, 1.0])}
    assert meaning.grouped({"a": 1, "b": 2, "c": 2}, places) == [["b", "a"], ["c"]]


def test_only_what_is_unanswered_or_unsure_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    feedback.note_question("dose of salve", SURE)
    feedback.note_question("dose of salve", {**REFUSED, "kind": "smalltalk"})
    assert questions() == []
    monkeypatch.setenv(feedback.KEEP_VARIABLE, "no")
    feedback.note_question("dose of salve", REFUSED)
    assert questions() == []


def test_of_a_question_only_words_of_the_project_are_kept() -> None:
    feedback.note_question("Is Zqsmith of Zqtown, in 1950, to have apixaban on HD? Bertha asks, york too", REFUSED)
    assert questions() == ["Is … of …, in …, to have apixaban on HD? … asks, … too"]


def test_remarks_are_de_identified() -> None:
    feedback.record("one", ANSWER, "wrong", remark="Mrs Zqsmith, MRN 8877665, needs more")
    (row,) = feedback.rows(feedback.FEEDBACK)
    assert "needs more" in row["remark"]
    written = b"".join(path.read_bytes() for path in feedback.database().parent.iterdir())
    assert b"Zqsmith" not in written
    assert b"8877665" not in written


def test_the_model_and_the_knowledge_base_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_MODEL", "assistant-0123")
    feedback.record("one", ANSWER, "useful")
    (row,) = feedback.rows(feedback.FEEDBACK)
    assert (row["model"], row["knowledge"]) == ("assistant-0123", "0.1.0 000000000000")


def test_without_a_database_there_is_nothing(root: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review"]) == 0
    assert capsys.readouterr().out.count(": none") == 4
    assert list(place.iterdir()) == [], "nothing is made by looking"


def test_a_damaged_database_is_named(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "feedback.db").write_text("no database at all, though long enough to be taken for one\n" * 10)
    assert main(["review"]) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_without_a_model_it_is_told_what_to_do(place: Path) -> None:
    with pytest.raises(ServingError, match="make train"):
        meaning.vectors(place, ["dose"])


def test_another_mark_is_refused_and_a_fault_is_sqlite_s(place: Path) -> None:
    with pytest.raises(ValueError, match="no mark"):
        feedback.record("one", ANSWER, "splendid")
    (place / "feedback.db").mkdir()
    with pytest.raises(sqlite3.Error):
        feedback.record("one", ANSWER, "wrong")


def test_senders_are_told_apart_and_not_kept() -> None:
    for sender in ("one", "two", "one"):
        feedback.record(sender, ANSWER, "useful")
    with closing(sqlite3.connect(feedback.database())) as connection:
        senders = [row[0] for row in connection.execute("select sender from feedback")]
    assert senders[0] == senders[2] != senders[1]
    assert {"one", "two"}.isdisjoint(senders)
