"""What training examples teach, on the made-up knowledge base and the real one."""

from __future__ import annotations

import pytest

from bot.knowledge.model import Facet, Knowledge
from bot.language.labels import (
    ALL,
    EMERGENCY,
    HELD,
    NOT_HELD,
    NOT_IN_DOCUMENT,
    OTHER,
    OUT_OF_SCOPE,
    UNJUDGED,
    Example,
    LabelError,
    facet_of,
    names_of,
    targets,
)


def test_every_facet_has_an_intent_and_other_intents_have_none() -> None:
    intents = {"state_claim" if facet is Facet.CLAIM else f"ask_{facet.value}": facet for facet in Facet}
    assert {name: facet_of(name) for name in intents} == intents
    others = (OUT_OF_SCOPE, NOT_IN_DOCUMENT, EMERGENCY, "greet", "ask_limits", "", None)
    assert [facet_of(name) for name in others] == [None] * len(others)


@pytest.mark.parametrize(
    ("intent", "topics", "scope"),
    [
        (OUT_OF_SCOPE, ("a",), OTHER),
        (NOT_IN_DOCUMENT, ("a",), NOT_HELD),
        ("greet", (), HELD),
        ("ask_dose", (), HELD),
    ],
)
def test_the_scope_is_that_of_the_intent(
    real_knowledge: Knowledge, intent: str, topics: tuple[str, ...], scope: int
) -> None:
    topics = tuple(real_knowledge.topics[0].id for _ in topics)
    example = Example("text", intent, topics)
    _, labels, scopes = targets(real_knowledge, [example], names_of(real_knowledge, [example]))
    assert scopes.tolist() == [scope]
    assert not labels[0, len(real_knowledge.topics) :].any(), "no bullet answers it"


def test_a_question_that_a_fact_answers_teaches_its_bullet(real_knowledge: Knowledge) -> None:
    for fact in real_knowledge.facts:
        facet = fact.facets[0]
        intent = "state_claim" if facet is Facet.CLAIM else f"ask_{facet.value}"
        example = Example("text", intent, fact.topics[:1])
        names = names_of(real_knowledge, [example])
        _, labels, scopes = targets(real_knowledge, [example], names)
        shown = {name for name, on in zip((*names.topics, *names.bullets), labels[0], strict=True) if on}
        assert scopes.tolist() == [HELD]
        assert {fact.topics[0], fact.locator} <= shown


def test_a_topic_asked_for_what_no_fact_answers_is_not_held(real_knowledge: Knowledge) -> None:
    topic = next(topic for topic in real_knowledge.topics if topic.kind == "subject")
    held = {facet for fact in real_knowledge.facts for facet in fact.answers(topic.id)}
    missing = next(facet for facet in Facet if facet not in held)
    example = Example("text", f"ask_{missing.value}", (topic.id,))
    _, _, scopes = targets(real_knowledge, [example], names_of(real_knowledge, [example]))
    assert scopes.tolist() == [NOT_HELD]


def test_a_judgement_stands_above_what_intent_and_topic_would_say(real_knowledge: Knowledge) -> None:
    fact = next(fact for fact in real_knowledge.facts if fact.facets[0] is not Facet.CLAIM)
    intent = f"ask_{fact.facets[0].value}"
    other = next(one.locator for one in real_knowledge.facts if one.locator != fact.locator)
    judged = [
        Example("text", intent, fact.topics, ()),
        Example("text", intent, fact.topics, (other,), (fact.locator,)),
        Example("text", intent, fact.topics, (other,), (ALL,)),
    ]
    names = names_of(real_knowledge, judged)
    _, labels, scopes = targets(real_knowledge, judged, names)
    assert scopes.tolist() == [NOT_HELD, HELD, HELD]
    bullets = labels[:, len(names.topics) :]
    places = {name: place for place, name in enumerate(names.bullets)}
    assert not bullets[0].any()
    assert (bullets[1, places[other]], bullets[1, places[fact.locator]]) == (1.0, UNJUDGED)
    assert set(bullets[2]) == {1.0, UNJUDGED}


def test_a_judgement_of_an_unknown_bullet_is_an_error(real_knowledge: Knowledge) -> None:
    example = Example("text", "ask_dose", (), ("nowhere/1",))
    with pytest.raises(LabelError, match="nowhere/1"):
        targets(real_knowledge, [example], names_of(real_knowledge, [example]))
