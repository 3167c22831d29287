"""The REST channel of the answer contract: Rasa's own, under the guard."""

from __future__ import annotations

import hmac
import os
from typing import Any

from rasa.core.channels.rest import RestInput
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.guard import OnNewMessage, answered, messages_of
from bot.knowledge import phrases
from bot.knowledge.answering import fault
from bot.knowledge.loading import load

TOKEN_VARIABLE = "REST_TOKEN"
LONGEST_SENDER = 255


class GuardedRest(RestInput):
    """Takes ``{"sender": ..., "message": ...}`` at ``/webhooks/rest/webhook`` and returns the answer's messages.

    With the environment variable REST_TOKEN set, a request needs ``Authorization: Bearer <token>``.
    """

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """Return the routes."""
        routes = Blueprint("guarded_rest", "bot_channels_rest")

        @routes.route("/", methods=["GET"])
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            if not _allowed(request):
                return _bad(phrases.NOT_ALLOWED, 401)
            body = _body(request)
            if body is None:
                return _bad(phrases.NO_JSON)
            sender, message = body.get("sender"), body.get("message")
            if not isinstance(sender, str) or not _usable(sender):
                return _bad(phrases.NO_SENDER)
            if not isinstance(message, str):
                return _bad(phrases.NO_MESSAGE)
            return response.json(await answered(on_new_message, message, sender, self.name()))

        return routes


def _allowed(request: Request) -> bool:
    token = os.environ.get(TOKEN_VARIABLE)
    return not token or hmac.compare_digest((request.token or "").encode(), token.encode())


def _usable(sender: str) -> bool:
    """Tell whether a conversation's id can be kept and sent back."""
    return bool(sender.strip()) and len(sender) <= LONGEST_SENDER and sender.isprintable()


def _body(request: Request) -> dict[str, Any] | None:
    try:
        body = request.json
    except Exception:  # noqa: BLE001  sanic raises various errors on broken JSON
        return None
    return body if isinstance(body, dict) else None


def _bad(what: str, status: int = 400) -> HTTPResponse:
    """Answer a request that is no message: the contract's error, with what to mend."""
    answer = fault(load()).copy(update={"lead": what})
    return response.json(messages_of(answer, ""), status=status)
