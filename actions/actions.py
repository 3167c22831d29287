"""The actions that the rules name; each is a few lines, the work is done in ``bot.knowledge``."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import reading
from bot.knowledge import answering
from bot.knowledge.answer import Answer, Kind, to_custom
from bot.knowledge.loading import load
from bot.knowledge.rendering import to_text

Events = list[dict[str, Any]]


def say(dispatcher: CollectingDispatcher, answer: Answer) -> Events:
    """Utter an answer as one message with text, buttons and data; return what to remember of it."""
    knowledge = load()
    dispatcher.utter_message(
        text=to_text(answer, knowledge),
        buttons=[{"title": text, "payload": text} for text in answer.follow_ups],
        json_message=to_custom(answer, knowledge),
    )
    events = [SlotSet(reading.SHOWN_SLOT, [fact.id for fact in (*answer.facts, *answer.pitfalls)])]
    if answer.understood.topics:
        events.append(SlotSet(reading.TOPICS_SLOT, list(answer.understood.topics)))
    return [] if answer.kind is Kind.SMALLTALK else events


class ActionAnswer(Action):
    """Answers a question with facts of the knowledge base."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Select and say."""
        return say(dispatcher, answering.answer_questions(load(), reading.questions(tracker)))


class ActionUrgent(Action):
    """Sends to the emergency pathway."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_urgent"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say it first, then the facts that fit."""
        return say(dispatcher, answering.answer_urgent(load(), reading.question(tracker)))


class ActionDecline(Action):
    """Refuses what is outside, and what was not understood."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_decline"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say so and offer the nearest."""
        return say(dispatcher, answering.decline(load(), reading.question(tracker)))


class ActionDeclineNotHeld(Action):
    """Refuses what belongs to the condition but is not in the document."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_decline_not_held"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say so and offer the nearest."""
        return say(dispatcher, answering.decline_not_held(load(), reading.question(tracker)))


class ActionSmallTalk(Action):
    """Greets, thanks, and tells about the bot and its document."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_small_talk"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say the fixed phrase of the intent."""
        return say(dispatcher, answering.small_talk(load(), reading.question(tracker)))


class ActionSource(Action):
    """Tells where the last answer stands."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_source"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Show the facts of the last answer with their bullets."""
        return say(dispatcher, answering.source_of(load(), reading.question(tracker), reading.shown(tracker)))
