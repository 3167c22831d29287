"""Every bullet of the document is reached by questions that no training file holds."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from tests.contract import lock
from tests.running import ROOT

QUESTIONS = yaml.safe_load((Path(__file__).parent / "questions.yaml").read_text(encoding="utf-8"))
LEAST = 3
WRITTEN = 5
_ANNOTATION = re.compile(r"\[([^\]]*)\](?:\{[^}]*\}|\([^)]*\))")


def plain(text: str) -> str:
    """Reduce a text to its words, without case, punctuation and annotations."""
    return " ".join(re.findall(r"[^\W_]+", _ANNOTATION.sub(r"\1", text).lower()))


def trained_on() -> set[str]:
    """Return all training examples as `plain` makes them."""
    files = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in (ROOT / "data" / "nlu").glob("*.yml"))
    examples = [part["examples"] for file in files for part in file["nlu"] if "examples" in part]
    return {plain(line) for block in examples for line in block.splitlines() if line.strip()}


def test_every_bullet_has_enough_questions() -> None:
    bullets = [bullet.locator for bullet in lock().bullets]
    counts = Counter(question["locator"] for question in QUESTIONS)
    assert bullets
    assert set(counts) == set(bullets)
    assert [locator for locator in bullets if counts[locator] < WRITTEN] == []
    assert len({plain(question["text"]) for question in QUESTIONS}) == len(QUESTIONS)


def test_no_question_is_a_training_example() -> None:
    known = trained_on()
    assert len(known) > 1000
    example = yaml.safe_load((ROOT / "data/nlu/asked_of_treatment.yml").read_text(encoding="utf-8"))["nlu"][0]
    assert plain(example["examples"].splitlines()[0]) in known, "a training example would be noticed"
    assert [question["text"] for question in QUESTIONS if plain(question["text"]) in known] == []


@pytest.mark.parametrize("locator", sorted({question["locator"] for question in QUESTIONS}))
def test_bullet_is_reached(ask, new_sender, locator: str) -> None:
    """Each bullet has more questions than it needs: a model trained anew may lose one, not the bullet."""
    texts = [question["text"] for question in QUESTIONS if question["locator"] == locator]
    missed = [text for text in texts if locator not in ask(new_sender(), text).sources]
    assert len(texts) - len(missed) >= LEAST, missed
