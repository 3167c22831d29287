"""Asks a set of questions, each as a first message, and judges the answers: for all measurements in one process.

Every question goes through the trained model and the actions' own code. The development questions chose the bot's
thresholds; the test questions were written apart and are never looked at. Physicians' other questions
(``../shared/eval``, no part of this project) count false answers.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.serving import lean

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = ROOT / "benchmarks" / "questions"
PHYSICIANS = ROOT.parent / "shared" / "eval" / "physician_questions" / "dev.txt"
RESULTS = ROOT / "results"
DEVELOPMENT, TEST, PHYSICIANS_SET = "development", "test", "physicians"
REPORT_EVERY = 250

Report = Callable[[str], None]
"""Takes one line of progress."""
Sets = dict[str, list[dict[str, Any]]]
"""Questions by the name of their set."""


@dataclass
class Result:
    """A question of a set with what the bot made of it."""

    question: dict[str, Any]
    kind: str
    shown: set[str]
    warned: set[str]
    first: str
    intent: str
    confidence: float
    seconds: float
    topics: tuple[str, ...] = ()
    right: bool = field(init=False)

    def __post_init__(self) -> None:
        """Judge: all required bullets are shown, and no fact is of another bullet than required or allowed."""
        expected = self.question.get("expect", "out_of_scope")
        required = set(self.question.get("required") or ())
        allowed = required | set(self.question.get("allowed") or ())
        if expected != "answer":
            self.right = self.kind == expected
        else:
            self.right = self.kind == "answer" and required <= self.shown | self.warned and self.shown <= allowed


class Actions:
    """The actions in this process, chosen by intent as the rules do."""

    def __init__(self) -> None:
        """Read the rules."""
        from actions import actions

        classes = [
            one for one in vars(actions).values() if isinstance(one, type) and one.__module__ == actions.__name__
        ]
        by_name = {one().name(): one() for one in classes}
        rules = yaml.safe_load((ROOT / "data" / "stories" / "rules.yml").read_text(encoding="utf-8"))["rules"]
        fallback = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["policies"][0]
        self._fallback = by_name[fallback["core_fallback_action_name"]]
        self._table = {}
        for rule in rules:
            first, then = rule["steps"]
            for step in first.get("or", [first]):
                self._table[step["intent"]] = by_name[then["action"]]

    def answer(self, question: dict[str, Any], parsed: dict[str, Any], seconds: float) -> Result:
        """Answer a question by what was read of it.

        Args:
            question: as in ``benchmarks/questions``.
            parsed: the message as Rasa's NLU hands it on; an intent that no rule names is declined.
            seconds: that the reading took.
        """
        from rasa_sdk import Tracker
        from rasa_sdk.executor import CollectingDispatcher

        dispatcher = CollectingDispatcher()
        tracker = Tracker("evaluation", {}, parsed, [], False, None, {}, "action_listen")
        self._table.get(parsed["intent"]["name"], self._fallback).run(dispatcher, tracker, {})
        (message,) = dispatcher.messages
        custom = message["custom"]
        return Result(
            question=question,
            kind=custom["kind"],
            shown={fact["source"] for fact in custom["facts"]},
            warned={fact["source"] for fact in custom["pitfalls"]},
            first=custom["facts"][0]["source"] if custom["facts"] else "",
            intent=parsed["intent"]["name"] or "",
            confidence=float(parsed["intent"]["confidence"]),
            seconds=seconds,
            topics=tuple(custom["understood"]["topics"]),
        )


class Bot:
    """The trained model and the actions, in this process.

    Attributes:
        model: Name of the model.
    """

    def __init__(self) -> None:
        """Load the model that fits the data; train it first if there is none."""
        from rasa.core.agent import Agent

        from bot.serving.training import ensure_model

        path = ensure_model(ROOT, print)
        self.model = path.name.removesuffix(".tar.gz")
        self._agent = Agent.load(str(path))
        self._loop = asyncio.new_event_loop()
        self._actions = Actions()

    def ask(self, question: dict[str, Any]) -> Result:
        """Ask one question in a new conversation."""
        started = time.perf_counter()
        parsed = self._loop.run_until_complete(self._agent.parse_message(question["text"]))
        return self._actions.answer(question, parsed, time.perf_counter() - started)


def read_sets(physicians: Path, report: Report) -> Sets:
    """Read the development and the test questions, and physicians' other questions where they are there.

    Args:
        physicians: file of questions that the document does not answer, one a line.
        report: takes lines of progress.
    """
    sets: Sets = {
        name: yaml.safe_load((QUESTIONS / f"{name}.yaml").read_text(encoding="utf-8")) for name in (DEVELOPMENT, TEST)
    }
    if physicians.is_file():
        lines = [line.strip() for line in physicians.read_text(encoding="utf-8").splitlines()]
        sets[PHYSICIANS_SET] = [{"text": line, "scope": "far"} for line in lines if line]
    else:
        report(f"{physicians} is not there: physicians' other questions are skipped")
    return sets


def ask_all(
    ask: Callable[[dict[str, Any]], Result], questions: Sequence[dict[str, Any]], name: str, report: Report
) -> list[Result]:
    """Ask all questions of a set, with lines of progress that bear its name."""
    results = []
    for place, question in enumerate(questions, start=1):
        results.append(ask(question))
        if place % REPORT_EVERY == 0 or place == len(questions):
            report(f"{name}: {place} of {len(questions)}")
    return results


def say(line: str) -> None:
    """Print a line of progress at once."""
    print(line, flush=True)


def prepare_process() -> None:
    """Make this process what the bot runs in, with matplotlib; to be called before Rasa is imported."""
    # It draws reports: imported first, it is not left out of this process.
    import matplotlib.backends.backend_svg
    import matplotlib.pyplot  # noqa: F401

    from bot.serving.service import configure_logging

    lean.install(ROOT)
    configure_logging()
    # The SDK speaks of every slot that a first message does not have, and httpx of every request.
    for name in ("rasa_sdk", "httpx"):
        logging.getLogger(name).setLevel(logging.WARNING)
