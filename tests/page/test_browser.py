"""A machine without Chromium: it is installed, or the tests say in one line what to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import browser
from tests.browser import NoBrowserError, find_chromium


@pytest.fixture
def apt_get(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An `apt-get` to be written, and nothing else on the path."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return tmp_path / "apt-get"


def write(program: Path, script: str) -> None:
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_what_is_there_is_taken(apt_get: Path) -> None:
    write(apt_get.parent / "chromium-browser", "exit 1")
    assert find_chromium() == str(apt_get.parent / "chromium-browser")


def test_root_installs_it(apt_get: Path) -> None:
    said = apt_get.parent / "said"
    write(apt_get, f'echo "$@" >> {said}; case "$*" in *install*) /bin/cp "$0" {apt_get.parent}/chromium;; esac')
    assert find_chromium() == str(apt_get.parent / "chromium")
    update, install = said.read_text().splitlines()
    assert "update" in update
    assert " chromium" in install


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("echo 'W: slow' >&2; echo 'E: no network' >&2; exit 100", "E: no network"),
        ("exit 100", "no reason given"),
        ("exit 0", "none of chromium"),
    ],
)
def test_what_went_wrong_is_said(apt_get: Path, script: str, says: str) -> None:
    write(apt_get, script)
    with pytest.raises(NoBrowserError, match=says) as error:
        find_chromium()
    assert browser.HOW_TO_INSTALL in str(error.value)


def test_without_root_nothing_is_installed(apt_get: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(apt_get, "exit 0")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(NoBrowserError, match="no Chromium on this machine"):
        find_chromium()
