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
    """An encoder of random weights, named as Transformers names them."""
    random = np.random.default_rng(0)
    sizes: dict[str, tuple[int, ...]] = {
        "embeddings/word_embeddings/weight:0": (WORDS, WIDTH),
        "embeddings/position_embeddings/embeddings:0": (PLACES, WIDTH),
        "embeddings/token_type_embeddings/embeddings:0": (2, WIDTH),
        "embeddings/LayerNorm/gamma:0": (WIDTH,),
        "embeddings/LayerNorm/beta:0": (WIDTH,),
    }
    for layer in range(SHAPE.layers):
        here = f"encoder/layer_._{layer}"
        square = ("attention/self/query", "attention/self/key", "attention/self/value", "attention/output/dense")
        wide = {"intermediate/dense": (WIDTH, 2 * WIDTH), "output/dense": (2 * WIDTH, WIDTH)}
        for name, size in {**dict.fromkeys(square, (WIDTH, WIDTH)), **wide}.items():
            sizes[f"{here}/{name}/kernel:0"], sizes[f"{here}/{name}/bias:0"] = size, size[1:]
        for name in ("attention/output", "output"):
            for part in ("gamma", "beta"):
                sizes[f"{here}/{name}/LayerNorm/{part}:0"] = (WIDTH,)
    return {name: random.normal(0, 0.3, size).astype(np.float32) for name, size in sizes.items()}


@pytest.fixture(scope="module")
def heads() -> dict[str, tuple[np.ndarray, np.ndarray, str]]:
    random = np.random.default_rng(1)
    return {
        name: (random.normal(0, 1, (WIDTH, 3)).astype(np.float32), random.normal(0, 1, 3).astype(np.float32), kind)
        for name, kind in (("one", "Softmax"), ("several", "Sigmoid"))
    }


def vector_of(weights: dict[str, np.ndarray], ids: np.ndarray) -> np.ndarray:
    """Read one text without padding, by the sums of the paper."""

    def normal(value: np.ndarray, name: str) -> np.ndarray:
        spread = np.sqrt(value.var(-1, keepdims=True) + SHAPE.epsilon)
        gamma, beta = (weights[f"{name}/LayerNorm/{part}:0"] for part in ("gamma", "beta"))
        return (value - value.mean(-1, keepdims=True)) / spread * gamma + beta

    def linear(value: np.ndarray, name: str) -> np.ndarray:
        return value @ weights[f"{name}/kernel:0"] + weights[f"{name}/bias:0"]

    def softmax(value: np.ndarray) -> np.ndarray:
        shares = np.exp(value - value.max(-1, keepdims=True))
        return shares / shares.sum(-1, keepdims=True)

    places = weights["embeddings/position_embeddings/embeddings:0"][: len(ids)]
    segment = weights["embeddings/token_type_embeddings/embeddings:0"][0]
    hidden = normal(weights["embeddings/word_embeddings/weight:0"][ids] + places + segment, "embeddings")
    for layer in range(SHAPE.layers):
        here = f"encoder/layer_._{layer}"
        query, key, value = (
            linear(hidden, f"{here}/attention/self/{name}").reshape(len(ids), SHAPE.heads, -1).swapaxes(0, 1)
            for name in ("query", "key", "value")
        )
        seen = softmax(query @ key.swapaxes(1, 2) / math.sqrt(query.shape[-1])) @ value
        seen = seen.swapaxes(0, 1).reshape(len(ids), -1)
        hidden = normal(linear(seen, f"{here}/attention/output/dense") + hidden, f"{here}/attention/output")
        wide = linear(hidden, f"{here}/intermediate/dense")
        wide = wide * (1 + np.vectorize(math.erf)(wide / math.sqrt(2))) / 2
        hidden = normal(linear(wide, f"{here}/output/dense") + hidden, f"{here}/output")
    mean: np.ndarray = hidden.mean(0)
    return mean


def run(model: str | bytes) -> dict[str, np.ndarray]:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    names = ["one", "several", "vector"]
    outputs = session.run(names, {"input_ids": IDS, "attention_mask": MASK})
    return dict(zip(names, outputs, strict=True))


def test_padded_texts_come_out_as_by_the_sums_of_the_paper(
    weights: dict[str, np.ndarray], heads: dict[str, tuple[np.ndarray, np.ndarray, str]]
) -> None:
    found = run(network_of(weights.__getitem__, SHAPE, heads, "vector").SerializeToString())
    for place, (ids, mask) in enumerate(zip(IDS, MASK, strict=True)):
        vector = vector_of(weights, ids[mask > 0])
        one, several = (vector @ heads[name][0] + heads[name][1] for name in ("one", "several"))
        assert found["vector"][place] == pytest.approx(vector / np.linalg.norm(vector), abs=1e-5)
        assert found["one"][place] == pytest.approx(np.exp(one) / np.exp(one).sum(), abs=1e-4)
        assert found["several"][place] == pytest.approx(1 / (1 + np.exp(-several)), abs=1e-4)


def test_eight_bits_stay_near_and_take_less_than_half(
    tmp_path: Path, weights: dict[str, np.ndarray], heads: dict[str, tuple[np.ndarray, np.ndarray, str]]
) -> None:
    network = network_of(weights.__getitem__, SHAPE, heads, "vector")
    whole = network.SerializeToString()
    write(network, tmp_path / "small.onnx")
    assert (tmp_path / "small.onnx").stat().st_size < len(whole) / 2
    assert 0 < np.abs(run(str(tmp_path / "small.onnx"))["vector"] - run(whole)["vector"]).max() < 0.03
