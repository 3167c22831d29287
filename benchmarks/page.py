"""The evaluation's page: one HTML file with its plots in it, drawn from ``results/evaluation.json`` alone.

Questions of the test set are in neither, so that nobody tunes on them by reading.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from benchmarks import ablation, conversations, noise, plots, public_tables
from benchmarks.asking import DEVELOPMENT, PHYSICIANS_SET, TEST
from benchmarks.figures import common

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1c1c1c; max-width: 72rem; margin: 2rem auto; padding: 0 1.2rem }
h1, h2, h3 { line-height: 1.25 } h2 { margin-top: 3rem; border-top: 2px solid #1c1c1c; padding-top: .6rem }
nav a { margin-right: 1.2rem } .scroll { overflow-x: auto }
table { border-collapse: collapse; margin: 1rem 0; font-size: .88rem }
th, td { border-bottom: 1px solid #ccc; padding: .35rem .7rem; text-align: left; vertical-align: top }
th { border-bottom: 2px solid #1c1c1c } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
img { max-width: 100%; display: block; margin: 1.2rem 0 } .note { color: #555 } li { margin: .3rem 0 }
"""

LEAST = 5
"""Groups of fewer questions are drawn as one."""

Part = Mapping[str, Any]


def page(report: Mapping[str, Any]) -> str:
    """Draw the parts that the report holds."""
    drawn = [
        (name, title, "".join(draw(report[name])))
        for name, (title, draw) in SECTIONS.items()
        if name in report
    ]  # fmt: skip
    links = "".join(f'<a href="#{name}">{html.escape(title)}</a>' for name, title, _ in drawn)
    sections = "".join(
        f'<h2 id="{name}">{html.escape(title)}</h2>{_stamp(report[name])}{body}' for name, title, body in drawn
    )
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>Evaluation</title><style>{STYLE}</style><h1>How well questions are understood</h1>"
        f"<nav>{links}</nav>{sections}</html>"
    )


def _stamp(part: Part) -> str:
    """Say when a part was measured, and with which model."""
    said = [str(part[key]) for key in ("measured", "model") if part.get(key)]
    return f"<p class=note>{html.escape(', '.join(said))}</p>" if said else ""


def table(text: str) -> str:
    """Turn a Markdown table into HTML; its second line says which columns are numbers."""
    lines = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.strip().splitlines()]
    head, rule, *body = lines
    kinds = [" class=number" if cell.endswith(":") else "" for cell in rule]

    def row(cells: Sequence[str], tag: str) -> str:
        pairs = zip(cells, kinds, strict=True)
        return f"<tr>{''.join(f'<{tag}{kind}>{_inline(cell)}</{tag}>' for cell, kind in pairs)}</tr>"

    return f"<div class=scroll><table>{row(head, 'th')}{''.join(row(cells, 'td') for cells in body)}</table></div>"


def _inline(cell: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html.escape(cell))


def _image(data: str, what: str) -> str:
    return f'<img alt="{html.escape(what)}" src="data:image/svg+xml;base64,{data}">'


def headline(sets: Mapping[str, Part]) -> str:
    """Return the headline figures as a Markdown table."""
    lines = ["| figure | development | test (not tuned on) |", "| --- | --- | --- |"]
    for name in sets[TEST]["figures"]:
        cells = [_cell(sets[one]["figures"][name]) for one in (DEVELOPMENT, TEST)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    if PHYSICIANS_SET in sets:
        counted = sets[PHYSICIANS_SET]["figures"]["far, answered with facts"]
        lines.append(f"| physicians' other questions, answered with facts | {_cell(counted)} | |")
    risks = " | ".join(f"{sets[one]['curve']['area']:.3f}" for one in (DEVELOPMENT, TEST))
    lines.append(f"| mean risk over all coverages | {risks} |")
    lines.append(f"| NLU time of a question, median | | {sets[TEST]['milliseconds']:.1f} ms |")
    return "\n".join(lines)


def _cell(counted: Mapping[str, Any]) -> str:
    return (
        f"{counted['share']:.1%} ({counted['low']:.1%} to {counted['high']:.1%}; {counted['hits']} of {counted['of']})"
    )


def _core(part: Part) -> Iterator[str]:
    sets = part["sets"]
    test = sets[TEST]
    yield table(headline(sets))
    yield "<p class=note>Shares with 95% Wilson intervals. The development questions chose the bot's thresholds.</p>"
    yield "<h3>What was asked, and what was read</h3>"
    yield "<p>Test questions; a row's shades are shares of the row. Question sets and bot name facets by different "
    yield "lists, so rows and columns are not the same: a good row has one dark cell.</p>"
    yield _image(plots.matrix(test["kinds"], "Kind of question, and kind of answer", "answer", "question"), "kinds")
    yield _image(plots.matrix(test["facets"], "What is asked, and what was read", "read", "asked"), "facets")
    yield _image(plots.matrix(test["topics"], "About what, and what was read", "read", "about"), "topics")
    yield "<h3>Where it is right</h3>"
    for key, title in (("style", "by style"), ("facet", "by what is asked"), ("bullet", "by bullet required")):
        shares = common(test[f"by {key}"], LEAST)
        yield _image(plots.bars(shares, f"Test questions in scope answered right, {title} (95%)"), title)
    yield "<h3>How sure, and how right</h3>"
    both = {name: sets[name]["calibration"] for name in (DEVELOPMENT, TEST)}
    yield _image(plots.calibration(both, "Calibration on the questions answered (95%; numbers: questions)"), "sure")
    curves = {name: sets[name]["curve"] for name in (TEST, DEVELOPMENT)}
    yield _image(plots.risk(curves, "Risk against coverage"), "risk against coverage")
    if PHYSICIANS_SET in sets:
        counted = sets[PHYSICIANS_SET]["figures"]["far, answered with facts"]
        yield f"<h3>Physicians' other questions that were answered with facts</h3><p>{_cell(counted)}</p>"
        yield _listed(sets[PHYSICIANS_SET]["shown"])
    yield f"<h3>Development questions judged wrong</h3>{_listed(sets[DEVELOPMENT]['shown'])}"


def _listed(shown: Sequence[Mapping[str, Any]]) -> str:
    """List questions with what the bot made of them."""
    items = (
        f"<li>{html.escape(one['text'])} <span class=note>({html.escape(one['kind'])}, {html.escape(one['intent'])}; "
        f"shown: {html.escape(', '.join(one['shown']) or 'nothing')})</span></li>"
        for one in shown
    )
    return f"<ol>{''.join(items)}</ol>"


NOISE_DRAWN = (
    "in scope, answered right",
    "in scope, answered with other facts",
    "false premise, answered right",
    "near and far, answered with facts",
)
"""Figures of the noise plot."""


def _noise(part: Part) -> Iterator[str]:
    yield "<p>Test questions as written, and with one to three typing errors; mean and range of the seeds.</p>"
    yield _image(plots.noise(part["errors"], NOISE_DRAWN, "Clean beside misspelt"), "typing errors")
    yield table(noise.draw(part["errors"]))


def _ablation(part: Part) -> Iterator[str]:
    rows = part["rows"]
    yield "<p>The same questions to each, judged alike. A row's threshold, where it needs one, is chosen on the "
    yield "development questions. docs/measuring.md says what each row is.</p>"
    for name in (TEST, DEVELOPMENT):
        yield f"<h3>{name.capitalize()} questions</h3>{table(ablation.draw(rows, name))}"
        if name == TEST:
            yield table(ablation.draw_differences(rows, name))
            steps = {row["name"]: row["sets"][name]["differences"] for row in rows[1:]}
            title = "Minus the bot as it ships (paired bootstrap, 95%; grey: 0 is within)"
            yield _image(plots.differences(steps, title), "differences")
            curves = {row["name"]: row["sets"][name]["curve"] for row in rows}
            yield _image(plots.risk(curves, "Risk against coverage, test questions"), "risk against coverage")


def _conversations(part: Part) -> Iterator[str]:
    themes = part["themes"]
    yield "<p>Whole conversations over REST against the running services. A conversation is right if every turn is.</p>"
    yield table(conversations.table(themes))
    turns = {name: row["turns"] for name, row in themes.items()}
    yield _image(plots.bars(turns, "Turns answered right, by theme (95%)"), "conversations")


def _public(part: Part) -> Iterator[str]:
    measured = part["tables"]
    bots = {name: one for name, one in measured.items() if name != "clinc150"}
    for text in [
        *(public_tables.hint3_table(bots).split("\n\n") if bots else ()),
        *([public_tables.clinc150_table(measured["clinc150"])] if "clinc150" in measured else ()),
    ]:
        yield table(text)


SECTIONS: dict[str, tuple[str, Callable[[Part], Iterator[str]]]] = {
    "core": ("Understanding", _core),
    "noise": ("Typing errors", _noise),
    "ablation": ("What each part is worth", _ablation),
    "conversations": ("Conversations", _conversations),
    "public": ("Public tables", _public),
}
"""Title and drawing of each part, in the page's order."""
