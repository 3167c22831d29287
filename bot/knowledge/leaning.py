"""What a message leaves out: whether it leans on the conversation, and what it takes from there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.knowledge.answering import COURSE, NAMED_ALONE, Question, withheld
from bot.knowledge.context import Context
from bot.knowledge.model import Facet, Fact, Knowledge, TopicKind
from bot.knowledge.selection import LEAST_HELD_SHARE as HELD
from bot.knowledge.selection import held_share, likeliest, speak_of, subjects
from bot.knowledge.turn import Turn

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
HARDLY, HARDLY_AT_ALL = 0.3, 0.1
"""Probability that the document holds no answer up to which it is held in a conversation on the condition where a
bullet is likely; and where none is."""
NOT_HELD_SURELY = 0.7
"""Probability that the document holds no answer from which a fragment stays refused."""
TOUCHED = 0.3
LIKELY, LIKELY_NEAR = 0.5, 0.05
"""Least probability of a bullet for which a fragment leaves its topic; and where what was shown speaks of it."""
ALONE, NEARLY_ALONE = 0.9, 0.85
"""Probability of a bullet from which few words that point to nothing stand by themselves; the second where no other
bullet is half as likely."""
CLEAR = 0.8
"""Weight of what is asked from which a pronoun is enough to go on from the last answer, if that holds it."""
WITH_IT = re.compile(r"\b(?:with|w|on)\s+(?:it|them|that)\b", re.IGNORECASE)
"""What was spoken of is a treatment, and the outlook asked for is that of the treated."""
ELSE = re.compile(r"\b(?:else|others?|another|besides)\b", re.IGNORECASE)
"""What was shown is not what is asked for."""
OF_COURSE = 0.2
"""Weight of a dose, a frequency or a duration from which it is asked for beside the others."""
NAMING, NAMING_OVER = 0.3, 0.5
"""Weight of naming a topic, and what all facets have to be below, where a message names something and asks nothing."""
TOLD_OF_TREATMENT = (Facet.EFFECT, Facet.EVIDENCE)
"""What is asked of a treatment, and of no outcome by itself."""
OTHER_ONE = re.compile(r"\bother\s+(?:one|drug|agent|thing)\b", re.IGNORECASE)
"""What was not spoken of, of the group that what was spoken of belongs to."""
SELDOM = (None, Facet.ACCESS, Facet.ADMINISTRATION, Facet.AGENT, Facet.METHOD, Facet.INTERACTION)
"""What documents like this seldom say: a refusal of it stands."""
REFUSALS = ("out_of_scope", "not_in_document")


def leans(knowledge: Knowledge, turn: Turn, context: Context) -> bool:
    """Tell whether a message that was found unanswerable by itself is a fragment that goes on from an answer."""
    question = turn.whole
    if question.foreign or question.not_held or not context.topics or len(turn.questions) > 1:
        return False
    own, about = about_of(knowledge, question.topics), about_of(knowledge, context.topics)
    if set(own) <= set(settings_of(knowledge, own)):
        # "What instead? AF, on dialysis" names the patient, and not what it is about.
        own = ()
    if own and not (turn.refers and touched(knowledge, about, own, question)):
        return False
    refused = turn.weight(REFUSALS)
    weight = sum(question.asked.values())
    doubted = question.confidence if question.intent in REFUSALS else 0.0
    if not (own or turn.refers or turn.asks or question.likely) and likeliest(question.asked) is Facet.CLAIM:
        # "Ok, will tell the doctor" claims nothing.
        return False
    most = likeliest(question.asked)
    clear = most not in SELDOM and question.asked.get(most, 0.0) >= CLEAR and holds(knowledge.squarely, about, question)
    pointed = turn.pronoun and (doubted < REFUSED_SURELY or clear)
    longest = POINTING_WORDS if pointed else FRAGMENT_WORDS
    sure = refused >= min(weight, REFUSED_SURELY) or (
        doubted >= NOT_HELD_SURELY and not own and not (pointed and clear)
    )
    return turn.words <= longest and weight >= FACETS_WEIGH and not sure


def hardly_refused(turn: Turn, context: Context) -> bool:
    """Tell whether a question was only refused since it does not name the condition, of which the conversation is."""
    beyond = turn.whole.foreign or turn.whole.not_held
    likely = max((share for question in turn.questions for share in question.likely.values()), default=0.0)
    claims = likeliest(turn.whole.asked) is Facet.CLAIM and not turn.asks
    known = bool(context.topics) and not (beyond or claims) and turn.whole.intent in REFUSALS
    hardly_at_all = turn.whole.confidence <= HARDLY_AT_ALL
    return known and (hardly_at_all or (likely >= LIKELY and turn.whole.confidence <= HARDLY))


def points_at_nothing(knowledge: Knowledge, turn: Turn, context: Context) -> bool:
    """Tell whether "it" stands for nothing that was spoken of ("does he need it?" as a first message)."""
    question = turn.whole
    nothing = not (context.topics or about_of(knowledge, question.topics) or question.foreign or question.not_held)
    return turn.pronoun and nothing and len(turn.questions) == 1 and turn.words <= FRAGMENT_WORDS


def takes_back(knowledge: Knowledge, turn: Turn, context: Context) -> bool:
    """Tell whether a message tells of a patient for whom what was shown last is not stated ("wait, he's on PD")."""
    shown = bool(turn.features) and not turn.asks and not knowledge.withheld.isdisjoint(context.shown)
    # "So nothing for PD at all?"
    settings = bool(turn.named) and set(turn.named) == set(settings_of(knowledge, turn.named))
    doubts = settings and likeliest(turn.whole.asked) is Facet.CLAIM
    return shown or (doubts and withheld(knowledge, context.topics, context.asked))


def other_than_shown(knowledge: Knowledge, turn: Turn, question: Question, context: Context) -> Question | None:
    """Ask of what was not shown last, where the message asks what else there is and the heads know of it."""
    if about_of(knowledge, question.topics) or turn.words > FRAGMENT_WORDS or not ELSE.search(turn.text):
        return None
    shown = {fact.locator for fact in shown_last(knowledge, context)}
    likely = {where: share for where, share in question.likely.items() if share >= LIKELY and where not in shown}
    others = [fact for fact in knowledge.facts if fact.locator in likely]
    topics = topics_of(knowledge, others)
    if not shown or not topics:
        return None
    return question.copy(update={"topics": topics, "likely": likely, "context": (), "refers": False})


def back_to_a_course(knowledge: Knowledge, turn: Turn, question: Question, context: Context) -> Question | None:
    """Ask for a dose or a course of the one thing shown before that has it, where what is spoken of has none."""
    most = likeliest(question.asked)
    if most not in COURSE or turn.pronoun or holds(knowledge.squarely, about_of(knowledge, context.topics), question):
        return None
    facts = [one for one in knowledge.squarely.facts if one.id in context.shown_before and most in one.facets]
    topics = topics_of(knowledge, facts)
    return question.copy(update={"topics": topics, "context": (), "refers": False}) if len(topics) == 1 else None


def beyond_the_topic(knowledge: Knowledge, turn: Turn, question: Question, context: Context) -> Question | None:
    """Ask of another topic what the facts on the one spoken of do not answer and the heads know a bullet for.

    "So how do I prevent that?" after what they die of is asked of infection, which those facts speak of; "bloods?" is
    asked of whatever bullet the heads hold for likely.
    """
    surely = not turn.pronoun and stands_alone(question)
    if holds(knowledge.squarely, about_of(knowledge, context.topics), question) and not surely:
        return None
    near = {topic for fact in shown_last(knowledge, context) for topic in fact.touches}
    for where in sorted(question.likely, key=lambda place: -question.likely[place]):
        own = [fact for fact in knowledge.squarely.facts if fact.locator == where]
        topics = topics_of(knowledge, own)
        least = ALONE if surely else LIKELY_NEAR if near & set(topics) else LIKELY
        apart = near & set(topics) or surely or not turn.refers
        if apart and question.likely[where] >= least and holds(knowledge.squarely, topics, question):
            return question.copy(update={"topics": topics, "context": (), "likely": {where: 1.0}, "refers": False})
    return None


def others_of_group(knowledge: Knowledge, turn: Turn, context: Context) -> tuple[str, ...]:
    """Return what belongs to a group and was not spoken of ("no, the other experimental one", "and the other one?")."""
    groups = {topic for topic in turn.named if knowledge.topic_by_id[topic].kind is TopicKind.GROUP}
    alone = not groups
    if alone and OTHER_ONE.search(turn.text):
        about = set(about_of(knowledge, context.topics))
        along = {topic for fact in knowledge.facts if about & set(fact.topics) for topic in fact.topics}
        groups = {topic for topic in along if knowledge.topic_by_id[topic].kind is TopicKind.GROUP}
    members = dict.fromkeys(fact.topics[0] for fact in knowledge.facts if groups & set(fact.topics))
    others = tuple(topic for topic in members if topic not in context.topics)
    if alone and len(others) != 1:
        # Which one that is can't be told.
        return ()
    return others if ELSE.search(turn.text) and len(others) < len(members) else ()


def stands_alone(question: Question) -> bool:
    """Tell whether the heads are sure of one bullet."""
    best, second = sorted((0.0, 0.0, *question.likely.values()), reverse=True)[:2]
    return best >= ALONE or (best >= NEARLY_ALONE and second <= best / 2)


def course_of_nothing(turn: Turn) -> bool:
    """Tell whether a message asks for a dose or a course and names nothing: no drug is guessed for that."""
    return not turn.named and likeliest(turn.questions[0].asked) in COURSE


def names_alone(turn: Turn) -> bool:
    """Tell whether a message names something and asks nothing ("what about obesity?")."""
    may = turn.ranking.get(NAMED_ALONE, 0.0) >= NAMING and bool(turn.says) and not turn.pronoun
    return turn.whole.intent == NAMED_ALONE or (may and max(turn.whole.asked.values(), default=0.0) < NAMING_OVER)


def asks_by_itself(knowledge: Knowledge, turn: Turn) -> bool:
    """Tell whether few words beside a topic ask what the facts on it answer ("what is the mortality?")."""
    most, asked = likeliest(turn.whole.asked), turn.whole.asked
    clear = most not in (None, Facet.USE, Facet.OVERVIEW, Facet.CLAIM) and max(asked.values(), default=0.0) >= CLEAR
    return clear and turn.asks and holds(knowledge.squarely, about_of(knowledge, turn.named), turn.questions[0])


def asks_by_names(knowledge: Knowledge, turn: Turn) -> bool:
    """Tell whether the topics named ask something by themselves: what the one does for the other ("tPA survival")."""
    about = about_of(knowledge, turn.named)
    return any(speak_of(knowledge, [one], [other for other in about if other != one]) for one in about)


def asks_the_outlook(knowledge: Knowledge, turn: Turn, context: Context) -> bool:
    """Tell whether an outcome alone ("improved survival?") is asked of the treatment spoken of."""
    question, about = turn.questions[0], about_of(knowledge, context.topics)
    return question.asked.get(Facet.EFFECT, 0.0) >= CLEAR and touched(
        knowledge, about, about_of(knowledge, turn.named), question, outlook=True
    )


def asked_of_both(knowledge: Knowledge, turn: Turn, context: Context) -> tuple[str, ...]:
    """Return both topics where one alone ("wounds?") is what the other, spoken of, was asked to do something for."""
    about, own = about_of(knowledge, context.topics), about_of(knowledge, turn.named)
    if (
        likeliest(context.asked) not in (*TOLD_OF_TREATMENT, Facet.INDICATION)
        or set(own) & set(about)
        or not (turn.asks or turn.refers)
    ):
        return ()
    question = turn.questions[0].copy(update={"asked": context.asked})
    return (*about, *own) if touched(knowledge.squarely, about, own, question) else ()


def complete(knowledge: Knowledge, turn: Turn, question: Question, context: Context) -> Question:
    """Give a question the topics that it leaves out."""
    about = about_of(knowledge, context.topics)
    if not about or len(turn.questions) > 1:
        return question.copy(update={"context": context.topics})
    if other := other_than_shown(knowledge, turn, question, context):
        return other
    if turn.words > FRAGMENT_WORDS and not (turn.pronoun and turn.words <= POINTING_WORDS):
        return question.copy(update={"context": context.topics, "refers": False})
    question = _without_guess(knowledge, turn, question, about)
    own = about_of(knowledge, question.topics)
    fragment = turn.refers or turn.words <= FEW_WORDS or _best_is_on(knowledge, question, about)
    if not own and fragment and not turn.refers and max(question.asked.values(), default=1.0) < TOUCHED:
        # "Which levels matter?": what is asked is as unclear as of what.
        return question.copy(update={"context": ()})
    if back := back_to_a_course(knowledge, turn, question, context) if not own else None:
        return back
    if not own and fragment:
        beyond = beyond_the_topic(knowledge, turn, question, context)
        return beyond or question.copy(update={"context": context.topics, "likely": {}, "refers": False})
    kinds = {knowledge.topic_by_id[topic].kind for topic in own}
    pointed = turn.pronoun or (turn.refers and turn.words <= FEW_WORDS and not turn.bare)
    if pointed and kinds == {TopicKind.GROUP} and _in_group(knowledge, about, own, question):
        # "How much does it raise the risk?" and "so why first line?" ask of what was spoken of, not of all.
        return question.copy(update={"topics": (), "context": context.topics, "likely": {}, "refers": False})
    if kinds == {TopicKind.CONDITION} and not holds(knowledge, own, question) and holds(knowledge, about, question):
        return question.copy(update={"topics": (), "context": (*context.topics, *own)})
    if fragment and own and not set(own) & set(about) and _joined(knowledge, turn, question, about):
        topics = tuple(dict.fromkeys((*about, *question.topics)))
        return question.copy(update={"topics": topics, "context": (), "likely": {}, "refers": False})
    # Whether it is joined with what was spoken of was decided here.
    return question.copy(update={"context": context.topics, "refers": False})


def _best_is_on(knowledge: Knowledge, question: Question, about: Sequence[str]) -> bool:
    """Tell whether the likeliest bullet is one on the topic spoken of."""
    best = max(question.likely, key=lambda where: question.likely[where], default="")
    return any(fact.locator == best and set(fact.topics) & set(about) for fact in knowledge.facts)


def _without_guess(knowledge: Knowledge, turn: Turn, question: Question, about: Sequence[str]) -> Question:
    """Leave out what the heads only guess to be meant, where the topic spoken of answers what is asked.

    "Cut off?" after the parathyroids is no surgery of the wound.
    """
    own = about_of(knowledge, question.topics)
    unsure = question.likely and max(question.likely.values()) < LIKELY
    guessed = not turn.named and unsure and {knowledge.topic_by_id[topic].kind for topic in own} == {TopicKind.SUBJECT}
    if not guessed or not holds(knowledge.squarely, about, question):
        return question
    return question.copy(update={"topics": tuple(one for one in question.topics if one not in own)})


def _joined(knowledge: Knowledge, turn: Turn, question: Question, about: Sequence[str]) -> bool:
    """Tell whether a topic named beside what was spoken of is asked of that ("does it improve survival?")."""
    own = about_of(knowledge, question.topics)
    surely = not turn.pronoun and not turn.vague and stands_alone(question)
    if surely and holds(knowledge.squarely, own, question):
        # "Infection, why the fuss" stands by itself, few words as it has.
        return False
    if any(touched(knowledge, [one], [other for other in own if other != one], question) for one in own):
        return False
    outlook = bool(WITH_IT.search(turn.text))
    return touched(knowledge, about, own, question, outlook)


def asks_what_is_not_said(knowledge: Knowledge, turn: Turn, question: Question, context: Context) -> bool:
    """Tell whether "does it improve survival?" is asked of something whose facts don't speak of survival."""
    about, own = about_of(knowledge, context.topics), about_of(knowledge, question.topics)
    spoken_of = {topic for fact in knowledge.facts for topic in fact.touches}
    weight, total = (sum(question.asked.get(one, 0.0) for one in facets) for facets in (TOLD_OF_TREATMENT, Facet))
    treated = {knowledge.topic_by_id[topic].kind for topic in about} & {TopicKind.SUBJECT} and not set(own) & set(about)
    leaning = turn.pronoun and turn.words <= FRAGMENT_WORDS and len(turn.questions) == 1
    return bool(
        leaning and treated and len(own) == 1 and spoken_of.issuperset(own)
        and weight >= HELD * total
        and not any(set(own) & set(fact.touches) and set(about) & set(fact.topics) for fact in knowledge.facts)
    )  # fmt: skip


def each_of_course(question: Question) -> list[Question]:
    """Take a question on several parts of a course of treatment ("dose and frequency?") for one on each."""
    parts = [facet for facet in COURSE if question.asked.get(facet, 0.0) >= OF_COURSE]
    return [question.copy(update={"asked": {part: 1.0}}) for part in parts] if len(parts) > 1 else [question]


def _in_group(knowledge: Knowledge, about: Sequence[str], own: Sequence[str], question: Question) -> bool:
    """Tell whether facts on the topic spoken of belong to the groups named, and answer what is asked."""
    facts = [fact for fact in knowledge.facts if set(about) & set(fact.topics) and set(own) & set(fact.topics)]
    return any(likeliest(question.asked) in fact.facets for fact in facts)


def touched(
    knowledge: Knowledge, about: Sequence[str], own: Sequence[str], question: Question, outlook: bool = False
) -> bool:
    """Tell whether the facts on the topic spoken of answer what is asked of the topic named beside it.

    A bare question on the outlook ("how many die of it?") is about the disease, unless ``outlook`` says otherwise.
    """
    return any(touches(fact, about, own, question, outlook) for fact in knowledge.facts)


def touches(fact: Fact, about: Sequence[str], own: Sequence[str], question: Question, outlook: bool = False) -> bool:
    """Tell whether one fact on the topics spoken of answers what is asked of a topic named beside them."""
    answered = {facet for topic in about for facet in fact.answers(topic)}
    facets = answered if outlook else answered - {Facet.PROGNOSIS}
    total = sum(question.asked.values()) or 1.0
    touched = set(own) & set(fact.touches)
    return bool(touched) and sum(question.asked.get(facet, 0.0) for facet in facets) >= TOUCHED * total


def holds(knowledge: Knowledge, topics: Sequence[str], question: Question) -> bool:
    """Tell whether facts on one of the topics answer what is asked."""
    return any(held_share(knowledge, topic, question.asked) >= HELD for topic in topics)


def shown_last(knowledge: Knowledge, context: Context) -> list[Fact]:
    """Return the facts of the last answer that hold for this patient."""
    return [fact for fact in knowledge.facts if fact.id in context.shown]


def topics_of(knowledge: Knowledge, facts: Iterable[Fact]) -> tuple[str, ...]:
    """Return what facts are about, each topic once."""
    return tuple(dict.fromkeys(topic for fact in facts for topic in about_of(knowledge, fact.topics)))


def about_of(knowledge: Knowledge, topics: Sequence[str]) -> tuple[str, ...]:
    """Return the topics that a message is about, of those named."""
    return subjects(knowledge, topics)


def settings_of(knowledge: Knowledge, topics: Sequence[str]) -> tuple[str, ...]:
    """Return the topics that are a patient's settings."""
    return tuple(topic for topic in topics if knowledge.topic_by_id[topic].kind is TopicKind.SETTING)
