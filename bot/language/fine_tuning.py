"""Fine-tunes the sentence encoder on what its heads are to tell; runs in a process of its own, with TensorFlow.

``python -m bot.language.fine_tuning JOB OUT``: JOB is an ``.npz`` file that ``save_job`` wrote, OUT the ONNX file.
One network, one pass a question: a shared sentence vector and a linear layer a head. The bot itself runs the ONNX
file by onnxruntime and never imports TensorFlow.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.language import export
from bot.language.misspelling import misspell

INTENT, LABELS, SCOPE, VECTOR = "intent", "labels", "scope", "vector"
REPORT_EVERY = 50
WARMED_HEADS = 2e-3
LABELS_WEIGHT = 5.0
SORTED_TOGETHER = 20
PROBES = ("dose", "a longer text, so that the other one is padded")
MOST_DISTANCE = 1e-4


Report = Callable[[str], object]
"""Takes one line of progress."""


class TrainingError(Exception):
    """The fine-tuning failed; its own lines say why."""


class ExportError(Exception):
    """The written network does not say what the trained one says."""


@dataclass(frozen=True)
class Settings:
    """How to train.

    Attributes:
        epochs: how often each example is read.
        rate: of the encoder's learning.
        batch: examples of a step.
        tokens: most of a text.
        misspelt: share of the examples that get one typing error a reading; half as many get a second.
        seed: of all that is left to chance.
    """

    epochs: float = 4.0
    rate: float = 2e-4
    batch: int = 32
    tokens: int = 64
    misspelt: float = 0.0
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


def fine_tune(job: Path, target: Path, report: Report) -> None:
    """Run the fine-tuning in a process of its own: it needs TensorFlow, which this one may have been started without.

    Args:
        job: what `save_job` wrote.
        target: the ONNX file to write.
        report: takes the lines of progress.

    Raises:
        TrainingError: it failed.
    """
    command = [sys.executable, "-W", "ignore", "-m", "bot.language.fine_tuning", str(job), str(target)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        lines = []
        for line in process.stdout or ():
            lines.append(line)
            if line.startswith("fine-tuning:"):
                report(line.rstrip())
    if process.returncode or not target.is_file():
        raise TrainingError("the fine-tuning failed; its last lines:\n" + "".join(lines[-15:]))


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
        for head in self._heads.values():
            head.build((None, self._bert.config.hidden_size))
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
        lengths = [len(self._tokenizer.encode(text).ids) for text in texts]
        chance = random.Random(self._settings.seed)
        counts = np.bincount(intents)
        weight = np.sqrt(counts[counts > 0].mean() / counts[intents]).astype(np.float32)
        steps = int(self._settings.epochs * len(texts) / self._settings.batch)
        step = self._training_step(labels.shape[1], steps)
        started = time.monotonic()
        for done, places in enumerate(self._batches(lengths, steps), start=1):
            ids, mask = _padded([self._tokens(texts[place], chance) for place in places])
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

    def _tokens(self, text: str, chance: random.Random) -> Sequence[int]:
        """Return the tokens of a text, which may be misspelt: in another way each time."""
        fate = chance.random()
        errors = (fate < self._settings.misspelt) + (fate < self._settings.misspelt / 2)
        ids: Sequence[int] = self._tokenizer.encode(misspell(text, errors, chance)).ids
        return ids

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
        chance, size = np.random.default_rng(self._settings.seed), self._settings.batch
        while True:
            order = chance.permutation(len(lengths))
            for start in range(0, len(order), size * SORTED_TOGETHER):
                near = sorted(order[start : start + size * SORTED_TOGETHER], key=lambda place: lengths[place])
                groups = [np.array(near[first : first + size]) for first in range(0, len(near), size)]
                for group in chance.permutation(len(groups)):
                    if steps == 0:
                        return
                    steps -= 1
                    yield groups[group]

    def export(self, target: Path) -> None:
        """Write the network as ONNX: ``input_ids``, ``attention_mask`` -> probabilities of each head, unit vector.

        Raises:
            ExportError: the written network does not say what the trained one says.
        """
        print("fine-tuning: writing the network", flush=True)
        known = {variable.name.partition("/bert/")[2]: variable.numpy() for variable in self._bert.variables}
        config = self._bert.config
        shape = export.Shape(config.num_hidden_layers, config.num_attention_heads, config.layer_norm_eps)
        heads = {
            name: (*head.get_weights(), "Sigmoid" if name == LABELS else "Softmax")
            for name, head in self._heads.items()
        }
        network = export.network_of(known.__getitem__, shape, heads, VECTOR)
        self._compare(network.SerializeToString())
        export.write(network, target)

    def _compare(self, written: bytes) -> None:
        """Check in full precision that a padded and a whole text come out as they went in."""
        import onnxruntime

        ids, mask = _padded([self._tokenizer.encode(text).ids for text in PROBES])
        session = onnxruntime.InferenceSession(written, providers=["CPUExecutionProvider"])
        (found,) = session.run([VECTOR], {"input_ids": ids, "attention_mask": mask})
        trained = self._tf.math.l2_normalize(self._vector(ids, mask, False), axis=1).numpy()
        if (distance := float(np.abs(found - trained).max())) > MOST_DISTANCE:
            raise ExportError(f"the written network differs from the trained one by {distance:.2g}")


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
