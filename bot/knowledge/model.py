"""What the curated knowledge base of one document holds, and how its parts hang together.

Every class is one kind of entry of ``data/knowledge/*.yaml``. Nothing here knows Rasa or spaCy.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, Extra, Field, root_validator, validator


class Facet(StrEnum):
    """What a question asks and a fact answers; the NLU's intents are these, with ``ask_``.

    The list holds what clinicians ask in general, not what one document answers: selection
    abstains where no fact of the topic carries the facet.
    """

    OVERVIEW = "overview"
    USE = "use"
    DOSE = "dose"
    FREQUENCY = "frequency"
    DURATION = "duration"
    INDICATION = "indication"
    EFFECT = "effect"
    EVIDENCE = "evidence"
    REASON = "reason"
    RISK = "risk"
    ALTERNATIVE = "alternative"
    MONITORING = "monitoring"
    PROGNOSIS = "prognosis"
    ACCURACY = "accuracy"
    TIMING = "timing"
    CLAIM = "claim"
    ADMINISTRATION = "administration"
    AGENT = "agent"
    METHOD = "method"
    CAUSE = "cause"
    EPIDEMIOLOGY = "epidemiology"
    PRESENTATION = "presentation"
    INTERACTION = "interaction"
    ACCESS = "access"


class TopicKind(StrEnum):
    """What part a topic plays in a question."""

    SUBJECT = "subject"
    CONDITION = "condition"
    GROUP = "group"
    SETTING = "setting"


class Certainty(StrEnum):
    """How sure the document itself says a fact is; never a grade that it does not give."""

    LIMITED = "limited"
    MIXED = "mixed"
    NOT_SIGNIFICANT = "not_significant"
    PROMISING = "promising"
    NOT_STATED = "not_stated"


Unit = Literal["fold", "%", "g", "mg", "mcg", "mL", "pg/mL", "times", "days", "weeks", "months", "years"]
Bound = Literal["exact", "about", "up_to", "above", "below"]


class Entry(BaseModel):
    """Base of all entries: no unknown keys, no change after loading."""

    class Config:
        """Pydantic's settings."""

        extra = Extra.forbid
        frozen = True
        keep_untouched = (cached_property,)


def _filled(*fields: str) -> Any:
    """Make a validator that refuses an empty list in these fields."""

    def check(cls: type, entries: tuple[Any, ...]) -> tuple[Any, ...]:
        if not entries:
            raise ValueError("an empty list; it needs at least one entry")
        return entries

    return validator(*fields, allow_reuse=True)(check)


class Figure(Entry):
    """A number of the document with its unit and, always, what it measures."""

    value: float | None = Field(default=None, description="a single number; or low and high")
    low: float | None = None
    high: float | None = None
    unit: Unit
    per: Literal["session", "day", "week", "month"] | None = None
    bound: Bound = "exact"
    measures: str = Field(..., min_length=3, description="what the figure is a figure of")

    @root_validator(skip_on_failure=True)
    def _one_number_or_a_range(cls, values: dict[str, Any]) -> dict[str, Any]:
        value, low, high = values.get("value"), values.get("low"), values.get("high")
        if (value is None) == (low is None and high is None):
            raise ValueError("a figure has either `value`, or `low` and `high`")
        if value is None and (low is None or high is None or low >= high):
            raise ValueError("a range needs both `low` and `high`, and `low` below `high`")
        return values


class Also(Entry):
    """A further topic that a fact is about when certain things are asked of it."""

    topic: str
    facets: tuple[Facet, ...]

    _lists = _filled("facets")


class Fact(Entry):
    """One statement that can be asked for, with where it stands and how sure the source is."""

    id: str = Field(..., regex=r"^[a-z0-9_]+\.[a-z0-9_]+$")
    topics: tuple[str, ...] = Field(..., description="ids of topics it is about")
    facets: tuple[Facet, ...] = Field(..., description="questions it answers")
    loosely: tuple[Facet, ...] = Field(
        default=(), description="those of them that it answers only where a reader holds its bullet for the answer"
    )
    touches: tuple[str, ...] = Field(
        default=(), description="topics it speaks of too: preferred where one is named beside it"
    )
    also: tuple[Also, ...] = Field(default=(), description="further topics, with the facets it answers of them")
    brought_by: tuple[str, ...] = Field(default=(), description="facts that it is shown with")
    not_in: tuple[str, ...] = Field(
        default=(), description="settings of a patient of which the document does not say it"
    )
    statement: str = Field(..., min_length=10, description="the fact, in the project's own words")
    question: str = Field(..., min_length=10, description="a question that it answers, as offered to users")
    figures: tuple[Figure, ...] = ()
    certainty: Certainty
    locator: str = Field(..., regex=r"^[a-z0-9-]+/[0-9]+$")
    citations: tuple[int, ...] = Field(..., description="the bullet's markers, in its order")

    _lists = _filled("topics", "facets", "citations")

    @validator("loosely")
    def _loosely_is_a_part(cls, loosely: tuple[Facet, ...], values: dict[str, Any]) -> tuple[Facet, ...]:
        facets = set(values.get("facets", loosely))
        if loosely and not set(loosely) < facets:
            raise ValueError("`loosely` names some of the `facets`, and not all; take out what is not among them")
        return loosely

    def answers(self, topic: str) -> tuple[Facet, ...]:
        """Return what the fact answers when asked about a topic; nothing where it is not about it."""
        further = (facet for also in self.also if also.topic == topic for facet in also.facets)
        return self.facets if topic in self.topics else tuple(further)


class Topic(Entry):
    """Something that facts are about, with the words that clinicians use for it."""

    id: str = Field(..., regex=r"^[a-z0-9_]+$")
    kind: TopicKind
    name: str
    words: tuple[str, ...]
    weak: bool = Field(default=False, description="its words are often background: what is meant may be another topic")
    diagnoses: bool = Field(
        default=False,
        description="what people conclude from whether it is the condition: a denial beside it is a claim",
    )
    ended_by: tuple[str, ...] = Field(
        default=(), description="of a setting: words that, said later, tell that it is not this patient's"
    )
    patterns: tuple[str, ...] = Field(
        default=(), description="of a setting: regular expressions for how else it is told (30/40, G2P1), in any case"
    )
    below_age: int | None = Field(
        default=None, gt=0, description="of a setting: age in years below which a patient told of belongs to it"
    )
    read_as: str | None = Field(
        default=None, description="what a reader takes any of its words for (brands, abbreviations)"
    )

    _lists = _filled("words")

    @validator("patterns", each_item=True)
    def _is_an_expression(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"`{pattern}` is no regular expression: {error}") from error
        return pattern


class Pitfall(Entry):
    """A fact that warns, and the questions whose answers must not go without it."""

    fact: str
    topics: tuple[str, ...]
    facets: tuple[Facet, ...]

    _lists = _filled("topics", "facets")


class Tension(Entry):
    """Facts of two places that pull in different directions; one is not shown without the other."""

    facts: tuple[str, str]


class NotHeld(Entry):
    """A matter of the condition that the document does not speak of."""

    name: str
    words: tuple[str, ...]

    _lists = _filled("words")


class VitalSign(Entry):
    """Values of a vital sign by which a message tells of an emergency; recognised, never shown."""

    names: tuple[str, ...]
    low: float
    high: float

    _lists = _filled("names")

    @validator("high")
    def _is_a_range(cls, high: float, values: dict[str, Any]) -> float:
        if high < values.get("low", high):
            raise ValueError("`high` is less than `low`")
        return high


class Emergencies(Entry):
    """By what a message tells that a patient is in danger now, beside what a reader has learnt."""

    signs: tuple[str, ...] = Field(default=(), description="words that tell it whatever else the message asks")
    perhaps: tuple[str, ...] = Field(default=(), description="words that tell it where the reader does not rule it out")
    vital_signs: tuple[VitalSign, ...] = ()


class Reference(Entry):
    """A reference as the document lists it, by position; it bears no number there."""

    title: str
    publisher: str
    year: int
    kind: Literal["guideline", "research"]


class Document(Entry):
    """The one document that everything is taken from."""

    id: str
    title: str
    publisher: str
    updated: datetime.date
    review_status: str
    disclaimer: str
    markers: int = Field(..., ge=0, description="highest citation marker in the document")


class Knowledge(Entry):
    """The knowledge base of one document."""

    schema_: Literal["knowledge/1"] = Field(..., alias="schema")
    version: str
    sha256: str = ""
    document: Document
    written_from: dict[str, str] = Field(
        {}, description="locator -> first 16 hex digits of the SHA-256 of the bullet that its facts were written from"
    )
    references: tuple[Reference, ...]
    topics: tuple[Topic, ...]
    facts: tuple[Fact, ...]
    pitfalls: tuple[Pitfall, ...] = ()
    tensions: tuple[Tension, ...] = ()
    implied_topics: dict[Facet, str] = Field(
        default={}, description="topic of a question that names the condition only"
    )
    bare_topics: dict[Facet, str] = Field(default={}, description="topic of a question that names nothing")
    not_held: tuple[NotHeld, ...] = ()
    other_diseases: tuple[str, ...] = Field(default=(), description="short names of diseases that it is not about")
    emergencies: Emergencies = Emergencies()
    shorthand: dict[str, str] = Field(default={}, description="what clinicians' shorter words are read as")

    _lists = _filled("topics", "facts")

    @validator("written_from")
    def _digests_are_digests(cls, digests: dict[str, str]) -> dict[str, str]:
        for locator, digest in digests.items():
            if not re.fullmatch(r"[0-9a-f]{16}", digest):
                raise ValueError(f"`{locator}` has the digest `{digest}`; write 16 hex digits, in quotes")
        return digests

    @validator("shorthand")
    def _shorthand_is_one_lower_case_word(cls, shorthand: dict[str, str]) -> dict[str, str]:
        for short in shorthand:
            if not re.fullmatch(r"[a-z][a-z0-9]+", short):
                raise ValueError(f"the shorthand `{short}` is read by no text; write one word in lower case")
        return shorthand

    @validator("topics", "facts")
    def _ids_are_unique(cls, entries: tuple[Any, ...]) -> tuple[Any, ...]:
        seen: set[str] = set()
        for entry in entries:
            if entry.id in seen:
                raise ValueError(f"the id `{entry.id}` is used twice; give one of them another id")
            seen.add(entry.id)
        return entries

    @validator("topics")
    def _one_word_one_topic(cls, topics: tuple[Topic, ...]) -> tuple[Topic, ...]:
        owner: dict[str, str] = {}
        for topic in topics:
            for word in topic.words:
                other = owner.setdefault(word.casefold(), topic.id)
                if other != topic.id:
                    raise ValueError(f"the word `{word}` stands in `{other}` and `{topic.id}`; keep it in one")
        return topics

    @root_validator(skip_on_failure=True)
    def _references_resolve(cls, values: dict[str, Any]) -> dict[str, Any]:
        topics = {topic.id for topic in values["topics"]}
        facts = {fact.id for fact in values["facts"]}
        for owner, known, kind, ids in _links(values):
            for name in ids:
                if name not in (topics if known == "topics" else facts):
                    raise ValueError(f"{owner} names the {kind} `{name}`, which is not there; add it or mend the name")
        return values

    @cached_property
    def fact_by_id(self) -> dict[str, Fact]:
        """Facts by id."""
        return {fact.id: fact for fact in self.facts}

    @cached_property
    def topic_by_id(self) -> dict[str, Topic]:
        """Topics by id."""
        return {topic.id: topic for topic in self.topics}

    @cached_property
    def topic_order(self) -> dict[str, int]:
        """Rank of a topic in the file, for a fixed order of answers."""
        return {topic.id: rank for rank, topic in enumerate(self.topics)}

    @cached_property
    def squarely(self) -> Knowledge:
        """The knowledge base with each fact answering only what its own words answer, whatever a reader has learnt.

        Facts by id stay as they are.
        """
        facts = tuple(
            fact.copy(update={"facets": tuple(facet for facet in fact.facets if facet not in fact.loosely)})
            for fact in self.facts
        )
        strict: Knowledge = self.copy(update={"facts": facts})
        strict.__dict__["fact_by_id"] = self.fact_by_id
        return strict

    def holding_in(self, settings: Collection[str]) -> Knowledge:
        """Return the knowledge base without the facts that the document does not state for a patient's settings.

        Args:
            settings: ids of topics. Facts by id stay all there: what was shown before can be shown again.
        """
        kept = tuple(fact for fact in self.facts if not set(fact.not_in) & set(settings))
        if len(kept) == len(self.facts):
            return self
        every = self.fact_by_id
        held: Knowledge = self.copy(update={"facts": kept})
        held.__dict__["fact_by_id"] = every
        # A copy takes along what was computed of the facts before.
        for name in ("squarely", "withheld"):
            held.__dict__.pop(name, None)
        return held

    @cached_property
    def withheld(self) -> frozenset[str]:
        """Ids of the facts that the document does not state for the settings that `holding_in` was given."""
        return frozenset(self.fact_by_id) - {fact.id for fact in self.facts}

    def condition(self) -> Topic:
        """Return the disease that the document is about.

        Raises:
            LookupError: the file has no topic of kind ``condition``.
        """
        for topic in self.topics:
            if topic.kind is TopicKind.CONDITION:
                return topic
        raise LookupError("no topic of kind `condition`")


def _links(values: dict[str, Any]) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """List who names whom: (owner, collection, word for it, ids)."""
    links: list[tuple[str, str, str, tuple[str, ...]]] = []
    for fact in values["facts"]:
        links.append(
            (f"fact `{fact.id}`", "topics", "topic", (*fact.topics, *fact.touches, *(also.topic for also in fact.also)))
        )
        links.append((f"fact `{fact.id}`", "facts", "fact", fact.brought_by))
        links.append((f"fact `{fact.id}`", "topics", "topic", fact.not_in))
    for pitfall in values["pitfalls"]:
        links.append((f"pitfall on `{pitfall.fact}`", "facts", "fact", (pitfall.fact,)))
        links.append((f"pitfall on `{pitfall.fact}`", "topics", "topic", pitfall.topics))
    for facet, topic in (*values["implied_topics"].items(), *values["bare_topics"].items()):
        links.append((f"the implied topic of `{facet.value}`", "topics", "topic", (topic,)))
    for tension in values["tensions"]:
        links.append(("a tension", "facts", "fact", tension.facts))
    return links
