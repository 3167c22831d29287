"""Plots of the evaluation, each drawn from what ``results/evaluation.json`` holds of it, as an SVG in base64."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.figures import CONFIDENCES

BLUE, ORANGE, GREY = "#2f6690", "#d1603d", "#8a8a8a"
# Told apart by people who do not see red and green alike (Tol's muted scheme).
COLOURS = ("#332288", "#cc6677", "#117733", "#ddaa33", "#88ccee", "#aa4499", "#44aa99", "#882255", "#999933", "#777777")
LINES = ("-", "--", ":")
WIDTH = 8.0

Counted = Mapping[str, Any]
"""Hits, total, share and interval, as ``figures.counted`` gives them."""


def _axes(width: float, height: float) -> tuple[Any, Any]:
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    pyplot.rcParams.update({"font.size": 10, "axes.spines.top": False, "axes.spines.right": False})
    return pyplot.subplots(figsize=(width, height), layout="constrained")


def _svg(figure: Any) -> str:
    from matplotlib import pyplot

    buffer = io.BytesIO()
    # Without the date and by a fixed salt, the same figures give the same file.
    with pyplot.rc_context({"svg.hashsalt": "evaluation"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    pyplot.close(figure)
    return base64.b64encode(buffer.getvalue()).decode()


def bars(counted: Mapping[str, Counted], title: str) -> str:
    """Draw shares with their 95% intervals, the lowest at the bottom, how many they are of beside the names."""
    names = sorted(counted, key=lambda name: (counted[name]["share"], name))
    figure, axes = _axes(WIDTH, 1.2 + 0.25 * len(names))
    for place, name in enumerate(names):
        one = counted[name]
        axes.plot([one["low"], one["high"]], [place, place], color=GREY, linewidth=1.5, zorder=1)
        axes.scatter(one["share"], place, color=BLUE, s=28, zorder=2)
    axes.set_yticks(range(len(names)), [f"{name} ({counted[name]['of']})" for name in names])
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.7, len(names) - 0.3))
    figure.suptitle(title)
    axes.xaxis.set_major_formatter(_percent())
    axes.grid(axis="x", color="#e5e5e5")
    axes.set_axisbelow(True)
    return _svg(figure)


def _percent() -> Any:
    from matplotlib.ticker import PercentFormatter

    return PercentFormatter(1.0, decimals=0)


def matrix(counts: Mapping[str, Any], title: str, xlabel: str, ylabel: str) -> str:
    """Draw counts, shaded by their share of the row."""
    rows, columns, table = counts["rows"], counts["columns"], counts["counts"]
    longest = max(len(name) for name in columns)
    figure, axes = _axes(max(WIDTH, 3.2 + 0.36 * len(columns)), 1.3 + 0.26 * len(rows) + 0.07 * longest)
    shades = [[cell / max(1, sum(row)) for cell in row] for row in table]
    axes.imshow(shades, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for y, row in enumerate(table):
        for x, cell in enumerate(row):
            if cell:
                axes.text(
                    x, y, cell, ha="center", va="center", fontsize=9, color="white" if shades[y][x] > 0.6 else "black"
                )
    slanted = longest > 12 or len(columns) > 8
    axes.set_xticks(range(len(columns)), columns, rotation=55 if slanted else 0, ha="right" if slanted else "center",
                    rotation_mode="anchor")  # fmt: skip
    axes.set_yticks(range(len(rows)), [f"{name} ({sum(row)})" for name, row in zip(rows, table, strict=True)])
    axes.set_xticks([place - 0.5 for place in range(1, len(columns))], minor=True)
    axes.set_yticks([place - 0.5 for place in range(1, len(rows))], minor=True)
    axes.grid(which="minor", color="#eeeeee")
    axes.tick_params(which="minor", length=0)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    figure.suptitle(title)
    return _svg(figure)


def risk(curves: Mapping[str, Mapping[str, Any]], title: str) -> str:
    """Draw risk against coverage, a line each; the first stands out."""
    figure, axes = _axes(WIDTH + 2.5, 5.0) if len(curves) > 3 else _axes(WIDTH, 4.4)
    for place, (name, curve) in enumerate(curves.items()):
        style = {"linewidth": 2.6, "color": "black"} if place == 0 else {
            "linewidth": 1.3, "color": COLOURS[(place - 1) % len(COLOURS)], "linestyle": LINES[(place - 1) % len(LINES)]
        }  # fmt: skip
        axes.plot(curve["coverage"], curve["risk"], label=f"{name}: mean risk {curve['area']:.3f}", **style)
    axes.set(title=title, xlabel="share of all questions answered with facts, surest first", xlim=(0, None))
    axes.set(ylabel="share of these answered wrongly", ylim=(0, None))
    axes.xaxis.set_major_formatter(_percent())
    axes.yaxis.set_major_formatter(_percent())
    axes.grid(color="#e5e5e5")
    if len(curves) > 3:
        figure.legend(loc="outside lower center", ncols=2, fontsize=9, frameon=False)
    else:
        axes.legend(frameon=False)
    return _svg(figure)


def calibration(groups: Mapping[str, Sequence[Counted]], title: str) -> str:
    """Draw the share that can be answered against the confidence, with 95% intervals, a colour a set."""
    figure, axes = _axes(WIDTH, 4.6)
    axes.plot([CONFIDENCES[0], 1], [CONFIDENCES[0], 1], color=GREY, linestyle="--", label="perfectly calibrated")
    for place, (name, points) in enumerate(groups.items()):
        # Side by side, so that the intervals of the sets do not hide each other.
        xs = [point["confidence"] + 0.004 * place for point in points]
        shares = [point["share"] for point in points]
        # Rounding may put an interval's end a hair inside the share.
        errors = [[max(0.0, one["share"] - one["low"]) for one in points],
                  [max(0.0, one["high"] - one["share"]) for one in points]]  # fmt: skip
        colour = (BLUE, ORANGE)[place % 2]
        axes.errorbar(xs, shares, yerr=errors, fmt="o", color=colour, capsize=3, label=name)
        for x, point in zip(xs, points, strict=True):
            at = (7, -4) if place else (-7, -4)
            axes.annotate(
                str(point["of"]), (x, point["share"]), textcoords="offset points", xytext=at, fontsize=8, color=colour,
                ha="left" if place else "right",
            )  # fmt: skip
    axes.set(title=title, xlabel="confidence", ylabel="share that the document answers",
             xlim=(None, 1.03), ylim=(None, 1.04))  # fmt: skip
    axes.xaxis.set_major_formatter(_percent())
    axes.yaxis.set_major_formatter(_percent())
    axes.grid(color="#e5e5e5")
    axes.legend(loc="lower right", frameon=False)
    return _svg(figure)


def noise(table: Mapping[str, Mapping[str, Mapping[str, Any]]], names: Sequence[str], title: str) -> str:
    """Draw figures clean and with typing errors: the mean of the seeds and their range.

    Args:
        table: number of errors -> figure -> mean, lowest, highest.
        names: the figures to draw.
        title: of the plot.
    """
    figure, axes = _axes(WIDTH, 4.8)
    width = 0.8 / len(table)
    for step, (errors, found) in enumerate(table.items()):
        shown = [found[name] for name in names]
        xs = [place + (step - (len(table) - 1) / 2) * width for place in range(len(names))]
        ranges = [[one["mean"] - one["lowest"] for one in shown], [one["highest"] - one["mean"] for one in shown]]
        label = "clean" if errors == "0" else f"{errors} error{'s' * (errors != '1')}"
        colour = ("#333333", "#7fa8c9", "#3f7cac", "#12496b")[step % 4]
        axes.bar(xs, [one["mean"] for one in shown], width * 0.92, yerr=ranges, color=colour, label=label, capsize=2)
    axes.set_xticks(range(len(names)), [_broken(name) for name in names])
    axes.set(title=title, ylim=(0, 1))
    axes.yaxis.set_major_formatter(_percent())
    axes.grid(axis="y", color="#e5e5e5")
    axes.set_axisbelow(True)
    axes.legend(ncols=len(table), loc="upper right", frameon=False)
    return _svg(figure)


def _broken(name: str) -> str:
    """Break a long name into lines."""
    import textwrap

    return "\n".join(textwrap.wrap(name, 20))


def differences(steps: Mapping[str, Mapping[str, Mapping[str, float]]], title: str) -> str:
    """Draw differences to the bot with their 95% intervals, a panel each figure.

    Args:
        steps: row -> figure -> difference, low, high.
        title: of the plot.
    """
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    names = list(steps)[::-1]
    panels = list(dict.fromkeys(figure for row in steps.values() for figure in row))
    figure, all_axes = pyplot.subplots(
        1, len(panels), figsize=(WIDTH + 3, 1.4 + 0.34 * len(names)), layout="constrained", sharey=True, squeeze=False
    )
    for axes, panel in zip(all_axes[0], panels, strict=True):
        for place, name in enumerate(names):
            if (one := steps[name].get(panel)) is None:
                continue
            low, high = 100 * one["low"], 100 * one["high"]
            colour = GREY if low <= 0 <= high else BLUE
            axes.plot([low, high], [place, place], color=colour, linewidth=1.8)
            axes.scatter(100 * one["difference"], place, color=colour, s=28, zorder=2)
        axes.axvline(0, color="black", linewidth=0.8)
        axes.set(title=panel, xlabel="points", ylim=(-0.6, len(names) - 0.4))
        axes.title.set_fontsize(10)
        axes.grid(axis="x", color="#e5e5e5")
    all_axes[0][0].set_yticks(range(len(names)), names)
    figure.suptitle(title)
    return _svg(figure)
