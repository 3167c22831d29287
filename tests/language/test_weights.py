"""The published weights are used only if they are there and unchanged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.language.weights import PUBLISHED, TOKENIZER_FILE, WeightsError, check_weights, weights_folder


def test_the_installed_weights_are_the_published_ones() -> None:
    check_weights(weights_folder())


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="is missing; reinstall"):
        check_weights(tmp_path)


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    for name in PUBLISHED:
        shutil.copy(weights_folder() / name, tmp_path / name)
    check_weights(tmp_path)
    with (tmp_path / TOKENIZER_FILE).open("ab") as file:
        file.write(b" ")
    with pytest.raises(WeightsError, match="does not have the published SHA-256"):
        check_weights(tmp_path)
