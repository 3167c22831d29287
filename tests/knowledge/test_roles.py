"""Whom a message says its user is."""

from __future__ import annotations

import pytest

from bot.knowledge.roles import Role, told

CONDITION = ("dragon scale blight", "blight")


@pytest.mark.parametrize(
    "text",
    [
        "As the patient is on dialysis, what can be given?",
        "is that to be seen as a relative contraindication?",
        "my partner has a patient with blight, what is the dose?",
        "same dose as a patient on dialysis?",
        "my sister is a nurse and asks for the dose",
        "I have blight in bed 4",
        "her mum has asked for the odds, what do I say",
        "my calciphylaxis patient is worse",
        "the nurse told me to ask, what is the dose?",
        "I take over from the day team, dose?",
        "this is what the doctor said",
        "I have a blight patient here",
        "I'm married to a nurse",
        "I'm a resident of a care home",
    ],
)
def test_who_only_speaks_of_others_has_no_role(text: str) -> None:
    assert told(text, condition=CONDITION) is None


@pytest.mark.parametrize(
    "text",
    [
        "I'm his sister, what is the dose?",
        "im her father-in-law",
        "I'm a doctor's wife",
        "I have blight. How long will I need the salve?",
        "I was told I have blight, what is the dose?",
        "my nan has it",
        "asking for my wife, blight. survival rate?",
        "patient here. do I need the salve",
        "my own legs, blight, on dialysis",
        "daughter of a pt. mortality?",
        "told ive got blight, warfarin?",
        "i take warfarin and got blight. stop?",
        "mums blight has worsened, mum has blight, dose?",
        "my leg has sores. biopsy?",
        "hubby has blight. is it safe",
        "i'm her carer, she has blight",
        "am i going to lose my leg",
        "my fiance has blight, stop warfarin?",
        "my father-in-law was given the salve",
        "my mum is a dialysis patient",
        "As a patient, can I have it at home?",
    ],
)
def test_patients_and_relatives_are_known_by_their_words(text: str) -> None:
    assert told(text, condition=CONDITION) is Role.LAY


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("I'm the ward sister", Role.NURSE),
        ("Hi, this is , staff nurse on the ward", Role.NURSE),
        ("im the on-call renal resident", Role.PHYSICIAN),
        ("as a ward pharmacist, what do I check?", Role.PHARMACIST),
        ("I'm the renal dietitian", Role.OTHER),
    ],
)
def test_professionals_are_known_by_their_words(text: str, role: Role) -> None:
    assert told(text, condition=CONDITION) is role
