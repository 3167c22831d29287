"""What the Matrix channel does with one event of a room."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from bot.channels import matrix_content as content
from bot.channels.guard import OnNewMessage, answered
from bot.channels.matrix_client import Homeserver, HomeserverError, RefusedError, transaction_id
from bot.channels.matrix_content import Content, Event, Name
from bot.channels.matrix_settings import Settings, server_of
from bot.knowledge import phrases

TYPING_SECONDS = 15.0
_NEEDED = ("event_id", "room_id", "sender")
_UNTYPED = ("m.image", "m.file", "m.audio", "m.video", "m.location", "m.emote")

logger = logging.getLogger(__name__)


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
        self.bot = Name(settings.user, phrases.BOT_NAME)
        self._allowed_servers = settings.allowed_servers
        self._homeserver = homeserver
        self._on_new_message = on_new_message
        self._channel = channel
        self._members: dict[str, frozenset[str]] = {}
        self._told_encrypted: set[str] = set()
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
            await (self._edited(event, original) if original else self._asked(event, message, event))
        elif kind == "m.room.redaction":
            await self._redacted(event)
        elif kind == "m.room.encrypted":
            await self._encrypted(event)

    async def _member(self, event: Event) -> None:
        room = event["room_id"]
        self._members.pop(room, None)
        invited = content.content_of(event).get("membership") == "invite"
        if not invited or event.get("state_key") != self.bot.user:
            return
        if server_of(event["sender"]) in self._allowed_servers:
            await self._homeserver.join(room)
            await self._catch_up(event)
        else:
            logger.warning("an invitation was declined: it came from a server that is not allowed")
            await self._homeserver.leave(room)

    async def _catch_up(self, invitation: Event) -> None:
        """Answer what was asked after the invitation and before the bot had come: a homeserver does not push that."""
        room = invitation["room_id"]
        around = await self._homeserver.around(room, invitation["event_id"], everybody=True)
        for event in around.get("events_after", []):
            if event.get("type") != "m.room.member":
                await self.handle({**event, "room_id": room})
            elif event.get("state_key") == self.bot.user:
                return  # from here on it is pushed

    async def _direct(self, room: str) -> bool:
        """Tell whether the bot is alone with one other."""
        if room not in self._members:
            self._members[room] = await self._homeserver.members(room)
        return len(self._members[room]) == 2

    async def _asked(
        self, event: Event, message: Content, base: Event, around: Content | None = None, earlier: str | None = None
    ) -> None:
        """Answer a message if it is meant for the bot.

        Args:
            event: the message, or an edit of it.
            message: what it says, or now says.
            base: the message as it was sent first.
            around: the bot's messages before and after it, if they were asked for already.
            earlier: the answer that the message has; it is edited.
        """
        room, question = event["room_id"], base["event_id"]
        root = content.thread_root(content.content_of(base))
        direct = await self._direct(room)
        addressed = direct or bool(earlier) or content.mentions(message, self.bot)
        if message.get("msgtype") != "m.text":
            if direct and message.get("msgtype") in _UNTYPED:
                await self._send(event, content.plain(phrases.NOT_TYPED, question), root, earlier)
            return
        text = content.spoken(message, self.bot)
        if (number := content.number(text)) and (addressed or root):
            around = around or await self._homeserver.around(room, question)
            replied = content.replied_event(content.content_of(base))
            choices = content.offered(around.get("events_before", []), root, replied)
            if number <= len(choices):
                # In a thread of the bot's, a number that it offered needs no mention.
                addressed, text = True, choices[number - 1]
        if addressed:
            await self._answer(event, question, text, root if direct else root or question, earlier)

    async def _answer(self, event: Event, question: str, text: str, root: str | None, earlier: str | None) -> None:
        """Answer a text, once, where it was asked; with `earlier`, by editing that answer."""
        room, sender = event["room_id"], event["sender"]

        async def deliver(messages: list[dict[str, Any]]) -> None:
            try:
                await self._send(event, content.message(messages, question), root, earlier)
            except RefusedError as error:
                # The bot may not write here: to be asked again would change nothing.
                logger.warning("the homeserver does not let an answer into its room: %s", error)

        async with self._typing(room):
            await answered(
                self._on_new_message,
                text,
                conversation(room, root, sender),
                self._channel,
                account=server_of(sender),
                event_id=event["event_id"],
                deliver=deliver,
            )

    async def _send(self, event: Event, drawn: Content, root: str | None, earlier: str | None) -> None:
        """Send what an event calls for, into its thread if it has one; once, however often it is called."""
        if earlier:
            drawn = content.as_edit(drawn, earlier)
        elif root:
            drawn = content.in_thread(drawn, root, drawn[content.KEY]["to"])
        await self._homeserver.send(event["room_id"], drawn, transaction_id("answer", event["event_id"]))

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
        if base.get("sender") != event["sender"] or content.edited_event(content.content_of(base)):
            return
        message = content.dictionary(content.content_of(event).get("m.new_content"))
        earlier = content.answer_to(around.get("events_after", []), original)
        await self._asked(event, message, base, around, earlier)

    async def _redacted(self, event: Event) -> None:
        """Take back the answer to a message that was taken back."""
        redacted = event.get("redacts") or content.content_of(event).get("redacts")
        if isinstance(redacted, str):
            around = await self._homeserver.around(event["room_id"], redacted)
            answer = content.answer_to(around.get("events_after", []), redacted)
            if answer:
                await self._homeserver.redact(event["room_id"], answer, transaction_id("redact", answer))

    async def _encrypted(self, event: Event) -> None:
        """Say once a room that encrypted messages cannot be read."""
        room = event["room_id"]
        if room in self._told_encrypted:
            return
        around = await self._homeserver.around(room, event["event_id"])
        told = (*around.get("events_before", []), *around.get("events_after", []))
        if not any(content.marks_encryption(earlier) for earlier in told):
            await self._homeserver.send(room, content.encrypted(), transaction_id("encrypted", event["event_id"]))
        self._told_encrypted.add(room)
