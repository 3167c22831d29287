"""A linear intent classifier over whatever featurizers come before it."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from bot.language.storing import read_model, write_model

RANKING = "intent_ranking"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):
    """Logistic regression on sentence features, sparse and dense, each brought to a length of its own.

    Rasa's LogisticRegressionClassifier puts counts beside unit vectors as they are, where the counts drown
    the vectors; here each row of each kind is scaled, and its weight is a setting.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that must come before."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``C``: inverse regularisation; ``sparse_weight``, ``dense_weight``: length of a row of each kind."""
        return {"C": 1.0, "max_iter": 100, "sparse_weight": 1.5, "dense_weight": 4.0, "random_state": 42}

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """Start untrained."""
        self.config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model: LogisticRegression | None = None

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> LinearIntentClassifier:
        """Create the component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> LinearIntentClassifier:
        """Load the trained component, or an untrained one where nothing was persisted."""
        component = cls(config, model_storage, resource)
        component._model, _ = read_model(model_storage, resource)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on all examples with an intent; persist."""
        examples = [message for message in training_data.intent_examples if message.get(TEXT)]
        if examples:
            self._model = LogisticRegression(
                C=self.config["C"], max_iter=self.config["max_iter"], class_weight="balanced",
                random_state=self.config["random_state"],
            )
            self._model.fit(self.matrix(examples), [message.get(INTENT) for message in examples])
            write_model(self._model_storage, self._resource, self._model, {})
        return self._resource

    def matrix(self, messages: list[Message]) -> csr_matrix:
        """Return the features of messages as one row each."""
        return csr_matrix(vstack([self._row(message) for message in messages]))

    def _row(self, message: Message) -> csr_matrix:
        sparse = message.get_sparse_features(TEXT)[1]
        dense = message.get_dense_features(TEXT)[1]
        parts = []
        if sparse is not None:
            parts.append(normalize(sparse.features) * self.config["sparse_weight"])
        if dense is not None:
            parts.append(csr_matrix(dense.features) * self.config["dense_weight"])
        return csr_matrix(hstack(parts))

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent and the whole ranking; a message without text or features gets no intent."""
        for message in messages:
            ranking = self._ranking(message)
            intent = ranking[0] if ranking else {"name": None, "confidence": 0.0}
            message.set(INTENT, intent, add_to_output=True)
            message.set(RANKING, ranking, add_to_output=True)
        return messages

    def _ranking(self, message: Message) -> list[dict[str, Any]]:
        if self._model is None or not message.get(TEXT) or not message.get_sparse_features(TEXT)[1]:
            return []
        probabilities = self._model.predict_proba(self._row(message))[0]
        order = np.argsort(-probabilities, kind="stable")
        return [{"name": str(self._model.classes_[i]), "confidence": float(probabilities[i])} for i in order]
