"""Reads and writes a document's lock file, and tells what two states of a document differ in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import ValidationError

from bot.knowledge.document import Bullet, Source
from bot.knowledge.loading import KnowledgeError
from bot.knowledge.model import Fact, Knowledge

_IMPORT = "run `python -m bot knowledge import DOCUMENT`"


class Change(NamedTuple):
    """What became of one bullet.

    Attributes:
        kind: what happened to it.
        locator: where it stands now; for one that is gone, where it stood.
        was: where it stood, for one that moved.
    """

    kind: Literal["new", "gone", "changed", "moved"]
    locator: str
    was: str | None = None

    def __str__(self) -> str:
        """Name the change in a line."""
        return f"{self.kind}: {self.was} -> {self.locator}" if self.was else f"{self.kind}: {self.locator}"


def lock_file(knowledge_file: Path) -> Path:
    """Return where the lock of a knowledge file stands: beside it."""
    return knowledge_file.with_suffix(".lock.json")


def write_lock(path: Path, source: Source) -> None:
    """Write a lock file.

    Raises:
        KnowledgeError: it cannot be written there.
    """
    content = json.loads(source.json(exclude_none=True))
    try:
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise KnowledgeError(f"{path}: cannot be written ({error}); make its folder, or name another file") from error


def read_lock(path: Path) -> Source:
    """Read a lock file.

    Raises:
        KnowledgeError: it is missing, no JSON, or of another form; names the mend.
    """
    try:
        return Source(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(f"{path}: no lock file can be read ({error}); {_IMPORT}") from error
    except json.JSONDecodeError as error:
        raise KnowledgeError(f"{path}:{error.lineno}: not valid JSON: {error.msg}; {_IMPORT}") from error
    except (ValidationError, TypeError) as error:
        raise KnowledgeError(f"{path}: not a lock file ({error}); {_IMPORT}") from error


def compare(old: Source, new: Source) -> list[Change]:
    """Tell what became of the bullets, matched by digest first and then by locator.

    Args:
        old: the document as it was.
        new: the document as it is.

    Returns:
        the changes, in the order of the new document, then what is gone.
    """
    left = [bullet for bullet in old.bullets if not _stands(bullet, new)]
    found: dict[str, Change] = {}
    unmatched = [bullet for bullet in new.bullets if not _stands(bullet, old)]
    for bullet in list(unmatched):
        twin = next((other for other in left if other.sha256 == bullet.sha256), None)
        if twin:
            found[bullet.locator] = Change("moved", bullet.locator, twin.locator)
            left.remove(twin)
            unmatched.remove(bullet)
    for bullet in unmatched:
        twin = next((other for other in left if other.locator == bullet.locator), None)
        found[bullet.locator] = Change("changed" if twin else "new", bullet.locator)
        if twin:
            left.remove(twin)
    in_order = [found[bullet.locator] for bullet in new.bullets if bullet.locator in found]
    return in_order + [Change("gone", bullet.locator) for bullet in left]


def is_stale(knowledge: Knowledge, fact: Fact, source: Source) -> bool:
    """Tell whether a fact was written from another text than its bullet now has, or its bullet is gone."""
    bullet = source.bullet(fact.locator)
    return bullet is None or knowledge.written_from.get(fact.locator) != bullet.digest


def _stands(bullet: Bullet, source: Source) -> bool:
    """Tell whether a bullet stands in a document with the same text in the same place."""
    other = source.bullet(bullet.locator)
    return other is not None and other.sha256 == bullet.sha256
