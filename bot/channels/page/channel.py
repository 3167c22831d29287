"""The channel of the page: serves it at `/`, and takes its messages and marks."""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Callable, Coroutine
from typing import Any

from rasa.core.channels.channel import InputChannel
from rasa.shared.exceptions import InvalidConfigException
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.exc import SQLAlchemyError

from bot.channels import feedback as store
from bot.channels.guard import MOST_CHARACTERS, OnNewMessage, answered, messages_of, refusal, the_guard
from bot.channels.page import marks
from bot.channels.page.files import RootBlueprint, add_files
from bot.channels.page.policy import allowed_origins, cors_headers, security_headers
from bot.channels.page.words import drawable, words
from bot.channels.tokens import owner_of, read_tokens
from bot.knowledge import phrases

PREFIX = "/webhooks/page/"
ROLE_INTENT = "tell_role"
ROLES = ("physician", "nurse", "pharmacist")

_RANDOM = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

logger = logging.getLogger(__name__)
Handler = Callable[[Request], Coroutine[Any, Any, HTTPResponse]]


class Refused(Exception):  # noqa: N818  no fault, but an outcome
    """A request that cannot be taken."""

    def __init__(self, what: str, status: int = 400) -> None:
        """Say what is wrong, and with which HTTP status."""
        super().__init__(what)
        self.what, self.status = what, status


class PageInput(InputChannel):
    """Serves the page and takes ``{"sender", "message", "answer"}`` at ``/webhooks/page/messages``.

    With REST_TOKEN or REST_TOKENS set, what the page asks for needs ``Authorization: Bearer <token>``, which the
    hospital's proxy adds once it knows who sits there; a browser never holds the token. The files need none.
    """

    @classmethod
    def name(cls) -> str:
        """Name of the channel."""
        return "page"

    def url_prefix(self) -> str:
        """Return the root: the page is what a person finds at the bot's address."""
        return "/"

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """Return the routes.

        Raises:
            InvalidConfigException: origins, tokens, or a setting of the guard, cannot be read.
        """
        the_guard()
        origins = allowed_origins()
        headers = security_headers(origins)
        desk = Desk(on_new_message, _tokens())
        routes = RootBlueprint("page", url_prefix="/")
        add_files(routes)
        for path, method, handler in (
            ("settings", "GET", desk.settings),
            ("messages", "POST", desk.message),
            ("feedback", "POST", desk.feedback),
        ):
            routes.add_route(_answering(handler), PREFIX + path, methods=[method], name=path)
            routes.add_route(_preflight, PREFIX + path, methods=["OPTIONS"], name=f"{path}_preflight")

        # Of every response, since Rasa's own CORS answers a preflight before its route is reached.
        @routes.middleware("response")
        async def secure(request: Request, reply: HTTPResponse) -> None:
            reply.headers.update(headers)
            if request.path.startswith(PREFIX):
                asks = request.headers.get("Origin")
                reply.headers.update(cors_headers(origins, asks, preflight=request.method == "OPTIONS"))

        return routes


def _tokens() -> dict[str, str]:
    try:
        return read_tokens()
    except ValueError as error:
        raise InvalidConfigException(str(error)) from error


async def _preflight(_: Request) -> HTTPResponse:
    return response.empty()


def _answering(handler: Handler) -> Handler:
    """Wrap a handler: nobody on the way keeps its answer, and a refusal is the contract's error."""

    async def handle(request: Request) -> HTTPResponse:
        try:
            reply = await handler(request)
        except Refused as refused:
            reply = response.json(drawable(messages_of(refusal(refused.what), "")), status=refused.status)
        reply.headers["Cache-Control"] = "no-store"
        return reply

    return handle


class Desk:
    """Takes what the page sends. Each method handles one route, and raises `Refused` for what it cannot take."""

    def __init__(self, on_new_message: OnNewMessage, tokens: dict[str, str]) -> None:
        """Take Rasa's handler, and the tokens of which a request needs one if there are any."""
        self._on_new_message = on_new_message
        self._tokens = tokens
        self._answers = marks.Answers()

    async def settings(self, request: Request) -> HTTPResponse:
        """Tell what the page shows around the answers, and which controls this bot has a use for."""
        self._owner(request)
        domain = getattr(request.app.ctx.agent, "domain", None)
        hears_roles = domain is not None and ROLE_INTENT in domain.intents
        offers = {
            "marks": marks.offered(),
            "longest_remark": MOST_CHARACTERS,
            "roles": [{"label": role, "message": f"I am a {role}"} for role in ROLES] if hears_roles else [],
        }
        return response.json({**words(), **offers})

    async def message(self, request: Request) -> HTTPResponse:
        """Answer a message."""
        owner, sender, body = self._read(request)
        message, answer = body.get("message"), body.get("answer")
        if not isinstance(message, str):
            raise Refused(phrases.NO_MESSAGE)
        drawn = drawable(await answered(self._on_new_message, message, sender, PageInput.name(), account=owner) or [])
        if isinstance(answer, str) and _RANDOM.fullmatch(answer):
            self._answers.keep(owner, sender, answer, drawn["custom"])
        return response.json(drawn)

    async def feedback(self, request: Request) -> HTTPResponse:
        """Keep the mark of an answer."""
        owner, sender, body = self._read(request)
        answer, mark, remark = str(body.get("answer")), body.get("mark"), body.get("remark", "")
        custom = self._answers.find(owner, sender, answer)
        if custom is None:
            raise Refused(phrases.NO_ANSWER_TO_MARK, 404)
        if not isinstance(mark, str) or not isinstance(remark, str) or len(remark) > MOST_CHARACTERS:
            raise Refused(phrases.NO_MARK)
        try:
            store.record(sender, custom, mark, remark)
        except ValueError as error:
            raise Refused(phrases.NO_MARK) from error
        except (OSError, sqlite3.Error, SQLAlchemyError) as error:
            logger.error("a mark could not be kept: %s", type(error).__name__)
            raise Refused(phrases.ERROR, 503) from error
        self._answers.forget(owner, sender, answer)
        return response.empty()

    def _owner(self, request: Request) -> str:
        """Return whose token a request carries; "" where none is needed."""
        owner = owner_of(request.token, self._tokens) if self._tokens else ""
        if owner is None:
            raise Refused(phrases.NOT_ALLOWED, 401)
        return owner

    def _read(self, request: Request) -> tuple[str, str, dict[str, Any]]:
        """Return whose token it is, the sender and the whole request."""
        owner = self._owner(request)
        # A page of another origin can send a form without being asked whether it may, but not JSON.
        if request.content_type.partition(";")[0].strip().lower() != "application/json":
            raise Refused(phrases.NO_JSON, 415)
        try:
            body = request.json
        except Exception as error:  # noqa: BLE001  sanic raises various errors on broken JSON
            raise Refused(phrases.NO_JSON) from error
        if not isinstance(body, dict):
            raise Refused(phrases.NO_JSON)
        sender = body.get("sender")
        # Who knows the id can go on with the conversation, so it must be none that can be guessed.
        if not isinstance(sender, str) or not _RANDOM.fullmatch(sender):
            raise Refused(phrases.NO_RANDOM_SENDER)
        return owner, sender, body
