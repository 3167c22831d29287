"""A message in its conversation as read, and the reply to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import Field

from bot.knowledge.answer import Answer
from bot.knowledge.answering import Question
from bot.knowledge.model import Entry, Facet
from bot.knowledge.roles import Role


class Turn(Entry):
    """A message as read: its questions, and how far it stands by itself."""

    whole: Question
    questions: tuple[Question, ...]
    named: tuple[str, ...] = Field(default=(), description="ids of topics that stand in the text and are not denied")
    bare: bool = Field(default=False, description="whether it names a topic and says nothing else")
    vague: bool = Field(default=False, description="whether it says nothing beside the topics that it names")
    asks: bool = Field(default=True, description="whether it is put as a question")
    refers: bool = Field(default=False, description="whether a word points back (it, that, and ...)")
    pronoun: bool = Field(default=False, description="whether that word stands for a thing (it, they, those)")
    says: tuple[str, ...] = Field(default=(), description="words that say more than that something is asked")
    words: int = Field(default=0, description="how many words it has")
    ranking: Mapping[str, float] = Field(default={}, description="weight of the likeliest intents")
    features: tuple[str, ...] = Field(default=(), description="ids of topics named as the patient's features")
    acknowledges: bool = Field(default=False, description="whether it begins as one that only takes note (ok, thanks)")
    only_acknowledges: bool = Field(default=False, description="whether it says nothing else")
    ended: tuple[str, ...] = Field(
        default=(), description="ids of settings that the message tells are not the patient's"
    )
    measured: Mapping[str, float | None] = Field(
        default={}, description="values told, by what they measure; None for one in another unit than the document's"
    )
    valued: bool = Field(default=False, description="whether a number comes right after a topic that it names")
    role: Role | None = Field(default=None, description="who the user says to be")
    reference: int | None = Field(default=None, description="marker of the reference asked for by its number")
    contrasts: bool = Field(default=False, description="whether it asks how two statements go together")
    denies: bool = Field(default=False, description="whether it says that the patient does not have the condition")
    affirms: bool = Field(default=False, description="whether it names the condition, and not to deny it")
    another: bool = Field(default=False, description="whether it begins as one on another patient")
    elsewhere: bool = Field(default=False, description="whether it names another disease")
    incomplete: bool = Field(default=False, description="whether a word says that something is missing")
    sender: str = Field(default="", description="id of the conversation")
    text: str = Field(default="", description="the message; for a remark, and never for a slot")
    model: str = Field(default="", description="id of the model that read it")

    def weight(self, intents: Iterable[str]) -> float:
        """Return what some of the likeliest intents weigh together."""
        return sum(self.ranking.get(intent, 0.0) for intent in intents)


class Reply(Entry):
    """An answer, and the question as it was understood in its conversation."""

    answer: Answer
    asked: Mapping[Facet, float] = {}
    topics: tuple[str, ...] = Field(default=(), description="topics to go on with, where not all understood")
