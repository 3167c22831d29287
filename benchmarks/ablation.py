"""What each part of the bot is worth: ``make ablation``.

The same questions to the bot, to the bot with one part taken away or another in its place, to Rasa's stock pipeline and
to plain retrieval. All are judged alike; where a row needs a threshold, the development questions choose it. What the
stock pipeline reads is kept in ``build/ablation``. Writes ``results/ablation.json``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import stock
from benchmarks.asking import (
    DEVELOPMENT,
    PHYSICIANS,
    PHYSICIANS_SET,
    RESULTS,
    ROOT,
    TEST,
    Report,
    Result,
    Sets,
    ask_all,
    prepare_process,
    read_sets,
    say,
)
from benchmarks.figures import answerable, curve, difference, figures

if TYPE_CHECKING:
    from benchmarks.variants import Texts
    from bot.language.heads import Reads
    from bot.language.lesson import Lesson

STOCK_EPOCHS = 10
"""Of the stock model that `make bench` trains."""
SHIPPED = "the bot as it ships"

Row = tuple[str, Callable[[dict[str, Any]], Result]]
"""Name of a row, and what answers its questions."""


def rows(sets: Sets, report: Report) -> Iterator[Row]:
    """Make each row's answerer in turn; the first one is the bot as it ships.

    Args:
        sets: the development set chooses thresholds, and all texts are read by the stock pipeline at once.
        report: takes lines of progress.
    """
    from benchmarks.asking import Actions
    from benchmarks.retrieval import Nearest, Retrieval, by_vector, by_words
    from benchmarks.variants import Shipped, Texts, Variant, choose_thresholds, pipeline
    from bot.knowledge.loading import load
    from bot.language.heads import fit
    from bot.language.ngrams import Ngrams
    from bot.serving.training import ensure_model

    development, actions = sets[DEVELOPMENT], Actions()
    shipped = Shipped(ensure_model(ROOT, report))
    texts = Texts(pipeline(), shipped.featurizer)
    lesson = texts.lesson(shipped.config["held_out"])
    if not shipped.was_taught(lesson):
        report("The model was taught other examples than those in data/: some rows are not on its data.")

    def other(name: str, texts: Texts, heads: Reads, lesson: Lesson) -> Row:
        """Refit the scope decision and choose thresholds: ours were chosen on other probabilities."""
        variant = Variant(texts, shipped.reader(heads, lesson), actions)
        choose_thresholds(variant, development, name, report)
        return name, variant.ask

    def refitted(name: str, ngrams: Ngrams | None, vectors: bool) -> Row:
        return other(name, texts, fit(lesson, ngrams, lambda line: report(f"{name}: {line}"), vectors), lesson)

    ours = shipped.heads
    yield SHIPPED, Variant(texts, shipped.reader(), actions).ask
    yield from _stock(sets, actions, report)
    yield other("thresholds chosen anew, as for the rows below", texts, ours, lesson)
    yield from _diet(sets, texts, lesson, ours, other, report)
    yield refitted("minus encoder: n-grams alone", ours.ngrams, vectors=False)
    yield refitted("minus n-grams: sentence vectors alone", None, vectors=True)
    unruled = Texts(pipeline(without="entity_ruler"), shipped.featurizer)
    yield other("minus ruler: topics by the heads alone", unruled, ours, unruled.lesson(shipped.config["held_out"]))
    unspelt = Texts(pipeline(without="spelling"), shipped.featurizer)
    yield "minus typo handling: speller off", Variant(unspelt, shipped.reader(), actions).ask
    yield "minus scope: the likeliest intent", Variant(texts, shipped.reader(), actions, top_intent=True).ask
    nearest: dict[str, Nearest] = {
        "plain retrieval: sentence vectors": by_vector(load(), shipped.encoder),
        "plain retrieval: BM25": by_words(load()),
    }
    for name, way in nearest.items():
        retrieval = Retrieval(way)
        right = retrieval.choose_threshold(development)
        report(f"{name}: threshold {retrieval.threshold:.3f}, {right} of {len(development)} right")
        yield name, retrieval.ask


def _diet(
    sets: Sets, texts: Texts, lesson: Lesson, ours: Reads, other: Callable[..., Row], report: Report
) -> Iterator[Row]:
    """Make the row of DIET in the linear classifier's place."""
    from benchmarks.diet import Diet, model_of, plain_texts

    model = model_of(lesson)
    if not model.is_file():
        report(f"{model.relative_to(ROOT)} is not there: DIET is skipped (`python -m benchmarks.diet` trains it)")
        return
    asked = (texts.message(question["text"]) for questions in sets.values() for question in questions)
    read = plain_texts([*lesson.held, *asked])
    diet = Diet(model, read, lesson.names.intents, ours, report)
    yield other("DIET in the linear classifier's place", texts, diet, lesson)


def _stock(sets: Sets, actions: Any, report: Report) -> Iterator[Row]:
    """Make the stock pipeline's row, if its model is there."""
    from benchmarks.stock_reading import Stock

    folder = ROOT / stock.FOLDER / "models"
    wanted = folder / f"stock-{stock.fingerprint(ROOT, STOCK_EPOCHS)}.tar.gz"
    models = sorted(folder.glob("stock-*.tar.gz"), key=lambda path: (path == wanted, path.stat().st_mtime))
    if not models:
        report(f"{wanted.relative_to(ROOT)} is not there: Rasa's stock pipeline is skipped (`make bench` trains it)")
        return
    name = "Rasa's stock pipeline (DIET)"
    if models[-1] != wanted:
        report(f"{wanted.name} is not there: {models[-1].name}, of earlier examples, stands in")
        name += ", trained on earlier examples"
    texts = list(dict.fromkeys(question["text"] for questions in sets.values() for question in questions))
    yield name, Stock(models[-1], texts, actions, report).ask


COMPARED: dict[str, tuple[Callable[[Sequence[Result]], list[Result]], Callable[[Result], bool]]] = {
    "in scope, right": (answerable, lambda one: one.right),
    "near or far, answered": (
        lambda results: [one for one in results if one.question["scope"] in ("near", "far")],
        lambda one: bool(one.shown),
    ),
    "premise, corrected": (
        lambda results: [one for one in results if one.question["scope"] == "premise"],
        lambda one: one.first == one.question.get("correction"),
    ),
}
"""What is compared with the bot as it ships: which questions, and what holds of them."""


def compare(ours: Sequence[Result], theirs: Sequence[Result]) -> dict[str, Any]:
    """Return the differences of one row to the bot as it ships, each with its 95% interval."""
    found = {name: difference(among(ours), among(theirs), holds) for name, (among, holds) in COMPARED.items()}
    return {name: one for name, one in found.items() if one}


def measure(sets: Sets, report: Report) -> Iterator[dict[str, Any]]:
    """Ask all sets of each row in turn.

    Yields:
        Rows: ``name``, and by the name of a set its ``figures``, ``curve`` and ``differences`` to the first row.
    """
    ours: dict[str, list[Result]] = {}
    for name, ask in rows(sets, report):
        asked = {one: ask_all(ask, questions, f"{name}, {one}", _sparing(report)) for one, questions in sets.items()}
        ours = ours or asked
        yield {
            "name": name,
            "sets": {
                one: {
                    "figures": figures(results),
                    "curve": curve(results),
                    "differences": compare(ours[one], results) if name != SHIPPED else {},
                }
                for one, results in asked.items()
            },
        }


def _sparing(report: Report) -> Report:
    """Let only the last line of a set through: there are many rows."""

    def line(text: str) -> None:
        place, _, total = text.rpartition(": ")[2].partition(" of ")
        if place == total:
            report(text)

    return line


COLUMNS = {
    "in scope, right": "in scope, right bullets and no other",
    "in scope, refused": "in scope, refused or asked back",
    "near, answered": "near, answered with facts",
    "far, answered": "far, answered with facts",
    "premise, corrected": "false premise, corrected by the first fact",
}
"""Figures of the table by the heads of their columns."""


def draw(table: Sequence[dict[str, Any]], name: str) -> str:
    """Return one set's figures as a Markdown table, with physicians' questions at its end where they were asked."""
    physicians = PHYSICIANS_SET in table[0]["sets"]
    heads = ["", *COLUMNS, "mean risk", *(["physicians', answered"] if physicians else [])]
    lines = [f"| {' | '.join(heads)} |", f"| --- |{' ---: |' * (len(heads) - 1)}"]
    for row in table:
        own = row["sets"][name]
        cells = [_percent(own["figures"].get(figure)) for figure in COLUMNS.values()]
        cells.append(f"{own['curve']['area']:.3f}")
        if physicians:
            cells.append(_percent(row["sets"][PHYSICIANS_SET]["figures"]["far, answered with facts"]))
        lines.append(f"| {row['name']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _percent(counted: dict[str, Any] | None) -> str:
    return f"{counted['share']:.1%}" if counted else ""


def draw_differences(table: Sequence[dict[str, Any]], name: str) -> str:
    """Return one set's differences to the bot as it ships, in points with 95% intervals, as a Markdown table."""
    physicians = PHYSICIANS_SET in table[0]["sets"]
    heads = [f"minus {SHIPPED}, points", *COMPARED, *(["physicians', answered"] if physicians else [])]
    lines = [f"| {' | '.join(heads)} |", f"| --- |{' ---: |' * (len(heads) - 1)}"]
    for row in table[1:]:
        own = row["sets"][name]["differences"]
        cells = [points(own.get(compared)) for compared in COMPARED]
        if physicians:
            cells.append(points(row["sets"][PHYSICIANS_SET]["differences"].get("near or far, answered")))
        lines.append(f"| {row['name']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def points(step: dict[str, float] | None) -> str:
    """Write a difference in points with its interval."""
    if step is None:
        return ""
    return f"{100 * step['difference']:+.1f} ({100 * step['low']:+.1f} to {100 * step['high']:+.1f})"


def main() -> int:
    """Measure, print the tables, write the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ablation", description=__doc__)
    parser.add_argument("--physicians", type=Path, default=PHYSICIANS, help="file of other questions, one a line")
    arguments = parser.parse_args()
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / "ablation.json"
    table = []
    # Written after each row: a run that is broken off loses one at most.
    for row in measure(read_sets(arguments.physicians, say), say):
        table.append(row)
        target.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    for name in (DEVELOPMENT, TEST):
        print(f"\n{name}\n\n{draw(table, name)}\n\n{draw_differences(table, name)}")
    print(f"\nwritten: {target}")
    return 0


if __name__ == "__main__":
    prepare_process()
    raise SystemExit(main())
