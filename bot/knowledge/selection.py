"""Selection: (topics, what is asked of them) -> facts, the warnings that belong to them, and what is missing.

What is asked comes as weights over all facets, because a classifier is rarely sure of one: the facets
that a topic's facts answer compete among themselves, and against those that the document leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from bot.knowledge.model import Entry, Facet, Fact, Knowledge, TopicKind

FOLLOW_UPS = 3
# Chosen on the development questions; see docs/decisions.md.
LEAST_HELD_SHARE = 0.35
NEAR_BEST = 0.7
TOUCH = 0.5
SURE, VERY_SURE, UNLIKELY = 0.35, 0.7, 0.05
PLAIN, FAINT = 0.5, 0.15
NAMELESS = 0.6
"""Least likelihood of a bullet for which a message that names nothing is answered and not asked back."""

Weights = Mapping[Facet, float]


def likeliest(asked: Weights) -> Facet | None:
    """Return the facet of most weight, the first of several; None where nothing is asked."""
    return max(asked, key=lambda facet: asked[facet], default=None)


class Selection(Entry):
    """The facts that answer a question; ``missing`` are topics of which the document does not say it."""

    facts: tuple[Fact, ...] = ()
    pitfalls: tuple[Fact, ...] = ()
    missing: tuple[str, ...] = ()


def subjects(knowledge: Knowledge, topics: Iterable[str]) -> tuple[str, ...]:
    """Reduce the topics named to those that the question is about, in the order named.

    A subject outweighs a group ("first-line wound care" is about wound care), a group the
    condition, and the condition a patient's setting.
    """
    named = [knowledge.topic_by_id[topic] for topic in dict.fromkeys(topics) if topic in knowledge.topic_by_id]
    for kind in (TopicKind.SUBJECT, TopicKind.GROUP, TopicKind.CONDITION, TopicKind.SETTING):
        found = tuple(topic.id for topic in named if topic.kind is kind and _facts_on(knowledge, topic.id))
        if found:
            return found
    return ()


def select(
    knowledge: Knowledge, topics: Sequence[str], asked: Weights, likely: Mapping[str, float] | None = None
) -> Selection:
    """Choose the facts that answer what is asked of the topics.

    Args:
        knowledge: the knowledge base.
        topics: ids of topics as named in the question, in its order.
        asked: weight of each facet, 0 or more; their sum need not be 1. Nothing asked counts as "what about it?".
        likely: probability, by locator, that the bullet answers the question, where a reader has learnt it.

    Returns:
        facts by topic in the order named, then those shown along with them; warnings; and the topics of
        which the document does not say what is asked.
    """
    about = subjects(knowledge, topics)
    asked = asked or {Facet.USE: 1.0}
    chosen: dict[str, list[Fact]] = {}
    missing: list[str] = []
    for topic in about:
        if held_share(knowledge, topic, asked) < LEAST_HELD_SHARE:
            missing.append(topic)
        else:
            chosen[topic] = _best_facts(knowledge, topic, topics, asked)
    kept = _as_learnt(knowledge, _without_covered(about, chosen), asked, likely or {})
    direct = list(dict.fromkeys(fact for facts in kept.values() for fact in facts))
    if likeliest(asked) is Facet.CLAIM:
        # What corrects a claim comes first, whatever else it speaks of.
        direct.sort(key=lambda fact: -(likely or {}).get(fact.locator, 0.0))
    facts = _with_companions(knowledge, direct)
    facets = {_facet(fact, topic, asked) for topic, found in kept.items() for fact in found if fact.answers(topic)}
    covered = {topic for fact in direct for topic in (*fact.topics, *fact.touches)}
    return Selection(
        facts=tuple(facts),
        pitfalls=tuple(_warnings(knowledge, kept, facets, facts)),
        missing=tuple(topic for topic in missing if topic not in covered),
    )


def merge(selections: Sequence[Selection]) -> Selection:
    """Join the selections of several questions, in their order; a warning that is also a fact is shown once."""
    facts = tuple(dict.fromkeys(fact for part in selections for fact in part.facts))
    pitfalls = dict.fromkeys(fact for part in selections for fact in part.pitfalls if fact not in facts)
    missing = dict.fromkeys(topic for part in selections for topic in part.missing)
    return Selection(facts=facts, pitfalls=tuple(pitfalls), missing=tuple(missing))


def held_share(knowledge: Knowledge, topic: str, asked: Weights) -> float:
    """Return the part of the weight, 0 to 1, that lies on facets which some fact answers of this topic."""
    held = {facet for fact in knowledge.facts for facet in fact.answers(topic)}
    total = sum(asked.values())
    return sum(asked.get(facet, 0.0) for facet in held) / total if total else 0.0


def speak_of(knowledge: Knowledge, topics: Sequence[str], others: Iterable[str]) -> bool:
    """Tell whether facts on topics speak of others too: what is asked of those may mean these."""
    beyond = set(others) - set(topics)
    return any(
        beyond & set(fact.touches)
        for topic in subjects(knowledge, topics)
        for fact in knowledge.facts
        if topic in fact.topics
    )


def follow_ups(knowledge: Knowledge, topics: Sequence[str], shown: Iterable[Fact]) -> tuple[str, ...]:
    """Return questions on the same topics that the answer has not answered, else on other topics."""
    # Ids and not facts: the digest of a whole fact takes longer than all the rest.
    seen = {fact.id for fact in shown}
    about = set(subjects(knowledge, topics))
    near = (fact for fact in knowledge.facts if not about.isdisjoint(fact.topics))
    offered: dict[str, None] = {}
    for fact in chain(near, _leading_facts(knowledge)):
        if len(offered) == FOLLOW_UPS:
            break
        if fact.id not in seen:
            offered[fact.question] = None
    return tuple(offered)


def choices(knowledge: Knowledge, asked: Weights, most: int = 4) -> tuple[str, ...]:
    """Return one question a topic that answers what is asked: what to offer when no topic was named."""
    facet = max(asked, key=lambda one: asked[one], default=Facet.USE)
    leading = _leading_facts(knowledge, facet)
    if len(leading) < 2:
        leading = [*leading, *_leading_facts(knowledge)]
    return tuple(dict.fromkeys(fact.question for fact in leading))[:most]


def _leading_facts(knowledge: Knowledge, facet: Facet | None = None) -> list[Fact]:
    """Return the first fact of each topic, or the first that answers a facet."""
    leading: dict[str, Fact] = {}
    for fact in knowledge.facts:
        if facet is None or facet in fact.facets:
            leading.setdefault(fact.topics[0], fact)
    return list(leading.values())


def _facts_on(knowledge: Knowledge, topic: str) -> list[Fact]:
    return [fact for fact in knowledge.facts if fact.answers(topic)]


def _weight(fact: Fact, topic: str, asked: Weights) -> float:
    return max((asked.get(facet, 0.0) for facet in fact.answers(topic)), default=0.0)


def _facet(fact: Fact, topic: str, asked: Weights) -> Facet:
    return max(fact.answers(topic), key=lambda facet: asked.get(facet, 0.0))


def _best_facts(knowledge: Knowledge, topic: str, named: Sequence[str], asked: Weights) -> list[Fact]:
    """Choose the facts on one topic whose facets weigh most; one that touches another topic named weighs more."""
    candidates = _facts_on(knowledge, topic)
    others = set(named) - {topic}
    scores = {
        fact.id: _weight(fact, topic, asked) * (1 + TOUCH * len(others & {*fact.touches, *fact.topics}))
        for fact in candidates
    }
    best = max(scores.values(), default=0.0)
    return [fact for fact in candidates if best > 0 and scores[fact.id] >= NEAR_BEST * best]


def _without_covered(about: Sequence[str], chosen: Mapping[str, list[Fact]]) -> dict[str, list[Fact]]:
    """Drop a topic that the facts chosen for another one speak of too: "does STS improve survival?" is one question."""
    kept: dict[str, list[Fact]] = {}
    for topic in about:
        others = [fact for other, facts in chosen.items() if other != topic for fact in facts]
        own_touch = any(other in fact.touches for fact in chosen.get(topic, ()) for other in chosen if other != topic)
        if topic in chosen and (own_touch or not any(topic in fact.touches for fact in others)):
            kept[topic] = chosen[topic]
    return kept


def _as_learnt(
    knowledge: Knowledge, kept: Mapping[str, list[Fact]], asked: Weights, likely: Mapping[str, float]
) -> dict[str, list[Fact]]:
    """Correct the choice by words through what a reader has learnt of whole questions.

    Where nothing but the condition was named and no overview is asked, bullets that it is sure of take the place
    of the choice. Where a subject was named, a bullet that it is very sure of is added, and one that it holds for
    unlikely goes, as long as another stays. A question on a group of topics is answered as the group says.
    """
    kinds = {knowledge.topic_by_id[topic].kind for topic in kept}
    named = TopicKind.SUBJECT in kinds
    if TopicKind.GROUP in kinds:
        return _without_unlikely_groups(kept, likely)
    if likeliest(asked) is Facet.OVERVIEW and not named:
        return dict(kept)
    supported = any(likely.get(fact.locator, 0.0) >= UNLIKELY for facts in kept.values() for fact in facts)
    least = VERY_SURE if supported else PLAIN
    sure = [where for where, share in likely.items() if share >= (least if named else SURE)]
    if not sure:
        return dict(kept)
    facts = {
        topic: [fact for fact in found if likely.get(fact.locator, 0.0) >= UNLIKELY] for topic, found in kept.items()
    }
    result = {topic: found for topic, found in facts.items() if found} if named else {}
    shown = {fact.locator for found in result.values() for fact in found}
    for where in sure:
        if where not in shown:
            own = [fact for fact in knowledge.facts if fact.locator == where]
            best = max((_weight(fact, fact.topics[0], asked) for fact in own), default=0.0)
            if not best and len(own) < sum(fact.locator == where for fact in knowledge.fact_by_id.values()):
                # What was meant does not hold for this patient.
                continue
            topic = own[0].topics[0]
            result.setdefault(topic, []).extend(
                fact for fact in own if _weight(fact, fact.topics[0], asked) >= NEAR_BEST * best
            )
    return result


def _without_unlikely_groups(kept: Mapping[str, list[Fact]], likely: Mapping[str, float]) -> dict[str, list[Fact]]:
    """Drop a topic none of whose bullets is likely, where a reader is very sure of a bullet of another."""
    best = {topic: max((likely.get(fact.locator, 0.0) for fact in facts), default=0.0) for topic, facts in kept.items()}
    if max(best.values(), default=0.0) < VERY_SURE:
        return dict(kept)
    return {topic: facts for topic, facts in kept.items() if best[topic] >= FAINT}


def _with_companions(knowledge: Knowledge, direct: Sequence[Fact]) -> list[Fact]:
    """Add the facts that are shown with those asked for; one step only, not their companions' own."""
    ids = {fact.id for fact in direct}
    brought = [fact for fact in knowledge.facts if fact.id not in ids and ids & set(fact.brought_by)]
    return [*direct, *brought]


def _warnings(knowledge: Knowledge, topics: Iterable[str], facets: set[Facet], facts: Sequence[Fact]) -> list[Fact]:
    """Return the pitfalls of these topics and facets, and the other half of each tension touched."""
    shown = {fact.id for fact in facts}
    ids = [
        pitfall.fact
        for pitfall in knowledge.pitfalls
        if set(pitfall.topics) & set(topics) and set(pitfall.facets) & facets
    ]
    for tension in knowledge.tensions:
        used = shown | set(ids)
        ids += [other for one, other in (tension.facts, tension.facts[::-1]) if one in used]
    return [knowledge.fact_by_id[fact] for fact in dict.fromkeys(ids) if fact not in shown]
