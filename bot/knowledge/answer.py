"""The one answer object: what every channel draws, and what ``custom`` carries (contract ``answer/1``)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from bot.knowledge.model import Entry, Fact, Knowledge

SCHEMA = "answer/1"


class Kind(StrEnum):
    """What sort of message an answer is; the meanings are the contract's."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    OUT_OF_SCOPE = "out_of_scope"
    SMALLTALK = "smalltalk"
    URGENT = "urgent"
    ERROR = "error"


class Understood(Entry):
    """What the bot took the question to be."""

    intent: str
    topics: tuple[str, ...] = ()
    confidence: float = 0.0
    assumed: tuple[str, ...] = ()


class Answer(Entry):
    """One answer: fixed phrases, facts with their warnings, and where they stand.

    ``lead`` is the first line and ``notes`` are the lines after the facts; both are fixed phrases. ``placed``: every
    fact is drawn with its place, to be looked up or pasted by itself; ``by_topic``: under the names of their topics
    too. ``warned``: ids of warnings that the conversation has shown before; ``brief``: without titles of references.
    """

    kind: Kind
    lead: str = ""
    facts: tuple[Fact, ...] = ()
    pitfalls: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()
    markers: tuple[int, ...] = ()
    understood: Understood
    follow_ups: tuple[str, ...] = ()
    placed: bool = False
    by_topic: bool = False
    warned: tuple[str, ...] = ()
    brief: bool = False


def cited_markers(answer: Answer) -> tuple[int, ...]:
    """Return the markers of all facts and warnings shown, ascending, and those named by themselves."""
    shown = (*answer.facts, *answer.pitfalls)
    return tuple(sorted({marker for fact in shown for marker in fact.citations} | set(answer.markers)))


def reference(knowledge: Knowledge, marker: int) -> dict[str, Any]:
    """Resolve a citation marker by its position in the document's list, or say that none is listed there."""
    listed = 1 <= marker <= len(knowledge.references)
    return {
        "marker": marker,
        "title": knowledge.references[marker - 1].title if listed else None,
        "listed": listed,
        "match": "by_position" if listed else "unlisted",
    }


def to_custom(answer: Answer, knowledge: Knowledge) -> dict[str, Any]:
    """Return the answer as data, field by field as the contract names them."""
    document = knowledge.document
    return {
        "schema": SCHEMA,
        "kind": answer.kind.value,
        "facts": [_fact(fact) for fact in answer.facts],
        "pitfalls": [_fact(fact) for fact in answer.pitfalls],
        "references": [reference(knowledge, marker) for marker in cited_markers(answer)],
        "document": {
            "title": document.title,
            "updated": document.updated.isoformat(),
            "review_status": document.review_status,
            "disclaimer": document.disclaimer,
        },
        "knowledge": {"version": knowledge.version, "sha256": knowledge.sha256},
        "understood": {
            "intent": answer.understood.intent,
            "topics": list(answer.understood.topics),
            "confidence": round(answer.understood.confidence, 4),
            "assumed": list(answer.understood.assumed),
        },
        "follow_ups": list(answer.follow_ups),
    }


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "id": fact.id,
        "source": fact.locator,
        "statement": fact.statement,
        "citations": list(fact.citations),
        "certainty": fact.certainty.value,
    }
