"""Rasa components that say what a question is about: topics named, and topics meant without their names."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import SPACY_DOCS
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.spacy_tokenizer import SpacyTokenizer
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from bot.knowledge.loading import load
from bot.knowledge.model import TopicKind
from bot.knowledge.selection import subjects
from bot.language.features import sentence_vectors
from bot.language.pipeline import NOT_HELD, TOPIC
from bot.language.storing import read_model, write_model

ABOUT = (TopicKind.SUBJECT, TopicKind.GROUP)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class TopicExtractor(EntityExtractorMixin, GraphComponent):
    """Reads topics, matters that the document leaves out, and words of other fields off the spaCy document.

    Entities: ``topic`` (value: id of the topic), ``not_held`` (name of the matter), ``drug`` and
    ``disease`` (the word). A negated topic carries ``"role": "negated"``.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that must come before."""
        return [SpacyTokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """No settings."""
        return {}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> TopicExtractor:
        """Create the component."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities of each message."""
        for message in messages:
            found = self.add_extractor_name(_entities(message.get(SPACY_DOCS[TEXT])))
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages


def _entities(doc: Any) -> list[dict[str, Any]]:
    """List the entities of a spaCy document in the order of the text."""
    if doc is None:
        return []
    found = []
    for span in doc.ents:
        if span.label_ in (TOPIC, NOT_HELD):
            entity = _entity(span.label_, span.ent_id_, span.start_char, span.end_char)
            found.append({**entity, "role": "negated"} if span.label_ == TOPIC and span._.negex else entity)
    for token in doc:
        if token._.foreign:
            found.append(_entity(token._.foreign, token.norm_, token.idx, token.idx + len(token)))
    return sorted(found, key=lambda entity: int(entity["start"]))


def _entity(label: str, value: str, start: int, end: int) -> dict[str, Any]:
    return {"entity": label, "value": value, "start": start, "end": end}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class TopicClassifier(EntityExtractorMixin, GraphComponent):
    """Tells the topic of a question that names none, from its sentence vector ("can she keep the blood thinner?").

    One logistic regression a topic, trained on the annotated examples and on the knowledge base's own
    statements and questions. Adds at most one ``topic`` entity, with ``confidence_entity``.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that must come before (TopicExtractor too, but Rasa leaves untrained ones out of training)."""
        return [SpacyTokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``threshold``: least probability of a topic; ``C``: inverse strength of regularisation."""
        return {"threshold": 0.25, "C": 10.0}

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """Start untrained."""
        self.config = config
        self._model_storage = model_storage
        self._resource = resource
        self._topics: list[str] = []
        self._model: OneVsRestClassifier | None = None

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> TopicClassifier:
        """Create the component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn which topic a text is about; persist."""
        knowledge = load()
        examples = [
            (message.get(TEXT), {entity["value"] for entity in message.get(ENTITIES, []) if entity["entity"] == TOPIC})
            for message in training_data.intent_examples
        ]
        examples += [(text, set(fact.topics)) for fact in knowledge.facts for text in (fact.statement, fact.question)]
        topics = [topic.id for topic in knowledge.topics if topic.kind in ABOUT]
        counts = {topic: sum(topic in labels for _, labels in examples) for topic in topics}
        self._topics = [topic for topic in topics if counts[topic]]
        if self._topics:
            labels = np.array([[topic in found for topic in self._topics] for _, found in examples], dtype=int)
            vectors = sentence_vectors([text for text, _ in examples])
            self._model = OneVsRestClassifier(LogisticRegression(C=self.config["C"], max_iter=200))
            self._model.fit(vectors, labels)
            write_model(self._model_storage, self._resource, self._model, {"topics": self._topics})
        return self._resource

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> TopicClassifier:
        """Load the trained component, or an untrained one where nothing was persisted."""
        component = cls(config, model_storage, resource)
        component._model, data = read_model(model_storage, resource)
        component._topics = data.get("topics", [])
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the likeliest topic to each message that names no subject."""
        for message in messages:
            entities = message.get(ENTITIES, [])
            if self._model is not None and not _names_subject(entities):
                found = self.add_extractor_name(self._meant(message))
                message.set(ENTITIES, entities + found, add_to_output=True)
        return messages

    def _meant(self, message: Message) -> list[dict[str, Any]]:
        text = message.get(TEXT) or ""
        doc = message.get(SPACY_DOCS[TEXT])
        if doc is None or not len(doc) or self._model is None:
            return []
        probabilities = self._model.predict_proba(sentence_vectors([doc]))[0]
        best = int(np.argmax(probabilities))
        if probabilities[best] < self.config["threshold"]:
            return []
        entity = _entity(TOPIC, self._topics[best], 0, len(text))
        return [{**entity, "confidence_entity": round(float(probabilities[best]), 4)}]


def _names_subject(entities: list[dict[str, Any]]) -> bool:
    """Tell whether a topic of the kind that facts are about is named, and not only denied."""
    knowledge = load()
    named = [entity["value"] for entity in entities if entity["entity"] == TOPIC and entity.get("role") != "negated"]
    about = subjects(knowledge, named)
    return bool(about) and knowledge.topic_by_id[about[0]].kind is TopicKind.SUBJECT
