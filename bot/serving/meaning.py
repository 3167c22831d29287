"""Groups texts that mean the same, by the sentence vectors of the model that reads questions."""

from __future__ import annotations

import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from bot.language.encoder import ENCODER_FILE, Encoder, EncoderError
from bot.language.weights import TOKENIZER_FILE
from bot.serving.errors import ServingError
from bot.serving.training import MODEL_FOLDER, model_path

ALIKE = 0.82
"""Least cosine of two texts that mean the same."""


def vectors(root: Path, texts: Sequence[str]) -> dict[str, np.ndarray]:
    """Return the sentence vector (length 1) of each text, by the model that fits the present data or else the newest.

    Raises:
        ServingError: there is no model, or it cannot be read.
    """
    if not texts:
        return {}
    path = model_path(root)
    models = sorted((root / MODEL_FOLDER).glob("*.tar.gz"), key=lambda file: file.stat().st_mtime)
    if not path.is_file() and not models:
        raise ServingError("there is no model to compare meanings with; run `make train`.")
    path = path if path.is_file() else models[-1]
    with tempfile.TemporaryDirectory() as scratch:
        try:
            _unpack(path, Path(scratch))
            encoder = Encoder(Path(scratch))
            return {text: encoder.vector(text) for text in dict.fromkeys(texts)}
        except (tarfile.TarError, OSError, EOFError, EncoderError) as error:
            raise ServingError(f"{path.name} cannot be read ({error}); run `make train`.") from error


def _unpack(model: Path, folder: Path) -> None:
    with tarfile.open(model) as archive:
        for member in archive:
            name = Path(member.name).name
            content = archive.extractfile(member) if name in (ENCODER_FILE, TOKENIZER_FILE) else None
            if content is not None:
                (folder / name).write_bytes(content.read())


def grouped(counts: Mapping[str, int], places: Mapping[str, np.ndarray]) -> list[list[str]]:
    """Group texts with the most frequent of those that they are like; the largest group first.

    Args:
        counts: how often each text came.
        places: the vector of each text.
    """
    groups: list[list[str]] = []
    for text in sorted(counts, key=lambda one: (-counts[one], one)):
        likeness = [float(places[group[0]] @ places[text]) for group in groups]
        if likeness and max(likeness) >= ALIKE:
            groups[likeness.index(max(likeness))].append(text)
        else:
            groups.append([text])
    return sorted(groups, key=lambda group: -sum(counts[text] for text in group))
