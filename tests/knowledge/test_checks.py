"""Each rule passes on the made-up knowledge base, and each is broken by a case of its own."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from bot.knowledge import checks
from bot.knowledge.cli import DOCUMENT_FOLDER
from bot.knowledge.document import Source, read_document, read_text
from bot.knowledge.loading import KNOWLEDGE_FOLDER, load_file
from bot.knowledge.lock import lock_file, read_lock
from bot.knowledge.model import Knowledge

MADE_UP = Path(__file__).parent / "made_up"
KNOWLEDGE_FILES = sorted(KNOWLEDGE_FOLDER.glob("*.yaml"))
Alter = Callable[[dict[str, Any]], None]


def _put(*path: str | int, value: Any) -> Alter:
    """Make an alteration that puts a value at a path; a word finds the entry of a list by id or locator."""

    def alter(data: Any) -> None:
        for step in path[:-1]:
            data = _entry(data, step)
        data[path[-1]] = value

    return alter


def _drop(collection: str, name: str) -> Alter:
    """Make an alteration that takes the entry with this id or locator out of a list."""

    def alter(data: dict[str, Any]) -> None:
        data[collection].remove(_entry(data[collection], name))

    return alter


def _entry(data: Any, step: str | int) -> Any:
    if isinstance(data, list) and isinstance(step, str):
        return next(entry for entry in data if step in (entry.get("id"), entry.get("locator")))
    return data[step]


def _knowledge(alter: Alter | None = None) -> Knowledge:
    data = yaml.safe_load((MADE_UP / "knowledge.yaml").read_text(encoding="utf-8"))
    if alter:
        alter(data)
    return Knowledge(**data)


def _lock(alter: Alter | None = None) -> Source:
    data = json.loads((MADE_UP / "knowledge.lock.json").read_text(encoding="utf-8"))
    if alter:
        alter(data)
    return Source(**data)


def _document(text: str | None = None, folder: Path = MADE_UP) -> checks.Document:
    path = folder / "document.txt"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    return checks.Document(read_text(path), read_document(path, _lock().id))


class Broken(NamedTuple):
    """A breakage: the rule that must find it, what is altered, and a word of the problem."""

    rule: checks.Rule
    word: str
    knowledge: Alter | None = None
    lock: Alter | None = None


DOSE = ("facts", "salve.dose", "figures", 0)
BREAKAGES = {
    "another title": Broken(checks.document_is_that_of_lock, "title", _put("document", "title", value="Wings?")),
    "another date": Broken(
        checks.document_is_that_of_lock, "updated", _put("document", "updated", value=datetime.date(2020, 1, 1))
    ),
    "another highest marker": Broken(checks.document_is_that_of_lock, "markers", _put("document", "markers", value=9)),
    "another document": Broken(checks.document_is_that_of_lock, "id", _put("document", "id", value="wings")),
    "a reference too many": Broken(
        checks.references_are_those_of_lock,
        "3 references where the document lists 2",
        lambda data: data["references"].append(dict(data["references"][0])),
    ),
    "references in another order": Broken(
        checks.references_are_those_of_lock, "reference 1", lambda data: data["references"].reverse()
    ),
    "a year": Broken(checks.references_are_those_of_lock, "reference 2", _put("references", 1, "year", value=2001)),
    "a fact of no bullet": Broken(
        checks.locators_exist, "`cave.end` names `wings/1`", _put("facts", "cave.end", "locator", value="wings/1")
    ),
    "a digest of no bullet": Broken(
        checks.locators_exist, "`written_from` names", _put("written_from", "wings/1", value="0" * 16)
    ),
    "markers in another order": Broken(
        checks.citations_are_the_markers, "[2, 3]", _put("facts", "salve.shine", "citations", value=[2, 3])
    ),
    "a bullet that changed": Broken(
        checks.facts_are_current,
        "`cave.haste` is stale",
        lock=_put("bullets", "follow-up-of-the-blight/2", "sha256", value="0" * 64),
    ),
    "a bullet without digest": Broken(
        checks.facts_are_current, "`salve.dose` is stale", lambda data: data["written_from"].pop("salves-and-rest/1")
    ),
    "other numbers": Broken(checks.figures_stand_in_their_bullet, "has numbers", _put(*DOSE, "high", value=4)),
    "another unit": Broken(
        checks.figures_stand_in_their_bullet, "stands in its bullet as", _put(*DOSE, "unit", value="g")
    ),
    "another rate": Broken(
        checks.figures_stand_in_their_bullet, "stands in its bullet as", _put(*DOSE, "per", value="week")
    ),
    "another bound": Broken(
        checks.figures_stand_in_their_bullet,
        "stands in its bullet as",
        _put("facts", "salve.shine", "figures", 0, "bound", value="exact"),
    ),
    "another meaning": Broken(
        checks.figures_stand_in_their_bullet,
        "measures `wings that were lost`",
        _put("facts", "salve.shine", "figures", 0, "measures", value="wings that were lost"),
    ),
    "a number without figure": Broken(
        checks.statement_numbers_are_figures,
        "`40 %`",
        _put("facts", "cave.haste", "statement", value="New scales turn dull in 40% of dragons."),
    ),
    "a number in a question": Broken(
        checks.statement_numbers_are_figures,
        "`3 days`",
        _put("facts", "cave.haste", "question", value="What if cave rest ends after 3 days?"),
    ),
    "a number without unit": Broken(
        checks.statement_numbers_are_figures,
        "no unit",
        _put("facts", "cave.haste", "statement", value="New scales turn dull in 40 dragons."),
    ),
    "a figure that is not said": Broken(
        checks.figures_stand_in_the_statement,
        "does not say",
        _put("facts", "salve.dose", "statement", value="Moon salve has a dose."),
    ),
    "a figure said without its bound": Broken(
        checks.figures_stand_in_the_statement,
        "does not say",
        _put("facts", "salve.shine", "statement", value="40% of jars of moon salve lose their shine."),
    ),
    "a figure that travels alone": Broken(
        checks.statements_name_what_is_measured,
        "without a word of what it measures",
        _put("facts", "salve.dose", "statement", value="It is 1.5 to 3 mg a day."),
    ),
    "a figure that is lost": Broken(
        checks.figures_of_lock_are_carried, "no fact carries", _put("facts", "cave.effect", "figures", value=[])
    ),
    "a bullet that is lost": Broken(
        checks.bullets_are_carried, "follow-up-of-the-blight/1", _drop("facts", "cave.end")
    ),
    "a certainty that is not worded": Broken(
        checks.certainty_is_the_bullets, "`mixed`", _put("facts", "cave.haste", "certainty", value="mixed")
    ),
    "another certainty than is worded": Broken(
        checks.certainty_is_the_bullets, "is `promising`", _put("facts", "salve.dose", "certainty", value="promising")
    ),
    "a certainty that is lost": Broken(
        checks.certainty_is_carried,
        "says `limited`",
        _put("facts", "blight.approach", "certainty", value="not_stated"),
    ),
    "a pitfall on another topic": Broken(
        checks.pitfalls_stand_by_their_topics,
        "warns on `moon_salve`",
        _put("pitfalls", 0, "topics", value=["moon_salve"]),
    ),
    "a pitfall that never shows": Broken(
        checks.pitfall_facets_exist, "facet `dose`", _put("pitfalls", 0, "facets", value=["dose"])
    ),
    "a topic without facts": Broken(
        checks.topics_have_facts,
        "`wings` has no fact",
        lambda data: data["topics"].append({"id": "wings", "kind": "subject", "name": "wings", "words": ["wings"]}),
    ),
}


@pytest.mark.parametrize("rule", checks.RULES, ids=lambda rule: rule.__name__)
def test_each_rule_holds_on_the_made_up_file(rule: checks.Rule) -> None:
    """No rule finds a problem where there is none."""
    assert rule(_knowledge(), _lock()) == []


@pytest.mark.parametrize("name", BREAKAGES)
def test_each_rule_finds_its_breakage(name: str) -> None:
    """Each breakage is found by its rule, and reported by the check with a mend."""
    broken = BREAKAGES[name]
    knowledge, lock = _knowledge(broken.knowledge), _lock(broken.lock)
    problems = broken.rule(knowledge, lock)
    assert any(broken.word in problem.what for problem in problems), problems
    assert all(problem.mend for problem in problems)
    assert set(problems) <= set(checks.check(knowledge, lock))


def test_every_rule_has_a_breakage() -> None:
    """A rule that is added brings a case that breaks it."""
    assert {broken.rule for broken in BREAKAGES.values()} == set(checks.RULES)
    tested_below = {checks.statements_are_in_own_words, checks.lock_is_that_of_document}
    assert set(checks.DOCUMENT_RULES) == tested_below


def test_meanings_cannot_be_swapped() -> None:
    """A figure with the numbers of one place and the meaning of another is found."""

    def swap(data: dict[str, Any]) -> None:
        first, second = (_entry(data["facts"], name)["figures"][0] for name in ("salve.shine", "cave.end"))
        first["measures"], second["measures"] = second["measures"], first["measures"]

    problems = checks.figures_stand_in_their_bullet(_knowledge(swap), _lock())
    assert sorted(problem.anchor for problem in problems) == ["id: cave.end", "id: salve.shine"]


def test_a_check_over_nothing_is_a_problem() -> None:
    """Neither an empty knowledge base nor an empty lock passes."""
    no_facts = _knowledge().copy(update={"facts": ()})
    no_bullets = _lock(_put("bullets", value=[]))
    assert ["no facts" in problem.what for problem in checks.check(no_facts, _lock())] == [True]
    assert ["no bullets" in problem.what for problem in checks.check(_knowledge(), no_bullets)] == [True]


def test_a_copied_statement_is_found() -> None:
    """Eight words in a row of the document are too many; seven are not."""
    words = "moon salve loses its shine in approximately 40% of jars"
    for count, expected in ((checks.COPIED_WORDS, 1), (checks.COPIED_WORDS - 1, 0)):
        statement = " ".join(words.split()[:count])
        knowledge = _knowledge(_put("facts", "salve.shine", "statement", value=statement))
        problems = checks.statements_are_in_own_words(knowledge, _lock(), _document())
        assert len(problems) == expected, count


def test_a_document_that_changed_is_found(made_up: Path) -> None:
    """The lock no longer is that of the document; the problem names the bullet."""
    assert checks.lock_is_that_of_document(_knowledge(), _lock(), _document()) == []
    text = (made_up / "document.txt").read_text(encoding="utf-8").replace("Weigh the dragon", "Feed the dragon")
    problems = checks.lock_is_that_of_document(_knowledge(), _lock(), _document(text, made_up))
    assert len(problems) == 1
    assert "changed: follow-up-of-the-blight/1" in problems[0].what


def test_the_made_up_file_passes_with_its_document() -> None:
    """All rules hold together."""
    assert checks.check(_knowledge(), _lock(), _document()) == []


def test_the_line_of_a_problem() -> None:
    """A problem of a fact is found by the line of its id, and not by that of a longer id."""
    text = "facts:\n  - id: cave.ending\n  - id: cave.end\n"
    assert checks.line_of(checks.Problem("wrong", "mend", "id: cave.end"), text) == 3
    assert checks.line_of(checks.Problem("wrong", "mend", "id: cave.start"), text) is None
    assert checks.line_of(checks.Problem("wrong", "mend"), text) is None


def test_there_is_a_knowledge_file() -> None:
    """The tests below run over something."""
    assert KNOWLEDGE_FILES


@pytest.mark.parametrize("file", KNOWLEDGE_FILES, ids=lambda file: file.stem)
def test_the_knowledge_file_passes_against_its_lock(file: Path) -> None:
    """Offline, at every run."""
    assert checks.check(load_file(file), read_lock(lock_file(file))) == []


@pytest.mark.parametrize("file", KNOWLEDGE_FILES, ids=lambda file: file.stem)
def test_the_knowledge_file_passes_against_its_document(file: Path) -> None:
    """Where the source document is at hand."""
    knowledge = load_file(file)
    path = DOCUMENT_FOLDER / f"{knowledge.document.id}.txt"
    if not path.exists():
        pytest.skip(f"{path} is not here: the source document is not part of the repository")
    document = checks.Document(read_text(path), read_document(path, knowledge.document.id))
    assert checks.check(knowledge, read_lock(lock_file(file)), document) == []
