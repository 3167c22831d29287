"""Whom an answer is for: what a message tells of its user, and the order and size that follow from it.

Facts, figures, warnings and citations are the same for every professional. A role moves the groups of facts after the
first, and decides whether the titles of references stand under each answer or come when asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from itertools import groupby

from bot.knowledge.model import Facet, Fact


class Role(StrEnum):
    """Who asks."""

    PHYSICIAN = "physician"
    NURSE = "nurse"
    PHARMACIST = "pharmacist"
    OTHER = "other"
    LAY = "lay"


_WORDS = {
    Role.NURSE: "nurse|sister|matron|hca|healthcare assistant",
    Role.PHARMACIST: "pharmacist|pharmacy technician",
    Role.PHYSICIAN: (
        "physician|doctor|nephrologist|dermatologist|surgeon|intensivist|registrar|reg|consultant|"
        r"resident(?!\s+(?:of|at|in)\b)|fellow|"
        "intern|houseman|hospitalist|internist|geriatrician|rheumatologist|gp|md"
    ),
    Role.OTHER: "dietitian|dietician|physiotherapist|podiatrist|paramedic|psychologist|social worker|technician",
}
# "I'm the on-call renal registrar", but not "I'm seeing the doctor" or "I'm not a nurse".
_BEFORE = (
    r"(?:(?!\w*ing\b|(?:with|at|not|no|from|told|for|by|asked|to|of|what|how|why|where|which|the\s+patient)\b)"
    r"[\w'’-]+,?\s+){0,4}"
)
_SAYS = rf"i\s?['’]?\s?a?m\s+{_BEFORE}|this\s+is\s*,?\s*{_BEFORE}|as\s+an?\s+(?:[\w-]+\s+)?"
_TELLS = {role: re.compile(rf"\b(?:{_SAYS})(?:{words})\b", re.IGNORECASE) for role, words in _WORDS.items()}
_NAMES = {role: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for role, words in _WORDS.items()}
_RELATIVE = (
    "(?:(?:step|grand|god)?(?:mum|mom|mam|mother|dad|father|son|daughter|child|brother|sister)|nana?|gran(?:ny|ma|pa|dad)?|"
    "husband|hubby|wife|partner|fianc[eé]e?|kid|baby|uncle|aunt(?:ie|y)?|niece|nephew|cousin|boyfriend|girlfriend|friend|neighbou?r|relative)"
    "(?:-in-law)?"
)
_LAY = re.compile(
    # "My partner has a patient with ..." and "my sister is a nurse" tell of colleagues.
    rf"\bmy\s+(?:[\w-]+\s+)?{_RELATIVE}(?:['’]s)?\s+(?:"
    r"(?:has|have|had|with)\b(?!\s+(?:(?:a|an|this|seen|seeing|got|asked)\s+){0,2}(?:pt|patient|case)\b)|"
    rf"(?:is|was|got|been|just)\b(?!\s+an?\s+(?:[\w-]+\s+)?(?:{'|'.join(_WORDS.values())})\b))|"
    rf"\bi\s?['’]?\s?a?m\s+(?:(?:a|the|just)\s+)*(?:his|her|their|\w+['’]s)\s+(?:[\w-]+\s+)?{_RELATIVE}\b|"
    r"\bi\s?['’]?\s?a?m\s+(?:just\s+)?(?:a|the)\s+(?:patient|relative|carer)\b|"
    r"(?:^|[.!?;]\s*)as\s+a\s+(?:patient|relative|carer)\b|\bas\s+a\s+(?:patient|relative|carer)(?:\s*,|\s+i\b|\s+myself\b)|"
    # What nobody says of a patient of his own.
    rf"\b(?:asking|here)\s+for\s+my\s+(?:[\w-]+\s+)?{_RELATIVE}\b|"
    r"(?:^|[.!?])\W*(?:patient|relative|daughter|son|wife|husband|carer)\s+here\b|"
    rf"\b(?:i\s?['’]?\s?a?m\s+(?:his|her|their)\s+carer|worried\s+relative|{_RELATIVE}\s+of\s+(?:a|the)\s+(?:pt|patient))\b|"
    r"\bmy\s+(?:own\s+)?(?:legs?|skin|sores?|tablets)\b(?!\s+(?:pt|patient|service|clinic|nurse))|"
    r"\bkill(?:ing)?\s+me\b|\bam\s+i\s+going\s+to\b|\bi\s+take\s+(?:it|this|these)\b|"
    r"\btold\s+(?:me\s+)?(?:i|ive|i['’]ve)\s+(?:got|have)\b|"
    r"\bi\s+have\s+(?:just\s+)?been\s+diagnosed\b|\bi\s+was\s+(?:just\s+)?diagnosed\b",
    re.IGNORECASE,
)

_FIRST: Mapping[Role, frozenset[Facet]] = {
    Role.PHYSICIAN: frozenset((Facet.INDICATION, Facet.TIMING, Facet.ALTERNATIVE)),
    Role.NURSE: frozenset((Facet.MONITORING, Facet.METHOD, Facet.ADMINISTRATION)),
    Role.PHARMACIST: frozenset((Facet.DOSE, Facet.FREQUENCY, Facet.DURATION, Facet.INTERACTION)),
}
"""What a role wants to see first of what stays after the fact that answers best."""

_BRIEF = frozenset((Role.NURSE, Role.PHARMACIST, Role.OTHER))
"""Roles whose answers name references by marker, and give their titles when asked for the source."""


@cache
def _ill(condition: tuple[str, ...]) -> re.Pattern[str]:
    """Return what somebody says who has a condition, and not a patient with it ("I have a ... case")."""
    names = "|".join(map(re.escape, condition)) or "(?!)"
    return re.compile(
        rf"\bi(?:['’]ve|\s+have|\s+got)\s+(?:got\s+)?(?:{names})\s*"
        r"(?:$|[.,;!?]|(?:and|so|myself|what|how|will|can|should)\b)|"
        rf"\bmy\s+(?:[\w-]+\s+)?{_RELATIVE}['’]?s\s+(?:{names})\b|"
        r"(?<!her )(?<!his )(?<!their )(?<!the )(?<!pts )(?<!a )(?<!and )"
        rf"\b(?:mum|mom|mam|hubby|grandpa|grandma)(?:['’]?s)?\s+(?:(?:has|got)\s+)?(?:{names})\b|"
        rf"\bi\s+take\b.*\bgot\s+(?:{names})\b|"
        rf"\bmy\s+(?:{names})\s+(?:is\s+)?(?:going|wounds?|sores?|has)\b",
        re.IGNORECASE,
    )


def told(text: str, introduces: bool = False, condition: Sequence[str] = ()) -> Role | None:
    """Return who a message says its user is, or None where it does not.

    Args:
        text: the message.
        introduces: whether it is known to introduce its user; then the name of the role is enough.
        condition: what the condition is called; who says to have it is a patient.
    """
    if _LAY.search(text) or _ill(tuple(condition)).search(text):
        return Role.LAY
    patterns = _NAMES if introduces else _TELLS
    found = next((role for role, pattern in patterns.items() if pattern.search(text)), None)
    return found or (Role.OTHER if introduces else None)


def brief(role: Role | None) -> bool:
    """Tell whether answers for a role are to be kept short."""
    return role in _BRIEF


def ordered(facts: Sequence[Fact], role: Role | None) -> tuple[Fact, ...]:
    """Return the same facts in the order for a role: the first group stays, the facts of one bullet stay together."""
    groups = [list(group) for _, group in groupby(facts, key=lambda fact: fact.locator)]
    first = _FIRST.get(role, frozenset()) if role else frozenset()
    rest = sorted(groups[1:], key=lambda group: not any(first.intersection(fact.facets) for fact in group))
    return tuple(fact for group in (*groups[:1], *rest) for fact in group)
