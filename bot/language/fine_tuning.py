"""Fine-tunes the sentence encoder on what its heads are to tell; runs in a process of its own, with TensorFlow.

``python -m bot.language.fine_tuning JOB OUT``: JOB is an ``.npz`` file that ``save_job`` wrote, OUT the ONNX file.
One network, one pass a question: a shared sentence vector and a linear layer a head. The bot itself runs the ONNX
file by onnxruntime and never imports TensorFlow.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

INTENT, LABELS, SCOPE, VECTOR = "intent", "labels", "scope", "vector"
REPORT_EVERY = 50
WARMED_HEADS = 2e-3
LABELS_WEIGHT = 5.0
SORTED_TOGETHER = 20
BLOCK = 128
"""Numbers of a matrix that share a scale."""
WHOLE_NUMBERS = 4
"""onnxruntime's name for sums in whole numbers of 8 bits."""


@dataclass(frozen=True)
class Settings:
    """How to train: ``epochs`` over the examples, ``rate`` of the encoder's learning, ``batch``, most ``tokens``."""

    epochs: float = 4.0
    rate: float = 2e-4
    batch: int = 32
    tokens: int = 64
    seed: int = 1


def save_job(
    path: Path, texts: Sequence[str], intents: np.ndarray, labels: np.ndarray, scope: np.ndarray, settings: Settings
) -> None:
    """Write what is to be learnt.

    Args:
        path: the ``.npz`` file.
        texts: n texts.
        intents: int array (n,): which one intent each text has.
        labels: array (n, k): which of k labels hold (1), which do not (0), and which are not judged (below 0).
        scope: int array (n,): which one scope each text has.
        settings: how to train.
    """
    np.savez(
        path,
        texts=np.array(list(texts), dtype=object).astype(str),
        intents=intents,
        labels=labels,
        scope=scope,
        settings=json.dumps(asdict(settings)),
    )


def main(arguments: Sequence[str]) -> int:
    """Train and export; lines of progress go to standard output."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    job = np.load(arguments[0])
    settings = Settings(**json.loads(str(job["settings"])))
    trainer = Trainer(int(job["intents"].max()) + 1, job["labels"].shape[1], int(job["scope"].max()) + 1, settings)
    trainer.fit([str(text) for text in job["texts"]], job["intents"], job["labels"], job["scope"])
    trainer.export(Path(arguments[1]))
    return 0


class Trainer:
    """The encoder with its heads, in TensorFlow, to be trained and exported."""

    def __init__(self, intents: int, labels: int, scopes: int, settings: Settings) -> None:
        """Load the published weights and add a linear layer a head."""
        import tensorflow as tf
        from tokenizers import Tokenizer
        from transformers import TFBertModel
        from transformers import logging as transformers_logging

        from bot.language.weights import check_weights, weights_folder

        transformers_logging.set_verbosity_error()
        # The same data give the same model again on the same machine.
        tf.keras.utils.set_random_seed(settings.seed)
        tf.config.experimental.enable_op_determinism()
        weights = weights_folder()
        check_weights(weights)
        self._tf = tf
        self._settings = settings
        self._bert = TFBertModel.from_pretrained(str(weights), local_files_only=True)
        self._heads = {
            name: tf.keras.layers.Dense(size) for name, size in ((INTENT, intents), (LABELS, labels), (SCOPE, scopes))
        }
        self._dropout = tf.keras.layers.Dropout(0.1)
        self._tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
        self._tokenizer.enable_truncation(settings.tokens)
        self._tokenizer.no_padding()

    def _vector(self, ids: Any, mask: Any, training: bool) -> Any:
        tf = self._tf
        hidden = self._bert(input_ids=ids, attention_mask=mask, training=training).last_hidden_state
        weight = tf.cast(mask, tf.float32)[:, :, None]
        return tf.reduce_sum(hidden * weight, 1) / tf.maximum(tf.reduce_sum(weight, 1), 1e-9)

    def fit(self, texts: Sequence[str], intents: np.ndarray, labels: np.ndarray, scope: np.ndarray) -> None:
        """Train on all examples; rare intents weigh more."""
        tokens = [self._tokenizer.encode(text).ids for text in texts]
        counts = np.bincount(intents)
        weight = np.sqrt(counts[counts > 0].mean() / counts[intents]).astype(np.float32)
        steps = int(self._settings.epochs * len(tokens) / self._settings.batch)
        step = self._training_step(labels.shape[1], steps)
        started = time.monotonic()
        for done, places in enumerate(self._batches([len(ids) for ids in tokens], steps), start=1):
            ids, mask = _padded([tokens[place] for place in places])
            loss = step(
                ids,
                mask,
                intents[places].astype(np.int32),
                labels[places].astype(np.float32),
                scope[places].astype(np.int32),
                weight[places],
            )
            if done % REPORT_EVERY == 0 or done == steps:
                elapsed = time.monotonic() - started
                print(f"fine-tuning: step {done} of {steps}, loss {float(loss):.3f}, {elapsed:.0f} s", flush=True)

    def _training_step(self, labels: int, steps: int) -> Any:
        """Compile one step of training: cross-entropies of the heads, added; rates that fall to nothing."""
        tf, keras = self._tf, self._tf.keras
        decay = keras.optimizers.schedules.PolynomialDecay
        slow = keras.optimizers.Adam(decay(self._settings.rate, steps, 0.0))
        fast = keras.optimizers.Adam(decay(WARMED_HEADS, steps, 0.0))
        entropy = keras.losses.sparse_categorical_crossentropy

        @tf.function(
            input_signature=[
                tf.TensorSpec([None, None], tf.int32),
                tf.TensorSpec([None, None], tf.int32),
                tf.TensorSpec([None], tf.int32),
                tf.TensorSpec([None, labels], tf.float32),
                tf.TensorSpec([None], tf.int32),
                tf.TensorSpec([None], tf.float32),
            ]
        )
        def step(ids: Any, mask: Any, intent: Any, label: Any, scope: Any, weight: Any) -> Any:
            with tf.GradientTape() as tape:
                vector = self._dropout(self._vector(ids, mask, True), training=True)
                loss = tf.reduce_mean(weight * entropy(intent, self._heads[INTENT](vector), from_logits=True))
                loss += tf.reduce_mean(entropy(scope, self._heads[SCOPE](vector), from_logits=True))
                if labels:
                    logits = self._heads[LABELS](vector)
                    judged = tf.cast(label >= 0, tf.float32)
                    each = tf.nn.sigmoid_cross_entropy_with_logits(tf.maximum(label, 0.0), logits)
                    loss += LABELS_WEIGHT * tf.reduce_mean(judged * each)
            heads = [variable for head in self._heads.values() for variable in head.trainable_variables]
            body = [variable for variable in self._bert.trainable_variables if "pooler" not in variable.name]
            gradients = tape.gradient(loss, heads + body)
            fast.apply_gradients(zip(gradients[: len(heads)], heads))  # noqa: B905  TensorFlow traces this zip
            clipped, _ = tf.clip_by_global_norm(gradients[len(heads) :], 1.0)
            slow.apply_gradients(zip(clipped, body))  # noqa: B905
            return loss

        return step

    def _batches(self, lengths: Sequence[int], steps: int) -> Iterator[np.ndarray]:
        """Yield places of examples, shuffled anew each epoch, those of like length together."""
        random, size = np.random.default_rng(self._settings.seed), self._settings.batch
        while True:
            order = random.permutation(len(lengths))
            for start in range(0, len(order), size * SORTED_TOGETHER):
                near = sorted(order[start : start + size * SORTED_TOGETHER], key=lambda place: lengths[place])
                groups = [np.array(near[first : first + size]) for first in range(0, len(near), size)]
                for group in random.permutation(len(groups)):
                    if steps == 0:
                        return
                    steps -= 1
                    yield groups[group]

    def export(self, target: Path) -> None:
        """Write the network as ONNX: ``input_ids``, ``attention_mask`` -> probabilities of each head, unit vector.

        Its matrices are kept as whole numbers of 8 bits, in blocks with a scale each: two thirds of the time of a
        question, and the same answers (docs/decisions.md).
        """
        import logging

        import tf2onnx

        logging.getLogger("tf2onnx").setLevel(logging.ERROR)
        tf = self._tf
        signature = [tf.TensorSpec([None, None], tf.int32, name=name) for name in ("input_ids", "attention_mask")]

        @tf.function(input_signature=signature)
        def outputs(input_ids: Any, attention_mask: Any) -> dict[str, Any]:
            vector = self._vector(input_ids, attention_mask, False)
            return {
                INTENT: tf.nn.softmax(self._heads[INTENT](vector)),
                LABELS: tf.sigmoid(self._heads[LABELS](vector)),
                SCOPE: tf.nn.softmax(self._heads[SCOPE](vector)),
                VECTOR: tf.math.l2_normalize(vector, axis=1),
            }

        print("fine-tuning: writing the network", flush=True)
        network, _ = tf2onnx.convert.from_function(outputs, input_signature=signature, opset=15)
        _in_eight_bits(network).save_model_to_file(str(target))


def _in_eight_bits(network: Any) -> Any:
    """Return an ONNX network with its matrices in 8 bits."""
    import logging

    from onnxruntime.quantization import matmul_nbits_quantizer as quantizer

    logging.getLogger(quantizer.__name__).setLevel(logging.WARNING)
    config = quantizer.DefaultWeightOnlyQuantConfig(
        block_size=BLOCK, is_symmetric=True, accuracy_level=WHOLE_NUMBERS, bits=8
    )
    work = quantizer.MatMulNBitsQuantizer(network, algo_config=config)
    work.process()
    return work.model


def _padded(tokens: Sequence[Sequence[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Bring token ids to one length: (ids, mask), each of shape (texts, longest)."""
    ids = np.zeros((len(tokens), max(len(row) for row in tokens)), dtype=np.int32)
    mask = np.zeros_like(ids)
    for row, values in enumerate(tokens):
        ids[row, : len(values)] = values
        mask[row, : len(values)] = 1
    return ids, mask


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
