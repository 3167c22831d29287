"""The bot and the homeserver end without a warning: no question is lost, and none is answered twice."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator

from tests.matrix.running import MatrixBot
from tests.matrix.synapse import SECONDS, Client, Synapse
from tests.matrix.test_asking import DOSE, answers_to, ask

PATIENT = 180.0


def once(client: Client, room: str, bot: MatrixBot, question: str) -> None:
    """Wait for an answer; no second one comes after it."""
    client.wait_for(lambda: answers_to(client, room, bot, question), PATIENT)
    ask(client, room, bot, "thanks")  # whatever was still to come has come by then
    client.sync(0.5)
    assert len(answers_to(client, room, bot, question)) == 1


def test_bot_killed_before_it_answered(clinician: Client, bot: MatrixBot, chat: str) -> None:
    bot.pause_actions()
    question = clinician.say(chat, DOSE)
    clinician.wait_for(lambda: bot.user in clinician.typing.get(chat, ()))  # it has the question
    bot.kill()
    bot.resume_actions()
    bot.start_again()
    once(clinician, chat, bot, question)


def test_both_killed_with_the_question_on_its_way(
    clinician: Client, bot: MatrixBot, chat: str, synapse: Synapse
) -> None:
    """The homeserver first: so it does not know that the transaction never got through."""
    bot.pause_actions()
    question = clinician.say(chat, DOSE)
    clinician.wait_for(lambda: bot.user in clinician.typing.get(chat, ()))
    synapse.kill()
    bot.kill()
    bot.resume_actions()
    bot.start_again()
    synapse.start()
    # Nothing is said meanwhile that would remind the homeserver.
    once(clinician, chat, bot, question)


def push(clinician: Client, bot: MatrixBot, chat: str, question: str, name: str) -> int:
    """Send the bot a transaction with a question, as the homeserver does; return the status."""
    content = {"msgtype": "m.text", "body": DOSE}
    event = {
        "type": "m.room.message",
        "event_id": question,
        "room_id": chat,
        "sender": clinician.user,
        "content": content,
    }
    headers = {"Authorization": f"Bearer {bot.tokens[1]}"}
    return bot.client.put(
        f"/_matrix/app/v1/transactions/{name}", json={"events": [event]}, headers=headers, timeout=SECONDS
    ).status_code


@contextlib.contextmanager
def broken_store(bot: MatrixBot) -> Iterator[None]:
    """Take the guard's table of events away within the block."""
    with contextlib.closing(sqlite3.connect(bot.root / "var" / "events.db", isolation_level=None)) as store:
        store.execute("ALTER TABLE events RENAME TO away")
        try:
            yield
        finally:
            store.execute("ALTER TABLE away RENAME TO events")


def test_nothing_is_said_to_an_answered_question(clinician: Client, bot: MatrixBot, chat: str) -> None:
    question = clinician.say(chat, DOSE)
    once(clinician, chat, bot, question)
    for name in ("again", "and again", "again"):
        assert push(clinician, bot, chat, question, name) == 200
    once(clinician, chat, bot, question)


def test_a_fault_here_leaves_the_question_to_the_homeserver(clinician: Client, bot: MatrixBot, chat: str) -> None:
    with broken_store(bot):
        assert push(clinician, bot, chat, "$fault", "fault") == 503
    assert push(clinician, bot, chat, "$fault", "fault") == 200
    once(clinician, chat, bot, "$fault")


def test_an_event_that_fails_for_good_does_not_hold_up_the_others(clinician: Client, bot: MatrixBot, chat: str) -> None:
    with broken_store(bot):
        assert [push(clinician, bot, chat, "$broken", "broken") for _ in range(3)] == [503, 503, 200]
    ask(clinician, chat, bot, "hello")


def test_homeserver_killed_while_the_bot_answers(
    clinician: Client, bot: MatrixBot, chat: str, synapse: Synapse
) -> None:
    """It remembers, too, an answer that it was sent before, and that the bot could not note."""
    before = clinician.say(chat, DOSE)
    once(clinician, chat, bot, before)
    with contextlib.closing(sqlite3.connect(bot.root / "var" / "events.db", isolation_level=None)) as noted:
        assert noted.execute("DELETE FROM events").rowcount > 0
    clinician.typing.clear()
    bot.pause_actions()
    question = clinician.say(chat, DOSE)
    clinician.wait_for(lambda: bot.user in clinician.typing.get(chat, ()))
    synapse.kill()
    bot.resume_actions()
    synapse.start()
    once(clinician, chat, bot, question)
    assert push(clinician, bot, chat, before, "after the end") == 200
    once(clinician, chat, bot, before)
