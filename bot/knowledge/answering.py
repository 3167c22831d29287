"""From a question as understood to the answer: plain functions, one a kind of answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pydantic import Field

from bot.knowledge import phrases
from bot.knowledge.answer import Answer, Kind, Understood
from bot.knowledge.model import Entry, Facet, Fact, Knowledge, TopicKind
from bot.knowledge.selection import (
    NAMELESS,
    SURE,
    VERY_SURE,
    Selection,
    choices,
    follow_ups,
    likeliest,
    merge,
    select,
    speak_of,
    subjects,
)

# A longer question that names nothing is a story about something else.
BARE_WORDS = 5
CLAIM = "state_claim"
"""Intent of a statement that is to be confirmed or corrected."""
COURSE = (Facet.DOSE, Facet.FREQUENCY, Facet.DURATION)
"""What a course of treatment consists of."""
NAMED_ALONE = "name_topic"
"""Intent of a message that names a topic and asks nothing: what was asked last is asked of it."""


def intent_of(facet: Facet) -> str:
    """Return the intent by which a facet is asked for."""
    return CLAIM if facet is Facet.CLAIM else f"ask_{facet.value}"


class Question(Entry):
    """A question as the language room understood it."""

    intent: str
    confidence: float = 0.0
    topics: tuple[str, ...] = Field(default=(), description="ids of topics, in the order of the text")
    asked: Mapping[Facet, float] = Field(default={}, description="weight of each facet")
    not_held: tuple[str, ...] = Field(default=(), description="matters named that the document leaves out")
    foreign: bool = Field(default=False, description="whether it names a drug or disease of another field")
    words: int = Field(default=0, description="how many words it has")
    likely: Mapping[str, float] = Field(default={}, description="by locator, how likely the bullet answers it")
    context: tuple[str, ...] = Field(default=(), description="topics of the conversation so far")
    refers: bool = Field(default=False, description="whether a word of it may stand for what was spoken of")


def answer_question(knowledge: Knowledge, question: Question) -> Answer:
    """Answer with facts; or ask what it is about; or say that the document does not hold it."""
    if question.not_held and not _names_subject(knowledge, question.topics):
        return decline_not_held(knowledge, question)
    topics, assumed = topics_of(knowledge, question)
    if not subjects(knowledge, topics) and max(question.likely.values(), default=0.0) < NAMELESS:
        return ask_about_what(knowledge, question)
    if withheld(knowledge, topics, question.asked):
        return not_said(knowledge, question, topics, assumed)
    # What was learnt of whole questions says nothing of one that needs the conversation.
    selection = _selected(knowledge, topics, question.asked, {} if assumed else question.likely)
    if not selection.facts and question.intent == NAMED_ALONE:
        selection = select(knowledge, topics, {Facet.USE: 1.0})
    if not selection.facts:
        return not_said(knowledge, question, topics, assumed)
    return Answer(
        kind=Kind.ANSWER,
        lead=phrases.CLAIM if question.intent == CLAIM else "",
        facts=selection.facts,
        pitfalls=selection.pitfalls,
        notes=_gaps(knowledge, question, selection),
        understood=_understood(question, topics, assumed),
        follow_ups=follow_ups(knowledge, topics, (*selection.facts, *selection.pitfalls)),
    )


def withheld(knowledge: Knowledge, topics: Sequence[str], asked: Mapping[Facet, float]) -> bool:
    """Tell whether the document states what is asked, but not for this patient; nothing else stands in its place."""
    most = likeliest(asked)

    def answered_by(facts: Iterable[Fact]) -> set[str]:
        """Return the topics of which facts answer it squarely."""
        return {topic for fact in facts if most in fact.facets and most not in fact.loosely for topic in fact.topics}

    meant = answered_by(knowledge.fact_by_id[fact] for fact in knowledge.withheld) & set(topics)
    return bool(meant) and not meant & answered_by(knowledge.facts)


def _selected(
    knowledge: Knowledge, topics: Sequence[str], asked: Mapping[Facet, float], likely: Mapping[str, float]
) -> Selection:
    """Select facts; only by what their own words answer where no bullet is held for likely."""
    if likely:
        return select(knowledge, topics, asked, likely)
    found = select(knowledge.squarely, topics, asked)
    return found.copy(update={"facts": tuple(knowledge.fact_by_id[fact.id] for fact in found.facts)})


def answer_questions(knowledge: Knowledge, questions: Sequence[Question]) -> Answer:
    """Answer each question of a message, in the order asked; one that has no answer is named in a note."""
    answers = [answer_question(knowledge, question) for question in questions]
    answered = [answer for answer in answers if answer.facts]
    if len(answers) == 1 or not answered:
        return answers[0]
    selection = merge([Selection(facts=answer.facts, pitfalls=answer.pitfalls) for answer in answered])
    notes = [note for answer in answers for note in (answer.notes if answer.facts else (answer.lead,))]
    topics = tuple(dict.fromkeys(topic for answer in answers for topic in answer.understood.topics))
    shown = (*selection.facts, *selection.pitfalls)
    return answered[0].copy(
        update={
            "facts": selection.facts,
            "pitfalls": selection.pitfalls,
            "notes": tuple(dict.fromkeys(notes)),
            "understood": answered[0].understood.copy(update={"topics": topics}),
            "follow_ups": follow_ups(knowledge, topics, shown),
        }
    )


def answer_urgent(knowledge: Knowledge, question: Question) -> Answer:
    """Send to the emergency pathway first; then give the facts on the topics named, if any."""
    facts: tuple[Fact, ...] = ()
    pitfalls: tuple[Fact, ...] = ()
    if _names_subject(knowledge, question.topics):
        # Of a drug that does harm, its harm; praise of it has no place here.
        selection = select(knowledge.squarely, question.topics, {Facet.RISK: 1.0})
        if not selection.facts:
            selection = select(knowledge, question.topics, {Facet.USE: 1.0, Facet.OVERVIEW: 1.0})
        facts, pitfalls = tuple(knowledge.fact_by_id[fact.id] for fact in selection.facts), selection.pitfalls
        # The dose of a drug that may have done it is not for now.
        facts = tuple(fact for fact in facts if not set(COURSE) & set(fact.facets)) or facts
    return Answer(
        kind=Kind.URGENT,
        lead=f"{phrases.URGENT} {phrases.URGENT_FACTS}" if facts else phrases.URGENT,
        facts=facts,
        pitfalls=pitfalls,
        understood=_understood(question, question.topics),
        follow_ups=follow_ups(knowledge, question.topics, facts),
    )


def decline(knowledge: Knowledge, question: Question) -> Answer:
    """Say that the question is outside, and of which kind, and offer the nearest topics."""
    condition = knowledge.condition().name
    lead = phrases.OUT_OF_SCOPE.format(condition=condition)
    if question.foreign:
        # Never the word itself: many diseases bear a surname, and the user's may be a patient's.
        lead = phrases.OTHER_FIELD.format(condition=condition)
    return _refusal(knowledge, question, question.topics, (lead, phrases.NEAREST))


def decline_not_held(knowledge: Knowledge, question: Question) -> Answer:
    """Say that the document does not hold a matter of the condition; name it where it was recognised."""
    lead = phrases.NOT_HELD_AT_ALL.format(condition=knowledge.condition().name)
    if question.not_held:
        lead = phrases.NOT_HELD_MATTER.format(what=", ".join(dict.fromkeys(question.not_held)))
    return _refusal(knowledge, question, question.topics, (lead, phrases.NEAREST))


def ask_for_question(knowledge: Knowledge, lead: str) -> Answer:
    """Ask for a question in words, where a message held none."""
    nothing = Question(intent="")
    return Answer(kind=Kind.CLARIFY, lead=lead, understood=_understood(nothing, ()), follow_ups=choices(knowledge, {}))


def fault(knowledge: Knowledge) -> Answer:
    """Say that the bot could not do its work."""
    return Answer(kind=Kind.ERROR, lead=phrases.ERROR, understood=_understood(Question(intent=""), ()))


def small_talk(knowledge: Knowledge, question: Question) -> Answer:
    """Answer a greeting, thanks, a goodbye, or a question about the bot or its document."""
    notes, markers = _about(knowledge, question.intent)
    return Answer(
        kind=Kind.SMALLTALK,
        lead=notes[0],
        notes=tuple(notes[1:]),
        markers=markers,
        understood=_understood(question, ()),
        follow_ups=choices(knowledge, {}),
    )


def source_of(knowledge: Knowledge, question: Question, shown: Sequence[str]) -> Answer:
    """Give the facts of the last answer again with where they stand, or ask which statement is meant."""
    facts = tuple(knowledge.fact_by_id[fact] for fact in shown if fact in knowledge.fact_by_id)
    topics, assumed = (question.topics, ()) if question.topics else (question.context, question.context)
    if not facts and _names_subject(knowledge, topics):
        # Any fact on the topic has a source to show.
        on = {topic for topic in topics if knowledge.topic_by_id[topic].kind is TopicKind.SUBJECT}
        likely = {fact.locator: 1.0 for fact in knowledge.facts if on & set(fact.topics)}
        asked = {Facet.EVIDENCE: 1.0, Facet.USE: 1.0}
        return answer_question(knowledge, question.copy(update={"asked": asked, "topics": topics, "likely": likely}))
    if not facts:
        return Answer(
            kind=Kind.CLARIFY,
            lead=phrases.NO_LAST_ANSWER,
            understood=_understood(question, ()),
            follow_ups=choices(knowledge, {}),
        )
    return Answer(
        kind=Kind.ANSWER,
        lead=phrases.SOURCE,
        facts=facts,
        understood=_understood(question, topics, assumed),
        follow_ups=follow_ups(knowledge, topics, facts),
    )


def _about(knowledge: Knowledge, intent: str) -> tuple[list[str], tuple[int, ...]]:
    """Return the fixed lines for an intent of small talk, and the markers that they speak of."""
    document, condition = knowledge.document, knowledge.condition().name
    names = ", ".join(topic.name for topic in knowledge.topics if topic.kind is TopicKind.SUBJECT)
    absent = ", ".join(matter.name for matter in knowledge.not_held[:3])
    lines = {
        "greet": [phrases.GREETING.format(condition=condition)],
        "thank": [phrases.THANKS],
        "goodbye": [phrases.GOODBYE],
        "ask_capabilities": [phrases.CAPABILITIES.format(topics=names, condition=condition)],
        "ask_limits": [phrases.LIMITS.format(absent=absent, condition=condition)],
        "ask_currency": [
            phrases.CURRENCY.format(
                title=document.title, updated=document.updated.isoformat(), status=document.review_status
            )
        ],
        "ask_audience": [phrases.AUDIENCE.format(disclaimer=document.disclaimer)],
        "ask_references": [phrases.REFERENCES.format(listed=len(knowledge.references))],
        "tell_role": [phrases.ROLE],
        "feedback_good": [phrases.THANKS],
        "feedback_bad": [phrases.NOT_RIGHT],
    }
    markers = tuple(range(1, document.markers + 1)) if intent == "ask_references" else ()
    return lines.get(intent, lines["greet"]), markers


def topics_of(knowledge: Knowledge, question: Question) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the topics that the question is about, and those of them that were carried over."""
    about = subjects(knowledge, question.topics)
    if any(knowledge.topic_by_id[topic].kind is not TopicKind.CONDITION for topic in about):
        if question.refers and speak_of(knowledge, question.context, about):
            return (*question.context, *question.topics), question.context
        return question.topics, ()
    if question.context and not about and not _stands_alone(question):
        return (*question.topics, *question.context), question.context
    most = likeliest(question.asked)
    table = knowledge.implied_topics if about else knowledge.bare_topics
    unlikely = question.likely and max(question.likely.values()) < SURE
    implied = table.get(most) if most else None
    if not about and (question.words > BARE_WORDS or unlikely) and not _likely_on(knowledge, question, implied):
        return question.topics, ()
    return ((*question.topics, implied) if implied else question.topics), ()


def _likely_on(knowledge: Knowledge, question: Question, topic: str | None) -> bool:
    """Tell whether a bullet on a topic is what most likely answers a question, and likely enough to say so."""
    best = max(question.likely, key=lambda where: question.likely[where], default="")
    likely = question.likely.get(best, 0.0) >= NAMELESS
    return likely and any(fact.locator == best and topic in fact.topics for fact in knowledge.facts)


def _stands_alone(question: Question) -> bool:
    """Tell whether a question that names nothing is one whose answer is known all the same."""
    return question.words > BARE_WORDS and max(question.likely.values(), default=0.0) >= VERY_SURE


def _names_subject(knowledge: Knowledge, topics: Sequence[str]) -> bool:
    return any(knowledge.topic_by_id[topic].kind is TopicKind.SUBJECT for topic in subjects(knowledge, topics))


def ask_about_what(knowledge: Knowledge, question: Question) -> Answer:
    """Ask what a question is about, with choices that answer what is asked."""
    return Answer(
        kind=Kind.CLARIFY,
        lead=phrases.CLARIFY,
        understood=_understood(question, question.topics),
        follow_ups=choices(knowledge, question.asked),
    )


def not_said(knowledge: Knowledge, question: Question, topics: Sequence[str], assumed: Sequence[str]) -> Answer:
    """Say what of the topic the document does not hold."""
    names = ", ".join(knowledge.topic_by_id[topic].name for topic in subjects(knowledge, topics))
    what = f"{_asked(question)}; {names}"
    lines = (phrases.NOT_HELD.format(what=what), phrases.NEAREST)
    return _refusal(knowledge, question, topics, lines, assumed)


def _refusal(
    knowledge: Knowledge, question: Question, topics: Sequence[str], lines: Sequence[str], assumed: Sequence[str] = ()
) -> Answer:
    return Answer(
        kind=Kind.OUT_OF_SCOPE,
        lead=lines[0],
        notes=tuple(lines[1:]),
        understood=_understood(question, topics, assumed),
        follow_ups=follow_ups(knowledge, topics, ()),
    )


def _asked(question: Question) -> str:
    return phrases.ASKED[likeliest(question.asked) or Facet.USE]


def _gaps(knowledge: Knowledge, question: Question, selection: Selection) -> tuple[str, ...]:
    """Name what else was asked and is not in the document, beside what is."""
    names = ", ".join(knowledge.topic_by_id[topic].name for topic in selection.missing)
    gaps = [phrases.NOT_HELD.format(what=f"{_asked(question)}; {names}")] if names else []
    if question.not_held:
        gaps.append(phrases.NOT_HELD_MATTER.format(what=", ".join(dict.fromkeys(question.not_held))))
    return tuple(gaps)


def _understood(question: Question, topics: Sequence[str], assumed: Sequence[str] = ()) -> Understood:
    return Understood(
        intent=question.intent,
        topics=tuple(dict.fromkeys(topics)),
        confidence=question.confidence,
        assumed=tuple(dict.fromkeys(assumed)),
    )
