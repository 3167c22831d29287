"""What every message passes before Rasa sees it, and what leaves if Rasa says nothing.

The tracker stores a text before NLU runs, and Rasa takes ``/intent{...}`` for an intent: both have to be
dealt with in front of it.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.actions import action as rasa_action
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

from bot.knowledge import phrases
from bot.knowledge.answer import Answer, to_custom
from bot.knowledge.answering import ask_for_question, fault
from bot.knowledge.loading import load
from bot.knowledge.rendering import to_text

MOST_CHARACTERS = 1000
ACTION_SECONDS = 2.0

logger = logging.getLogger(__name__)
OnNewMessage = Callable[[UserMessage], Awaitable[Any]]

# Rasa waits five minutes for the action server and has no setting for it; a clinician does not.
rasa_action.DEFAULT_REQUEST_TIMEOUT = ACTION_SECONDS


def messages_of(answer: Answer, recipient: str) -> list[dict[str, Any]]:
    """Return an answer as REST messages, in the form in which Rasa sends those of actions."""
    knowledge = load()
    text: dict[str, Any] = {"recipient_id": recipient, "text": to_text(answer, knowledge)}
    if answer.follow_ups:
        text["buttons"] = [{"title": question, "payload": question} for question in answer.follow_ups]
    return [text, {"recipient_id": recipient, "custom": to_custom(answer, knowledge)}]


def clean(text: str) -> str:
    """Return the text without what no reader types: control and direction characters, leading slashes.

    A leading slash is Rasa's sign for an intent or a command, which is not a user's to give.
    """
    spaced = re.sub(r"\s+", " ", text)
    visible = "".join(sign for sign in spaced if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return visible.strip().lstrip("/\\ ").strip()


def objection(text: str) -> Answer | None:
    """Return the answer to a message that cannot be a question, or None where it can."""
    if len(text) > MOST_CHARACTERS:
        return ask_for_question(load(), phrases.TOO_LONG.format(length=len(text), most=MOST_CHARACTERS))
    if sum(sign.isalnum() for sign in text) < 2:
        return ask_for_question(load(), phrases.NOTHING_TO_READ)
    return None


async def answered(on_new_message: OnNewMessage, text: str, sender: str, channel: str) -> list[dict[str, Any]]:
    """Pass one message to Rasa and return what it said; exactly one answer, whatever happens.

    Args:
        on_new_message: Rasa's handler.
        text: what the user typed.
        sender: id of the conversation.
        channel: name of the input channel.
    """
    refused = objection(clean(text) if len(text) <= MOST_CHARACTERS else text)
    if refused is not None:
        return messages_of(refused, sender)
    collector = CollectingOutputChannel()
    try:
        await on_new_message(UserMessage(clean(text), collector, sender, input_channel=channel))
    # Rasa's store turns a value that it cannot keep into an exit: one message must not end the service.
    except (Exception, SystemExit) as error:  # noqa: BLE001  the user hears of any fault
        # The type alone: an error's text may quote what the user typed.
        logger.error("a message could not be handled: %s", type(error).__name__)
        return messages_of(fault(load()), sender)
    return collector.messages or messages_of(fault(load()), sender)
