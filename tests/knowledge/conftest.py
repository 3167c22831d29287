"""The made-up knowledge base, as files to alter and as values."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

MADE_UP = Path(__file__).parent / "made_up"


@pytest.fixture
def made_up(tmp_path: Path) -> Path:
    """Return a folder with a copy of the made-up document, knowledge file and lock, free to be altered."""
    folder = tmp_path / "made_up"
    shutil.copytree(MADE_UP, folder)
    return folder
