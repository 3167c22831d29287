from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMED_BY_THE_README = {"run", "test", "chat", "train", "check", "bench", "evaluate", "lint", "help"}


def make(cwd: Path, *arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **({"PATH": path} if path else {})}
    command = [shutil.which("make"), *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=30, check=False)


def test_help_lists_every_target() -> None:
    targets = set(re.findall(r"^([a-z-]+):(?!=)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert targets >= NAMED_BY_THE_README
    shown = make(ROOT)
    assert shown.returncode == 0
    assert set(re.findall(r"^  make ([a-z-]+) +\S", shown.stdout, re.MULTILINE)) == targets


@pytest.mark.parametrize(
    ("python", "words"),
    [
        ("exit 1", "error: Python 3.11 is needed"),
        ('case "$2" in *version*) exit 0;; *) exit 1;; esac', "has no venv or no ensurepip"),
    ],
)
def test_machine_that_lacks_something(tmp_path: Path, python: str, words: str) -> None:
    for name in ("Makefile", "pyproject.toml", "uv.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "bash").symlink_to(shutil.which("bash"))
    for name in ("python3.11", "python3"):
        (tools / name).write_text(f"#!{shutil.which('bash')}\n{python}\n", encoding="utf-8")
        (tools / name).chmod(0o755)
    result = make(tmp_path, "run", path=str(tools))
    assert result.returncode != 0
    assert words in result.stderr
    assert not (tmp_path / ".uv").exists()


def test_ci_runs_the_tests() -> None:
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert "set -eu" in script
    assert "\nmake test\n" in script
    assert os.access(ROOT / ".ci/run", os.X_OK)
