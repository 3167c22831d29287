"""The network's files, and what it says."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.language.network import NETWORK_FILE, TOKENIZER_FILE, Network, NetworkError
from bot.language.reader import QuestionReader


@pytest.fixture(scope="module")
def folder(chain: Any) -> Path:
    """The files of the trained network."""
    return Path(chain.stage(QuestionReader).component._folder.name)


def test_shares_are_probabilities_and_the_vector_has_length_one(folder: Path) -> None:
    outputs = Network(folder).read("how much sodium thiosulfate")
    assert outputs.intent.sum() == pytest.approx(1, abs=1e-4)
    assert outputs.scope.sum() == pytest.approx(1, abs=1e-4)
    assert ((outputs.labels >= 0) & (outputs.labels <= 1)).all()
    assert np.linalg.norm(outputs.vector) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("text", ["how much sodium thiosulfate", "", "a " * 400])
def test_the_same_text_gives_the_same_bytes(folder: Path, text: str) -> None:
    one, other = Network(folder).read(text), Network(folder).read(text)
    assert [part.tobytes() for part in vars(one).values()] == [part.tobytes() for part in vars(other).values()]


def test_a_missing_file_is_told_at_once(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / NETWORK_FILE, tmp_path)
    with pytest.raises(NetworkError, match="tokenizer.json is missing; train the model anew"):
        Network(tmp_path)


@pytest.mark.parametrize("name", [NETWORK_FILE, TOKENIZER_FILE])
def test_a_damaged_file_is_told(folder: Path, tmp_path: Path, name: str) -> None:
    for file in (NETWORK_FILE, TOKENIZER_FILE):
        shutil.copy(folder / file, tmp_path)
    (tmp_path / name).write_bytes(b"not what it should be")
    with pytest.raises(NetworkError, match="cannot be read"):
        Network(tmp_path).read("dose")
