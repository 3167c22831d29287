"""The made-up knowledge base, as files to alter and as values; and every answer of the real one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bot.knowledge.answer import Answer, to_custom
from bot.knowledge.answering import Question, answer_question
from bot.knowledge.model import Facet, Knowledge
from bot.knowledge.rendering import to_text

MADE_UP = Path(__file__).parent / "made_up"


@pytest.fixture
def made_up(tmp_path: Path) -> Path:
    """Return a folder with a copy of the made-up document, knowledge file and lock, free to be altered."""
    folder = tmp_path / "made_up"
    shutil.copytree(MADE_UP, folder)
    return folder


class Pair(NamedTuple):
    """One topic, one facet, and the answer of the real knowledge base to it."""

    topic: str
    facet: Facet
    answer: Answer
    text: str
    custom: dict[str, Any]


@pytest.fixture(scope="session")
def pairs(real_knowledge: Knowledge) -> list[Pair]:
    """Every topic asked for every facet."""
    found = []
    for topic in real_knowledge.topics:
        for facet in Facet:
            question = Question(intent=f"ask_{facet.value}", topics=(topic.id,), asked={facet: 1.0})
            answer = answer_question(real_knowledge, question)
            text, custom = to_text(answer, real_knowledge), to_custom(answer, real_knowledge)
            found.append(Pair(topic.id, facet, answer, text, custom))
    assert len(found) == len(real_knowledge.topics) * len(Facet) > 0
    return found


@pytest.fixture(scope="session")
def answered(pairs: list[Pair]) -> list[Pair]:
    """The pairs that the knowledge base holds facts on."""
    found = [pair for pair in pairs if pair.answer.facts]
    assert len(found) > len(pairs) // 4, "too few answers for the properties to mean anything"
    return found
