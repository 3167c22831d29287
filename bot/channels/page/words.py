"""What stands around the facts of an answer, and what the page shows besides answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.guard import Messages
from bot.knowledge import phrases
from bot.knowledge.answer import Answer, Kind, Understood
from bot.knowledge.answering import ask_for_question
from bot.knowledge.loading import load
from bot.knowledge.rendering import to_text

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
    around = _around(lines, custom)
    return {"custom": custom, **around, "copy": _for_notes(custom, **around)}


def _for_notes(custom: Mapping[str, Any], lead: list[str], notes: list[str]) -> str:
    """Write an answer so that it can be read by itself, whatever the conversation left out as told before.

    Signs are those that every record system knows; the document's title and disclaimer go along.
    """
    knowledge = load()
    answer = Answer(
        kind=Kind(custom["kind"]),
        lead=" ".join(lead),
        facts=tuple(knowledge.fact_by_id[fact["id"]] for fact in custom["facts"]),
        pitfalls=tuple(knowledge.fact_by_id[fact["id"]] for fact in custom["pitfalls"]),
        notes=tuple(notes),
        markers=tuple(reference["marker"] for reference in custom["references"]),
        understood=Understood(**custom["understood"]),
    )
    text = to_text(answer, knowledge).replace("⚠ ", PITFALL_SIGN).replace("• ", "- ")
    document = knowledge.document
    return f"{text}\n{document.title} {document.disclaimer}\nKnowledge base {knowledge.version}."


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
    """Leave out what is drawn from the data, and the topics' headings of a summary, whose facts name their topics."""
    names = (topic.name for topic in load().topics)
    headings = {phrases.TOPIC_HEADING.format(topic=name[:1].upper() + name[1:]) for name in names}
    return [line for line in lines if not line.startswith(_DRAWN) and line not in headings]


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
