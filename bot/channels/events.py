"""Which events of a messenger were answered, so that a repeated one is not answered twice: over restarts too."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from enum import Enum, auto
from typing import Any

import sqlalchemy as sql
from sqlalchemy.exc import IntegrityError

from bot.channels.sqlite import open_sqlite

LEASE_SECONDS = 10.0
"""How long an event that was taken is left to whoever took it. An answer takes 20 ms, and 2 s where actions hang."""

KEPT_SECONDS = 7 * 86400.0
"""How long an event is remembered. Slack repeats for an hour, Matrix after a restart."""

_CLEANED_EVERY = 3600.0

_TABLE = sql.Table(
    "events",
    sql.MetaData(),
    sql.Column("digest", sql.String(64), primary_key=True),
    sql.Column("taken", sql.Float, nullable=False, index=True),
    sql.Column("done", sql.Boolean, nullable=False),
)


class Standing(Enum):
    """What became of an event so far."""

    NEW = auto()
    """Nobody has it, or who had it is gone: it is the caller's now."""
    IN_WORK = auto()
    DONE = auto()


class EventLog:
    """Remembers events by a digest of channel and id; nothing else of them is stored.

    An event is taken before its answer is made and done after it was delivered. One that was taken and not done within
    `LEASE_SECONDS` was lost in a crash: who asks for it next gets it.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.time) -> None:
        """Open the store, and make it where there is none.

        Args:
            url: SQLAlchemy's name of a database, such as ``sqlite:///var/events.db``.
            clock: seconds since 1970.
        """
        self._clock = clock
        self._cleaned = 0.0
        database = sql.engine.make_url(url)
        sqlite = database.get_backend_name() == "sqlite"
        self._engine = open_sqlite(database) if sqlite else sql.create_engine(database)
        _TABLE.metadata.create_all(self._engine)

    def take(self, channel: str, event_id: str) -> Standing:
        """Take an event, if it is to be had.

        Args:
            channel: name of the channel, in which the id is one of a kind.
            event_id: the messenger's own id of the event.
        """
        now, digest = self._clock(), _digest(channel, event_id)
        self._clean(now)
        try:
            with self._engine.begin() as connection:
                connection.execute(_TABLE.insert(), {"digest": digest, "taken": now, "done": False})
        except IntegrityError:
            return self._take_again(digest, now)
        return Standing.NEW

    def _take_again(self, digest: str, now: float) -> Standing:
        mine = _TABLE.c.digest == digest
        lost = sql.and_(mine, _TABLE.c.done.is_(False), _TABLE.c.taken <= now - LEASE_SECONDS)
        with self._engine.begin() as connection:
            if connection.execute(_TABLE.update().where(lost).values(taken=now)).rowcount:
                return Standing.NEW
            done = connection.execute(sql.select(_TABLE.c.done).where(mine)).scalar()
        return Standing.DONE if done else Standing.IN_WORK

    def done(self, channel: str, event_id: str) -> None:
        """Note that an event was answered."""
        self._execute(_TABLE.update().where(_TABLE.c.digest == _digest(channel, event_id)).values(done=True))

    def release(self, channel: str, event_id: str) -> None:
        """Give an event back whose answer could not be delivered."""
        self._execute(_TABLE.delete().where(_TABLE.c.digest == _digest(channel, event_id)))

    def _clean(self, now: float) -> None:
        if now - self._cleaned > _CLEANED_EVERY:
            self._cleaned = now
            self._execute(_TABLE.delete().where(_TABLE.c.taken < now - KEPT_SECONDS))

    def _execute(self, statement: Any) -> None:
        with self._engine.begin() as connection:
            connection.execute(statement)


def _digest(channel: str, event_id: str) -> str:
    return hashlib.sha256(f"{channel}\0{event_id}".encode(errors="surrogatepass")).hexdigest()
