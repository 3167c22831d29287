"""A model or a knowledge base that cannot be used ends the start with a clear line."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.knowledge.loading import KNOWLEDGE_VARIABLE, knowledge_file
from bot.serving import launcher, processes
from bot.serving.training import model_path
from tests.running import free_ports, view

_SECONDS = 60.0
Start = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def start(tmp_path: Path, bot) -> Start:
    """Start a service or the launcher; return exit code and output once it has ended. `bot` has seen to the model."""
    root = view(tmp_path)

    def run(words: list[str], port: int, **environment: str) -> subprocess.CompletedProcess[str]:
        output = tmp_path / "output.txt"
        with output.open("wb") as stream:
            process = subprocess.Popen(
                words, cwd=root, env=processes.environment(**environment), stdin=subprocess.PIPE,
                stdout=stream, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        served, end = False, time.monotonic() + _SECONDS
        while process.poll() is None and not served and time.monotonic() < end:
            served = launcher.answers(f"http://127.0.0.1:{port}/")
            time.sleep(0.1)
        processes.stop(process)
        shown = output.read_text(encoding="utf-8")
        assert not served, f"it serves all the same: {shown}"
        return subprocess.CompletedProcess(words, process.returncode, shown)

    return run


def rasa(start: Start, model: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Start Rasa on a model, as the launcher would."""
    port = free_ports()[0]
    words = processes.command("rasa", "--interface", "127.0.0.1", "--port", str(port), "--model", str(model))
    return start(words, port, **environment)


def test_missing(start: Start, tmp_path: Path) -> None:
    result = rasa(start, tmp_path / "nothing.tar.gz")
    assert result.returncode == 1
    assert "nothing.tar.gz could not be loaded" in result.stdout.splitlines()[-1]


@pytest.mark.parametrize("part", [0, 0.5])
def test_damaged(start: Start, tmp_path: Path, part: float) -> None:
    whole = model_path(tmp_path).read_bytes()
    damaged = tmp_path / "damaged.tar.gz"
    damaged.write_bytes(whole[: int(len(whole) * part)])
    result = rasa(start, damaged)
    assert result.returncode == 1
    assert "damaged.tar.gz could not be loaded" in result.stdout.splitlines()[-1]


def test_trained_on_other_knowledge(start: Start, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    text = knowledge_file().read_text(encoding="utf-8")
    other.write_text(f"# Another knowledge base\n{text}", encoding="utf-8")
    result = rasa(start, model_path(tmp_path), **{KNOWLEDGE_VARIABLE: str(other)})
    assert result.returncode == 1
    assert "knowledge" in result.stdout
    assert "Traceback" not in result.stdout


@pytest.mark.parametrize(
    ("content", "words"),
    [("schema: knowledge/1\n", "other.yaml:1: `"), ("schema: [\n", "not valid YAML"), (None, "cannot be read")],
    ids=["incomplete", "no YAML", "missing"],
)
def test_knowledge_that_cannot_be_used(start: Start, tmp_path: Path, content: str | None, words: str) -> None:
    other = tmp_path / "other.yaml"
    if content is not None:
        other.write_text(content, encoding="utf-8")
    port, actions_port = free_ports()
    command = [sys.executable, "-m", "bot", "run", "--port", str(port), "--actions-port", str(actions_port)]
    result = start(command, port, **{KNOWLEDGE_VARIABLE: str(other)})
    assert result.returncode not in (0, None)
    assert words in result.stdout
    assert "Traceback" not in result.stdout
