"""The actions that the rules name; each is a few lines, the work is done in ``bot.knowledge``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import reading
from bot.knowledge import answering, conversation
from bot.knowledge.answer import Answer, Kind, to_custom
from bot.knowledge.answering import Question
from bot.knowledge.loading import load
from bot.knowledge.model import Knowledge
from bot.knowledge.rendering import to_text

Events = list[dict[str, Any]]


def say(dispatcher: CollectingDispatcher, tracker: Tracker, answer: Answer) -> Events:
    """Utter an answer as one message with text, buttons and data; return what to remember of it."""
    knowledge = load()
    answer = conversation.not_twice(answer, reading.last_kind(tracker))
    dispatcher.utter_message(
        text=to_text(answer, knowledge),
        buttons=[{"title": text, "payload": text} for text in answer.follow_ups],
        json_message=to_custom(answer, knowledge),
    )
    if answer.kind is Kind.SMALLTALK:
        return []
    return [SlotSet(reading.KIND_SLOT, answer.kind.value), *_asked(tracker, answer), *_shown(tracker, answer)]


def _asked(tracker: Tracker, answer: Answer) -> Events:
    """Remember what was asked, of what."""
    asked = {facet.value: weight for facet, weight in reading.questions(tracker)[-1].asked.items()}
    topics = list(answer.understood.topics)
    events = [SlotSet(reading.ASKED_SLOT, asked)] if asked else []
    return [*events, SlotSet(reading.TOPICS_SLOT, topics)] if topics else events


def _shown(tracker: Tracker, answer: Answer) -> Events:
    """Remember the facts of an answer: the last one's, and all since the start."""
    ids = [fact.id for fact in (*answer.facts, *answer.pitfalls)]
    if not ids:
        return []
    before = dict.fromkeys((*reading.shown_before(tracker), *ids))
    return [SlotSet(reading.SHOWN_SLOT, ids), SlotSet(reading.SHOWN_BEFORE_SLOT, list(before))]


def _continue_or(
    decline: Callable[[Knowledge, Question], Answer], dispatcher: CollectingDispatcher, tracker: Tracker
) -> Events:
    """Refuse, unless the message goes on from the last answer."""
    knowledge, question = load(), reading.question(tracker)
    return say(dispatcher, tracker, conversation.elliptic(knowledge, question) or decline(knowledge, question))


class ActionAnswer(Action):
    """Answers a question with facts of the knowledge base."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Select and say."""
        knowledge, questions = load(), reading.questions(tracker)
        refused = conversation.topic_alone(knowledge, questions[0])
        return say(dispatcher, tracker, refused or answering.answer_questions(knowledge, questions))


class ActionUrgent(Action):
    """Sends to the emergency pathway."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_urgent"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say it first, then the facts that fit."""
        return say(dispatcher, tracker, answering.answer_urgent(load(), reading.question(tracker)))


class ActionDecline(Action):
    """Refuses what is outside, and what was not understood."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_decline"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say so and offer the nearest."""
        return _continue_or(answering.decline, dispatcher, tracker)


class ActionDeclineNotHeld(Action):
    """Refuses what belongs to the condition but is not in the document."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_decline_not_held"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say so and offer the nearest."""
        return _continue_or(answering.decline_not_held, dispatcher, tracker)


class ActionSmallTalk(Action):
    """Greets, thanks, and tells about the bot and its document."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_small_talk"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say the fixed phrase of the intent."""
        return say(dispatcher, tracker, answering.small_talk(load(), reading.question(tracker)))


class ActionSource(Action):
    """Tells where the last answer stands."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_source"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Show the facts of the last answer with their bullets."""
        return say(dispatcher, tracker, answering.source_of(load(), reading.question(tracker), reading.shown(tracker)))


class ActionGaps(Action):
    """Tells what the document leaves open about the last answer."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_gaps"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Show the facts of the last answer with their certainty and sources."""
        return say(dispatcher, tracker, conversation.gaps(load(), reading.question(tracker), reading.shown(tracker)))


class ActionSummarise(Action):
    """Lists what was shown in this conversation."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_summarise"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Show all facts, each with its source."""
        before = reading.shown_before(tracker)
        return say(dispatcher, tracker, conversation.summary(load(), reading.question(tracker), before))


class ActionStartOver(Action):
    """Forgets what the conversation was about."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_start_over"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say so and empty the slots."""
        say(dispatcher, tracker, conversation.started_over(load(), reading.question(tracker)))
        return [SlotSet(slot, None) for slot in reading.SLOTS]


class ActionDeclineLayReader(Action):
    """Tells patients and relatives whom to ask."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_decline_lay_reader"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say it, kindly."""
        return say(dispatcher, tracker, conversation.decline_lay_reader(load(), reading.question(tracker)))
