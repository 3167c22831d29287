"""DIET in the linear classifier's place: what it is taught, what it is asked, what stays the heads'."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
from rasa.nlu.constants import SPACY_DOCS
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from benchmarks import diet
from bot.language.heads import Outputs


def message(text: str) -> Message:
    return Message({TEXT: text, SPACY_DOCS[TEXT]: spacy.blank("en")(text)})


def test_texts_to_be_read_are_the_whole_and_each_of_its_questions() -> None:
    texts = diet.plain_texts([message("How much? And how often is it given?"), message("why")])
    assert texts == ["how much? and how often is it given?", "how much?", "and how often is it given?", "why"]


def test_rasa_reads_the_examples_as_they_were_written(tmp_path: Path) -> None:
    examples = {"ask_dose": ["how much", "- 25 g: ok?", "how much"], "ask_reason": ['why "now"', ""]}
    (tmp_path / "nlu.yml").write_text(diet.written(examples), encoding="utf-8")
    read = RasaFileImporter(training_data_paths=[str(tmp_path)]).get_nlu_data().intent_examples
    assert [(one.get(INTENT), one.get(TEXT)) for one in read] == [
        ("ask_dose", "how much"),
        ("ask_dose", "- 25 g: ok?"),
        ("ask_reason", 'why "now"'),
    ]


def test_intents_are_diets_and_the_rest_is_the_heads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ranking = [{"name": "ask_reason", "confidence": 0.9}, {"name": "ask_dose", "confidence": 0.1}]
    monkeypatch.setattr(diet, "read_by", lambda *_: [{"intent_ranking": ranking}])

    class Heads:
        def read(self, text: str, vector: np.ndarray) -> Outputs:
            return Outputs(np.array([1.0, 0.0]), np.array([0.3]), np.array([0.5, 0.2, 0.3]))

    said: Any = diet.Diet(tmp_path / "model", ["why"], ["ask_dose", "ask_reason"], Heads(), print)
    read = said.read("why", np.zeros(384))
    assert read.intent.tolist() == pytest.approx([0.1, 0.9])
    assert (read.labels.tolist(), read.scope.tolist()) == ([0.3], [0.5, 0.2, 0.3])
    with pytest.raises(KeyError):
        said.read("never asked for", np.zeros(384))
