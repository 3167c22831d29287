"""The homeserver as the Matrix channel sees it: the few calls of the client-server API that it makes."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import time
from typing import Any
from urllib.parse import quote as quote_path

import httpx

from bot.channels.matrix_settings import REGISTRATION_ID, Settings
from bot.knowledge import phrases
from bot.knowledge.loading import load
from bot.knowledge.model import TopicKind

PATIENCE_SECONDS = 25.0
"""How long a call is repeated. Synapse waits 60 s for a transaction to be taken."""

DEVICE = "CITEDASSISTANT"
"""The bot's one device. Synapse remembers transaction ids by device, for a day and over its own restarts."""

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 2.0
_REQUEST_SECONDS = 10.0
_NEIGHBOURS = 100
_TYPES = ["m.room.message", "m.room.encrypted"]

# It logs the URL of each request, and with it who is in which room.
logging.getLogger("httpx").setLevel(logging.WARNING)

Content = dict[str, Any]


class HomeserverError(Exception):
    """A call failed; says how, and nothing of what was sent."""


class UnreachableError(HomeserverError):
    """The homeserver did not answer, or not as one that works: worth another try, later."""


class RefusedError(HomeserverError):
    """The homeserver said no, and would say it again."""

    def __init__(self, status: int, code: str) -> None:
        """Keep status and Matrix's error code."""
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code


def bot_name() -> str:
    """Return how the bot is called: by the condition that its knowledge base is on."""
    condition = next(topic.name for topic in load().topics if topic.kind is TopicKind.CONDITION)
    return phrases.BOT_NAME.format(condition=condition.capitalize())


def quote(part: str) -> str:
    """Return a part of a path; ids of events may hold slashes."""
    return quote_path(part, safe="")


def transaction_id(*parts: str) -> str:
    """Name what is sent by why it is sent: sent again for the same reason, the homeserver takes it for the same."""
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()[:40]


class Homeserver:
    """Calls the homeserver as the bot. Calls are repeated while it is away, up to `PATIENCE_SECONDS`."""

    def __init__(self, settings: Settings) -> None:
        """Make ready; no call yet. To be made in the event loop that uses it."""
        self._user = settings.user
        self._localpart = settings.localpart
        self._query: dict[str, str] = {}
        self._http = httpx.AsyncClient(
            base_url=settings.homeserver,
            headers={"Authorization": f"Bearer {settings.as_token}"},
            timeout=_REQUEST_SECONDS,
            trust_env=False,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def call(
        self,
        method: str,
        path: str,
        body: Content | None = None,
        query: dict[str, str] | None = None,
        patience: float = PATIENCE_SECONDS,
    ) -> Content:
        """Make one call, again and again while the homeserver is away.

        Args:
            method: HTTP method.
            path: behind ``/_matrix/client``, quoted.
            body: JSON.
            query: of the URL.
            patience: seconds after which it is given up; 0 for a single try.

        Returns:
            The JSON answer.

        Raises:
            UnreachableError: it was away all the time.
            RefusedError: it said no.
        """
        end, pause = time.monotonic() + patience, _FIRST_PAUSE_SECONDS
        while True:
            try:
                return await self._once(method, path, body, query)
            except UnreachableError:
                if time.monotonic() + pause > end:
                    raise
            except RefusedError as error:
                # A fault of its own: often passing, but a room that is broken for good must not hold up the others.
                if error.status != httpx.codes.INTERNAL_SERVER_ERROR or time.monotonic() + pause > end:
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    async def _once(self, method: str, path: str, body: Content | None, query: dict[str, str] | None) -> Content:
        try:
            response = await self._http.request(
                method, f"/_matrix/client{path}", json=body, params={**self._query, **(query or {})}
            )
        except httpx.RequestError as error:
            raise UnreachableError(type(error).__name__) from error
        try:
            answer = response.json()
        except ValueError:
            answer = None
        content = answer if isinstance(answer, dict) else {}
        if response.is_success:
            return content
        code = str(content.get("errcode", "no error code"))
        if code == "M_UNKNOWN_DEVICE":
            self._query = {}  # somebody deleted it; the bot works without, and makes it anew at the next start
            raise UnreachableError(code)
        # An unknown token is a matter of configuration: the question waits until it is mended.
        if response.status_code in (401, 429, 502, 503, 504) or answer is None:
            raise UnreachableError(f"{response.status_code} {code}")
        raise RefusedError(response.status_code, code)

    async def set_up(self, name: str) -> str:
        """Make the bot's user and device where there are none, and return the bot's display name.

        Args:
            name: display name for a bot that has none.
        """
        await self._make_user()
        await self._make_device(name)
        path = f"/v3/profile/{quote(self._user)}/displayname"
        try:
            shown = (await self.call("GET", path, patience=0)).get("displayname")
        except RefusedError:
            shown = None
        if not shown or shown == self._localpart:
            await self.call("PUT", path, {"displayname": name}, patience=0)
            return name
        return str(shown)

    async def _make_user(self) -> None:
        body = {"type": "m.login.application_service", "username": self._localpart, "inhibit_login": True}
        try:
            await self.call("POST", "/v3/register", body, patience=0)
        except RefusedError as error:
            if error.code != "M_USER_IN_USE":
                raise

    async def _make_device(self, name: str) -> None:
        try:
            await self.call("PUT", f"/v3/devices/{DEVICE}", {"display_name": name}, patience=0)
            # The user as well: without it, Synapse 1.163 fails over the device.
            self._query = {"user_id": self._user, "device_id": DEVICE}
        except RefusedError:
            self._query = {}  # a homeserver without MSC4190: it forgets transaction ids when it restarts

    async def answers(self) -> bool:
        """Tell whether the homeserver answers now."""
        try:
            await self.call("GET", "/versions", patience=0)
        except HomeserverError:
            return False
        return True

    async def ask_to_be_called(self) -> None:
        """Ask the homeserver to try this service; one that works again gets what was kept for it at once."""
        await self.call("POST", f"/v1/appservice/{REGISTRATION_ID}/ping", {}, patience=0)

    async def ring(self, kind: str, content: Content) -> None:
        """Send an event into a room of the bot's own, made where there is none.

        Args:
            kind: type of the event, and of the bot's account data that names the room.
            content: of the event.
        """
        path = f"/v3/user/{quote(self._user)}/account_data/{quote(kind)}"
        transaction = transaction_id(json.dumps(content))
        try:
            room = str((await self.call("GET", path)).get("room_id"))
            await self.send(room, content, transaction, kind)
        except RefusedError:  # there is none, or the bot may not write there any more
            body = {"preset": "private_chat", "name": f"{bot_name()}: starts"}
            room = str((await self.call("POST", "/v3/createRoom", body)).get("room_id"))
            await self.call("PUT", path, {"room_id": room})
            await self.send(room, content, transaction, kind)

    async def send(self, room: str, content: Content, transaction: str, kind: str = "m.room.message") -> str:
        """Send an event and return its id; the same id for the same transaction."""
        path = f"/v3/rooms/{quote(room)}/send/{quote(kind)}/{transaction}"
        return str((await self.call("PUT", path, content)).get("event_id"))

    async def redact(self, room: str, event: str, transaction: str) -> None:
        """Take an event of the bot's back."""
        await self.call("PUT", f"/v3/rooms/{quote(room)}/redact/{quote(event)}/{transaction}", {})

    async def join(self, room: str) -> None:
        """Accept an invitation."""
        await self.call("POST", f"/v3/rooms/{quote(room)}/join", {})

    async def leave(self, room: str) -> None:
        """Decline an invitation, or leave."""
        await self.call("POST", f"/v3/rooms/{quote(room)}/leave", {})

    async def people(self, room: str) -> int:
        """Return how many are in a room or invited to it, the bot among them."""
        path = f"/v3/rooms/{quote(room)}/members"
        members = (await self.call("GET", path, query={"not_membership": "leave"})).get("chunk", [])
        return sum(member.get("content", {}).get("membership") in ("join", "invite") for member in members)

    async def typing(self, room: str, seconds: float) -> None:
        """Show that the bot is typing for at most so long; 0 ends it. Tried once."""
        body: Content = {"typing": True, "timeout": round(1000 * seconds)} if seconds else {"typing": False}
        await self.call("PUT", f"/v3/rooms/{quote(room)}/typing/{quote(self._user)}", body, patience=0)

    async def around(self, room: str, event: str, everybody: bool = False) -> Content:
        """Return an event with messages before it (latest first) and after it (earliest first).

        Args:
            room: where.
            event: which.
            everybody: with all messages and changes of membership, and not the bot's own messages only.
        """
        chosen = {"types": [*_TYPES, "m.room.member"]} if everybody else {"senders": [self._user], "types": _TYPES}
        query = {"limit": str(_NEIGHBOURS), "filter": json.dumps(chosen)}
        return await self.call("GET", f"/v3/rooms/{quote(room)}/context/{quote(event)}", query=query)
