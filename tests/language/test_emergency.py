"""Signs of an emergency in a message."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from bot.knowledge.model import Emergencies, Topic, VitalSign
from bot.language.emergency import SURE, least_likely

PERHAPS = 0.3
SIGNS = Emergencies(
    signs=("lies still", "breathes no fire"),
    perhaps=("smoke",),
    vital_signs=(VitalSign(names=("glow", "k"), low=2, high=9),),
)


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("moon salve dose? it lies  still", SURE),
        ("Lies still. cave rest?", SURE),
        ("glow 4, moon salve?", SURE),
        ("glow is now 8.5", SURE),
        ("k: 2", SURE),
        ("there is smoke", PERHAPS),
        ("it never lies still", None),
        ("does moon salve cause smoke", PERHAPS),
        ("glow 12", None),
        ("glow 42", None),
        ("vitamin k 5", None),
        ("glow 4 mg", None),
        ("silk 4", None),
        ("dose of moon salve?", None),
    ],
)
def test_signs_are_found_by_their_words_and_values(text: str, least: float | None) -> None:
    assert least_likely(SIGNS, text, PERHAPS) == least


def test_without_signs_there_is_no_emergency() -> None:
    assert least_likely(Emergencies(), "it lies still", PERHAPS) is None


@pytest.mark.parametrize(("key", "value"), [("patterns", ["("]), ("below_age", 0)])
def test_how_else_a_setting_is_told_is_checked(key: str, value: object) -> None:
    setting = {"id": "young_dragon", "kind": "setting", "name": "young dragons", "words": ["hatchling"]}
    Topic.parse_obj(setting)
    with pytest.raises(ValidationError, match=key):
        Topic.parse_obj({**setting, key: value})


def test_a_vital_sign_is_a_range() -> None:
    with pytest.raises(ValidationError, match="less than"):
        VitalSign(names=("glow",), low=9, high=2)
    with pytest.raises(ValidationError):
        VitalSign(names=(), low=1, high=2)
