"""Reads a knowledge file, or says which line of it is wrong and how to mend it."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from bot.knowledge.model import Knowledge

KNOWLEDGE_FOLDER = Path(__file__).resolve().parents[2] / "data" / "knowledge"
KNOWLEDGE_VARIABLE = "CALCIPHYLAXIS_KNOWLEDGE"


class KnowledgeError(Exception):
    """A knowledge file that cannot be used; the message names file, line and mend."""


def knowledge_file() -> Path:
    """Return the file that the bot answers from: the one in the folder, or the one named.

    Raises:
        KnowledgeError: there is none, or more than one and none is named.
    """
    return _file(os.environ.get(KNOWLEDGE_VARIABLE), KNOWLEDGE_FOLDER)


# Asked a dozen times a message: looking into the folder each time took two milliseconds of an answer.
@lru_cache(maxsize=8)
def _file(named: str | None, folder: Path) -> Path:
    if named:
        return Path(named)
    files = sorted(folder.glob("*.yaml"))
    if len(files) != 1:
        raise KnowledgeError(
            f"{folder}: {len(files)} knowledge files (*.yaml) where one is expected; "
            f"name the one to use in {KNOWLEDGE_VARIABLE}"
        )
    return files[0]


def load() -> Knowledge:
    """Return the knowledge base that the bot answers from, read once a process.

    Raises:
        KnowledgeError: it cannot be used.
    """
    return load_file(knowledge_file())


@lru_cache(maxsize=8)
def load_file(path: Path) -> Knowledge:
    """Read and check one knowledge file.

    Args:
        path: a YAML file of schema ``knowledge/1``.

    Returns:
        the typed knowledge base, with the SHA-256 of the file.

    Raises:
        KnowledgeError: the file is missing, no YAML, or against the schema.
    """
    try:
        content = path.read_bytes()
        text = content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(
            f"{path}: cannot be read ({error}); put a UTF-8 file of schema knowledge/1 there"
        ) from error
    try:
        node = yaml.compose(text, Loader=_Loader)
        data = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or str(error)
        raise KnowledgeError(f"{path}:{line}: not valid YAML: {problem}; mend the line") from error
    if node is None or not isinstance(data, dict):
        raise KnowledgeError(f"{path}:1: no mapping at the top; start with `schema: knowledge/1`")
    try:
        return Knowledge(**{**data, "sha256": hashlib.sha256(content).hexdigest()})
    except ValidationError as error:
        lines = [f"{path}:{_line(node, problem)}: {_wording(problem)}" for problem in error.errors()]
        raise KnowledgeError("\n".join(lines)) from error


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader, except that a key that stands twice in a mapping is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping; raise a YAML error with its line where a key repeats."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key `{key.value}` stands twice; delete one", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _line(node: yaml.Node, problem: Any) -> int:
    """Find the line of a pydantic error by walking its path through the YAML nodes."""
    current: yaml.Node = node
    for step in problem["loc"]:
        if isinstance(current, yaml.MappingNode):
            pairs = {key.value: (key, value) for key, value in current.value}
            if step not in pairs:
                break
            key, current = pairs[step]
            if problem["type"] == "value_error.extra" and step == problem["loc"][-1]:
                return int(key.start_mark.line + 1)
        elif isinstance(current, yaml.SequenceNode) and isinstance(step, int) and step < len(current.value):
            current = current.value[step]
    return _line_of_quoted(current, str(problem["msg"]))


def _line_of_quoted(node: yaml.Node, message: str) -> int:
    """Find the last line below ``node`` that holds the name that the message quotes, or its first."""
    quoted = message.split("`")[1::2]
    found = int(node.start_mark.line + 1)
    if not quoted:
        return found
    stack = [node]
    lines = []
    while stack:
        current = stack.pop()
        if isinstance(current, yaml.ScalarNode):
            if current.value == quoted[-1] or current.value == quoted[0]:
                lines.append((current.value == quoted[-1], current.start_mark.line + 1))
        elif isinstance(current, yaml.MappingNode):
            stack.extend(value for _, value in current.value)
        else:
            stack.extend(current.value)
    return int(max(lines)[1]) if lines else found


def _wording(problem: Any) -> str:
    """Put a pydantic error into a sentence that tells the mend."""
    where = ".".join(str(step) for step in problem["loc"] if step != "__root__")
    if problem["type"] == "value_error.extra":
        return f"unknown key `{where}`; delete it or mend its name"
    if problem["type"] == "value_error.missing":
        return f"`{where}` is missing; add it"
    return f"`{where}`: {problem['msg']}" if where else str(problem["msg"])
