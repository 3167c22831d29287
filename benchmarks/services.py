"""The bot beside `rasa init`'s stock pipeline, in one run: start to ready, REST answers, memory, training.

`make bench`. Both are trained on the same examples and rules and answered by the same action server. The stock model is
trained once and kept under build/bench.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import yaml

from benchmarks.training import Cost, plain_environment, train_ours, train_stock
from bot.knowledge.loading import load
from bot.serving import launcher, processes
from bot.serving.service import ACTIONS_URL
from tests.running import free_ports, view

RESULTS = Path("results") / "services.json"
STARTS = 3
QUESTIONS = 200
WARM_UP = 20
STOCK_EPOCHS = 10
"""Rasa's default is 100: over 40 minutes on two cores. Start, answers and memory do not depend on it."""

_START_SECONDS = 300.0


@dataclass
class Side:
    """One of the two bots, and what was measured of it.

    Attributes:
        title: Its name in the table.
        spawn: Starts both services of it; returns their processes.
        port: Where its REST listens, on loopback.
        training: What its training cost.
        starts: Seconds from start to the first correct answer.
        answers: Seconds of each answer.
        memory: Megabytes (PSS) of all its processes after a warm-up, at each start.
        answered: How many questions it answered with facts.
    """

    title: str
    spawn: Callable[[], list[subprocess.Popen[bytes]]]
    port: int
    training: Cost
    starts: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    answered: int = 0

    def ask(self, client: httpx.Client, sender: str, text: str) -> tuple[float, list[dict[str, Any]]]:
        """Ask over REST; return the seconds that it took, and the messages."""
        started = time.perf_counter()
        response = client.post(
            f"http://127.0.0.1:{self.port}/webhooks/rest/webhook", json={"sender": sender, "message": text}
        )
        seconds = time.perf_counter() - started
        messages: list[dict[str, Any]] = response.json()
        return seconds, messages


def facts_of(messages: Sequence[dict[str, Any]]) -> set[str]:
    """Return the ids of the facts of an answer."""
    return {fact["id"] for message in messages for fact in (message.get("custom") or {}).get("facts", [])}


@contextlib.contextmanager
def run(side: Side) -> Iterator[tuple[list[subprocess.Popen[bytes]], float]]:
    """Run one side within the block.

    Yields:
        Its processes, and when they were started.
    """
    started = time.perf_counter()
    running = side.spawn()
    try:
        yield running, started
    finally:
        for process in running:
            processes.stop(process)


def wait_for_answer(
    side: Side, client: httpx.Client, running: Sequence[subprocess.Popen[bytes]], started: float, probes: Sequence[Any]
) -> float:
    """Wait until a side answers one of the probes with the fact that it asks for.

    Args:
        side: Which.
        client: HTTP client.
        running: Its processes.
        started: When they were started.
        probes: Facts, whose own questions are asked one after the other.

    Returns:
        Seconds from the start to the first correct answer.

    Raises:
        SystemExit: It ended, or does not answer.
    """
    number = 0
    while time.perf_counter() - started < _START_SECONDS:
        if any(process.poll() is not None for process in running):
            raise SystemExit(f"error: a service of {side.title} ended; see the logs under build/bench")
        probe = probes[number % len(probes)]
        try:
            _, messages = side.ask(client, f"start {number}", probe.question)
        except httpx.HTTPError:
            time.sleep(0.05)
            continue
        if probe.id in facts_of(messages):
            return time.perf_counter() - started
        number += 1
        time.sleep(0.05)
    raise SystemExit(f"error: {side.title} gave no correct answer within {_START_SECONDS:.0f} s")


def memory_of(running: Sequence[subprocess.Popen[bytes]]) -> float:
    """Return the megabytes of some processes and all that they started.

    The proportional set size (PSS): what a process has for itself, and its share of what it has in common with others.
    """
    family = [psutil.Process(process.pid) for process in running]
    family += [child for process in list(family) for child in process.children(recursive=True)]
    return sum(process.memory_full_info().pss for process in family) / 1e6


def questions(root: Path, most: int) -> list[str]:
    """Collect questions of clinicians that no training file holds, and those of the knowledge base, again and again.

    Args:
        root: The project's root.
        most: How many.

    Returns:
        The questions, the same in every run.
    """
    unseen = yaml.safe_load((root / "tests/service/questions.yaml").read_text(encoding="utf-8"))
    texts = [question["text"] for question in unseen] + [fact.question for fact in load().facts]
    return [texts[number % len(texts)] for number in range(most)]


def measure(sides: Sequence[Side], texts: Sequence[str], starts: int, report: Callable[[str], None]) -> None:
    """Start each side alone, in turn, several times; then ask both the same questions, in turn.

    Args:
        sides: The two bots; their measurements are added to them.
        texts: The questions.
        starts: How many starts each.
        report: Takes lines of progress.
    """
    probes = [fact for fact in load().facts if fact.figures]
    with httpx.Client(trust_env=False, timeout=30) as client:
        for number in range(1, starts + 1):
            for side in sides:
                with run(side) as (running, started):
                    side.starts.append(wait_for_answer(side, client, running, started, probes))
                    for place, text in enumerate(texts[:WARM_UP]):
                        side.ask(client, f"warm {place}", text)
                    side.memory.append(memory_of(running))
                report(f"start {number} of {starts}, {side.title}: {side.starts[-1]:.1f} s, {side.memory[-1]:.0f} MB")
        with contextlib.ExitStack() as stack:
            for side in sides:
                running, started = stack.enter_context(run(side))
                wait_for_answer(side, client, running, started, probes)
                for place, text in enumerate(texts[:WARM_UP]):
                    side.ask(client, f"warm {place}", text)
            for number, text in enumerate(texts, 1):
                # In turn, and the first to be asked changes: what else the machine does meets both alike.
                for side in sides if number % 2 else reversed(sides):
                    seconds, messages = side.ask(client, f"question {number}", text)
                    side.answers.append(seconds)
                    side.answered += bool(facts_of(messages))
                if number % 50 == 0:
                    medians = [f"{side.title} {1000 * statistics.median(side.answers):.0f} ms" for side in sides]
                    report(f"question {number} of {len(texts)}; median {', '.join(medians)}")


def figures(side: Side) -> dict[str, float]:
    """Return what stands in the table for one side: seconds, milliseconds and megabytes."""
    return {
        "start_s": round(statistics.median(side.starts), 1),
        "median_ms": round(1000 * statistics.median(side.answers), 1),
        "p95_ms": round(1000 * statistics.quantiles(side.answers, n=20)[-1], 1),
        "memory_mb": round(statistics.median(side.memory)),
        "training_s": side.training.seconds,
        "training_cpu_s": side.training.cpu_seconds,
    }


def table(ours: Side, stock: Side) -> str:
    """Draw the comparison as a Markdown table."""
    names = {
        "start_s": "start to first correct answer, s",
        "median_ms": "REST answer, median, ms",
        "p95_ms": "REST answer, 95th percentile, ms",
        "memory_mb": "memory of all processes (PSS), MB",
        "training_s": "training, s",
        "training_cpu_s": "training, CPU s",
    }
    left, right = figures(ours), figures(stock)
    lines = [f"| | {ours.title} | {stock.title} | ratio |", "| --- | ---: | ---: | ---: |"]
    for key, text in names.items():
        lines.append(f"| {text} | {left[key]:g} | {right[key]:g} | {left[key] / right[key]:.2f} |")
    return "\n".join(lines)


def our_side(root: Path, scratch: Path, model: Path, training: Cost) -> Side:
    """Make our side: what `make run` starts, in a view of the project with its own database and logs."""
    port, actions_port = free_ports()
    folder = view(scratch)

    def spawn() -> list[subprocess.Popen[bytes]]:
        environment = processes.environment(**{ACTIONS_URL: f"http://127.0.0.1:{actions_port}/webhook"})
        where = ("--interface", launcher.LOOPBACK, "--port")
        return [
            _spawn(processes.command("actions", *where, str(actions_port)), folder, environment),
            _spawn(processes.command("rasa", *where, str(port), "--model", str(model)), folder, environment),
        ]

    return Side("this bot", spawn, port, training)


def stock_side(root: Path, folder: Path, model: Path, training: Cost, actions_port: int) -> Side:
    """Make the stock side: plain `rasa run`, answered by the same action server as ours."""
    port, _ = free_ports()

    def spawn() -> list[subprocess.Popen[bytes]]:
        actions = processes.command("actions", "--interface", launcher.LOOPBACK, "--port", str(actions_port))
        # `run` has no option to stay off other interfaces without naming one.
        words = ["-m", "rasa", "run", "--interface", launcher.LOOPBACK, "--port", str(port), "--model", str(model)]
        return [
            _spawn(actions, root, processes.environment()),
            _spawn([sys.executable, *words], folder, plain_environment(root)),
        ]

    return Side("stock pipeline", spawn, port, training)


def _spawn(words: list[str], folder: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    with (Path("build") / "bench" / "services.log").open("ab") as log:
        return subprocess.Popen(
            words,
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def main() -> int:
    """Measure both, print the table, and write results/services.json."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.services", description=__doc__)
    parser.add_argument("--starts", type=int, default=STARTS, help="starts of each (default: %(default)s)")
    parser.add_argument("--questions", type=int, default=QUESTIONS, help="questions to each (default: %(default)s)")
    parser.add_argument(
        "--stock-epochs", type=int, default=STOCK_EPOCHS, help="Rasa's default is 100; this takes %(default)s"
    )
    arguments = parser.parse_args()
    if arguments.starts < 1 or arguments.questions < 20 or arguments.stock_epochs < 1:
        parser.error("at least one start, 20 questions and one epoch are needed")
    root = Path.cwd()

    def report(line: str) -> None:
        print(line, flush=True)

    _, actions_port = free_ports()
    report(f"Stock pipeline: training, {arguments.stock_epochs} epochs, unless it is there.")
    folder, stock_model, stock_cost = train_stock(root, arguments.stock_epochs, actions_port, report)
    model, cost = train_ours(root, report)
    with tempfile.TemporaryDirectory() as scratch:
        ours = our_side(root, Path(scratch), model, cost)
        stock = stock_side(root, folder, stock_model, stock_cost, actions_port)
        measure((ours, stock), questions(root, arguments.questions), arguments.starts, report)
    shown = table(ours, stock)
    note = (
        f"Medians of {arguments.starts} starts, each side alone; {arguments.questions} questions to both in turn, of "
        f"which this bot answered {ours.answered} with facts and the stock pipeline {stock.answered}. The stock "
        f"pipeline was trained for {arguments.stock_epochs} epochs; its default is 100."
    )
    print(f"\n{shown}\n\n{note}")
    RESULTS.parent.mkdir(exist_ok=True)
    content = {
        "note": note,
        "table": shown,
        "sides": {
            side.title: {**figures(side), "starts_s": side.starts, "answers_s": side.answers, "memory": side.memory}
            for side in (ours, stock)
        },
    }
    RESULTS.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
