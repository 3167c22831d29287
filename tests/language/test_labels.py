"""What training examples teach, on the made-up knowledge base and the real one."""

from __future__ import annotations

import pytest

from bot.knowledge.model import Facet, Knowledge
from bot.language.labels import (
    EMERGENCY,
    HELD,
    NOT_HELD,
    NOT_IN_DOCUMENT,
    OTHER,
    OUT_OF_SCOPE,
    Example,
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
