"""Signs of an emergency in a message, by the lists of the knowledge base: how sure a reader has to be beside them."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.knowledge.model import Emergencies, VitalSign

SURE = 0.0
"""A sign tells it by itself."""
_TO_THE_VALUE = r"(?:\s*(?:is|was|of|at|now|down\s+to|dropped\s+to|only|just|[:=<~-]))*\s*"
_NEGATED = re.compile(
    r"\b(?:no|not|never|without|denies|isn['’]?t|wasn['’]?t|nor|if|risk\s+of|cause[sd]?)\s+(?:\w+\s+)?$", re.IGNORECASE
)


def least_likely(emergencies: Emergencies, text: str, perhaps: float) -> float | None:
    """Return from which probability on a message tells of an emergency by its signs.

    Args:
        emergencies: the signs.
        text: the message.
        perhaps: what is asked of a message with a sign that may stand in a question on risks.

    Returns:
        ``SURE``, ``perhaps``, or None for a message without a sign. A sign that is denied is none.
    """
    signs = _any_of(emergencies.signs)
    if any(not _NEGATED.search(text[: one.start()]) for one in signs.finditer(text)):
        return SURE
    if any(_tells(sign, text) for sign in emergencies.vital_signs):
        return SURE
    return perhaps if _any_of(emergencies.perhaps).search(text) else None


def _tells(sign: VitalSign, text: str) -> bool:
    names = "|".join(sorted(map(re.escape, sign.names), key=len, reverse=True))
    values = re.finditer(
        rf"(?<!\w)(?<!vit )(?<!vitamin )(?:{names}){_TO_THE_VALUE}(\d{{1,3}}(?:\.\d+)?)(?![\d.]*\d|\s*(?:mg|g|units))",
        text,
        re.IGNORECASE,
    )
    return any(sign.low <= float(one[1]) <= sign.high for one in values)


@lru_cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    if not words:
        return re.compile("(?!)")
    spelt = (re.escape(word).replace("\\ ", r"\s+") for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{'|'.join(spelt)})(?!\w)", re.IGNORECASE)
