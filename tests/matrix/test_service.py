"""The application service's routes, beside a real Synapse: who is let in, and what it makes of odd transactions."""

from __future__ import annotations

import httpx
import pytest

from tests.matrix.test_asking import DOSE

ROUTES = [
    ("PUT", "/transactions/1"),
    ("GET", "/users/%40helper%3Ahospital.test"),
    ("GET", "/rooms/%23alias:hospital.test"),
    ("POST", "/ping"),
]
PREFIX = "/_matrix/app/v1"


def call(bot, method: str, path: str, token: str | None = "", **more) -> httpx.Response:
    token = bot.tokens[1] if token == "" else token
    headers = {} if token is None else {"Authorization": b"Bearer " + token.encode(errors="surrogateescape")}
    return bot.client.request(method, path, headers=headers, **more)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_only_the_homeserver_is_let_in(bot, method: str, path: str) -> None:
    path = PREFIX + path
    for token, status, code in (
        (None, 401, "M_MISSING_TOKEN"), ("wrong", 403, "M_FORBIDDEN"), (bot.tokens[0], 403, "M_FORBIDDEN"),
        ("é", 403, "M_FORBIDDEN"), ("\udcff", 403, "M_FORBIDDEN"),
    ):  # fmt: skip
        answer = call(bot, method, path, token, json={"events": []})
        assert (answer.status_code, answer.json()["errcode"]) == (status, code)
    assert call(bot, method, path, json={"events": []}).status_code == (404 if "/rooms/" in path else 200)


def test_no_token_in_the_address(bot) -> None:
    answer = call(bot, "PUT", f"{PREFIX}/transactions/2?access_token={bot.tokens[1]}", None, json={"events": []})
    assert answer.status_code == 401


def test_other_users_are_unknown(bot) -> None:
    assert call(bot, "GET", f"{PREFIX}/users/@other:hospital.test").json()["errcode"] == "M_NOT_FOUND"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"events": 1}'])
def test_what_is_no_transaction_is_refused(bot, body: bytes) -> None:
    answer = call(bot, "PUT", f"{PREFIX}/transactions/bad", content=body)
    assert (answer.status_code, answer.json()["errcode"]) == (400, "M_BAD_JSON")


def test_odd_events_hold_nothing_up(bot, chat: str, clinician) -> None:
    frame = {"type": "m.room.message", "event_id": "$1", "room_id": chat, "sender": clinician.user}
    events = [
        1,
        {},
        {"type": "m.room.member"},
        {**frame, "content": None},
        {**frame, "content": {"msgtype": ["m.text"], "body": DOSE}},
        {**frame, "content": {"msgtype": "m.image", "m.relates_to": 1, "m.mentions": [1]}, "room_id": "!gone:x"},
        {**frame, "content": {"msgtype": "m.text", "body": DOSE, "m.relates_to": {"rel_type": "m.replace"}},
         "event_id": 7},
        {**frame, "content": {"msgtype": "m.text", "m.relates_to": {"rel_type": "m.replace", "event_id": "$none"}}},
        {**frame, "type": "m.room.redaction", "redacts": "$none", "content": {}},
    ]  # fmt: skip
    answer = call(bot, "PUT", f"{PREFIX}/transactions/odd", json={"events": events})
    assert answer.status_code == 200
    clinician.sync(0.5)
    assert not clinician.said(chat, bot.user)
