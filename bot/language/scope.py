"""Decides on the question as a whole whether the document can answer it, and says why not."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.knowledge.loading import load
from bot.knowledge.model import Facet
from bot.language.classifier import RANKING

OUT_OF_SCOPE, NOT_IN_DOCUMENT, EMERGENCY = "out_of_scope", "not_in_document", "report_emergency"
ASKED = "asked"
LEAST_WEIGHT = 0.02


def facet_of(intent: str | None) -> Facet | None:
    """Return the facet that an intent asks for, or None for the other intents."""
    name = "claim" if intent == "state_claim" else (intent or "").removeprefix("ask_")
    return Facet(name) if name in {facet.value for facet in Facet} else None


def facet_weights(ranking: list[dict[str, Any]]) -> dict[str, float]:
    """Reduce an intent ranking to the weights of facets, in falling order, without the negligible ones."""
    weights = {facet.value: entry["confidence"] for entry in ranking if (facet := facet_of(entry["name"]))}
    return {facet: round(weight, 4) for facet, weight in weights.items() if weight >= LEAST_WEIGHT}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ScopeGate(IntentClassifier, GraphComponent):
    """Turns ranking and entities into one decision: the intent, the weights of the facets asked, the scope."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that must come before."""
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Thresholds on probabilities."""
        return {"foreign": 0.45, "foreign_if_named": 0.75, "urgent": 0.4, "other": 0.35, "ranking": 3}

    def __init__(self, config: dict[str, Any]) -> None:
        """Keep the thresholds."""
        self.config = config

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> ScopeGate:
        """Create the component."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Decide each message."""
        for message in messages:
            ranking = message.get(RANKING) or []
            if ranking and message.get(TEXT):
                self._decide(message, ranking)
        return messages

    def _decide(self, message: Message, ranking: list[dict[str, Any]]) -> None:
        weights = facet_weights(ranking)
        message.set(ASKED, weights, add_to_output=True)
        message.set(INTENT, self._intent(message, ranking, weights), add_to_output=True)
        message.set(RANKING, ranking[: self.config["ranking"]], add_to_output=True)

    def _intent(self, message: Message, ranking: list[dict[str, Any]], weights: dict[str, float]) -> dict[str, Any]:
        entities = message.get(ENTITIES, [])
        condition = load().condition().id
        named = any(entity["value"] == condition for entity in entities)
        by_name = {entry["name"]: entry for entry in ranking}
        if by_name.get(EMERGENCY, {"confidence": 0})["confidence"] > self.config["urgent"]:
            return dict(by_name[EMERGENCY])
        facets = [entry for entry in ranking if facet_of(entry["name"])]
        scope = (OUT_OF_SCOPE, NOT_IN_DOCUMENT)
        others = [entry for entry in ranking if not facet_of(entry["name"]) and entry["name"] not in scope]
        if others and others[0]["confidence"] > max(self.config["other"], sum(weights.values())):
            return dict(others[0])
        limit = self.config["foreign_if_named" if named else "foreign"]
        if by_name.get(OUT_OF_SCOPE, {"confidence": 0})["confidence"] > limit:
            return dict(by_name[OUT_OF_SCOPE])
        if by_name.get(NOT_IN_DOCUMENT, {"confidence": 0})["confidence"] > 0.5:
            return dict(by_name[NOT_IN_DOCUMENT])
        return dict(facets[0]) if facets else dict(ranking[0])
