"""What an answer takes from the conversation so far, beyond topics: follow-ups, summary, start over."""

from __future__ import annotations

from collections.abc import Sequence

from bot.knowledge import phrases
from bot.knowledge.answer import Answer, Kind, Understood
from bot.knowledge.answering import NAMED_ALONE, Question, answer_question, decline, source_of
from bot.knowledge.model import Knowledge
from bot.knowledge.selection import choices

ELLIPTIC_WORDS = 8
LEAST_ASKED = 0.5


def elliptic(knowledge: Knowledge, question: Question) -> Answer | None:
    """Answer a few words that name nothing by what the conversation is about; None where they do not ask.

    The reader decides on the message alone, and refuses "and how often?" where it can't know of what.
    """
    short = 0 < question.words <= ELLIPTIC_WORDS
    named = question.topics or question.foreign or question.not_held
    if not question.context or named or not short or sum(question.asked.values()) < LEAST_ASKED:
        return None
    return answer_question(knowledge, question)


def not_twice(answer: Answer, last_kind: str | None) -> Answer:
    """Return the answer, unless it asks back and the last one did too: then say so and offer what there is."""
    if answer.kind is not Kind.CLARIFY or last_kind != Kind.CLARIFY.value:
        return answer
    return answer.copy(update={"kind": Kind.OUT_OF_SCOPE, "lead": phrases.CLARIFY_AGAIN})


def topic_alone(knowledge: Knowledge, question: Question) -> Answer | None:
    """Refuse a thing named alone that the document does not speak of; None where it does."""
    if question.intent == NAMED_ALONE and question.foreign and not question.topics:
        return decline(knowledge, question)
    return None


def gaps(knowledge: Knowledge, question: Question, shown: Sequence[str]) -> Answer:
    """Give the last answer's facts again, with what the document leaves open about them."""
    answer = source_of(knowledge, question, shown)
    return answer.copy(update={"lead": phrases.GAPS}) if answer.facts else answer


def summary(knowledge: Knowledge, question: Question, shown: Sequence[str]) -> Answer:
    """List all facts shown in this conversation, in the document's order, each with where it stands.

    What the knowledge base holds for a warning is shown as one, unless nothing else was shown.
    """
    wanted = set(shown)
    found = tuple(fact for fact in knowledge.facts if fact.id in wanted)
    warnings = {pitfall.fact for pitfall in knowledge.pitfalls}
    facts = tuple(fact for fact in found if fact.id not in warnings) or found
    return Answer(
        kind=Kind.ANSWER if facts else Kind.CLARIFY,
        lead=phrases.SUMMARY if facts else phrases.NOTHING_SHOWN,
        facts=facts,
        pitfalls=tuple(fact for fact in found if fact not in facts),
        understood=Understood(intent=question.intent, topics=question.context, confidence=question.confidence),
        follow_ups=() if facts else choices(knowledge, {}),
    )


def started_over(knowledge: Knowledge, question: Question) -> Answer:
    """Say that the conversation begins anew."""
    return _phrase(knowledge, question, Kind.SMALLTALK, phrases.STARTED_OVER)


def decline_lay_reader(knowledge: Knowledge, question: Question) -> Answer:
    """Tell a patient or relative whom to ask instead."""
    return _phrase(knowledge, question, Kind.OUT_OF_SCOPE, phrases.LAY_READER)


def _phrase(knowledge: Knowledge, question: Question, kind: Kind, lead: str) -> Answer:
    return Answer(
        kind=kind,
        lead=lead,
        understood=Understood(intent=question.intent, topics=(), confidence=question.confidence),
        follow_ups=choices(knowledge, {}),
    )
