"""The linear intent classifier."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.nlu.constants import INTENT

from bot.language.classifier import RANKING, LinearIntentClassifier


def test_it_keeps_the_contract(contract: Any) -> None:
    contract(LinearIntentClassifier)


def classified(chain: Any, *texts: str | None) -> list[Any]:
    component = chain.stage(LinearIntentClassifier).component
    return component.process(chain.messages(LinearIntentClassifier, *texts))


def test_a_ranking_is_a_distribution_over_all_intents_in_falling_order(chain: Any) -> None:
    (message,) = classified(chain, "what is the dose of thiosulfate")
    ranking = message.get(RANKING)
    shares = [entry["confidence"] for entry in ranking]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1)
    assert len({entry["name"] for entry in ranking}) == len(ranking) > 5
    assert message.get(INTENT) == ranking[0]


def test_it_learns_its_examples(chain: Any) -> None:
    expected = {
        "how much apixiban": "ask_dose",
        "should I stop warfarin": "ask_use",
        "hello": "greet",
        "she is not breathing": "report_emergency",
    }
    for message, intent in zip(classified(chain, *expected), expected.values(), strict=True):
        assert message.get(INTENT)["name"] == intent


@pytest.mark.parametrize("text", [None, ""])
def test_without_text_there_is_no_intent(chain: Any, text: str | None) -> None:
    (message,) = classified(chain, text)
    assert message.get(INTENT) == {"name": None, "confidence": 0.0}
    assert message.get(RANKING) == []
