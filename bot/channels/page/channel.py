"""The channel of the page: serves it at `/`, and takes its messages and marks."""

from __future__ import annotations

import gzip
import hashlib
import importlib
import logging
import sqlite3
from collections import OrderedDict
from pathlib import Path
from typing import Any

import rasa.server
from rasa.core.channels.channel import InputChannel
from rasa.shared.exceptions import InvalidConfigException
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.deidentify import deidentify
from bot.channels.guard import MOST_CHARACTERS, OnNewMessage, answered, messages_of, refusal, the_guard
from bot.channels.identity import usable
from bot.channels.page.origins import allowed_origins
from bot.channels.page.words import drawable, names
from bot.channels.tokens import owner_of, read_tokens
from bot.knowledge import phrases


def _feedback() -> Any:
    """Return the module that keeps marks; None for a bot without it, whose page shows no buttons for them."""
    try:
        return importlib.import_module("bot.channels.feedback")
    except ModuleNotFoundError:
        return None


feedback = _feedback()

FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/assistant.js": ("assistant.js", "text/javascript; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
}
"""What a browser loads: file and media type by path."""

MOST_ANSWERS = 2000
"""How many answers are remembered, so that a mark finds the one that it is about."""

ROLE_INTENT = "tell_role"
ROLES = ("physician", "nurse", "pharmacist")

logger = logging.getLogger(__name__)

# Rasa's greeting at `/` makes way for the page; without this, both would claim the path.
rasa.server.add_root_route = lambda app: None


def security_headers(origins: list[str]) -> dict[str, str]:
    """Return the headers of every response.

    Args:
        origins: whose pages may show this one in a frame, besides the bot's own.
    """
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "img-src": "data:",  # the empty icon, which spares a request
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": " ".join(["'self'", *origins]),
        # The library's fixed templates are the only thing that may become HTML.
        "require-trusted-types-for": "'script'",
        "trusted-types": "lit-html",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }


class Answers:
    """The latest answers by conversation and id, for marks; in memory only."""

    def __init__(self, most: int = MOST_ANSWERS) -> None:
        """Start empty."""
        self._most = most
        self._kept: OrderedDict[tuple[str, str, str], dict[str, Any]] = OrderedDict()

    def keep(self, owner: str, sender: str, answer: str, custom: dict[str, Any]) -> None:
        """Remember an answer, and forget the oldest where there are too many."""
        self._kept[owner, sender, answer] = custom
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def find(self, owner: str, sender: str, answer: str) -> dict[str, Any] | None:
        """Return an answer's data, or None where it is not known (any more)."""
        return self._kept.get((owner, sender, answer))


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
        headers = security_headers(allowed_origins())
        try:
            tokens = read_tokens()
        except ValueError as error:
            raise InvalidConfigException(str(error)) from error
        routes, answers = Blueprint("page", url_prefix="/"), Answers()
        for path, (file, media_type) in FILES.items():
            routes.add_route(_serving(file, media_type), path, methods=["GET", "HEAD"], name=file.partition(".")[0])

        @routes.middleware("response")
        async def secure(_: Request, reply: HTTPResponse) -> None:
            reply.headers.update(headers)

        @routes.route("/webhooks/page/settings", methods=["GET"])
        async def settings(request: Request) -> HTTPResponse:
            if tokens and owner_of(request.token, tokens) is None:
                return _bad(phrases.NOT_ALLOWED, 401)
            return response.json({**names(), **_offers(request)})

        @routes.route("/webhooks/page/messages", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            read = _read(request, tokens)
            if isinstance(read, HTTPResponse):
                return read
            owner, sender, body = read
            message, answer = body.get("message"), body.get("answer")
            if not isinstance(message, str):
                return _bad(phrases.NO_MESSAGE)
            messages = await answered(on_new_message, message, sender, self.name(), account=owner)
            drawn = drawable(messages or [])
            if feedback and isinstance(answer, str) and usable(answer):
                answers.keep(owner, sender, answer, drawn["custom"])
            return response.json(drawn)

        @routes.route("/webhooks/page/feedback", methods=["POST"])
        async def mark(request: Request) -> HTTPResponse:
            read = _read(request, tokens)
            if isinstance(read, HTTPResponse):
                return read
            owner, sender, body = read
            custom = answers.find(owner, sender, str(body.get("answer")))
            if custom is None:
                return _bad(phrases.NO_ANSWER_TO_MARK, 404)
            return _record(sender, custom, body.get("mark"), body.get("remark") or "")

        return routes


def _serving(file: str, media_type: str) -> Any:
    """Make the handler of one file, which is packed once and sent again only if it is another."""
    content = (Path(__file__).parent / file).read_bytes()
    packed = gzip.compress(content, mtime=0)
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'

    async def serve(request: Request) -> HTTPResponse:
        headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if request.headers.get("If-None-Match") == tag:
            return HTTPResponse(status=304, headers=headers)
        if "gzip" not in request.headers.get("Accept-Encoding", ""):
            return HTTPResponse(content, headers=headers, content_type=media_type)
        return HTTPResponse(packed, headers={**headers, "Content-Encoding": "gzip"}, content_type=media_type)

    return serve


def _offers(request: Request) -> dict[str, Any]:
    """Tell what of the page's controls this bot has a use for."""
    domain = getattr(request.app.ctx.agent, "domain", None)
    hears_roles = domain is not None and ROLE_INTENT in domain.intents
    return {
        "longest": MOST_CHARACTERS,
        "marks": list(feedback.MARKS) if feedback else [],
        "remarks": bool(feedback) and getattr(feedback, "KEEPS_REMARKS", False),
        "roles": [{"label": role, "message": f"I am a {role}"} for role in ROLES] if hears_roles else [],
    }


def _read(request: Request, tokens: dict[str, str]) -> tuple[str, str, dict[str, Any]] | HTTPResponse:
    """Return whose token it is, the sender and the whole request; or what is wrong with it."""
    owner = owner_of(request.token, tokens) if tokens else ""
    if owner is None:
        return _bad(phrases.NOT_ALLOWED, 401)
    # A page of another origin can send a form without being asked whether it may, but not JSON.
    if request.content_type.partition(";")[0].strip().lower() != "application/json":
        return _bad(phrases.NO_JSON, 415)
    try:
        body = request.json
    except Exception:  # noqa: BLE001  sanic raises various errors on broken JSON
        return _bad(phrases.NO_JSON)
    if not isinstance(body, dict):
        return _bad(phrases.NO_JSON)
    sender = body.get("sender")
    if not isinstance(sender, str) or not usable(sender):
        return _bad(phrases.NO_SENDER)
    return owner, sender, body


def _record(sender: str, custom: dict[str, Any], mark: Any, remark: Any) -> HTTPResponse:
    """Keep a mark; of the remark, nothing that names a patient."""
    if not isinstance(mark, str) or not isinstance(remark, str) or len(remark) > MOST_CHARACTERS:
        return _bad(phrases.NO_MARK)
    try:
        feedback.record(sender, custom, mark, remark=deidentify(remark)[0] if remark else "")
    except ValueError:
        return _bad(phrases.NO_MARK)
    except (OSError, sqlite3.Error) as error:
        logger.error("a mark could not be kept: %s", type(error).__name__)
        return _bad(phrases.ERROR, 503)
    return response.empty()


def _bad(what: str, status: int = 400) -> HTTPResponse:
    """Answer a request that cannot be taken: the contract's error, with what to mend."""
    return response.json(drawable(messages_of(refusal(what), "")), status=status)
