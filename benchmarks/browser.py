"""The page in a real browser: what it loads, time to ready, time from Enter to the answer on the screen.

`python -m benchmarks.browser`; with `--screenshots` it takes the pictures of the docs instead.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from bot.knowledge.loading import load
from bot.serving import launcher
from bot.serving.errors import ServingError
from tests.browser import NoBrowserError, browser
from tests.running import free_ports, view

RESULTS = Path("results") / "browser.json"
IMAGES = Path("docs") / "images"
QUESTIONS = 50
OPENINGS = 10
DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
ZOOMED = {"width": 320, "height": 256}

SHOTS = (
    ("answer-desktop-light", DESKTOP, "light", "STS dose in HD?"),
    ("answer-phone-dark", PHONE, "dark", "STS dose in HD?"),
    ("urgent-phone-light", PHONE, "light", "she has septic shock from an infected calciphylaxis wound"),
    ("refusal-desktop-dark", DESKTOP, "dark", "what is the infusion rate of thiosulfate"),
    ("welcome-desktop-light", DESKTOP, "light", None),
    ("answer-zoom-light", ZOOMED, "light", "STS dose in HD?"),
)
"""Pictures of the docs: name, window, colours, question."""

# Runs in the page: sends the question that stands in the field, and returns the milliseconds from Enter until the
# answer has been painted.
_ENTER_TO_ANSWER = """async () => {
    const root = document.querySelector("calciphylaxis-assistant").shadowRoot;
    const field = root.querySelector("textarea");
    const log = root.querySelector(".log");
    const before = log.querySelectorAll(".turn").length;
    const answered = new Promise((done) => {
        new MutationObserver((_, observer) => {
            if (log.querySelectorAll(".turn .answer").length > before) {
                observer.disconnect();
                requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));
            }
        }).observe(log, { childList: true, subtree: true });
    });
    const started = performance.now();
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    return (await answered) - started;
}"""

# Until the field takes a question and the document's state is on the screen, from the start of loading.
_READY = """async () => {
    const ready = () => document.querySelector("calciphylaxis-assistant")?.shadowRoot?.querySelector(".review");
    while (!ready()) await new Promise((next) => requestAnimationFrame(next));
    return performance.now();
}"""

# The document itself is not among the resources.
_LOADED = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .map((entry) => ({ url: entry.name, sent: entry.transferSize, size: entry.decodedBodySize }))"""


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """Run the bot on free ports within the block; yields its address."""
    port, actions_port = free_ports()
    address = launcher.Address(launcher.LOOPBACK, port)
    with tempfile.TemporaryDirectory() as scratch:
        root = view(Path(scratch))
        with launcher.running(root, address, actions_port, lambda line: None, threading.Event()):
            yield address.url


def ask(page: Page, question: str) -> None:
    """Type a question, press Enter and wait for its answer."""
    before = page.locator(".turn").count()
    page.get_by_label("Your question").fill(question)
    page.get_by_label("Your question").press("Enter")
    page.locator(".turn .answer").nth(before).wait_for()


def take_screenshots(running: Browser, url: str, folder: Path) -> None:
    """Take the pictures of the docs."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, window, colours, question in SHOTS:
        context = running.new_context(
            viewport=window,  # type: ignore[arg-type]
            color_scheme=colours,  # type: ignore[arg-type]
            device_scale_factor=1 if window is DESKTOP else 2,
            has_touch=window is PHONE,
            is_mobile=window is PHONE,
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.goto(url)
        page.locator(".review").wait_for()
        if question:
            ask(page, question)
        page.screenshot(path=folder / f"{name}.png")
        context.close()


def openings(running: Browser, url: str, number: int) -> tuple[list[float], list[dict[str, Any]]]:
    """Open the page in fresh contexts, nothing cached; return milliseconds to ready, and what the last one loaded."""
    times, loaded = [], []
    for _ in range(number):
        page = running.new_context().new_page()
        page.goto(url, wait_until="commit")
        times.append(float(page.evaluate(_READY)))
        loaded = page.evaluate(_LOADED)
        page.context.close()
    return times, loaded


def answer_times(running: Browser, url: str, questions: Sequence[str]) -> list[float]:
    """Ask each question in one conversation; return milliseconds from Enter to the answer on the screen."""
    page = running.new_context().new_page()
    page.goto(url)
    page.locator(".review").wait_for()
    ask(page, questions[0])
    times = []
    for question in questions:
        page.get_by_label("Your question").fill(question)
        times.append(float(page.evaluate(_ENTER_TO_ANSWER)))
    page.context.close()
    return times


def spread(times: Sequence[float]) -> dict[str, float]:
    """Return median and 95th percentile."""
    return {"median_ms": statistics.median(times), "p95_ms": statistics.quantiles(times, n=20)[-1]}


def measure(running: Browser, url: str) -> dict[str, Any]:
    """Measure all of it."""
    asked = list(dict.fromkeys(fact.question for fact in load().facts))
    questions = [asked[number % len(asked)] for number in range(QUESTIONS)]
    ready, loaded = openings(running, url, OPENINGS)
    files = [{**entry, "url": entry["url"].removeprefix(url)} for entry in loaded if entry["url"].startswith("http")]
    return {
        "loaded": files,
        "bytes_sent": sum(entry["sent"] for entry in files),
        "bytes": sum(entry["size"] for entry in files),
        "ready": spread(ready),
        "enter_to_answer": spread(answer_times(running, url, questions)),
        "questions": QUESTIONS,
        "openings": OPENINGS,
    }


def table(figures: dict[str, Any]) -> str:
    """Draw the figures as a table in Markdown."""
    rows = [
        ("the browser loads (compressed, with headers)", f"{figures['bytes_sent'] / 1000:.1f} kB"),
        ("the same, unpacked", f"{figures['bytes'] / 1000:.1f} kB"),
        ("requests", str(len(figures["loaded"]))),
    ]
    for name, key in (("opening to ready", "ready"), ("Enter to answer on the screen", "enter_to_answer")):
        rows.append((f"{name}, median / 95th percentile", "{median_ms:.0f} / {p95_ms:.0f} ms".format(**figures[key])))
    return "\n".join(["| figure | value |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)])


def main() -> int:
    """Measure and write results/browser.json, or take the screenshots."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.browser", description=__doc__)
    parser.add_argument("--screenshots", action="store_true", help=f"take the pictures in {IMAGES} and measure nothing")
    parser.add_argument("--url", help="address of a bot that runs already; else one is started")
    arguments = parser.parse_args()
    try:
        with contextlib.ExitStack() as stack:
            url = arguments.url or stack.enter_context(serving())
            running = stack.enter_context(browser())
            if arguments.screenshots:
                take_screenshots(running, url, IMAGES)
                return 0
            figures = measure(running, url)
    except (NoBrowserError, ServingError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(table(figures))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
