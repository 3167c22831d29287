"""What a message tells of the patient: settings, features, and which of them it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.knowledge.answering import CLAIM, Question
from bot.knowledge.loading import load
from bot.knowledge.model import Facet, Topic, TopicKind

DENIED = re.compile(r"\bnot\s+(?:[a-z]+\s+){0,3}$", re.IGNORECASE)
# Right before a patient's setting these say that it is not his; "wait no he's on PD" says that it is.
NOT_HIS = re.compile(
    r"\b(?:not|never|no|isn['’]?t|ain['’]?t|without|no\s+longer|off)\s+(?:(?:been|on|in|a|an|the|any|for|had|doing|actually)\s+){0,3}$",
    re.IGNORECASE,
)
# After a word that ends a setting: it does not ("on PD, HD not possible").
FAILS = re.compile(
    r"^\s*(?:(?:is|was|has|had|access|been|just)\s+){0,3}(?:not\b|isn|wasn|can|fail|impossible|refused|stopped|ended|until|till|lost|"
    r"contraindicated|no\b|last\b)",
    re.IGNORECASE,
)
# Between a setting and what ends it ("was on PD, now on HD"); else both stand in the message, and the first holds.
CHANGES = re.compile(r"\b(?:now|back|to|switch\w*|mov\w+|chang\w+|convert\w*|transferred|instead)\b", re.IGNORECASE)
WAS = re.compile(r"\b(?:was|were|been|used\s+to|previously|formerly)\b[^,.;]*$", re.IGNORECASE)
AGE = re.compile(
    r"\b(?:aged?\s+)?(?P<age>\d{1,3})\s*-?\s*(?P<unit>yo\b|y/o\b|y\.\s?o\b|(?:years?|yrs?|months?|mths?|mo|weeks?|wks?|days?)\s*-?\s*old\b)|"
    r"\bage(?:d|:)?\s+(?P<aged>\d{1,3})\b|\b(?P<sex>\d{1,3})\s?(?-i:[MF])\b(?!\s+(?:in|of|cath\w*|line|drain|foley|tube)\b)|^\W*(?P<first>\d{1,2})\s?(?:yrs?|y)\b|"
    r"\b(?:pt|patient|he|she|hes|shes|he['’]s|she['’]s|kid|boy|girl)\s+(?:is\s+)?(?:only\s+)?(?P<told>\d{1,2})\s*(?:$|[,.;?]|yrs?\b|years?\b)",
    re.IGNORECASE,
)
# A sentence on somebody; what it names is the patient's ("her leg wound is infected").
TELLS = re.compile(
    r"\b(?:he|she|his|her|him|pt|patient|man|woman|lady|gentleman|\d{2}\s?[mf]|wounds?|ulcers?|lesions?)\b.*"
    r"\b(?:is|are|has|had|was|with|on|got|takes|"
    r"taking|developed|started)\b",
    re.IGNORECASE,
)
ASKED = 0.8
"""Weight of what is asked from which a message asks, whatever its form."""


def features(text: str, topics: list[dict[str, Any]], asked: Question, asks: bool) -> tuple[str, ...]:
    """Return what a message tells of the patient: settings, and topics named that it does not ask about.

    Args:
        text: the message.
        topics: Rasa's entities of the topics in it.
        asked: what it asks.
        asks: whether it is put as a question.
    """
    knowledge = load()
    about = () if TELLS.search(text) and not (asks or _asks_all_the_same(asked)) else asked.topics
    told = [one for one in topics if not _negated(text, one) and not _ended_after(text, one)]
    kinds = {one["value"]: knowledge.topic_by_id[one["value"]].kind for one in told}
    aside = [topic for topic, kind in kinds.items() if kind is TopicKind.SUBJECT and topic not in about]
    settings = [topic for topic, kind in kinds.items() if kind is TopicKind.SETTING]
    age = _age(text)
    by_age = [one.id for one in knowledge.topics if one.below_age and age is not None and age < one.below_age]
    by_pattern = [
        one.id for one in knowledge.topics if any(re.search(pattern, text, re.IGNORECASE) for pattern in one.patterns)
    ]
    return tuple(dict.fromkeys([*settings, *by_age, *by_pattern, *aside]))


def _asks_all_the_same(asked: Question) -> bool:
    """Tell whether a message asks without a question's form ("thiosulfate dose in a patient on HD")."""
    weights = [share for facet, share in asked.asked.items() if facet is not Facet.CLAIM]
    return asked.intent != CLAIM and max(weights, default=0.0) >= ASKED


def _age(text: str) -> float | None:
    """Return the age in years that a message tells, if it tells one."""
    found = AGE.search(text)
    if found is None:
        return None
    in_years = (found["unit"] or "y")[0].lower() == "y"
    return float(next(filter(None, map(found.group, ("age", "aged", "sex", "first", "told"))))) if in_years else 0.0


def ended(text: str, topics: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return the settings that are not the patient's: denied, or ended by another word ("no, he's on HD")."""
    settings = [topic for topic in load().topics if topic.kind is TopicKind.SETTING]
    denied = {one["value"] for one in topics if _negated(text, one)}
    ended = {topic.id for topic in settings if list(_endings(text, topic))}
    age = _age(text)
    ended |= {topic.id for topic in settings if topic.below_age and age is not None and age >= topic.below_age}
    return tuple(topic.id for topic in settings if topic.id in denied | ended)


def _negated(text: str, told: dict[str, Any]) -> bool:
    before = text[: told.get("start", 0)]
    if load().topic_by_id[told["value"]].kind is TopicKind.SETTING:
        # A dose hangs on it: only what is denied word by word is not the patient's.
        return bool(NOT_HIS.search(before))
    return told.get("role") == "negated" or bool(DENIED.search(before))


def _ended_after(text: str, told: dict[str, Any]) -> bool:
    """Tell whether a message itself ends a setting that it names before ("was on PD, now on HD")."""
    end = told.get("end", 0)
    starts = [start for start in _endings(text, load().topic_by_id[told["value"]]) if start >= end]
    was = bool(WAS.search(text[: told.get("start", 0)]))
    return any(was or CHANGES.search(text[end:start]) for start in starts)


def _endings(text: str, topic: Topic) -> Iterator[int]:
    """Yield where words begin that end a setting, unless they are denied themselves ("on PD, not HD")."""
    words = "|".join(map(re.escape, topic.ended_by)) or "(?!)"
    for found in re.finditer(rf"\b(?:{words})\b", text, re.IGNORECASE):
        if not (NOT_HIS.search(text[: found.start()]) or FAILS.match(text[found.end() :])):
            yield found.start()
