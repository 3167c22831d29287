"""The actions that the rules name; each is a few lines, the work is done in ``bot.knowledge``."""

from __future__ import annotations

from typing import Any

from actions.speaking import Speaking
from bot.channels import feedback
from bot.knowledge import answering, conversation, recall, talk
from bot.knowledge.answer import to_custom
from bot.knowledge.context import SLOTS, Context
from bot.knowledge.model import Knowledge
from bot.knowledge.turn import Reply, Turn


class ActionAnswer(Speaking):
    """Answers a question, or a topic named, with facts of the knowledge base."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_answer"

    def reply(self, knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
        """Select facts."""
        return conversation.answer(knowledge, turn, context)


class ActionUrgent(Speaking):
    """Sends to the emergency pathway."""

    for_all = True
    goes_before = True

    def name(self) -> str:
        """Name in the domain."""
        return "action_urgent"

    def reply(self, knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
        """Say it first, then the facts that fit."""
        return Reply(answer=answering.answer_urgent(knowledge, turn.whole))


class ActionDecline(Speaking):
    """Refuses what is outside, and what was not understood; goes on from the last answer where a fragment does."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_decline"

    def reply(self, knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
        """Say so and offer the nearest."""
        return conversation.decline(knowledge, turn, context)


class ActionDeclineNotHeld(ActionDecline):
    """Refuses what belongs to the condition but is not in the document."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_decline_not_held"


class ActionDeclineLayReader(Speaking):
    """Tells patients and relatives whom to ask."""

    for_all = True

    def name(self) -> str:
        """Name in the domain."""
        return "action_decline_lay_reader"

    def reply(self, knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
        """Say it, kindly."""
        return talk.decline_lay_reader(knowledge, turn)


class ActionSmallTalk(Speaking):
    """Greets, thanks, and tells about the bot and its document."""

    for_all = True

    def name(self) -> str:
        """Name in the domain."""
        return "action_small_talk"

    def reply(self, knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
        """Say the fixed phrase of the intent."""
        return talk.small_talk(knowledge, turn, context)


class ActionSource(Speaking):
    """Tells where the last answer stands."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_source"

    def reply(self, knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
        """Show the facts of the last answer with their bullets and references."""
        if turn.reference:
            return recall.reference(knowledge, turn, context)
        return recall.sources(knowledge, turn, context)


class ActionGaps(Speaking):
    """Tells what the document leaves open about the last answer."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_gaps"

    def reply(self, knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
        """Show the facts of the last answer with what is not said of their topic."""
        return recall.gaps(knowledge, turn, context)


class ActionSummarise(Speaking):
    """Lists what was shown in this conversation."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_summarise"

    def reply(self, knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
        """Show all facts by topic, each with its source."""
        return conversation.summary(knowledge, turn, context)

    def noted(self, knowledge: Knowledge, context: Context, turn: Turn, reply: Reply) -> dict[str, Any]:
        """Go on where the conversation was: a summary speaks of all topics and is about none."""
        found = super().noted(knowledge, context, turn, reply)
        return {name: value for name, value in found.items() if name != "topics" or not reply.answer.by_topic}


class ActionStartOver(Speaking):
    """Forgets what the conversation was about."""

    for_all = True
    goes_before = True

    def name(self) -> str:
        """Name in the domain."""
        return "action_start_over"

    def reply(self, knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
        """Say so."""
        return talk.started_over(knowledge, turn)

    def noted(self, knowledge: Knowledge, context: Context, turn: Turn, reply: Reply) -> dict[str, Any]:
        """Empty the slots, but for what the message tells of the patient who comes."""
        told = super().noted(knowledge, Context(), turn, reply)
        kept = ("features", "measured", "denied", "role")
        return {**dict.fromkeys(SLOTS), **{name: told[name] for name in kept if name in told}}


class ActionFeedback(Speaking):
    """Keeps a mark for the last answer."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_feedback"

    def reply(self, knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
        """Keep the mark and thank for it; without an answer to mark, only thank. What was meant is answered."""
        mark = "incomplete" if turn.incomplete else "useful" if turn.whole.intent == "feedback_good" else "wrong"
        last = recall.last_answer(knowledge, context)
        kept = last is not None and feedback.record_said(
            turn.sender, to_custom(last, knowledge), mark, turn.text, turn.model
        )
        if conversation.names_another(knowledge, turn, context):
            return conversation.answer(knowledge, turn.copy(update={"bare": True}), context)
        return talk.marked(knowledge, turn, mark, kept)
