"""The extractor of topics named, and the classifier of topics meant."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.knowledge.model import Knowledge
from bot.language.topics import TopicClassifier, TopicExtractor


@pytest.mark.parametrize("component", [TopicExtractor, TopicClassifier])
def test_it_keeps_the_contract(contract: Any, component: type) -> None:
    contract(component)


def entities(chain: Any, component: type, text: str) -> list[dict[str, Any]]:
    (message,) = chain.stage(component).component.process(chain.messages(component, text))
    return message.get(ENTITIES, [])


def values(found: list[dict[str, Any]], kind: str = "topic") -> list[str]:
    return [entity["value"] for entity in found if entity["entity"] == kind]


def test_entities_come_in_the_order_of_the_text_with_their_places(chain: Any) -> None:
    text = "cinacalcet or metformin beside warfarine, no biopsy, in gout"
    found = entities(chain, TopicExtractor, text)
    assert [(entity["entity"], entity["value"]) for entity in found][:4] == [
        ("not_held", "calcimimetics"),
        ("drug", "metformin"),
        ("topic", "vitamin_k_antagonist"),
        ("topic", "biopsy"),
    ]
    assert [text[entity["start"] : entity["end"]] for entity in found][:4] == [
        "cinacalcet", "metformin", "warfarine", "biopsy",
    ]  # fmt: skip
    assert all(entity["extractor"] == "TopicExtractor" for entity in found)


def test_only_a_topic_that_is_denied_is_marked(chain: Any) -> None:
    found = entities(chain, TopicExtractor, "not on warfarin. what about a biopsy")
    assert {entity["value"]: entity.get("role") for entity in found} == {
        "vitamin_k_antagonist": "negated", "biopsy": None,
    }  # fmt: skip


def test_entities_that_are_there_already_stay(chain: Any) -> None:
    (message,) = chain.messages(TopicExtractor, "stop warfarin")
    message.set(ENTITIES, [{"entity": "number", "value": "7"}])
    chain.stage(TopicExtractor).component.process([message])
    assert [entity["entity"] for entity in message.get(ENTITIES)] == ["number", "topic"]


def test_every_value_is_of_the_knowledge_base(chain: Any, real_knowledge: Knowledge) -> None:
    for topic in real_knowledge.topics:
        for text in (f"what about {topic.name}", f"how is {topic.name} done in gout"):
            assert set(values(entities(chain, TopicExtractor, text))) <= set(real_knowledge.topic_by_id)


def test_a_topic_meant_is_added_where_no_subject_is_named(chain: Any, real_knowledge: Knowledge) -> None:
    """Told by the knowledge base's own questions and statements, on which it was trained."""
    added = 0
    component = chain.stage(TopicClassifier).component
    for message in chain.messages(TopicClassifier, *(fact.statement for fact in real_knowledge.facts)):
        before = list(message.get(ENTITIES, []))
        component.process([message])
        new = [entity for entity in message.get(ENTITIES, []) if entity not in before]
        assert len(new) <= 1, "at most one topic is meant"
        for entity in new:
            added += 1
            assert entity["value"] in real_knowledge.topic_by_id
            assert component.config["threshold"] <= entity["confidence_entity"] <= 1
            assert (entity["start"], entity["end"]) == (0, len(message.get(TEXT)))
    assert added


def test_a_topic_named_leaves_nothing_to_guess(chain: Any) -> None:
    found = entities(chain, TopicClassifier, "what is the dose of sodium thiosulfate")
    assert values(found) == ["sodium_thiosulfate"]


def test_an_impossible_threshold_guesses_nothing(chain: Any) -> None:
    stage = chain.stage(TopicClassifier)
    component = TopicClassifier.load({**stage.config, "threshold": 1.1}, stage.storage, stage.resource, stage.context)
    (message,) = component.process(chain.messages(TopicClassifier, "can she keep the medicine"))
    assert values(message.get(ENTITIES, [])) == []
    assert component.process([Message({})])[0].get(ENTITIES, []) == []
