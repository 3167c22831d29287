"""What stands around the facts of an answer, and what the page shows besides answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.guard import Messages
from bot.knowledge import phrases
from bot.knowledge.answering import ask_for_question
from bot.knowledge.loading import load

# Lines of an answer's text that the page draws from the answer's data.
_DRAWN = tuple(line.partition("{")[0] for line in (phrases.CERTAINTY_LINE, phrases.SOURCES_LINE, phrases.STATUS_LINE))

PITFALL_SIGN = "Pitfall: "


def drawable(messages: Messages) -> dict[str, Any]:
    """Return an answer as the page draws it.

    Args:
        messages: the answer, in the form of the contract.

    Returns:
        `custom` as it is; `lead`, the lines that stand before the facts, and `notes`, those after them: the bot's fixed
        phrases, which the contract has in the text only; `copy`, the answer as plain text for a patient's notes.
    """
    custom = next(message["custom"] for message in messages if "custom" in message)
    text = next(message["text"] for message in messages if "text" in message)
    lines = [line for line in text.split("\n") if line != custom.get("notice")]
    return {"custom": custom, "copy": _for_notes(lines, custom), **_around(lines, custom)}


def _for_notes(lines: list[str], custom: Mapping[str, Any]) -> str:
    """Join the lines without signs that a record system may not know; title and disclaimer go along."""
    plain = [line.replace("⚠ ", PITFALL_SIGN, 1).replace("• ", "- ", 1) for line in lines]
    document, knowledge = custom["document"], custom["knowledge"]
    about = (f"{document['title']} {document['disclaimer']}", f"Knowledge base {knowledge['version']}.")
    return "\n".join((*plain, *about))


def _around(lines: list[str], custom: Mapping[str, Any]) -> dict[str, list[str]]:
    statements = [fact["statement"] for fact in (*custom["facts"], *custom["pitfalls"])]
    places = [place for place, line in enumerate(lines) if any(statement in line for statement in statements)]
    # Without facts, the first line is what is said, and the others explain it.
    before, after = (lines[: places[0]], lines[places[-1] + 1 :]) if places else (lines[:1], lines[1:])
    lead = _own(before)
    if lead and lead[0].endswith(f" {phrases.URGENT_FACTS}"):
        lead[:1] = [lead[0].removesuffix(f" {phrases.URGENT_FACTS}"), phrases.URGENT_FACTS]
    return {"lead": lead, "notes": _own(after)}


def _own(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith(_DRAWN)]


def words() -> dict[str, Any]:
    """Return the document's state, questions to begin with, and words for what answers hold."""
    knowledge = load()
    document = knowledge.document
    return {
        "document": {
            "title": document.title,
            "updated": document.updated.isoformat(),
            "review_status": document.review_status,
            "disclaimer": document.disclaimer,
        },
        "examples": list(ask_for_question(knowledge, "").follow_ups),
        "topics": {topic.id: topic.name for topic in knowledge.topics},
        "asked": {f"ask_{facet.value}": asked for facet, asked in phrases.ASKED.items()},
        "certainty": {certainty.value: grade for certainty, grade in phrases.CERTAINTY.items()},
        "by_position": phrases.BY_POSITION,
        "unlisted": phrases.UNLISTED,
        "status": phrases.STATUS_LINE,
    }
