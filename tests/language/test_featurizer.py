"""The sentence encoder as Rasa's featurizer: what it gives a message and its questions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from rasa.nlu.constants import SPACY_DOCS
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.language.featurizer import PART_VECTORS, SentenceEncoder, vector_of
from bot.language.pipeline import plain_text


def test_it_keeps_the_contract(contract: Any) -> None:
    contract(SentenceEncoder)


def featurized(chain: Any, text: str | None) -> Message:
    (message,) = chain.stage(SentenceEncoder).component.process(chain.messages(SentenceEncoder, text))
    return message


def test_a_message_gets_the_vector_of_its_plain_text_as_rasas_sentence_features(chain: Any) -> None:
    message = featurized(chain, "STS dose in HD?")
    encoder = chain.stage(SentenceEncoder).component.encoder
    sequence, sentence = message.get_dense_features(TEXT, [])
    assert sequence is None
    assert sentence.features.shape == (1, 384)
    assert vector_of(message) == pytest.approx(encoder.vector("sodium thiosulfate dose in dialysis?"), abs=1e-6)
    assert np.linalg.norm(vector_of(message)) == pytest.approx(1, abs=1e-4)


def test_two_questions_get_a_vector_each(chain: Any) -> None:
    message = featurized(chain, "what is the dose of magnesium? why avoid a biopsy?")
    first, second = message.get(PART_VECTORS)
    assert plain_text(message.get(SPACY_DOCS[TEXT])).startswith("what is the dose")
    assert first @ second < 0.9
    assert featurized(chain, "why avoid a biopsy?").get(PART_VECTORS) is None


def test_a_message_without_text_gets_none(chain: Any) -> None:
    assert vector_of(featurized(chain, None)) is None
    assert vector_of(featurized(chain, "")) is None


def test_training_examples_get_theirs(chain: Any, capsys: pytest.CaptureFixture[str]) -> None:
    messages = chain.messages(SentenceEncoder, "why avoid a biopsy?", "hello")
    chain.stage(SentenceEncoder).component.process_training_data(TrainingData(messages))
    assert all(vector_of(message) is not None for message in messages)
    assert capsys.readouterr().out == "vectors: 2 of 2 examples\n"
