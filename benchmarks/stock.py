"""The bot that `rasa init` would have made of this project's data: its pipeline and policies, our examples."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path("build") / "bench" / "stock"
"""Where the stock project is written, relative to the project's root."""

_COPIED = ("domain.yml", "data/nlu", "data/stories")
_RULES = Path("data") / "stories" / "rules.yml"


def configuration(epochs: int) -> dict[str, Any]:
    """Return what Rasa 3.6 uses where a new project names no pipeline and no policies.

    Args:
        epochs: passes over the data of each neural component; Rasa's default is 100.

    Returns:
        The content of its config.yml. One component is added, which only hands topics and ranking on to the actions.
    """
    neural = {"epochs": epochs, "constrain_similarities": True}
    return {
        "recipe": "default.v1",
        "assistant_id": "stock",
        "language": "en",
        "pipeline": [
            {"name": "WhitespaceTokenizer"},
            {"name": "RegexFeaturizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            {"name": "CountVectorsFeaturizer"},
            {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
            {"name": "DIETClassifier", **neural},
            {"name": "EntitySynonymMapper"},
            {"name": "ResponseSelector", **neural},
            {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
            {"name": "benchmarks.stock_component.AskedFromRanking"},
        ],
        "policies": [
            {"name": "MemoizationPolicy"},
            {"name": "RulePolicy"},
            {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": epochs},
            {"name": "TEDPolicy", "max_history": 5, **neural},
        ],
    }


def fingerprint(root: Path, epochs: int) -> str:
    """Digest what decides the stock model.

    Args:
        root: The project's root.
        epochs: As for `configuration`.

    Returns:
        The first twelve digits of a SHA-256, in hexadecimal.
    """
    digest = hashlib.sha256(yaml.safe_dump(configuration(epochs)).encode())
    for name in _COPIED:
        path = root / name
        for file in sorted(path.rglob("*.yml")) if path.is_dir() else [path]:
            digest.update(f"{file.relative_to(root).as_posix()}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def write_project(root: Path, epochs: int, actions_port: int) -> Path:
    """Write the stock project: what `rasa init` writes, with this project's domain, examples and rules.

    A new project has stories, which the policies that learn need; each rule serves once more as one.

    Args:
        root: The project's root.
        epochs: As for `configuration`.
        actions_port: Where its action server listens, on loopback.

    Returns:
        The folder of the stock project.
    """
    folder = root / FOLDER
    shutil.rmtree(folder / "data", ignore_errors=True)
    for name in _COPIED:
        source, target = root / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
    rules = yaml.safe_load((root / _RULES).read_text(encoding="utf-8"))["rules"]
    stories = [{"story": rule["rule"], "steps": rule["steps"]} for rule in rules]
    _write(folder / "data" / "stories.yml", {"version": "3.1", "stories": stories})
    _write(folder / "config.yml", configuration(epochs))
    _write(folder / "endpoints.yml", {"action_endpoint": {"url": f"http://127.0.0.1:{actions_port}/webhook"}})
    _write(folder / "credentials.yml", {"rest": None})
    return folder


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
