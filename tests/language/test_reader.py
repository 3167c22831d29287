"""The reader of the trained model: what it sets, and how it splits."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.nlu.constants import INTENT

from bot.knowledge.model import Facet, Knowledge
from bot.language.reader import QUESTIONS, RANKING, QuestionReader


def test_it_keeps_the_contract(contract: Any) -> None:
    contract(QuestionReader)


def read(chain: Any, text: str) -> Any:
    (message,) = chain.stage(QuestionReader).component.process(chain.messages(QuestionReader, text))
    return message


def test_what_it_says_is_of_the_knowledge_base(chain: Any, real_knowledge: Knowledge) -> None:
    locators = {fact.locator for fact in real_knowledge.facts}
    for fact in real_knowledge.facts:
        message = read(chain, fact.question)
        assert message.get(QUESTIONS)
        for part in message.get(QUESTIONS):
            assert set(part["topics"]) <= set(real_knowledge.topic_by_id)
            assert {Facet(facet) for facet in part["asked"]} <= set(Facet)
            assert set(part["likely"]) <= locators
            assert all(0 <= share <= 1 for share in (*part["asked"].values(), *part["likely"].values()))
        assert 0 <= message.get(INTENT)["confidence"] <= 1
        assert len(message.get(RANKING)) == QuestionReader.get_default_config()["ranking"]


def test_a_second_question_without_a_topic_is_about_the_first(chain: Any) -> None:
    first, second = read(chain, "what is the STS dose, and how often is it given?").get(QUESTIONS)
    assert first["topics"] == second["topics"] == ["sodium_thiosulfate"]
    assert max(first["asked"], key=first["asked"].get) == "dose"
    assert max(second["asked"], key=second["asked"].get) == "frequency"


def test_a_second_question_with_a_pronoun_is_about_the_first_too(chain: Any) -> None:
    _, second = read(chain, "Thiosulfate dose please, and has it been shown to help survival?").get(QUESTIONS)
    assert second["topics"] == ["mortality", "sodium_thiosulfate"]
    _, second = read(chain, "Thiosulfate dose please, and what is the mortality?").get(QUESTIONS)
    assert second["topics"] == ["mortality"]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("hello", "greet"),
        ("thank you", "thank"),
        ("BP 60/30, unresponsive, septic from the leg wound, help now", "report_emergency"),
        ("what is the capital of France", "out_of_scope"),
        ("list the references", "ask_references"),
    ],
)
def test_plain_messages_are_told_apart(chain: Any, text: str, intent: str) -> None:
    assert read(chain, text).get(INTENT)["name"] == intent


def test_a_model_of_another_knowledge_base_is_refused(chain: Any, tmp_path: Any) -> None:
    import json
    import shutil

    from bot.knowledge.loading import KnowledgeError

    stage = chain.stage(QuestionReader)
    with stage.storage.read_from(stage.resource) as folder:
        shutil.copytree(folder, tmp_path / "other")
    names = tmp_path / "other" / "names.json"
    data = json.loads(names.read_text(encoding="utf-8"))
    names.write_text(json.dumps({**data, "knowledge_sha256": "0" * 64}), encoding="utf-8")
    component = QuestionReader(stage.config, stage.storage, stage.resource)
    with pytest.raises(KnowledgeError, match="trained on another knowledge base; run `make train`"):
        component._read(tmp_path / "other")


def test_damaged_heads_are_told_and_not_taken_for_an_untrained_reader(chain: Any, tmp_path: Any) -> None:
    import shutil

    from rasa.engine.storage.local_model_storage import LocalModelStorage

    from bot.language.heads import HEADS_FILE

    stage, storage = chain.stage(QuestionReader), LocalModelStorage(tmp_path)
    with stage.storage.read_from(stage.resource) as trained, storage.write_to(stage.resource) as folder:
        shutil.copytree(trained, folder, dirs_exist_ok=True)
        (folder / HEADS_FILE).write_bytes(b"not what it should be")
    with pytest.raises(ValueError, match="heads cannot be read .*train the model anew"):
        QuestionReader.load(stage.config, storage, stage.resource, stage.context)
