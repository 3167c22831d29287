"""Measures encoder, heads and scope decision on public tables: ``python -m benchmarks.public_tables``.

CLINC150 Full and HINT3 v1 lie in ``../shared/eval`` and are no part of this project; what is not there is skipped.
The heads are fitted by the bot's own code. Writes ``results/public_tables.json`` and a
page with plots, ``results/public_tables.html``.
"""

from __future__ import annotations

import argparse
import base64
import csv
import html
import io
import json
import math
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.public_data import HINT3_BOTS, Examples, Kept, PublicDataError, Read, Reader, clinc150, hint3
from bot.language import scope
from bot.language.encoder import Encoder, Encodes, write_encoder
from bot.language.labels import HELD, OTHER

ROOT = Path(__file__).resolve().parents[1]
EVAL = ROOT.parent / "shared" / "eval"
RESULTS = ROOT / "results"

# Larson et al. 2019, table 2, Full: in-scope accuracy and out-of-scope recall.
CLINC150_PUBLISHED = {
    "Rasa spacy-sklearn, oos-train": (0.915, 0.453),
    "Rasa spacy-sklearn, oos-threshold": (0.909, 0.312),
    "MLP on USE, oos-train": (0.935, 0.474),
    "MLP on USE, oos-threshold": (0.934, 0.491),
    "BERT, oos-train": (0.969, 0.403),
    "BERT, oos-threshold": (0.962, 0.523),
}
HINT3_SYSTEMS = ("rasa", "bert", "dialogflow", "luis", "haptik")
KEPT = 0.7
"""The published rows of this threshold say which in-scope accuracy is kept."""
HELD_OUT = 5
"""Where there is no validation set, every fifth intent is left out, and every fifth example of the others."""

Report = Callable[[str], None]
Scores = Callable[[Read], np.ndarray]

WAY = "top probability x similarity"
KEEPING = "at the validation threshold that keeps the best published accuracy"
WAYS: dict[str, Scores] = {
    WAY: lambda read: read.top * read.near,
    "top probability": lambda read: read.top,
    "similarity to the nearest example": lambda read: read.near,
    "Mahalanobis distance": lambda read: read.distance,
}
"""Ways to say how sure it is that a text is in scope; the first is the one that the tables show."""


@dataclass(frozen=True)
class Point:
    """What a threshold gives: the share of in-scope texts answered right, and of the others refused."""

    accuracy: float
    recall: float
    threshold: float


def point(right: np.ndarray, in_scope: np.ndarray, scores: np.ndarray, threshold: float) -> Point:
    """Refuse what scores below a threshold, and count.

    Args:
        right: bool array (n,): whether the best intent is the right one.
        in_scope: bool array (n,): whether there is a right one.
        scores: float array (n,): the higher, the surer.
        threshold: least score that is answered.
    """
    answered = scores >= threshold
    return Point(
        float((answered & right)[in_scope].mean()), float((~answered)[~in_scope].mean()), threshold=float(threshold)
    )


def keeping(accuracy: float, right: np.ndarray, in_scope: np.ndarray, scores: np.ndarray) -> Point | None:
    """Return the point of the highest threshold that keeps an in-scope accuracy; None where it is out of reach."""
    wanted = math.ceil(accuracy * in_scope.sum() - 1e-6)
    hits = np.sort(scores[in_scope & right])[::-1]
    if wanted > len(hits):
        return None
    return point(right, in_scope, scores, float(hits[wanted - 1]) if wanted else math.inf)


def best(right: np.ndarray, in_scope: np.ndarray, scores: np.ndarray) -> Point:
    """Return the point with the highest mean of in-scope accuracy and out-of-scope recall; of equals, the lowest."""
    points = curve(right, in_scope, scores)
    return max(points, key=lambda one: (one.accuracy + one.recall, -one.threshold))


def curve(right: np.ndarray, in_scope: np.ndarray, scores: np.ndarray) -> list[Point]:
    """Return the points of all thresholds, lowest first."""
    return [point(right, in_scope, scores, threshold) for threshold in np.unique(scores)]


def hint3_published(folder: Path, bot: str) -> dict[str, list[Point]]:
    """Return the published rows of a bot's full training set: system -> points.

    Raises:
        PublicDataError: a file is missing or damaged.
    """
    table = {}
    for system in HINT3_SYSTEMS:
        path = folder / "published_results" / f"{system}_{bot}.csv"
        try:
            with path.open(encoding="utf-8", newline="") as file:
                table[system] = [
                    Point(float(row["Inscope Accuracy"]), float(row["OOS Recall"]), float(row["Threshold"]))
                    for row in csv.DictReader(file)
                ]
        except (OSError, KeyError, ValueError) as error:
            raise PublicDataError(f"{path} is missing or damaged ({error!r}); fetch hellohaptik/HINT3 anew") from error
    return table


FITTED = "logistic regression on all of these (scope.fit)"


def fitted(read: Read, examples: Examples) -> Scores:
    """Fit the bot's scope decision on what the heads have not been taught, and return it as a way."""

    def rows(one: Read) -> list[list[float]]:
        odds = [np.log((share + 1e-3) / (1 - share + 1e-3)) for share in (one.top, one.out)]
        return np.stack([*odds, one.near, one.distance], axis=1).tolist()

    decision = scope.fit(rows(read), [HELD if holds else OTHER for holds in examples.in_scope])
    return lambda one: np.array([decision.probability(row) for row in rows(one)])


def leave_out(examples: Examples) -> tuple[Examples, Examples]:
    """Split training examples where there is no validation set.

    Every fifth intent is left out, its examples stand for out of scope; and so is every fifth example of the others.

    Returns:
        What is taught, and what is kept for validation.
    """
    names = sorted({str(intent) for intent in examples.intents})
    unknown = set(names[HELD_OUT - 1 :: HELD_OUT])
    seen = dict.fromkeys(names, 0)
    kept = []
    for intent in map(str, examples.intents):
        seen[intent] += 1
        kept.append(intent in unknown or seen[intent] % HELD_OUT == 0)
    held = examples.where(kept)
    intents = tuple(None if intent in unknown else intent for intent in held.intents)
    return examples.where([not one for one in kept]), Examples(held.texts, intents)


def measure_clinc150(file: Path, encoder: Encodes, report: Report) -> dict[str, Any]:
    """Fit on CLINC150, take the thresholds from its validation set, count on its test set.

    Raises:
        PublicDataError: the data are damaged.
    """
    train, validation, test = clinc150(file)
    reader = Reader(train, encoder, "clinc150", report)
    tried, seen = reader.read(validation), reader.read(test)
    right, in_scope = seen.right(test), test.in_scope
    ways: dict[str, dict[str, Any]] = {}
    for name, way in (WAYS | {FITTED: fitted(tried, validation)}).items():
        chosen = best(tried.right(validation), validation.in_scope, way(tried))
        wanted = max(accuracy for accuracy, _ in CLINC150_PUBLISHED.values())
        keeps = keeping(wanted, tried.right(validation), validation.in_scope, way(tried))
        ways[name] = {
            "at the validation threshold": vars(point(right, in_scope, way(seen), chosen.threshold)),
            KEEPING: keeps and vars(point(right, in_scope, way(seen), keeps.threshold)),
            "validation": vars(chosen),
        }
        report(f"clinc150: {name}: {_percent(ways[name]['at the validation threshold'])}")
    return {
        "accuracy without refusing": float(right[in_scope].mean()),
        "ways": ways,
        "curve": _thinned(curve(right, in_scope, WAYS[WAY](seen))),
        "published": CLINC150_PUBLISHED,
    }


def measure_hint3(folder: Path, bot: str, encoder: Encodes, report: Report) -> dict[str, Any]:
    """Fit on a bot of HINT3; read off the test curve, and use a threshold of left-out training examples.

    Raises:
        PublicDataError: the data are damaged.
    """
    train, test = hint3(folder, bot)
    published = hint3_published(folder, bot)
    (row,) = [one for one in published["rasa"] if one.threshold == KEPT]
    taught, validation = leave_out(train)
    tried = Reader(taught, encoder, f"{bot}, some left out", report).read(validation)
    seen = Reader(train, encoder, bot, report).read(test)
    right, in_scope = seen.right(test), test.in_scope
    ways = {}
    for name, way in (WAYS | {FITTED: fitted(tried, validation)}).items():
        kept = keeping(row.accuracy, right, in_scope, way(seen))
        chosen = best(tried.right(validation), validation.in_scope, way(tried))
        ways[name] = {
            "at the accuracy of Rasa's row": kept and vars(kept),
            "at the validation threshold": vars(point(right, in_scope, way(seen), chosen.threshold)),
            "validation": vars(chosen),
        }
        report(f"{bot}: {name}: recall {kept.recall:.1%}" if kept else f"{bot}: {name}: accuracy out of reach")
    return {
        "accuracy without refusing": float(right[in_scope].mean()),
        "ways": ways,
        "curve": _thinned(curve(right, in_scope, WAYS[WAY](seen))),
        "published": {system: [vars(one) for one in points] for system, points in published.items()},
    }


def _thinned(points: Sequence[Point]) -> list[tuple[float, float]]:
    """Return the points of a curve that differ: (accuracy, recall), along the curve."""
    corners = dict.fromkeys((round(one.accuracy, 4), round(one.recall, 4)) for one in points)
    return sorted(corners, key=lambda one: (one[0], -one[1]))


def clinc150_table(measured: dict[str, Any]) -> str:
    """Draw CLINC150's table in Markdown."""
    lines = ["| CLINC150 Full | in-scope accuracy | out-of-scope recall |", "| --- | --- | --- |"]
    ways = measured["ways"]
    rows = {f"**this bot, {WAY}**": tuple(ways[WAY]["at the validation threshold"].values())[:2]}
    rows |= {
        f"{name}, threshold that keeps the best published accuracy on validation": tuple(kept.values())[:2]
        for name, way in ways.items()
        if (kept := way[KEEPING])
    }
    rows |= {"this bot, nothing refused": (measured["accuracy without refusing"], 0.0)}
    rows |= {name: tuple(pair) for name, pair in measured["published"].items()}
    rows |= {
        f"other ways tried: {name}": tuple(way["at the validation threshold"].values())[:2]
        for name, way in ways.items()
        if name != WAY
    }
    lines += [f"| {name} | {100 * accuracy:.1f} | {100 * recall:.1f} |" for name, (accuracy, recall) in rows.items()]
    return "\n".join(lines)


def hint3_table(measured: dict[str, dict[str, Any]]) -> str:
    """Draw HINT3's tables in Markdown: recall at the accuracy of Rasa's row, then accuracy / recall at thresholds."""
    bots = list(measured)
    heads = [f"{bot} ({100 * _row(measured[bot]).accuracy:.1f})" for bot in bots]
    lines = [f"| out-of-scope recall at (in-scope accuracy) | {' | '.join(heads)} |", f"| --- |{' --- |' * len(bots)}"]
    lines.append(_line("Rasa at 0.7, published", [f"{100 * _row(measured[bot]).recall:.1f}" for bot in bots]))
    for name in measured[bots[0]]["ways"]:
        kept = [measured[bot]["ways"][name]["at the accuracy of Rasa's row"] for bot in bots]
        cells = [f"{100 * one['recall']:.1f}" if one else "out of reach" for one in kept]
        lines.append(_line(f"**{name}**" if name == WAY else name, cells))
    lines += ["", f"| in-scope accuracy / out-of-scope recall | {' | '.join(bots)} |", f"| --- |{' --- |' * len(bots)}"]
    for name in (WAY, FITTED):
        cells = [_percent(measured[bot]["ways"][name]["at the validation threshold"]) for bot in bots]
        lines.append(_line(f"{name}, threshold of left-out training examples", cells))
    for system in measured[bots[0]]["published"]:
        cells = [_percent(vars(_row(measured[bot], system))) for bot in bots]
        lines.append(_line(f"{system} at {KEPT}, published", cells))
    return "\n".join(lines)


def _line(name: str, cells: Sequence[str]) -> str:
    return f"| {name} | {' | '.join(cells)} |"


def _row(measured: dict[str, Any], system: str = "rasa") -> Point:
    """Return a system's published row at the threshold that is kept to."""
    (row,) = [one for one in measured["published"][system] if one["threshold"] == KEPT]
    return Point(**row)


def _percent(counted: dict[str, float]) -> str:
    return f"{100 * counted['accuracy']:.1f} / {100 * counted['recall']:.1f}"


def page(tables: Sequence[str], measured: dict[str, dict[str, Any]]) -> str:
    """Draw the report: tables, and a curve of each data set beside the published points."""
    plots = "".join(
        f'<img alt="{html.escape(name)}" src="data:image/png;base64,{_plot(name, one)}">'
        for name, one in measured.items()
    )
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Public tables</title>"
        "<style>body{font:15px sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
        "td{border-bottom:1px solid #ccc;padding:.3rem .8rem}table{margin-bottom:2rem}img{max-width:100%}</style>"
        f"<h1>Public tables</h1>{''.join(_drawn(table) for table in tables)}{plots}</html>"
    )


def _drawn(table: str) -> str:
    """Turn Markdown tables into HTML."""
    drawn = []
    for part in table.split("\n\n"):
        lines = [line.strip("| ").split(" | ") for line in part.splitlines() if "---" not in line]
        cells = ("".join(f"<td>{html.escape(cell.replace('*', ''))}</td>" for cell in line) for line in lines)
        drawn.append("<table>" + "".join(f"<tr>{line}</tr>" for line in cells) + "</table>")
    return "".join(drawn)


def _plot(name: str, measured: dict[str, Any]) -> str:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 4.2), layout="constrained")
    axes.plot(*zip(*measured["curve"], strict=True), color="#4477aa", label=f"this bot, {WAY}")
    chosen = measured["ways"][WAY]["at the validation threshold"]
    axes.scatter(chosen["accuracy"], chosen["recall"], color="#4477aa", label="at the validation threshold")
    for place, (system, points) in enumerate(measured["published"].items()):
        colour = f"C{place + 1}"
        if isinstance(points[0], dict):
            accuracies, recalls = [one["accuracy"] for one in points], [one["recall"] for one in points]
            axes.plot(accuracies, recalls, marker=".", linestyle=":", color=colour, label=f"{system}, published")
        else:
            axes.scatter(*points, marker="x", color=colour, label=f"{system}, published")
    axes.set(title=name, xlabel="in-scope accuracy", ylabel="out-of-scope recall", ylim=(0, 1.02))
    if "clinc" in name:
        axes.set(xlim=(0.85, 1.0))
    axes.legend(fontsize=8)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    pyplot.close(figure)
    return base64.b64encode(buffer.getvalue()).decode()


def main() -> int:
    """Measure what is there, print the tables, write them."""
    parser = argparse.ArgumentParser(
        description="Measures the bot's encoder, heads and scope decision on public data sets."
    )
    parser.add_argument("--eval", type=Path, default=EVAL, help="folder that holds clinc150/ and hint3/")
    parser.add_argument("--only", choices=("clinc150", "hint3"), help="one of the data sets")
    arguments = parser.parse_args()
    try:
        measured, tables = _measured(arguments.eval, arguments.only, lambda line: print(line, flush=True))
    except PublicDataError as error:
        print(f"error: {error}")
        return 1
    if not measured:
        print("nothing was measured; name the folder of the data by --eval")
        return 0
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "public_tables.json").write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    (RESULTS / "public_tables.html").write_text(page(tables, measured), encoding="utf-8")
    print("\n\n".join(tables))
    print(f"written: {RESULTS / 'public_tables.json'}, {RESULTS / 'public_tables.html'}")
    return 0


def _measured(folder: Path, only: str | None, report: Report) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Measure the data sets that are there: (data set or bot -> what was measured, tables)."""
    measured: dict[str, dict[str, Any]] = {}
    tables = []
    scratch = tempfile.TemporaryDirectory()
    write_encoder(Path(scratch.name))
    encoder = Kept(Encoder(Path(scratch.name)))
    if only != "clinc150":
        if (folder / "hint3" / "v1").is_dir():
            measured |= {bot: measure_hint3(folder / "hint3", bot, encoder, report) for bot in HINT3_BOTS}
            tables.append(hint3_table(measured))
        else:
            report(f"{folder / 'hint3' / 'v1'} is not there: HINT3 is skipped")
    if only != "hint3":
        file = folder / "clinc150" / "data_full.json"
        if file.is_file():
            measured["clinc150"] = measure_clinc150(file, encoder, report)
            tables.append(clinc150_table(measured["clinc150"]))
        else:
            report(f"{file} is not there: CLINC150 is skipped")
    return measured, tables


if __name__ == "__main__":
    raise SystemExit(main())
