"""What was told of a patient and matters to the document: values against its thresholds, and features that facts name.

A threshold is a figure of the knowledge base that is `above` or `below` something; nothing here knows one by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.knowledge import phrases
from bot.knowledge.answer import Answer
from bot.knowledge.figures import named
from bot.knowledge.model import Facet, Fact, Figure, Knowledge, TopicKind
from bot.knowledge.selection import likeliest, subjects

KIN = (frozenset({"mg", "g"}), frozenset({"%", "fold"}), frozenset({"days", "weeks", "months"}))
"""Units of which one is easily typed or read for another."""
# Between a quantity and its value ("PTH is now 620", "PTH came back at 780"), but nothing that makes it a threshold.
_BETWEEN = r"(?:\s*[:=~]?\s*(?:(?:level|levels|of|is|was|at|now|came|back|about|around|still|today|only|just)\s+){0,4})"
_QUANTITY = re.compile(r"hormone|level|count", re.IGNORECASE)
# No length of time, no multiple, no range, no hour and no half of a number.
_NO_VALUE = (
    r"(?![\d.,:]*\d|\s\d{2,3}\b|o|k\b|\s?(?:thousand|hundred|million)|\s?(?:-|–|to)\s?\d|"
    r"\s?-?(?:x|×|times|fold|y|d|h|am|pm|(?:hour|hr|day|week|wk|month|mth|year|yr)s?|ago)\b)"
)
_NUMBER = (
    rf"(?P<value>\d{{1,3}}(?:,\d{{3}})+|(?!0\d)(?!\d+\.\d{{3}}\b)\d{{1,5}}(?:\.\d+)?){_NO_VALUE}"
    r"\s*(?P<unit>%|[a-zµμ]+\s?/\s?[a-z]+|(?:[pnm]mol|[pnmuµμ]?g|mcg|iu|u)\b)?"
)
# Further values of the same ("350 -> 900", "850 last year, 210 today"): between them no other name.
_BETWEEN_VALUES = (
    r"(?:[\s,;>→–-]|\b(?:in|on|at|to|up|down|rising|rose|falling|fell|then|was|is|it['’]?s|and|from|last|this|week|month|year|months?|mo|"
    r"ago|yesterday|today|now|currently|latest|jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?|aug\w*|sept?\w*|oct\w*|nov\w*|dec\w*)\b)*"
)
_FURTHER = re.compile(rf"{_BETWEEN_VALUES}(?<![\d.]){_NUMBER}(?P<after>\s*(?:today|now|currently)\b)?", re.IGNORECASE)
_NOW = re.compile(
    r"\b(?:now|today|currently|latest)\b[\s:,]*(?:(?:at|is|it['’]?s|down\s+to|up\s+to)\s+)?$", re.IGNORECASE
)
_OTHER_UNIT = re.compile(r"[\s,;(~-]{0,4}(?:in\s+|ish\s+)?(?P<unit>[pnm]mols?(?:\s?/\s?l)?)\b", re.IGNORECASE)
# "On it for 2 weeks, how long to go on?" tells what was, and asks what shall be.
_ELAPSED = re.compile(
    r"\b(?:on|for|since|after|past|last|had)\b[^?.]*?\d\s?(?:days?|weeks?|wks?|months?|mths?)\b(?=[^?]*\b(?:how|when|what)\b)",
    re.IGNORECASE,
)
# "Typo, its 720", "sorry, 720 not 620": nothing but a value in the place of the one told before.
_CORRECTS = re.compile(
    r"\W*(?:(?:no|oops|sorry|sry|typo|tpyo|mistyped|my\s+bad|correction|actually|wait|meant|i\s+meant|make\s+(?:that|it)|should\s+(?:be|read))\b\W*)+"
    rf"(?:(?:it['’]?s|it\s+is|it\s+was|that['’]?s|is|was|be|read)\s+)*{_NUMBER}(?:\W+not\s+[\d.]+)?\W*",
    re.IGNORECASE,
)


def measured(knowledge: Knowledge, text: str) -> dict[str, tuple[float | None, int]]:
    """Read the values of a text that the document has a threshold for.

    Returns:
        By what the figure measures: the value, and where it begins in the text. A value in another unit than the
        document's is None, since it can't be compared; one without a unit is taken to be in the document's.
    """
    found: dict[str, tuple[float | None, int]] = {}
    for fact, figure in _thresholds(knowledge):
        names = "|".join(re.escape(name) for name in _names(knowledge, fact, figure))
        for match in re.finditer(rf"\b(?:{names})\b{_BETWEEN}{_NUMBER}", text, re.IGNORECASE):
            if last := _latest(text, match):
                value = _number(last) if _in_unit(_unit(text, last), figure) else None
                found[figure.measures] = (value, match.start())
    return found


def _latest(text: str, first: re.Match[str]) -> re.Match[str] | None:
    """Return the value that is said to be the present one; None where several stand and none is."""
    several, end = False, first.end()
    while further := _FURTHER.match(text, end):
        if _NOW.search(text[end : further.start("value")]) or further["after"]:
            return further
        several, end = True, further.end()
    return None if several else first


def _number(value: re.Match[str]) -> float:
    return float(value["value"].replace(",", ""))


def _unit(text: str, value: re.Match[str]) -> str | None:
    """Return the unit of a value: right after it, or a little further ("70 (pmol)")."""
    beyond = _OTHER_UNIT.match(text, value.end())
    unit: str | None = value["unit"] or (beyond["unit"] if beyond else None)
    return unit


def corrected(
    knowledge: Knowledge, text: str, before: Mapping[str, float | None], shown: Sequence[str] = ()
) -> tuple[str, float, str] | None:
    """Read a value that takes the place of the only one told before, without its name ("typo, its 720").

    Args:
        knowledge: the knowledge base.
        text: the message.
        before: the values told before.
        shown: ids of the facts shown last; where the value's threshold is not among them, another number is meant.

    Returns:
        What it measures, the value, and the id of the topic that it belongs to; None where the text is anything else.
    """
    match = _CORRECTS.fullmatch(text)
    if match is None or len(before) != 1:
        return None
    for fact, figure in _thresholds(knowledge):
        if figure.measures in before and (not shown or fact.id in shown) and _in_unit(match["unit"], figure):
            return figure.measures, _number(match), fact.topics[0]
    return None


def compared(knowledge: Knowledge, facts: Sequence[Fact], values: Mapping[str, float | None]) -> tuple[str, ...]:
    """Hold the values told against the thresholds of the facts shown; one line each."""
    return tuple(
        _held_against(figure, values[figure.measures])
        for fact, figure in _thresholds(knowledge)
        if fact in facts and figure.measures in values
    )


def _held_against(figure: Figure, value: float | None) -> str:
    if value is None:
        return phrases.NOT_COMPARED.format(what=figure.measures, unit=figure.unit)
    beyond = value > figure.value if figure.bound == "above" else value < figure.value  # type: ignore[operator]
    form = phrases.BEYOND if beyond else phrases.NOT_BEYOND
    return form.format(
        what=figure.measures, value=f"{value:g}", bound=figure.bound, limit=f"{figure.value:g}", unit=figure.unit
    )


def contradicted(facts: Sequence[Fact], text: str) -> bool:
    """Tell whether a message names a number that could be a figure of the facts, and is not ("12.5 mg?", "11%?")."""
    figures = [figure for fact in facts for figure in fact.figures if figure.bound not in ("above", "below")]
    for numbers, unit in named(_ELAPSED.sub(" ", text)):
        kin = next((one for one in KIN if unit in one), frozenset({unit}))
        alike = [figure for figure in figures if figure.unit in kin]
        if alike and not any(figure.unit == unit and _within(figure, numbers) for figure in alike):
            return True
    return False


def _within(figure: Figure, numbers: Sequence[float]) -> bool:
    low, high = (figure.value, figure.value) if figure.value is not None else (figure.low, figure.high)
    return low is not None and high is not None and all(low <= number <= high for number in numbers)


def concerning(facts: Sequence[Fact], features: Sequence[str]) -> tuple[str, ...]:
    """Return those of a patient's features that the facts speak of."""
    named = {topic for fact in facts for topic in (*fact.topics, *fact.touches)}
    return tuple(feature for feature in features if feature in named)


def ordered(knowledge: Knowledge, answer: Answer, features: Sequence[str]) -> tuple[Fact, ...]:
    """Put the facts on a group of topics in the order of this patient: first what speaks of most that was told.

    "What about anticoagulation?" begins with what replaces warfarin where atrial fibrillation was told of, and with
    stopping it where warfarin was. An answer on one subject keeps its order.
    """
    about = {knowledge.topic_by_id[topic].kind for topic in subjects(knowledge, answer.understood.topics)}
    if about != {TopicKind.GROUP}:
        return answer.facts
    return tuple(sorted(answer.facts, key=lambda fact: -len(concerning([fact], features))))


def withheld_for(
    knowledge: Knowledge, topics: Sequence[str], asked: Mapping[Facet, float], features: Sequence[str]
) -> tuple[str, ...]:
    """Return the patient's settings for which the document does not state what was asked, though it states it.

    Args:
        knowledge: the knowledge base as it holds for this patient.
        topics: ids of what was asked about.
        asked: weight of each facet asked.
        features: ids of what was told of the patient.
    """
    facts = [knowledge.fact_by_id[fact] for fact in knowledge.withheld]
    meant = [fact for fact in facts if set(topics) & set(fact.topics) and likeliest(asked) in fact.facets]
    return tuple(feature for feature in features if any(feature in fact.not_in for fact in meant))


def with_patient(
    knowledge: Knowledge, answer: Answer, before: Sequence[str], now: Sequence[str], values: Mapping[str, float | None]
) -> Answer:
    """Show in an answer what it takes from what was told of the patient.

    Args:
        knowledge: the knowledge base.
        answer: the answer.
        before: features named earlier; those that the facts speak of are shown as assumed.
        now: topics and features that the message itself names.
        values: values told, by what they measure; None for one in another unit.
    """
    if not answer.facts:
        return answer
    carried = tuple(one for one in concerning(answer.facts, before) if one not in (*now, *answer.understood.topics))
    notes = [*answer.notes, *compared(knowledge, answer.facts, values)]
    if carried:
        notes.append(phrases.TOLD_BEFORE.format(what=", ".join(knowledge.topic_by_id[one].name for one in carried)))
    understood = answer.understood.copy(
        update={
            "topics": (*answer.understood.topics, *carried),
            "assumed": (*answer.understood.assumed, *carried),
        }
    )
    facts = ordered(knowledge, answer, tuple(dict.fromkeys((*before, *now))))
    return answer.copy(update={"facts": facts, "notes": tuple(notes), "understood": understood})


def _names(knowledge: Knowledge, fact: Fact, figure: Figure) -> list[str]:
    """Return what a quantity is called: as the figure has it, and those words of the fact's topics that name it too."""
    short = figure.measures.removesuffix(" level")
    words = [word for topic in fact.topics for word in knowledge.topic_by_id[topic].words]
    # A longer word that begins alike may be another thing ("PTHx" is an operation).
    alike = re.compile(rf"{re.escape(short)}\b", re.IGNORECASE)
    own = [word for word in words if alike.search(word) or _QUANTITY.search(word)]
    return sorted({figure.measures, short, *own}, key=lambda name: (-len(name), name))


def _in_unit(unit: str | None, figure: Figure) -> bool:
    """Tell whether a value is in the figure's unit: none is taken for it, and so is its upper half ("500 pg")."""
    if unit is None:
        return True
    spelt, own = re.sub(r"\s", "", unit).lower(), figure.unit.lower()
    return spelt in (own, own.split("/", maxsplit=1)[0])


def _thresholds(knowledge: Knowledge) -> Iterator[tuple[Fact, Figure]]:
    for fact in knowledge.facts:
        for figure in fact.figures:
            if figure.bound in ("above", "below") and figure.value is not None:
                yield fact, figure
