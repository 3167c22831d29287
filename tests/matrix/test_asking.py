"""A clinician asks at a real Synapse, and reads."""

from __future__ import annotations

from bot.knowledge.loading import load

DOSE = "What is the dose of sodium thiosulfate?"


def test_first(clinician, bot, chat):
    import time
    t=time.monotonic()
    clinician.say(chat, DOSE)
    answers = clinician.wait_for(lambda: clinician.said(chat, bot.user))
    print(time.monotonic()-t)
    import json
    print(json.dumps(answers, indent=1, ensure_ascii=False))
    print(clinician.typing)
    print(bot.rasa_log)
