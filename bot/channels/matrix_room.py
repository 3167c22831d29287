"""What the Matrix channel does with one event of a room."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from typing import Any

from bot.channels import matrix_content as content
from bot.channels.guard import Messages, OnNewMessage, answered
from bot.channels.matrix_client import (
    Homeserver,
    HomeserverError,
    RefusedError,
    UnreachableError,
    bot_name,
    transaction_id,
)
from bot.channels.matrix_content import Content, Event, Name
from bot.channels.matrix_settings import Settings, server_of
from bot.knowledge import phrases

TYPING_SECONDS = 15.0
_NEEDED = ("event_id", "room_id", "sender")
_TYPED = ("m.text", "m.emote")
_UNTYPED = ("m.image", "m.file", "m.audio", "m.video", "m.location")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Said:
    """What somebody said.

    Attributes:
        event: the message, or an edit of it.
        message: what it says, or now says.
        base: the message as it was sent first.
        earlier: the bot's answer to it so far, which is to be edited.
    """

    event: Event
    message: Content
    base: Event
    earlier: str | None = None

    @property
    def room(self) -> str:
        """Where it was said."""
        return str(self.event["room_id"])

    @property
    def question(self) -> str:
        """Id of the message as it was sent first."""
        return str(self.base["event_id"])

    @property
    def root(self) -> str | None:
        """Thread that it was said in."""
        return content.thread_root(content.content_of(self.base))

    @property
    def thread(self) -> str | None:
        """Thread that it is answered in within a room: its own, else a new one on it, if one may hang there."""
        return self.root or (self.question if content.can_be_root(content.content_of(self.base)) else None)


def conversation(room: str, root: str | None, user: str) -> str:
    """Name a conversation: that of one user in one thread, or in a direct chat outside of threads."""
    return hashlib.sha256("\0".join((room, root or "", user)).encode(errors="surrogatepass")).hexdigest()


class Rooms:
    """Handles the events of all rooms. What it remembers is a cache: a restart loses nothing."""

    def __init__(self, settings: Settings, homeserver: Homeserver, on_new_message: OnNewMessage, channel: str) -> None:
        """Put it together.

        Args:
            settings: the channel's settings.
            homeserver: where to answer.
            on_new_message: Rasa's handler.
            channel: name of the input channel.
        """
        self.bot = Name(settings.user, bot_name())
        self._allowed_servers = settings.allowed_servers
        self._homeserver = homeserver
        self._on_new_message = on_new_message
        self._channel = channel
        self._direct: dict[str, bool] = {}
        self._told_encrypted: set[str] = set()
        self._told_to_wait: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def handle(self, event: Event) -> None:
        """Do what an event asks for; safe to be called again for the same event.

        Raises:
            UnreachableError: the homeserver is away; the event is to come again.
            RefusedError: the homeserver did not let the bot do it.
        """
        kind, sender = event.get("type"), event.get("sender")
        if sender == self.bot.user and kind != "m.room.member":
            return
        if not all(isinstance(event.get(key), str) for key in _NEEDED):
            return
        if kind == "m.room.member":
            await self._member(event)
        elif kind == "m.room.message":
            message = content.content_of(event)
            original = content.edited_event(message)
            await (self._edited(event, original) if original else self._heard(Said(event, message, event)))
        elif kind == "m.room.redaction":
            await self._redacted(event)
        elif kind == "m.room.encrypted":
            await self._encrypted(event)

    async def _member(self, event: Event) -> None:
        room = event["room_id"]
        self._direct.pop(room, None)
        invited = content.content_of(event).get("membership") == "invite"
        if not invited or event.get("state_key") != self.bot.user:
            return
        if server_of(event["sender"]) not in self._allowed_servers:
            logger.warning("an invitation was declined: it came from a server that is not allowed")
            await self._homeserver.leave(room)
        elif await self._join(room):
            await self._catch_up(event)

    async def _join(self, room: str) -> bool:
        """Accept an invitation; not to a room whose own server is away, since that would hold up all other rooms."""
        try:
            await self._homeserver.join(room)
        except UnreachableError as error:
            if not await self._homeserver.answers():
                raise
            logger.warning("an invitation was given up: its room cannot be reached (%s)", error)
            return False
        return True

    async def _catch_up(self, invitation: Event) -> None:
        """Answer what was asked after the invitation and before the bot had come: a homeserver does not push that."""
        room = invitation["room_id"]
        around = await self._homeserver.around(room, invitation["event_id"], everybody=True)
        for event in around.get("events_after", []):
            if event.get("type") != "m.room.member":
                await self.handle({**event, "room_id": room})
            elif event.get("state_key") == self.bot.user:
                return  # from here on it is pushed

    async def _is_direct(self, room: str) -> bool:
        """Tell whether the bot is alone with one other, and nobody else is invited."""
        if room not in self._direct:
            self._direct[room] = await self._homeserver.people(room) == 2
        return self._direct[room]

    async def _heard(self, said: Said) -> None:
        """Answer a message if it is meant for the bot."""
        direct = await self._is_direct(said.room)
        addressed = direct or bool(said.earlier) or content.mentions(said.message, self.bot)
        thread = said.root if direct else said.thread
        kind = said.message.get("msgtype")
        if kind in _UNTYPED and addressed:
            await self._send(said, content.plain(phrases.NOT_TYPED, said.question), thread)
        elif kind in _TYPED:
            text = content.spoken(said.message, self.bot)
            # In a thread of the bot's, a number that it offered needs no mention.
            chosen = await self._chosen(said, text) if addressed or said.root else None
            if addressed or chosen:
                await self._answer(said, chosen or text, thread)

    async def _chosen(self, said: Said, text: str) -> str | None:
        """Return the question that a number stands for, where the bot has offered one."""
        number = content.number(text)
        if number is None:
            return None
        around = await self._homeserver.around(said.room, said.question)
        replied = content.replied_event(content.content_of(said.base))
        choices = content.offered(around.get("events_before", []), said.root, replied)
        return choices[number - 1] if number <= len(choices) else None

    async def _answer(self, said: Said, text: str, thread: str | None) -> None:
        """Answer a text, once, where it was asked."""
        sender = said.event["sender"]
        name = conversation(said.room, thread, sender)

        async def deliver(messages: Messages) -> None:
            if not self._asked_to_wait_before(name, messages):
                await self._deliver(said, content.message(messages, said.question), thread)

        async with self._typing(said.room):
            await answered(
                self._on_new_message,
                text,
                name,
                self._channel,
                account=server_of(sender),
                event_id=said.event["event_id"],
                deliver=deliver,
            )

    def _asked_to_wait_before(self, name: str, messages: Messages) -> bool:
        """Tell whether a conversation is asked to wait once more: two bots would keep each other going by that."""
        if not content.asks_to_wait(messages):
            self._told_to_wait.discard(name)
            return False
        told = name in self._told_to_wait
        self._told_to_wait.add(name)
        return told

    async def _deliver(self, said: Said, drawn: Content, thread: str | None) -> None:
        try:
            await self._send(said, drawn, thread)
        except RefusedError as error:
            # The bot may not write here: to be asked again would change nothing.
            logger.warning("the homeserver does not let an answer into its room: %s", error)

    async def _send(self, said: Said, drawn: Content, thread: str | None) -> None:
        """Send what a message calls for, into its thread if it has one; once, however often it is called."""
        if said.earlier:
            drawn = content.as_edit(drawn, said.earlier)
        elif thread:
            drawn = content.in_thread(drawn, thread, said.question)
        await self._homeserver.send(said.room, drawn, transaction_id("answer", said.event["event_id"]))

    @contextlib.asynccontextmanager
    async def _typing(self, room: str) -> AsyncIterator[None]:
        """Show that the bot is typing, within the block. Nobody waits for the notice."""
        begun = self._in_background(self._notice(room, TYPING_SECONDS))
        try:
            yield
        finally:
            begun.add_done_callback(lambda _: self._in_background(self._notice(room, 0)))

    async def _notice(self, room: str, seconds: float) -> None:
        with contextlib.suppress(HomeserverError):
            await self._homeserver.typing(room, seconds)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)  # asyncio itself keeps only weak references
        task.add_done_callback(self._tasks.discard)
        return task

    async def _edited(self, event: Event, original: str) -> None:
        """Answer the new text by editing the answer to the old one; a question that had none is new."""
        around = await self._homeserver.around(event["room_id"], original)
        base = content.dictionary(around.get("event"))
        first = content.content_of(base)
        # Without content it was redacted: its sender took all of it back.
        if base.get("sender") != event["sender"] or not first or content.edited_event(first):
            return
        message = content.dictionary(content.content_of(event).get("m.new_content"))
        await self._heard(Said(event, message, base, content.answer_to(around.get("events_after", []), original)))

    async def _redacted(self, event: Event) -> None:
        """Take back the answer to a message that was taken back."""
        redacted = event.get("redacts") or content.content_of(event).get("redacts")
        if isinstance(redacted, str):
            around = await self._homeserver.around(event["room_id"], redacted)
            answer = content.answer_to(around.get("events_after", []), redacted)
            if answer:
                await self._homeserver.redact(event["room_id"], answer, transaction_id("redact", answer))

    async def _encrypted(self, event: Event) -> None:
        """Say that an encrypted message cannot be read: each time in a direct chat, once in a room."""
        said = Said(event, {}, event)
        if not await self._is_direct(said.room):
            if said.room in self._told_encrypted or await self._told(said, phrases.ENCRYPTED):
                return
            self._told_encrypted.add(said.room)
        await self._send(said, content.plain(phrases.ENCRYPTED, said.question), said.root)

    async def _told(self, said: Said, what: str) -> bool:
        """Tell whether the bot has said something in a room already, about when somebody said something there."""
        around = await self._homeserver.around(said.room, said.question)
        told = (*around.get("events_before", []), *around.get("events_after", []))
        return any(content.content_of(one).get("body") == what for one in told)
