"""What Rasa's stock pipeline reads of texts: ``python -m benchmarks.stock_reading MODEL OUT``, texts on standard input.

It runs in a process of its own, since it needs TensorFlow, which the bot's are started without. Both texts and what was
read are JSON lists.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.asking import REPORT_EVERY, ROOT, Actions, Report, Result
from benchmarks.training import plain_environment
from bot.knowledge.loading import load
from bot.language.pipeline import TOPIC

CACHE = ROOT / "build" / "ablation"
KEPT = ("text", "intent", "intent_ranking", "entities", "questions")


class StockError(Exception):
    """The stock model could not be read with; its own lines say why."""


class Stock:
    """The stock pipeline before the bot's actions."""

    def __init__(self, model: Path, texts: Sequence[str], actions: Actions, report: Report) -> None:
        """Read all texts, or take what was read of them by the same model before.

        Raises:
            StockError: the process failed.
        """
        self._actions = actions
        self._parsed = dict(zip(texts, read_by(model, texts, report), strict=True))

    def ask(self, question: dict[str, Any]) -> Result:
        """Answer one question as it was read."""
        parsed = self._parsed[question["text"]]
        return self._actions.answer(question, _known(parsed), parsed["seconds"])


def read_by(model: Path, texts: Sequence[str], report: Report) -> list[dict[str, Any]]:
    """Return what a model that needs TensorFlow reads of texts, or what the same model read of them before.

    Raises:
        StockError: the process failed.
    """
    digest = hashlib.sha256("\0".join((model.name, *texts)).encode()).hexdigest()[:16]
    path = CACHE / f"stock-{digest}.json"
    if not path.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        _read_all(model, texts, path, report)
    read: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return read


def _known(parsed: dict[str, Any]) -> dict[str, Any]:
    """Leave out the topics that DIET marked but has no name for: it gives the words of the message as the value."""
    topics = load().topic_by_id
    kept = [one for one in parsed["entities"] if one["entity"] != TOPIC or one["value"] in topics]
    parts = [{**part, "topics": [one for one in part["topics"] if one in topics]} for part in parsed["questions"]]
    return {**parsed, "entities": kept, "questions": parts}


def _read_all(model: Path, texts: Sequence[str], path: Path, report: Report) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.stock_reading", str(model), str(path)]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=plain_environment(ROOT),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(list(texts)))
        process.stdin.close()
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("stock:"):
                report(line.rstrip())
    if process.returncode or not path.is_file():
        raise StockError("the stock model could not be read with; its last lines:\n" + "".join(lines[-15:]))


def main(arguments: Sequence[str]) -> int:
    """Read the texts, write what was read."""
    texts: list[str] = json.loads(sys.stdin.read())
    from rasa.core.agent import Agent

    agent, loop, read = Agent.load(arguments[0]), asyncio.new_event_loop(), []
    for place, text in enumerate(texts, start=1):
        started = time.perf_counter()
        parsed = loop.run_until_complete(agent.parse_message(text))
        kept = {name: parsed.get(name) for name in KEPT}
        read.append({**kept, "seconds": time.perf_counter() - started})
        if place % REPORT_EVERY == 0 or place == len(texts):
            print(f"stock: {place} of {len(texts)} read", flush=True)
    out = Path(arguments[1])
    unfinished = out.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(read, default=float), encoding="utf-8")
    unfinished.rename(out)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
