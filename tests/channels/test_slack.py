"""Slack's protocol against the real channel on Sanic's real server; a small local server stands for slack.com.

Requests have the shapes of Slack's documentation. No real workspace was reached.
"""

from __future__ import annotations

import asyncio
import copy
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from aiohttp import web
from rasa.shared.exceptions import InvalidConfigException
from sanic import Sanic

from bot.channels import slack
from bot.channels.guard import messages_of
from bot.channels.slack import GuardedSlack, drawn, plain
from bot.knowledge import phrases
from bot.knowledge.answering import ask_for_question
from bot.knowledge.loading import load
from tests.running import free_ports

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
DOSE = "What is the dose of sodium thiosulfate?"

VERIFICATION = {
    "token": "Jhj5dZrVaK7ZwHHjRyZWjbDl",
    "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P",
    "type": "url_verification",
}
MESSAGE: dict[str, Any] = {
    "token": "XXYYZZ",
    "team_id": "T123ABC456",
    "api_app_id": "A123ABC456",
    "event": {
        "type": "message",
        "channel": "D024BE91L",
        "user": "U2147483697",
        "text": DOSE,
        "ts": "1355517523.000005",
        "event_ts": "1355517523.000005",
        "channel_type": "im",
    },
    "type": "event_callback",
    "authed_teams": ["T123ABC456"],
    "authorizations": [
        {
            "enterprise_id": "E123ABC456",
            "team_id": "T123ABC456",
            "user_id": "U123ABC456",
            "is_bot": True,
            "is_enterprise_install": False,
        }
    ],
    "event_context": "EC123ABC456",
    "event_id": "Ev123ABC456",
    "event_time": 1355517523,
}
MENTION: dict[str, Any] = {
    **MESSAGE,
    "event": {
        "type": "app_mention",
        "user": "U061F7AUR",
        "text": f"<@U0LAN0Z89> {DOSE}",
        "ts": "1515449522.000016",
        "channel": "C123ABC456",
        "event_ts": "1515449522000016",
    },
    "event_id": "Ev123ABC457",
}
CLICK: dict[str, Any] = {
    "type": "block_actions",
    "team": {"id": "T123ABC456", "domain": "example"},
    "user": {"id": "U2147483697", "username": "primary-owner", "team_id": "T123ABC456"},
    "api_app_id": "A123ABC456",
    "token": "9s8d9as89d8as9d8as989",
    "container": {
        "type": "message",
        "message_ts": "1548261231.000200",
        "channel_id": "C123ABC456",
        "is_ephemeral": False,
    },
    "trigger_id": "12321423423.333649436676.d8c1bb837935619ccad0f624c448ffb3",
    "channel": {"id": "C123ABC456", "name": "review-updates"},
    "message": {"bot_id": "B123ABC456", "type": "message", "text": "...", "user": "UAJ2RU415",
                "ts": "1548261231.000200", "thread_ts": "1515449522.000016"},
    "response_url": "https://hooks.slack.com/actions/AABA1ABCD/1232321423432/D09sSasdasdAS9091209",
    "actions": [
        {
            "action_id": "follow_up_0",
            "block_id": "=qXel",
            "text": {"type": "plain_text", "text": "How often is it given?", "emoji": False},
            "value": "How often is it given?",
            "type": "button",
            "action_ts": "1548426417.840180",
        }
    ],
}  # fmt: skip


class Workspace:
    """A bot in a workspace: `send` is Slack calling it, `posted` what it has called Slack for."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.posted: list[dict[str, Any]] = []
        self.broken = False
        self.slow = 0.0
        self.client = httpx.AsyncClient(trust_env=False, timeout=30)

    async def post_message(self, request: web.Request) -> web.Response:
        """Answer chat.postMessage as Slack does."""
        if self.broken:
            return web.json_response({"ok": False, "error": "internal_error"}, status=500)
        await asyncio.sleep(self.slow)
        assert request.headers["authorization"] == "Bearer xoxb-1"
        self.posted.append(await request.json())
        return web.json_response({"ok": True, "channel": "C1", "ts": "1503435956.000247", "message": {}})

    async def send(
        self, payload: Any, *, age: float = 0, secret: str = SECRET, form: bool = False, **headers: str
    ) -> httpx.Response:
        """Send a signed request."""
        text = json.dumps(payload) if not isinstance(payload, str) else payload
        body = urlencode({"payload": text}) if form else text
        stamp = str(int(time.time() - age))
        signed = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        given = {"content-type": kind, "x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={signed}"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(f"{self.url}/webhooks/slack/webhook", content=body, headers=given)


@pytest.fixture
def run(own_guard: Any, rasa: Any, monkeypatch: Any) -> Callable[[Callable[[Workspace], Awaitable[None]]], None]:
    """Run a test's body with both servers up."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(slack, "the_guard", lambda: own_guard)
    monkeypatch.setattr(Sanic, "test_mode", True)  # else Sanic serves one application a process

    async def serve(body: Callable[[Workspace], Awaitable[None]]) -> None:
        port, slack_port = free_ports()
        workspace = Workspace(f"http://127.0.0.1:{port}")
        standing_in = web.Application()
        standing_in.router.add_post("/api/chat.postMessage", workspace.post_message)
        runner = web.AppRunner(standing_in)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", slack_port).start()
        channel = GuardedSlack.from_credentials({
            "slack_token": "xoxb-1", "slack_signing_secret": SECRET,
            "slack_api_url": f"http://127.0.0.1:{slack_port}/api/",
        })  # fmt: skip
        app = Sanic(f"slack_{port}")
        app.blueprint(channel.blueprint(rasa), url_prefix="/webhooks/slack")
        server = await app.create_server("127.0.0.1", port, return_asyncio_server=True, access_log=False)
        await server.startup()
        try:
            await body(workspace)
        finally:
            await workspace.client.aclose()
            await server.close()
            await runner.cleanup()

    return lambda body: asyncio.run(serve(body))


def with_event(payload: dict[str, Any], **changes: Any) -> dict[str, Any]:
    changed = copy.deepcopy(payload)
    changed["event"].update(changes)
    return changed


def test_the_address_is_verified(run: Any) -> None:
    async def body(workspace: Workspace) -> None:
        response = await workspace.send(VERIFICATION)
        assert (response.status_code, response.text) == (200, VERIFICATION["challenge"])
        assert response.headers["content-type"].startswith("text/plain")

    run(body)


def test_a_direct_message_is_answered_in_blocks(run: Any, rasa: Any) -> None:
    async def body(workspace: Workspace) -> None:
        assert (await workspace.send(MESSAGE)).status_code == 200
        (posted,) = workspace.posted
        assert posted["channel"] == MESSAGE["event"]["channel"]
        assert "thread_ts" not in posted
        statement = next(fact.statement for fact in load().facts if fact.question == DOSE)
        assert any(statement in block["text"]["text"] for block in posted["blocks"] if block["type"] == "section")
        assert statement.split("<")[0] in posted["text"]
        buttons = posted["blocks"][-1]["elements"]
        assert buttons
        assert all(not button["value"].startswith("/") for button in buttons)
        assert posted["unfurl_links"] is False
        assert rasa.texts == [DOSE]
        assert "U2147483697" not in rasa.messages[0].sender_id

    run(body)


@pytest.mark.parametrize("thread", [None, "1482960137.003543"])
def test_a_mention_is_answered_in_its_thread(run: Any, rasa: Any, thread: str | None) -> None:
    async def body(workspace: Workspace) -> None:
        sent = with_event(MENTION, **({"thread_ts": thread} if thread else {}))
        await workspace.send(sent)
        assert workspace.posted[0]["thread_ts"] == (thread or MENTION["event"]["ts"])
        assert rasa.texts == [DOSE]

    run(body)


def test_a_click_asks_its_question_in_the_same_conversation(run: Any, rasa: Any) -> None:
    async def body(workspace: Workspace) -> None:
        await workspace.send(with_event(MENTION, user=CLICK["user"]["id"]))
        await workspace.send(CLICK, form=True)
        assert rasa.texts == [DOSE, CLICK["actions"][0]["value"]]
        assert rasa.messages[0].sender_id == rasa.messages[1].sender_id
        assert workspace.posted[1]["thread_ts"] == CLICK["message"]["thread_ts"]

    run(body)


@pytest.mark.parametrize("value", ['/ask_dose{"topic": "x"}', "/restart", "​/greet"])
def test_a_click_forges_no_intent(run: Any, rasa: Any, value: str) -> None:
    async def body(workspace: Workspace) -> None:
        click = copy.deepcopy(CLICK)
        click["actions"][0]["value"] = value
        await workspace.send(click, form=True)
        assert rasa.texts
        assert not rasa.texts[0].startswith("/")

    run(body)


@pytest.mark.parametrize("change", [{"action_id": "other"}, {"type": "overflow"}, {"value": None}, {"value": 7}])
def test_other_actions_ask_nothing(run: Any, rasa: Any, change: dict[str, Any]) -> None:
    async def body(workspace: Workspace) -> None:
        click = copy.deepcopy(CLICK)
        click["actions"][0].update(change)
        assert (await workspace.send(click, form=True)).status_code == 200
        assert rasa.texts == workspace.posted == []

    run(body)


@pytest.mark.parametrize("reason", ["http_timeout", "http_error", "connection_failed", "ssl_error", None])
def test_a_repeated_event_is_answered_once(run: Any, rasa: Any, reason: str | None) -> None:
    async def body(workspace: Workspace) -> None:
        await workspace.send(MESSAGE)
        headers = {"x_slack_retry_num": "1", "x_slack_retry_reason": reason} if reason else {}
        assert (await workspace.send(MESSAGE, **headers)).status_code == 200
        assert len(rasa.texts) == len(workspace.posted) == 1
        await workspace.send(with_event(MESSAGE, ts="1355517524.000005"))
        assert len(workspace.posted) == 2

    run(body)


def test_a_repetition_of_what_was_never_answered_is_answered(run: Any, rasa: Any) -> None:
    """Slack repeats what it got no 200 for, for instance because posting the answer failed."""

    async def body(workspace: Workspace) -> None:
        workspace.broken = True
        assert (await workspace.send(MESSAGE)).status_code == 503
        workspace.broken = False
        again = await workspace.send(MESSAGE, x_slack_retry_num="1", x_slack_retry_reason="http_timeout")
        assert again.status_code == 200
        assert len(workspace.posted) == 1

    run(body)


def test_a_repetition_during_the_work_waits_for_it(run: Any, rasa: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("bot.channels.guard.LEASE_SECONDS", 0.4)

    async def body(workspace: Workspace) -> None:
        workspace.slow = 0.5
        responses = await asyncio.gather(workspace.send(MESSAGE), workspace.send(MESSAGE))
        assert [response.status_code for response in responses] == [200, 200]
        assert len(workspace.posted) == 1

    run(body)


@pytest.mark.parametrize(
    "request_",
    [{"secret": "another"}, {"age": 301}, {"age": -301}, {"x_slack_signature": "v0=00"}, {"x_slack_signature": ""},
     {"x_slack_request_timestamp": "yesterday"}],
)  # fmt: skip
def test_an_unsigned_or_old_request_is_refused(run: Any, rasa: Any, request_: dict[str, Any]) -> None:
    async def body(workspace: Workspace) -> None:
        assert (await workspace.send(MESSAGE, **request_)).status_code == 401
        assert (await workspace.send(VERIFICATION, **request_)).status_code == 401
        assert rasa.texts == workspace.posted == []

    run(body)


@pytest.mark.parametrize(
    "event",
    [{"bot_id": "B1"}, {"subtype": "message_changed"}, {"subtype": "bot_message"}, {"subtype": "channel_join"},
     {"channel_type": "channel"}, {"type": "reaction_added"}, {"user": None}, {"ts": 7}],
)  # fmt: skip
def test_what_is_no_question_is_passed_over(run: Any, rasa: Any, event: dict[str, Any]) -> None:
    async def body(workspace: Workspace) -> None:
        assert (await workspace.send(with_event(MESSAGE, **event))).status_code == 200
        assert rasa.texts == workspace.posted == []

    run(body)


@pytest.mark.parametrize(
    "text", ["{", "[]", "7", '{"type": "event_callback", "event": 7}', '{"type": "block_actions"}']
)
@pytest.mark.parametrize("form", [False, True])
def test_broken_payloads(run: Any, rasa: Any, text: str, form: bool) -> None:
    async def body(workspace: Workspace) -> None:
        assert (await workspace.send(text, form=form)).status_code in (200, 400)
        assert rasa.texts == workspace.posted == []

    run(body)


def test_a_name_is_taken_out_and_said_so(run: Any, rasa: Any) -> None:
    async def body(workspace: Workspace) -> None:
        await workspace.send(with_event(MESSAGE, text="pt John Doe <mailto:jd@example.org|jd@example.org>, STS dose?"))
        assert rasa.texts == ["pt, STS dose?"]
        assert phrases.IDENTIFIERS_REMOVED in workspace.posted[0]["text"]
        assert "Doe" not in str(workspace.posted)

    run(body)


def test_workspaces_threads_and_users_do_not_share_a_conversation(run: Any, rasa: Any) -> None:
    async def body(workspace: Workspace) -> None:
        await workspace.send(MENTION)
        await workspace.send({**MENTION, "team_id": "T2"})
        await workspace.send(with_event(MENTION, user="U2", ts="1515449523.000016"))
        await workspace.send(with_event(MENTION, ts="1515449524.000016", thread_ts="1515449000.000001"))
        assert len({message.sender_id for message in rasa.messages}) == 4

    run(body)


@pytest.mark.parametrize("missing", ["slack_token", "slack_signing_secret"])
@pytest.mark.parametrize("value", [None, "", " "])
def test_a_missing_setting_is_named(missing: str, value: str | None) -> None:
    credentials = {"slack_token": "xoxb-1", "slack_signing_secret": SECRET, missing: value}
    with pytest.raises(InvalidConfigException, match=rf"needs {missing}.*environment variable {missing.upper()}"):
        GuardedSlack.from_credentials(credentials)
    with pytest.raises(InvalidConfigException):
        GuardedSlack.from_credentials(None)


def test_a_long_answer_keeps_slacks_limits() -> None:
    lines = [f"line {number} " + "x" * (50 * number % 3500) for number in range(120)]
    text = "\n".join(lines)
    buttons = [{"title": "y" * 200, "payload": "y" * 200}, {"title": "z", "payload": "z" * 2001}]
    posted = drawn([{"text": text, "buttons": buttons}, {"custom": {}}])
    sections = [block["text"]["text"] for block in posted["blocks"] if block["type"] == "section"]
    assert len(posted["blocks"]) <= 50
    assert all(len(section) <= 3000 for section in sections)
    assert "\n".join(sections).replace("\n", "").startswith("".join(lines)[:60_000])
    (button,) = posted["blocks"][-1]["elements"]
    assert (len(button["text"]["text"]), button["value"]) == (75, "y" * 200)
    assert len(posted["text"]) <= 3000


def test_every_answer_of_the_guard_can_be_drawn() -> None:
    posted = drawn(messages_of(ask_for_question(load(), "<b> & c"), ""))
    assert posted["text"].startswith("&lt;b&gt; &amp; c")
    assert posted["blocks"][0]["text"]["text"].startswith("<b> & c")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("<@U0LAN0Z89> STS dose?", "STS dose?"),
        ("dose &lt; 25 g &amp; HD", "dose < 25 g & HD"),
        ("see <https://example.org|the page> in <#C1|general>", "see the page in"),
        ("<https://example.org>", "https://example.org"),
        ("<!here> dose?", "dose?"),
    ],
)
def test_markup_is_undone(typed: str, meant: str) -> None:
    assert plain(typed) == meant
