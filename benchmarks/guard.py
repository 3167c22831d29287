"""What the guard costs a message, and how well it de-identifies: `python -m benchmarks.guard`.

Recall and precision are of made-up messages (tests/channels/identifiers*.yaml). The cost is measured by passing the
same messages through the guard and past it in turn, to a handler that answers at once.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from bot.serving import lean, processes

RESULTS = Path("results") / "guard.json"
ROUNDS = 20

_IMPORT = """
import time, psutil
from pathlib import Path
from bot.serving import lean
lean.install(Path.cwd())
import bot.language.reader, rasa.core.run, spacy, rasa.core.channels.rest
from bot.knowledge.loading import load
load()
process = psutil.Process()
memory, started = process.memory_full_info().uss, time.perf_counter()
{code}
print(time.perf_counter() - started, (process.memory_full_info().uss - memory) / 1e6)
"""
_IMPORTED = {
    "presidio_analyzer": "import presidio_analyzer",
    "de-identification, ready": "import bot.channels.deidentify",
    "the whole guard": "import bot.channels.guard",
}


def import_cost(code: str) -> tuple[float, float]:
    """Return seconds and megabytes of an import in a process that has imported what the bot needs anyway."""
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _IMPORT.format(code=code)],
        env=processes.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, megabytes = result.stdout.split()[-2:]
    return float(seconds), float(megabytes)


def quality() -> list[dict[str, Any]]:
    """Return recall and precision of each class, on the held-out examples and on those tuned on."""
    from bot.channels.deidentify import find
    from tests.channels.identifiers import HELD_OUT, TUNED_ON, read, score

    held_out, tuned_on = read(HELD_OUT), read(TUNED_ON)
    rows = []
    for entity in (*held_out, "all"):
        row: dict[str, Any] = {"class": entity}
        for title, lists in (("held out", held_out), ("tuned on", tuned_on)):
            chosen = list(lists.values()) if entity == "all" else [lists[entity]]
            positives, look_alikes = ([text for pair in chosen for text in pair[part]] for part in (0, 1))
            result = score(positives, look_alikes, find)
            row[title] = {
                "examples": f"{len(positives)} + {len(look_alikes)}",
                "recall": result.recall,
                "precision": result.precision,
                "missed": len(result.missed),
                "marked": result.marked,
            }
        rows.append(row)
    return rows


def messages() -> list[str]:
    """Return the messages that are timed: plain questions, and as many that name somebody."""
    from bot.knowledge.loading import load
    from tests.channels.identifiers import TUNED_ON, read, unmarked

    named = [unmarked(text)[0] for positives, _ in read(TUNED_ON).values() for text in positives[::8]]
    plain = [fact.question for fact in load().facts]
    return [text for pair in zip(plain, named, strict=False) for text in pair]


async def cost(folder: Path, texts: Sequence[str], rounds: int) -> dict[str, float]:
    """Return the median microseconds of a message, past the guard and through it, and of each part of the guard."""
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

    from bot.channels.deidentify import deidentify
    from bot.channels.events import EventLog
    from bot.channels.guard import Guard
    from bot.channels.rate import Buckets

    guard = Guard(b"key", EventLog(f"sqlite:///{folder / 'events.db'}"), Buckets(10**9))
    events = EventLog(f"sqlite:///{folder / 'parts.db'}")

    async def handler(message: UserMessage) -> None:
        await message.output_channel.send_text_message(message.sender_id, "answer")

    async def past(text: str, _: str) -> None:
        await handler(UserMessage(text, CollectingOutputChannel(), "someone", input_channel="rest"))

    async def through(text: str, _: str) -> None:
        await guard.answered(handler, text, "someone", "rest")

    async def through_once(text: str, event: str) -> None:
        await guard.answered(handler, text, "someone", "rest", event_id=event)

    async def identifiers(text: str, _: str) -> None:
        deidentify(text)

    async def once(_: str, event: str) -> None:
        events.take("rest", event)
        events.done("rest", event)

    ways: dict[str, Callable[[str, str], Awaitable[None]]] = {
        "past the guard": past,
        "through the guard (REST: no event id)": through,
        "through the guard, once only by event id": through_once,
        "of that: de-identification": identifiers,
        "of that: once only": once,
    }
    taken: dict[str, list[float]] = {title: [] for title in ways}
    for number in range(rounds):
        for place, text in enumerate(texts):
            for title, way in ways.items():
                started = time.perf_counter()
                await way(text, f"{number} {place}")
                taken[title].append(1e6 * (time.perf_counter() - started))
    return {title: statistics.median(times[len(texts) :] or times) for title, times in taken.items()}


def main() -> int:
    """Measure, print the tables, and write results/guard.json."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.guard", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="times that each message is sent (%(default)s)")
    rounds = parser.parse_args().rounds
    if rounds < 1:
        parser.error("at least one round is needed")
    lean.install(Path.cwd())
    rows = quality()
    print("| class | held out | recall | precision | tuned on | recall | precision |\n|" + " --- |" * 7)
    for row in rows:
        cells = [
            f"{part['examples']} | {part['recall']:.1%} | {part['precision']:.1%}"
            for part in (row["held out"], row["tuned on"])
        ]
        print(f"| {row['class']} | {' | '.join(cells)} |")
    with tempfile.TemporaryDirectory() as folder:
        texts = messages()
        times = asyncio.run(cost(Path(folder), texts, rounds))
    print(f"\n| {len(texts)} messages, {rounds} times | median, µs |\n| --- | ---: |")
    for title, microseconds in times.items():
        print(f"| {title} | {microseconds:.0f} |")
    imports = {title: import_cost(code) for title, code in _IMPORTED.items()}
    print("\n| import, beside what the bot imports anyway | s | MB |\n| --- | ---: | ---: |")
    for title, (seconds, megabytes) in imports.items():
        print(f"| {title} | {seconds:.2f} | {megabytes:.1f} |")
    RESULTS.parent.mkdir(exist_ok=True)
    content = {"quality": rows, "microseconds": times, "imports": imports}
    RESULTS.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
