"""Runs the fine-tuned network by onnxruntime: one pass a question, no TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

NETWORK_FILE = "network.onnx"
TOKENIZER_FILE = "tokenizer.json"
MOST_TOKENS = 64


class NetworkError(Exception):
    """The network's files are missing or cannot be read."""


@dataclass(frozen=True)
class Outputs:
    """What the heads say of one text: probabilities of each head, and the sentence vector (length 1, 384 numbers)."""

    intent: np.ndarray
    labels: np.ndarray
    scope: np.ndarray
    vector: np.ndarray


class Reads(Protocol):
    """What can stand in the network's place, to be measured beside it."""

    def read(self, text: str) -> Outputs:
        """Return what the heads say of a text."""


class Network:
    """The network of one folder; its files are loaded when the first text comes.

    Args:
        folder: holds ``network.onnx`` and ``tokenizer.json``.
    """

    def __init__(self, folder: Path) -> None:
        """Check that the files are there; read nothing yet.

        Raises:
            NetworkError: a file is missing.
        """
        for name in (NETWORK_FILE, TOKENIZER_FILE):
            if not (folder / name).is_file():
                raise NetworkError(f"{folder / name} is missing; train the model anew (`make train`)")
        self._folder = folder

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # One thread a question: it takes milliseconds, and the same sum in the same order gives the same bytes.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        try:
            return onnxruntime.InferenceSession(
                str(self._folder / NETWORK_FILE), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise NetworkError(
                f"{self._folder / NETWORK_FILE} cannot be read ({error}); train the model anew"
            ) from error

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_file(str(self._folder / TOKENIZER_FILE))
        except Exception as error:
            raise NetworkError(f"{self._folder / TOKENIZER_FILE} cannot be read ({error}); train anew") from error
        tokenizer.enable_truncation(MOST_TOKENS)
        tokenizer.no_padding()
        return tokenizer

    def read(self, text: str) -> Outputs:
        """Return what the heads say of a text; an empty one is read as nothing but the sentence marks.

        Raises:
            NetworkError: a file is damaged.
        """
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int32)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        names = ["intent", "labels", "scope", "vector"]
        return Outputs(*(output[0] for output in self._session.run(names, inputs)))
