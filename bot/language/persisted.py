"""Opening what a trained component has kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage


@contextmanager
def persisted(storage: ModelStorage, resource: Resource) -> Iterator[Path | None]:
    """Give the folder that a component was persisted in, while it is open; None where nothing was persisted."""
    with ExitStack() as stack:
        folder: Path | None
        try:
            # Only of the opening is a ValueError an untrained component; of the reading it is a damaged file.
            folder = stack.enter_context(storage.read_from(resource))
        except ValueError:
            folder = None
        yield folder
