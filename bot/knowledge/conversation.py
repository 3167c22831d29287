"""A message in its conversation: what it leaves out is taken from what was said before."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.knowledge import answering, patient, phrases, recall, roles
from bot.knowledge.answer import Answer, Kind, Understood
from bot.knowledge.answering import NAMED_ALONE, Question
from bot.knowledge.context import Context
from bot.knowledge.model import Facet, Fact, Knowledge, TopicKind
from bot.knowledge.roles import Role
from bot.knowledge.selection import LEAST_HELD_SHARE as HELD
from bot.knowledge.selection import choices, follow_ups, held_share, speak_of, subjects
from bot.knowledge.turn import Reply, Turn

# Chosen on fragments written for it; docs/conversation.md.
FRAGMENT_WORDS = 8
"""A message that leans on the one before is at most this long."""
POINTING_WORDS = 12
"""The same for one that the reader holds for answerable and that has a pronoun for what it is about."""
FEW_WORDS = 4
"""So few words that name nothing lean on the message before, whatever they are."""
FACETS_WEIGH = 0.35
"""Least weight of what is asked for which a fragment is answered although the reader found nothing in it to answer."""
REFUSED_SURELY = 0.5
"""Weight of the intents of refusal above which a fragment stays refused."""
NOT_HELD_SURELY = 0.7
"""Probability that the document holds no answer from which a fragment stays refused."""
NOT_HELD_AT_ALL = 0.9
"""The same for a first message that only names topics ("switch PD to HD?")."""
TOUCHED = 0.3
CLEAR = 0.8
"""Weight of what is asked from which a pronoun is enough to go on from the last answer, if that holds it."""
SUMMARISES = 0.25
"""Weight of a summary from which a message that is not answerable is taken for asking for one."""
WITH_IT = re.compile(r"\b(?:with|w|on)\s+(?:it|them|that)\b", re.IGNORECASE)
"""What was spoken of is a treatment, and the outlook asked for is that of the treated."""
OF_COURSE = 0.2
"""Weight of a dose, a frequency or a duration from which it is asked for beside the others."""
NAMING, NAMING_OVER = 0.3, 0.5
"""Weight of naming a topic, and what all facets have to be below, where a message names something and asks nothing."""
UNSURE, CLOSE, LEAST = 0.6, 0.75, 0.2
"""Bullets are close readings where the likeliest has at most UNSURE, another CLOSE of that and at least LEAST."""
MOST_CHOICES = 4
SHORTEST, STEM = 4, 5
"""Letters of a word that tells something, and those in which two words have to begin alike to be the same."""

MAIN: tuple[Mapping[Facet, float], ...] = ({Facet.USE: 1.0}, {Facet.OVERVIEW: 1.0}, {Facet.RISK: 1.0})
"""What a topic is asked for that is named and nothing else, the first that it answers."""
COURSE = (Facet.DOSE, Facet.FREQUENCY, Facet.DURATION)
SELDOM = (None, Facet.ACCESS, Facet.ADMINISTRATION, Facet.AGENT, Facet.METHOD, Facet.INTERACTION)
"""What documents like this seldom say: a refusal of it stands."""
REFUSALS = ("out_of_scope", "not_in_document")
ABOUT_THE_BOT = ("ask_audience", "ask_capabilities", "ask_limits", "ask_currency", "greet", "thank", "goodbye")


def answer(knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
    """Answer the questions of a message, each with what it leaves out taken from the conversation."""
    if turn.bare and _asks_by_names(knowledge, turn):
        turn = turn.copy(update={"bare": False})
    if turn.bare and _about(knowledge, turn.named):
        return _answer_topic(knowledge, turn, context)
    if _names_alone(turn) and not turn.named:
        meant = _about(knowledge, turn.whole.topics)
        if meant and not turn.whole.foreign:
            return _answer_topic(knowledge, turn.copy(update={"named": meant}), context)
        if said := _answer_said(knowledge, turn, context):
            return said
        if turn.whole.foreign or not (turn.vague or turn.whole.not_held):
            # Something is named, and it is not of the document.
            return Reply(answer=answering.decline(knowledge, turn.whole))
    talk = max(turn.ranking, key=lambda name: turn.ranking[name], default="")
    if talk in ABOUT_THE_BOT and not turn.whole.topics and sum(turn.whole.asked.values()) < TOUCHED:
        return Reply(answer=answering.small_talk(knowledge, turn.whole.copy(update={"intent": talk})))
    if _course_of_nothing(turn) and not context.topics:
        return Reply(answer=answering.ask_about_what(knowledge, turn.questions[0]), asked=turn.whole.asked)
    if asked_back := _asked_back(knowledge, turn, context):
        return Reply(answer=asked_back, asked=turn.whole.asked)
    if turn.bare and context.topics and context.asked:
        # "And in CKD?" asks the same again, of such a patient.
        turn = turn.copy(update={"questions": (turn.questions[0].copy(update={"asked": context.asked}),)})
    completed = [_completed(knowledge, turn, question, context) for question in turn.questions]
    asked = completed[0].asked
    questions = [one for question in completed for one in _each_of_course(question)]
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
    if turn.acknowledges and not turn.named and not turn.asks:
        return Reply(answer=answering.small_talk(knowledge, turn.whole.copy(update={"intent": "thank"})))
    if turn.ranking.get("summarise", 0.0) >= SUMMARISES and context.shown_before and not turn.named:
        return recall.summary(knowledge, turn, context)
    known = context.topics or (_about(knowledge, turn.named) if turn.whole.confidence < NOT_HELD_AT_ALL else ())
    if leans(knowledge, turn, context) or (turn.bare and not turn.whole.foreign and known):
        return answer(knowledge, turn, context)
    if said := _answer_said(knowledge, turn, context):
        return said
    doubted = turn.whole.confidence >= REFUSED_SURELY
    if not doubted and (asked_back := _asked_back(knowledge, turn, context)):
        return Reply(answer=asked_back, asked=turn.whole.asked)
    if _tells(knowledge, turn):
        return Reply(answer=_what_to_know(knowledge, turn))
    if turn.whole.intent == "not_in_document":
        return Reply(answer=answering.decline_not_held(knowledge, turn.whole))
    return Reply(answer=answering.decline(knowledge, turn.whole))


def leans(knowledge: Knowledge, turn: Turn, context: Context) -> bool:
    """Tell whether a message that was found unanswerable by itself is a fragment that goes on from an answer."""
    question = turn.whole
    if question.foreign or question.not_held or not context.topics or len(turn.questions) > 1:
        return False
    own, about = _about(knowledge, question.topics), _about(knowledge, context.topics)
    if set(own) <= set(_settings(knowledge, own)):
        # "What instead? AF, on dialysis" names the patient, and not what it is about.
        own = ()
    if own and not (turn.refers and _touched(knowledge, about, own, question)):
        return False
    refused = sum(turn.ranking.get(intent, 0.0) for intent in REFUSALS)
    weight = sum(question.asked.values())
    doubted = question.confidence if question.intent in REFUSALS else 0.0
    if not (own or turn.refers or turn.asks or question.likely) and _claims(question):
        # "Ok, will tell the doctor" claims nothing.
        return False
    likeliest = max(question.asked, key=lambda facet: question.asked[facet], default=None)
    clear = (
        likeliest not in SELDOM and question.asked.get(likeliest, 0.0) >= CLEAR and _holds(knowledge, about, question)
    )
    pointed = turn.pronoun and (doubted < REFUSED_SURELY or clear)
    longest = POINTING_WORDS if pointed else FRAGMENT_WORDS
    sure = refused >= min(weight, REFUSED_SURELY) or (
        doubted >= NOT_HELD_SURELY and not own and not (pointed and clear)
    )
    return turn.words <= longest and weight >= FACETS_WEIGH and not sure


def summary(knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
    """Sum up the conversation; "summarise the treatment of ..." is a question on that."""
    if not _about(knowledge, turn.named):
        return recall.summary(knowledge, turn, context)
    overview = {Facet.OVERVIEW: 1.0, Facet.USE: 0.7}
    questions = tuple(one.copy(update={"asked": overview}) for one in turn.questions)
    return answer(knowledge, turn.copy(update={"questions": questions, "bare": False}), context)


def small_talk(knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
    """Answer what is said to or asked about the bot."""
    if turn.reference and turn.whole.intent == "ask_references":
        return recall.reference(knowledge, turn, context)
    said = answering.small_talk(knowledge, turn.whole)
    if turn.whole.intent == "tell_role" and turn.role in phrases.ROLES:
        said = said.copy(update={"lead": phrases.ROLE_NOTED.format(role=phrases.ROLES[turn.role])})
    return Reply(answer=said)


def decline_lay_reader(knowledge: Knowledge, turn: Turn) -> Reply:
    """Tell a patient or relative whom to ask instead."""
    return Reply(answer=_fixed(knowledge, turn, Kind.OUT_OF_SCOPE, phrases.LAY_READER))


def started_over(knowledge: Knowledge, turn: Turn) -> Reply:
    """Say that the conversation begins anew."""
    return Reply(answer=_fixed(knowledge, turn, Kind.SMALLTALK, phrases.STARTED_OVER))


def marked(knowledge: Knowledge, turn: Turn, mark: str, kept: bool) -> Reply:
    """Thank for a mark, and say whether it was kept."""
    lead = (phrases.MARKED if kept else phrases.NOT_MARKED)[mark]
    return Reply(answer=_fixed(knowledge, turn, Kind.SMALLTALK, lead))


def presented(knowledge: Knowledge, said: Answer, turn: Turn, context: Context) -> Answer:
    """Return an answer as this conversation needs it: not asking back twice, for its patient and its reader.

    Facts, figures, warnings and citations are the same for every professional.
    """
    if said.kind is Kind.CLARIFY and context.last_kind == Kind.CLARIFY.value:
        said = said.copy(update={"kind": Kind.OUT_OF_SCOPE, "lead": phrases.CLARIFY_AGAIN})
    role = turn.role or context.role
    if said.kind is Kind.URGENT and role is Role.LAY:
        return said.copy(update={"lead": phrases.URGENT, "facts": (), "pitfalls": ()})
    if said.placed:
        return said
    if said.lead == phrases.CLAIM and (turn.measured or turn.features) and not turn.asks:
        # What is told of a patient is no claim on the document's matter.
        said = said.copy(update={"lead": ""})
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


def _course_of_nothing(turn: Turn) -> bool:
    """Tell whether a message asks for a dose or a course and names nothing: no drug is guessed for that."""
    asked = turn.questions[0].asked
    return not turn.named and max(asked, key=lambda facet: asked[facet], default=None) in COURSE


def _claims(question: Question) -> bool:
    return max(question.asked, key=lambda facet: question.asked[facet], default=None) is Facet.CLAIM


def _names_alone(turn: Turn) -> bool:
    """Tell whether a message names something and asks nothing ("what about obesity?")."""
    may = turn.ranking.get(NAMED_ALONE, 0.0) >= NAMING and bool(turn.says) and not turn.pronoun
    return turn.whole.intent == NAMED_ALONE or (may and max(turn.whole.asked.values(), default=0.0) < NAMING_OVER)


def _asks_by_names(knowledge: Knowledge, turn: Turn) -> bool:
    """Tell whether the topics named ask something by themselves: what the one does for the other ("tPA survival")."""
    about = _about(knowledge, turn.named)
    return any(speak_of(knowledge, [one], [other for other in about if other != one]) for one in about)


def _answer_topic(knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
    """Answer a topic by itself for what was asked last; with its main facts where that is not held or nothing was."""
    first = turn.questions[0]
    topics = (*turn.named, *_settings(knowledge, context.topics))
    wanted = first.copy(update={"topics": topics, "asked": {}, "likely": {}, "context": ()})
    assumed = tuple(topic for topic in topics if topic not in turn.named)
    carried = None
    if context.asked and max(context.asked, key=lambda facet: context.asked[facet]) is not Facet.CLAIM:
        likeliest = max(context.asked, key=lambda facet: context.asked[facet])
        carried = wanted.copy(update={"asked": dict(context.asked), "intent": _intent(likeliest)})
        said = answering.answer_question(knowledge, carried)
        if said.facts:
            return Reply(answer=_assuming(said, assumed), asked=context.asked, topics=_spoken_of(knowledge, said))
    for asked in MAIN:
        main = wanted.copy(update={"asked": asked, "intent": _intent(next(iter(asked)))})
        said = answering.answer_question(knowledge, main)
        if said.facts:
            break
    if carried and said.facts:
        names = ", ".join(knowledge.topic_by_id[topic].name for topic in _about(knowledge, turn.named))
        note = phrases.NOT_HELD.format(what=f"{phrases.ASKED[likeliest]}; {names}")
        said = said.copy(update={"notes": (*said.notes, note)})
    return Reply(answer=_assuming(said, assumed), asked=context.asked or asked, topics=_spoken_of(knowledge, said))


def _answer_said(knowledge: Knowledge, turn: Turn, context: Context) -> Reply | None:
    """Answer a few words that stand in a fact on the topic spoken of ("and the meta-analysis?") with that fact."""
    about = _about(knowledge, context.topics)
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
                    "asked": dict.fromkeys(fact.facets, 1.0), "intent": _intent(fact.facets[0]),
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
    own = _about(knowledge, question.topics)
    if turn.pronoun and not context.topics and turn.words <= FRAGMENT_WORDS:
        found = [fact for fact in knowledge.facts if own and _touches(fact, fact.topics, own, question)]
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


def _tells(knowledge: Knowledge, turn: Turn) -> bool:
    """Tell whether a message only tells of a patient, and of what the document speaks of."""
    question = turn.whole
    refused = sum(turn.ranking.get(intent, 0.0) for intent in REFUSALS)
    beyond = question.foreign or question.not_held or refused >= REFUSED_SURELY
    told = turn.features or turn.measured
    return bool(told) and not turn.asks and not beyond and sum(question.asked.values()) >= FACETS_WEIGH


def _what_to_know(knowledge: Knowledge, turn: Turn) -> Answer:
    """Ask what is to be known of a patient who was told of."""
    names = ", ".join(knowledge.topic_by_id[topic].name for topic in turn.named)
    understood = Understood(intent=turn.whole.intent, topics=turn.named, confidence=turn.whole.confidence)
    lead, offered = phrases.WHAT_TO_KNOW.format(what=names), follow_ups(knowledge, turn.named, ())
    return Answer(kind=Kind.CLARIFY, lead=lead, understood=understood, follow_ups=offered)


def _spoken_of(knowledge: Knowledge, said: Answer) -> tuple[str, ...]:
    """Return the topics of the facts where they are others than were named, or one of a group that was."""
    about = set(_about(knowledge, said.understood.topics))
    firsts = tuple(dict.fromkeys(fact.topics[0] for fact in said.facts))
    kinds = {knowledge.topic_by_id[topic].kind for topic in about}
    if firsts and kinds and kinds <= {TopicKind.GROUP, TopicKind.SETTING}:
        return firsts
    if any(about & set(fact.topics) for fact in said.facts):
        return ()
    if any(about & set(fact.touches) for fact in said.facts):
        # "And if I wait for the biopsy?" goes on with waiting, and with the biopsy.
        return (*firsts, *_about(knowledge, said.understood.topics)) if len(firsts) == 1 else ()
    return firsts


def _assuming(said: Answer, assumed: Sequence[str]) -> Answer:
    return said.copy(update={"understood": said.understood.copy(update={"assumed": tuple(assumed)})})


def _completed(knowledge: Knowledge, turn: Turn, question: Question, context: Context) -> Question:
    """Give a question the topics that it leaves out."""
    about = _about(knowledge, context.topics)
    if not about or len(turn.questions) > 1:
        return question.copy(update={"context": context.topics})
    if turn.words > FRAGMENT_WORDS and not (turn.pronoun and turn.words <= POINTING_WORDS):
        return question.copy(update={"context": context.topics, "refers": False})
    own = _about(knowledge, question.topics)
    fragment = turn.refers or turn.words <= FEW_WORDS
    if not own and fragment and not turn.refers and max(question.asked.values(), default=1.0) < TOUCHED:
        # "Which levels matter?": what is asked is as unclear as of what.
        return question.copy(update={"context": ()})
    if not own and fragment:
        return question.copy(update={"context": context.topics, "likely": {}, "refers": False})
    kinds = {knowledge.topic_by_id[topic].kind for topic in own}
    if turn.pronoun and kinds == {TopicKind.GROUP} and _in_group(knowledge, about, own, question):
        # "How much does it raise the risk?" asks of what was spoken of, not of all risks.
        return question.copy(update={"topics": (), "context": context.topics, "likely": {}, "refers": False})
    if kinds == {TopicKind.CONDITION} and not _holds(knowledge, own, question) and _holds(knowledge, about, question):
        return question.copy(update={"topics": (), "context": (*context.topics, *own)})
    whole = any(_touched(knowledge, [one], [other for other in own if other != one], question) for one in own)
    meant = _touched(knowledge, about, own, question, outlook=bool(WITH_IT.search(turn.text)))
    if fragment and own and not whole and not set(own) & set(about) and meant:
        topics = tuple(dict.fromkeys((*about, *question.topics)))
        return question.copy(update={"topics": topics, "context": (), "likely": {}, "refers": False})
    # Whether it is joined with what was spoken of was decided here.
    return question.copy(update={"context": context.topics, "refers": False})


def _each_of_course(question: Question) -> list[Question]:
    """Take a question on several parts of a course of treatment ("dose and frequency?") for one on each."""
    parts = [facet for facet in COURSE if question.asked.get(facet, 0.0) >= OF_COURSE]
    return [question.copy(update={"asked": {part: 1.0}}) for part in parts] if len(parts) > 1 else [question]


def _in_group(knowledge: Knowledge, about: Sequence[str], own: Sequence[str], question: Question) -> bool:
    """Tell whether facts on the topic spoken of belong to the groups named, and answer what is asked."""
    facts = [fact for fact in knowledge.facts if set(about) & set(fact.topics) and set(own) & set(fact.topics)]
    likeliest = max(question.asked, key=lambda facet: question.asked[facet], default=None)
    return any(likeliest in fact.facets for fact in facts)


def _touched(
    knowledge: Knowledge, about: Sequence[str], own: Sequence[str], question: Question, outlook: bool = False
) -> bool:
    """Tell whether the facts on the topic spoken of answer what is asked of the topic named beside it.

    A bare question on the outlook ("how many die of it?") is about the disease, unless ``outlook`` says otherwise.
    """
    return any(_touches(fact, about, own, question, outlook) for fact in knowledge.facts)


def _touches(fact: Fact, about: Sequence[str], own: Sequence[str], question: Question, outlook: bool = False) -> bool:
    answered = {facet for topic in about for facet in fact.answers(topic)}
    facets = answered if outlook else answered - {Facet.PROGNOSIS}
    total = sum(question.asked.values()) or 1.0
    touched = set(own) & set(fact.touches)
    return bool(touched) and sum(question.asked.get(facet, 0.0) for facet in facets) >= TOUCHED * total


def _holds(knowledge: Knowledge, topics: Sequence[str], question: Question) -> bool:
    return any(held_share(knowledge, topic, question.asked) >= HELD for topic in topics)


def _on_evidence(knowledge: Knowledge, turn: Turn, context: Context) -> bool:
    asked = turn.questions[0].asked
    likeliest = max(asked, key=lambda facet: asked[facet], default=None)
    leaning = turn.words <= FRAGMENT_WORDS and not _about(knowledge, turn.named)
    return bool(context.shown) and leaning and likeliest is Facet.EVIDENCE


def _fixed(knowledge: Knowledge, turn: Turn, kind: Kind, lead: str) -> Answer:
    understood = Understood(intent=turn.whole.intent, confidence=turn.whole.confidence)
    return Answer(kind=kind, lead=lead, understood=understood, follow_ups=choices(knowledge, {}))


def _about(knowledge: Knowledge, topics: Sequence[str]) -> tuple[str, ...]:
    return subjects(knowledge, topics)


def _settings(knowledge: Knowledge, topics: Sequence[str]) -> tuple[str, ...]:
    return tuple(topic for topic in topics if knowledge.topic_by_id[topic].kind is TopicKind.SETTING)


def _intent(facet: Facet) -> str:
    return "state_claim" if facet is Facet.CLAIM else f"ask_{facet.value}"
