"""The extractor of topics named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.shared.nlu.constants import ENTITIES

from bot.knowledge.loading import KnowledgeError
from bot.knowledge.model import Knowledge
from bot.language.topics import TopicExtractor, check_pipeline


def test_it_keeps_the_contract(contract: Any) -> None:
    contract(TopicExtractor)


def test_a_pipeline_of_another_knowledge_base_is_refused(prepared: Path, made_up_knowledge: Knowledge) -> None:
    with pytest.raises(KnowledgeError, match="built from another knowledge base; run `make train`"):
        check_pipeline(made_up_knowledge, prepared)


def test_a_missing_pipeline_is_told(tmp_path: Path, real_knowledge: Knowledge) -> None:
    with pytest.raises(KnowledgeError, match="is missing or damaged"):
        check_pipeline(real_knowledge, tmp_path / "nowhere")


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
