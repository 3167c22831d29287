"""The command `review` of `python -m bot`: marks of users, and counts of what was not answered. No user's words."""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.channels.feedback import database

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

CONVERSATIONS = Path("var") / "conversations.db"
UNSURE = 0.7
"""An answer of less confidence is counted as unsure."""


def add_parser(subparsers: Subparsers) -> None:
    """Register the command."""
    command = subparsers.add_parser("review", help="list users' marks, and count what was not answered or unsure")
    command.add_argument("--conversations", type=Path, default=CONVERSATIONS, help="default: %(default)s")
    command.add_argument("--most", type=int, default=20, help="lines of each list (default: %(default)s)")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the lists; returns the exit code."""
    try:
        marks, answers = list(_marks(database())), list(_answers(arguments.conversations))
    except sqlite3.Error as error:
        print(f"error: a database cannot be read ({error}); is it one of the bot's?", file=sys.stderr)
        return 2
    _print("Marks, by what was shown", Counter(marks), arguments.most)
    _print("Not answered", Counter(line for line, kind, _ in answers if kind != "answer"), arguments.most)
    unsure = Counter(line for line, kind, confidence in answers if kind == "answer" and confidence < UNSURE)
    _print(f"Answered with confidence below {UNSURE}", unsure, arguments.most)
    return 0


def _print(title: str, counts: Counter[str], most: int) -> None:
    print(f"{title}: {sum(counts.values()) or 'none'}")
    for line, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]:
        print(f"{count:6d}  {line}")


def _marks(path: Path) -> Iterator[str]:
    rows = _rows(path, "feedback", "select mark, intent, facts from feedback")
    for mark, intent, facts in rows:
        yield f"{mark}: {intent}; {', '.join(json.loads(facts))}"


def _answers(path: Path) -> Iterator[tuple[str, str, float]]:
    """Yield intent and topics, kind and confidence of the answers in a database of conversations."""
    for (data,) in _rows(path, "events", "select data from events where type_name = 'bot'"):
        custom: dict[str, Any] = (json.loads(data).get("data") or {}).get("custom") or {}
        if custom.get("kind") in ("answer", "out_of_scope", "clarify"):
            understood = custom["understood"]
            about = ", ".join(understood["topics"]) or "no topic"
            yield f"{custom['kind']}: {understood['intent']}; {about}", custom["kind"], understood["confidence"]


def _rows(path: Path, table: str, query: str) -> list[tuple[Any, ...]]:
    if not path.is_file():
        return []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as connection:
        there = connection.execute("select 1 from sqlite_master where name = ?", (table,)).fetchone()
        return connection.execute(query).fetchall() if there else []
