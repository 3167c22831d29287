"""The evaluation's parts and page, on a handful of made-up results."""

from __future__ import annotations

import argparse
import base64
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import evaluate
from benchmarks.asking import DEVELOPMENT, PHYSICIANS_SET, TEST, Result, read_sets
from benchmarks.evaluate import PARTS, _parts, summary
from benchmarks.page import SECTIONS, table

SECRET = "A question of the test set"


def results(text: str) -> list[Result]:
    asked = {"text": text, "scope": "in", "expect": "answer", "required": ["a/1"], "style": "full"}
    asked |= {"facets": ["dose"], "topics": ["magnesium"]}
    beyond = {"text": text, "scope": "far", "expect": "out_of_scope", "style": "full"}
    premise = {"text": text, "scope": "premise", "expect": "answer", "correction": "a/1", "required": ["a/1"]}
    return [
        Result(asked, "answer", {"a/1"}, set(), "a/1", "ask_dose", 0.9, 0.01),
        Result(asked, "answer", {"b/1"}, set(), "b/1", "ask_dose", 0.6, 0.01),
        Result(beyond, "answer", {"b/1"}, set(), "b/1", "ask_dose", 0.6, 0.01),
        Result(premise, "answer", {"a/1"}, set(), "a/1", "state_claim", 0.6, 0.01),
    ]


def core() -> dict[str, Any]:
    sets = {DEVELOPMENT: "Of the <development> set", TEST: SECRET, PHYSICIANS_SET: "A physician's & other"}
    found = {name: summary(name, results(text)) for name, text in sets.items()}
    return {"measured": "2026-11-24", "model": "assistant-1", "sets": found}


# In a process of its own: the tests' has no matplotlib.
WRITE = """
import json, sys
from pathlib import Path
from benchmarks import evaluate
folder = Path(sys.argv[1])
evaluate.RESULTS, evaluate.FILE, evaluate.PAGE = folder, folder / "e.json", folder / "e.html"
evaluate.PUBLIC = folder / "public.json"
evaluate.write(json.load(sys.stdin))
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is written of the core part: its folder."""
    folder = tmp_path_factory.mktemp("results")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WRITE, str(folder)],
        input=json.dumps({"core": core()}),
        cwd=evaluate.ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_the_page_lists_what_may_be_read_and_nothing_of_the_test_set(written: Path) -> None:
    drawn = (written / "e.html").read_text(encoding="utf-8")
    assert "Of the &lt;development&gt; set" in drawn
    assert "A physician&#x27;s &amp; other" in drawn
    assert SECRET not in drawn
    assert SECRET not in (written / "e.json").read_text(encoding="utf-8")
    images = [base64.b64decode(one) for one in re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', drawn)]
    assert len(images) == 8
    assert all(b"<svg" in image and SECRET.encode() not in image for image in images)


def test_each_part_has_its_section_and_each_section_but_the_public_tables_its_part() -> None:
    assert set(PARTS) | {"public"} == set(SECTIONS)


def test_parts_that_a_run_leaves_out_stay_as_they_were(
    written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate, "FILE", written / "e.json")
    assert evaluate._earlier() == json.loads(json.dumps({"core": core()}))
    monkeypatch.setattr(evaluate, "FILE", tmp_path / "none.json")
    assert evaluate._earlier() == {}
    (tmp_path / "none.json").write_text('{"development": {"figures": {}}}', encoding="utf-8")
    assert evaluate._earlier() == {}


def test_an_unknown_part_is_named() -> None:
    assert _parts("core, noise") == ["core", "noise"]
    with pytest.raises(argparse.ArgumentTypeError, match="unknown: nose; there are core, noise"):
        _parts("core,nose")


def test_tables_are_escaped_and_numbers_stand_at_the_right() -> None:
    drawn = table("| a | b |\n| --- | ---: |\n| <i> | **1** |")
    assert "<th>a</th><th class=number>b</th>" in drawn
    assert "<td>&lt;i&gt;</td><td class=number><b>1</b></td>" in drawn


def test_physicians_questions_are_skipped_where_they_are_not(tmp_path: Path) -> None:
    said: list[str] = []
    assert set(read_sets(tmp_path / "none.txt", said.append)) == {DEVELOPMENT, TEST}
    assert said == [f"{tmp_path / 'none.txt'} is not there: physicians' other questions are skipped"]
    (tmp_path / "some.txt").write_text("one\n\n two \n", encoding="utf-8")
    assert read_sets(tmp_path / "some.txt", said.append)[PHYSICIANS_SET] == [
        {"text": "one", "scope": "far"},
        {"text": "two", "scope": "far"},
    ]
