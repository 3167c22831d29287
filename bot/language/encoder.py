"""Sentence vectors of all-MiniLM-L6-v2 by onnxruntime, without TensorFlow or PyTorch."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

ENCODER_FOLDER = Path(__file__).resolve().parents[2] / "build" / "encoder"
MODEL_FILE = "all-MiniLM-L6-v2.onnx"
TOKENIZER_FILE = "tokenizer.json"
DIGEST_FILE = "sha256"
DIMENSION = 384
MAX_TOKENS = 256


class EncoderError(Exception):
    """The encoder's files are missing or are not those that the set-up made."""


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Encoder:
    """Turns texts into unit vectors; loads its files when the first text comes.

    Args:
        folder: holds the model, the tokenizer and the digest of the model, as ``python -m bot encoder`` leaves them.
    """

    def __init__(self, folder: Path = ENCODER_FOLDER) -> None:
        """Remember the folder; read nothing yet."""
        self._folder = folder
        self._checked = False

    def check(self) -> None:
        """Verify the files without loading them.

        Raises:
            EncoderError: a file is missing, or the model's digest is not the one noted at set-up.
        """
        for name in (MODEL_FILE, TOKENIZER_FILE, DIGEST_FILE):
            if not (self._folder / name).is_file():
                raise EncoderError(f"{self._folder / name} is missing; run `make train` (or `python -m bot encoder`)")
        noted = (self._folder / DIGEST_FILE).read_text().split()
        found = [digest(self._folder / name) for name in (MODEL_FILE, TOKENIZER_FILE)]
        if noted != found:
            raise EncoderError(f"{self._folder} holds files with a wrong SHA-256; delete it and run `python -m bot encoder`")

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # One thread a request: a question takes milliseconds, and the same sum in the same order gives the same bytes.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        return onnxruntime.InferenceSession(
            str(self._folder / MODEL_FILE), options, providers=["CPUExecutionProvider"]
        )

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / TOKENIZER_FILE))
        tokenizer.enable_truncation(MAX_TOKENS)
        tokenizer.no_padding()
        return tokenizer

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Encode texts one by one, so that a vector does not depend on its neighbours.

        Args:
            texts: any texts; an empty one gives the vector of nothing but the sentence marks.

        Returns:
            float32 array of shape (number of texts, 384), each row of length 1.

        Raises:
            EncoderError: the files are missing or damaged.
        """
        if not self._checked:
            self.check()
            self._checked = True
        vectors = np.empty((len(texts), DIMENSION), dtype=np.float32)
        for row, text in enumerate(texts):
            ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int32)
            inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
            vectors[row] = self._session.run(["vector"], inputs)[0][0]
        return vectors


@lru_cache(maxsize=4)
def shared_encoder(folder: Path = ENCODER_FOLDER) -> Encoder:
    """Return the process's encoder of a folder, so that components share one copy of the weights."""
    return Encoder(folder)
