"""Marks of answers: useful, wrong or incomplete, with a remark. They are kept by `bot.channels.feedback`."""

from __future__ import annotations

import importlib
import importlib.util
from collections import OrderedDict
from typing import Any

from bot.channels.deidentify import deidentify

STORE = "bot.channels.feedback"

# A bot without the module has no marks, and its page no buttons for them.
store: Any = importlib.import_module(STORE) if importlib.util.find_spec(STORE) else None

LABELS = {"useful": "Useful", "good": "Useful", "wrong": "Wrong", "bad": "Wrong", "incomplete": "Incomplete"}
PRAISE = ("useful", "good")
MOST_ANSWERS = 2000
"""How many answers are remembered, so that a mark finds the one that it is about."""


def offered() -> list[dict[str, Any]]:
    """Return the marks that the store knows: `mark`, its `label`, and whether a `remark` on it is kept."""
    if store is None:
        return []
    keeps = bool(getattr(store, "KEEPS_REMARKS", False))
    return [
        {"mark": mark, "label": LABELS.get(mark, mark), "remark": keeps and mark not in PRAISE} for mark in store.MARKS
    ]


def keep(sender: str, custom: dict[str, Any], mark: str, remark: str) -> None:
    """Keep a mark; of the remark, nothing that names a patient.

    Args:
        sender: id of the conversation.
        custom: the answer that it is about.
        mark: one of those offered.
        remark: words of the reader; may be empty.

    Raises:
        ValueError: the mark is not known.
        OSError: the store cannot be opened.
        sqlite3.Error: the store cannot be written.
    """
    store.record(sender, custom, mark, remark=deidentify(remark)[0] if remark else "")


class Answers:
    """The latest answers without a mark, by conversation and id; in memory only."""

    def __init__(self, most: int = MOST_ANSWERS) -> None:
        """Start empty."""
        self._most = most
        self._kept: OrderedDict[tuple[str, str, str], dict[str, Any]] = OrderedDict()

    def keep(self, owner: str, sender: str, answer: str, custom: dict[str, Any]) -> None:
        """Remember an answer, and forget the oldest where there are too many."""
        self._kept[owner, sender, answer] = custom
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def find(self, owner: str, sender: str, answer: str) -> dict[str, Any] | None:
        """Return an answer's data, or None where it is not known (any more)."""
        return self._kept.get((owner, sender, answer))

    def forget(self, owner: str, sender: str, answer: str) -> None:
        """Forget an answer that has its mark: each counts once."""
        self._kept.pop((owner, sender, answer), None)
