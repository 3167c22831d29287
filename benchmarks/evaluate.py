"""Measures how well questions are understood: ``make evaluate``.

Writes one page with plots, ``results/evaluation.html``, and the same as figures, ``results/evaluation.json``. Both keep
the parts that a run leaves out as an earlier run measured them, each with its date and model.
"""

from __future__ import annotations

import argparse
import datetime
import json
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks import figures, noise
from benchmarks.asking import (
    DEVELOPMENT,
    PHYSICIANS,
    PHYSICIANS_SET,
    RESULTS,
    ROOT,
    TEST,
    Bot,
    Result,
    Sets,
    ask_all,
    prepare_process,
    read_sets,
    say,
)
from benchmarks.public_data import PublicDataError
from bot.serving.errors import ServingError

FILE, PAGE, PUBLIC = RESULTS / "evaluation.json", RESULTS / "evaluation.html", RESULTS / "public_tables.json"
# What the question sets call topics, where the knowledge base does not know the word.
TOPIC_IDS = {
    "overview": "calciphylaxis",
    "first-line interventions": "first_line",
    "infection prevention": "infection",
    "multidisciplinary approach": "multidisciplinary_team",
    "serum calcium and phosphate": "calcium_phosphate",
    "treatment delay": "early_treatment",
    "wound monitoring": "wound_care",
}


class Evaluation:
    """What the parts share: the questions, and the bot once a part asks it."""

    def __init__(self, sets: Sets) -> None:
        """Take the questions."""
        self.sets = sets

    @cached_property
    def bot(self) -> Bot:
        """The trained model and the actions, in this process."""
        return Bot()

    def core(self) -> dict[str, Any]:
        """Ask all sets."""
        asked = {name: ask_all(self.bot.ask, questions, name, say) for name, questions in self.sets.items()}
        return {"model": self.bot.model, "sets": {name: summary(name, results) for name, results in asked.items()}}

    def noise(self) -> dict[str, Any]:
        """Ask the test questions with typing errors.

        Raises:
            NoiseError: the generator does not run.
        """
        errors = noise.measure(self.bot, self.sets[TEST], say)
        return {"model": self.bot.model, "generator": noise.GENERATOR, "seeds": noise.SEEDS, "errors": errors}

    def ablation(self) -> dict[str, Any]:
        """Ask all sets of the bot without one part or another.

        Raises:
            StockError: the stock model could not be read with.
            PublicDataError: the published encoder could not be written.
        """
        from benchmarks import ablation
        from bot.serving.training import model_path

        rows = list(ablation.measure(self.sets, say))
        return {"model": model_path(ROOT).name.removesuffix(".tar.gz"), "rows": rows}

    def conversations(self) -> dict[str, Any]:
        """Hold all conversations with the running services.

        Raises:
            ServingError: a service does not start.
        """
        from benchmarks import conversations
        from bot.serving.training import model_path

        held = conversations.hold_all(conversations.read(conversations.CONVERSATIONS), say)
        return {"model": model_path(ROOT).name.removesuffix(".tar.gz"), "themes": conversations.report(held)}


PARTS: dict[str, Callable[[Evaluation], dict[str, Any]]] = {
    "core": Evaluation.core,
    "noise": Evaluation.noise,
    "ablation": Evaluation.ablation,
    "conversations": Evaluation.conversations,
}


def summary(name: str, results: Sequence[Result]) -> dict[str, Any]:
    """Count what became of one set; questions are listed of sets that may be read, which the test set is not."""
    milliseconds = sorted(1000 * one.seconds for one in results)
    found = {
        "figures": figures.figures(results),
        "curve": figures.curve(results),
        "milliseconds": milliseconds[len(milliseconds) // 2],
    }
    if name == PHYSICIANS_SET:
        return {**found, "shown": _listed(one for one in results if one.shown)}
    answerable = figures.answerable(results)
    found |= {
        "kinds": figures.kinds_matrix(results),
        "facets": figures.facets_matrix(results),
        "topics": figures.topics_matrix(results, _topic_ids()),
        "calibration": figures.calibration(results),
        "by scope": figures.by(results, "scope"),
        "by style": figures.by([one for one in results if one.question["scope"] == "in"], "style"),
        "by facet": figures.by(answerable, "facets"),
        "by bullet": figures.by(answerable, "required"),
    }
    return {**found, "shown": _listed(one for one in results if not one.right)} if name == DEVELOPMENT else found


def _topic_ids() -> dict[str, str]:
    """Return the topics of the knowledge base by their words, in lower case, and by the question sets' own."""
    from bot.knowledge.loading import load

    return {word.casefold(): topic.id for topic in load().topics for word in (*topic.words, topic.name)} | TOPIC_IDS


def _listed(results: Any) -> list[dict[str, Any]]:
    return [
        {"text": one.question["text"], "kind": one.kind, "intent": one.intent, "shown": sorted(one.shown)}
        for one in results
    ]


def write(report: dict[str, Any]) -> None:
    """Write figures and page; the public tables come from their own measurement, if it was made."""
    from benchmarks.page import page

    if PUBLIC.is_file():
        report["public"] = {"tables": json.loads(PUBLIC.read_text(encoding="utf-8"))}
    RESULTS.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(report), encoding="utf-8")


def _earlier() -> dict[str, Any]:
    """Return the parts that earlier runs measured; nothing of a file in another form."""
    try:
        report = json.loads(FILE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: part for name, part in report.items() if name in PARTS and "measured" in part}


def _parts(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := [name for name in names if name not in PARTS]:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return names


def main() -> int:
    """Measure part by part, write after each; prints the headline table."""
    from benchmarks.page import headline
    from benchmarks.stock_reading import StockError

    parser = argparse.ArgumentParser(prog="python -m benchmarks.evaluate", description=__doc__)
    parser.add_argument("--physicians", type=Path, default=PHYSICIANS, help="file of other questions, one a line")
    parser.add_argument("--only", type=_parts, default=list(PARTS), help=f"of {','.join(PARTS)}")
    arguments = parser.parse_args()
    evaluation, report, failed = Evaluation(read_sets(arguments.physicians, say)), _earlier(), False
    for name, measure in PARTS.items():
        if name not in arguments.only:
            continue
        started = time.monotonic()
        say(f"{name}: begun")
        try:
            found = measure(evaluation)
        except (noise.NoiseError, StockError, PublicDataError, ServingError) as error:
            say(f"error: {name} was not measured: {error}")
            failed = True
            continue
        report[name] = {"measured": datetime.date.today().isoformat(), **found}
        write(report)
        say(f"{name}: done, {time.monotonic() - started:.0f} s")
    write(report)
    if "core" in report:
        print(headline(report["core"]["sets"]))
    print(f"written: {FILE}, {PAGE}")
    return int(failed)


if __name__ == "__main__":
    prepare_process()
    raise SystemExit(main())
