"""With REST_TOKEN set, REST answers only who has it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from bot.knowledge import phrases
from bot.serving.launcher import REST_TOKEN
from tests.contract import Check
from tests.running import RunningBot, view

TOKEN = "correct horse"
BODY = {"sender": "x", "message": "hello"}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, check_custom: Check) -> Iterator[RunningBot]:
    running = RunningBot(view(tmp_path_factory.mktemp("guarded")), check_custom)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(REST_TOKEN, TOKEN)
        running.start()
    yield running
    running.stop()


@pytest.mark.parametrize(
    "value", [None, "", "Bearer", "Bearer wrong", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer é"]
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
