"""Measures whole conversations over REST against the running services: ``python -m benchmarks.conversations``.

The conversations (benchmarks/questions/conversations.yaml) were written apart from the training data and the code. A
turn is right if the kind is the one expected, all required bullets are shown, no fact of another bullet is, and the key
figures stand in the text. Writes ``results/conversations.json``.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from benchmarks.asking import Report, say
from benchmarks.figures import counted
from bot.serving import launcher
from tests.running import free_ports, view

ROOT = Path(__file__).resolve().parents[1]
CONVERSATIONS = ROOT / "benchmarks" / "questions" / "conversations.yaml"
RESULTS = ROOT / "results" / "conversations.json"


@dataclass(frozen=True)
class Turn:
    """One turn with what the bot answered, and what is wrong with it, if anything."""

    said: str
    expected: dict[str, Any]
    kind: str
    shown: tuple[str, ...]
    wrong: str


def judge(expected: dict[str, Any], messages: Sequence[dict[str, Any]]) -> Turn:
    """Compare an answer with what is expected of the turn."""
    custom = next(message["custom"] for message in messages if "custom" in message)
    text = next(message["text"] for message in messages if "text" in message)
    facts = {fact["source"] for fact in custom["facts"]}
    warned = {fact["source"] for fact in custom["pitfalls"]}
    kinds = expected.get("kinds") or [expected["kind"]]
    required, allowed = set(expected.get("required") or ()), set(expected.get("allowed") or ())
    wrong = ""
    if custom["kind"] not in kinds:
        wrong = f"kind {custom['kind']}"
    elif custom["kind"] == "answer" and (missing := required - facts - warned):
        wrong = f"lacks {', '.join(sorted(missing))}"
    elif custom["kind"] == "answer" and (beyond := facts - required - allowed):
        wrong = f"beyond {', '.join(sorted(beyond))}"
    elif absent := [figure for figure in expected.get("figures") or () if figure not in text]:
        wrong = f"no {', '.join(absent)} in the text"
    return Turn(expected["user"], expected, custom["kind"], tuple(sorted(facts)), wrong)


@contextmanager
def services() -> Iterator[str]:
    """Run both services on free ports with a database of their own, as `make run` does; yield REST's address."""
    port, actions_port = free_ports()
    address = launcher.Address(launcher.LOOPBACK, port)
    with (
        tempfile.TemporaryDirectory() as scratch,
        launcher.running(view(Path(scratch)), address, actions_port, print, threading.Event()),
    ):
        yield address.url


def hold(client: httpx.Client, conversation: dict[str, Any]) -> list[Turn]:
    """Hold one conversation from its first turn to its last, whatever the bot says."""
    turns = []
    for expected in conversation["turns"]:
        body = {"sender": f"conversation {conversation['id']}", "message": expected["user"]}
        turns.append(judge(expected, client.post("/webhooks/rest/webhook", json=body).json()))
    return turns


def read(file: Path) -> list[dict[str, Any]]:
    """Read the conversations of a file."""
    return list(yaml.safe_load(file.read_text(encoding="utf-8")))


def hold_all(conversations: Sequence[dict[str, Any]], report: Report) -> list[tuple[str, list[Turn]]]:
    """Hold all conversations with services started for them.

    Args:
        conversations: as `read` gives them.
        report: takes lines of progress.

    Returns:
        Theme and turns of each.

    Raises:
        ServingError: a service does not start.
    """
    held = []
    with services() as url, httpx.Client(base_url=url, trust_env=False, timeout=30) as client:
        for place, conversation in enumerate(conversations, start=1):
            held.append((conversation["theme"], hold(client, conversation)))
            if place % 20 == 0 or place == len(conversations):
                report(f"{place} of {len(conversations)} conversations")
    return held


def report(held: Sequence[tuple[str, Sequence[Turn]]]) -> dict[str, Any]:
    """Count right turns and right conversations, all together and by theme."""
    groups: dict[str, list[Sequence[Turn]]] = defaultdict(list)
    for theme, turns in held:
        groups["all"].append(turns)
        groups[theme].append(turns)
    return {
        name: {
            "turns": counted(sum(not turn.wrong for turns in group for turn in turns), sum(map(len, group))),
            "conversations": counted(sum(all(not turn.wrong for turn in turns) for turns in group), len(group)),
        }
        for name, group in groups.items()
    }


def table(figures: dict[str, Any]) -> str:
    """Draw the report as a Markdown table."""
    lines = ["| theme | right turns | right conversations |", "| --- | ---: | ---: |"]
    for name, row in figures.items():
        cells = [f"{one['share']:.0%} ({one['hits']} of {one['of']})" for one in (row["turns"], row["conversations"])]
        lines.append(f"| {name} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines)


def main() -> int:
    """Hold all conversations, print the table, and write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.conversations", description=__doc__)
    parser.add_argument("--file", type=Path, default=CONVERSATIONS, help="the conversations (default: %(default)s)")
    parser.add_argument("--show", action="store_true", help="print what went wrong; never for a set that is reported")
    arguments = parser.parse_args()
    conversations = read(arguments.file)
    held = hold_all(conversations, say)
    if arguments.show:
        for conversation, (theme, turns) in zip(conversations, held, strict=True):
            for number, turn in enumerate(turns, start=1):
                if turn.wrong:
                    print(f"{conversation['id']} {theme}, turn {number}: {turn.said} -> {turn.wrong}")
    figures = report(held)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
