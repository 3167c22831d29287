"""The commands `knowledge import` and `knowledge check`, and what they tell of a document that changed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.knowledge.document import read_document
from bot.knowledge.lock import Change, compare, lock_file, read_lock

ROOT = Path(__file__).resolve().parents[2]


def _run(command: str, folder: Path, *words: str) -> int:
    return main(["knowledge", command, *words, "--knowledge", str(folder / "knowledge.yaml")])


def _rewrite(folder: Path, *pairs: tuple[str, str]) -> Path:
    document = folder / "document.txt"
    text = document.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    document.write_text(text, encoding="utf-8")
    return document


def test_an_unchanged_document_gives_the_same_lock(made_up: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The lock in the repository is what the import writes, byte by byte."""
    lock = made_up / "knowledge.lock.json"
    before = lock.read_bytes()
    assert _run("import", made_up, str(made_up / "document.txt")) == 0
    assert lock.read_bytes() == before
    told = capsys.readouterr().out
    assert "has not changed" in told
    assert "stale" not in told


def test_a_lock_holds_no_sentence(made_up: Path) -> None:
    """Of a bullet's text the lock has single words alone."""
    lock = json.loads((made_up / "knowledge.lock.json").read_text(encoding="utf-8"))
    assert lock["bullets"]
    for bullet in lock["bullets"]:
        assert set(bullet) == {"locator", "markers", "figures", "hedges", "sha256"}
        words = [word for figure in bullet["figures"] for word in figure["near"]]
        assert not any(" " in word for word in words)


CHANGES = {
    "changed": (
        [("Weigh the dragon", "Feed the dragon")],
        [Change("changed", "follow-up-of-the-blight/1")],
        {"cave.end"},
    ),
    "gone": (
        [("  • Rushing a dragon out of its cave dulls the new scales 2, 1\n", "")],
        [Change("gone", "follow-up-of-the-blight/2")],
        {"cave.haste"},
    ),
    "new": (
        [("dulls the new scales 2, 1\n", "dulls the new scales 2, 1\n  • Sing to the dragon 1\n")],
        [Change("new", "follow-up-of-the-blight/3")],
        set(),
    ),
    "moved": (
        [("  • Weigh the", "  • Sing to the dragon 1\n  • Weigh the")],
        [
            Change("new", "follow-up-of-the-blight/1"),
            Change("moved", "follow-up-of-the-blight/2", "follow-up-of-the-blight/1"),
            Change("moved", "follow-up-of-the-blight/3", "follow-up-of-the-blight/2"),
        ],
        {"cave.end", "cave.haste"},
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_changed_and_what_is_stale(made_up: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """An import tells each change and the stale facts; they stay stale until their digest is renewed."""
    pairs, changes, stale = CHANGES[name]
    before = read_lock(made_up / "knowledge.lock.json")
    document = _rewrite(made_up, *pairs)
    assert compare(before, read_document(document)) == changes

    for _ in range(2):  # importing again renews no fact
        assert _run("import", made_up, str(document)) == 0
        told = capsys.readouterr().out
        assert {line.split("`")[1] for line in told.splitlines() if "stale: fact" in line} == stale
    assert read_lock(made_up / "knowledge.lock.json") == read_document(document, before.id)

    assert _run("check", made_up, "--document", str(document)) == 1
    problems = capsys.readouterr().out
    for fact in stale:
        assert f"fact `{fact}`" in problems


def test_an_import_names_each_change(made_up: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Bullets, title, date and references are told apart."""
    document = _rewrite(
        made_up,
        ("scale blight?", "scale itch?"),
        ("March 3, 2024", "May 1, 2025"),
        ("Scale\n", "Scales\n"),
        ("Weigh", "Feed"),
    )
    assert _run("import", made_up, str(document)) == 0
    told = capsys.readouterr().out
    assert "changed: follow-up-of-the-blight/1" in told
    assert "updated: 2024-03-03 -> 2025-05-01" in told
    assert "title: " in told
    assert "references changed" in told


def test_a_renewed_digest_makes_a_fact_current(made_up: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The digest that the import prints, put under `written_from`, ends the staleness."""
    document = _rewrite(made_up, ("Weigh the dragon", "Feed the dragon"))
    old = read_lock(made_up / "knowledge.lock.json").bullet("follow-up-of-the-blight/1")
    assert _run("import", made_up, str(document)) == 0
    new = read_document(document).bullet("follow-up-of-the-blight/1")
    assert old and new
    assert f'follow-up-of-the-blight/1: "{new.digest}"' in capsys.readouterr().out
    assert _run("check", made_up, "--document", str(document)) == 1
    assert "stale" in capsys.readouterr().out

    file = made_up / "knowledge.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(old.digest, new.digest), encoding="utf-8")
    # `load_file` keeps a file for the life of a process, so the renewed one is read under another name.
    renewed = file.rename(made_up / "renewed.yaml")
    lock_file(file).rename(lock_file(renewed))
    assert main(["knowledge", "check", "--knowledge", str(renewed), "--document", str(document)]) == 0


def test_a_new_document_needs_no_knowledge_file(made_up: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first import writes the lock and prints the digests for `written_from`."""
    file = made_up / "fresh.yaml"
    assert main(["knowledge", "import", str(made_up / "document.txt"), "--knowledge", str(file)]) == 0
    lock = read_lock(made_up / "fresh.lock.json")
    told = capsys.readouterr().out
    assert lock.bullets
    assert all(f'{bullet.locator}: "{bullet.digest}"' in told for bullet in lock.bullets)


def test_a_check_says_what_it_checked(made_up: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Counts, and whether the document was there."""
    assert _run("check", made_up, "--document", str(made_up / "document.txt")) == 0
    told = capsys.readouterr().out
    assert "7 facts" in told
    assert "6 bullets" in told
    assert "without the document" not in told


def test_a_check_without_the_document_says_so(
    made_up: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The document is looked for in the environment; without it the check tells what it left out."""
    monkeypatch.delenv("CALCIPHYLAXIS_DOCUMENT", raising=False)
    assert _run("check", made_up) == 0
    assert "without the document" in capsys.readouterr().out
    monkeypatch.setenv("CALCIPHYLAXIS_DOCUMENT", str(made_up / "document.txt"))
    assert _run("check", made_up) == 0
    assert "without the document" not in capsys.readouterr().out


def test_a_problem_is_told_with_file_line_and_mend(made_up: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The line is that of the fact."""
    file = made_up / "knowledge.yaml"
    text = file.read_text(encoding="utf-8").replace("bound: about", "bound: exact")
    file.write_text(text, encoding="utf-8")
    assert _run("check", made_up) == 1
    line = next(number for number, line in enumerate(text.splitlines(), start=1) if "id: salve.shine" in line)
    assert f"{file}:{line}: fact `salve.shine`" in capsys.readouterr().out


@pytest.mark.parametrize("content", [None, "{", "[]", "{}"])
def test_a_lock_that_cannot_be_read_ends_with_2(
    made_up: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    """Missing or spoilt, the message names the file and the command that writes it."""
    lock = made_up / "knowledge.lock.json"
    lock.unlink()
    if content is not None:
        lock.write_text(content, encoding="utf-8")
    assert _run("check", made_up) == 2
    told = capsys.readouterr().err
    assert str(lock) in told
    assert "knowledge import" in told


def test_a_document_that_is_missing_ends_with_2(made_up: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both commands name it."""
    assert _run("import", made_up, str(made_up / "nothing.txt")) == 2
    assert _run("check", made_up, "--document", str(made_up / "nothing.txt")) == 2
    assert capsys.readouterr().err.count("nothing.txt: cannot be read") == 2


def test_a_lock_that_cannot_be_written_ends_with_2(made_up: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that is not there is named."""
    assert _run("import", made_up / "nowhere", str(made_up / "document.txt")) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_the_commands_do_not_wait_for_rasa() -> None:
    """Neither Rasa nor spaCy is imported."""
    code = (
        "import sys; from bot.__main__ import main; main(['knowledge', 'check']);"
        "sys.exit(any(name in sys.modules for name in ('rasa', 'spacy', 'tensorflow')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False).returncode == 0
