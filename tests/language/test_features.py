"""The sentence encoder as a featurizer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from rasa.shared.nlu.constants import TEXT

from bot.language.encoder import DIMENSION
from bot.language.features import SentenceEncoder, sentence_vectors


def test_it_keeps_the_contract(contract: Any) -> None:
    contract(SentenceEncoder)


def vectors(chain: Any, *texts: str) -> list[np.ndarray]:
    component = chain.stage(SentenceEncoder).component
    messages = component.process(chain.messages(SentenceEncoder, *texts))
    return [message.get_dense_features(TEXT)[1].features[0] for message in messages]


def test_each_message_gets_one_vector_of_unit_length(chain: Any) -> None:
    for vector in vectors(chain, "what is the dose of it", "hello", "?"):
        assert vector.shape == (DIMENSION,)
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)


def test_what_is_asked_is_the_same_whatever_the_subject(chain: Any) -> None:
    """The vector is that of the masked text: one subject stands in for another."""
    thiosulfate, warfarin, other = vectors(
        chain, "what is the dose of sodium thiosulfate", "what is the dose of warfarin", "why warfarin"
    )
    assert np.array_equal(thiosulfate, warfarin)
    assert not np.allclose(warfarin, other, atol=0.01)


def test_a_plain_text_is_encoded_as_it_stands(nlp: Any) -> None:
    text = "what is the dose of warfarin"
    plain, masked = sentence_vectors([text, nlp(text)])
    assert not np.allclose(plain, masked, atol=0.01)
