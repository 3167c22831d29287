"""Splits a message that asks several things into its questions."""

from __future__ import annotations

import re

from spacy.tokens import Doc, Span

MOST_PARTS = 4
SHORTEST = 2
QUESTION_WORDS = (
    "what|how|why|when|which|who|where|should|shall|can|could|may|does|do|did|is|are|was|will|would|has|have|any|whats"
)
# Where one question may end and the next begin; a joining word (group 1) shows that one ended.
SEAM = re.compile(
    rf"(?<=[?;])\s+|(?<=[.!])\s+(?=[A-Z])|,\s+(?=(?:what|how|why)\b)"
    rf"|,?\s+(and|plus|also|n|&|\+)\s+(?:also\s+)?(?=(?:{QUESTION_WORDS})\b)",
    re.IGNORECASE,
)
ASKS = re.compile(rf"\?|^(?:and\s+|also\s+)?(?:{QUESTION_WORDS})\b", re.IGNORECASE)


def questions(text: str) -> list[tuple[int, int]]:
    """Return the places of the questions in a message, or the whole of it where it asks one thing.

    A sentence that asks nothing (a patient's story) belongs to the question after it.

    Args:
        text: the message.

    Returns:
        (start, end) of each part, in order, covering the text; at most four.
    """
    seams = list(SEAM.finditer(text))
    starts = [0, *(seam.end() for seam in seams)]
    ends = [*(seam.end() for seam in seams), len(text)]
    joined = [*(bool(seam.group(1)) for seam in seams), False]
    parts: list[tuple[int, int]] = []
    opened: int | None = None
    for start, end, ended in zip(starts, ends, joined, strict=True):
        begin = start if opened is None else opened
        piece = text[start:end].strip()
        if (ended or ASKS.search(piece)) and len(piece.split()) >= SHORTEST:
            parts.append((begin, end))
            opened = None
        else:
            opened = begin
    if opened is not None and parts:
        parts[-1] = (parts[-1][0], len(text))
    return parts if 1 < len(parts) <= MOST_PARTS else [(0, len(text))]


def pieces(doc: Doc) -> list[Span]:
    """Return the questions of a message as spans, in order; one span, or none, where it asks one thing."""
    spans = (doc.char_span(start, end, alignment_mode="contract") for start, end in questions(doc.text))
    return [span for span in spans if span is not None and len(span)]
