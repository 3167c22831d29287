"""The Slack channel: Rasa's own check of signatures, under the guard; answers as blocks, in the thread of the question.

A request is acknowledged once its answer is posted, so that Slack sends it again if this process ends before. Events
are told apart by team, channel and time stamp, whatever the reason of a repetition.
"""

from __future__ import annotations

import html
import json
import logging
import re
from dataclasses import dataclass
from typing import Any

from rasa.core.channels.channel import InputChannel
from rasa.core.channels.slack import SlackInput
from rasa.shared.exceptions import InvalidConfigException
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.guard import Messages, OnNewMessage, answered, the_guard

API_URL = "https://slack.com/api/"
FOLLOW_UP = "follow_up_"
"""Start of the action ids of our buttons; no other action is taken for a question."""

# Slack's limits: https://docs.slack.dev/reference/block-kit/blocks
MOST_BLOCKS = 50
MOST_IN_SECTION = 3000
MOST_ON_BUTTON = 75
MOST_IN_VALUE = 2000
MOST_BUTTONS = 25
MOST_IN_FALLBACK = 3000

_NEEDED = {"slack_token": "SLACK_TOKEN", "slack_signing_secret": "SLACK_SIGNING_SECRET"}
_READ_SUBTYPES = (None, "file_share", "thread_broadcast")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Question:
    """What somebody asked in Slack.

    Attributes:
        text: the question, without Slack's markup.
        team: id of the workspace, which vouches for the user.
        user: id of the user.
        channel: where it was asked and is answered.
        thread: time stamp of the thread that it is answered in; none in a direct message outside of threads.
        event: what tells this event from all others.
    """

    text: str
    team: str
    user: str
    channel: str
    thread: str | None
    event: str

    @property
    def sender(self) -> str:
        """One conversation for each user, place and thread."""
        return ":".join(filter(None, (self.user, self.channel, self.thread)))


class GuardedSlack(SlackInput):
    """Takes Slack's events and clicks on buttons at ``/webhooks/slack/webhook``.

    Settings in credentials.yml: `slack_token`, `slack_signing_secret`; `proxy` and `slack_api_url` where needed.
    """

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Make the channel.

        Raises:
            InvalidConfigException: a setting is missing; says which and where it goes.
        """
        settings = credentials or {}
        for name, variable in _NEEDED.items():
            if not str(settings.get(name) or "").strip():
                raise InvalidConfigException(
                    f"Slack needs {name}: write `{name}: ${{{variable}}}` under {cls.__module__}.{cls.__name__} in "
                    f"credentials.yml and set the environment variable {variable}."
                )
        return cls(
            str(settings["slack_token"]),
            str(settings["slack_signing_secret"]),
            settings.get("proxy"),
            settings.get("slack_api_url"),
        )

    def __init__(
        self, slack_token: str, slack_signing_secret: str, proxy: str | None = None, slack_api_url: str | None = None
    ) -> None:
        """Set it up; nothing is sent yet."""
        super().__init__(slack_token, proxy=proxy, slack_signing_secret=slack_signing_secret)
        self._api_url = slack_api_url or API_URL

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """Return the routes."""
        the_guard()
        routes = Blueprint("guarded_slack", "bot_channels_slack")

        @routes.route("/", methods=["GET"])
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            if not self.is_request_from_slack_authentic(request):
                return response.text("The request bears no valid signature of Slack's, or an old one.", status=401)
            payload = _payload(request)
            if payload is None:
                return response.text("The request holds no payload of Slack's.", status=400)
            if payload.get("type") == "url_verification":
                return response.text(str(payload.get("challenge", "")))
            question = _clicked(payload) if payload.get("type") == "block_actions" else _asked(payload)
            if question is not None and not await self._answer(on_new_message, question):
                return response.text("The answer could not be posted; please send the event again.", status=503)
            return response.text("")

        return routes

    async def _answer(self, on_new_message: OnNewMessage, question: Question) -> bool:
        """Answer a question, unless it was answered before; tell whether that is settled."""
        client = AsyncWebClient(self.slack_token, base_url=self._api_url, proxy=self.proxy)

        async def post(messages: Messages) -> None:
            await client.chat_postMessage(
                channel=question.channel,
                thread_ts=question.thread,
                unfurl_links=False,
                unfurl_media=False,
                **drawn(messages),
            )

        try:
            await answered(
                on_new_message,
                question.text,
                question.sender,
                self.name(),
                account=question.team,
                event_id=question.event,
                deliver=post,
            )
        except Exception as error:  # noqa: BLE001  Slack is asked to send it again, whatever went wrong
            logger.error("an answer could not be posted to Slack: %s", type(error).__name__)
            return False
        return True


def drawn(messages: Messages) -> dict[str, Any]:
    """Draw an answer: its text as sections, its follow-ups as buttons, and the text as fallback for notifications."""
    message = next(message for message in messages if "text" in message)
    blocks: list[dict[str, Any]] = [
        {"type": "section", "text": {"type": "plain_text", "text": part, "emoji": False}}
        for part in _parts(message["text"])
    ]
    buttons = [
        {
            "type": "button",
            "action_id": f"{FOLLOW_UP}{number}",
            "text": {"type": "plain_text", "text": _shortened(button["title"], MOST_ON_BUTTON), "emoji": False},
            "value": button["payload"],
        }
        for number, button in enumerate(message.get("buttons", [])[:MOST_BUTTONS])
        if len(button["payload"]) <= MOST_IN_VALUE
    ]
    if buttons:
        blocks = [*blocks[: MOST_BLOCKS - 1], {"type": "actions", "elements": buttons}]
    escaped = html.escape(message["text"], quote=False)
    return {"text": _shortened(escaped, MOST_IN_FALLBACK), "blocks": blocks[:MOST_BLOCKS]}


def _parts(text: str) -> list[str]:
    """Divide a text between lines, or within one that is too long, into parts that fit a section."""
    pieces = [
        line[start : start + MOST_IN_SECTION]
        for line in text.split("\n")
        for start in range(0, max(len(line), 1), MOST_IN_SECTION)
    ]
    parts = [pieces[0]]
    for piece in pieces[1:]:
        if len(parts[-1]) + 1 + len(piece) <= MOST_IN_SECTION:
            parts[-1] = f"{parts[-1]}\n{piece}"
        else:
            parts.append(piece)
    return parts


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _payload(request: Request) -> dict[str, Any] | None:
    """Read an event, or what a click sends."""
    try:
        form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        payload = json.loads(request.form["payload"][0]) if form else request.json
    except Exception:  # noqa: BLE001  sanic and json raise various errors
        return None
    return payload if isinstance(payload, dict) else None


def _text(value: Any, name: str) -> str:
    """Return a text within a payload, or "" where there is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def _asked(payload: dict[str, Any]) -> Question | None:
    """Read a direct message or a mention; None for anything else, such as what a bot wrote or somebody edited."""
    event = payload.get("event")
    if payload.get("type") != "event_callback" or not isinstance(event, dict):
        return None
    direct = event.get("type") == "message" and event.get("channel_type") == "im"
    if not (direct or event.get("type") == "app_mention"):
        return None
    if event.get("bot_id") or event.get("subtype") not in _READ_SUBTYPES:
        return None
    user, channel, stamp = _text(event, "user"), _text(event, "channel"), _text(event, "ts")
    if not (user and channel and stamp):
        return None
    thread = _text(event, "thread_ts") or (None if direct else stamp)
    team = _text(payload, "team_id")
    return Question(plain(_text(event, "text")), team, user, channel, thread, f"{team}:{channel}:{stamp}")


def _clicked(payload: dict[str, Any]) -> Question | None:
    """Read a click on one of our buttons; None for any other action."""
    actions = payload.get("actions")
    action = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], dict) else {}
    value = _text(action, "value")
    if action.get("type") != "button" or not _text(action, "action_id").startswith(FOLLOW_UP) or not value:
        return None
    user, channel, team = (_text(payload.get(name), "id") for name in ("user", "channel", "team"))
    message = payload.get("message") or payload.get("container")
    thread = _text(message, "thread_ts") or None
    stamp = _text(action, "action_ts") or _text(payload, "trigger_id")
    if not (user and channel and stamp):
        return None
    return Question(value, team, user, channel, thread, f"{team}:{channel}:{user}:{action['action_id']}:{stamp}")


def plain(text: str) -> str:
    """Return a text as it was typed: mentions of users and channels left out, links and entities undone."""
    text = re.sub(r"<[@#!][^>]*>", " ", text)
    text = re.sub(r"<(?:mailto:|tel:)?([^>|]+)(?:\|([^>]*))?>", lambda link: link[2] or link[1], text)
    return " ".join(html.unescape(text).split())
