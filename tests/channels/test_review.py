"""`python -m bot review`: marks and what was not answered, counted without any user's words."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.channels import feedback

ANSWER = {
    "kind": "answer", "facts": [{"id": "salve.dose"}], "pitfalls": [{"id": "salve.shine"}],
    "understood": {"intent": "ask_dose", "topics": ["moon_salve"], "confidence": 0.6},
    "knowledge": {"version": "0.1.0", "sha256": "0" * 64},
}  # fmt: skip


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(feedback.DATABASE_VARIABLE, str(tmp_path / "feedback.db"))
    return tmp_path


def conversations(folder: Path) -> str:
    """A database as the tracker store writes it, with one answer of each sort."""
    refused = {**ANSWER, "kind": "out_of_scope"}
    with closing(sqlite3.connect(folder / "conversations.db")) as connection, connection:
        connection.execute("create table events (type_name text, data text)")
        for custom in (ANSWER, refused, refused, {"kind": "smalltalk"}, None):
            connection.execute("insert into events values ('bot', ?)", (json.dumps({"data": {"custom": custom}}),))
        connection.execute("insert into events values ('user', ?)", (json.dumps({"text": "as typed"}),))
    return str(folder / "conversations.db")


def test_marks_and_unanswered_are_counted(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for sender in ("one", "two"):
        feedback.record(sender, ANSWER, "wrong", remark="Zqsmith")
    assert main(["review", "--conversations", conversations(place)]) == 0
    said = capsys.readouterr().out
    assert "Marks, by what was shown: 2\n     2  wrong: ask_dose; salve.dose, salve.shine\n" in said
    assert "Not answered: 2\n     2  out_of_scope: ask_dose; moon_salve\n" in said
    assert "below 0.7: 1\n" in said
    assert "as typed" not in said
    assert b"Zqsmith" not in feedback.database().read_bytes(), "remarks are dropped"


def test_without_databases_there_is_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", "--conversations", str(place / "none.db")]) == 0
    assert capsys.readouterr().out.count(": none") == 3
    assert list(place.iterdir()) == [], "nothing is made by looking"


def test_a_damaged_database_is_named(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "conversations.db").write_text("no database at all, though long enough to be taken for one\n" * 10)
    assert main(["review", "--conversations", str(place / "conversations.db")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_another_mark_is_refused() -> None:
    with pytest.raises(ValueError, match="no mark"):
        feedback.record("one", ANSWER, "splendid")


def test_senders_are_told_apart_and_not_kept() -> None:
    for sender in ("one", "two", "one"):
        feedback.record(sender, ANSWER, "useful")
    with closing(sqlite3.connect(feedback.database())) as connection:
        senders = [row[0] for row in connection.execute("select sender from feedback")]
    assert senders[0] == senders[2] != senders[1]
    assert {"one", "two"}.isdisjoint(senders)
