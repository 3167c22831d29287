"""Prepares what the language components read: the clinical spaCy pipeline of the present knowledge base."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import yaml
from rasa.shared.nlu.training_data.entities_parser import replace_entities

from bot.knowledge.loading import load
from bot.language import lexicon
from bot.language.pipeline import PIPELINE_FOLDER, WORD, build, own_words

OFTEN = 5
SHORTEST = 5


def frequent_words(nlu_folder: Path) -> list[str]:
    """List the words that the training examples use often, most frequent first: worth correcting towards."""
    counts = Counter(word for text in _texts(nlu_folder) for word in WORD.findall(text.lower()))
    often = [
        word
        for word, count in counts.items()
        if count >= OFTEN and len(word) >= SHORTEST and word.isalpha() and lexicon.is_english(word)
    ]
    return sorted(often, key=lambda word: (-counts[word], word))


def _texts(nlu_folder: Path) -> Iterator[str]:
    """Yield the texts of the training examples. Rasa's own loader checks each annotation, and takes a minute more."""
    for path in sorted(nlu_folder.glob("*.yml")):
        for block in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["nlu"]:
            for line in block.get("examples", "").splitlines():
                yield replace_entities(line.removeprefix("- ").strip())


def prepare_pipeline(
    fingerprint: str = "", nlu_folder: Path = Path("data/nlu"), target: Path = PIPELINE_FOLDER
) -> None:
    """Build the pipeline anew and put it in place, complete or not at all.

    Args:
        fingerprint: name of the model that is trained with it, noted in its ``meta.json``.
        nlu_folder: the training examples.
        target: where the pipeline goes.
    """
    knowledge = load()
    own = own_words(knowledge)
    often = frequent_words(nlu_folder)
    drugs = lexicon.drug_names(own)
    diseases = [*lexicon.disease_words(own), *(word.lower() for word in knowledge.other_diseases)]
    known = [*lexicon.confusable_words([*own, *often], [*drugs, *diseases]), *often]
    nlp = build(knowledge, known=known, drugs=drugs, diseases=diseases, more_targets=often)
    nlp.meta["fingerprint"] = fingerprint
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        nlp.to_disk(Path(scratch) / "pipeline")
        shutil.rmtree(target, ignore_errors=True)
        (Path(scratch) / "pipeline").rename(target)
