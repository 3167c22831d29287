"""Selection: what belongs to a topic and a facet is shown, all of it and nothing else, in a fixed order."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import pytest

from bot.knowledge.model import Facet, Fact, Knowledge, Topic, TopicKind
from bot.knowledge.selection import (
    FOLLOW_UPS,
    Selection,
    choices,
    follow_ups,
    held_share,
    merge,
    select,
    subjects,
)
from bot.knowledge.words import stems


def ids(facts: Iterable[Fact]) -> list[str]:
    return [fact.id for fact in facts]


def held_facets(knowledge: Knowledge, topic: str) -> list[Facet]:
    return [facet for facet in Facet if any(facet in fact.answers(topic) for fact in knowledge.facts)]


# What a question is about.


def test_a_subject_outweighs_a_group_a_group_the_condition_and_that_a_setting(made_up_knowledge: Knowledge) -> None:
    order = ["young_dragon", "scale_blight", "blight_care", "cave_rest", "moon_salve"]
    assert subjects(made_up_knowledge, order) == ("cave_rest", "moon_salve")
    assert subjects(made_up_knowledge, order[:3]) == ("blight_care",)
    assert subjects(made_up_knowledge, order[:2]) == ("scale_blight",)
    assert subjects(made_up_knowledge, order[:1]) == (), "a setting without facts is nothing to ask about"


def test_subjects_come_once_in_the_order_named_and_without_unknown_ones(made_up_knowledge: Knowledge) -> None:
    named = ["moon_salve", "wings", "cave_rest", "moon_salve"]
    assert subjects(made_up_knowledge, named) == ("moon_salve", "cave_rest")
    assert subjects(made_up_knowledge, []) == ()


# Facts and their companions.


def test_one_topic_and_one_facet_give_just_their_facts(made_up_knowledge: Knowledge) -> None:
    assert ids(select(made_up_knowledge, ["cave_rest"], {Facet.MONITORING: 1.0}).facts) == ["cave.end"]
    assert ids(select(made_up_knowledge, ["moon_salve"], {Facet.FREQUENCY: 1.0}).facts) == ["salve.course"]


def test_a_companion_is_shown_with_the_fact_that_brings_it_but_not_the_other_way(made_up_knowledge: Knowledge) -> None:
    assert ids(select(made_up_knowledge, ["moon_salve"], {Facet.DOSE: 1.0}).facts) == ["salve.dose", "salve.course"]
    assert ids(select(made_up_knowledge, ["moon_salve"], {Facet.DURATION: 1.0}).facts) == ["salve.course"]


def test_a_companion_brings_no_companion_of_its_own(made_up_knowledge: Knowledge) -> None:
    altered = [
        fact.copy(update={"brought_by": ("salve.course",)}) if fact.id == "salve.shine" else fact
        for fact in made_up_knowledge.facts
    ]
    knowledge = made_up_knowledge.copy(update={"facts": tuple(altered), "pitfalls": ()})
    assert ids(select(knowledge, ["moon_salve"], {Facet.DOSE: 1.0}).facts) == ["salve.dose", "salve.course"]
    assert ids(select(knowledge, ["moon_salve"], {Facet.FREQUENCY: 1.0}).facts) == ["salve.course", "salve.shine"]


def test_a_group_gives_the_facts_of_its_subjects(made_up_knowledge: Knowledge) -> None:
    facts = select(made_up_knowledge, ["blight_care"], {Facet.USE: 1.0}).facts
    assert ids(facts) == ["salve.dose", "cave.effect", "salve.course"]


def test_a_fact_answers_a_further_topic_only_for_the_facets_named(made_up_knowledge: Knowledge) -> None:
    assert ids(select(made_up_knowledge, ["moon_salve"], {Facet.MONITORING: 1.0}).facts) == ["cave.end"]
    assert "cave.end" not in ids(select(made_up_knowledge, ["moon_salve"], {Facet.DURATION: 1.0}).facts)


def test_on_the_real_file_a_pair_shows_all_its_facts_their_companions_and_nothing_else(
    real_knowledge: Knowledge,
) -> None:
    checked = 0
    for topic, facet in itertools.product(real_knowledge.topics, Facet):
        facts = select(real_knowledge, [topic.id], {facet: 1.0}).facts
        direct = [fact for fact in real_knowledge.facts if facet in fact.answers(topic.id)]
        shown = ids(direct)
        brought = [fact for fact in real_knowledge.facts if fact.id not in shown and set(fact.brought_by) & set(shown)]
        assert ids(facts) == [*shown, *ids(brought)], (topic.id, facet)
        checked += bool(direct)
    assert checked


def test_every_fact_of_the_real_file_is_reachable(real_knowledge: Knowledge) -> None:
    shown = {
        fact.id
        for topic, facet in itertools.product(real_knowledge.topics, Facet)
        for fact in select(real_knowledge, [topic.id], {facet: 1.0}).facts
    }
    assert [fact.id for fact in real_knowledge.facts if fact.id not in shown] == [], "no topic and facet shows them"


# Warnings.


def test_a_dose_comes_with_its_warning(made_up_knowledge: Knowledge) -> None:
    selection = select(made_up_knowledge, ["moon_salve"], {Facet.DOSE: 1.0})
    assert ids(selection.pitfalls) == ["salve.shine"]


def test_a_warning_that_is_the_answer_is_not_shown_again(made_up_knowledge: Knowledge) -> None:
    selection = select(made_up_knowledge, ["moon_salve"], {Facet.RISK: 1.0})
    assert (ids(selection.facts), ids(selection.pitfalls)) == (["salve.shine"], [])


def test_a_warning_stays_away_from_other_facets_and_topics(made_up_knowledge: Knowledge) -> None:
    assert select(made_up_knowledge, ["moon_salve"], {Facet.FREQUENCY: 1.0}).pitfalls == ()
    assert select(made_up_knowledge, ["scale_blight"], {Facet.USE: 1.0}).pitfalls == ()


def test_a_tension_shows_its_other_half_both_ways(made_up_knowledge: Knowledge) -> None:
    for facet, fact, other in ((Facet.EFFECT, "cave.effect", "cave.haste"), (Facet.RISK, "cave.haste", "cave.effect")):
        selection = select(made_up_knowledge, ["cave_rest"], {facet: 1.0})
        assert ids(selection.facts) == [fact]
        assert ids(selection.pitfalls) == [other]


def test_a_warning_by_pitfall_and_by_tension_is_shown_once(made_up_knowledge: Knowledge) -> None:
    selection = select(made_up_knowledge, ["cave_rest"], {Facet.USE: 1.0})
    assert ids(selection.facts) == ["cave.effect"]
    assert ids(selection.pitfalls) == ["cave.haste"]


def test_real_tensions_hold_both_ways_whatever_is_asked(real_knowledge: Knowledge) -> None:
    assert real_knowledge.tensions
    met = set()
    for topic, facet in itertools.product(real_knowledge.topics, Facet):
        selection = select(real_knowledge, [topic.id], {facet: 1.0})
        for one, other in itertools.chain(*(itertools.permutations(both.facts) for both in real_knowledge.tensions)):
            if one in ids(selection.facts):
                met.add(one)
                assert other in ids((*selection.facts, *selection.pitfalls)), (topic.id, facet, one)
    assert met == {fact for tension in real_knowledge.tensions for fact in tension.facts}


def test_real_pitfalls_go_with_every_fact_of_their_topics_and_facets(real_knowledge: Knowledge) -> None:
    assert real_knowledge.pitfalls
    for pitfall in real_knowledge.pitfalls:
        for topic, facet in itertools.product(pitfall.topics, pitfall.facets):
            selection = select(real_knowledge, [topic], {facet: 1.0})
            if any(facet in fact.answers(topic) for fact in real_knowledge.facts):
                assert pitfall.fact in ids((*selection.facts, *selection.pitfalls)), (pitfall.fact, topic, facet)


def test_a_warning_goes_with_its_fact_beside_another_topic_too(real_knowledge: Knowledge) -> None:
    """Two subjects in one question: the warnings of each are there where its own facts are."""
    named = [topic.id for topic in real_knowledge.topics if topic.kind is TopicKind.SUBJECT]
    checked = 0
    for pitfall, other in itertools.product(real_knowledge.pitfalls, named):
        for topic, facet in itertools.product(pitfall.topics, pitfall.facets):
            if topic == other:
                continue
            selection = select(real_knowledge, [other, topic], {facet: 1.0})
            own = [fact for fact in selection.facts if facet in fact.answers(topic) and topic in fact.topics]
            exclusive = [fact for fact in own if other not in (*fact.topics, *fact.touches)]
            if exclusive:
                checked += 1
                assert pitfall.fact in ids((*selection.facts, *selection.pitfalls)), (pitfall.fact, other, topic, facet)
    assert checked


# Several topics.


def test_two_topics_get_their_facts_in_the_order_named(made_up_knowledge: Knowledge) -> None:
    both = ["moon_salve", "cave_rest"]
    assert ids(select(made_up_knowledge, both, {Facet.RISK: 1.0}).facts) == ["salve.shine", "cave.haste"]
    assert ids(select(made_up_knowledge, both[::-1], {Facet.RISK: 1.0}).facts) == ["cave.haste", "salve.shine"]


def test_a_fact_that_touches_the_other_topic_named_speaks_for_both(made_up_knowledge: Knowledge) -> None:
    selection = select(made_up_knowledge, ["cave_rest", "moon_salve"], {Facet.USE: 1.0})
    assert ids(selection.facts) == ["cave.effect"], "`cave.effect` touches moon salve: one question, not two"


def test_a_topic_without_the_facet_is_missing_unless_a_shown_fact_touches_it(made_up_knowledge: Knowledge) -> None:
    touched = select(made_up_knowledge, ["cave_rest", "moon_salve"], {Facet.EFFECT: 1.0})
    assert (ids(touched.facts), touched.missing) == (["cave.effect"], ())
    untouched = select(made_up_knowledge, ["cave_rest", "moon_salve"], {Facet.DOSE: 1.0})
    assert ids(untouched.facts) == ["salve.dose", "salve.course"]
    assert untouched.missing == ("cave_rest",)


def test_a_real_fact_that_touches_the_other_topic_is_preferred(real_knowledge: Knowledge) -> None:
    checked = 0
    for fact in real_knowledge.facts:
        for topic, touched, facet in itertools.product(fact.topics, fact.touches, fact.facets):
            kinds = {real_knowledge.topic_by_id[name].kind for name in (topic, touched)}
            if kinds == {TopicKind.SUBJECT}:
                checked += 1
                assert fact in select(real_knowledge, [topic, touched], {facet: 1.0}).facts, (fact.id, touched, facet)
    assert checked


# What is not there.


def test_a_facet_that_no_fact_of_the_topic_answers_gives_no_facts(made_up_knowledge: Knowledge) -> None:
    assert select(made_up_knowledge, ["cave_rest"], {Facet.DOSE: 1.0}) == Selection(missing=("cave_rest",))


def test_nothing_asked_counts_as_what_about_it(made_up_knowledge: Knowledge) -> None:
    assert select(made_up_knowledge, ["cave_rest"], {}) == select(made_up_knowledge, ["cave_rest"], {Facet.USE: 1.0})
    assert select(made_up_knowledge, [], {Facet.DOSE: 1.0}) == Selection()


def test_no_real_topic_answers_what_its_facts_do_not(real_knowledge: Knowledge) -> None:
    checked = 0
    for topic in real_knowledge.topics:
        for facet in set(Facet) - set(held_facets(real_knowledge, topic.id)):
            selection = select(real_knowledge, [topic.id], {facet: 1.0})
            assert (selection.facts, selection.pitfalls) == ((), ()), (topic.id, facet)
            checked += 1
    assert checked


def test_the_share_held(made_up_knowledge: Knowledge) -> None:
    assert held_share(made_up_knowledge, "cave_rest", {}) == 0
    assert held_share(made_up_knowledge, "cave_rest", {Facet.DOSE: 0.5}) == 0
    assert held_share(made_up_knowledge, "cave_rest", {Facet.USE: 0.2, Facet.RISK: 0.1}) == pytest.approx(1)
    assert held_share(made_up_knowledge, "cave_rest", {Facet.USE: 1.0, Facet.DOSE: 3.0}) == pytest.approx(0.25)


# Order.


def test_the_order_of_weights_changes_nothing(real_knowledge: Knowledge) -> None:
    for topic in real_knowledge.topics:
        weights = {facet: 1.0 + place / 100 for place, facet in enumerate(held_facets(real_knowledge, topic.id))}
        turned = dict(reversed(weights.items()))
        one, other = (select(real_knowledge, [topic.id], asked) for asked in (weights, turned))
        assert one == other == select(real_knowledge, [topic.id], weights)


def test_the_size_of_weights_changes_nothing(real_knowledge: Knowledge) -> None:
    for topic in real_knowledge.topics:
        weights = {facet: 0.125 * (1 + place % 3) for place, facet in enumerate(Facet)}
        doubled = {facet: 2 * weight for facet, weight in weights.items()}
        assert select(real_knowledge, [topic.id], weights) == select(real_knowledge, [topic.id], doubled)


def test_facts_of_one_topic_stand_in_the_order_of_the_file(real_knowledge: Knowledge) -> None:
    rank = {fact.id: place for place, fact in enumerate(real_knowledge.facts)}
    for topic, facet in itertools.product(real_knowledge.topics, Facet):
        facts = select(real_knowledge, [topic.id], {facet: 1.0}).facts
        direct = [rank[fact.id] for fact in facts if facet in fact.answers(topic.id)]
        assert direct == sorted(direct), (topic.id, facet)


# Joined selections, follow-ups and choices.


def test_joined_selections_keep_their_order_and_show_nothing_twice(made_up_knowledge: Knowledge) -> None:
    dose = select(made_up_knowledge, ["moon_salve"], {Facet.DOSE: 1.0})
    risk = select(made_up_knowledge, ["moon_salve"], {Facet.RISK: 1.0})
    joined = merge([dose, risk, dose])
    assert ids(joined.facts) == ["salve.dose", "salve.course", "salve.shine"]
    assert joined.pitfalls == (), "the warning of the one is a fact of the other"
    assert merge([]) == Selection()
    missing = select(made_up_knowledge, ["cave_rest"], {Facet.DOSE: 1.0})
    assert merge([missing, dose, missing]).missing == ("cave_rest",)


def test_follow_ups_are_other_questions_those_on_the_topic_first(made_up_knowledge: Knowledge) -> None:
    shown = [made_up_knowledge.fact_by_id["salve.dose"], made_up_knowledge.fact_by_id["salve.course"]]
    offered = follow_ups(made_up_knowledge, ["moon_salve"], shown)
    assert 0 < len(offered) <= FOLLOW_UPS
    assert offered[0] == made_up_knowledge.fact_by_id["salve.shine"].question
    assert not set(offered) & {fact.question for fact in shown}


def test_choices_are_one_a_topic_on_what_is_asked(made_up_knowledge: Knowledge) -> None:
    risk = [made_up_knowledge.fact_by_id[name].question for name in ("salve.shine", "cave.haste")]
    assert list(choices(made_up_knowledge, {Facet.RISK: 1.0, Facet.USE: 0.1})) == risk


def test_there_are_two_to_four_choices_whatever_is_asked(
    real_knowledge: Knowledge, made_up_knowledge: Knowledge
) -> None:
    for knowledge in (real_knowledge, made_up_knowledge):
        for facet in Facet:
            assert 2 <= len(set(choices(knowledge, {facet: 1.0}))) <= 4, facet
        assert 2 <= len(choices(knowledge, {})) <= 4


def mentions(knowledge: Knowledge, fact: Fact, question: str) -> bool:
    """Tell whether a question has a content word of a topic that the fact is about, the condition's name apart."""
    names = (*fact.topics, *(also.topic for also in fact.also))
    topics: list[Topic] = [knowledge.topic_by_id[name] for name in names]
    return any(stems(question) & stems(word) for topic in topics for word in (topic.name, *topic.words))


def test_each_question_of_the_real_file_mentions_a_topic_of_its_fact(real_knowledge: Knowledge) -> None:
    silent = [fact.id for fact in real_knowledge.facts if not mentions(real_knowledge, fact, fact.question)]
    assert silent == [], "put a word of the fact's topic into its question: it is offered without its context"


def test_a_question_without_its_topic_is_found(made_up_knowledge: Knowledge) -> None:
    fact = made_up_knowledge.fact_by_id["salve.shine"]
    assert mentions(made_up_knowledge, fact, fact.question)
    assert not mentions(made_up_knowledge, fact, "What can go wrong?")


# A claim.


@pytest.mark.parametrize("turned", [False, True])
def test_a_claim_is_corrected_by_the_likeliest_bullet_first(made_up_knowledge: Knowledge, turned: bool) -> None:
    bullets = list(dict.fromkeys(fact.locator for fact in made_up_knowledge.facts))[:2]
    first, second = reversed(bullets) if turned else bullets
    topics = [fact.topics[0] for fact in made_up_knowledge.facts if fact.locator in bullets]
    shown = select(made_up_knowledge, topics, {Facet.CLAIM: 1.0}, {first: 0.95, second: 0.8}).facts
    places = [fact.locator for fact in shown]
    assert {first, second} <= set(places)
    assert places.index(first) < places.index(second)


# What a reader has learnt of whole questions.


def test_a_choice_that_nothing_speaks_for_gives_way_to_a_likely_bullet(made_up_knowledge: Knowledge) -> None:
    use, own, other = {Facet.USE: 1.0}, "salves-and-rest/3", "salves-and-rest/1"
    assert ids(select(made_up_knowledge, ["cave_rest"], use).facts) == ["cave.effect"]
    assert "salve.dose" in ids(select(made_up_knowledge, ["cave_rest"], use, {other: 0.55}).facts)
    assert ids(select(made_up_knowledge, ["cave_rest"], use, {other: 0.45}).facts) == ["cave.effect"]
    assert ids(select(made_up_knowledge, ["cave_rest"], use, {other: 0.55, own: 0.3}).facts) == ["cave.effect"]


def test_of_two_groups_the_unlikely_one_goes(real_knowledge: Knowledge) -> None:
    topics, risk = ("risk_factors", "experimental_therapy"), {Facet.RISK: 1.0}
    both = select(real_knowledge, topics, risk).facts
    assert {topic for fact in both for topic in fact.topics} > set(topics)
    kept = [fact for fact in both if "risk_factors" in fact.topics]
    likely = dict.fromkeys((fact.locator for fact in kept), 0.9)
    shown = select(real_knowledge, topics, risk, likely).facts
    assert set(kept) <= set(shown)
    assert not any("experimental_therapy" in fact.topics for fact in shown)


# A patient's settings.


def test_no_figure_by_session_holds_where_there_are_no_sessions(real_knowledge: Knowledge) -> None:
    by_session = [fact for fact in real_knowledge.facts if any(figure.per == "session" for figure in fact.figures)]
    assert by_session
    held = real_knowledge.holding_in(["peritoneal_dialysis"])
    assert not {fact.locator for fact in held.facts if fact.figures} & {fact.locator for fact in by_session}
    assert set(held.fact_by_id) == set(real_knowledge.fact_by_id)
    assert real_knowledge.holding_in(["dialysis"]) is real_knowledge
