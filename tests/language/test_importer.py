"""The importer: the files' examples, and the questions that the bot itself offers."""

from __future__ import annotations

from pathlib import Path

from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_INTENT, TEXT

from bot.knowledge.model import Knowledge
from bot.language.importer import KnowledgeImporter, own_questions
from bot.language.labels import ANSWERED_BY, OWN

NLU = """version: "3.1"
nlu:
- intent: ask_dose
  examples: |
    - how many grams
"""


def test_config_names_it(root: Path, real_knowledge: Knowledge) -> None:
    importer = TrainingDataImporter.load_from_config(str(root / "config.yml"), str(root / "domain.yml"), [])
    texts = {message.get(TEXT) for message in importer.get_nlu_data().intent_examples}
    assert {message.get(TEXT) for message in own_questions(real_knowledge)} <= texts


def test_it_adds_each_facts_question_to_those_of_the_files(tmp_path: Path, real_knowledge: Knowledge) -> None:
    (tmp_path / "nlu.yml").write_text(NLU, encoding="utf-8")
    examples = KnowledgeImporter(training_data_paths=[str(tmp_path)]).get_nlu_data().intent_examples
    assert examples[0].get(TEXT) == "how many grams"
    by_text = {message.get(TEXT): message for message in examples[1:]}
    assert set(by_text) == {fact.question for fact in real_knowledge.facts}
    for fact in real_knowledge.facts:
        judged = by_text[fact.question].get(METADATA)[METADATA_INTENT]
        assert judged[ANSWERED_BY] == [fact.locator]
        assert judged[OWN] is True
        assert by_text[fact.question].get(INTENT)
