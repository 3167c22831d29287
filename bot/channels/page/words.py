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


def drawable(messages: Messages) -> dict[str, Any]:
    """Return an answer as the page draws it.

    Args:
        messages: the answer, in the form of the contract.

    Returns:
        `custom` as it is; `lead`, the lines that stand before the facts, and `notes`, those after them: the bot's fixed
        phrases, which the contract has in the text only.
    """
    custom = next(message["custom"] for message in messages if "custom" in message)
    text = next(message["text"] for message in messages if "text" in message)
    return {"custom": custom, **_around(text.split("\n"), custom)}


def _around(lines: list[str], custom: Mapping[str, Any]) -> dict[str, list[str]]:
    statements = [fact["statement"] for fact in (*custom["facts"], *custom["pitfalls"])]
    places = [place for place, line in enumerate(lines) if any(statement in line for statement in statements)]
    # Without facts, the first line is what is said, and the others explain it.
    before, after = (lines[: places[0]], lines[places[-1] + 1 :]) if places else (lines[:1], lines[1:])
    lead = _own(before, custom)
    if lead and lead[0].endswith(f" {phrases.URGENT_FACTS}"):
        lead[:1] = [lead[0].removesuffix(f" {phrases.URGENT_FACTS}"), phrases.URGENT_FACTS]
    return {"lead": lead, "notes": _own(after, custom)}


def _own(lines: list[str], custom: Mapping[str, Any]) -> list[str]:
    return [line for line in lines if not line.startswith(_DRAWN) and line != custom.get("notice")]


def names() -> dict[str, Any]:
    """Return the document's state, questions to begin with, and words for the ids that answers hold."""
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
        "asked": {f"ask_{facet.value}": words for facet, words in phrases.ASKED.items()},
        "certainty": {certainty.value: words for certainty, words in phrases.CERTAINTY.items()},
    }
