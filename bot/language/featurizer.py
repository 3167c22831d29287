"""The sentence encoder as a Rasa featurizer: the vector of a message, and of each question in it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import SPACY_DOCS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.spacy_tokenizer import SpacyTokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.language.encoder import ENCODER_FILE, Encoder, Encodes, write_encoder
from bot.language.parts import pieces
from bot.language.persisted import persisted
from bot.language.pipeline import plain_text
from bot.language.weights import TOKENIZER_FILE

PART_VECTORS = "part_vectors"
"""Key of a message that asks several things: the vector of each of its questions, in their order."""
REPORT_EVERY = 2000


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Gives messages the sentence vector of their plain text (1, 384), as Rasa's dense sentence features.

    Training makes the encoder's files from the published weights; nothing is learnt.

    Attributes:
        encoder: What reads the texts; None before training.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that must come before."""
        return [SpacyTokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Packages that must be installed."""
        return ["onnxruntime", "tokenizers"]

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Accept the settings: there is none but Rasa's own alias."""

    def __init__(self, config: dict[str, Any], name: str, model_storage: ModelStorage, resource: Resource) -> None:
        """Start untrained."""
        super().__init__(name, config)
        self._model_storage = model_storage
        self._resource = resource
        self.encoder: Encodes | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        """Create the component."""
        return cls(config, execution_context.node_name, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Write the encoder's files; the examples do not matter.

        Raises:
            WeightsError: the published weights are missing or changed.
        """
        with self._model_storage.write_to(self._resource) as folder:
            write_encoder(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceEncoder:
        """Load the trained component, or an untrained one where nothing was persisted.

        Raises:
            EncoderError: a file of the encoder is missing.
        """
        component = cls.create(config, model_storage, resource, execution_context)
        with persisted(model_storage, resource) as folder:
            if folder is not None:
                component._read(folder)
        return component

    def _read(self, folder: Path) -> None:
        # Kept beyond the archive's temporary folder, since the encoder is loaded with the first question.
        self._folder = tempfile.TemporaryDirectory(prefix="encoder-")
        for name in (ENCODER_FILE, TOKENIZER_FILE):
            if (folder / name).is_file():
                shutil.copy(folder / name, self._folder.name)
        self.encoder = Encoder(Path(self._folder.name))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Give each example its vector."""
        examples = training_data.training_examples
        for place, message in enumerate(examples, start=1):
            self._add(message)
            if place % REPORT_EVERY == 0 or place == len(examples):
                print(f"vectors: {place} of {len(examples)} examples", flush=True)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Give each message its vector, and where it asks several things one for each of them.

        Raises:
            EncoderError: a file of the encoder is damaged.
        """
        for message in messages:
            self._add(message)
            doc = message.get(SPACY_DOCS[TEXT])
            parts = pieces(doc) if doc is not None else []
            if self.encoder is not None and len(parts) > 1:
                message.set(PART_VECTORS, [self.encoder.vector(plain_text(part)) for part in parts])
        return messages

    def _add(self, message: Message) -> None:
        doc = message.get(SPACY_DOCS[TEXT])
        if self.encoder is not None and doc is not None and message.get(TEXT):
            vector = self.encoder.vector(plain_text(doc))[None, :]
            message.add_features(Features(vector, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))


def vector_of(message: Message) -> np.ndarray | None:
    """Return the sentence vector (384,) that the featurizer gave a message, or None where it gave none."""
    for features in message.features:
        if features.attribute == TEXT and features.type == FEATURE_TYPE_SENTENCE and features.is_dense():
            vector: np.ndarray = features.features[0]
            return vector
    return None
