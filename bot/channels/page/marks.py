"""Marks of answers: useful, wrong or incomplete, with a remark. They are kept by `bot.channels.feedback`."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from bot.channels import feedback

PRAISE = "useful"
MOST_ANSWERS = 2000
"""How many answers are remembered, so that a mark finds the one that it is about."""


def offered() -> list[dict[str, Any]]:
    """Return the marks that the store knows: `mark`, its `label`, and whether a `remark` on it is asked for."""
    return [
        {"mark": mark, "label": mark.capitalize(), "remark": feedback.KEEPS_REMARKS and mark != PRAISE}
        for mark in feedback.MARKS
    ]


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
