"""The Matrix channel: an application service of a homeserver. How to set it up: docs/matrix.md.

The homeserver pushes events in transactions, one at a time, and repeats one until it is acknowledged. A transaction is
acknowledged once every question in it was answered and the answer delivered: so the homeserver, which has the questions
anyway, is the one place that keeps them, and no question is written to disk here.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections import Counter, OrderedDict, defaultdict
from typing import Any
from urllib.parse import unquote

from rasa.core.channels.channel import InputChannel
from rasa.shared.exceptions import InvalidConfigException
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.guard import OnNewMessage, the_guard
from bot.channels.matrix_client import Homeserver, HomeserverError, RefusedError, UnreachableError, bot_name
from bot.channels.matrix_content import Event, Name, content_of
from bot.channels.matrix_room import Rooms
from bot.channels.matrix_settings import Settings, SettingsError, read_settings
from bot.channels.tokens import owner_of

BELL = "cited-assistant.start"
"""Type of the event by which the bot makes the homeserver look what it still has for it."""

_PREFIX = "/_matrix/app/v1"
_HOMESERVER = "homeserver"
_LOOK_SECONDS = 2.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.5, 5.0
_RING_AGAIN_SECONDS = 0.3
_SET_UP_SECONDS = 10.0
_REMEMBERED = 100
_TRIES = 3
_NOT_TAKEN = (
    "the homeserver does not take the bot (%s); trying on. If it is up: are MATRIX_HOMESERVER, MATRIX_AS_TOKEN and "
    "MATRIX_BOT_USER right, and is the registration in its configuration?"
)

logger = logging.getLogger(__name__)


class MatrixInput(InputChannel):
    """Takes transactions of one homeserver. Off, with no route, unless the environment sets it up."""

    def __init__(self, settings: Settings | None) -> None:
        """Keep the settings; None for off."""
        self._settings = settings

    @classmethod
    def name(cls) -> str:
        """Name the channel."""
        return "matrix"

    @classmethod
    def from_credentials(cls, _: dict[str, Any] | None) -> MatrixInput:
        """Make the channel from the environment: secrets do not stand in files that are checked in.

        Raises:
            InvalidConfigException: the environment sets it up in part, or with a value that cannot be used.
        """
        try:
            return cls(read_settings(os.environ))
        except SettingsError as error:
            raise InvalidConfigException(str(error)) from error

    def url_prefix(self) -> str:
        """Serve at the root: the specification fixes the paths."""
        return "/"

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """Return the routes."""
        routes = Blueprint("matrix", "bot_channels_matrix")
        if self._settings is not None:
            the_guard()  # opens its files now, so that a wrong setting shows at the start
            _add_routes(routes, _Service(self._settings, on_new_message, self.name()))
        return routes


def _add_routes(routes: Blueprint, service: _Service) -> None:
    """Add what the specification asks of an application service."""

    @routes.put(f"{_PREFIX}/transactions/<name>")
    async def take(request: Request, name: str) -> HTTPResponse:
        return service.objection(request) or await service.take(request, name)

    @routes.get(f"{_PREFIX}/users/<name>")
    async def user(request: Request, name: str) -> HTTPResponse:
        return service.objection(request) or await service.user(unquote(name))

    @routes.get(f"{_PREFIX}/rooms/<name>")
    async def alias(request: Request, name: str) -> HTTPResponse:
        return service.objection(request) or _refused(404, "M_NOT_FOUND", "This service has no room aliases.")

    @routes.post(f"{_PREFIX}/ping")
    async def ping(request: Request) -> HTTPResponse:
        return service.objection(request) or response.json({})

    routes.listener("after_server_start")(service.start)
    routes.listener("before_server_stop")(service.stop)


def _refused(status: int, code: str, what: str) -> HTTPResponse:
    return response.json({"errcode": code, "error": what}, status=status)


def _events(request: Request) -> list[Any] | None:
    """Read the events of a transaction."""
    try:
        body = request.json
    except Exception:  # noqa: BLE001  sanic raises various errors on broken JSON
        return None
    events = body.get("events") if isinstance(body, dict) else None
    return events if isinstance(events, list) else None


def _is_bell(event: Any, stroke: str) -> bool:
    return isinstance(event, dict) and event.get("type") == BELL and content_of(event).get("stroke") == stroke


class _Service:
    """The application service: its routes, and the watch over the homeserver."""

    def __init__(self, settings: Settings, on_new_message: OnNewMessage, channel: str) -> None:
        self._settings = settings
        self._on_new_message = on_new_message
        self._channel = channel
        self._homeserver: Homeserver
        self._rooms: Rooms
        self._watch: asyncio.Task[None]
        self._ready = asyncio.Event()
        self._bell: str | None = None
        self._ring_later: asyncio.Task[None] | None = None
        self._in_work: dict[str, asyncio.Task[bool]] = {}
        self._taken: OrderedDict[str, None] = OrderedDict()
        self._faults: Counter[str] = Counter()

    async def start(self, *_: Any) -> None:
        """Begin to watch the homeserver; the bot starts without it, too."""
        self._homeserver = Homeserver(self._settings)
        self._rooms = Rooms(self._settings, self._homeserver, self._on_new_message, self._channel)
        self._watch = asyncio.create_task(self._keep_in_touch())

    async def stop(self, *_: Any) -> None:
        """End the watch."""
        self._watch.cancel()
        await self._homeserver.close()

    def objection(self, request: Request) -> HTTPResponse | None:
        """Refuse who does not show the homeserver's token."""
        if not request.token:
            return _refused(401, "M_MISSING_TOKEN", "The request carries no token in its Authorization header.")
        if owner_of(request.token, {self._settings.hs_token: _HOMESERVER}) is None:
            return _refused(403, "M_FORBIDDEN", "The token is not the homeserver's (hs_token of the registration).")
        return None

    async def user(self, name: str) -> HTTPResponse:
        """Tell whether a user is the bot; the homeserver takes a yes for a user that is there by then."""
        if name == self._settings.user and await self._set_up():
            return response.json({})
        return _refused(404, "M_NOT_FOUND", "This service has no such user.")

    async def _set_up(self) -> bool:
        """Wait until the bot's user is there; False if that takes too long."""
        try:
            await asyncio.wait_for(self._ready.wait(), _SET_UP_SECONDS)
        except TimeoutError:
            return False
        return True

    async def take(self, request: Request, name: str) -> HTTPResponse:
        """Take a transaction; acknowledged once all in it is done."""
        events = _events(request)
        if events is None:
            return _refused(400, "M_BAD_JSON", "A transaction is a JSON object whose `events` are a list.")
        if self._bell is not None and any(_is_bell(event, self._bell) for event in events):
            self._bell = None
            self._ring_later = asyncio.create_task(self._ring_again())
            return _refused(503, "M_UNKNOWN", "The service has just started: what was sent before it comes first.")
        if name in self._taken:
            return response.json({})
        if name not in self._in_work:
            self._in_work[name] = asyncio.create_task(self._work(name, events))
        # Shielded: the work goes on if the homeserver goes away meanwhile, and a repeated transaction joins in.
        if await asyncio.shield(self._in_work[name]):
            return response.json({})
        return _refused(503, "M_UNKNOWN", "Not everything could be answered; please send it again.")

    async def _work(self, name: str, events: list[Any]) -> bool:
        """Handle the events of a transaction; tell whether all is done."""
        try:
            done = await self._set_up() and await self._handle_rooms(events)
        finally:
            del self._in_work[name]
        if done:
            self._taken[name] = None
            if len(self._taken) > _REMEMBERED:
                self._taken.popitem(last=False)
        return done

    async def _handle_rooms(self, events: list[Any]) -> bool:
        """Handle the events of a room one after the other, and rooms beside each other."""
        rooms: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            if isinstance(event, dict):
                rooms[str(event.get("room_id"))].append(event)
        return all(await asyncio.gather(*(self._handle_all(of_room) for of_room in rooms.values())))

    async def _handle_all(self, events: list[Event]) -> bool:
        """Handle the events of one room, up to one that has to come again; tell whether there was none."""
        for event in events:
            try:
                await self._rooms.handle(event)
            except UnreachableError as error:
                logger.warning("the homeserver is away (%s); what is not answered stays with it", error)
                return False
            except RefusedError as error:
                logger.warning("the homeserver refused what an event asked for: %s", error)
            except Exception as error:  # noqa: BLE001  one event must not hold up all others for ever
                # The type alone: an error's text may quote what the user typed.
                logger.error("an event could not be handled: %s", type(error).__name__)
                if self._worth_another_try(event):
                    return False
        return True

    def _worth_another_try(self, event: Event) -> bool:
        """Count an event that failed for a reason of this side's, such as a store that was locked."""
        name = str(event.get("event_id"))
        self._faults[name] += 1
        if self._faults[name] < _TRIES:
            return True
        del self._faults[name]
        return False

    async def _keep_in_touch(self) -> None:
        """Set the bot up whenever the homeserver is there again, and have it send what it kept meanwhile."""
        pause, said = _FIRST_PAUSE_SECONDS, ""
        while True:
            try:
                await self._begin()
                pause, said = _FIRST_PAUSE_SECONDS, ""
                while await self._homeserver.answers():
                    await asyncio.sleep(_LOOK_SECONDS)
            except HomeserverError as error:
                if str(error) != said:
                    said = str(error)
                    logger.warning(_NOT_TAKEN, said)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    async def _begin(self) -> None:
        self._rooms.bot = Name(self._settings.user, await self._homeserver.set_up(bot_name()))
        self._ready.set()
        await self._ring()
        logger.info("the homeserver is there; the bot is %s", self._settings.user)

    async def _ring(self) -> None:
        """Make the homeserver send what it still has for the bot.

        Synapse looks for it only when something new happens in a room of the bot's (so: an event in a room of its own),
        and for a transaction that its own end cut off only when one fails (so: that event's is refused once).
        """
        self._bell = os.urandom(16).hex()
        await self._homeserver.ring(BELL, {"stroke": self._bell})
        await self._call_back()

    async def _ring_again(self) -> None:
        await asyncio.sleep(_RING_AGAIN_SECONDS)
        await self._call_back()

    async def _call_back(self) -> None:
        try:
            await self._homeserver.ask_to_be_called()
        except HomeserverError as error:
            logger.warning("the homeserver cannot call the bot at the URL of the registration: %s", error)
