"""Measures how well questions are understood: ``make evaluate``.

Every question goes through the trained model and the actions' own code, as a first message. The development questions
were used to choose thresholds; the test questions were written apart and never looked at. Physicians' other questions
(``../shared/eval``, not part of this project) count false answers. Writes ``results/evaluation.json`` and a page with
plots, ``results/evaluation.html``.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import html
import io
import json
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.serving import lean

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = ROOT / "benchmarks" / "questions"
PHYSICIANS = ROOT.parent / "shared" / "eval" / "physician_questions" / "dev.txt"
RESULTS = ROOT / "results"


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


class Bot:
    """The trained model and the actions, in this process."""

    def __init__(self) -> None:
        """Load the model that fits the data; train it first if there is none."""
        from rasa.core.agent import Agent

        from bot.serving.training import ensure_model

        self._agent = Agent.load(str(ensure_model(ROOT, print)))
        self._loop = asyncio.new_event_loop()
        self._actions = _actions()

    def ask(self, question: dict[str, Any]) -> Result:
        """Ask one question in a new conversation."""
        from rasa_sdk import Tracker
        from rasa_sdk.executor import CollectingDispatcher

        started = time.perf_counter()
        parsed = self._loop.run_until_complete(self._agent.parse_message(question["text"]))
        seconds = time.perf_counter() - started
        dispatcher = CollectingDispatcher()
        tracker = Tracker("evaluation", {}, parsed, [], False, None, {}, "action_listen")
        self._actions[parsed["intent"]["name"]].run(dispatcher, tracker, {})
        (message,) = dispatcher.messages
        custom = message["custom"]
        return Result(
            question=question,
            kind=custom["kind"],
            shown={fact["source"] for fact in custom["facts"]},
            warned={fact["source"] for fact in custom["pitfalls"]},
            first=custom["facts"][0]["source"] if custom["facts"] else "",
            intent=parsed["intent"]["name"],
            confidence=float(parsed["intent"]["confidence"]),
            seconds=seconds,
        )


def _actions() -> dict[str, Any]:
    """Map each intent to its action as the rules do."""
    from actions import actions

    classes = [one for one in vars(actions).values() if isinstance(one, type) and one.__module__ == actions.__name__]
    by_name = {one().name(): one() for one in classes}
    rules = yaml.safe_load((ROOT / "data" / "stories" / "rules.yml").read_text(encoding="utf-8"))["rules"]
    table = {}
    for rule in rules:
        first, then = rule["steps"]
        for step in first.get("or", [first]):
            table[step["intent"]] = by_name[then["action"]]
    return table


def interval(hits: int, total: int) -> tuple[float, float]:
    """Return the 95% Wilson interval of a share."""
    if not total:
        return 0.0, 1.0
    z, share = 1.959964, hits / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * ((share * (1 - share) + z * z / (4 * total)) / total) ** 0.5 / (1 + z * z / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def share(results: Sequence[Result], holds: Callable[[Result], bool]) -> dict[str, Any]:
    """Count how many results hold something."""
    return counted(sum(holds(result) for result in results), len(results))


def counted(hits: int, total: int) -> dict[str, Any]:
    """Return hits, total, share and its 95% interval."""
    low, high = interval(hits, total)
    return {"hits": hits, "of": total, "share": hits / total if total else None, "low": low, "high": high}


def figures(results: Sequence[Result]) -> dict[str, Any]:
    """Return the headline figures of one set."""
    scope: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        scope[result.question["scope"]].append(result)
    asked = [result for result in scope["in"] if result.question["expect"] == "answer"]
    table = {
        "in scope, right bullets and no other": share(asked, lambda one: one.right),
        "in scope, refused or asked back": share(asked, lambda one: one.kind in ("out_of_scope", "clarify")),
        "clarify or urgent, as expected": share(
            [one for one in scope["in"] if one.question["expect"] != "answer"], lambda one: one.right
        ),
        "near, answered with facts": share(scope["near"], lambda one: bool(one.shown)),
        "far, answered with facts": share(scope["far"], lambda one: bool(one.shown)),
        "false premise, corrected by the first fact": share(
            scope["premise"], lambda one: one.first == one.question.get("correction")
        ),
        "false premise, corrected in the answer": share(
            scope["premise"], lambda one: one.question.get("correction") in one.shown | one.warned
        ),
    }
    return {name: counted for name, counted in table.items() if counted["of"]}


def by(results: Iterable[Result], key: str) -> dict[str, dict[str, Any]]:
    """Return the share of right answers for each value of a question's field."""
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[str(result.question.get(key))].append(result)
    return {name: share(group, lambda one: one.right) for name, group in sorted(groups.items())}


def risk_coverage(results: Sequence[Result]) -> tuple[list[float], list[float], float]:
    """Return coverage and risk of the answered questions, most confident first, and the area under the curve."""
    answered = sorted((one for one in results if one.shown), key=lambda one: -one.confidence)
    wrong, coverage, risk = 0, [], []
    for place, result in enumerate(answered, start=1):
        wrong += not result.right
        coverage.append(place / len(results))
        risk.append(wrong / place)
    area = sum(risk) / len(risk) if risk else 0.0
    return coverage, risk, area


def main() -> int:
    """Measure and write; prints the headline table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--physicians", type=Path, default=PHYSICIANS, help="file of other questions, one a line")
    arguments = parser.parse_args()
    bot, sets = Bot(), {}
    for name in ("development", "test"):
        questions = yaml.safe_load((QUESTIONS / f"{name}.yaml").read_text(encoding="utf-8"))
        sets[name] = _ask_all(bot, questions, name)
    if arguments.physicians.is_file():
        lines = [line.strip() for line in arguments.physicians.read_text(encoding="utf-8").splitlines() if line.strip()]
        sets["physicians"] = _ask_all(bot, [{"text": line, "scope": "far"} for line in lines], "physicians")
    else:
        print(f"{arguments.physicians} is not there: physicians' other questions are skipped")
    report = _report(sets)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "evaluation.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    (RESULTS / "evaluation.html").write_text(_page(sets, report), encoding="utf-8")
    print(table(report))
    print(f"written: {RESULTS / 'evaluation.json'}, {RESULTS / 'evaluation.html'}")
    return 0


def _ask_all(bot: Bot, questions: Sequence[dict[str, Any]], name: str) -> list[Result]:
    results = []
    for place, question in enumerate(questions, start=1):
        results.append(bot.ask(question))
        if place % 250 == 0 or place == len(questions):
            print(f"{name}: {place} of {len(questions)}", flush=True)
    return results


def _report(sets: dict[str, list[Result]]) -> dict[str, Any]:
    report: dict[str, Any] = {}
    for name, results in sets.items():
        milliseconds = sorted(1000 * one.seconds for one in results)
        report[name] = {
            "figures": figures(results),
            "by style": by([one for one in results if one.question["scope"] == "in"], "style"),
            "by scope": by(results, "scope"),
            "risk-coverage area": risk_coverage(results)[2],
            "NLU milliseconds, median": milliseconds[len(milliseconds) // 2],
        }
    return report


def table(report: dict[str, Any]) -> str:
    """Return the headline figures as a Markdown table."""
    lines = ["| figure | development | test (not tuned on) |", "| --- | --- | --- |"]
    for name in report["test"]["figures"]:
        cells = [_cell(report[one]["figures"][name]) for one in ("development", "test")]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    if "physicians" in report:
        counted = report["physicians"]["figures"]["far, answered with facts"]
        lines.append(f"| physicians' other questions, answered with facts | {_cell(counted)} | |")
    middle = report["test"]["NLU milliseconds, median"]
    lines.append(f"| NLU time of a question, median | | {middle:.1f} ms |")
    return "\n".join(lines)


def _cell(counted: dict[str, Any]) -> str:
    return (
        f"{counted['share']:.1%} ({counted['low']:.1%} to {counted['high']:.1%}; {counted['hits']} of {counted['of']})"
    )


def _page(sets: dict[str, list[Result]], report: dict[str, Any]) -> str:
    """Draw the report. Questions of the test set are not shown, so that nobody tunes on them by reading."""
    shown = [line for line in table(report).splitlines() if "---" not in line]
    lines = [line.strip("| ").split(" | ") for line in shown]
    rows = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in line) + "</tr>" for line in lines)
    false_answers = [one for one in sets.get("physicians", ()) if one.shown]
    missed = [one for one in sets["development"] if not one.right]
    drawn = ((name, _plot(draw, sets)) for name, draw in PLOTS.items())
    plots = "".join(f'<img alt="{name}" src="data:image/png;base64,{data}">' for name, data in drawn)
    return (
        "<!doctype html><meta charset=utf-8><title>Evaluation</title>"
        "<style>body{font:15px sans-serif;max-width:60rem;"
        "margin:2rem auto;padding:0 1rem}td{border-bottom:1px solid #ccc;padding:.3rem .8rem}"
        "img{max-width:100%}</style>"
        f"<h1>How well questions are understood</h1><table>{rows}</table>{plots}"
        f"<h2>Physicians' other questions that were answered with facts</h2><ol>{_listed(false_answers)}</ol>"
        f"<h2>Development questions answered wrongly</h2><ol>{_listed(missed)}</ol>"
    )


def _listed(results: Iterable[Result]) -> str:
    """List questions with what the bot made of them."""
    items = (
        f"{one.question['text']} ({one.kind}, {one.intent}; shown {', '.join(sorted(one.shown)) or 'nothing'})"
        for one in results
    )
    return "".join(f"<li>{html.escape(item)}</li>" for item in items)


def _plot(draw: Callable[[Any, dict[str, list[Result]]], None], sets: dict[str, list[Result]]) -> str:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 4.2), layout="constrained")
    draw(axes, sets)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    pyplot.close(figure)
    return base64.b64encode(buffer.getvalue()).decode()


def _draw_styles(axes: Any, sets: dict[str, list[Result]]) -> None:
    counted = by([one for one in sets["test"] if one.question["scope"] == "in"], "style")
    names = sorted(counted, key=lambda name: counted[name]["share"])
    shares = [counted[name]["share"] for name in names]
    errors = [[counted[name]["share"] - counted[name]["low"] for name in names],
              [counted[name]["high"] - counted[name]["share"] for name in names]]  # fmt: skip
    axes.barh([f"{name} ({counted[name]['of']})" for name in names], shares, xerr=errors, color="#4477aa", capsize=3)
    axes.set(title="Test questions in scope answered right, by style (95% interval)", xlim=(0, 1))


def _draw_risk(axes: Any, sets: dict[str, list[Result]]) -> None:
    for name in ("development", "test"):
        coverage, risk, area = risk_coverage(sets[name])
        axes.plot(coverage, risk, label=f"{name}, mean risk {area:.3f}")
    axes.set(title="Risk against coverage", xlabel="share of all questions answered", ylabel="share of these wrong")
    axes.legend()


def _draw_calibration(axes: Any, sets: dict[str, list[Result]]) -> None:
    answered = [one for one in sets["test"] if one.shown]
    edges = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0]
    points = []
    for low, high in zip(edges, edges[1:], strict=False):
        group = [one for one in answered if low <= one.confidence < high or (high == 1.0 and one.confidence == 1.0)]
        if group:
            confidence = sum(one.confidence for one in group) / len(group)
            points.append(
                (confidence, sum(one.question["expect"] == "answer" for one in group) / len(group), len(group))
            )
    axes.plot([0.5, 1], [0.5, 1], color="#999", linestyle="--")
    axes.scatter(*zip(*((x, y) for x, y, _ in points), strict=True), color="#4477aa")
    for x, y, count in points:
        axes.annotate(str(count), (x, y), textcoords="offset points", xytext=(6, -10))
    axes.set(
        title="Calibration on the test questions answered", xlabel="confidence", ylabel="share that can be answered"
    )


def _draw_confusion(axes: Any, sets: dict[str, list[Result]]) -> None:
    kinds = ["answer", "clarify", "out_of_scope", "smalltalk", "urgent"]
    expected = ["in: answer", "in: clarify", "in: urgent", "near", "far", "premise"]
    counts = [[0] * len(kinds) for _ in expected]
    for one in sets["test"]:
        scope = one.question["scope"]
        row = f"in: {one.question['expect']}" if scope == "in" else scope
        counts[expected.index(row)][kinds.index(one.kind)] += 1
    axes.imshow(
        [[cell / max(1, sum(row)) for cell in row] for row in counts], cmap="Blues", vmin=0, vmax=1, aspect="auto"
    )
    for y, row in enumerate(counts):
        for x, cell in enumerate(row):
            axes.text(x, y, cell, ha="center", va="center")
    axes.set(title="Test questions: what was expected, and the kind of answer", xticks=range(len(kinds)),
             xticklabels=kinds, yticks=range(len(expected)), yticklabels=expected)  # fmt: skip


PLOTS = {
    "kinds of answer": _draw_confusion,
    "accuracy by style": _draw_styles,
    "calibration": _draw_calibration,
    "risk against coverage": _draw_risk,
}


if __name__ == "__main__":
    # It draws the report: imported first, it is not left out of this process.
    import matplotlib.backends.backend_agg
    import matplotlib.pyplot  # noqa: F401

    from bot.serving.service import configure_logging

    lean.install(ROOT)
    configure_logging()
    # The SDK speaks of every slot that a first message does not have.
    logging.getLogger("rasa_sdk").setLevel(logging.WARNING)
    raise SystemExit(main())
