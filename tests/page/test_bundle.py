"""The committed script is the one that its sources make; no Node is needed to see it."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

BUNDLE = Path("bot/channels/page/assistant.js")


def digest_of_sources(web: Path) -> str:
    """Digest the sources as web/build.mjs does."""
    names = [
        "build.mjs",
        "package-lock.json",
        "package.json",
        *(f"src/{path.name}" for path in (web / "src").iterdir()),
    ]
    digest = hashlib.sha256()
    for name in sorted(names):
        content = (web / name).read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


@pytest.fixture
def bundle(root: Path) -> str:
    return (root / BUNDLE).read_text(encoding="utf-8")


def test_the_bundle_is_of_these_sources(root: Path, bundle: str) -> None:
    recorded = re.search(r"sources sha256 ([0-9a-f]{64})", bundle.splitlines()[0])
    assert recorded is not None
    assert recorded[1] == digest_of_sources(root / "web"), "run `npm ci && npm run build` in web/ and commit the script"


def test_a_changed_source_would_be_noticed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    for path in [*(root / "web" / "src").iterdir(), *(root / "web" / name for name in ("build.mjs", "package.json"))]:
        (tmp_path / path.relative_to(root / "web")).write_bytes(path.read_bytes())
    (tmp_path / "package-lock.json").write_bytes((root / "web" / "package-lock.json").read_bytes())
    assert digest_of_sources(tmp_path) == digest_of_sources(root / "web")
    with (tmp_path / "src" / "words.js").open("a") as file:
        file.write("\n")
    assert digest_of_sources(tmp_path) != digest_of_sources(root / "web")


def test_it_bears_the_licence_of_what_it_holds(bundle: str) -> None:
    assert "BSD 3-Clause" in bundle[:2000]
    assert "Google LLC" in bundle[:2000]


def test_no_answer_becomes_html_and_no_medical_claim_stands_in_it(root: Path) -> None:
    sources = {path.name: path.read_text(encoding="utf-8") for path in (root / "web" / "src").iterdir()}
    assert len(sources) > 5
    for name, text in sources.items():
        for way in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "unsafeHTML",
            "unsafeSVG",
            "document.write",
            "eval(",
        ):
            assert way not in text, f"{name}: {way}"
        for word in ("thiosulfate", "warfarin", "apixaban", "biopsy"):
            assert word not in text.lower(), f"{name}: {word}"
