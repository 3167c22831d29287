"""The encoder's files, and what it says."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from bot.language.encoder import ENCODER_FILE, Encoder, EncoderError, write_encoder
from bot.language.weights import TOKENIZER_FILE


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files made of the published weights."""
    folder = tmp_path_factory.mktemp("encoder")
    write_encoder(folder)
    return folder


def test_similarities_are_those_that_are_published(folder: Path) -> None:
    # The quick start of https://sbert.net shows these three sentences and their similarities by this encoder.
    texts = ("The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium.")
    vectors = np.array([Encoder(folder).vector(text) for text in texts])
    published = np.array([[1.0, 0.6660, 0.1046], [0.6660, 1.0, 0.1411], [0.1046, 0.1411, 1.0]])
    assert vectors @ vectors.T == pytest.approx(published, abs=0.02)


@pytest.mark.parametrize("text", ["how much sodium thiosulfate", "", "a " * 400])
def test_the_same_text_gives_the_same_bytes(folder: Path, text: str) -> None:
    one, other = Encoder(folder).vector(text), Encoder(folder).vector(text)
    assert one.tobytes() == other.tobytes()


def test_a_missing_file_is_told_at_once(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / ENCODER_FILE, tmp_path)
    with pytest.raises(EncoderError, match="tokenizer.json is missing; train the model anew"):
        Encoder(tmp_path)


@pytest.mark.parametrize("name", [ENCODER_FILE, TOKENIZER_FILE])
def test_a_damaged_file_is_told(folder: Path, tmp_path: Path, name: str) -> None:
    for file in (ENCODER_FILE, TOKENIZER_FILE):
        shutil.copy(folder / file, tmp_path)
    (tmp_path / name).write_bytes(b"not what it should be")
    with pytest.raises(EncoderError, match="cannot be read"):
        Encoder(tmp_path).vector("dose")
