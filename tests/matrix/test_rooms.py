"""What is decided event by event, at a real Synapse that does not call: the test hands the events over."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.matrix_client import UnreachableError
from bot.knowledge import phrases
from tests.matrix.running import ELSEWHERE, Desk
from tests.matrix.synapse import Client
from tests.matrix.test_asking import DOSE, mention


@pytest.fixture
def office(clinician: Client, desk: Desk) -> str:
    """A direct chat of the clinician with the desk."""
    room = clinician.room(desk.user, direct=True)
    desk.join(room)
    clinician.wait_for(lambda: clinician.membership(room, desk.user) == "join")
    return room


def event(clinician: Client, room: str, name: str) -> dict[str, Any]:
    """Return an event as the homeserver would push it."""
    (found,) = clinician.wait_for(lambda: [one for one in clinician.events[room] if one["event_id"] == name])
    return {**found, "room_id": room}


def invitation(clinician: Client, desk: Desk, room: str) -> dict[str, Any]:
    """Return the event of an invitation."""

    def found() -> list[str]:
        return [one["event_id"] for one in clinician.events.get(room, []) if one.get("state_key") == desk.user]

    return event(clinician, room, clinician.wait_for(found)[0])


def bodies(clinician: Client, desk: Desk, room: str, count: int) -> list[str]:
    """Return what the desk has said, once that is so much."""
    clinician.wait_for(lambda: len(clinician.said(room, desk.user)) >= count)
    clinician.sync(0)
    return [one["content"]["body"] for one in clinician.said(room, desk.user)]


def test_invitation_from_a_server_that_is_not_allowed_is_declined(clinician: Client, desk: Desk) -> None:
    room = clinician.room(desk.user, direct=True)
    desk.handle(invitation(clinician, desk, room))
    clinician.wait_for(lambda: clinician.membership(room, desk.user) == "leave")
    changes = [one["content"]["membership"] for one in clinician.events[room] if one.get("state_key") == desk.user]
    assert changes == ["invite", "leave"]


def test_invitation_from_an_allowed_server_is_accepted(clinician: Client, desk: Desk) -> None:
    room = clinician.room(desk.user, direct=True)
    invited = invitation(clinician, desk, room)
    desk.handle({**invited, "sender": f"@somebody:{ELSEWHERE}"})
    clinician.wait_for(lambda: clinician.membership(room, desk.user) == "join")


def test_a_room_that_cannot_be_reached_holds_nothing_up(
    clinician: Client, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A room of a server that is away; there is only one server here, so the call is made to fail."""

    async def join(_: str) -> None:
        raise UnreachableError("502 M_UNKNOWN")

    room = clinician.room(desk.user, direct=True)
    invited = {**invitation(clinician, desk, room), "sender": f"@somebody:{ELSEWHERE}"}
    monkeypatch.setattr(desk.homeserver, "join", join)
    desk.handle(invited)
    monkeypatch.setattr(desk.homeserver, "answers", lambda: _false())
    with pytest.raises(UnreachableError):
        desk.handle(invited)


async def _false() -> bool:
    return False


def test_too_many_messages_are_said_to_be_too_many_once(clinician: Client, desk: Desk, office: str) -> None:
    """Another bot that answers everything would otherwise be answered for ever."""
    asked = [clinician.say(office, f"hello {number}") for number in range(5)]
    desk.handle(*(event(clinician, office, name) for name in asked))
    said = bodies(clinician, desk, office, 3)
    assert [one.startswith(phrases.TOO_MANY.partition("{")[0]) for one in said] == [False, False, True]


@pytest.mark.parametrize("msgtype", ["m.notice", "m.server_notice"])
def test_bots_are_not_answered(clinician: Client, desk: Desk, office: str, msgtype: str) -> None:
    notice = clinician.send(office, msgtype=msgtype, body=DOSE, **mention(desk))
    desk.handle(event(clinician, office, notice), event(clinician, office, clinician.say(office, "hello")))
    assert len(bodies(clinician, desk, office, 1)) == 1


def test_an_event_that_comes_twice_is_answered_once(clinician: Client, desk: Desk, office: str) -> None:
    asked = event(clinician, office, clinician.say(office, DOSE))
    desk.handle(asked, asked)
    desk.handle(event(clinician, office, clinician.say(office, "hello")))
    assert len(bodies(clinician, desk, office, 2)) == 2


def test_a_redacted_question_is_not_answered_for_its_edit(clinician: Client, desk: Desk, office: str) -> None:
    question = clinician.say(office, "hello")
    related = {"rel_type": "m.replace", "event_id": question}
    new = {"msgtype": "m.text", "body": DOSE}
    edit = clinician.say(office, f"* {DOSE}", **{"m.new_content": new, "m.relates_to": related})
    pushed = event(clinician, office, edit)
    clinician.redact(office, question)
    desk.handle(pushed, event(clinician, office, clinician.say(office, "thanks")))
    assert len(bodies(clinician, desk, office, 1)) == 1


def test_somebody_elses_edit_is_nothing(clinician: Client, desk: Desk, office: str) -> None:
    question = clinician.say(office, "hello")
    new = {"msgtype": "m.text", "body": DOSE}
    content = {"msgtype": "m.text", "body": "x", "m.new_content": new,
               "m.relates_to": {"rel_type": "m.replace", "event_id": question}}  # fmt: skip
    pushed = {**event(clinician, office, question), "sender": "@other:hospital.test", "content": content}
    desk.handle({**pushed, "event_id": "$other"}, event(clinician, office, clinician.say(office, "thanks")))
    assert len(bodies(clinician, desk, office, 1)) == 1


def test_a_chat_to_which_another_is_invited_is_a_room(
    clinician: Client, colleague: Client, desk: Desk, office: str
) -> None:
    clinician.run(clinician.nio.room_invite(office, colleague.user))
    unasked, asked = clinician.say(office, DOSE), clinician.say(office, DOSE, **mention(desk))
    desk.handle(event(clinician, office, unasked), event(clinician, office, asked))
    bodies(clinician, desk, office, 1)
    (answer,) = clinician.said(office, desk.user)
    assert answer["content"]["m.relates_to"]["event_id"] == asked


def test_where_no_thread_may_hang_the_answer_stands_in_the_room(
    clinician: Client, colleague: Client, desk: Desk, office: str
) -> None:
    clinician.run(clinician.nio.room_invite(office, colleague.user))
    other = clinician.say(office, "hello")
    referring = {"m.relates_to": {"rel_type": "m.reference", "event_id": other}}
    desk.handle(event(clinician, office, clinician.say(office, DOSE, **mention(desk), **referring)))
    bodies(clinician, desk, office, 1)
    (answer,) = clinician.said(office, desk.user)
    assert "m.relates_to" not in answer["content"]
