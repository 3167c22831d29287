"""Writes a BERT encoder as an ONNX file of few, fused operators, its matrices in 8 bits.

General converters write each layer as some hundred small operators; onnxruntime's own fused ones (attention, layer
normalisation with what is added before it, biased GELU) take a fifth less time a question.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

FUSED = "com.microsoft"
"""The domain of onnxruntime's own operators."""
BLOCK = 128
"""Numbers of a matrix that share a scale."""
WHOLE_NUMBERS = 4
"""onnxruntime's name for sums in whole numbers of 8 bits."""
OPSET, IR_VERSION = 17, 9
SMALLEST = 1e-9

Weights = Callable[[str], np.ndarray]
"""Takes the name of a weight within the encoder, as its published file names it, and returns it."""


@dataclass(frozen=True)
class Shape:
    """Sizes of an encoder: ``layers``, attention ``heads``, and the ``epsilon`` of its normalisations."""

    layers: int
    heads: int
    epsilon: float


@dataclass
class _Graph:
    nodes: list[Any] = field(default_factory=list)
    weights: list[Any] = field(default_factory=list)

    def weight(self, value: Any) -> str:
        """Add a constant and return its name."""
        from onnx import numpy_helper

        name = f"weight_{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, operator: str, inputs: list[str], outputs: int = 1, **settings: Any) -> list[str]:
        """Add an operator and return the names of its outputs."""
        from onnx import helper

        names = [f"{operator}_{len(self.nodes)}_{place}" for place in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, **settings))
        return names

    def name(self, value: str, name: str) -> None:
        """Give a value its name among the network's outputs."""
        from onnx import helper

        self.nodes.append(helper.make_node("Identity", [value], [name]))


def network_of(weights: Weights, shape: Shape, vector: str) -> Any:
    """Put the network together, in full precision.

    Args:
        weights: of the encoder.
        shape: its sizes.
        vector: name of the output that is the mean of the last layer, of length one.

    Returns:
        ONNX model: ``input_ids``, ``attention_mask`` (texts, tokens) -> one row a text.
    """
    from onnx import TensorProto, helper

    graph = _Graph()
    pooled = _pooled(graph, _encoded(graph, weights, shape))
    graph.name(graph.add("LpNormalization", [pooled], axis=1, p=2)[0], vector)
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT32, ["texts", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    outputs = [helper.make_tensor_value_info(vector, TensorProto.FLOAT, ["texts", None])]
    drawn = helper.make_graph(graph.nodes, "encoder", inputs, outputs, graph.weights)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(drawn, opset_imports=opsets, ir_version=IR_VERSION)


def _encoded(graph: _Graph, weights: Weights, shape: Shape) -> str:
    """Add the encoder; return the name of its last layer's output."""
    # All tokens are of one segment: what that adds is added to the places once and for all.
    places = weights("embeddings.position_embeddings.weight") + weights("embeddings.token_type_embeddings.weight")[0]
    words = weights("embeddings.word_embeddings.weight")
    scale, shift = (graph.weight(weights(f"embeddings.LayerNorm.{kind}")) for kind in ("weight", "bias"))
    tables = [graph.weight(words), graph.weight(places)]
    inputs = ["input_ids", "", *tables, "", scale, shift]
    hidden, _ = graph.add("EmbedLayerNormalization", inputs, 2, domain=FUSED, epsilon=shape.epsilon)
    for place in range(shape.layers):
        hidden = _layer(graph, lambda name, at=place: weights(f"encoder.layer.{at}.{name}"), shape, hidden)  # type: ignore[misc]
    return hidden


def _layer(graph: _Graph, weights: Weights, shape: Shape, hidden: str) -> str:
    """Add one layer; return the name of its output."""
    names = [f"attention.self.{name}" for name in ("query", "key", "value")]
    # Published matrices are (outputs, inputs).
    asked = graph.weight(np.concatenate([weights(f"{name}.weight") for name in names]).T)
    (product,) = graph.add("MatMul", [hidden, asked])
    parts = graph.add("Split", [product], 3, axis=-1)
    bias = graph.weight(np.concatenate([weights(f"{name}.bias") for name in names]))
    (seen,) = graph.add("MultiHeadAttention", [*parts, bias, "attention_mask"], domain=FUSED, num_heads=shape.heads)
    hidden = _added(graph, weights, shape, "attention.output", seen, hidden)
    (wide,) = graph.add("MatMul", [hidden, graph.weight(weights("intermediate.dense.weight").T)])
    (wide,) = graph.add("BiasGelu", [wide, graph.weight(weights("intermediate.dense.bias"))], domain=FUSED)
    return _added(graph, weights, shape, "output", wide, hidden)


def _added(graph: _Graph, weights: Weights, shape: Shape, name: str, value: str, before: str) -> str:
    """Add a linear layer whose result is added to what was before, and normalised."""
    (product,) = graph.add("MatMul", [value, graph.weight(weights(f"{name}.dense.weight").T)])
    rest = [graph.weight(weights(f"{name}.{part}")) for part in ("LayerNorm.weight", "LayerNorm.bias", "dense.bias")]
    return graph.add("SkipLayerNormalization", [product, before, *rest], domain=FUSED, epsilon=shape.epsilon)[0]


def _pooled(graph: _Graph, hidden: str) -> str:
    """Add the mean over the tokens that are there."""
    (shares,) = graph.add("Cast", ["attention_mask"], to=1)
    (column,) = graph.add("Unsqueeze", [shares, graph.weight(np.array([2], dtype=np.int64))])
    (kept,) = graph.add("Mul", [hidden, column])
    tokens = graph.weight(np.array([1], dtype=np.int64))
    (total,) = graph.add("ReduceSum", [kept, tokens], keepdims=0)
    (count,) = graph.add("ReduceSum", [shares, tokens], keepdims=1)
    (some,) = graph.add("Max", [count, graph.weight(np.array(SMALLEST, dtype=np.float32))])
    return graph.add("Div", [total, some])[0]


def write(network: Any, target: Path) -> None:
    """Write a network with its matrices in 8 bits, in blocks with a scale each (docs/decisions.md).

    Args:
        network: ONNX model; it is changed.
        target: the file.
    """
    import logging

    from onnxruntime.quantization import matmul_nbits_quantizer as quantizer

    logging.getLogger(quantizer.__name__).setLevel(logging.WARNING)
    config = quantizer.DefaultWeightOnlyQuantConfig(
        block_size=BLOCK, is_symmetric=True, accuracy_level=WHOLE_NUMBERS, bits=8
    )
    work = quantizer.MatMulNBitsQuantizer(network, algo_config=config)
    work.process()
    work.model.save_model_to_file(str(target))
