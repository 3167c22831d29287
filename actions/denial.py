"""Whether a message says that the patient does not have the condition."""

from __future__ import annotations

import re
from typing import Any

from bot.knowledge.model import Knowledge, TopicKind

# Around the condition's name these say that the patient does not have it; "not vasculitis but ..." does not.
DENIES = re.compile(
    r"\b(?:no|not|without|w/o|non|never\s+had|(?:is|was|are|do|does|did|has|have)n['’]?t|ain['’]?t|(?:does|do|did|has|have)\s+not|free\s+of|"
    r"no\s+(?:evidence|signs?)\s+of|(?:we['’]?ve\s+)?(?:excluded|ruled\s+out)|misdiagnosed\s+as|disagrees?\s+with|revised\s+from)"
    r"[\s-]+(?:(?:a|any|the|real|known|hx|history|of|case|got|for|have|had|think|believe|it['’]?s|its|is|be|to)\s+){0,4}$",
    re.IGNORECASE,
)
DENIES_PLAINLY = re.compile(r"\b(?:without|w/o|non|never|free)\W(?:\w+\s+){0,3}$", re.IGNORECASE)
EXCLUDES = re.compile(
    r"^\W{0,3}(?:(?:has|have|had|was|is|were|been|being|now|already|since)\s+){0,3}"
    r"(?:(?:excluded|ruled\s+out|disproved)\b|-ve\b|negative\b|(?:the\s+)?wrong\b|off\s+the\s+table|no[.,!]|no$)",
    re.IGNORECASE,
)
# "Until calciphylaxis is ruled out" says that it is not.
OPEN = re.compile(r"\b(?:until|till|unless|before|whether|is|can|could|should)\s+(?:the\s+)?$", re.IGNORECASE)
# "Are there no calciphylaxis trials?" denies the trials.
OF_IT = re.compile(
    r"^(?:[\s-]+(?:specific|related|associated|trials?|guidelines?|stud(?:y|ies)|evidence|treatments?|therap(?:y|ies)|data|drugs?|"
    r"protocols?|experts?|experience|clinic|team|pathway|mention|patients?\s+(?:were|was|in))\b)",
    re.IGNORECASE,
)


def denies(knowledge: Knowledge, text: str, topics: list[dict[str, Any]], asks: bool, claims: bool) -> bool:
    """Tell whether a message says that the patient does not have the condition.

    Where it names what diagnoses the condition ("calcium normal, so no ..."), it is a claim on that, and so is what
    contrasts the condition with others beside a subject and asks nothing.

    Args:
        knowledge: the knowledge base.
        text: the message.
        topics: Rasa's entities of the topics in it.
        asks: whether it is put as a question.
        claims: whether it was read as a claim.
    """
    kinds = knowledge.topic_by_id
    named = [one for one in topics if kinds[one["value"]].kind is TopicKind.CONDITION]
    denied = [one for one in named if _denied(text[: one["start"]], text[one["end"] :])]
    plainly = all(DENIES_PLAINLY.search(text[: one["start"]]) for one in denied)
    diagnosed = any(kinds[one["value"]].diagnoses for one in topics) and not (plainly and not claims)
    others = any(kinds[one["value"]].kind is TopicKind.SUBJECT for one in topics)
    return bool(named) and len(denied) == len(named) and not diagnosed and (asks or not claims or not others)


def _denied(before: str, after: str) -> bool:
    """Tell whether what stands around the condition's name says that the patient does not have it."""
    excluded = EXCLUDES.match(after) and not OPEN.search(before)
    return bool(excluded or (DENIES.search(before) and not OF_IT.match(after)))
