"""The made-up messages of identifiers.yaml and identifiers_held_out.yaml, and how well they are de-identified."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent
TUNED_ON, HELD_OUT = "identifiers.yaml", "identifiers_held_out.yaml"
_MARK = re.compile(r"\[\[(.+?)\]\](?!\])")

Find = Callable[[str], Sequence[tuple[int, int, str]]]
"""Returns start, end and class of what it finds in a text; `bot.channels.deidentify.find`."""


@dataclass
class Score:
    """How one class fares.

    Attributes:
        marked: parts that name somebody.
        missed: messages of which such a part, or some of it, was left.
        found: parts that were taken for one, in positives and look-alikes.
        wrong: messages and parts that were taken for one and are none.
    """

    marked: int = 0
    missed: list[str] = field(default_factory=list)
    found: int = 0
    wrong: list[tuple[str, str]] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Share of the marked parts of which nothing was left."""
        return 1 - len(self.missed) / self.marked

    @property
    def precision(self) -> float:
        """Share of the parts found that were marked."""
        return 1 - len(self.wrong) / self.found if self.found else 1.0


def read(name: str) -> dict[str, tuple[list[str], list[str]]]:
    """Return positives (with marks) and look-alikes of each class."""
    content = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return {
        entity: (lists["positives"].splitlines(), lists["look_alikes"].splitlines())
        for entity, lists in content.items()
    }


def unmarked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a message without its marks, and the spans that they marked."""
    plain, spans, last = "", [], 0
    for mark in _MARK.finditer(text):
        plain += text[last : mark.start()]
        spans.append((len(plain), len(plain) + len(mark.group(1))))
        plain += mark.group(1)
        last = mark.end()
    return plain + text[last:], spans


def score(positives: Sequence[str], look_alikes: Sequence[str], find: Find) -> Score:
    """Hold what is found against the marks."""
    result = Score()
    for text in (*positives, *look_alikes):
        plain, marks = unmarked(text)
        found = find(plain)
        taken = {place for start, end, _ in found for place in range(start, end)}
        for start, end in marks:
            result.marked += 1
            if any(plain[place].isalnum() and place not in taken for place in range(start, end)):
                result.missed.append(text)
        result.found += len(found)
        for start, end, entity in found:
            if not any(start < last and first < end for first, last in marks):
                result.wrong.append((text, f"{entity}: {plain[start:end]}"))
    return result
