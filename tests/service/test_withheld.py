"""What the document does not state for a patient is shown to nobody who told of such a one, in whatever words."""

from __future__ import annotations

from typing import Any

import pytest

WITHHELD = {"sts.dose", "sts.frequency", "sts.duration"}
TOLD = [
    "pt on PD with calciphylaxis",
    "calciphylaxis in a CAPD patient, never haemo",
    "he does PD at home, not HD",
    "wait no hes PD not HD",
    "HD until last year, PD now",
    "on PD because HD failed",
    "PD, HD not possible",
    "18 wk pregnant with CUA, on HD",
    "6 year old with calciphylaxis",
]
ASKED = ["thiosulfate dose?", "so how long do we give sodium thiosulfate"]


def ids(bot: Any, sender: str, text: str) -> set[str]:
    answer = bot.post(json={"sender": sender, "message": text}).json()
    return {fact["id"] for message in answer if "custom" in message for fact in message["custom"]["facts"]}


@pytest.mark.parametrize("told", TOLD)
@pytest.mark.parametrize("asked", ASKED)
def test_no_dose_is_shown_for_a_patient_for_whom_none_is_stated(
    bot: Any, new_sender: Any, told: str, asked: str
) -> None:
    ways = ([told, asked], [f"{told}. {asked}"], [asked, told, asked])
    for turns in ways:
        sender = new_sender()
        shown = [ids(bot, sender, turn) for turn in turns]
        assert not shown[-1] & WITHHELD, turns


def test_the_dose_comes_back_when_the_patient_is_another_one(bot: Any, new_sender: Any) -> None:
    for back in ("no, he was moved to HD", "new patient"):
        sender = new_sender()
        assert not ids(bot, sender, "pt on PD with calciphylaxis, thiosulfate dose?") & WITHHELD
        ids(bot, sender, back)
        assert "sts.dose" in ids(bot, sender, "thiosulfate dose?")
