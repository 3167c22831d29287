"""What all actions have in common: read the tracker, say one answer, note in slots what was said."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import reading
from bot.knowledge import conversation, recall, talk
from bot.knowledge.answer import Answer, to_custom
from bot.knowledge.context import Context, changes, features
from bot.knowledge.loading import load
from bot.knowledge.model import Knowledge
from bot.knowledge.rendering import to_text
from bot.knowledge.roles import Role
from bot.knowledge.selection import subjects
from bot.knowledge.turn import Reply, Turn

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

    for_all = False
    """Whether it answers patients and relatives too, whom the others tell whom to ask instead."""
    goes_before = False
    """Whether it is done before all else that the message may mean."""

    @abstractmethod
    def reply(self, knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
        """Return what to say."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Read the tracker, say the reply, note it."""
        turn, context = reading.turn(tracker), reading.context(tracker)
        knowledge = load().holding_in(features(context, turn))
        reply = self._replied(knowledge, turn, context)
        said = conversation.presented(knowledge, reply, turn, context)
        utter(dispatcher, said)
        # Noted as answered: what is shown of the patient beside it is no topic of the conversation.
        reply = conversation.went_on_with(knowledge, reply)
        noted = reply.copy(update={"answer": reply.answer.copy(update={"kind": said.kind})})
        return [SlotSet(name, value) for name, value in self.noted(knowledge, context, turn, noted).items()]

    def _replied(self, knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
        """Reply to what goes before the action's own: who asks, thanks without a word, two statements at odds."""
        lay = (turn.role or context.role) is Role.LAY
        if lay and not self.for_all:
            return talk.decline_lay_reader(knowledge, turn)
        if turn.acknowledges and not turn.words:
            return talk.nodded_at(knowledge, turn)
        if turn.denies and not self.goes_before:
            return talk.decline_denied(knowledge, turn)
        both = recall.both_sides(knowledge, turn, context) if turn.contrasts and not self.goes_before else None
        reply = both or self.reply(knowledge, turn, context)
        if self.goes_before or not reply.answer.facts:
            return reply
        if lay:
            return talk.decline_lay_reader(knowledge, turn)
        return talk.decline_denied(knowledge, turn) if context.denied and not turn.affirms else reply

    def noted(self, knowledge: Knowledge, context: Context, turn: Turn, reply: Reply) -> dict[str, Any]:
        """Return the slots to set."""
        named = turn.named if subjects(knowledge, turn.named) else ()
        return changes(context, turn, reply, named, knowledge.withheld)
