"""What users think of answers: marks with the facts that were shown, and no word that a user typed."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

DATABASE_VARIABLE = "BOT_FEEDBACK_DB"
DATABASE = Path("var") / "feedback.db"
MARKS = ("good", "bad")
_TABLES = """
create table if not exists secret (key text not null);
create table if not exists feedback (
    at real not null, sender text not null, mark text not null, kind text not null, intent text not null,
    topics text not null, facts text not null, knowledge text not null, model text not null
);
"""


def database() -> Path:
    """Return the path of the database: ``BOT_FEEDBACK_DB``, or ``var/feedback.db`` where the bot was started."""
    return Path(os.environ.get(DATABASE_VARIABLE) or DATABASE)


def record(sender: str, answer: Mapping[str, Any], mark: str, remark: str = "", model: str = "") -> None:
    """Keep a mark.

    Args:
        sender: id of the conversation; a keyed digest of it is kept, to tell many users from one.
        answer: the answer marked, as ``custom`` of the contract has it.
        mark: ``good`` or ``bad``.
        remark: words of the user. They are dropped until they can be de-identified (issue 5).
        model: id of the model that read the question.

    Raises:
        ValueError: the mark is none of these.
        OSError: the folder cannot be made.
        sqlite3.Error: the database cannot be written.
    """
    if mark not in MARKS:
        raise ValueError(f"`{mark}` is no mark; use one of {', '.join(MARKS)}")
    del remark
    understood, knowledge = answer["understood"], answer["knowledge"]
    facts = [fact["id"] for fact in (*answer["facts"], *answer.get("pitfalls", ()))]
    path = database()
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=5)) as connection, connection:
        connection.executescript(_TABLES)
        row = (
            time.time(), _digest(connection, sender), mark, answer["kind"], understood["intent"],
            json.dumps(understood["topics"]), json.dumps(facts),
            f"{knowledge['version']} {knowledge['sha256'][:12]}", model,
        )  # fmt: skip
        connection.execute("insert into feedback values (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def _digest(connection: sqlite3.Connection, sender: str) -> str:
    """Digest an id with the database's own key: an id may be a phone number, which a plain digest does not hide."""
    found = connection.execute("select key from secret").fetchone()
    key = found[0] if found else secrets.token_hex(32)
    if not found:
        connection.execute("insert into secret values (?)", (key,))
    return hashlib.blake2b(sender.encode(), key=bytes.fromhex(key), digest_size=8).hexdigest()
