"""What all actions have in common: read the tracker, say one answer, note in slots what was said."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import reading
from bot.knowledge import conversation
from bot.knowledge.answer import Answer, to_custom
from bot.knowledge.context import Context, changes
from bot.knowledge.conversation import Reply, Turn
from bot.knowledge.loading import load
from bot.knowledge.model import Knowledge
from bot.knowledge.rendering import to_text
from bot.knowledge.selection import subjects

Events = list[dict[str, Any]]


def utter(dispatcher: CollectingDispatcher, answer: Answer) -> None:
    """Utter an answer as one message with text, buttons and data."""
    knowledge = load()
    dispatcher.utter_message(
        text=to_text(answer, knowledge),
        buttons=[{"title": text, "payload": text} for text in answer.follow_ups],
        json_message=to_custom(answer, knowledge),
    )


class Speaking(Action, ABC):
    """An action that says one answer and notes in slots what was said."""

    @abstractmethod
    def reply(self, knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
        """Return what to say."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Read the tracker, say the reply, note it."""
        turn, context = reading.turn(tracker), reading.context(tracker)
        reply = self.reply(load(), turn, context)
        reply = reply.copy(update={"answer": conversation.not_twice(reply.answer, context)})
        utter(dispatcher, reply.answer)
        return [SlotSet(name, value) for name, value in self.noted(context, turn, reply).items()]

    def noted(self, context: Context, turn: Turn, reply: Reply) -> dict[str, Any]:
        """Return the slots to set."""
        named = turn.named if subjects(load(), turn.named) else ()
        return changes(context, reply.answer, reply.asked, named, reply.topics, turn.features)
