"""The published sentence encoder, run by onnxruntime: one vector a text."""

from __future__ import annotations

import json
import shutil
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from bot.language.weights import TOKENIZER_FILE, check_weights, weights_folder

ENCODER_FILE = "encoder.onnx"
MOST_TOKENS = 64


class EncoderError(Exception):
    """The encoder's files are missing or cannot be read."""


class Encodes(Protocol):
    """What can stand in the encoder's place, to be measured beside it."""

    def vector(self, text: str) -> np.ndarray:
        """Return the sentence vector of a text."""


class Encoder:
    """The encoder of one folder; its files are loaded when the first text comes.

    Args:
        folder: holds ``encoder.onnx`` and ``tokenizer.json``.
    """

    def __init__(self, folder: Path) -> None:
        """Check that the files are there; read nothing yet.

        Raises:
            EncoderError: a file is missing.
        """
        for name in (ENCODER_FILE, TOKENIZER_FILE):
            if not (folder / name).is_file():
                raise EncoderError(f"{folder / name} is missing; train the model anew (`make train`)")
        self._folder = folder

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # One thread a question: it takes milliseconds, and the same sum in the same order gives the same bytes.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        path = self._folder / ENCODER_FILE
        try:
            return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise EncoderError(f"{path} cannot be read ({error}); train the model anew (`make train`)") from error

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        path = self._folder / TOKENIZER_FILE
        try:
            tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:
            raise EncoderError(f"{path} cannot be read ({error}); train the model anew (`make train`)") from error
        tokenizer.enable_truncation(MOST_TOKENS)
        tokenizer.no_padding()
        return tokenizer

    def vector(self, text: str) -> np.ndarray:
        """Return the sentence vector (384,), of length 1; an empty text is read as nothing but the sentence marks.

        Raises:
            EncoderError: a file is damaged.
        """
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int32)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        vector: np.ndarray = self._session.run(["vector"], inputs)[0][0]
        return vector


def write_encoder(folder: Path) -> None:
    """Make the encoder's files from the published weights.

    Args:
        folder: where they go.

    Raises:
        WeightsError: the published weights are missing or changed.
    """
    # Needed in training alone.
    from safetensors.numpy import load_file

    from bot.language import export

    published = weights_folder()
    check_weights(published)
    config = json.loads((published / "config.json").read_text(encoding="utf-8"))
    shape = export.Shape(config["num_hidden_layers"], config["num_attention_heads"], config["layer_norm_eps"])
    weights = load_file(published / "model.safetensors")
    export.write(export.network_of(weights.__getitem__, shape, "vector"), folder / ENCODER_FILE)
    shutil.copy(published / TOKENIZER_FILE, folder / TOKENIZER_FILE)
