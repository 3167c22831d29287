"""With REST_TOKEN or REST_TOKENS set, REST answers only who has one, and binds its senders to the owner."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from bot.channels.tokens import SOLE_OWNER, TOKEN_VARIABLE, TOKENS_VARIABLE, owner_of, read_tokens
from bot.knowledge import phrases
from tests.contract import Check
from tests.running import RunningBot, view

TOKEN = "correct horse"
BODY = {"sender": "x", "message": "hello"}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, check_custom: Check) -> Iterator[RunningBot]:
    running = RunningBot(view(tmp_path_factory.mktemp("guarded")), check_custom)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(TOKEN_VARIABLE, TOKEN)
        patch.setenv(TOKENS_VARIABLE, "portal:battery,ehr:staple")
        running.start()
    yield running
    running.stop()


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "Bearer",
        "Bearer wrong",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        "Bearer é",
        "Bearer portal",
        "Bearer portal:battery",
    ],
)
def test_refused(guarded: RunningBot, value: str | None) -> None:
    headers = {} if value is None else {"Authorization": value.encode()}
    reply = guarded.reply(json=BODY, headers=headers)
    assert (reply.status, reply.kind, reply.text) == (httpx.codes.UNAUTHORIZED, "error", phrases.NOT_ALLOWED)


def test_refused_before_the_body_is_read(guarded: RunningBot) -> None:
    assert guarded.reply(content=b"{").status == httpx.codes.UNAUTHORIZED


def test_let_in(guarded: RunningBot) -> None:
    reply = guarded.reply(json=BODY, headers={"Authorization": f"Bearer {TOKEN}"})
    assert (reply.status, reply.kind) == (httpx.codes.OK, "smalltalk")


def test_health_needs_none(guarded: RunningBot) -> None:
    assert guarded.client.get("/webhooks/rest/").json() == {"status": "ok"}


def test_none_needed_without_it(bot: RunningBot) -> None:
    assert bot.reply(json=BODY).status == httpx.codes.OK


def test_one_sender_of_two_owners_has_two_conversations(guarded: RunningBot) -> None:
    def ask(token: str, text: str) -> str:
        headers = {"Authorization": f"Bearer {token}"}
        return guarded.reply(json={"sender": "ward 7", "message": text}, headers=headers).kind

    assert ask("battery", "What is the dose of sodium thiosulfate?") == "answer"
    assert ask("battery", "how often?") == "answer"
    assert ask("staple", "how often?") == "clarify"


def test_tokens_are_read_with_their_owners() -> None:
    tokens = read_tokens({TOKEN_VARIABLE: "a", TOKENS_VARIABLE: " portal:b:c , ehr:d,"})
    assert tokens == {"a": SOLE_OWNER, "b:c": "portal", "d": "ehr"}
    assert [owner_of(token, tokens) for token in ("a", "d", "e", "", None, "\udce9")] == [
        SOLE_OWNER,
        "ehr",
        *[None] * 4,
    ]
    assert read_tokens({}) == read_tokens({TOKEN_VARIABLE: ""}) == {}


@pytest.mark.parametrize("value", ["secret", "portal:", ":secret", "a b:secret", "a:se cret", "a:x,a:y", "a:x,b:x"])
def test_wrong_tokens_are_named_and_not_shown(value: str) -> None:
    with pytest.raises(ValueError, match="REST_TOKENS: entry") as error:
        read_tokens({TOKENS_VARIABLE: value})
    assert "secret" not in str(error.value)
