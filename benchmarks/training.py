"""Trains the two models that the services benchmark compares, once each, and notes what that cost."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import stock
from bot.serving import processes, training

NOTES = Path("build") / "bench" / "training.json"
_HEARTBEAT_SECONDS = 20.0

Report = Callable[[str], None]


@dataclass(frozen=True)
class Cost:
    """What a training took.

    Attributes:
        seconds: From start to end of its process, its imports included.
        cpu_seconds: Of all cores together.
    """

    seconds: float
    cpu_seconds: float


def plain_environment(root: Path) -> dict[str, str]:
    """Make the environment of the stock side: what a shell gives, bytecode kept as on our side, telemetry off.

    Args:
        root: The project's root, from which the one added component is imported.

    Returns:
        The variables.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "RASA_TELEMETRY_ENABLED": "false", "PYTHONPATH": str(root)}


def train_ours(root: Path, report: Report) -> tuple[Path, Cost]:
    """Find our model, or train it; and time a training, unless one of the same data was timed before.

    Args:
        root: The project's root.
        report: Takes lines of progress.

    Returns:
        The model and the cost of its training.
    """
    model = training.ensure_model(root, report)
    name = model.name.removesuffix(".tar.gz")

    def train() -> Cost:
        with tempfile.TemporaryDirectory() as folder:
            command = processes.command("train", "--output", folder, "--name", name)
            return timed(command, root, processes.environment(), root / "build/bench/train-ours.log", report)

    return model, _noted(root, name, train)


def train_stock(root: Path, epochs: int, actions_port: int, report: Report) -> tuple[Path, Path, Cost]:
    """Write the stock project and find its model, or train it.

    Args:
        root: The project's root.
        epochs: Passes over the data of each neural component.
        actions_port: Where its action server will listen.
        report: Takes lines of progress.

    Returns:
        Its folder, its model and the cost of the training.
    """
    folder = stock.write_project(root, epochs, actions_port)
    name = f"stock-{stock.fingerprint(root, epochs)}"
    model = folder / "models" / f"{name}.tar.gz"
    if not model.is_file():
        _notes(root, remove=name)

    def train() -> Cost:
        command = [sys.executable, "-m", "rasa", "train", "--force", "--out", "models", "--fixed-model-name", name]
        return timed(command, folder, plain_environment(root), root / "build/bench/train-stock.log", report)

    return folder, model, _noted(root, name, train)


def _noted(root: Path, name: str, train: Callable[[], Cost]) -> Cost:
    """Return the cost noted for a model; train and note it where there is none."""
    notes = _notes(root)
    if name not in notes:
        notes[name] = asdict(train())
        (root / NOTES).write_text(json.dumps(notes, indent=1) + "\n", encoding="utf-8")
    return Cost(**notes[name])


def _notes(root: Path, remove: str = "") -> dict[str, dict[str, float]]:
    path = root / NOTES
    path.parent.mkdir(parents=True, exist_ok=True)
    notes: dict[str, dict[str, float]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if notes.pop(remove, None):
        path.write_text(json.dumps(notes, indent=1) + "\n", encoding="utf-8")
    return notes


def timed(command: list[str], folder: Path, environment: dict[str, str], log: Path, report: Report) -> Cost:
    """Run a training to its end and report that it still runs.

    Raises:
        SystemExit: It failed; names its log.
    """
    started, before = time.monotonic(), _cpu_of_children()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while True:
            try:
                process.wait(_HEARTBEAT_SECONDS)
                break
            except subprocess.TimeoutExpired:
                last = processes.tail(log, 1).replace("\r", "\n").strip().splitlines()[-1:]
                report(f"  {time.monotonic() - started:5.0f} s  {''.join(last)[-100:]}")
    finally:
        processes.stop(process)
    if process.returncode:
        raise SystemExit(f"error: the training failed; see {log}")
    return Cost(round(time.monotonic() - started, 1), round(_cpu_of_children() - before, 1))


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
