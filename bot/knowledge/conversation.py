"""A message in its conversation: what it leaves out is taken from what was said before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import Field

from bot.knowledge import answering, phrases
from bot.knowledge.answer import Answer, Kind, Understood, cited_markers
from bot.knowledge.answering import NAMED_ALONE, Question
from bot.knowledge.context import Context
from bot.knowledge.model import Entry, Facet, Fact, Knowledge, TopicKind
from bot.knowledge.selection import LEAST_HELD_SHARE as HELD
from bot.knowledge.selection import choices, follow_ups, held_share, subjects

# Chosen on fragments written for it; docs/conversation.md.
FRAGMENT_WORDS = 8
"""A message that leans on the one before is at most this long."""
FEW_WORDS = 4
"""So few words that name nothing lean on the message before, whatever they are."""
FACETS_WEIGH = 0.35
"""Least weight of what is asked for which a fragment is answered although the reader found nothing in it to answer."""
REFUSED_SURELY = 0.5
"""Weight of the intents of refusal above which a fragment stays refused."""
TOUCHED = 0.3

MAIN: tuple[Mapping[Facet, float], ...] = ({Facet.USE: 1.0}, {Facet.OVERVIEW: 1.0}, {Facet.RISK: 1.0})
"""What a topic is asked for that is named and nothing else, the first that it answers."""
GAPS = (
    Facet.DOSE, Facet.ADMINISTRATION, Facet.FREQUENCY, Facet.DURATION, Facet.RISK, Facet.INTERACTION,
    Facet.ALTERNATIVE, Facet.MONITORING, Facet.EVIDENCE,
)  # fmt: skip
OF_DRUGS = {Facet.DOSE, Facet.ADMINISTRATION, Facet.FREQUENCY, Facet.DURATION, Facet.INTERACTION}
REFUSALS = ("out_of_scope", "not_in_document")


class Turn(Entry):
    """A message as read: its questions, and how far it stands by itself."""

    whole: Question
    questions: tuple[Question, ...]
    named: tuple[str, ...] = Field(default=(), description="ids of topics that stand in the text and are not denied")
    bare: bool = Field(default=False, description="whether it names a topic and says nothing else")
    vague: bool = Field(default=False, description="whether it says nothing beside the topics that it names")
    asks: bool = Field(default=True, description="whether it is put as a question")
    refers: bool = Field(default=False, description="whether a word points back (it, that, and ...)")
    words: int = Field(default=0, description="how many words it has")
    ranking: Mapping[str, float] = Field(default={}, description="weight of the likeliest intents")
    features: tuple[str, ...] = Field(default=(), description="ids of topics named as the patient's features")
    sender: str = Field(default="", description="id of the conversation")
    model: str = Field(default="", description="id of the model that read it")


class Reply(Entry):
    """An answer, and the question as it was understood in its conversation."""

    answer: Answer
    asked: Mapping[Facet, float] = {}
    topics: tuple[str, ...] = Field(default=(), description="topics to go on with, where not all understood")


def answer(knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
    """Answer the questions of a message, each with what it leaves out taken from the conversation."""
    if turn.bare and _about(knowledge, turn.named):
        return _answer_topic(knowledge, turn, context)
    if turn.whole.intent == NAMED_ALONE and not turn.named:
        meant = _about(knowledge, turn.whole.topics)
        if meant and not turn.whole.foreign:
            return _answer_topic(knowledge, turn.copy(update={"named": meant}), context)
        if turn.whole.foreign or not (turn.vague or turn.whole.not_held):
            # Something is named, and it is not of the document.
            return Reply(answer=answering.decline(knowledge, turn.whole))
    if turn.bare and context.topics and context.asked:
        # "And in CKD?" asks the same again, of such a patient.
        turn = turn.copy(update={"questions": (turn.questions[0].copy(update={"asked": context.asked}),)})
    questions = [_completed(knowledge, turn, question, context) for question in turn.questions]
    asked = questions[0].asked
    joined = tuple(topic for topic in questions[0].topics if topic not in turn.questions[0].topics)
    said = answering.answer_questions(knowledge, questions)
    if len(questions) == 1 and _on_evidence(knowledge, turn, context):
        # "How good is the evidence?" of an answer: what the document says of it, else the answer with its sources.
        said = _with_sources(knowledge, said) if said.facts else sources(knowledge, turn, context).answer
    if joined:
        # "Does it improve survival?" stays a question on what was spoken of.
        said = said.copy(update={"understood": said.understood.copy(update={"assumed": joined})})
    return Reply(answer=said, asked=asked, topics=joined or _spoken_of(knowledge, said))


def decline(knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
    """Refuse a message, unless it leans on the conversation and asks something there."""
    known = _about(knowledge, turn.named) or context.topics
    if leans(knowledge, turn, context) or (turn.bare and not turn.whole.foreign and known):
        return answer(knowledge, turn, context)
    if _tells(knowledge, turn):
        return Reply(answer=_what_to_know(knowledge, turn))
    if turn.whole.intent == "not_in_document":
        return Reply(answer=answering.decline_not_held(knowledge, turn.whole))
    return Reply(answer=answering.decline(knowledge, turn.whole))


def _tells(knowledge: Knowledge, turn: Turn) -> bool:
    """Tell whether a message only tells of a patient, and of what the document speaks of."""
    question = turn.whole
    refused = sum(turn.ranking.get(intent, 0.0) for intent in REFUSALS)
    beyond = question.foreign or question.not_held or refused >= REFUSED_SURELY
    return bool(turn.features) and not turn.asks and not beyond and sum(question.asked.values()) >= FACETS_WEIGH


def _what_to_know(knowledge: Knowledge, turn: Turn) -> Answer:
    """Ask what is to be known of a patient who was told of."""
    names = ", ".join(knowledge.topic_by_id[topic].name for topic in turn.named)
    understood = Understood(intent=turn.whole.intent, topics=turn.named, confidence=turn.whole.confidence)
    lead, offered = phrases.WHAT_TO_KNOW.format(what=names), follow_ups(knowledge, turn.named, ())
    return Answer(kind=Kind.CLARIFY, lead=lead, understood=understood, follow_ups=offered)


def leans(knowledge: Knowledge, turn: Turn, context: Context) -> bool:
    """Tell whether a message that was found unanswerable by itself is a fragment that goes on from an answer."""
    question = turn.whole
    if question.foreign or question.not_held or not context.topics or len(turn.questions) > 1:
        return False
    own, about = _about(knowledge, question.topics), _about(knowledge, context.topics)
    if own and not (turn.refers and _touched(knowledge, about, own, question)):
        return False
    refused = sum(turn.ranking.get(intent, 0.0) for intent in REFUSALS)
    weight = sum(question.asked.values())
    return turn.words <= FRAGMENT_WORDS and weight >= FACETS_WEIGH and refused < min(weight, REFUSED_SURELY)


def sources(knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
    """Give the facts of the last answer with where they stand and what is not known of that."""
    about = _about(knowledge, turn.named)
    facts = _facts(knowledge, context.shown)
    if about and not any(set(about) & {*fact.topics, *fact.touches} for fact in facts):
        facts = ()
    question = turn.whole.copy(update={"topics": turn.named, "context": context.topics})
    said = answering.source_of(knowledge, question, [fact.id for fact in facts])
    return Reply(answer=_with_sources(knowledge, said) if said.facts else said)


def gaps(knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
    """Give the facts of the last answer, and what the document leaves open on their topic."""
    topics = _about(knowledge, turn.named) or _about(knowledge, context.topics)
    said = sources(knowledge, turn, context).answer
    if not said.facts:
        limits = turn.whole.copy(update={"intent": "ask_limits"})
        return Reply(answer=answering.small_talk(knowledge, limits))
    notes = [_open(knowledge, topic) for topic in topics[:2]]
    return Reply(answer=said.copy(update={"lead": phrases.GAPS, "notes": (*filter(None, notes), *said.notes)}))


def summary(knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
    """Give all facts that the conversation has shown, by topic.

    What the knowledge base holds for a warning is shown as one, unless nothing else was shown.
    """
    if _about(knowledge, turn.named):
        # "Summarise the treatment of ..." is a question on that, not on the conversation.
        overview = {Facet.OVERVIEW: 1.0, Facet.USE: 0.7}
        questions = tuple(one.copy(update={"asked": overview}) for one in turn.questions)
        return answer(knowledge, turn.copy(update={"questions": questions, "bare": False}), context)
    found = _facts(knowledge, context.shown_before)
    warnings = {pitfall.fact for pitfall in knowledge.pitfalls}
    facts = tuple(fact for fact in found if fact.id not in warnings) or found
    understood = Understood(intent=turn.whole.intent, confidence=turn.whole.confidence)
    if not facts:
        lead, offered = phrases.NOTHING_SHOWN, choices(knowledge, {})
        return Reply(answer=Answer(kind=Kind.CLARIFY, lead=lead, understood=understood, follow_ups=offered))
    ordered = sorted(facts, key=lambda fact: (knowledge.topic_order[fact.topics[0]], knowledge.facts.index(fact)))
    topics = tuple(dict.fromkeys(fact.topics[0] for fact in ordered))
    names = [knowledge.topic_by_id[topic].name for topic in context.features if topic in knowledge.topic_by_id]
    return Reply(
        answer=Answer(
            kind=Kind.ANSWER,
            lead=phrases.SUMMARY,
            facts=tuple(ordered),
            pitfalls=tuple(fact for fact in found if fact not in facts),
            notes=(phrases.FEATURES.format(what=", ".join(names)),) if names else (),
            understood=understood.copy(update={"topics": topics, "assumed": topics}),
            follow_ups=follow_ups(knowledge, topics, found),
            by_topic=True,
        )
    )


def decline_lay_reader(knowledge: Knowledge, turn: Turn) -> Reply:
    """Tell a patient or relative whom to ask instead."""
    return Reply(answer=_fixed(knowledge, turn, Kind.OUT_OF_SCOPE, phrases.LAY_READER))


def started_over(knowledge: Knowledge, turn: Turn) -> Reply:
    """Say that the conversation begins anew."""
    return Reply(answer=_fixed(knowledge, turn, Kind.SMALLTALK, phrases.STARTED_OVER))


def last_answer(knowledge: Knowledge, context: Context) -> Answer | None:
    """Return the last answer with facts as far as the conversation remembers it, for a mark."""
    facts = _facts(knowledge, context.shown)
    if not facts:
        return None
    likeliest = max(context.asked, key=lambda facet: context.asked[facet], default=Facet.USE)
    return Answer(
        kind=Kind.ANSWER, facts=facts, understood=Understood(intent=_intent(likeliest), topics=context.topics)
    )


def marked(knowledge: Knowledge, turn: Turn, mark: str, kept: bool) -> Reply:
    """Thank for a mark, and say whether it was kept."""
    lead = (phrases.MARKED if kept else phrases.NOT_MARKED)[mark]
    return Reply(answer=_fixed(knowledge, turn, Kind.SMALLTALK, lead))


def not_twice(said: Answer, context: Context) -> Answer:
    """Return the answer, unless it asks back and the last one did too: then say so and offer what there is."""
    if said.kind is not Kind.CLARIFY or context.last_kind != Kind.CLARIFY.value:
        return said
    return said.copy(update={"kind": Kind.OUT_OF_SCOPE, "lead": phrases.CLARIFY_AGAIN})


def _answer_topic(knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
    """Answer a topic by itself for what was asked last; with its main facts where that is not held or nothing was."""
    first = turn.questions[0]
    topics = (*turn.named, *_settings(knowledge, context.topics))
    wanted = first.copy(update={"topics": topics, "asked": {}, "likely": {}, "context": ()})
    carried = None
    if context.asked:
        likeliest = max(context.asked, key=lambda facet: context.asked[facet])
        carried = wanted.copy(update={"asked": dict(context.asked), "intent": _intent(likeliest)})
        said = answering.answer_question(knowledge, carried)
        if said.facts:
            return Reply(answer=_assuming(said, topics, turn.named), asked=context.asked)
    for asked in MAIN:
        main = wanted.copy(update={"asked": asked, "intent": _intent(next(iter(asked)))})
        said = answering.answer_question(knowledge, main)
        if said.facts:
            break
    if carried and said.facts:
        names = ", ".join(knowledge.topic_by_id[topic].name for topic in _about(knowledge, turn.named))
        note = phrases.NOT_HELD.format(what=f"{phrases.ASKED[likeliest]}; {names}")
        said = said.copy(update={"notes": (*said.notes, note)})
    return Reply(answer=_assuming(said, topics, turn.named), asked=context.asked or asked)


def _spoken_of(knowledge: Knowledge, said: Answer) -> tuple[str, ...]:
    """Return the topics of the facts where they are others than were named, or one of a group that was."""
    about = set(_about(knowledge, said.understood.topics))
    firsts = tuple(dict.fromkeys(fact.topics[0] for fact in said.facts))
    if len(firsts) == 1 and {knowledge.topic_by_id[topic].kind for topic in about} == {TopicKind.GROUP}:
        return firsts
    if any(about & {*fact.topics, *fact.touches} for fact in said.facts):
        return ()
    return firsts


def _assuming(said: Answer, topics: Sequence[str], named: Sequence[str]) -> Answer:
    assumed = tuple(topic for topic in topics if topic not in named)
    return said.copy(update={"understood": said.understood.copy(update={"assumed": assumed})})


def _completed(knowledge: Knowledge, turn: Turn, question: Question, context: Context) -> Question:
    """Give a question the topics that it leaves out."""
    about = _about(knowledge, context.topics)
    alone = len(turn.questions) == 1
    if not about or not alone or turn.words > FRAGMENT_WORDS:
        return question.copy(update={"context": context.topics})
    own = _about(knowledge, question.topics)
    fragment = turn.refers or turn.words <= FEW_WORDS
    if not own and fragment:
        return question.copy(update={"context": context.topics, "likely": {}, "refers": False})
    kinds = {knowledge.topic_by_id[topic].kind for topic in own}
    if kinds == {TopicKind.CONDITION} and not _holds(knowledge, own, question) and _holds(knowledge, about, question):
        return question.copy(update={"topics": (), "context": (*context.topics, *own)})
    if fragment and own and not set(own) & set(about) and _touched(knowledge, about, own, question):
        topics = tuple(dict.fromkeys((*about, *question.topics)))
        return question.copy(update={"topics": topics, "context": (), "likely": {}, "refers": False})
    # Whether it is joined with what was spoken of was decided here.
    return question.copy(update={"context": context.topics, "refers": False})


def _touched(knowledge: Knowledge, about: Sequence[str], own: Sequence[str], question: Question) -> bool:
    """Tell whether the facts on the topic spoken of answer what is asked of the topic named beside it."""
    total = sum(question.asked.values()) or 1.0
    for topic in about:
        for fact in knowledge.facts:
            # A bare question on the outlook ("how many die of it?") is about the disease.
            facets = [facet for facet in fact.answers(topic) if facet is not Facet.PROGNOSIS]
            if set(own) & set(fact.touches) and sum(question.asked.get(one, 0.0) for one in facets) >= TOUCHED * total:
                return True
    return False


def _holds(knowledge: Knowledge, topics: Sequence[str], question: Question) -> bool:
    return any(held_share(knowledge, topic, question.asked) >= HELD for topic in topics)


def _on_evidence(knowledge: Knowledge, turn: Turn, context: Context) -> bool:
    asked = turn.questions[0].asked
    likeliest = max(asked, key=lambda facet: asked[facet], default=None)
    leaning = turn.words <= FRAGMENT_WORDS and not _about(knowledge, turn.named)
    return bool(context.shown) and leaning and likeliest is Facet.EVIDENCE


def _with_sources(knowledge: Knowledge, said: Answer) -> Answer:
    """Add what the document tells of its sources, and where it lists none."""
    kinds: dict[str, list[str]] = {}
    markers = cited_markers(said)
    for marker in markers:
        if marker <= len(knowledge.references):
            kinds.setdefault(knowledge.references[marker - 1].kind, []).append(f"[{marker}]")
    notes = [phrases.REFERENCE_KINDS[kind].format(markers=", ".join(named)) for kind, named in sorted(kinds.items())]
    unlisted = [str(marker) for marker in markers if marker > len(knowledge.references)]
    if unlisted:
        notes.append(phrases.UNLISTED_NOTE.format(markers=", ".join(unlisted)))
    notes.append(phrases.STUDY_DESIGN)
    return said.copy(update={"notes": tuple(dict.fromkeys((*said.notes, *notes)))})


def _open(knowledge: Knowledge, topic: str) -> str:
    """Name what is often asked and the document does not say of a topic."""
    entry = knowledge.topic_by_id[topic]
    asked = [facet for facet in GAPS if entry.read_as and entry.kind is TopicKind.SUBJECT or facet not in OF_DRUGS]
    missing = [phrases.ASKED[facet] for facet in asked if not held_share(knowledge, topic, {facet: 1.0})]
    return phrases.OPEN.format(topic=entry.name, what="; ".join(missing)) if missing else ""


def _fixed(knowledge: Knowledge, turn: Turn, kind: Kind, lead: str) -> Answer:
    understood = Understood(intent=turn.whole.intent, confidence=turn.whole.confidence)
    offered = choices(knowledge, {})
    return Answer(kind=kind, lead=lead, understood=understood, follow_ups=offered)


def _facts(knowledge: Knowledge, ids: Sequence[str]) -> tuple[Fact, ...]:
    return tuple(knowledge.fact_by_id[fact] for fact in ids if fact in knowledge.fact_by_id)


def _about(knowledge: Knowledge, topics: Sequence[str]) -> tuple[str, ...]:
    return subjects(knowledge, topics)


def _settings(knowledge: Knowledge, topics: Sequence[str]) -> tuple[str, ...]:
    return tuple(topic for topic in topics if knowledge.topic_by_id[topic].kind is TopicKind.SETTING)


def _intent(facet: Facet) -> str:
    return "state_claim" if facet is Facet.CLAIM else f"ask_{facet.value}"
