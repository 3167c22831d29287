"""Child processes: their environment, their logs, their start and their end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

CODE_ROOT = Path(__file__).resolve().parents[2]
"""Folder that holds the package `bot`."""

LOG_FOLDER = Path("var/log")
"""Folder of the services' logs, relative to the project's root."""

_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    # One message at a time is too small a matrix to share out; more threads only cost memory and start.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONUNBUFFERED": "1",
}


def environment(**extra: str) -> dict[str, str]:
    """Make the environment of a child process.

    Args:
        **extra: Further variables.

    Returns:
        This process's variables, with ours above them.
    """
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    # Without bytecode on disk every start compiles 2,400 modules: 4 s instead of 1.
    path = os.pathsep.join(filter(None, [str(CODE_ROOT), inherited.get("PYTHONPATH")]))
    return {**inherited, **_ENVIRONMENT, "PYTHONPATH": path, **extra}


def command(*arguments: str) -> list[str]:
    """Make the command line of `bot.serving.service`, ending with this process.

    Args:
        *arguments: What to run, and with what.

    Returns:
        The words of the command line.
    """
    return [sys.executable, "-m", "bot.serving.service", "--watch-parent", *arguments]


def open_log(root: Path, name: str) -> Path:
    """Make way for a new log; that of the run before stays beside it.

    Args:
        root: The project's root.
        name: Name of the service.

    Returns:
        Path of the log, which does not exist yet.
    """
    path = root / LOG_FOLDER / f"{name}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        path.replace(path.with_suffix(".log.1"))
    return path


def tail(path: Path, lines: int = 10) -> str:
    """Read the last lines of a log.

    Args:
        path: The log.
        lines: How many.

    Returns:
        The lines, indented; a note when there are none.
    """
    try:
        last = path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    except FileNotFoundError:
        last = []
    return "\n".join(f"    {line}" for line in last) or "    (its log is empty)"


def stop(process: subprocess.Popen[bytes], grace: float = 8.0) -> None:
    """End a process that leads its own group, with all that it started.

    Args:
        process: The process.
        grace: Seconds that it has to end by itself.
    """
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdin:
        process.stdin.close()
