"""An answer as plain text for a narrow chat. No line is blank: stock channels split messages there."""

from __future__ import annotations

from collections.abc import Sequence

from bot.knowledge import phrases
from bot.knowledge.answer import Answer, cited_markers
from bot.knowledge.model import Certainty, Fact, Knowledge


def to_text(answer: Answer, knowledge: Knowledge) -> str:
    """Draw the answer as lines: what answers first, then warnings, certainty, sources, the document's state."""
    lines = [answer.lead] if answer.lead else []
    if answer.placed:
        lines += _placed(answer.facts, knowledge, answer.by_topic)
    else:
        lines += _fact_lines(answer.facts, bulleted=len(answer.facts) > 1 or bool(answer.lead))
    new = [fact for fact in answer.pitfalls if fact.id not in answer.warned]
    for facts in [[fact] for fact in new] if answer.placed else [new]:
        lines += [f"⚠ {line}" for line in _fact_lines(facts, bulleted=False)]
    known = [fact.statement for fact in answer.pitfalls if fact.id in answer.warned]
    lines += [f"⚠ {phrases.WARNED_BEFORE.format(statement=statement)}" for statement in known]
    lines += answer.notes
    if answer.facts or answer.pitfalls:
        lines.append(_certainty_line((*answer.facts, *new) or answer.pitfalls))
    if cited_markers(answer):
        lines.append(_sources_line(answer, knowledge))
    if answer.facts:
        lines.append(status_line(knowledge))
    return "\n".join(line for line in lines if line.strip())


def status_line(knowledge: Knowledge) -> str:
    """Say how old the document is and how far it has been reviewed."""
    document = knowledge.document
    return phrases.STATUS_LINE.format(updated=document.updated.isoformat(), status=document.review_status)


def _fact_lines(facts: Sequence[Fact], bulleted: bool) -> list[str]:
    """Put a citation after the last of each run of facts from one bullet of the document."""
    lines = []
    for place, fact in enumerate(facts, start=1):
        line = f"• {fact.statement}" if bulleted else fact.statement
        if place == len(facts) or facts[place].locator != fact.locator:
            line += f" [{fact.locator}: {', '.join(map(str, fact.citations))}]"
        lines.append(line)
    return lines


def _placed(facts: Sequence[Fact], knowledge: Knowledge, by_topic: bool) -> list[str]:
    """Give every fact its place, and head those of each topic by its name where that is wanted."""
    lines = []
    for place, fact in enumerate(facts):
        topic = knowledge.topic_by_id[fact.topics[0]].name
        if by_topic and (place == 0 or facts[place - 1].topics[0] != fact.topics[0]):
            lines.append(phrases.TOPIC_HEADING.format(topic=topic[:1].upper() + topic[1:]))
        lines += _fact_lines([fact], bulleted=True)
    return lines


def _certainty_line(facts: Sequence[Fact]) -> str:
    """Give the document's own certainty; where facts differ, bullet by bullet."""
    grades = list(dict.fromkeys((fact.locator, fact.certainty) for fact in facts))
    if len({grade for _, grade in grades}) == 1:
        return phrases.CERTAINTY_LINE.format(what=phrases.CERTAINTY[grades[0][1]])
    stated = [
        phrases.CERTAINTY_OF.format(grade=phrases.CERTAINTY[grade], where=where)
        for where, grade in grades
        if grade is not Certainty.NOT_STATED
    ]
    return phrases.CERTAINTY_LINE.format(what="; ".join([*stated, phrases.OTHERWISE_NOT_STATED]))


def _sources_line(answer: Answer, knowledge: Knowledge) -> str:
    markers = cited_markers(answer)
    listed = [marker for marker in markers if 1 <= marker <= len(knowledge.references)]
    unlisted = [marker for marker in markers if marker not in listed]
    parts = (
        [f"[{marker}]" for marker in listed]
        if answer.brief
        else [
            phrases.LISTED.format(
                marker=marker,
                title=knowledge.references[marker - 1].title.rstrip("."),
                year=knowledge.references[marker - 1].year,
            )
            for marker in listed
        ]
    )
    how = f"{phrases.BY_POSITION}; {phrases.TITLES_ON_REQUEST}" if answer.brief else phrases.BY_POSITION
    line = (", " if answer.brief else "; ").join(parts) + (f" ({how})" if parts else "")
    if unlisted:
        line += ("; " if line else "") + phrases.UNLISTED.format(markers=", ".join(map(str, unlisted)))
    return phrases.SOURCES_LINE.format(what=line)
