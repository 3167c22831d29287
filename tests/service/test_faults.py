"""The action server is away or hangs: the user hears of it within seconds, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.knowledge import phrases

DOSE = "What is the dose of sodium thiosulfate?"
SECONDS = 3.0


@pytest.fixture(params=["killed", "hanging"])
def away(request: pytest.FixtureRequest, bot) -> Iterator[dict[str, object]]:
    """Ways to take the action server away and to bring it back; it is there again at the end."""
    ways = {
        "killed": {"take": bot.kill_actions, "bring": bot.start_actions},
        "hanging": {"take": bot.pause_actions, "bring": bot.resume_actions},
    }[request.param]
    state = {"away": False}

    def take() -> None:
        ways["take"]()
        state["away"] = True

    def bring() -> None:
        ways["bring"]()
        state["away"] = False

    yield {"take": take, "bring": bring}
    if state["away"]:
        bring()


def test_said_in_time_and_nothing_lost(bot, away, new_sender) -> None:
    sender, stranger = new_sender(), new_sender()
    topics = bot.ask(sender, DOSE).custom["understood"]["topics"]
    away["take"]()
    for who, text in ((sender, "how often?"), (stranger, DOSE), (stranger, "hello"), (sender, "how often?")):
        reply = bot.ask(who, text)
        assert (reply.kind, reply.text) == ("error", phrases.ERROR)
        assert reply.seconds < SECONDS
    away["bring"]()
    after = bot.ask(sender, "how often?")
    assert after.kind == "answer"
    assert after.custom["understood"]["assumed"] == topics, "what it was about is not lost"
    assert bot.ask(stranger, DOSE).custom == bot.ask(new_sender(), DOSE).custom


def test_input_that_needs_no_action_is_answered_all_the_same(bot, away, sender: str) -> None:
    away["take"]()
    assert bot.ask(sender, "").kind == "clarify"
    assert bot.reply(json={"message": DOSE}).text == phrases.NO_SENDER
