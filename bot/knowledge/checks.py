"""Holds the knowledge base against its document: one small function a rule, each returning its problems.

The rules of :data:`RULES` need the lock file alone; those of :data:`DOCUMENT_RULES` need the document too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from bot.knowledge.document import HEDGES, Bullet, Source
from bot.knowledge.figures import FigureError, SourceFigure, read_figures
from bot.knowledge.lock import compare, is_stale
from bot.knowledge.model import Certainty, Fact, Figure, Knowledge, TopicKind
from bot.knowledge.words import plain_words, stem, stems

COPIED_WORDS = 8
"""So many words in a row that stand in the document too make a statement a copy."""


class Problem(NamedTuple):
    """Something in a file that is not as it must be.

    Attributes:
        what: what is wrong, and where by id.
        mend: what to do.
        anchor: text of the line that it is about; empty where there is no such line.
        file: which of the two files to look into.
    """

    what: str
    mend: str
    anchor: str = ""
    file: Literal["knowledge", "lock"] = "knowledge"


class Document(NamedTuple):
    """The document itself, where it is at hand: its text, and what is read from it."""

    text: str
    source: Source


def check(knowledge: Knowledge, lock: Source, document: Document | None = None) -> list[Problem]:
    """Apply every rule.

    Args:
        knowledge: the knowledge base.
        lock: its document's lock file.
        document: the document, or None to do without the rules that need it.

    Returns:
        the problems in the order of the rules; none where all is well.
    """
    empty = something_to_check(knowledge, lock)
    if empty:
        return empty
    problems = [problem for rule in RULES for problem in rule(knowledge, lock)]
    if document:
        for document_rule in DOCUMENT_RULES:
            problems += document_rule(knowledge, lock, document)
    return problems


def line_of(problem: Problem, text: str) -> int | None:
    """Find the line of a file that a problem is about.

    Args:
        problem: the problem.
        text: the text of the file that the problem names.

    Returns:
        the line's number from 1, or None where the problem is about no one line.
    """
    if not problem.anchor:
        return None
    pattern = re.compile(rf"(?<![\w.-]){re.escape(problem.anchor)}(?![\w.-])")
    lines = enumerate(text.splitlines(), start=1)
    return next((number for number, line in lines if pattern.search(line)), None)


def something_to_check(knowledge: Knowledge, lock: Source) -> list[Problem]:
    """There are facts, and bullets to hold them against."""
    problems = []
    if not knowledge.facts:
        problems.append(Problem("no facts, so nothing would be checked", "add facts", "facts:"))
    if not lock.bullets:
        problems.append(Problem("no bullets, so nothing would be checked", "import the document again", file="lock"))
    return problems


def document_is_that_of_lock(knowledge: Knowledge, lock: Source) -> list[Problem]:
    """Id, title, date and highest marker are the document's."""
    names = ("id", "title", "updated", "markers")
    pairs = [(name, getattr(knowledge.document, name), getattr(lock, name)) for name in names]
    return [
        Problem(f"`document.{name}` is `{ours}` and the document's is `{theirs}`", "put the document's", "document:")
        for name, ours, theirs in pairs
        if ours != theirs
    ]


def references_are_those_of_lock(knowledge: Knowledge, lock: Source) -> list[Problem]:
    """References are the listed ones in their order, so that no marker beyond them is resolved."""
    if len(knowledge.references) != len(lock.references):
        what = f"{len(knowledge.references)} references where the document lists {len(lock.references)}"
        mend = "list those of the document and no other, since markers are resolved by position"
        return [Problem(what, mend, "references:")]
    pairs = enumerate(zip(knowledge.references, lock.references, strict=True), start=1)
    return [
        Problem(f"reference {rank} is `{ours.title}`, not as the document lists it", f"write {theirs!r}", "references:")
        for rank, (ours, theirs) in pairs
        if ours != theirs
    ]


def locators_exist(knowledge: Knowledge, lock: Source) -> list[Problem]:
    """Every locator, of a fact or of `written_from`, is a bullet's."""
    mend = "name a locator of the lock file"
    places = [(f"fact `{fact.id}`", fact.locator, _anchor(fact)) for fact in knowledge.facts]
    places += [("`written_from`", locator, f"{locator}:") for locator in knowledge.written_from]
    return [
        Problem(f"{owner} names `{locator}`, which the document does not have", mend, anchor)
        for owner, locator, anchor in places
        if lock.bullet(locator) is None
    ]


def citations_are_the_markers(knowledge: Knowledge, lock: Source) -> list[Problem]:
    """A fact's citations are its bullet's markers, in the bullet's order."""
    return [
        Problem(
            f"fact `{fact.id}` cites {list(fact.citations)} and its bullet `{fact.locator}` {list(bullet.markers)}",
            "write the bullet's markers in its order",
            _anchor(fact),
        )
        for fact, bullet in _with_bullets(knowledge, lock)
        if fact.citations != bullet.markers
    ]


def facts_are_current(knowledge: Knowledge, lock: Source) -> list[Problem]:
    """No fact is stale: its bullet still has the text that the fact was written from."""
    return [
        Problem(
            f"fact `{fact.id}` is stale: `written_from` has no current digest for its bullet `{bullet.locator}`",
            f'read the bullet again, mend its facts, then note `{bullet.locator}: "{bullet.digest}"` there',
            _anchor(fact),
        )
        for fact, bullet in _with_bullets(knowledge, lock)
        if is_stale(knowledge, fact, lock)
    ]


def figures_stand_in_their_bullet(knowledge: Knowledge, lock: Source) -> list[Problem]:
    """Every figure of a fact is one of its bullet, with the same numbers, unit, rate, bound and meaning."""
    problems = []
    for fact, bullet in _with_bullets(knowledge, lock):
        for figure in fact.figures:
            what = _difference(figure, bullet)
            if what:
                problems.append(
                    Problem(f"fact `{fact.id}`: {what}", f"write it as in bullet `{bullet.locator}`", _anchor(fact))
                )
    return problems


def statement_numbers_are_figures(knowledge: Knowledge, lock: Source) -> list[Problem]:
    """Every number in a fact's statement or question is one of its figures."""
    problems = []
    for fact in knowledge.facts:
        known = [_reading(figure) for figure in fact.figures]
        for figure in (*_read(fact.statement), *_read(fact.question)):
            if isinstance(figure, str):
                mend = "write the figure as its bullet has it"
                problems.append(Problem(f"fact `{fact.id}`: {figure}", mend, _anchor(fact)))
            elif _reading(figure) not in known:
                what = f"fact `{fact.id}` says {_show(figure)}, which is none of its figures"
                problems.append(Problem(what, "add the figure with what it measures, or take it out", _anchor(fact)))
    return problems


def figures_stand_in_the_statement(knowledge: Knowledge, lock: Source) -> list[Problem]:
    """Every figure of a fact is said in its statement, with the same unit, rate and bound."""
    return [
        Problem(
            f"fact `{fact.id}` has the figure {_show(figure)}, which its statement does not say",
            "say it in the statement in the same unit and with the same bound, or take the figure out",
            _anchor(fact),
        )
        for fact in knowledge.facts
        for figure in fact.figures
        if _reading(figure) not in [_reading(other) for other in _read(fact.statement) if not isinstance(other, str)]
    ]


def statements_name_what_is_measured(knowledge: Knowledge, lock: Source) -> list[Problem]:
    """A statement with a figure holds a word of what the figure measures."""
    return [
        Problem(
            f"fact `{fact.id}` gives {_show(figure)} without a word of what it measures, `{figure.measures}`",
            "say in the statement what the figure measures",
            _anchor(fact),
        )
        for fact in knowledge.facts
        for figure in fact.figures
        if not stems(figure.measures) & stems(fact.statement)
    ]


def figures_of_lock_are_carried(knowledge: Knowledge, lock: Source) -> list[Problem]:
    """Every figure of a bullet is a figure of one of its facts."""
    return [
        Problem(f"no fact carries {_show(figure)} of bullet `{bullet.locator}`", "give one of its facts the figure")
        for bullet in lock.bullets
        for figure in bullet.figures
        if _reading(figure) not in [_reading(ours) for fact in _facts_of(knowledge, bullet) for ours in fact.figures]
    ]


def bullets_are_carried(knowledge: Knowledge, lock: Source) -> list[Problem]:
    """Every bullet has a fact."""
    return [
        Problem(f"no fact is taken from bullet `{bullet.locator}`", "write its facts")
        for bullet in lock.bullets
        if not _facts_of(knowledge, bullet)
    ]


def certainty_is_the_bullets(knowledge: Knowledge, lock: Source) -> list[Problem]:
    """A certainty that a fact claims is one that its bullet words."""
    return [
        Problem(
            f"fact `{fact.id}` is `{fact.certainty.value}`, which its bullet `{bullet.locator}` does not say",
            f"use {_one_of(_certainties(bullet))}",
            _anchor(fact),
        )
        for fact, bullet in _with_bullets(knowledge, lock)
        if fact.certainty is not Certainty.NOT_STATED and fact.certainty not in _certainties(bullet)
    ]


def certainty_is_carried(knowledge: Knowledge, lock: Source) -> list[Problem]:
    """A certainty that a bullet words is not lost: one of its facts has it."""
    return [
        Problem(
            f"bullet `{bullet.locator}` says `{certainty.value}` and none of its facts does",
            "give the facts that it is said of this certainty",
        )
        for bullet in lock.bullets
        for certainty in _certainties(bullet)
        if certainty not in [fact.certainty for fact in _facts_of(knowledge, bullet)]
    ]


def pitfalls_stand_by_their_topics(knowledge: Knowledge, lock: Source) -> list[Problem]:
    """The bullet of a pitfall speaks of the topics that it warns on: it has facts on each of them."""
    problems = []
    for pitfall in knowledge.pitfalls:
        locator = next(fact.locator for fact in knowledge.facts if fact.id == pitfall.fact)
        spoken_of = {topic for fact in knowledge.facts if fact.locator == locator for topic in fact.topics}
        for topic in pitfall.topics:
            if topic not in spoken_of:
                what = f"the pitfall `{pitfall.fact}` warns on `{topic}`, of which its bullet `{locator}` has no fact"
                problems.append(Problem(what, "name the topic that the bullet speaks of", f"fact: {pitfall.fact}"))
    return problems


def pitfall_facets_exist(knowledge: Knowledge, lock: Source) -> list[Problem]:
    """A facet that a pitfall names is answered by a fact on one of its topics; else it never shows."""
    problems = []
    for pitfall in knowledge.pitfalls:
        on_topic = [fact for fact in knowledge.facts if set(fact.topics) & set(pitfall.topics)]
        for facet in pitfall.facets:
            if not any(facet in fact.facets for fact in on_topic):
                what = f"the pitfall `{pitfall.fact}` names the facet `{facet.value}`, which no fact of its topics has"
                problems.append(Problem(what, "take the facet out, or mend its name", f"fact: {pitfall.fact}"))
    return problems


def topics_have_facts(knowledge: Knowledge, lock: Source) -> list[Problem]:
    """Every subject and every group has a fact."""
    spoken_of = {topic for fact in knowledge.facts for topic in fact.topics}
    return [
        Problem(f"the topic `{topic.id}` has no fact", "write one, or delete the topic", f"id: {topic.id}")
        for topic in knowledge.topics
        if topic.kind in (TopicKind.SUBJECT, TopicKind.GROUP) and topic.id not in spoken_of
    ]


def statements_are_in_own_words(knowledge: Knowledge, lock: Source, document: Document) -> list[Problem]:
    """No statement has as many words in a row from the document as make it a copy."""
    copied = set(_runs(document.text))
    problems = []
    for fact in knowledge.facts:
        run = next((run for run in _runs(fact.statement) if run in copied), None)
        if run:
            what = f"fact `{fact.id}` copies `{' '.join(run)}` from the document"
            problems.append(Problem(what, "put it in own words", _anchor(fact)))
    return problems


def lock_is_that_of_document(knowledge: Knowledge, lock: Source, document: Document) -> list[Problem]:
    """The document, read again, is what the lock file has."""
    if document.source == lock:
        return []
    fields = [name for name in Source.__fields__ if getattr(lock, name) != getattr(document.source, name)]
    changes = ", ".join(str(change) for change in compare(lock, document.source))
    what = f"the document now differs in {', '.join(fields)}" + (f" ({changes})" if changes else "")
    return [Problem(what, "run `python -m bot knowledge import DOCUMENT`", file="lock")]


Rule = Callable[[Knowledge, Source], list[Problem]]
DocumentRule = Callable[[Knowledge, Source, Document], list[Problem]]

RULES: tuple[Rule, ...] = (
    document_is_that_of_lock,
    references_are_those_of_lock,
    locators_exist,
    citations_are_the_markers,
    facts_are_current,
    figures_stand_in_their_bullet,
    statement_numbers_are_figures,
    figures_stand_in_the_statement,
    statements_name_what_is_measured,
    figures_of_lock_are_carried,
    bullets_are_carried,
    certainty_is_the_bullets,
    certainty_is_carried,
    pitfalls_stand_by_their_topics,
    pitfall_facets_exist,
    topics_have_facts,
)
DOCUMENT_RULES: tuple[DocumentRule, ...] = (statements_are_in_own_words, lock_is_that_of_document)


def _anchor(fact: Fact) -> str:
    return f"id: {fact.id}"


def _with_bullets(knowledge: Knowledge, lock: Source) -> list[tuple[Fact, Bullet]]:
    """Pair facts with their bullets; one whose bullet is missing is another rule's matter."""
    pairs = [(fact, lock.bullet(fact.locator)) for fact in knowledge.facts]
    return [(fact, bullet) for fact, bullet in pairs if bullet]


def _facts_of(knowledge: Knowledge, bullet: Bullet) -> list[Fact]:
    return [fact for fact in knowledge.facts if fact.locator == bullet.locator]


def _certainties(bullet: Bullet) -> list[Certainty]:
    return [HEDGES[word] for word in bullet.hedges]


def _one_of(certainties: list[Certainty]) -> str:
    return " or ".join(f"`{certainty.value}`" for certainty in [*certainties, Certainty.NOT_STATED])


def _read(sentence: str) -> list[SourceFigure | str]:
    """Read the figures of a sentence; where one cannot be read, return why."""
    try:
        return list(read_figures(sentence))
    except FigureError as error:
        return [str(error)]


def _numbers(figure: Figure | SourceFigure) -> tuple[float | None, ...]:
    return figure.value, figure.low, figure.high


def _reading(figure: Figure | SourceFigure) -> tuple[object, ...]:
    """Return all of a figure that two places must have alike, what it measures apart."""
    return (*_numbers(figure), figure.unit, figure.per, figure.bound)


def _show(figure: Figure | SourceFigure) -> str:
    numbers = " to ".join(f"{number:g}" for number in _numbers(figure) if number is not None)
    bound = "" if figure.bound == "exact" else f"{figure.bound} "
    return f"`{bound}{numbers} {figure.unit}{f' per {figure.per}' if figure.per else ''}`"


def _difference(figure: Figure, bullet: Bullet) -> str | None:
    """Say how a figure differs from every figure of its bullet; None where one is the same."""
    same_numbers = [other for other in bullet.figures if _numbers(other) == _numbers(figure)]
    if not same_numbers:
        return f"{_show(figure)} has numbers that its bullet does not have"
    same = [other for other in same_numbers if _reading(other) == _reading(figure)]
    if not same:
        return f"{_show(figure)} stands in its bullet as {' and '.join(_show(other) for other in same_numbers)}"
    meaning = stems(figure.measures)
    if any(meaning & {stem(word) for word in other.near} for other in same):
        return None
    near = ", ".join(f"`{word}`" for word in same[0].near)
    return f"{_show(figure)} measures `{figure.measures}`, and in its bullet it stands by {near}"


def _runs(text: str) -> list[tuple[str, ...]]:
    """Return all runs of words that are long enough to make a copy."""
    words = plain_words(text)
    return [tuple(words[start : start + COPIED_WORDS]) for start in range(len(words) - COPIED_WORDS + 1)]
