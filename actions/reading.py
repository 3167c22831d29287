"""What an action reads off Rasa's tracker, as the knowledge room's own types."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Tracker

from actions import denial, told
from bot.knowledge import phrases, roles
from bot.knowledge.answering import CLAIM, NAMED_ALONE, Question
from bot.knowledge.context import Context, from_slots
from bot.knowledge.loading import load
from bot.knowledge.model import Facet, TopicKind
from bot.knowledge.patient import corrected, measured
from bot.knowledge.selection import likeliest
from bot.knowledge.turn import Turn

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_QUESTION_WORDS = (
    "any are can could did do does has have how is may shall should was were what what's whats when where which who "
    "why will would"
)
ASKS = re.compile(
    rf"\?|(?:^|[,.;:–-]\s+)(?:and\s+|also\s+|so\s+)?(?:{_QUESTION_WORDS.replace(' ', '|')})\b", re.IGNORECASE
)
# Beside a topic these say no more than that it is meant.
_FILLERS = (
    "a about actually again also an and apologies autocorrect as asked asking back but change choose coming "
    "concerning did drug first for go going how i i'd in is it it's its last let let's like make me mean meant my "
    "next no nope not now of off oh ok okay on one ones oops or other please question rather regarding rephrase "
    "return returning same said scrap scratch second so sorry switch talking that that's thats the them then "
    "there this to too topic turn typo want was we were what what's whats with wrong yeah yes you"
)
FILLERS = frozenset(_FILLERS.split())
# With these a message asks, and does not yet say what of.
_LIGHT = "at cause caused causes give given gives least much really say says still they those these up"
LIGHT = frozenset((*_QUESTION_WORDS.split(), *_LIGHT.split()))
# They point back at what was said before.
PRONOUNS = frozenset(["it", "it's", "its", "they", "them"])
POINTERS = PRONOUNS | {"one", "same", "that", "that's", "these", "this", "those"}
OPENERS = frozenset(["also", "and", "any", "but", "or", "so", "then"])
ACKNOWLEDGES = re.compile(
    rf"\s*(?:[{phrases.NODS}]|"
    r"(?:lol|haha|ok|okay|thx|thanks|ta|cheers|great|cool|fair|noted|perfect|got it|makes sense)\b|"
    r".*\b(?:thx|thanks|thank you|cheers|merci)\W*$)",
    re.IGNORECASE,
)
# Nothing but that: no head is needed to tell.
ACKNOWLEDGES_ONLY = re.compile(
    r"(?:(?:lol|haha|hm+|oh|ah|k|kk|ok|okay|yes|yep|yeah|right|sure|alright|sound|fair(?:\s+(?:enough|point))?|point\s+taken|noted|"
    r"understood|roger|got\s+it|makes\s+sense|cool|great|perfect|brilliant|lovely|thx|tx|ta|thanks?(?:\s+(?:you|u|a\s+lot))?|cheers|"
    r"merci|will\s+do|boss|mate)\b[\s.,!]*)+",
    re.IGNORECASE,
)
REFERENCE = re.compile(
    r"\b(?:refs?|reference|marker|citation|source)\.?\s*(?:no\.?\s*|#\s*)?\[?(\d{1,2})\b", re.IGNORECASE
)
INCOMPLETE = re.compile(
    r"\b(?:incomplete|missing|misses|missed|lacks?|lacking|more to it|half the|not everything)\b", re.IGNORECASE
)
CONTRASTS = re.compile(
    r"\b(?:which\s+(?:is\s+it|one\s+is\s+it|wins|is\s+right|one\s+is\s+right|is\s+true|do\s+(?:i|we)\s+follow)|"
    r"contradict\w*|conflict(?:s|ing)?|inconsistent|at\s+odds|both\s+(?:be\s+)?true)\b(?!\s+of\s+interest)",
    re.IGNORECASE,
)
MOST_WORDS_OF_CONTRAST = 16
# A speaker puts right what was just said ("debridement.. wait no, biopsy").
CORRECTS_ITSELF = re.compile(r"\b(?:wait,?\s+no|no,?\s+wait|i\s+mean|scratch\s+that|no,?\s+sorry)\b", re.IGNORECASE)
Told = dict[str, tuple[float | None, int]]
# "Phosphate 2.1 today", "Mg back at 0.6".
VALUE = re.compile(r"\W{0,2}(?:\s*(?:level|is|was|of|at|now|came|back|up|down|to))*\W{0,3}\d", re.IGNORECASE)
ANOTHER = re.compile(
    r"\W*(?:(?:ok|okay|right|and|now|so)\W+)*(?:new|next|nxt|another|different)\s+(?:patient|pt|pat|case)\b",
    re.IGNORECASE,
)
"""How a message begins that is on another patient, whatever it goes on with."""
INTRODUCES, INTRODUCES_LAY = "tell_role", "tell_lay_role"


def context(tracker: Tracker) -> Context:
    """Return what the conversation remembers."""
    if ANOTHER.match(tracker.latest_message.get("text") or ""):
        return Context()
    return from_slots(tracker.slots).known_to(load())


def turn(tracker: Tracker) -> Turn:
    """Return the latest message as read, with how far it stands by itself."""
    message = tracker.latest_message
    text, entities = message.get("text") or "", message.get("entities") or []
    whole, intent = question(tracker), (message.get("intent") or {}).get("name")
    known, asks, length = load().topic_by_id, bool(ASKS.search(text)), len(WORD.findall(text))
    topics = [one for one in entities if one.get("entity") == "topic" and one["value"] in known]
    topics, aside = _corrected(text, topics)
    words = [word.lower().replace("’", "'") for word in WORD.findall(_between(text, topics))]
    named = _named(text, topics)
    aside |= {one["value"] for one in topics} - set(named)
    ranking = {one["name"]: one["confidence"] for one in message.get("intent_ranking") or [] if one["name"]}
    alone = NAMED_ALONE in (intent, max(ranking, key=lambda name: ranking[name], default=intent))
    own = alone and not whole.foreign and not whole.not_held
    values = measured(load(), text)
    told_values: dict[str, float | None] = {what: value for what, (value, _) in values.items()}
    before = context(tracker)
    if anew := corrected(load(), text, before.measured, before.shown):
        # Asks again what was asked, with the value as it should have been.
        told_values, named, own = {anew[0]: anew[1]}, (anew[2],), True
    reference = REFERENCE.search(text)
    denies = denial.denies(load(), text, topics, asks=asks, claims=intent == CLAIM)
    return Turn(
        whole=whole,
        questions=tuple(_without(_without_measured(one, topics, values), aside, named) for one in questions(tracker)),
        named=named,
        bare=bool(named) and (own or FILLERS.issuperset(words)),
        vague=FILLERS.issuperset(words),
        asks=asks,
        refers=not POINTERS.isdisjoint(words) or bool(OPENERS.intersection(words[:1])),
        pronoun=not PRONOUNS.isdisjoint(words),
        says=tuple(word for word in words if word not in FILLERS | LIGHT),
        words=length,
        ranking=ranking,
        features=told.features(text, topics, whole, asks),
        acknowledges=bool(ACKNOWLEDGES.match(text)),
        only_acknowledges=bool(ACKNOWLEDGES_ONLY.fullmatch(text.strip())),
        ended=told.ended(text, topics),
        measured=told_values,
        valued=any(VALUE.match(text[one.get("end", 0) :]) for one in topics),
        role=_role(text, intent),
        reference=int(reference[1]) if reference else None,
        contrasts=bool(CONTRASTS.search(text)) and length <= MOST_WORDS_OF_CONTRAST,
        denies=denies,
        affirms=not denies and any(known[one].kind is TopicKind.CONDITION for one in named),
        another=bool(ANOTHER.match(text)),
        elsewhere=bool(_values(entities, "disease")),
        incomplete=bool(INCOMPLETE.search(text)),
        sender=tracker.sender_id or "",
        text=text,
        model=next((id_ for id_ in map(_model_id, reversed(tracker.events or ())) if id_), ""),
    )


def _role(text: str, intent: str | None) -> roles.Role | None:
    """Return who the message says its user is: by its words, else by its intent."""
    found = roles.told(text, introduces=intent == INTRODUCES, condition=load().condition().words)
    return roles.Role.LAY if intent == INTRODUCES_LAY and found is None else found


def _without_measured(asked: Question, topics: list[dict[str, Any]], values: Told) -> Question:
    """Leave out of an overview what is named only by its value ("PTH is 620. How do I manage this?")."""
    told = {one["value"] for one in topics if any(one.get("start") == start for _, start in values.values())}
    others = {one["value"] for one in topics if all(one.get("start") != start for _, start in values.values())}
    kept = tuple(topic for topic in asked.topics if topic not in told or topic in others)
    of_condition = any(load().topic_by_id[one].kind is TopicKind.CONDITION for one in kept)
    if likeliest(asked.asked) is not Facet.OVERVIEW or not of_condition:
        return asked
    return asked.copy(update={"topics": kept})


def _model_id(event: dict[str, Any]) -> str:
    """Return the id of Rasa's model that an event bears, if it does."""
    return str((event.get("metadata") or {}).get("model_id") or "")


def _between(text: str, spans: list[dict[str, Any]]) -> str:
    for span in sorted(spans, key=lambda one: -one.get("start", 0)):
        text = text[: span.get("start", 0)] + " " + text[span.get("end", 0) :]
    return text


def _corrected(text: str, topics: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], frozenset[str]]:
    """Return the topics less those named before the speaker corrects himself and names another, and those by id."""
    correction = CORRECTS_ITSELF.search(text)
    later = [one for one in topics if correction and one.get("start", 0) >= correction.end()]
    kinds = load().topic_by_id
    # "STS I mean, calciphylaxis" takes nothing back.
    kept = later if any(kinds[one["value"]].kind is TopicKind.SUBJECT for one in later) else topics
    return kept, frozenset(one["value"] for one in topics) - {one["value"] for one in kept}


def _without(asked: Question, aside: frozenset[str], meant: tuple[str, ...]) -> Question:
    """Put what was meant in a question in the place of what was set aside, and drop what the heads made of that."""
    if not aside.intersection(asked.topics):
        return asked
    kept = tuple(one for one in asked.topics if one not in aside) or meant
    on = {fact.locator for fact in load().facts if set(kept) & set(fact.topics)}
    likely = {where: share for where, share in asked.likely.items() if where in on}
    return asked.copy(update={"topics": kept, "likely": likely})


def _named(text: str, topics: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return the topics that stand in the text, less those set aside for another ("apixaban, not warfarin")."""
    kept = [one for one in topics if not told.DENIED.search(text[: one.get("start", 0)])]
    return tuple(dict.fromkeys(one["value"] for one in kept or topics))


def question(tracker: Tracker) -> Question:
    """Return the latest message as understood, as a whole, with the conversation's topics."""
    message = tracker.latest_message
    entities = message.get("entities") or []
    intent = message.get("intent") or {}
    parts = message.get("questions") or []
    return Question(
        intent=intent.get("name") or "",
        confidence=float(intent.get("confidence") or 0.0),
        topics=tuple(dict.fromkeys(topic for part in parts for topic in part["topics"])),
        asked=_asked(parts[0]) if parts else {},
        words=sum(part["words"] for part in parts),
        not_held=_values(entities, "not_held"),
        foreign=bool(_values(entities, "drug", "disease")),
        context=context(tracker).topics,
    )


def questions(tracker: Tracker) -> tuple[Question, ...]:
    """Return the questions of the latest message one by one, in the order asked."""
    whole = question(tracker)
    parts = tracker.latest_message.get("questions") or []
    split = (
        {
            "topics": tuple(part["topics"]),
            "asked": _asked(part),
            "likely": part["likely"],
            "words": part["words"],
            "refers": part.get("refers", False),
        }
        for part in parts
    )
    return tuple(whole.copy(update=update) for update in split) or (whole,)


def _asked(part: dict[str, Any]) -> dict[Facet, float]:
    return {Facet(facet): weight for facet, weight in part["asked"].items()}


def _values(entities: list[dict[str, Any]], *kinds: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entity["value"] for entity in entities if entity.get("entity") in kinds))
