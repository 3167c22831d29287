"""The sentence encoder: the same unit vectors run after run, and clear words where its files are not right."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from bot.language import encoder_setup
from bot.language.encoder import (
    DIGEST_FILE,
    DIMENSION,
    ENCODER_FOLDER,
    MODEL_FILE,
    TOKENIZER_FILE,
    Encoder,
    EncoderError,
    shared_encoder,
)

FILES = (MODEL_FILE, TOKENIZER_FILE, DIGEST_FILE)
TEXTS = ["what is the dose of it", "why?", "", "👍", "word " * 1000]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the encoder's files, to be altered: links, since the model has 90 MB."""
    for name in FILES:
        os.symlink(ENCODER_FOLDER / name, tmp_path / name)
    Encoder(tmp_path).check()
    return tmp_path


def replace(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named_with_the_mend(folder: Path, name: str) -> None:
    (folder / name).unlink()
    for use in (Encoder(folder).check, lambda: Encoder(folder).encode(["a"])):
        with pytest.raises(EncoderError) as caught:
            use()
        assert str(folder / name) in str(caught.value)
        assert "python -m bot encoder" in str(caught.value)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_was_changed_is_refused(folder: Path, name: str) -> None:
    digits = (folder / DIGEST_FILE).read_text()
    changed = digits.replace(digits[0], "0" if digits[0] != "0" else "1", 1) if name == DIGEST_FILE else "damaged"
    replace(folder / name, changed.encode())
    for use in (Encoder(folder).check, lambda: Encoder(folder).encode(["a"])):
        with pytest.raises(EncoderError, match=r"SHA-256.*delete it and run `python -m bot encoder`"):
            use()


def test_nothing_is_read_before_it_is_needed(tmp_path: Path) -> None:
    Encoder(tmp_path / "nowhere")


def test_vectors_are_the_same_run_after_run_and_beside_any_others() -> None:
    one, other = shared_encoder().encode(TEXTS), Encoder().encode(TEXTS[::-1])[::-1]
    assert one.tobytes() == np.ascontiguousarray(other).tobytes()
    assert one[0].tobytes() == shared_encoder().encode(TEXTS[:1])[0].tobytes()


def test_vectors_have_unit_length() -> None:
    vectors = shared_encoder().encode(TEXTS)
    assert vectors.shape == (len(TEXTS), DIMENSION)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_text_gives_no_vector() -> None:
    assert shared_encoder().encode([]).shape == (0, DIMENSION)


def test_what_means_the_same_lies_near() -> None:
    """The weights are those of a sentence encoder, and pooled as they have to be."""
    dose, amount, weather = shared_encoder().encode(["what is the dose?", "how much is given?", "it rains in Paris"])
    assert dose @ amount > 0.2 + dose @ weather


def test_one_encoder_serves_a_process() -> None:
    assert shared_encoder() is shared_encoder()


# The weights that it is made of.


def test_weights_that_are_missing_or_not_the_published_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"model\.safetensors is missing; reinstall"):
        encoder_setup.check_weights(tmp_path)
    for name in encoder_setup.PUBLISHED:
        (tmp_path / name).write_bytes(b"other weights")
    with pytest.raises(EncoderError, match="does not have the published SHA-256"):
        encoder_setup.check_weights(tmp_path)


def test_nothing_is_made_of_other_weights(tmp_path: Path) -> None:
    weights, target = tmp_path / "weights", tmp_path / "encoder"
    weights.mkdir()
    for name in encoder_setup.PUBLISHED:
        (weights / name).write_bytes(b"other weights")
    with pytest.raises(EncoderError):
        encoder_setup.make(weights, target)
    assert not target.exists()


def test_a_single_wrong_file_is_enough(tmp_path: Path) -> None:
    folder = encoder_setup.weights_folder()
    os.symlink(folder / "model.safetensors", tmp_path / "model.safetensors")
    shutil.copy(folder / "tokenizer.json", tmp_path / "tokenizer.json")
    encoder_setup.check_weights(tmp_path)
    with (tmp_path / "tokenizer.json").open("ab") as file:
        file.write(b" ")
    with pytest.raises(EncoderError, match=r"tokenizer\.json does not have the published SHA-256"):
        encoder_setup.check_weights(tmp_path)


def test_an_encoder_that_is_there_is_not_made_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert encoder_setup.run() == 0
    assert capsys.readouterr().out == ""
