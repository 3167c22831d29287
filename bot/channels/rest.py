"""The REST channel of the answer contract: Rasa's own, under the guard."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.rest import RestInput
from rasa.shared.exceptions import InvalidConfigException
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.guard import OnNewMessage, answered, messages_of, refusal, the_guard
from bot.channels.identity import usable
from bot.channels.tokens import owner_of, read_tokens
from bot.knowledge import phrases


class GuardedRest(RestInput):
    """Takes ``{"sender": ..., "message": ...}`` at ``/webhooks/rest/webhook`` and returns the answer's messages.

    With the environment variable REST_TOKEN or REST_TOKENS set, a request needs ``Authorization: Bearer <token>``, and
    a sender is one of the token's owner only.
    """

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """Return the routes.

        Raises:
            InvalidConfigException: the tokens, or a setting of the guard, cannot be read.
        """
        the_guard()
        try:
            tokens = read_tokens()
        except ValueError as error:
            raise InvalidConfigException(str(error)) from error
        routes = Blueprint("guarded_rest", "bot_channels_rest")

        @routes.route("/", methods=["GET"])
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            owner = owner_of(request.token, tokens) if tokens else ""
            if owner is None:
                return _bad(phrases.NOT_ALLOWED, 401)
            body = _body(request)
            if body is None:
                return _bad(phrases.NO_JSON)
            sender, message = body.get("sender"), body.get("message")
            if not isinstance(sender, str) or not usable(sender):
                return _bad(phrases.NO_SENDER)
            if not isinstance(message, str):
                return _bad(phrases.NO_MESSAGE)
            return response.json(await answered(on_new_message, message, sender, self.name(), account=owner))

        return routes


def _body(request: Request) -> dict[str, Any] | None:
    try:
        body = request.json
    except Exception:  # noqa: BLE001  sanic raises various errors on broken JSON
        return None
    return body if isinstance(body, dict) else None


def _bad(what: str, status: int = 400) -> HTTPResponse:
    """Answer a request that is no message: the contract's error, with what to mend."""
    return response.json(messages_of(refusal(what), ""), status=status)
