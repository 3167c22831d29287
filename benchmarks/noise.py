"""Measures how questions with one to three typing errors are understood: ``python -m benchmarks.noise``.

Each question of a set is asked clean and then with errors that a generator puts in, in five ways (seeds). Figures are
never touched: another figure is another question. Writes ``results/noise.json``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml

from benchmarks.asking import QUESTIONS, RESULTS, ROOT, Bot, Report, Result, prepare_process, say
from benchmarks.figures import interval

GENERATOR = "typo==0.1.7"
SCRIPT = ROOT / "benchmarks" / "typing_errors.py"
SEEDS = (1, 2, 3, 4, 5)
MOST_ERRORS = 3
UV_SECONDS = 300


class NoiseError(Exception):
    """The questions could not be given typing errors; says what to do."""


def with_errors(texts: Sequence[str], seeds: Sequence[int] = SEEDS, most: int = MOST_ERRORS) -> list[list[list[str]]]:
    """Put typing errors into texts, by the generator in an environment of its own.

    Args:
        texts: the texts.
        seeds: one way to err each; the same seed gives the same errors.
        most: how many errors at most.

    Returns:
        A list a seed, in it a list a text, in it the text with 1, 2, ... errors.

    Raises:
        NoiseError: uv is missing, or it could not install or run the generator.
    """
    command = [_uv(), "run", "--quiet", "--isolated", "--no-project", "--python", "3.11", "--with", GENERATOR]
    job = json.dumps({"questions": list(texts), "seeds": list(seeds), "most": most})
    try:
        done = subprocess.run(
            [*command, str(SCRIPT)], input=job, capture_output=True, text=True, timeout=UV_SECONDS, check=True
        )
    except subprocess.CalledProcessError as error:
        raise NoiseError(
            f"{GENERATOR} could not be installed or run; it comes from PyPI once, then from uv's cache. uv says:\n"
            + str(error.stderr).strip()[-1500:]
        ) from error
    except subprocess.TimeoutExpired as error:
        raise NoiseError(f"uv did not install and run {GENERATOR} within {UV_SECONDS} s; is PyPI in reach?") from error
    return list(json.loads(done.stdout))


def _uv() -> str:
    """Find uv as the Makefile does."""
    found = shutil.which("uv") or shutil.which(str(ROOT / ".uv" / "bin" / "uv"))
    if found is None:
        raise NoiseError("uv is not there; `make install` puts it into .uv/")
    return found


def figures(clean: Sequence[Result], asked: Sequence[Result]) -> dict[str, tuple[int, int]]:
    """Count what became of the questions: figure -> (hits, of how many).

    Args:
        clean: the results of the questions as they were written.
        asked: the results of the same questions, in the same order, with or without errors.
    """
    pairs = list(zip(clean, asked, strict=True))
    meant = [pair for pair in pairs if pair[0].question["scope"] == "in"]
    beyond = [pair for pair in pairs if pair[0].question["scope"] in ("near", "far")]
    premise = [pair for pair in pairs if pair[0].question["scope"] == "premise"]
    right = [pair for pair in meant if pair[0].right]
    refused = [pair for pair in beyond if not pair[0].shown]

    def count(group: Sequence[tuple[Result, Result]], holds: Callable[[Result], bool]) -> tuple[int, int]:
        return sum(holds(result) for _, result in group), len(group)

    return {
        "in scope, answered right": count(meant, lambda one: one.right),
        "in scope, answered with other facts": count(meant, lambda one: bool(one.shown) and not one.right),
        "false premise, answered right": count(premise, lambda one: one.right),
        "near and far, answered with facts": count(beyond, lambda one: bool(one.shown)),
        "refused when clean (near and far), now answered with facts": count(refused, lambda one: bool(one.shown)),
        "right when clean, now refused or asked back": count(right, lambda one: not one.right and not one.shown),
        "right when clean, now answered with other facts": count(right, lambda one: not one.right and bool(one.shown)),
    }


def summary(runs: Sequence[dict[str, tuple[int, int]]]) -> dict[str, dict[str, Any]]:
    """Return mean and range over the runs for each figure, and the 95% interval of a single run's size."""
    table = {}
    for name in runs[0]:
        shares = [hits / total for hits, total in (run[name] for run in runs) if total]
        if not shares:
            continue
        total = runs[0][name][1]
        mean = sum(shares) / len(shares)
        low, high = interval(round(mean * total), total)
        table[name] = {
            "hits": [run[name][0] for run in runs],
            "of": total,
            "mean": mean,
            "lowest": min(shares),
            "highest": max(shares),
            "interval": [low, high],
        }
    return table


def measure(
    bot: Bot, questions: Sequence[dict[str, Any]], report: Report, seeds: Sequence[int] = SEEDS
) -> dict[str, dict[str, dict[str, Any]]]:
    """Ask the questions clean and with typing errors.

    Args:
        bot: is asked.
        questions: as in ``benchmarks/questions``.
        report: takes lines of progress.
        seeds: one way to err each.

    Returns:
        Number of errors ("0" for clean) -> figure -> mean, range, interval.

    Raises:
        NoiseError: the generator does not run.
    """
    spoilt = with_errors([question["text"] for question in questions], seeds)
    report(f"noise: {len(questions)} questions, 1 to {MOST_ERRORS} errors, {len(seeds)} seeds")
    clean = [bot.ask(question) for question in questions]
    report("noise: asked clean")
    table = {"0": summary([figures(clean, clean)])}
    for errors in range(1, MOST_ERRORS + 1):
        runs = []
        for seed, texts in zip(seeds, spoilt, strict=True):
            changed = [
                {**question, "text": steps[errors - 1]} for question, steps in zip(questions, texts, strict=True)
            ]
            runs.append(figures(clean, [bot.ask(question) for question in changed]))
            report(f"noise: asked with {errors} error{'s' * (errors > 1)}, seed {seed}")
        table[str(errors)] = summary(runs)
    return table


def draw(table: dict[str, dict[str, dict[str, Any]]]) -> str:
    """Return the figures as a Markdown table: mean, and lowest to highest over the seeds."""
    heads = ["clean" if errors == "0" else f"{errors} error{'s' * (errors != '1')}" for errors in table]
    lines = [f"| figure | {' | '.join(heads)} |", f"| --- |{' --- |' * len(heads)}"]
    for name, counted in table["0"].items():
        cells = [_cell(table[errors][name]) for errors in table]
        lines.append(f"| {name} (of {counted['of']}) | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(counted: dict[str, Any]) -> str:
    mean = f"{counted['mean']:.1%}"
    return mean if len(counted["hits"]) == 1 else f"{mean} ({counted['lowest']:.1%} to {counted['highest']:.1%})"


def main() -> int:
    """Measure, print the table, write the figures."""
    parser = argparse.ArgumentParser(description="Asks questions with typing errors beside the clean ones.")
    parser.add_argument("--questions", type=Path, default=QUESTIONS / "development.yaml", help="YAML file of questions")
    arguments = parser.parse_args()
    if not arguments.questions.is_file():
        print(f"error: {arguments.questions} is not there; name a file of questions by --questions")
        return 1
    questions = yaml.safe_load(arguments.questions.read_text(encoding="utf-8"))
    try:
        table = measure(Bot(), questions, say)
    except NoiseError as error:
        print(f"error: {error}")
        return 1
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / "noise.json"
    note = {"generator": GENERATOR, "seeds": SEEDS, "questions": arguments.questions.name, "errors": table}
    target.write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")
    print(draw(table))
    print(f"written: {target}")
    return 0


if __name__ == "__main__":
    prepare_process()
    raise SystemExit(main())
