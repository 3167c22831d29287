"""Reads a plain-text document into what the knowledge base is held against, without its sentences.

The form: a title line; boilerplate; a line `Last updated: October 16, 2025`; the heading
`Management of ...` with one overview paragraph; sections of bullets that end in citation markers;
the heading `References` with a list of kind, title, and publisher with year; a disclaimer.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from pathlib import Path
from typing import NamedTuple, NoReturn, get_args

from pydantic import Field

from bot.knowledge.figures import FigureError, SourceFigure, read_figures
from bot.knowledge.loading import KnowledgeError
from bot.knowledge.model import Certainty, Entry, Reference
from bot.knowledge.words import content_words

DIGEST_LENGTH = 16
"""Hex digits of a bullet's SHA-256 that the knowledge file notes."""

HEDGES: dict[str, Certainty] = {
    "limited": Certainty.LIMITED,
    "mixed": Certainty.MIXED,
    "not statistically significant": Certainty.NOT_SIGNIFICANT,
    "not significant": Certainty.NOT_SIGNIFICANT,
    "promise": Certainty.PROMISING,
    "promising": Certainty.PROMISING,
}
"""Words of a document, and the certainty that they give to the facts of their bullet."""

_UPDATED = re.compile(r"Last updated:(?: (?P<date>[A-Za-z]+ \d{1,2}, \d{4}))?")
_OVERVIEW_HEADING = re.compile(r"Management of \S")
_BULLET = re.compile(r"\s*•\s+(?P<text>.+)$")
_MARKERS = re.compile(r"\s(?P<markers>[1-9]\d?(?:,\s?[1-9]\d?)*)$")
_PUBLISHER_AND_YEAR = re.compile(r"(?P<publisher>.+), (?P<year>\d{4})$")
_REFERENCE_KINDS: tuple[str, ...] = get_args(Reference.__fields__["kind"].outer_type_)


class Bullet(Entry):
    """What is kept of one bullet: where it stands, what it cites, its figures, its digest.

    Attributes:
        locator: ``section-slug/ordinal``; the overview paragraph is ``overview/1``.
        markers: citation markers as printed, in the printed order.
        figures: figures of the bullet in its order.
        hedges: the words of :data:`HEDGES` that are found in it.
        sha256: digest of the bullet's text with its markers, white space made single.
    """

    locator: str
    markers: tuple[int, ...]
    figures: tuple[SourceFigure, ...] = ()
    hedges: tuple[str, ...] = ()
    sha256: str = Field(..., regex=r"^[0-9a-f]{64}$")

    @property
    def digest(self) -> str:
        """The short form of the digest, as the knowledge file notes it."""
        return self.sha256[:DIGEST_LENGTH]


class Source(Entry):
    """A document without its sentences, as the lock file keeps it.

    Attributes:
        id: id of the document in the knowledge base.
        title: title line.
        updated: the date behind `Last updated:`.
        sha256: digest of the document file.
        markers: highest citation marker.
        references: the references in their listed order; the document gives them no numbers.
        bullets: the overview paragraph and all bullets in their order.
    """

    id: str
    title: str
    updated: datetime.date
    sha256: str
    markers: int
    references: tuple[Reference, ...]
    bullets: tuple[Bullet, ...]

    def bullet(self, locator: str) -> Bullet | None:
        """Return the bullet of a locator, or None where the document has none."""
        return next((bullet for bullet in self.bullets if bullet.locator == locator), None)


def read_text(path: Path) -> str:
    """Return the text of a document.

    Raises:
        KnowledgeError: the file is missing, or not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(f"{path}: cannot be read ({error}); name a UTF-8 text file") from error


def read_document(path: Path, document_id: str | None = None) -> Source:
    """Read a document.

    Args:
        path: a UTF-8 text file of the form described above.
        document_id: its id in the knowledge base; by default the file's name without its ending.

    Returns:
        the document without its sentences.

    Raises:
        KnowledgeError: the file cannot be read, or is not of that form; names the line and what was expected.
    """
    text = read_text(path)
    lines = _Lines(path, text)
    title = lines.take("the title").text.strip()
    updated = _read_updated(lines)
    common = frozenset(content_words(title))
    bullets = [_read_overview(lines, common), *_read_sections(lines, common)]
    references = _read_references(lines)
    return Source(
        id=document_id or path.stem,
        title=title,
        updated=updated,
        sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
        markers=max(marker for bullet in bullets for marker in bullet.markers),
        references=references,
        bullets=tuple(bullets),
    )


class _Line(NamedTuple):
    number: int
    text: str


class _Lines:
    """The filled lines of a document, taken one after another."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        numbered = enumerate(text.splitlines(), start=1)
        self._filled = [_Line(number, line.rstrip()) for number, line in numbered if line.strip()]
        self._next = 0

    def peek(self) -> _Line | None:
        """Return the next line without taking it; None at the end."""
        return self._filled[self._next] if self._next < len(self._filled) else None

    def take(self, expected: str) -> _Line:
        """Take the next line, or say what was expected where the document ends."""
        line = self.peek()
        if line is None:
            last = self._filled[-1].number if self._filled else 1
            raise KnowledgeError(f"{self._path}:{last}: the document ends where {expected} was expected; add it")
        self._next += 1
        return line

    def take_through(self, pattern: re.Pattern[str], expected: str) -> _Line:
        """Pass over lines up to the first one that the pattern matches, and take that one."""
        while True:
            line = self.take(expected)
            if pattern.match(line.text):
                return line

    def refuse(self, line: _Line, problem: str) -> NoReturn:
        """Raise the error for a line."""
        raise KnowledgeError(f"{self._path}:{line.number}: {problem}")


def _read_updated(lines: _Lines) -> datetime.date:
    expected = "a line `Last updated: October 16, 2025`"
    line = lines.take_through(_UPDATED, expected)
    match = _UPDATED.match(line.text)
    try:
        return datetime.datetime.strptime((match and match["date"]) or "", "%B %d, %Y").date()
    except ValueError:
        lines.refuse(line, f"expected {expected}, found no date of the calendar")


def _read_overview(lines: _Lines, common: frozenset[str]) -> Bullet:
    lines.take_through(_OVERVIEW_HEADING, "the heading `Management of ...`")
    line = lines.take("the overview paragraph")
    return _read_bullet(lines, line, line.text, "overview/1", common)


def _read_sections(lines: _Lines, common: frozenset[str]) -> list[Bullet]:
    """Read the sections up to and with the heading `References`."""
    bullets: list[Bullet] = []
    slugs = {"overview"}
    while True:
        heading = lines.take("a section or the heading `References`")
        if heading.text == "References":
            break
        slug = _slug(lines, heading, slugs)
        slugs.add(slug)
        texts = _take_bullets(lines, heading)
        bullets += [_read_bullet(lines, *text, f"{slug}/{rank}", common) for rank, text in enumerate(texts, start=1)]
    if not bullets:
        lines.refuse(heading, "expected at least one section with bullets before the heading `References`")
    return bullets


def _slug(lines: _Lines, heading: _Line, taken: set[str]) -> str:
    """Make a section's slug of its heading, or refuse a line that is no heading."""
    if _BULLET.match(heading.text) or heading.text.endswith(".") or _MARKERS.search(heading.text):
        lines.refuse(heading, "expected the heading of a section, found a sentence; give it a heading or a bullet sign")
    slug = re.sub(r"[^a-z0-9]+", "-", heading.text.casefold()).strip("-")
    if not slug or slug in taken:
        lines.refuse(heading, f"expected a heading that makes a new locator, found `{heading.text}`; rename it")
    return slug


def _take_bullets(lines: _Lines, heading: _Line) -> list[tuple[_Line, str]]:
    texts: list[tuple[_Line, str]] = []
    while (line := lines.peek()) and (match := _BULLET.match(line.text)):
        texts.append((lines.take("a bullet"), match["text"]))
    if not texts:
        lines.refuse(line or heading, f"expected a bullet `  • ... 1, 2` under the heading `{heading.text}`")
    return texts


def _read_bullet(lines: _Lines, line: _Line, text: str, locator: str, common: frozenset[str]) -> Bullet:
    text = " ".join(text.split())
    match = _MARKERS.search(text)
    if match is None:
        lines.refuse(line, "expected citation markers such as `1, 2` at the end of the line")
    markers = tuple(int(marker) for marker in match["markers"].split(","))
    if len(set(markers)) != len(markers):
        lines.refuse(line, f"expected each citation marker once, found `{match['markers']}`")
    sentence = text[: match.start()]
    try:
        figures = read_figures(sentence, common)
    except FigureError as error:
        lines.refuse(line, f"expected figures with a unit: {error}")
    # `limited to` names a range of patients, not a doubt.
    hedges = tuple(word for word in HEDGES if re.search(rf"\b{word}\b(?! to\b)", sentence, re.IGNORECASE))
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    return Bullet(locator=locator, markers=markers, figures=figures, hedges=hedges, sha256=digest)


def _read_references(lines: _Lines) -> tuple[Reference, ...]:
    """Read the references up to and with the heading of the disclaimer."""
    references: list[Reference] = []
    kinds = " or ".join(f"`{kind.capitalize()}`" for kind in _REFERENCE_KINDS)
    while True:
        line = lines.take(f"a reference ({kinds}) or the disclaimer")
        kind = line.text.strip().casefold()
        if kind not in _REFERENCE_KINDS:
            break
        title = lines.take("the title of a reference").text.strip()
        imprint = lines.take("the publisher and year of a reference")
        match = _PUBLISHER_AND_YEAR.match(imprint.text.strip())
        if match is None:
            lines.refuse(imprint, f"expected `publisher, year` of the reference `{title}`")
        fields = {"kind": kind, "title": title, **match.groupdict()}
        references.append(Reference.parse_obj(fields))
    if not references or "disclaimer" not in line.text.casefold():
        lines.refuse(line, f"expected the kind of a reference ({kinds}), or behind the last one the disclaimer")
    return tuple(references)
