"""The one thing that the stock pipeline needs to be answered by the same actions: what it read, under their names."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.knowledge.model import Facet

_FACETS = {facet.value for facet in Facet}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class AskedFromRanking(IntentClassifier, GraphComponent):
    """Hands topics and intent ranking on as one question, as the actions read it. Decides nothing."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> AskedFromRanking:
        """Create the component."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `questions` on each message."""
        for message in messages:
            asked = {}
            for entry in message.get(INTENT_RANKING_KEY) or []:
                facet = "claim" if entry["name"] == "state_claim" else entry["name"].removeprefix("ask_")
                if facet in _FACETS:
                    asked[facet] = entry["confidence"]
            topics = [entity["value"] for entity in message.get(ENTITIES) or [] if entity["entity"] == "topic"]
            words = len((message.get(TEXT) or "").split())
            question = {"topics": topics, "asked": asked, "likely": {}, "words": words}
            message.set("questions", [question], add_to_output=True)
        return messages
