"""Reading a document: its form, its figures, and what is said where it cannot be read."""

from __future__ import annotations

import csv
import datetime
import hashlib
from pathlib import Path

import pytest

from bot.knowledge.cli import DOCUMENT_FOLDER
from bot.knowledge.document import read_document
from bot.knowledge.figures import FigureError, read_figures
from bot.knowledge.loading import KnowledgeError

DOCUMENT = Path(__file__).parent / "made_up" / "document.txt"


def _bullets(text: str) -> list[str]:
    """Return the overview paragraph and the bullets of a document's text, as printed."""
    lines = text.splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("Management of"))
    found = [line.removeprefix("  • ") for line in lines[start:] if line.startswith("  • ")]
    return [lines[start + 2], *found]


def test_what_is_read_of_a_document() -> None:
    """Title, date, references and markers are the document's."""
    source = read_document(DOCUMENT)
    assert source.id == "document"
    assert source.title == DOCUMENT.read_text(encoding="utf-8").splitlines()[0]
    assert source.updated == datetime.date(2024, 3, 3)
    assert source.markers == 4
    assert [(reference.kind, reference.year) for reference in source.references] == [
        ("guideline", 2023),
        ("research", 1999),
    ]
    assert source.references[1].title == "Moon salve: a tale in three parts."
    assert source.references[1].publisher == "Annals of Fabled Beasts"


def test_locators_markers_and_digests() -> None:
    """Bullets are numbered a section; markers keep their order; the digest is of the printed bullet."""
    source = read_document(DOCUMENT)
    assert [(bullet.locator, bullet.markers) for bullet in source.bullets] == [
        ("overview/1", (1, 3)),
        ("salves-and-rest/1", (1,)),
        ("salves-and-rest/2", (3, 2)),
        ("salves-and-rest/3", (2,)),
        ("follow-up-of-the-blight/1", (4,)),
        ("follow-up-of-the-blight/2", (2, 1)),
    ]
    printed = _bullets(DOCUMENT.read_text(encoding="utf-8"))
    assert [bullet.sha256 for bullet in source.bullets] == [
        hashlib.sha256(text.encode("utf-8")).hexdigest() for text in printed
    ]


def test_white_space_does_not_change_a_digest(made_up: Path) -> None:
    """Another run of blanks is the same bullet; another word is not."""
    text = DOCUMENT.read_text(encoding="utf-8")
    spaced, reworded = made_up / "spaced.txt", made_up / "reworded.txt"
    spaced.write_text(text.replace("Weigh the dragon", "Weigh  the   dragon"), encoding="utf-8")
    reworded.write_text(text.replace("Weigh the dragon", "Feed the dragon"), encoding="utf-8")
    assert read_document(spaced).bullets == read_document(DOCUMENT).bullets
    assert read_document(reworded).bullets != read_document(DOCUMENT).bullets


def test_figures_and_hedges_of_a_document() -> None:
    """A figure carries the words of its clause, the document's own subject left out."""
    source = read_document(DOCUMENT)
    bullets = {bullet.locator: bullet for bullet in source.bullets}
    dose = bullets["salves-and-rest/1"].figures[0]
    assert (dose.low, dose.high, dose.unit, dose.per, dose.bound) == (1.5, 3, "mg", "day", "exact")
    assert {"moon", "salve"} <= set(dose.near)
    shine = bullets["salves-and-rest/2"].figures
    assert [(figure.value, figure.bound) for figure in shine] == [(40, "about")]
    assert list(shine[0].near) == sorted(set(shine[0].near))
    assert not {"dragon", "scale", "blight"} & set(shine[0].near)
    assert bullets["salves-and-rest/1"].hedges == ("limited",)
    assert bullets["salves-and-rest/2"].hedges == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(12.5-25g per session)", [(None, 12.5, 25, "g", "session", "exact")]),
        (
            "2-3 times weekly for 3-6 months",
            [(None, 2, 3, "times", "week", "exact"), (None, 3, 6, "months", None, "exact")],
        ),
        ("2 to 3 times a week", [(None, 2, 3, "times", "week", "exact")]),
        ("between 2 and 3 times per week", [(None, 2, 3, "times", "week", "exact")]),
        ("5 mg and 10 mg", [(5, None, None, "mg", None, "exact"), (10, None, None, "mg", None, "exact")]),
        ("5 mg to 10 mg/day", [(None, 5, 10, "mg", "day", "exact")]),
        ("1,250 micrograms daily", [(1250, None, None, "mcg", "day", "exact")]),
        ("a risk up to 11-fold", [(11, None, None, "fold", None, "up_to")]),
        ("a threefold risk", [(3, None, None, "fold", None, "exact")]),
        ("(>500 pg/mL)", [(500, None, None, "pg/mL", None, "above")]),
        ("above 500 pg/ml", [(500, None, None, "pg/mL", None, "above")]),
        ("less than 5 ml", [(5, None, None, "mL", None, "below")]),
        ("approximately 30% greater", [(30, None, None, "%", None, "about")]),
        ("60–80 per cent of dragons", [(None, 60, 80, "%", None, "exact")]),
        ("given over 3 months", [(3, None, None, "months", None, "exact")]),
        ("over 30%", [(30, None, None, "%", None, "above")]),
        ("twice daily, once stable", [(2, None, None, "times", "day", "exact")]),
        ("a two-week course of one salve", [(2, None, None, "weeks", None, "exact")]),
        ("SNF472, SNF-472, a type 2 scale and 1,25-dihydroxysalve", []),
        ("SALV-12 for 12 days", [(12, None, None, "days", None, "exact")]),
    ],
)
def test_figures_of_a_sentence(text: str, expected: list[tuple[object, ...]]) -> None:
    """Numbers come with normalised unit, rate and bound; names keep their digits."""
    figures = read_figures(text)
    assert [(f.value, f.low, f.high, f.unit, f.per, f.bound) for f in figures] == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("in 12 dragons", "`12` has no unit"),
        ("5 mg/kg of dragon", "per `kg`"),
        ("5 mg per wing", "per `wing`"),
        ("10kg of salve", "`10` has no unit"),
        ("at least 3 weeks", "at_least"),
        ("25-12 g", "runs backwards"),
        ("5 mg to 10 g", "two units"),
    ],
)
def test_a_number_that_cannot_be_read_is_refused(text: str, message: str) -> None:
    """No number is dropped or bent in silence."""
    with pytest.raises(FigureError, match=message):
        read_figures(text)


def test_near_words_keep_to_the_clause() -> None:
    """The words tell what this figure measures, and not what another one does."""
    first, second = read_figures("Flames fade in 60-80%, mainly at night, and scales (20-80%) may itch")
    assert set(first.near) == {"flames", "fade"}
    assert set(second.near) == {"scales"}


REFUSED = {
    "no date": ("Last updated: March 3, 2024", "Updated lately", "Last updated"),
    "no such day": ("March 3, 2024", "March 33, 2024", "no date of the calendar"),
    "no overview heading": ("Management of Dragon", "On Dragon", "heading `Management of"),
    "no markers": ("scales 2, 1\n", "scales\n", "expected citation markers"),
    "a marker twice": ("scales 2, 1\n", "scales 2, 2\n", "each citation marker once"),
    "a section twice": ("Follow-up of the Blight\n", "Salves and rest\n", "new locator"),
    "a section without bullets": ("Follow-up of the Blight\n", "Flames\n\nFollow-up\n", "expected a bullet"),
    "a stray sentence": ("Follow-up of the Blight\n", "Dragons sleep.\n\nFollow-up\n", "expected the heading"),
    "a number without unit": ("90% of its", "90 of its", "has no unit"),
    "no year": ("The Guild of Keepers, 2023", "The Guild of Keepers", "publisher, year"),
    "an unknown kind": ("Research\n", "Rumour\n", "expected the kind of a reference"),
    "no disclaimer": ("Guild Disclaimer\n", "The End\n", "the disclaimer"),
    "no references": ("References\n", "Sources\n", "expected a bullet"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_document_of_another_form_is_refused(tmp_path: Path, name: str) -> None:
    """The error names the line, and what was expected there."""
    old, new, expected = REFUSED[name]
    text = DOCUMENT.read_text(encoding="utf-8")
    assert old in text
    broken = tmp_path / "broken.txt"
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"broken\.txt:\d+: ") as caught:
        read_document(broken)
    assert expected in str(caught.value)


def test_the_line_of_an_error_is_the_one_to_mend(tmp_path: Path) -> None:
    """A bullet without markers is named by its own line."""
    text = DOCUMENT.read_text(encoding="utf-8").replace("scales 2, 1\n", "scales\n")
    broken = tmp_path / "broken.txt"
    broken.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        read_document(broken)
    line = int(str(caught.value).removeprefix(f"{broken}:").split(":")[0])
    assert text.splitlines()[line - 1].endswith("dulls the new scales")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00"])
def test_an_empty_or_binary_document_is_refused(tmp_path: Path, content: bytes) -> None:
    """Neither ends in a trace."""
    broken = tmp_path / "broken.txt"
    broken.write_bytes(content)
    with pytest.raises(KnowledgeError, match=r"broken\.txt"):
        read_document(broken)


def test_the_real_documents_locators() -> None:
    """Locators and markers are those that outside tests know."""
    table = DOCUMENT_FOLDER / "locators.tsv"
    if not table.exists():
        pytest.skip(f"{table} is not here: the source document is not part of the repository")
    with table.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    source = read_document(DOCUMENT_FOLDER / "calciphylaxis-management.txt")
    ours = [(bullet.locator, ",".join(map(str, bullet.markers))) for bullet in source.bullets]
    assert ours == [(row["locator"], row["citation_markers"]) for row in rows]
    assert ours
