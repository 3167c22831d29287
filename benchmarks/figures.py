"""What is counted of the judged questions: shares with their intervals, curves, and what stands for what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.asking import Result

CONFIDENCES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
"""Edges of the groups of like confidence."""
RESAMPLINGS = 2000


def interval(hits: int, total: int) -> tuple[float, float]:
    """Return the 95% Wilson interval of a share."""
    if not total:
        return 0.0, 1.0
    z, share = 1.959964, hits / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * ((share * (1 - share) + z * z / (4 * total)) / total) ** 0.5 / (1 + z * z / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def share(results: Sequence[Result], holds: Callable[[Result], bool]) -> dict[str, Any]:
    """Count how many results hold something."""
    return counted(sum(holds(result) for result in results), len(results))


def counted(hits: int, total: int) -> dict[str, Any]:
    """Return hits, total, share and its 95% interval."""
    low, high = interval(hits, total)
    return {"hits": hits, "of": total, "share": hits / total if total else None, "low": low, "high": high}


def figures(results: Sequence[Result]) -> dict[str, Any]:
    """Return the headline figures of one set."""
    scope: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        scope[result.question["scope"]].append(result)
    asked = answerable(results)
    table = {
        "in scope, right bullets and no other": share(asked, lambda one: one.right),
        "in scope, refused or asked back": share(asked, lambda one: one.kind in ("out_of_scope", "clarify")),
        "clarify or urgent, as expected": share(
            [one for one in scope["in"] if one.question["expect"] != "answer"], lambda one: one.right
        ),
        "near, answered with facts": share(scope["near"], lambda one: bool(one.shown)),
        "far, answered with facts": share(scope["far"], lambda one: bool(one.shown)),
        "false premise, corrected by the first fact": share(
            scope["premise"], lambda one: one.first == one.question.get("correction")
        ),
        "false premise, corrected in the answer": share(
            scope["premise"], lambda one: one.question.get("correction") in one.shown | one.warned
        ),
    }
    return {name: counted for name, counted in table.items() if counted["of"]}


def answerable(results: Iterable[Result]) -> list[Result]:
    """Return the results of the questions in scope that are to be answered."""
    return [one for one in results if one.question["scope"] == "in" and one.question["expect"] == "answer"]


def by(results: Iterable[Result], key: str) -> dict[str, dict[str, Any]]:
    """Return the share of right answers for each value of a question's field; each value of a list counts."""
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        value = result.question.get(key)
        for one in value if isinstance(value, list) else [value]:
            groups[str(one)].append(result)
    return {name: share(group, lambda one: one.right) for name, group in sorted(groups.items())}


def common(counted_by: Mapping[str, Mapping[str, Any]], least: int) -> dict[str, dict[str, Any]]:
    """Join the groups of fewer than some questions, as `by` gives them, into one."""
    kept = {name: dict(one) for name, one in counted_by.items() if one["of"] >= least}
    rare = [one for one in counted_by.values() if one["of"] < least]
    if rare:
        joined = counted(sum(one["hits"] for one in rare), sum(one["of"] for one in rare))
        kept[f"{len(rare)} others, under {least} each"] = joined
    return kept


def risk_coverage(results: Sequence[Result]) -> tuple[list[float], list[float], float]:
    """Return coverage and risk of the answered questions, most confident first, and the area under the curve."""
    answered = sorted((one for one in results if one.shown), key=lambda one: -one.confidence)
    wrong, coverage, risk = 0, [], []
    for place, result in enumerate(answered, start=1):
        wrong += not result.right
        coverage.append(place / len(results))
        risk.append(wrong / place)
    area = sum(risk) / len(risk) if risk else 0.0
    return coverage, risk, area


def curve(results: Sequence[Result], points: int = 200) -> dict[str, Any]:
    """Return the risk-coverage curve, thinned to some points, and the mean risk."""
    coverage, risk, area = risk_coverage(results)
    places = sorted({round(place) for place in np.linspace(0, len(risk) - 1, points)}) if risk else []
    return {
        "coverage": [coverage[place] for place in places],
        "risk": [risk[place] for place in places],
        "area": area,
    }


def calibration(results: Sequence[Result]) -> list[dict[str, Any]]:
    """Return mean confidence and share that can be answered, of answered questions of like confidence."""
    answered = [one for one in results if one.shown]
    groups = []
    for low, high in zip(CONFIDENCES, CONFIDENCES[1:], strict=False):
        group = [one for one in answered if low <= one.confidence < high or (high == 1.0 and one.confidence == 1.0)]
        if group:
            confidence = sum(one.confidence for one in group) / len(group)
            groups.append({"confidence": confidence} | share(group, lambda one: one.question["expect"] == "answer"))
    return groups


def matrix(pairs: Iterable[tuple[str, str]], order: Sequence[str] = ()) -> dict[str, Any]:
    """Count pairs of what was expected and what was read.

    Args:
        pairs: expected, read.
        order: of the rows; without it, rows that are read as the same stand together.

    Returns:
        ``rows`` (expected), ``columns`` (read; what a row is read as most stands in the rows' order, so that the great
        numbers lie along the diagonal), ``counts``.
    """
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for expected, read in pairs:
        table[expected][read] += 1
    leading = {row: max(sorted(counts), key=lambda one: counts[one]) for row, counts in table.items()}
    places = {name: place for place, name in enumerate(order)}
    rows = sorted(table, key=lambda row: (places.get(row, len(order)), _nameless(leading[row]), leading[row], row))
    others = sorted({read for counts in table.values() for read in counts})
    columns = sorted(dict.fromkeys([*(leading[row] for row in rows), *others]), key=_nameless)
    return {"rows": rows, "columns": columns, "counts": [[table[row][one] for one in columns] for row in rows]}


def _nameless(read: str) -> bool:
    """Tell whether it is no name, such as "(refused)": that stands at the end."""
    return read.startswith("(")


def kinds_matrix(results: Sequence[Result]) -> dict[str, Any]:
    """Count kinds of answer for each kind of question."""

    def expected(one: Result) -> str:
        scope = str(one.question["scope"])
        return f"in: {one.question['expect']}" if scope == "in" else scope

    pairs = ((expected(one), one.kind) for one in results)
    return matrix(pairs, ("in: answer", "premise", "in: clarify", "in: urgent", "near", "far"))


def facets_matrix(results: Sequence[Result]) -> dict[str, Any]:
    """Count what answerable questions ask, in the set's own words, against what the bot took them to ask."""
    return matrix((facet, _asked(one)) for one in answerable(results) for facet in one.question.get("facets", ()))


def _asked(result: Result) -> str:
    if result.intent in ("out_of_scope", "not_in_document"):
        return "(refused)"
    return result.intent.removeprefix("ask_") if result.intent.startswith("ask_") else f"({result.intent})"


def topics_matrix(results: Sequence[Result], ids: Mapping[str, str]) -> dict[str, Any]:
    """Count what answerable questions are about against what the bot took them to be about.

    Args:
        results: of one set.
        ids: topic of the knowledge base by the set's word for it, in lower case. A topic that was read among others
            counts as read; where it was not, the first one that was.
    """

    def read(name: str, one: Result) -> str:
        meant = ids.get(name.casefold(), name)
        return meant if meant in one.topics else next(iter(one.topics), "(none)")

    return matrix((name, read(name, one)) for one in answerable(results) for name in one.question.get("topics", ()))


def difference(
    ours: Sequence[Result], theirs: Sequence[Result], holds: Callable[[Result], bool], seed: int = 0
) -> dict[str, float] | None:
    """Return how much larger a share is with another reader, with a 95% interval of a paired bootstrap over questions.

    Args:
        ours: the results to compare with.
        theirs: the results of the same questions, in the same order.
        holds: what is counted.
        seed: of the bootstrap.

    Returns:
        ``difference``, ``low``, ``high``; None where there are no questions.
    """
    if not ours:
        return None
    if [one.question["text"] for one in ours] != [one.question["text"] for one in theirs]:
        raise ValueError("only results of the same questions can be compared")
    pairs = zip(ours, theirs, strict=True)
    steps = np.array([holds(other) - int(holds(own)) for own, other in pairs], dtype=np.float64)
    drawn = np.random.default_rng(seed).integers(0, len(steps), (RESAMPLINGS, len(steps)))
    low, high = np.percentile(steps[drawn].mean(axis=1), (2.5, 97.5))
    return {"difference": float(steps.mean()), "low": float(low), "high": float(high)}
