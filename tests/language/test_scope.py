"""The scope gate: one decision a message, on rankings given by hand."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.knowledge.model import Facet
from bot.language.classifier import RANKING
from bot.language.scope import (
    ASKED,
    EMERGENCY,
    LEAST_WEIGHT,
    NOT_IN_DOCUMENT,
    OUT_OF_SCOPE,
    ScopeGate,
    facet_of,
    facet_weights,
)


def test_it_keeps_the_contract(contract: Any) -> None:
    contract(ScopeGate)


def decided(*ranking: tuple[str, float], entities: list[dict[str, str]] | None = None) -> Message:
    """Return a message with the default thresholds' decision on a ranking."""
    entries = [{"name": name, "confidence": share} for name, share in ranking]
    message = Message({TEXT: "as typed", INTENT: entries[0], RANKING: entries, ENTITIES: entities or []})
    ScopeGate(ScopeGate.get_default_config()).process([message])
    return message


def intent(*ranking: tuple[str, float], entities: list[dict[str, str]] | None = None) -> str:
    return decided(*ranking, entities=entities).get(INTENT)["name"]


def test_every_facet_has_an_intent_and_other_intents_have_none() -> None:
    intents = {"state_claim" if facet is Facet.CLAIM else f"ask_{facet.value}": facet for facet in Facet}
    assert {name: facet_of(name) for name in intents} == intents
    assert [facet_of(name) for name in (OUT_OF_SCOPE, NOT_IN_DOCUMENT, EMERGENCY, "greet", "ask_limits", "", None)] == [
        None
    ] * 7


def test_weights_are_those_of_facets_without_the_negligible() -> None:
    ranking = [("ask_dose", 0.6), ("greet", 0.3), ("state_claim", 0.05), ("ask_use", LEAST_WEIGHT / 2)]
    weights = facet_weights([{"name": name, "confidence": share} for name, share in ranking])
    assert weights == {"dose": 0.6, "claim": 0.05}
    assert decided(*ranking).get(ASKED) == weights


def test_a_certain_facet_stands() -> None:
    assert intent(("ask_dose", 0.97), (OUT_OF_SCOPE, 0.01), ("greet", 0.01)) == "ask_dose"


def test_an_emergency_goes_before_everything() -> None:
    assert intent((EMERGENCY, 0.98), ("ask_dose", 0.01)) == EMERGENCY
    assert intent((OUT_OF_SCOPE, 0.5), (EMERGENCY, 0.49)) == EMERGENCY


@pytest.mark.parametrize("name", [OUT_OF_SCOPE, NOT_IN_DOCUMENT, "greet", "ask_limits"])
def test_what_is_certainly_no_question_on_the_document_is_not_answered(name: str) -> None:
    assert intent((name, 0.97), ("ask_dose", 0.02)) == name


def test_it_takes_more_to_refuse_a_question_that_names_the_condition(chain: Any) -> None:
    limits = ScopeGate.get_default_config()
    between = (limits["foreign"] + limits["foreign_if_named"]) / 2
    ranking = ((OUT_OF_SCOPE, between), ("ask_dose", 1 - between))
    assert limits["foreign"] < limits["foreign_if_named"]
    assert intent(*ranking) == OUT_OF_SCOPE
    assert intent(*ranking, entities=[{"entity": "topic", "value": "calciphylaxis"}]) == "ask_dose"


def test_without_a_ranking_or_text_it_decides_nothing() -> None:
    gate = ScopeGate(ScopeGate.get_default_config())
    for data in ({}, {TEXT: "as typed"}, {TEXT: "", RANKING: [{"name": "ask_dose", "confidence": 1.0}]}):
        (message,) = gate.process([Message(data)])
        assert message.get(ASKED) is None


def test_the_ranking_is_cut() -> None:
    ranking = [(f"ask_{facet.value}", 0.04) for facet in Facet if facet is not Facet.CLAIM]
    assert len(decided(*ranking).get(RANKING)) == ScopeGate.get_default_config()["ranking"]


def test_the_whole_pipeline_tells_what_is_asked_of_what(chain: Any) -> None:
    (message,) = chain.messages(None, "how much apixaban")
    assert message.get(INTENT)["name"] == "ask_dose"
    assert max(message.get(ASKED), key=message.get(ASKED).get) == "dose"
    assert [entity["value"] for entity in message.get(ENTITIES)] == ["apixaban"]
