"""Train the model that fits the present data, once."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.serving import lean, processes
from bot.serving.errors import ServingError

MODEL_FOLDER = Path("models")
"""Folder of the models, relative to the project's root."""

MODEL_NAME = "assistant"
"""First part of a model's file name; the second is the start of the fingerprint."""

PIPELINE_META = Path("build") / "pipeline" / "meta.json"
"""Where the spaCy pipeline tells for which model it was made."""

# Of the knowledge room, what decides which facts answer a training example.
_KNOWLEDGE = tuple(f"bot/knowledge/{name}.py" for name in ("model", "loading", "selection", "answering"))
_FILES = ("config.yml", "domain.yml", "uv.lock", *_KNOWLEDGE)
_FOLDERS = (("data", "*"), ("bot/language", "*.py"))
_STEP = re.compile(r"Starting to train component '(?P<component>[^']+)'|(?P<progress>(?:heads|vectors): .*)")
_HEARTBEAT_SECONDS = 10.0

Report = Callable[[str], None]
"""Takes one line of progress."""


def model_inputs(root: Path) -> Iterator[Path]:
    """List the files that decide what a model is, in a fixed order.

    Args:
        root: The project's root.

    Yields:
        Existing files. Hidden files, such as editors leave behind, are not among them.
    """
    yield from (root / name for name in _FILES if (root / name).is_file())
    for folder, pattern in _FOLDERS:
        for path in sorted((root / folder).rglob(pattern)):
            hidden = any(part.startswith((".", "__pycache__")) for part in path.relative_to(root).parts)
            if path.is_file() and not hidden:
                yield path


def model_fingerprint(root: Path) -> str:
    """Digest everything that decides what a model is.

    Args:
        root: The project's root.

    Returns:
        SHA-256 over names and contents, in hexadecimal.
    """
    digest = hashlib.sha256()
    for path in model_inputs(root):
        content = path.read_bytes()
        # With the length, no two sets of files can make the same stream.
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def model_path(root: Path) -> Path:
    """Name the file of the model that fits the present data.

    Args:
        root: The project's root.

    Returns:
        Its path, whether it is there or not.
    """
    return root / MODEL_FOLDER / f"{MODEL_NAME}-{model_fingerprint(root)[:12]}.tar.gz"


def damage(path: Path) -> str | None:
    """Read a model through and tell what is wrong with it.

    Args:
        path: An existing model file.

    Returns:
        What is wrong, or None for an intact model.
    """
    try:
        with gzip.open(path) as unpacked, tarfile.open(fileobj=unpacked) as archive:
            names = {name.removeprefix("./") for name in archive.getnames()}
            while unpacked.read(1 << 20):  # to its very end, where gzip checks its sum
                pass
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        return f"it cannot be read ({error})"
    return None if "metadata.json" in names else "it holds no metadata.json"


def ensure_model(root: Path, report: Report, stop: threading.Event | None = None) -> Path:
    """Find the model that fits the present data, or train it.

    Args:
        root: The project's root.
        report: Takes lines of progress.
        stop: Ends the training when set.

    Returns:
        Path of an intact model.

    Raises:
        ServingError: The training failed or was stopped, or a configuration file is not YAML.
    """
    for line in lean.plan(root)[1]:
        report(line)
    path = model_path(root)
    name = path.relative_to(root)
    if path.is_file():
        wrong = damage(path)
        if wrong is None and uses_pipeline(root) and _pipeline_of(root) != path.name.removesuffix(".tar.gz"):
            wrong = f"{PIPELINE_META} was made for another model"
        if wrong is None:
            report(f"Model {name} fits the present data: no training needed.")
            return path
        report(f"Model {name} cannot be used: {wrong}. Training it anew.")
    else:
        others = len(list(path.parent.glob("*.tar.gz")))
        report(
            f"No model fits the present data ({name} is not there"
            + (f"; {others} of other data left alone" if others else "")
            + "). Training."
        )
    _train(root, path, report, stop or threading.Event())
    return path


def uses_pipeline(root: Path) -> bool:
    """Tell whether the configuration names the spaCy pipeline that is built with the model."""
    return PIPELINE_META.parent.as_posix() in (root / "config.yml").read_text(encoding="utf-8")


def _pipeline_of(root: Path) -> str | None:
    """Read for which model the spaCy pipeline was made, or None where there is none."""
    try:
        return str(json.loads((root / PIPELINE_META).read_text(encoding="utf-8")).get("fingerprint"))
    except (OSError, ValueError):
        return None


def _train(root: Path, path: Path, report: Report, stop: threading.Event) -> None:
    path.parent.mkdir(exist_ok=True)
    log = processes.open_log(root, "train")
    started = time.monotonic()
    # Written elsewhere and moved when whole, so that no half model ever bears a model's name.
    with tempfile.TemporaryDirectory(prefix=".training-", dir=path.parent) as folder:
        name = path.name.removesuffix(".tar.gz")
        with log.open("wb") as output:
            process = subprocess.Popen(
                processes.command("train", "--output", folder, "--name", name),
                cwd=root,
                env=processes.environment(RASA_MAX_CACHE_SIZE="0"),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            _follow(process, log, started, report, stop)
        finally:
            processes.stop(process)
        made = Path(folder) / path.name
        shown = log.relative_to(root)
        if process.returncode or not made.is_file():
            raise ServingError(
                f"the training failed (exit code {process.returncode}); the end of {shown}:\n{processes.tail(log)}"
            )
        wrong = damage(made)
        if wrong:
            raise ServingError(f"the training wrote a model that cannot be used: {wrong}; see {shown}.")
        made.replace(path)
    report(f"{_elapsed(started)} trained: {path.relative_to(root)}")


def _follow(process: subprocess.Popen[bytes], log: Path, started: float, report: Report, stop: threading.Event) -> None:
    """Report each step as the log names it, and that it still runs when it names none for long."""
    step, last = "reading the data", started
    report(f"{_elapsed(started)} {step}")
    with log.open(encoding="utf-8", errors="replace") as lines:
        while True:
            running = process.poll() is None
            for line in lines:
                if match := _STEP.search(line):
                    step, last = match["progress"] or f"training {match['component']}", time.monotonic()
                    report(f"{_elapsed(started)} {step}")
            if not running:
                return
            if stop.wait(0.2):
                raise ServingError("the training was stopped; no model was written.")
            if time.monotonic() - last > _HEARTBEAT_SECONDS:
                last = time.monotonic()
                report(f"{_elapsed(started)} still {step}")


def _elapsed(started: float) -> str:
    return f"  {time.monotonic() - started:4.0f} s "
