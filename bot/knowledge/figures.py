"""Reads the figures out of a sentence: numbers with unit, rate, bound, and the words around them.

One reader for the document and for the statements of facts, so that both are read alike.
"""

from __future__ import annotations

import re
from typing import Any, Literal, get_args

from bot.knowledge.model import Bound, Entry, Unit
from bot.knowledge.words import content_words

UNIT_SPELLINGS: dict[str, str] = {
    **{unit: unit for unit in get_args(Unit)},
    **{"gram": "g", "grams": "g", "milligram": "mg", "milligrams": "mg"},
    **{"µg": "mcg", "μg": "mcg", "microgram": "mcg", "micrograms": "mcg"},
    **{"ml": "mL", "millilitres": "mL", "milliliters": "mL", "pg/ml": "pg/mL", "percent": "%", "per cent": "%"},
    **{"time": "times", "day": "days", "week": "weeks", "month": "months", "year": "years"},
}
"""How documents write the units of the model; a unit that is added there is read under its own name."""

BOUND_SPELLINGS: dict[str, str] = {
    **dict.fromkeys(("up to", "no more than", "not more than", "at most", "maximum of", "≤"), "up_to"),
    **dict.fromkeys(("more than", "greater than", "higher than", "above", "over", "exceeding", ">"), "above"),
    **dict.fromkeys(("less than", "fewer than", "lower than", "below", "under", "<"), "below"),
    **dict.fromkeys(("approximately", "approx.", "about", "around", "roughly", "nearly", "almost", "~", "≈"), "about"),
    **dict.fromkeys(("at least", "no less than", "not less than", "minimum of", "≥"), "at_least"),
}
"""How documents write the bounds; one that the model does not have is refused, not bent."""

NAMES = (
    r"\b[A-Za-z]+\d[A-Za-z\d]*",
    r"\b(?:type|stage|grade|class|phase|factor|category)\s\d+\w*",
    r"\b(?:\d+,)*\d+-(?:alpha|beta|hydroxy|dihydroxy)\w*",
)
"""Patterns of names that have digits in them and are no figures (SNF472, type 2, 25-hydroxy...)."""

_TIME_UNITS = ("days", "weeks", "months", "years")
_COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_COUNT_WORDS = {word: float(rank) for rank, word in enumerate(_COUNTS, start=1)}
_OFTEN_WORDS = {"once": 1.0, "twice": 2.0, "thrice": 3.0}
_PER_SPELLINGS = {"daily": "day", "weekly": "week", "monthly": "month"}


def _any_of(spellings: dict[str, str]) -> str:
    """Make a pattern of alternatives, the longest first."""
    return "|".join(re.escape(word) for word in sorted(spellings, key=len, reverse=True))


_UNIT = rf"(?:{_any_of(UNIT_SPELLINGS)})(?!\w)"
_NUMBER = rf"(?:\d+(?:,\d{{3}})*(?:\.\d+)?|(?i:{'|'.join(_COUNTS)})(?=fold|\b))"
_FIGURE = re.compile(
    rf"(?P<between>\bbetween\s)?(?<![A-Za-z\d])(?P<first>{_NUMBER})"
    rf"(?:[\s-]?(?P<first_unit>{_UNIT}))?"
    rf"(?:\s?(?(between)and|(?:-|–|—|to))\s?(?P<second>{_NUMBER})(?:[\s-]?(?P<second_unit>{_UNIT}))?)?"
)
_OFTEN = re.compile(rf"\b(?P<first>(?i:{'|'.join(_OFTEN_WORDS)}))\b")
_PER = re.compile(
    r"(?:\s?/\s?|\s(?:per|a|an|each|every)\s(?:\w+\s(?=session))?)(?P<noun>session|day|week|month)\b"
    r"|\s(?P<adverb>daily|weekly|monthly)\b"
)
_UNKNOWN_PER = re.compile(r"(?:\s?/\s?|\sper\s)(?P<noun>\w+)")
_BOUND = re.compile(rf"(?:(?<!\w)(?P<bound>{_any_of(BOUND_SPELLINGS)}))\s?$", re.IGNORECASE)
_NAME = re.compile("|".join((*NAMES, rf"\b[A-Za-z]+-\d+(?![\d.,-]*\s?(?:{_UNIT}))\b")))
# What a figure measures stands on its side of these; a bracket belongs to the words before it.
_CLAUSE_END = re.compile(
    r"[,;:.]\s|\s[-–—]\s|\b(?:and|or|but|though|although|whereas|while|as|because|despite|versus)\b"
)
_BRACKET = re.compile(r"\([^()]*\)")
_NEAR_EACH_SIDE = 3


class FigureError(ValueError):
    """A number that cannot be read as a figure; the message says why and what to do."""


class SourceFigure(Entry):
    """A figure as a text has it.

    Attributes:
        value: the single number, or None where ``low`` and ``high`` give a range.
        low: lower end of a range.
        high: upper end of a range.
        unit: normalised unit.
        per: what a rate is a rate of, or None.
        bound: how the number bounds what it measures.
        near: sorted content words around the figure in its clause.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: Unit
    per: Literal["session", "day", "week", "month"] | None = None
    bound: Bound = "exact"
    near: tuple[str, ...] = ()


def read_figures(text: str, common: frozenset[str] = frozenset()) -> tuple[SourceFigure, ...]:
    """Read all figures of a sentence, in its order.

    Args:
        text: a sentence without its citation markers.
        common: words that stand all over the document and so tell nothing about one figure.

    Returns:
        the figures; digits inside names are left out, and so are number words without a unit.

    Raises:
        FigureError: a number has no known unit, rate or bound, or a range runs backwards.
    """
    plain = _NAME.sub(lambda name: re.sub(r"\d", "#", name.group()), text)
    found = [reading for match in _FIGURE.finditer(plain) if (reading := _read(plain, match))]
    found += [reading for match in _OFTEN.finditer(plain) if (reading := _read_often(plain, match))]
    found.sort(key=lambda reading: reading[1])
    bare = list(text)
    for _, start, end in found:
        bare[start:end] = " " * (end - start)
    return tuple(SourceFigure(**fields, near=_near("".join(bare), start, end, common)) for fields, start, end in found)


_Reading = tuple[dict[str, Any], int, int]


def named(text: str) -> tuple[tuple[tuple[float, ...], str], ...]:
    """Read the numbers with a known unit of what somebody typed: one or two numbers, and the unit.

    What can't be read is left out: a message is no source.
    """
    found = []
    for match in _FIGURE.finditer(text):
        spelling = match["second_unit"] or match["first_unit"]
        if spelling:
            numbers = [_number(written) for written in (match["first"], match["second"]) if written]
            found.append((tuple(numbers), str(UNIT_SPELLINGS[spelling])))
    return tuple(found)


def _read(text: str, match: re.Match[str]) -> _Reading | None:
    """Turn one match into the fields of a figure and its span; None for a number word in prose."""
    first_unit, second_unit = match["first_unit"], match["second_unit"]
    spelling = second_unit or first_unit
    written = match.group().strip()
    if spelling is None:
        if not re.search(r"\d", written):
            return None
        raise FigureError(
            f"the number `{written}` has no unit that is known ({', '.join(get_args(Unit))}); add its unit to `Unit` "
            "in bot/knowledge/model.py, or, if it is part of a name, its pattern to `NAMES` in bot/knowledge/figures.py"
        )
    unit = UNIT_SPELLINGS[spelling]
    if first_unit and second_unit and UNIT_SPELLINGS[first_unit] != unit:
        raise FigureError(f"the range `{written}` has two units; write it in one")
    if first_unit and match["second"] and not second_unit:
        raise FigureError(f"the range `{written}` has no unit at its end; write it there")
    per, end = _per(text, match.end())
    bound, start = _bound(text, match.start(), unit)
    return {**_numbers(match), "unit": unit, "per": per, "bound": bound}, start, end


def _read_often(text: str, match: re.Match[str]) -> _Reading | None:
    """Read `twice daily` as 2 times a day; None where the word tells no rate (`once stable`)."""
    per, end = _per(text, match.end())
    if per is None:
        return None
    fields: dict[str, Any] = {"value": _OFTEN_WORDS[match["first"].casefold()], "unit": "times", "per": per}
    return fields, match.start(), end


def _numbers(match: re.Match[str]) -> dict[str, float]:
    """Return the value of a figure, or the ends of its range."""
    first = _number(match["first"])
    if match["second"] is None:
        return {"value": first}
    second = _number(match["second"])
    if first >= second:
        raise FigureError(f"the range `{match.group().strip()}` runs backwards; put the lower number first")
    return {"low": first, "high": second}


def _number(written: str) -> float:
    """Read digits, with thousands set off by commas, or a number word."""
    return _COUNT_WORDS.get(written.casefold()) or float(written.replace(",", ""))


def _per(text: str, start: int) -> tuple[str | None, int]:
    """Read what a figure is a rate of, right behind it; return it and where it ends."""
    match = _PER.match(text, start)
    if match:
        return match["noun"] or _PER_SPELLINGS[match["adverb"]], match.end()
    unknown = _UNKNOWN_PER.match(text, start)
    if unknown:
        raise FigureError(
            f"a rate per `{unknown['noun']}` is not known; add it to `per` of `Figure` in bot/knowledge/model.py "
            "and to bot/knowledge/figures.py"
        )
    return None, start


def _bound(text: str, start: int, unit: str) -> tuple[str, int]:
    """Read the bound right before a figure; return it and where it starts."""
    match = _BOUND.search(text, 0, start)
    if not match:
        return "exact", start
    spelling = match["bound"].casefold()
    if spelling == "over" and unit in _TIME_UNITS:  # `over 3 months` tells how long, not how much more
        return "exact", start
    bound = BOUND_SPELLINGS[spelling]
    if bound not in get_args(Bound):
        raise FigureError(f"the bound `{spelling}` ({bound}) is not in `Bound` in bot/knowledge/model.py; add it there")
    return bound, match.start()


def _near(text: str, start: int, end: int, common: frozenset[str]) -> tuple[str, ...]:
    """Collect the content words that tell what a figure measures, from its clause or else its sentence."""
    before, after = _clause(text, start, end)
    for left, right in ((before, after), (text[:start], text[end:])):
        words = [word for word in content_words(left) if word not in common][-_NEAR_EACH_SIDE:]
        words += [word for word in content_words(right) if word not in common][:_NEAR_EACH_SIDE]
        if words:
            return tuple(sorted(set(words)))
    return tuple(sorted(set(content_words(text))))


def _clause(text: str, start: int, end: int) -> tuple[str, str]:
    """Return what stands before and behind a figure in its clause."""
    for bracket in _BRACKET.finditer(text):
        if bracket.start() < start < bracket.end():
            inside_before, inside_after = text[bracket.start() + 1 : start], text[end : bracket.end() - 1]
            before = _last_clause(_BRACKET.sub(" ", text[: bracket.start()])) + " " + _last_clause(inside_before)
            return before, _first_clause(inside_after)
    return _last_clause(_BRACKET.sub(" ", text[:start])), _first_clause(_BRACKET.sub(" ", text[end:]))


def _last_clause(text: str) -> str:
    return _CLAUSE_END.split(text)[-1]


def _first_clause(text: str) -> str:
    return _CLAUSE_END.split(text + " ")[0]
