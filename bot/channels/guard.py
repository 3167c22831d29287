"""The one place that every message passes before Rasa sees it, whichever channel it came by.

Who sent it, that it is answered once only, how long and how many, no forged intents, nobody named in it; and exactly
one answer, whatever happens. The tracker stores a text before NLU runs, and Rasa takes ``/intent{...}`` for an intent:
both have to be dealt with in front of it. How a channel uses this: docs/embedding.md.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
import re
import unicodedata
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Any

from rasa.core.actions import action as rasa_action
from rasa.core.channels.channel import CollectingOutputChannel, OutputChannel, UserMessage

from bot.channels.deidentify import deidentify
from bot.channels.events import LEASE_SECONDS, EventLog, Standing
from bot.channels.feedback import note_question
from bot.channels.identity import conversation_id, read_key, usable
from bot.channels.rate import Buckets, per_minute
from bot.knowledge import phrases
from bot.knowledge.answer import Answer, to_custom
from bot.knowledge.answering import ask_for_question, fault
from bot.knowledge.loading import load
from bot.knowledge.rendering import to_text

MOST_CHARACTERS = 1000
ACTION_SECONDS = 2.0
FOLDER = Path("var")
"""Where the guard keeps the ids of events and the key of the senders, relative to the project's root."""

EVENTS_VARIABLE = "EVENTS_URL"
"""Environment variable: SQLAlchemy's name of the database of events; by default a SQLite file in `FOLDER`."""

EVENT_ID, ACCOUNT = "event_id", "account"
"""Keys of a stock channel's metadata that the guard reads."""

NODS = re.compile(rf"[\s{phrases.NODS}\U0001F3FB-\U0001F3FF]+")
"""Thanks without a word, in each tone of skin."""
# Messengers send these around what was typed; "<" and ">" by themselves compare values.
FORMATTING = re.compile(
    r"</?(?:a|b|blockquote|br|code|div|em|font|h[1-6]|i|li|ol|p|pre|s|span|strong|sub|sup|u|ul)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)

logger = logging.getLogger(__name__)
Messages = list[dict[str, Any]]
OnNewMessage = Callable[[UserMessage], Awaitable[Any]]
Deliver = Callable[[Messages], Awaitable[Any]]

# Rasa waits five minutes for the action server and has no setting for it; a clinician does not.
rasa_action.DEFAULT_REQUEST_TIMEOUT = ACTION_SECONDS


def messages_of(answer: Answer, recipient: str) -> Messages:
    """Return an answer as REST messages, in the form in which Rasa sends those of actions."""
    knowledge = load()
    text: dict[str, Any] = {"recipient_id": recipient, "text": to_text(answer, knowledge)}
    if answer.follow_ups:
        text["buttons"] = [{"title": question, "payload": question} for question in answer.follow_ups]
    return [text, {"recipient_id": recipient, "custom": to_custom(answer, knowledge)}]


def refusal(lead: str) -> Answer:
    """Return the contract's error with what is wrong and what to do."""
    return fault(load()).copy(update={"lead": lead})


def clean(text: str) -> str:
    """Return the text without what no reader types: marks of formatting, control characters, leading slashes.

    A leading slash is Rasa's sign for an intent or a command, which is not a user's to give.
    """
    spaced = re.sub(r"\s+", " ", FORMATTING.sub(" ", text))
    visible = "".join(sign for sign in spaced if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return visible.strip().lstrip("/\\ ").strip()


def objection(text: str) -> Answer | None:
    """Return the answer to a message that cannot be a question, or None where it can."""
    if len(text) > MOST_CHARACTERS:
        return ask_for_question(load(), phrases.TOO_LONG.format(length=len(text), most=MOST_CHARACTERS))
    if NODS.fullmatch(text):
        return None
    if sum(sign.isalnum() for sign in text) < 2:
        return ask_for_question(load(), phrases.NOTHING_TO_READ)
    if not any(sign.isascii() and sign.isalnum() for sign in text):
        return ask_for_question(load(), phrases.NOT_ENGLISH)
    return None


def with_notice(messages: Messages) -> Messages:
    """Return an answer that says as well that identifiers were taken out of the question."""
    noted = []
    for message in messages:
        if "text" in message:
            message = {**message, "text": f"{message['text']}\n{phrases.IDENTIFIERS_REMOVED}"}
        if "custom" in message:
            message = {**message, "custom": {**message["custom"], "notice": phrases.IDENTIFIERS_REMOVED}}
        noted.append(message)
    return noted


class Guard:
    """What the guard remembers: events answered, how much each sender has sent, the key of the senders' ids."""

    def __init__(self, key: bytes, events: EventLog, buckets: Buckets) -> None:
        """Put it together; `the_guard` is the one in use."""
        self._key = key
        self._events = events
        self._buckets = buckets

    async def answered(
        self,
        on_new_message: OnNewMessage,
        text: str,
        sender: str,
        channel: str,
        *,
        account: str = "",
        event_id: str | None = None,
        deliver: Deliver | None = None,
    ) -> Messages | None:
        """See the module's `answered`."""
        if event_id is None:
            messages = await self._answer(on_new_message, text, sender, channel, account)
            if deliver:
                await deliver(messages)
            return messages
        while (standing := self._events.take(channel, event_id)) is Standing.IN_WORK:
            await asyncio.sleep(LEASE_SECONDS / 4)
        if standing is Standing.DONE:
            return None
        messages = await self._answer(on_new_message, text, sender, channel, account)
        try:
            if deliver:
                await deliver(messages)
        except Exception:
            self._events.release(channel, event_id)
            raise
        self._events.done(channel, event_id)
        return messages

    async def _answer(
        self, on_new_message: OnNewMessage, text: str, sender: str, channel: str, account: str
    ) -> Messages:
        """Return exactly one answer, addressed to the sender."""
        if not usable(sender):
            return messages_of(refusal(phrases.NO_SENDER), "")
        conversation = conversation_id(self._key, channel, account, sender)
        if seconds := self._buckets.wait(conversation):
            return messages_of(refusal(phrases.TOO_MANY.format(seconds=math.ceil(seconds))), sender)
        readable = clean(text) if len(text) <= MOST_CHARACTERS else text
        refused = objection(readable)
        if refused is not None:
            return messages_of(refused, sender)
        try:
            asked, removed = deidentify(readable)
            # Once more: what stood before a leading slash may have been taken out.
            asked = clean(asked)
            refused = objection(asked)
            messages = (
                messages_of(refused, sender)
                if refused is not None
                else await _said(on_new_message, asked, conversation, channel)
            )
        # Rasa's store turns a value that it cannot keep into an exit: one message must not end the service.
        except (Exception, SystemExit) as error:  # noqa: BLE001  the user hears of any fault
            # The type alone: an error's text may quote what the user typed.
            logger.error("a message could not be handled: %s", type(error).__name__)
            return messages_of(fault(load()), sender)
        messages = [{**message, "recipient_id": sender} for message in messages or messages_of(fault(load()), sender)]
        for message in messages:
            if refused is None and "custom" in message:
                note_question(asked, message["custom"])
        return with_notice(messages) if removed else messages

    def guarded(self, on_new_message: OnNewMessage) -> OnNewMessage:
        """See the module's `guarded`."""

        async def receive(message: UserMessage) -> None:
            metadata = message.metadata or {}
            output = message.output_channel

            async def deliver(messages: Messages) -> None:
                await draw(output, message.sender_id, messages)

            try:
                await self.answered(
                    on_new_message,
                    message.text or "",
                    message.sender_id,
                    message.input_channel or output.name(),
                    account=metadata.get(ACCOUNT, ""),
                    event_id=metadata.get(EVENT_ID),
                    deliver=deliver,
                )
            except Exception as error:  # noqa: BLE001  a stock channel has nobody to tell
                logger.error("an answer could not be delivered: %s", type(error).__name__)

        return receive


async def _said(on_new_message: OnNewMessage, text: str, conversation: str, channel: str) -> Messages:
    """Return what Rasa says to a text; nothing of a channel's metadata goes along."""
    collector = CollectingOutputChannel()
    await on_new_message(UserMessage(text, collector, conversation, input_channel=channel))
    messages: Messages = collector.messages
    return messages


async def draw(output: OutputChannel, recipient: str, messages: Messages) -> None:
    """Send an answer by an output channel: by its own `send_answer` if it has one, else as one text with buttons."""
    send_answer = getattr(output, "send_answer", None)
    if send_answer is not None:
        await send_answer(recipient, messages)
        return
    for message in messages:
        if "text" in message:
            shown = {key: message[key] for key in ("text", "buttons") if message.get(key)}
            await output.send_response(recipient, shown)


@cache
def the_guard() -> Guard:
    """Return the guard of this process; a channel calls it when it makes its routes, so that errors show at the start.

    Raises:
        InvalidConfigException: a setting of the environment cannot be used.
    """
    events = os.environ.get(EVENTS_VARIABLE) or f"sqlite:///{FOLDER / 'events.db'}"
    return Guard(read_key(FOLDER), EventLog(events), Buckets(per_minute()))


async def answered(
    on_new_message: OnNewMessage,
    text: str,
    sender: str,
    channel: str,
    *,
    account: str = "",
    event_id: str | None = None,
    deliver: Deliver | None = None,
) -> Messages | None:
    """Pass one message through the guard to Rasa and return the answer; exactly one, whatever happens.

    Args:
        on_new_message: Rasa's handler.
        text: what the user typed, or the payload of a button.
        sender: id of who sent it, verified by the channel; never stored as it is.
        channel: name of the input channel.
        account: who vouches for the sender (owner of the token, workspace, server); senders of different accounts
            never share a conversation.
        event_id: the messenger's own id of the event, where it has one.
        deliver: sends the messages. An event counts as answered only after it has returned.

    Returns:
        The messages, in the form of the answer contract: one with `text` and `buttons`, one with `custom`. None: this
        event was answered before, and there is nothing to say.

    Raises:
        Exception: whatever `deliver` raised; the event is then free to be answered when it comes again.
    """
    return await the_guard().answered(
        on_new_message, text, sender, channel, account=account, event_id=event_id, deliver=deliver
    )


def guarded(on_new_message: OnNewMessage) -> OnNewMessage:
    """Wrap Rasa's handler for a stock channel: ``super().blueprint(guarded(on_new_message))``.

    The channel's metadata may hold `event_id` and `account`, as for `answered`. The answer is sent by the message's
    output channel: by its `send_answer(recipient, messages)` if it has one, else as one text with buttons.
    """
    return the_guard().guarded(on_new_message)
