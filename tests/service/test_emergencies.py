"""An emergency is sent to its pathway first, whatever else the message asks."""

from __future__ import annotations

from typing import Any

import pytest

from bot.knowledge import phrases

EMERGENCIES = [
    "cua pt unresponsive. sts dose",
    "calciphylaxis, BP 60/30. thiosulfate dose?",
    "cua sats 70 sts dose",
    "cua septic shock on norad. wound care?",
    "cua pt anaphylactic, next sts dose?",
    "calciphylaxis, K 7.4. sts dose?",
    "CUA haematemesis. stop warfarin?",
    "cua cant rouse her. pain control dose?",
    "ward just rang, calciphylaxis pt on warfarin vomiting blood, loads of it",
]
NONE = [
    "calciphylaxis, bp 120/70, stable. sts dose?",
    "what do they die of in calciphylaxis?",
    "how fast may I push magnesium in torsades?",
    "vitamin K 10 mg in calciphylaxis?",
]


@pytest.mark.parametrize("text", EMERGENCIES)
def test_the_pathway_comes_first(bot: Any, new_sender: Any, text: str) -> None:
    answer = bot.post(json={"sender": new_sender(), "message": text}).json()
    assert {message["custom"]["kind"] for message in answer if "custom" in message} == {"urgent"}
    assert answer[0]["text"].startswith(phrases.URGENT)
    shown = {fact["id"] for message in answer if "custom" in message for fact in message["custom"]["facts"]}
    assert not shown & {"sts.dose", "sts.frequency", "sts.duration"}, "the drug may have done it"


@pytest.mark.parametrize("text", NONE)
def test_other_questions_are_no_emergency(bot: Any, new_sender: Any, text: str) -> None:
    answer = bot.post(json={"sender": new_sender(), "message": text}).json()
    assert {message["custom"]["kind"] for message in answer if "custom" in message} != {"urgent"}
