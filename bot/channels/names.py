"""Recognisers of names and of places, which need lists of words: what is a first name, and what is none."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import regex
from presidio_analyzer import AnalysisExplanation, LocalRecognizer, RecognizerResult

from bot.knowledge.loading import load

_FOLDER = Path(__file__).parent
_WORD = regex.compile(r"[^\W\d_]+")

_PARTICLE = r"(?i:van|von|vom|zu|de|der|den|del|della|da|dos|di|du|bin|ibn|al|el|la|le|ter|ten)"
_IS_PARTICLE = regex.compile(_PARTICLE)
_PARTICLES = rf"(?:{_PARTICLE}\s+)"
_CAP = (
    r"(?:(?:Mc|Mac|O['’]|D['’]|[Aa]l-|[Ee]l-)?\p{Lu}\p{Ll}+(?:[-'’](?!s\b)\p{L}\p{Ll}+)*|"
    r"\p{Lu}\p{Lu}+(?=\s\p{Lu}{2,}\b)|(?<=\p{Lu}{2}\s)\p{Lu}{2,})"
)
_INITIAL = r"(?:\p{Lu}\.(?:\s?\p{Lu}\.)*)"
_NAME = rf"(?:{_INITIAL}\s?)?{_PARTICLES}{{0,2}}{_CAP}(?:\s+(?:{_INITIAL}\s?)?{_PARTICLES}{{0,2}}{_CAP}){{0,3}}"
_LOWER = r"(?:\p{Ll}\.\s?)?\p{L}[\p{L}'’-]+(?:\s\p{L}[\p{L}'’-]+)?"
_AGED = r"(?=,?\s*\(?\d{1,3}\s?-?(?:yo?\b|y/o|y\.o|year|yr|/?\s?[mfMF]\b|J\b|j(?:ä|ae)hr|Jahre))"
_TITLE = (
    r"(?:\b(?:(?i:mr|mrs|ms|mx|hr|fr)\b\.?|(?i:miss|herrn?|frau|sir|madam|mister|missus)\b)\s+"
    r"(?:(?i:dr|prof)\.?\s+)*)"
)
_DEGREE = r"(?:(?:\b(?:(?i:dr|prof)\b\.?|(?i:professor|doctor|nurse|sister|consultant)\b)\s+)+)"
_POSSESSIVE = r"(?:['’]s)?"

# "MS relapse" and "MR imaging" are no titles.
_TITLED = regex.compile(
    rf"{_TITLE}(?P<name>{_NAME}|(?<!\b(?:MS|MR|FR|HR)\.?\s+){_LOWER}){_POSSESSIVE}|{_DEGREE}(?P<name>{_NAME}){_POSSESSIVE}"
)
_CAPITAL_TITLE = regex.compile(rf"\b(?:Mr|Mrs|Miss|Mx|Herrn?|Frau)\b\.?\s+{_CAP}")
_CUED = regex.compile(
    rf"(?:\b(?i:pt|pat\.?|patient|patientin|client|named|called|name(?:\s+is|d)?|wife of|husband of|son of|daughter of)"
    rf"(?<=[\w.])\s*:?\s+)(?P<name>{_NAME}(?:,\s*{_CAP})?){_POSSESSIVE}"
)
_NAMED = regex.compile(
    rf"\b(?i:name(?:\s+is|\s*:)|(?:pt|patient|man|woman|lady|gentleman|boy|girl|(?:s?he|who)(?:\s+is|'s))\s+(?:named|called))\s+"
    rf"(?P<name>{_NAME}|{_LOWER})"
)
# A single word needs more: "Asthma, 3-year-old", "does my patient qualify, 39F".
_WITH_AGE = regex.compile(
    rf"(?P<name>(?:\b\p{{Lu}}\s)?{_NAME}(?:,\s*{_CAP})?){_AGED}|(?<=\b(?i:pt|patient):?\s)(?P<name>{_LOWER}){_AGED}"
)
_SURNAME_WITH_AGE = regex.compile(
    rf"(?<=\b(?i:pt|patient):?\s)(?P<name>\p{{L}}[\p{{L}}'’-]+)(?!,){_AGED}|(?<=[\w,]\s)(?P<name>{_CAP}){_AGED}"
)
_IS_SOMEBODY = regex.compile(rf"\b(?i:pt|patient|name)\s+is\s+(?P<name>{_NAME})")
_RELATIVE_OF = regex.compile(
    rf"(?P<name>{_CAP})['’]s?\s+(?i:wife|husband|partner|son|daughter|mother|father|brother|sister|family|chart|notes|file)\b"
)
_LAST_FIRST = regex.compile(rf"(?P<name>{_CAP},\s?(?P<first>{_CAP}))")
_WITH_INITIAL = regex.compile(rf"(?<![.\w])(?P<name>\p{{Lu}}\.\s?(?:\p{{Lu}}\.\s?)?{_CAP}){_POSSESSIVE}")
_INITIALS_BORN = regex.compile(r"(?<![.\w])(?P<name>\p{Lu}\.\s?\p{Lu}\.)(?=[^.?!]{0,15}\b(?i:dob|born|geb))")
_SIGNED = regex.compile(
    rf"\b(?i:regards|thanks|thank you|cheers|signed|sincerely|best|yours|mfg|gru(?:ß|ss)|grüße)[,.!:]*\s+"
    rf"(?:(?i:dr|prof)\.?\s+)?(?P<name>{_NAME})(?=\s*(?:[,.!?-]|$))|"
    rf"\b(?i:i am|i'm|this is|my name is|ich bin)\s+(?:(?i:dr|prof)\.?\s+)?(?P<name>{_NAME})"
)
_WORDS = regex.compile(r"\p{L}[\p{L}'’]*(?:-\p{L}+)*")
_EPONYM_OF = regex.compile(
    r"['’]?s?\s+(?i:disease|syndrome|sign|test|score|scale|stain|catheter|splint|criteria|triad|law)\b"
)

_HOUSES = frozenset({"Hospital", "Clinic", "Nursing", "Home", "Center", "Centre", "Infirmary", "Hospice", "General"})
_SAINTS = frozenset({"st", "saint", "sankt"})
_PLACE_WORD = r"(?:St\.\s)?\p{Lu}\p{Ll}+(?:['’]s)?"
_PLACE = regex.compile(
    rf"\b(?i:(?:lives?|living|resid(?:es?|ing)|wohnt|wohnhaft)\s+(?:in|near)|resident\s+of|native\s+of|"
    rf"(?:pt|patient|s?he|is|'s|comes?|moved|back|woman|man|lady|gentleman|originally)\s+from|kommt\s+aus|"
    rf"(?:transferred|referred|admitted|discharged)\s+(?:from|to)|county\s*:?)\s+(?:the\s+)?"
    rf"(?:\d{{5}}\s+)?(?P<name>{_PLACE_WORD}(?:[\s-]{_PLACE_WORD}){{0,3}})(?!['’]?\p{{L}})|"
    rf"\b\d{{5}}\s+(?P<name>\p{{Lu}}\p{{Ll}}{{2,}})\b|"
    rf"(?P<name>{_PLACE_WORD}(?:\s{_PLACE_WORD}){{0,3}})\s(?:Hospital|Infirmary|Hospice|Nursing\sHome|Medical\sCent(?:er|re)|Klinikum)\b"
)


@cache
def first_names() -> tuple[frozenset[str], frozenset[str]]:
    """Return first names that are nothing else, and those that are words too; lower case."""
    return _read("first_names.txt")


@cache
def no_names() -> tuple[frozenset[str], frozenset[str]]:
    """Return words that are no names, those of the knowledge base among them, and what bears one; lower case."""
    words, bearing = _read("no_names.txt")
    knowledge = load()
    texts = [word for topic in knowledge.topics for word in (topic.name, *topic.words)]
    texts += [word for matter in knowledge.not_held for word in (matter.name, *matter.words)]
    texts += [text for fact in knowledge.facts for text in (fact.statement, fact.question)]
    known = {word.lower() for text in texts for word in _WORD.findall(text)}
    return words | (known - bearing), bearing


def _read(name: str) -> tuple[frozenset[str], frozenset[str]]:
    """Read a list of words; lines that begin with "?" are its second half."""
    halves: tuple[set[str], set[str]] = set(), set()
    for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            halves[line.startswith("?")].update(line.lstrip("? ").split())
    return frozenset(halves[0]), frozenset(halves[1])


def _is_name(text: str, bearing_too: bool = True) -> bool:
    """Tell whether every word of a text may be part of a name, and one is longer than an initial.

    Args:
        text: one or more words.
        bearing_too: whether a name that a disease or a device bears may be one.
    """
    never, bearing = no_names()
    barred = never if bearing_too else never | bearing
    words = [word.lower() for word in _WORD.findall(text) if len(word) > 1 and not _IS_PARTICLE.fullmatch(word)]
    return bool(words) and not any(word in barred for word in words)


def _is_whole_name(text: str) -> bool:
    """Tell whether a text may be a name from its first word to its last, and has more than one."""
    return _is_name(text) and len(text.split()) > 1


def _start_of(text: str, bearing_too: bool) -> str:
    """Return the words from the start of a text that may be a name: "Smith" of "Smith Warfarin"."""
    end = 0
    for word in regex.finditer(r"[^\s,]+", text):
        if _is_name(word.group(), bearing_too):
            end = word.end()
        elif not _IS_PARTICLE.fullmatch(word.group()) and not regex.fullmatch(r"(?:\p{L}\.)+", word.group()):
            break
    return text[:end].rstrip(" ,")


def _cut(match: Any, bearing_too: bool) -> tuple[int, int] | None:
    """Return the span of a match up to where its name ends, or None where it holds none."""
    name = match.group("name")
    kept = _start_of(name, bearing_too)
    if not kept:
        return None
    whole = len(kept) == len(name)
    return match.start(), match.end() if whole else match.start("name") + len(kept)


def _only_name(match: Any, bearing_too: bool) -> tuple[int, int] | None:
    """As `_cut`, without what stands before the name."""
    span = _cut(match, bearing_too)
    return (match.start("name"), span[1]) if span else None


def find_names(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of names of persons, titles included."""
    # "Mr Long", "Mrs Day": whatever the word means elsewhere.
    spans: list[tuple[int, int] | None] = [match.span() for match in _CAPITAL_TITLE.finditer(text)]
    spans += [_cut(match, True) for match in _TITLED.finditer(text)]
    spans += [_only_name(match, False) for match in _CUED.finditer(text)]
    spans += [_only_name(match, False) for match in _NAMED.finditer(text)]
    spans += [_only_name(match, True) for match in _WITH_AGE.finditer(text) if _is_whole_name(match.group("name"))]
    spans += [_only_name(match, True) for match in _IS_SOMEBODY.finditer(text) if _is_whole_name(match.group("name"))]
    spans += [_only_name(match, True) for match in _RELATIVE_OF.finditer(text)]
    spans += [_only_name(match, True) for match in _SURNAME_WITH_AGE.finditer(text) if len(match.group("name")) > 2]
    spans += [_only_name(match, False) for match in _WITH_INITIAL.finditer(text)]
    spans += [match.span("name") for match in _INITIALS_BORN.finditer(text)]
    spans += [_only_name(match, _is_whole_name(match.group("name"))) for match in _SIGNED.finditer(text)]
    sure, unsure = first_names()
    for match in _LAST_FIRST.finditer(text):
        if match.group("first").lower() in sure | unsure and _is_name(match.group("name"), False):
            spans.append(match.span("name"))
    yield from (span for span in spans if span)
    yield from _by_first_name(text)


def _by_first_name(text: str) -> Iterator[tuple[int, int]]:
    """Yield names that begin with a known first name, without any cue."""
    sure, unsure = first_names()
    words = list(_WORDS.finditer(text))
    for place, word in enumerate(words):
        known = word.group().lower().removesuffix("'s").removesuffix("’s")
        if known not in sure and known not in unsure:
            continue
        after = words[place + 1] if place + 1 < len(words) else None
        beside = after is not None and text[word.end() : after.start()] == " "
        if place and words[place - 1].group().lower() in _SAINTS:
            continue
        capital = word.group()[0].isupper()
        shouted = word.group().isupper()
        surname = after if beside and after is not None and _is_name(after.group(), known in sure) else None
        if surname is not None and surname.group()[0].isupper() < capital:
            surname = None
        if known in unsure and not (capital and surname is not None and surname.group()[1:].islower()):
            continue
        if shouted and (surname is None or not surname.group().isupper()):
            continue
        if surname is None and _EPONYM_OF.match(text, word.end()):
            continue
        yield word.start(), surname.end() if surname is not None else word.end()


def find_places(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of towns and houses, with the words that lead to them."""
    for match in _PLACE.finditer(text):
        words = [word for word in match.group("name").split() if word not in _HOUSES]
        words = [word for word in words if word.lower().strip(".") not in _SAINTS]
        if words and _is_name(words[0], False) and _is_name(words[-1], False):
            yield match.span()


class WordRecognizer(LocalRecognizer):
    """Finds names and places for Presidio."""

    def __init__(self) -> None:
        """Read the lists."""
        super().__init__(supported_entities=["NAME", "PLACE"], supported_language="en", name="words")

    def load(self) -> None:
        """Read the lists of words."""
        first_names()
        no_names()

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
        """Return what was found."""
        explanation = AnalysisExplanation(recognizer=type(self).__name__, original_score=0.9)
        found = [("NAME", span) for span in find_names(text)] + [("PLACE", span) for span in find_places(text)]
        return [RecognizerResult(entity, start, end, 0.9, explanation) for entity, (start, end) in found]
