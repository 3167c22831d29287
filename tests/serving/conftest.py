from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.serving import processes
from bot.serving.training import ensure_model

ROOT = Path(__file__).resolve().parents[2]

SCRATCH = {
    "config.yml": """
recipe: default.v1
assistant_id: scratch
language: en
pipeline:
- name: WhitespaceTokenizer
- name: CountVectorsFeaturizer
- name: KeywordIntentClassifier
policies:
- name: RulePolicy
""",
    "domain.yml": """
version: "3.1"
intents: [greet, bye]
actions: [action_hello]
responses:
  utter_bye:
  - text: "Bye."
""",
    "data/nlu.yml": """
version: "3.1"
nlu:
- intent: greet
  examples: |
    - hello
    - good morning
- intent: bye
  examples: |
    - bye
    - see you later
rules:
- rule: greet
  steps:
  - intent: greet
  - action: action_hello
- rule: bye
  steps:
  - intent: bye
  - action: utter_bye
""",
    # A port where nothing listens: the launcher has to put its own in place.
    "endpoints.yml": 'action_endpoint:\n  url: "http://127.0.0.1:9/webhook"\n',
    "credentials.yml": "rest:\n",
    "actions/__init__.py": "",
    "actions/hello.py": """
from rasa_sdk import Action


class Hello(Action):
    def name(self):
        return "action_hello"

    def run(self, dispatcher, tracker, domain):
        if "fail" in tracker.latest_message["text"]:
            raise ValueError(tracker.latest_message["text"])
        dispatcher.utter_message(text="Hello.")
        return []
""",
}


def write_project(folder: Path) -> Path:
    for name, content in SCRATCH.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content.lstrip("\n"), encoding="utf-8")
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A tiny Rasa project without a model."""
    return write_project(tmp_path / "project")


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A tiny Rasa project with its model, and what the training reported. Not to be changed."""
    lines: list[str] = []
    folder = write_project(tmp_path_factory.mktemp("trained"))
    ensure_model(folder, lines.append)
    return folder, lines


@pytest.fixture
def trained_project(trained: tuple[Path, list[str]], tmp_path: Path) -> Path:
    """A copy of the trained project, to be changed at will."""
    return Path(shutil.copytree(trained[0], tmp_path / "project"))


@pytest.fixture
def ports() -> tuple[int, int]:
    """Two ports that are free."""
    with socket.socket() as first, socket.socket() as second:
        for probe in (first, second):
            probe.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


class Launched:
    """`python -m bot` in a child process, with closed standard input, as from a service manager."""

    def __init__(self, project: Path, *arguments: str, **environment: str) -> None:
        self.output = project / "output.txt"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", *arguments],
                cwd=project,
                env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def text(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_for(self, words: str, seconds: float = 40) -> None:
        wait_until(lambda: words in self.text or self.process.poll() is not None, seconds)
        assert words in self.text, self.text

    def children(self) -> list[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(word) for word in path.read_text().split()]


def wait_until(condition: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def launch() -> Iterator[Callable[..., Launched]]:
    started: list[Launched] = []

    def start(project: Path, *arguments: str, **environment: str) -> Launched:
        started.append(Launched(project, *arguments, **environment))
        return started[-1]

    yield start
    for launched in started:
        if launched.process.poll() is None:
            launched.process.send_signal(signal.SIGTERM)
            launched.process.wait(15)


def run_in_child(code: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Python code in a fresh process."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env=processes.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(name="runs")
def runs_fixture() -> Callable[[int], bool]:
    return is_running


@pytest.fixture(name="wait_until")
def wait_until_fixture() -> Callable[..., None]:
    return wait_until


@pytest.fixture
def in_child() -> Callable[[str, Path], subprocess.CompletedProcess[str]]:
    return run_in_child
