"""A Rasa component that says what a question names: topics, matters that the document leaves out, other fields."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import SPACY_DOCS
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.spacy_tokenizer import SpacyTokenizer
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.knowledge.loading import KnowledgeError, load
from bot.knowledge.model import Knowledge
from bot.language.pipeline import NOT_HELD, PIPELINE_FOLDER, TOPIC


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
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TopicExtractor:
        """Create the component."""
        return cls()

    def __init__(self) -> None:
        """Check that the pipeline was built from the present knowledge base.

        Raises:
            KnowledgeError: it was built from another.
        """
        check_pipeline(load())

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities of each message."""
        for message in messages:
            found = self.add_extractor_name(_entities(message.get(SPACY_DOCS[TEXT])))
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages


def check_pipeline(knowledge: Knowledge, folder: Path = PIPELINE_FOLDER) -> None:
    """Hold the spaCy pipeline against the knowledge base.

    Raises:
        KnowledgeError: the pipeline is missing or was built from another knowledge base.
    """
    try:
        built_from = json.loads((folder / "meta.json").read_text(encoding="utf-8")).get("knowledge_sha256")
    except (OSError, ValueError) as error:
        raise KnowledgeError(f"{folder} is missing or damaged ({error}); run `make train`") from error
    if built_from != knowledge.sha256:
        raise KnowledgeError(f"{folder} was built from another knowledge base; run `make train`")


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
