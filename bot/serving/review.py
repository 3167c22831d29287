"""The command `review`: what users marked, and what was not answered or not surely, for a curator."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bot.channels.feedback import FEEDBACK, QUESTIONS, UNKNOWN, database, rows
from bot.serving.errors import ServingError
from bot.serving.meaning import grouped, vectors
from bot.serving.training import Report

Row = dict[str, Any]
HEADER = (
    "# Questions that were not answered or not surely, by meaning, the most frequent group first. Give each the intent "
    "that it\n# asks, mark its topics, add `metadata: {answered_by: [...]}`, and move it to data/nlu. "
    f"{UNKNOWN} stands for words not kept.\n"
)


def review(root: Path, most: int, export: Path | None, report: Report) -> None:
    """List what is kept, and write the questions as training examples where that is asked for.

    Args:
        root: the project's root, whose model tells what means the same.
        most: how many groups of each list are shown.
        export: file to write, if any.
        report: takes the lines.

    Raises:
        ServingError: the marks or the model cannot be read, or the file cannot be written.
    """
    try:
        marks, questions = rows(FEEDBACK), rows(QUESTIONS)
    except sqlite3.Error as error:
        raise ServingError(f"{database()} cannot be read ({error}); is it the bot's file of marks?") from error
    texts = [row["remark"] for row in marks if row["remark"]] + [row["question"] for row in questions]
    places = vectors(root, texts)
    unanswered = _groups([row for row in questions if row["kind"] != "answer"], "question", places)
    unsure = _groups([row for row in questions if row["kind"] == "answer"], "question", places)
    for title, groups in (
        ("Marks without a remark", _by_answer(row for row in marks if not row["remark"])),
        ("Marks with a remark", _groups(marks, "remark", places)),
        ("Not answered", unanswered),
        ("Answered, but not surely", unsure),
    ):
        for line in _lines(title, groups, most):
            report(line)
    if export:
        try:
            export.write_text(_training_file([*unanswered, *unsure]), encoding="utf-8")
        except OSError as error:
            raise ServingError(f"{export} cannot be written ({error.strerror}).") from error
        report(f"Written: {export}")


def _groups(found: Sequence[Row], column: str, places: dict[str, Any]) -> list[list[Row]]:
    """Return rows grouped by the meaning of a text, the largest group first; a group's commonest text first."""
    counts = Counter(row[column] for row in found if row[column])
    return [[row for text in texts for row in found if row[column] == text] for texts in grouped(counts, places)]


def _by_answer(found: Iterable[Row]) -> list[list[Row]]:
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in found:
        groups.setdefault((row["mark"], row["intent"], row["facts"]), []).append(row)
    return sorted(groups.values(), key=lambda group: -len(group))


def _lines(title: str, groups: Sequence[Sequence[Row]], most: int) -> Iterator[str]:
    yield f"{title}: {sum(map(len, groups)) or 'none'}"
    for group in groups[:most]:
        first, *others = dict.fromkeys(_line(row) for row in group)
        yield f"{len(group):6d}  {first}"
        yield from (f"{'':6}  {other}" for other in others)


def _line(row: Row) -> str:
    text = row.get("remark") or row.get("question") or ""
    about = [row.get("mark") or row["kind"], row["intent"], *json.loads(row["topics"]), *json.loads(row["facts"])]
    return f"{text}  [{', '.join(about)}]".strip()


def _training_file(groups: Sequence[Sequence[Row]]) -> str:
    """Return questions in the form of data/nlu: the intent that each was taken for, to be judged."""
    lines = [HEADER + 'version: "3.1"', "nlu:"] if groups else [HEADER + 'version: "3.1"', "nlu: []"]
    for group in groups:
        examples = dict.fromkeys(re.sub(r"[\[\]{}()]", " ", row["question"]) for row in group)
        lines += [f"# {len(group)} times", f"- intent: {group[0]['intent']}", "  examples: |"]
        lines += [f"    - {' '.join(example.split())}" for example in examples]
    return "\n".join(lines) + "\n"
