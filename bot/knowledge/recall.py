"""Answers about what was said: where it stands, how sure it is, what it leaves open, a summary, a mark for it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.knowledge import answering, phrases
from bot.knowledge.answer import Answer, Kind, Understood, cited_markers
from bot.knowledge.context import Context
from bot.knowledge.model import Facet, Fact, Knowledge, TopicKind
from bot.knowledge.selection import choices, follow_ups, held_share, likeliest, subjects
from bot.knowledge.turn import Reply, Turn

GAPS = (
    Facet.DOSE, Facet.ADMINISTRATION, Facet.FREQUENCY, Facet.DURATION, Facet.RISK, Facet.INTERACTION,
    Facet.ALTERNATIVE, Facet.MONITORING, Facet.EVIDENCE,
)  # fmt: skip
"""What is often asked of a topic: named as left open where no fact answers it."""
OF_DRUGS = {Facet.DOSE, Facet.ADMINISTRATION, Facet.FREQUENCY, Facet.DURATION, Facet.INTERACTION}


def sources(knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
    """Give the facts of the last answer, or those of them on a topic named, with where each stands."""
    about = subjects(knowledge, turn.named)
    shown = _facts(knowledge, context.shown)
    on = tuple(fact for fact in shown if set(about) & set(fact.topics))
    facts = on or tuple(fact for fact in shown if set(about) & set(fact.touches)) if about else shown
    question = turn.whole.copy(update={"topics": turn.named, "context": context.topics})
    said = answering.source_of(knowledge, question, [fact.id for fact in facts])
    return Reply(answer=with_sources(knowledge, said) if said.facts else said)


def both_sides(knowledge: Knowledge, turn: Turn, context: Context) -> Reply | None:
    """Show the two halves of a tension of the last answer again ("so which is it?"), or None where it had none."""
    if set(subjects(knowledge, turn.named)) - set(context.topics):
        return None
    shown = set(context.shown)
    halves = [fact for tension in knowledge.tensions if shown.issuperset(tension.facts) for fact in tension.facts]
    facts = _facts(knowledge, [fact for fact in context.shown if fact in halves])
    if not facts:
        return None
    topics = tuple(dict.fromkeys(fact.topics[0] for fact in facts))
    understood = Understood(intent=turn.whole.intent, confidence=turn.whole.confidence, topics=topics, assumed=topics)
    said = Answer(
        kind=Kind.ANSWER,
        lead=phrases.BOTH_SIDES,
        facts=facts,
        understood=understood,
        follow_ups=follow_ups(knowledge, topics, facts),
        placed=True,
    )
    return Reply(answer=said, topics=context.topics)


def reference(knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
    """Tell what stands behind one marker, with the facts of the last answer that bear it."""
    marker = turn.reference or 0
    if 1 <= marker <= len(knowledge.references):
        entry = knowledge.references[marker - 1]
        line = phrases.REFERENCE_LISTED.format(
            marker=marker, title=entry.title.rstrip("."), publisher=entry.publisher, year=entry.year, kind=entry.kind
        )
    elif marker > knowledge.document.markers:
        line = phrases.REFERENCE_UNKNOWN.format(marker=marker, markers=knowledge.document.markers)
    else:
        line = phrases.REFERENCE_UNLISTED.format(marker=marker)
    facts = tuple(fact for fact in _facts(knowledge, context.shown) if marker in fact.citations)
    topics = context.topics if facts else ()
    understood = Understood(
        intent=turn.whole.intent, confidence=turn.whole.confidence, topics=topics, assumed=topics
    )  # fmt: skip
    return Reply(
        answer=Answer(
            kind=Kind.ANSWER if facts else Kind.SMALLTALK,
            lead=line,
            facts=facts,
            markers=(marker,),
            understood=understood,
            follow_ups=follow_ups(knowledge, topics, facts) if facts else choices(knowledge, {}),
            placed=True,
        )
    )


def gaps(knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
    """Give the facts of the last answer, and what the document leaves open on their topic."""
    topics = subjects(knowledge, turn.named) or subjects(knowledge, context.topics)
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
    found = _facts(knowledge, context.shown_before)
    warnings = {pitfall.fact for pitfall in knowledge.pitfalls}
    facts = tuple(fact for fact in found if fact.id not in warnings) or found
    understood = Understood(intent=turn.whole.intent, confidence=turn.whole.confidence)
    if not facts:
        lead, offered = phrases.NOTHING_SHOWN, choices(knowledge, {})
        return Reply(answer=Answer(kind=Kind.CLARIFY, lead=lead, understood=understood, follow_ups=offered))
    ordered = sorted(facts, key=lambda fact: (knowledge.topic_order[fact.topics[0]], knowledge.facts.index(fact)))
    topics = tuple(dict.fromkeys(fact.topics[0] for fact in ordered))
    told = [knowledge.topic_by_id[topic].name for topic in context.features if topic in knowledge.topic_by_id]
    told += [f"{what} {value:g}" for what, value in context.measured.items() if value is not None]
    return Reply(
        answer=Answer(
            kind=Kind.ANSWER,
            lead=phrases.SUMMARY,
            facts=tuple(ordered),
            pitfalls=tuple(fact for fact in found if fact not in facts),
            notes=(phrases.FEATURES.format(what=", ".join(told)),) if told else (),
            understood=understood.copy(update={"topics": topics, "assumed": topics}),
            follow_ups=follow_ups(knowledge, topics, found),
            placed=True,
            by_topic=True,
        )
    )


def last_answer(knowledge: Knowledge, context: Context) -> Answer | None:
    """Return the last answer with facts as far as the conversation remembers it, for a mark."""
    facts = tuple(knowledge.fact_by_id[fact] for fact in context.shown if fact in knowledge.fact_by_id)
    if not facts:
        return None
    intent = answering.intent_of(likeliest(context.asked) or Facet.USE)
    return Answer(kind=Kind.ANSWER, facts=facts, understood=Understood(intent=intent, topics=context.topics))


def with_sources(knowledge: Knowledge, said: Answer) -> Answer:
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
    return said.copy(update={"notes": tuple(dict.fromkeys((*said.notes, *notes))), "placed": True})


def _open(knowledge: Knowledge, topic: str) -> str:
    """Name what is often asked and the document does not say of a topic."""
    entry = knowledge.topic_by_id[topic]
    asked = [facet for facet in GAPS if entry.read_as and entry.kind is TopicKind.SUBJECT or facet not in OF_DRUGS]
    missing = [phrases.ASKED[facet] for facet in asked if not held_share(knowledge, topic, {facet: 1.0})]
    return phrases.OPEN.format(topic=entry.name, what="; ".join(missing)) if missing else ""


def _facts(knowledge: Knowledge, ids: Sequence[str]) -> tuple[Fact, ...]:
    """Return the facts of some ids that hold for this patient: what was taken back is not shown again."""
    held = {fact.id: fact for fact in knowledge.facts}
    return tuple(held[fact] for fact in ids if fact in held)
