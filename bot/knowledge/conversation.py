"""A message in its conversation: what it leaves out is taken from what was said before."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.knowledge import answering, patient, phrases, recall, roles
from bot.knowledge.answer import Answer, Kind, Understood
from bot.knowledge.answering import Question, intent_of
from bot.knowledge.context import Context, features
from bot.knowledge.leaning import (
    CLEAR,
    FACETS_WEIGH,
    FRAGMENT_WORDS,
    REFUSALS,
    REFUSED_SURELY,
    TOUCHED,
    about_of,
    asked_of_both,
    asks_by_itself,
    asks_by_names,
    asks_the_outlook,
    asks_what_is_not_said,
    complete,
    course_of_nothing,
    each_of_course,
    hardly_refused,
    leans,
    names_alone,
    others_of_group,
    points_at_nothing,
    settings_of,
    stands_alone,
    takes_back,
    touches,
)
from bot.knowledge.model import Facet, Fact, Knowledge, TopicKind
from bot.knowledge.roles import Role
from bot.knowledge.selection import follow_ups, likeliest, subjects
from bot.knowledge.talk import about_the_bot, asks_nothing
from bot.knowledge.turn import Reply, Turn

NOT_HELD_AT_ALL = 0.9
"""Probability of a refusal from which a message that only names topics, or tells of a patient, stays refused."""
SUMMARISES, SUMMARISES_SURELY = 0.25, 0.4
"""Weight of a summary from which a message that is not answerable is taken for asking for one; and any message."""
SOURCES, ASKS_SOURCES = ("ask_source", "ask_references"), 0.4
"""Intents of asking where something is from, and their weight from which a message that is not answerable does."""
SUPPORTED, MEANT = 0.1, 0.35
"""Probability of a bullet for which a topic that the heads guess is meant by what is named; and by itself."""
BARELY = 0.06
"""How much heavier a refusal may weigh than all that is asked."""
UNSURE, CLOSE, LEAST = 0.6, 0.75, 0.2
"""Bullets are close readings where the likeliest has at most UNSURE, another CLOSE of that and at least LEAST."""
MOST_CHOICES = 4
CLAIM_WORDS = 12
"""Words up to which a number in a message is what it asks about, and not one of a patient's story."""
SHORTEST, STEM = 4, 5
"""Letters of a word that tells something, and those in which two words have to begin alike to be the same."""

MAIN: tuple[Mapping[Facet, float], ...] = ({Facet.USE: 1.0}, {Facet.OVERVIEW: 1.0}, {Facet.RISK: 1.0})
"""What a topic is asked for that is named and nothing else, the first that it answers."""


def answer(knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
    """Answer the questions of a message, each with what it leaves out taken from the conversation."""
    if said := asks_nothing(knowledge, turn, context, least=TOUCHED):
        return said
    by_itself = asks_by_itself(knowledge, turn) or asks_by_names(knowledge, turn)
    if turn.bare and (by_itself or asks_the_outlook(knowledge, turn, context)):
        turn = turn.copy(update={"bare": False})
    elif takes_back(knowledge, turn, context):
        turn = turn.copy(update={"bare": True})
    if others := others_of_group(knowledge, turn, context):
        # "What other risk factors are there?" asks of them what it asks, and "the other one" what was asked last.
        own = tuple(one for one in turn.questions[0].topics if knowledge.topic_by_id[one].kind is TopicKind.SUBJECT)
        question = turn.questions[0].copy(update={"topics": (*others, *own), "likely": {}})
        bare = max(question.asked.values(), default=0.0) < CLEAR
        turn = turn.copy(update={"named": others, "bare": bare, "questions": (question,)})
    if turn.bare and about_of(knowledge, turn.named):
        return _answer_topic(knowledge, turn, context)
    if names_alone(turn) and not turn.named:
        meant = _meant(knowledge, turn, context)
        if meant and not turn.whole.foreign:
            return _answer_topic(knowledge, turn.copy(update={"named": meant}), context)
        if said := _answer_said(knowledge, turn, context):
            return said
        if turn.whole.foreign or not (turn.vague or turn.whole.not_held):
            # Something is named, and it is not of the document.
            return Reply(answer=answering.decline(knowledge, turn.whole))
    if said := about_the_bot(knowledge, turn):
        return said
    if _sums_up(knowledge, turn, context):
        return recall.summary(knowledge, turn, context)
    if points_at_nothing(knowledge, turn, context) or (course_of_nothing(turn) and not context.topics):
        return Reply(answer=answering.ask_about_what(knowledge, turn.questions[0]), asked=turn.whole.asked)
    if asked_back := _asked_back(knowledge, turn, context):
        return Reply(answer=asked_back, asked=turn.whole.asked)
    if turn.bare and context.topics and context.asked:
        # "And in CKD?" asks the same again, of such a patient.
        turn = turn.copy(update={"questions": (_asked_again(turn.questions[0], context),)})
    if asks_what_is_not_said(knowledge, turn, turn.questions[0], context):
        spoken_of = (*about_of(knowledge, context.topics), *about_of(knowledge, turn.whole.topics))
        refused = answering.not_said(knowledge, turn.questions[0], spoken_of, about_of(knowledge, context.topics))
        return Reply(answer=refused, topics=context.topics)
    completed = [complete(knowledge, turn, question, context) for question in turn.questions]
    asked = completed[0].asked
    questions = [one for question in completed for one in each_of_course(question)]
    joined = tuple(topic for topic in questions[0].topics if topic not in turn.questions[0].topics)
    replied = answering.answer_questions(knowledge, questions)
    if len(completed) == 1 and _on_evidence(knowledge, turn, context):
        # "How good is the evidence?" of an answer: what the document says of it, else the answer with its sources.
        held = bool(replied.facts)
        replied = recall.with_sources(knowledge, replied) if held else recall.sources(knowledge, turn, context).answer
    if joined:
        # "Does it improve survival?" stays a question on what was spoken of.
        replied = _assuming(replied, joined)
    return Reply(answer=replied, asked=asked, topics=joined or _spoken_of(knowledge, replied))


def decline(knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
    """Refuse a message, unless it leans on the conversation and asks something there."""
    if said := asks_nothing(knowledge, turn, context):
        return said
    if turn.ranking.get("summarise", 0.0) >= SUMMARISES and context.shown_before and not turn.named:
        return recall.summary(knowledge, turn, context)
    if turn.weight(SOURCES) >= ASKS_SOURCES and context.shown and not turn.named:
        return recall.sources(knowledge, turn, context)
    doubted = turn.whole.confidence >= REFUSED_SURELY
    short = turn.words <= FRAGMENT_WORDS and not context.topics and not doubted
    of_nothing = points_at_nothing(knowledge, turn, context) or (course_of_nothing(turn) and short)
    if takes_back(knowledge, turn, context) or (of_nothing and (turn.named or _weighs(turn))):
        return answer(knowledge, turn, context)
    # "Mortality of dialysis" names a setting beside: what it asks may be of all such patients.
    surely = REFUSED_SURELY if settings_of(knowledge, turn.named) else NOT_HELD_AT_ALL
    known = context.topics or (about_of(knowledge, turn.named) if turn.whole.confidence < surely else ())
    if leans(knowledge, turn, context) or (turn.bare and not turn.whole.foreign and known):
        return answer(knowledge, turn, context)
    if hardly_refused(turn, context):
        return answer(knowledge, turn, context)
    if said := _answer_said(knowledge, turn, context):
        return said
    if not doubted and (asked_back := _asked_back(knowledge, turn, context)):
        return Reply(answer=asked_back, asked=turn.whole.asked)
    if _tells(knowledge, turn):
        return Reply(answer=_what_to_know(knowledge, turn))
    if turn.whole.intent == "not_in_document":
        return Reply(answer=answering.decline_not_held(knowledge, turn.whole))
    return Reply(answer=answering.decline(knowledge, turn.whole))


def summary(knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
    """Sum up the conversation; "summarise the treatment of ..." is a question on that."""
    if not about_of(knowledge, turn.named):
        return recall.summary(knowledge, turn, context)
    overview = {Facet.OVERVIEW: 1.0, Facet.USE: 0.7}
    questions = tuple(one.copy(update={"asked": overview}) for one in turn.questions)
    return answer(knowledge, turn.copy(update={"questions": questions, "bare": False}), context)


def went_on_with(knowledge: Knowledge, reply: Reply) -> Reply:
    """Return a reply whose topics are those of its facts and the patient's settings, of all that was named.

    "48F, ulcers, intractable pain. Debride?" goes on with debridement, and not with pain.
    """
    said = reply.answer
    of_facts = {topic for fact in said.facts for topic in fact.topics}
    about = [topic for topic in said.understood.topics if topic in of_facts]
    named = len(subjects(knowledge, said.understood.topics))
    if reply.topics or not about or named < 2 or said.by_topic:
        return reply
    kept = (*about, *settings_of(knowledge, said.understood.topics))
    return reply.copy(update={"topics": tuple(dict.fromkeys(kept))})


def names_another(knowledge: Knowledge, turn: Turn, context: Context) -> bool:
    """Tell whether who is not content names what was meant, and it was not spoken of ("no, I asked mortality")."""
    return turn.whole.intent == "feedback_bad" and bool(set(about_of(knowledge, turn.named)) - set(context.topics))


def presented(knowledge: Knowledge, reply: Reply, turn: Turn, context: Context) -> Answer:
    """Return an answer as this conversation needs it: not asking back twice, for its patient and its reader.

    Facts, figures, warnings and citations are the same for every professional.
    """
    said = reply.answer
    lead = {phrases.CLARIFY: phrases.CLARIFY_AGAIN, phrases.CLARIFY_BETWEEN: phrases.CLARIFY_AGAIN}.get(said.lead)
    if said.kind is Kind.CLARIFY and context.last_kind == Kind.CLARIFY.value:
        said = said.copy(update={"kind": Kind.OUT_OF_SCOPE, "lead": lead or said.lead})
    role = turn.role or context.role
    denied = turn.denies or (context.denied and not turn.affirms)
    if said.kind is Kind.URGENT and (role is Role.LAY or denied):
        return said.copy(update={"lead": phrases.URGENT, "facts": (), "pitfalls": ()})
    if said.placed:
        return said
    if said.lead == phrases.CLAIM and (turn.measured or turn.features) and not turn.asks:
        # What is told of a patient is no claim on the document's matter.
        said = said.copy(update={"lead": ""})
    if not said.lead and turn.words <= CLAIM_WORDS and patient.contradicted(said.facts, turn.text):
        said = said.copy(update={"lead": phrases.CLAIM})
    if not said.facts:
        return _withheld(knowledge, said, reply.asked or turn.whole.asked, features(context, turn))
    now = (*turn.named, *turn.features)
    values = {**context.measured, **turn.measured}
    said = patient.with_patient(knowledge, said, context.features, now, values)
    # Who asks the same again is told the same again, word for word.
    again = [fact.id for fact in (*said.facts, *said.pitfalls)] == list(context.shown)
    before = () if again else context.shown_before
    return said.copy(
        update={
            "facts": roles.ordered(said.facts, role),
            "warned": tuple(fact.id for fact in said.pitfalls if fact.id in before),
            "brief": roles.brief(role),
        }
    )


def _withheld(knowledge: Knowledge, said: Answer, asked: Mapping[Facet, float], told: Sequence[str]) -> Answer:
    """Say of a refusal that it is for what was told of the patient, where that is so."""
    for_these = patient.withheld_for(knowledge, said.understood.topics, asked, told)
    if said.kind is not Kind.OUT_OF_SCOPE or not for_these:
        return said
    note = phrases.NOT_STATED_FOR.format(what=", ".join(knowledge.topic_by_id[one].name for one in for_these))
    assumed = tuple(one for one in for_these if one not in said.understood.topics)
    understood = said.understood.copy(
        update={"topics": (*said.understood.topics, *assumed), "assumed": (*said.understood.assumed, *assumed)}
    )
    return said.copy(update={"notes": (note, *said.notes), "understood": understood})


def _meant(knowledge: Knowledge, turn: Turn, context: Context) -> tuple[str, ...]:
    """Return what a message names in other words than the topics' own ("and bloods"), as the heads have it."""
    likely = turn.questions[0].likely
    supported = [fact for fact in knowledge.facts if likely.get(fact.locator, 0.0) >= SUPPORTED]
    if meant := about_of(knowledge, turn.whole.topics):
        return tuple(topic for topic in meant if any(topic in fact.topics for fact in supported))
    if not context.topics or not likely or max(likely.values()) < MEANT:
        return ()
    best = max(likely, key=lambda where: likely[where])
    return about_of(knowledge, [fact.topics[0] for fact in supported if fact.locator == best][:1])


def _answer_topic(knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
    """Answer a topic by itself for what was asked last; with its main facts where that is not held or nothing was."""
    first = turn.questions[0]
    both = asked_of_both(knowledge, turn, context)
    topics = (*(both or turn.named), *settings_of(knowledge, context.topics))
    wanted = first.copy(update={"topics": topics, "asked": {}, "likely": {}, "context": ()})
    assumed = tuple(topic for topic in topics if topic not in turn.named)
    last = likeliest(context.asked)
    carried = None if last is Facet.CLAIM else last
    if carried:
        said = answering.answer_question(knowledge, _asked_again(wanted, context))
        if said.facts:
            return Reply(answer=_assuming(said, assumed), asked=context.asked, topics=_spoken_of(knowledge, said))
    for asked in MAIN:
        main = wanted.copy(update={"asked": asked, "intent": intent_of(next(iter(asked)))})
        said = answering.answer_question(knowledge, main)
        if said.facts:
            break
    if carried and said.facts:
        names = ", ".join(knowledge.topic_by_id[topic].name for topic in about_of(knowledge, turn.named))
        note = phrases.NOT_HELD.format(what=f"{phrases.ASKED[carried]}; {names}")
        said = said.copy(update={"notes": (*said.notes, note)})
    return Reply(answer=_assuming(said, assumed), asked=context.asked or asked, topics=_spoken_of(knowledge, said))


def _answer_said(knowledge: Knowledge, turn: Turn, context: Context) -> Reply | None:
    """Answer a few words that stand in a fact on the topic spoken of ("and the meta-analysis?") with that fact."""
    about = about_of(knowledge, context.topics)
    beyond = turn.named or turn.whole.foreign or turn.whole.not_held
    telling = [word for word in turn.says if len(word) >= SHORTEST]
    if beyond or not telling or turn.words > FRAGMENT_WORDS:
        return None
    for fact in knowledge.facts:
        stems = {word[:STEM] for word in re.findall(r"\w+", fact.statement.casefold())}
        if set(about) & set(fact.topics) and all(word[:STEM] in stems for word in telling):
            question = turn.questions[0].copy(
                update={
                    "topics": about, "context": (), "likely": {fact.locator: 1.0},
                    "asked": dict.fromkeys(fact.facets, 1.0), "intent": intent_of(fact.facets[0]),
                }
            )  # fmt: skip
            said = answering.answer_question(knowledge, question)
            return Reply(answer=_assuming(said, about), asked=question.asked, topics=context.topics)
    return None


def _asked_back(knowledge: Knowledge, turn: Turn, context: Context) -> Answer | None:
    """Ask back where two readings are close, or a pronoun stands for nothing; None where there is no need."""
    question = turn.questions[0]
    if len(turn.questions) > 1 or context.last_kind == Kind.CLARIFY.value:
        return None
    found: list[Fact] = []
    own = about_of(knowledge, question.topics)
    # "Wound care in ..., does it matter" says itself what "it" is.
    surely = turn.affirms and stands_alone(question)
    if turn.pronoun and not context.topics and turn.words <= FRAGMENT_WORDS and not surely:
        found = [fact for fact in knowledge.facts if own and touches(fact, fact.topics, own, question)]
    elif not own and not context.topics:
        order = sorted(question.likely, key=lambda where: -question.likely[where])
        best = question.likely[order[0]] if order else 1.0
        near = [where for where in order if question.likely[where] >= max(LEAST, CLOSE * best)]
        found = [fact for fact in knowledge.facts if best <= UNSURE and fact.locator in near]
    first: dict[str, Fact] = {}
    for fact in found:
        first.setdefault(fact.topics[0], fact)
    if len(first) < 2:
        return None
    offered = tuple(fact.question for fact in first.values())[:MOST_CHOICES]
    understood = Understood(intent=question.intent, topics=question.topics, confidence=question.confidence)
    return Answer(kind=Kind.CLARIFY, lead=phrases.CLARIFY_BETWEEN, understood=understood, follow_ups=offered)


def _sums_up(knowledge: Knowledge, turn: Turn, context: Context) -> bool:
    """Tell whether a message asks for a summary more than for anything else ("handover in 5 lines")."""
    weight = turn.ranking.get("summarise", 0.0)
    most = weight >= max((SUMMARISES_SURELY, *turn.whole.asked.values()))
    return most and bool(context.shown_before) and not about_of(knowledge, turn.named)


def _weighs(turn: Turn) -> bool:
    """Tell whether a message asks more than it is unanswerable."""
    asked, refused = sum(turn.whole.asked.values()), turn.weight(REFUSALS)
    return asked >= FACETS_WEIGH and refused <= max(REFUSED_SURELY, asked + BARELY)


def _tells(knowledge: Knowledge, turn: Turn) -> bool:
    """Tell whether a message only tells of a patient, and of what the document speaks of."""
    question = turn.whole
    claims = likeliest(question.asked) is Facet.CLAIM
    # "Apixaban mg per day HD" asks, though not in the form of a question.
    surely = max(question.asked.values(), default=0.0) >= UNSURE and bool(about_of(knowledge, turn.named))
    asked = not claims and (question.confidence >= NOT_HELD_AT_ALL or surely)
    beyond = question.foreign or question.not_held or asked
    return bool(turn.features or turn.measured or turn.valued) and not turn.asks and not beyond and _weighs(turn)


def _what_to_know(knowledge: Knowledge, turn: Turn) -> Answer:
    """Ask what is to be known of a patient who was told of."""
    names = ", ".join(knowledge.topic_by_id[topic].name for topic in turn.named)
    understood = Understood(intent=turn.whole.intent, topics=turn.named, confidence=turn.whole.confidence)
    lead, offered = phrases.WHAT_TO_KNOW.format(what=names), follow_ups(knowledge, turn.named, ())
    return Answer(kind=Kind.CLARIFY, lead=lead, understood=understood, follow_ups=offered)


def _spoken_of(knowledge: Knowledge, said: Answer) -> tuple[str, ...]:
    """Return the topics of the facts where they are others than were named, or one of a group that was."""
    about = set(about_of(knowledge, said.understood.topics))
    firsts = tuple(dict.fromkeys(fact.topics[0] for fact in said.facts))
    kinds = {knowledge.topic_by_id[topic].kind for topic in about}
    if firsts and kinds and kinds <= {TopicKind.GROUP, TopicKind.SETTING}:
        return firsts
    if any(about & set(fact.topics) for fact in said.facts):
        return ()
    if any(about & set(fact.touches) for fact in said.facts):
        # "And if I wait for the biopsy?" goes on with waiting, and with the biopsy.
        return (*firsts, *about_of(knowledge, said.understood.topics)) if len(firsts) == 1 else ()
    return firsts


def _assuming(said: Answer, assumed: Sequence[str]) -> Answer:
    return said.copy(update={"understood": said.understood.copy(update={"assumed": tuple(assumed)})})


def _on_evidence(knowledge: Knowledge, turn: Turn, context: Context) -> bool:
    leaning = turn.words <= FRAGMENT_WORDS and not about_of(knowledge, turn.named)
    return bool(context.shown) and leaning and likeliest(turn.questions[0].asked) is Facet.EVIDENCE


def _asked_again(question: Question, context: Context) -> Question:
    """Ask a question for what was asked last."""
    return question.copy(update={"asked": context.asked, "intent": intent_of(likeliest(context.asked) or Facet.USE)})
