"""What is said beside the questions: to the bot, about it, of its user, and what asks nothing."""

from __future__ import annotations

from bot.knowledge import answering, phrases, recall
from bot.knowledge.answer import Answer, Kind, Understood
from bot.knowledge.context import Context
from bot.knowledge.leaning import CLEAR, FRAGMENT_WORDS, TOUCHED
from bot.knowledge.model import Facet, Knowledge
from bot.knowledge.selection import choices
from bot.knowledge.turn import Reply, Turn

THANKS, INTRODUCTIONS = ("thank", "feedback_good", "goodbye"), ("tell_role", "greet")
ABOUT_THE_BOT = ("ask_audience", "ask_capabilities", "ask_limits", "ask_currency", "greet", "thank", "goodbye")
ASKS_BEYOND = 0.7
"""Weight of what is asked from which a message that begins by taking note goes on with a question."""
INTRODUCED, GREETS = 0.25, 0.3
"""Weight of introductions where a role is named, and where none is."""


def small_talk(knowledge: Knowledge, turn: Turn, context: Context) -> Reply:
    """Answer what is said to or asked about the bot."""
    if turn.reference and turn.whole.intent == "ask_references":
        return recall.reference(knowledge, turn, context)
    if turn.whole.intent == "ask_references" and turn.refers and context.shown:
        # "Refs for those?"
        return recall.sources(knowledge, turn, context)
    said = answering.small_talk(knowledge, turn.whole)
    if turn.whole.intent == "tell_role" and turn.role in phrases.ROLES:
        said = said.copy(update={"lead": phrases.ROLE_NOTED.format(role=phrases.ROLES[turn.role])})
    return Reply(answer=said)


def asks_nothing(knowledge: Knowledge, turn: Turn, context: Context, least: float = 0.0) -> Reply | None:
    """Answer what asks nothing of the document: thanks, a role told in passing, news after an emergency.

    Args:
        knowledge: the knowledge base.
        turn: the message.
        context: what was said before.
        least: weight of thanks from which a message that begins with them says no more.
    """
    if turn.asks or turn.named or turn.whole.foreign:
        return None
    beyond = max(
        (share for one in turn.questions for facet, share in one.asked.items() if facet is not Facet.CLAIM), default=0.0
    )
    thanks = turn.acknowledges and beyond < ASKS_BEYOND and turn.weight(THANKS) >= least
    if turn.only_acknowledges or thanks:
        return nodded_at(knowledge, turn)
    introduces = turn.weight(INTRODUCTIONS)
    if turn.role and introduces >= INTRODUCED:
        return small_talk(knowledge, _meant_as(turn, "tell_role"), context)
    if introduces >= GREETS and sum(turn.whole.asked.values()) < TOUCHED:
        return small_talk(knowledge, _meant_as(turn, "greet"), context)
    news = context.last_kind == Kind.URGENT.value and turn.words <= FRAGMENT_WORDS
    asked = max((share for facet, share in turn.whole.asked.items() if facet is not Facet.CLAIM), default=0.0)
    if news and asked < CLEAR:
        return Reply(answer=_fixed(knowledge, turn, Kind.SMALLTALK, phrases.AFTER_EMERGENCY))
    return None


def nodded_at(knowledge: Knowledge, turn: Turn) -> Reply:
    """Answer thanks without a word."""
    return Reply(answer=answering.small_talk(knowledge, _meant_as(turn, "thank").whole))


def about_the_bot(knowledge: Knowledge, turn: Turn) -> Reply | None:
    """Answer what is likeliest said to or asked about the bot, though the reader took it for a question."""
    talk = max(turn.ranking, key=lambda name: turn.ranking[name], default="")
    if talk not in ABOUT_THE_BOT or turn.whole.topics or sum(turn.whole.asked.values()) >= TOUCHED:
        return None
    return Reply(answer=answering.small_talk(knowledge, _meant_as(turn, talk).whole))


def decline_lay_reader(knowledge: Knowledge, turn: Turn) -> Reply:
    """Tell a patient or relative whom to ask instead."""
    return Reply(answer=_fixed(knowledge, turn, Kind.OUT_OF_SCOPE, phrases.LAY_READER))


def decline_denied(knowledge: Knowledge, turn: Turn) -> Reply:
    """Refuse what is asked of a patient who is said not to have the condition, now or before."""
    lead = phrases.NOT_THE_CONDITION if turn.denies else phrases.DENIED_BEFORE
    said = lead.format(condition=knowledge.condition().name)
    return Reply(answer=_fixed(knowledge, turn, Kind.OUT_OF_SCOPE, said))


def started_over(knowledge: Knowledge, turn: Turn) -> Reply:
    """Say that the conversation begins anew."""
    return Reply(answer=_fixed(knowledge, turn, Kind.SMALLTALK, phrases.STARTED_OVER))


def marked(knowledge: Knowledge, turn: Turn, mark: str, kept: bool) -> Reply:
    """Thank for a mark, and say whether it was kept."""
    lead = (phrases.MARKED if kept else phrases.NOT_MARKED)[mark]
    return Reply(answer=_fixed(knowledge, turn, Kind.SMALLTALK, lead))


def _meant_as(turn: Turn, intent: str) -> Turn:
    return turn.copy(update={"whole": turn.whole.copy(update={"intent": intent})})


def _fixed(knowledge: Knowledge, turn: Turn, kind: Kind, lead: str) -> Answer:
    understood = Understood(intent=turn.whole.intent, confidence=turn.whole.confidence)
    return Answer(kind=kind, lead=lead, understood=understood, follow_ups=choices(knowledge, {}))
