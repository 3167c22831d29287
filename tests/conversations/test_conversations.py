"""The test stories hold on the trained model; a wrong one does not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bot.serving import processes
from bot.serving.training import ensure_model
from tests.running import view

STORIES = Path(__file__).with_name("test_stories.yml")
LEAST = 12
# What is changed in the stories, to what, and what the failure has to name.
WRONG = {
    "action": ("action: action_urgent", "action: action_answer", "predicted: action_urgent"),
    "intent": ("intent: ask_dose", "intent: ask_frequency", "ask_dose"),
    "entity": ('"value": "sodium_thiosulfate"', '"value": "magnesium"', "wrong intent or entities"),
}


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, int | str]]:
    """Exit code, and what became of each file of stories: the right one, and each of the wrong ones."""
    folder = tmp_path_factory.mktemp("stories")
    root = view(tmp_path_factory.mktemp("told"))
    model = ensure_model(root, print)
    text = STORIES.read_text(encoding="utf-8")
    for name, (before, after, _) in WRONG.items():
        assert before in text
        (folder / f"test_{name}.yml").write_text(text.replace(before, after, 1), encoding="utf-8")
    files = [str(STORIES), *(str(folder / f"test_{name}.yml") for name in WRONG)]
    result = subprocess.run(
        [sys.executable, "-m", "tests.conversations.core", str(model), *files],
        cwd=root, env=processes.environment(), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "Traceback" not in result.stderr, result.stderr
    results = json.loads(result.stdout.splitlines()[-1])
    return result.returncode, {Path(file).stem.removeprefix("test_"): outcome for file, outcome in results.items()}


def stories() -> list[dict[str, list[dict[str, str]]]]:
    return yaml.safe_load(STORIES.read_text(encoding="utf-8"))["stories"]


def told(key: str) -> list[str]:
    return [step[key] for story in stories() for step in story["steps"] if key in step]


def test_every_intent_rule_and_action_is_told() -> None:
    root = STORIES.parents[2]
    domain = yaml.safe_load((root / "domain.yml").read_text(encoding="utf-8"))
    rules = yaml.safe_load((root / "data/stories/rules.yml").read_text(encoding="utf-8"))["rules"]
    known = {name for intent in domain["intents"] for name in intent}
    assert len(stories()) >= LEAST
    assert sorted(known - set(told("intent"))) == []
    assert sorted(set(domain["actions"]) - set(told("action"))) == []
    for rule in rules:
        starts = rule["steps"][0].get("or") or rule["steps"][:1]
        assert {step["intent"] for step in starts} & set(told("intent")), rule["rule"]


@pytest.mark.xfail(strict=False, reason="the model of 2026-11-24 misreads two messages of the stories; see issue 3")
def test_stories_hold(held: tuple[int, dict[str, int | str]]) -> None:
    outcome = held[1]["stories"]
    assert isinstance(outcome, int), outcome
    assert outcome >= len(told("action")), "every action of every story was predicted"


@pytest.mark.xfail(strict=False, reason="the model of 2026-11-24 misreads two messages of the stories; see issue 3")
@pytest.mark.parametrize("name", WRONG)
def test_wrong_story_fails(held: tuple[int, dict[str, int | str]], name: str) -> None:
    code, outcomes = held
    assert code == 1
    assert WRONG[name][2] in str(outcomes[name])
