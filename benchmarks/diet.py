"""DIET in the place of the linear classifier: what is asked by Rasa's own, of the features that ship, all else ours.

It learns the same examples as the heads, as they are read: words corrected, brands and abbreviations by their name.
``python -m benchmarks.diet`` trains it (half an hour and more), in a process of its own, since it needs TensorFlow; the
ablation asks it where that was done.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rasa.nlu.constants import SPACY_DOCS
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from benchmarks.asking import ROOT, Report, prepare_process
from benchmarks.stock_reading import CACHE, read_by
from benchmarks.training import plain_environment, timed
from bot.language.heads import Outputs, Reads
from bot.language.lesson import Lesson
from bot.language.parts import pieces
from bot.language.pipeline import PIPELINE_FOLDER, plain_text

EPOCHS = 4
"""Four minutes each on one core; Rasa's default is 300 for this component."""
FOLDER = CACHE / "diet"


class Diet:
    """Heads whose intents are DIET's; topics, bullets and scope are still those of the linear heads."""

    def __init__(self, model: Path, texts: Sequence[str], names: Sequence[str], linear: Reads, report: Report) -> None:
        """Read all texts that will be asked for, as `plain_texts` returns them.

        Raises:
            StockError: the process that reads failed.
        """
        self._linear = linear
        self._intents: dict[str, np.ndarray] = {}
        for text, parsed in zip(texts, read_by(model, texts, report), strict=True):
            shares = {entry["name"]: entry["confidence"] for entry in parsed["intent_ranking"]}
            self._intents[text] = np.array([shares.get(name, 0.0) for name in names], dtype=np.float32)

    def read(self, text: str, vector: np.ndarray) -> Outputs:
        """Return what is said of a text.

        Raises:
            KeyError: it is none of those that were read at the start.
        """
        linear = self._linear.read(text, vector)
        return Outputs(self._intents[text], linear.labels, linear.scope)


def plain_texts(messages: Iterable[Message]) -> list[str]:
    """List what heads are asked to read of messages: the whole of each, and its questions where it asks several."""
    docs = [message.get(SPACY_DOCS[TEXT]) for message in messages]
    read = (plain_text(one) for doc in docs for one in (doc, *pieces(doc)))
    return list(dict.fromkeys(read))


def model_of(lesson: Lesson) -> Path:
    """Name the file of the model that fits a lesson, whether it is there or not."""
    digest = hashlib.sha256((yaml.safe_dump(_configuration()) + _examples(lesson)).encode()).hexdigest()[:12]
    return FOLDER / "models" / f"diet-{digest}.tar.gz"


def train(lesson: Lesson, report: Report) -> Path:
    """Find the model that fits a lesson, or train it.

    Raises:
        SystemExit: the training failed; names its log.
    """
    model, config, data = model_of(lesson), _configuration(), _examples(lesson)
    if not model.is_file():
        (FOLDER / "data").mkdir(parents=True, exist_ok=True)
        (FOLDER / "data" / "nlu.yml").write_text(data, encoding="utf-8")
        (FOLDER / "config.yml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
        name = model.name.removesuffix(".tar.gz")
        command = [sys.executable, "-m", "rasa", "train", "nlu", "--out", "models", "--fixed-model-name", name]
        report(f"DIET is trained for {EPOCHS} epochs on {len(lesson.texts)} examples")
        timed(command, FOLDER, plain_environment(ROOT), FOLDER / "train.log", report)
    return model


def _examples(lesson: Lesson) -> str:
    examples: dict[str, list[str]] = {}
    for text, place in zip(lesson.texts, lesson.intents.tolist(), strict=True):
        examples.setdefault(lesson.names.intents[place], []).append(text)
    return written(examples)


def _configuration() -> dict[str, Any]:
    return {
        "recipe": "default.v1",
        "assistant_id": "diet",
        "language": "en",
        "pipeline": [
            {"name": "SpacyNLP", "model": str(PIPELINE_FOLDER), "case_sensitive": True},
            {"name": "SpacyTokenizer"},
            {"name": "bot.language.featurizer.SentenceEncoder"},
            {"name": "CountVectorsFeaturizer", "max_ngram": 2},
            {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 3, "max_ngram": 5, "min_df": 2},
            {
                "name": "DIETClassifier",
                "epochs": EPOCHS,
                "entity_recognition": False,
                "constrain_similarities": True,
                "ranking_length": 0,
            },
        ],
    }


def written(examples: Mapping[str, Sequence[str]]) -> str:
    """Write texts by intent as one of Rasa's training files, each text once."""
    entries = [
        {"intent": intent, "examples": [{"text": text} for text in dict.fromkeys(texts) if text]}
        for intent, texts in sorted(examples.items())
    ]
    return yaml.safe_dump({"version": "3.1", "nlu": entries}, allow_unicode=True, width=10_000)


def main() -> int:
    """Train it on the lesson of the model that ships."""
    from benchmarks.asking import say
    from benchmarks.variants import Shipped, Texts, pipeline
    from bot.serving.training import ensure_model

    shipped = Shipped(ensure_model(ROOT, say))
    print(train(Texts(pipeline(), shipped.featurizer).lesson(shipped.config["held_out"]), say))
    return 0


if __name__ == "__main__":
    prepare_process()
    raise SystemExit(main())
