"""Opens SQLite files, for what the channels keep."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy.event import listen
from sqlalchemy.pool import QueuePool


def open_sqlite(url: Any) -> Any:
    """Return an engine for a SQLite file; its folder is made where there is none.

    The file is opened once and not for every statement, and appends to a log: several times faster, and as safe against
    the end of a process.

    Args:
        url: SQLAlchemy's URL of the file.
    """
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sqlalchemy.create_engine(url, poolclass=QueuePool, connect_args={"check_same_thread": False})
    listen(engine, "connect", _write_ahead)
    return engine


def _write_ahead(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
