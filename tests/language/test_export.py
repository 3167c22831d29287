"""The written network, beside the same sums in NumPy."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from bot.language.export import Shape, network_of, write

SHAPE, WIDTH, WORDS, PLACES = Shape(layers=2, heads=2, epsilon=1e-12), 128, 40, 16
IDS = np.array([[5, 9, 3, 0], [7, 1, 2, 30]], dtype=np.int32)
MASK = np.array([[1, 1, 1, 0], [1, 1, 1, 1]], dtype=np.int32)


@pytest.fixture(scope="module")
def weights() -> dict[str, np.ndarray]:
    """An encoder of random weights, named as the published file names them."""
    random = np.random.default_rng(0)
    sizes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (WORDS, WIDTH),
        "embeddings.position_embeddings.weight": (PLACES, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
        "embeddings.LayerNorm.weight": (WIDTH,),
        "embeddings.LayerNorm.bias": (WIDTH,),
    }
    for layer in range(SHAPE.layers):
        here = f"encoder.layer.{layer}"
        square = ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense")
        wide = {"intermediate.dense": (2 * WIDTH, WIDTH), "output.dense": (WIDTH, 2 * WIDTH)}
        for name, size in {**dict.fromkeys(square, (WIDTH, WIDTH)), **wide}.items():
            sizes[f"{here}.{name}.weight"], sizes[f"{here}.{name}.bias"] = size, size[:1]
        for name in ("attention.output", "output"):
            for part in ("weight", "bias"):
                sizes[f"{here}.{name}.LayerNorm.{part}"] = (WIDTH,)
    return {name: random.normal(0, 0.3, size).astype(np.float32) for name, size in sizes.items()}


def vector_of(weights: dict[str, np.ndarray], ids: np.ndarray) -> np.ndarray:
    """Read one text without padding, by the sums of the paper."""

    def normal(value: np.ndarray, name: str) -> np.ndarray:
        spread = np.sqrt(value.var(-1, keepdims=True) + SHAPE.epsilon)
        gamma, beta = (weights[f"{name}.LayerNorm.{part}"] for part in ("weight", "bias"))
        return (value - value.mean(-1, keepdims=True)) / spread * gamma + beta

    def linear(value: np.ndarray, name: str) -> np.ndarray:
        return value @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def softmax(value: np.ndarray) -> np.ndarray:
        shares = np.exp(value - value.max(-1, keepdims=True))
        return shares / shares.sum(-1, keepdims=True)

    places = weights["embeddings.position_embeddings.weight"][: len(ids)]
    segment = weights["embeddings.token_type_embeddings.weight"][0]
    hidden = normal(weights["embeddings.word_embeddings.weight"][ids] + places + segment, "embeddings")
    for layer in range(SHAPE.layers):
        here = f"encoder.layer.{layer}"
        query, key, value = (
            linear(hidden, f"{here}.attention.self.{name}").reshape(len(ids), SHAPE.heads, -1).swapaxes(0, 1)
            for name in ("query", "key", "value")
        )
        seen = softmax(query @ key.swapaxes(1, 2) / math.sqrt(query.shape[-1])) @ value
        seen = seen.swapaxes(0, 1).reshape(len(ids), -1)
        hidden = normal(linear(seen, f"{here}.attention.output.dense") + hidden, f"{here}.attention.output")
        wide = linear(hidden, f"{here}.intermediate.dense")
        wide = wide * (1 + np.vectorize(math.erf)(wide / math.sqrt(2))) / 2
        hidden = normal(linear(wide, f"{here}.output.dense") + hidden, f"{here}.output")
    mean: np.ndarray = hidden.mean(0)
    return mean


def run(model: str | bytes) -> np.ndarray:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    vectors: np.ndarray = session.run(["vector"], {"input_ids": IDS, "attention_mask": MASK})[0]
    return vectors


def test_padded_texts_come_out_as_by_the_sums_of_the_paper(weights: dict[str, np.ndarray]) -> None:
    found = run(network_of(weights.__getitem__, SHAPE, "vector").SerializeToString())
    for place, (ids, mask) in enumerate(zip(IDS, MASK, strict=True)):
        vector = vector_of(weights, ids[mask > 0])
        assert found[place] == pytest.approx(vector / np.linalg.norm(vector), abs=1e-5)


def test_eight_bits_stay_near_and_take_less_than_half(tmp_path: Path, weights: dict[str, np.ndarray]) -> None:
    network = network_of(weights.__getitem__, SHAPE, "vector")
    whole = network.SerializeToString()
    write(network, tmp_path / "small.onnx")
    assert (tmp_path / "small.onnx").stat().st_size < len(whole) / 2
    assert 0 < np.abs(run(str(tmp_path / "small.onnx")) - run(whole)).max() < 0.03
