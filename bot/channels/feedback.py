"""What a curator learns from: users' marks for answers, and the questions that were not answered or not surely.

Kept in a SQLite file, apart from conversations. A remark passes de-identification. Of a question, which nobody asked to
have kept, only words stay that the project's own files use, so that a name that de-identification missed stays out too.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import secrets
import sqlite3
import time
from collections.abc import Iterable, Mapping
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sql

from bot.channels import MODEL_VARIABLE
from bot.channels.sqlite import open_sqlite
from bot.knowledge.loading import KNOWLEDGE_FOLDER, load

DATABASE_VARIABLE = "BOT_FEEDBACK_DB"
KEEP_VARIABLE = "BOT_KEEP_QUESTIONS"
"""Environment variable: `no` keeps no questions; marks are kept all the same."""

DATABASE = Path("var") / "feedback.db"
MARKS = ("useful", "wrong", "incomplete")
KEEPS_REMARKS = True
UNSURE = 0.7
"""An answer of less confidence is unsure."""

UNKNOWN = "…"
"""Stands for what is left out of a question."""

logger = logging.getLogger(__name__)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_TOKEN = re.compile(r"[^\W_]+(?:['’.,][^\W_]+)*")

_tables = sql.MetaData()
_answer = ("kind", "intent", "topics", "facts", "knowledge", "model")
FEEDBACK = sql.Table(
    "feedback", _tables, sql.Column("at", sql.Float), *(sql.Column(name, sql.Text) for name in
    ("sender", "mark", "remark", *_answer)),
)  # fmt: skip
QUESTIONS = sql.Table(
    "questions", _tables, sql.Column("at", sql.Float), sql.Column("confidence", sql.Float),
    *(sql.Column(name, sql.Text) for name in ("question", *_answer)),
)  # fmt: skip
_SECRET = sql.Table("secret", _tables, sql.Column("key", sql.Text))


def database() -> Path:
    """Return the path of the database: ``BOT_FEEDBACK_DB``, or ``var/feedback.db`` where the bot was started."""
    return Path(os.environ.get(DATABASE_VARIABLE) or DATABASE)


def record(sender: str, answer: Mapping[str, Any], mark: str, remark: str = "", model: str = "") -> None:
    """Keep a mark.

    Args:
        sender: id of the conversation; a keyed digest of it is kept, to tell many users from one.
        answer: the answer marked, as ``custom`` of the contract has it.
        mark: one of `MARKS`.
        remark: words of the user; what could name a person is taken out.
        model: id of the model that read the question; by default that of ``BOT_MODEL``.

    Raises:
        ValueError: the mark is none of these.
        OSError: the folder cannot be made.
        sqlite3.Error: the database cannot be written.
    """
    if remark:
        # Here, since the action server, which has no remarks, should not wait for it.
        from bot.channels.deidentify import deidentify

        remark = deidentify(remark)[0]
    _insert_mark(sender, answer, mark, remark, model)


def record_said(sender: str, answer: Mapping[str, Any], mark: str, text: str, model: str = "") -> bool:
    """Keep a mark that was said in the conversation, with those of its words that are known.

    Args:
        sender: id of the conversation, as for `record`.
        answer: the answer marked.
        mark: one of `MARKS`.
        text: the message, which has passed the guard.
        model: id of the model that read the question.

    Returns:
        Whether it could be kept.
    """
    try:
        _insert_mark(sender, answer, mark, known_words(text), model)
    except (OSError, sqlite3.Error) as error:
        logger.error("a mark could not be kept: %s", type(error).__name__)
        return False
    return True


def note_question(text: str, answer: Mapping[str, Any]) -> None:
    """Keep a question that was not answered or not surely; any other, and any fault, is passed over.

    Args:
        text: the question, which has passed the guard.
        answer: the answer, as ``custom`` of the contract has it.
    """
    kind, confidence = answer["kind"], answer["understood"]["confidence"]
    unanswered = kind in ("out_of_scope", "clarify") or (kind == "answer" and confidence < UNSURE)
    if not unanswered or os.environ.get(KEEP_VARIABLE, "").casefold() == "no":
        return
    row = {"at": time.time(), "question": known_words(text), "confidence": confidence, **_described(answer, "")}
    try:
        with _engine(database()).begin() as connection:
            connection.execute(QUESTIONS.insert(), row)
    except (OSError, sql.exc.SQLAlchemyError) as error:
        logger.error("a question could not be kept: %s", type(error).__name__)


def rows(table: sql.Table) -> list[dict[str, Any]]:
    """Return what is kept in a table, the oldest first; nothing where there is no database.

    Raises:
        sqlite3.Error: the file is no database of marks.
    """
    if not database().is_file():
        return []
    with closing(sqlite3.connect(f"file:{database()}?mode=ro", uri=True, timeout=5)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"select * from {table.name} order by at")]


def known_words(text: str) -> str:
    """Return a text with the words that the project's own files use, and a sign for each run of others.

    A word with a capital inside a sentence stays only if it belongs to a topic: it may be a name.
    """

    def shown(match: re.Match[str]) -> str:
        word = match[0].casefold().replace("’", "'")
        named = match[0].istitle() and len(word) > 1 and not re.fullmatch(r"\W*|.*[.?!]\s*", text[: match.start()])
        return match[0] if word in _own_words()[bool(named)] else UNKNOWN

    return re.sub(rf"{UNKNOWN}(?:[\s,.]*{UNKNOWN})*", UNKNOWN, _TOKEN.sub(shown, text)).strip()


@cache
def _own_words() -> tuple[frozenset[str], frozenset[str]]:
    """Return the words of the training examples and the knowledge base, less first names; and those of topics only."""
    knowledge = load()
    topics = [word for topic in knowledge.topics for word in (topic.name, *topic.words)]
    topics += [word for matter in knowledge.not_held for word in (matter.name, *matter.words)]
    texts = [path.read_text(encoding="utf-8") for path in sorted((KNOWLEDGE_FOLDER.parent / "nlu").glob("*.yml"))]
    texts += [line for fact in knowledge.facts for line in (fact.statement, fact.question)]
    lines = (Path(__file__).parent / "first_names.txt").read_text(encoding="utf-8").casefold().splitlines()
    names = {name for line in lines if not line.startswith("#") for name in line.split()}
    of_topics = _words(word.casefold() for word in topics)
    return frozenset((_words(texts) | of_topics) - names), frozenset(of_topics - names)


def _words(texts: Iterable[str]) -> set[str]:
    """Return words in small letters; one that is only ever written with a capital ("Jones") is left out."""
    found = {word for text in texts for word in _WORD.findall(text.replace("’", "'"))}
    return {word.casefold() for word in found if not word.istitle() or len(word) == 1}


def _insert_mark(sender: str, answer: Mapping[str, Any], mark: str, remark: str, model: str) -> None:
    if mark not in MARKS:
        raise ValueError(f"`{mark}` is no mark; use one of {', '.join(MARKS)}")
    try:
        with _engine(database()).begin() as connection:
            row = {"at": time.time(), "sender": _digest(connection, sender), "mark": mark, "remark": remark}
            connection.execute(FEEDBACK.insert(), {**row, **_described(answer, model)})
    except sql.exc.SQLAlchemyError as error:
        raise sqlite3.OperationalError(f"the database of marks cannot be written ({type(error).__name__})") from error


def _described(answer: Mapping[str, Any], model: str) -> dict[str, str]:
    understood, knowledge = answer["understood"], answer["knowledge"]
    facts = [fact["id"] for fact in (*answer["facts"], *answer.get("pitfalls", ()))]
    return {
        "kind": answer["kind"],
        "intent": understood["intent"],
        "topics": json.dumps(understood["topics"]),
        "facts": json.dumps(facts),
        "knowledge": f"{knowledge['version']} {knowledge['sha256'][:12]}",
        "model": os.environ.get(MODEL_VARIABLE) or model,
    }


@cache
def _engine(path: Path) -> Any:
    engine = open_sqlite(sql.engine.make_url(f"sqlite:///{path}"))
    _tables.create_all(engine)
    return engine


def _digest(connection: Any, sender: str) -> str:
    """Digest an id with the database's own key: an id may be a phone number, which a plain digest does not hide."""
    key = connection.execute(sql.select(_SECRET.c.key)).scalar()
    if key is None:
        key = secrets.token_hex(32)
        connection.execute(_SECRET.insert(), {"key": key})
    return hashlib.blake2b(sender.encode(), key=bytes.fromhex(key), digest_size=8).hexdigest()
