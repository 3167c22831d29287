"""The answer contract over REST, beyond the shape of `custom`: held against knowledge base, lock and text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from pydantic import ValidationError

from bot.knowledge import phrases
from bot.knowledge.document import Source
from bot.knowledge.loading import knowledge_file, load
from bot.knowledge.lock import lock_file, read_lock

Check = Callable[[dict[str, Any]], None]
"""Raises pydantic's ValidationError where `custom` has not the contract's shape; `check_custom` of the conftest."""


def lock() -> Source:
    """Return the lock of the document: its bullets, markers and listed references."""
    return read_lock(lock_file(knowledge_file()))


def split(messages: list[dict[str, Any]]) -> tuple[dict[str, Any], str, list[dict[str, str]]]:
    """Return the one `custom`, the one `text` and the buttons of an answer; an AssertionError where there are more."""
    customs = [message["custom"] for message in messages if "custom" in message]
    texts = [message["text"] for message in messages if "text" in message]
    assert len(customs) == 1, f"{len(customs)} messages carry custom"
    assert len(texts) == 1, f"{len(texts)} messages carry text"
    return customs[0], texts[0], [button for message in messages for button in message.get("buttons") or []]


def problems(messages: list[dict[str, Any]], check_custom: Check) -> list[str]:
    """List what an answer breaks of the contract; empty where it keeps all of it."""
    try:
        custom, text, _ = split(messages)
        check_custom(custom)
    except (AssertionError, ValidationError) as error:
        return [str(error)]
    return [problem for check in CHECKS for problem in check(custom, text)]


def _as_in_the_knowledge_base(custom: dict[str, Any], text: str) -> Iterator[str]:
    knowledge, markers = load(), {bullet.locator: list(bullet.markers) for bullet in lock().bullets}
    for shown in (*custom["facts"], *custom["pitfalls"]):
        fact = knowledge.fact_by_id.get(shown["id"])
        if fact is None or (fact.statement, fact.certainty.value) != (shown["statement"], shown["certainty"]):
            yield f"{shown['id']} is not as in the knowledge base"
        if shown["source"] not in markers or (fact and fact.locator != shown["source"]):
            yield f"{shown['source']} is not the bullet of {shown['id']}"
        elif shown["citations"] != markers[shown["source"]]:
            yield f"the citations of {shown['id']} are not those of its bullet"
        if shown["statement"] not in text:
            yield f"the text does not hold the statement of {shown['id']}"


def _references(custom: dict[str, Any], text: str) -> Iterator[str]:
    titles = [reference.title for reference in lock().references]
    cited = {marker for fact in (*custom["facts"], *custom["pitfalls"]) for marker in fact["citations"]}
    resolved = [reference["marker"] for reference in custom["references"]]
    if resolved != sorted(set(resolved)) or not cited <= set(resolved) or (cited and cited != set(resolved)):
        yield f"markers {sorted(cited)} are cited, {resolved} are resolved"
    for reference in custom["references"]:
        listed = 1 <= reference["marker"] <= len(titles)
        title = titles[reference["marker"] - 1] if listed else None
        match = "by_position" if listed else "unlisted"
        if (reference["listed"], reference["title"], reference["match"]) != (listed, title, match):
            yield f"marker {reference['marker']} is resolved to what the document does not list in that place"
        if not listed and phrases.UNLISTED.partition(":")[2].strip() not in text:
            yield f"the text does not say that marker {reference['marker']} has no reference"


def _document(custom: dict[str, Any], text: str) -> Iterator[str]:
    knowledge = load()
    document, shown = knowledge.document, custom["document"]
    for name in ("title", "review_status", "disclaimer"):
        if shown[name] != getattr(document, name):
            yield f"document.{name} is not the document's"
    if shown["updated"] != document.updated.isoformat():
        yield "document.updated is not the document's ISO date"
    if custom["facts"] and (document.review_status not in text or document.updated.isoformat() not in text):
        yield "the text does not say how current and how reviewed the document is"
    if custom["knowledge"] != {"version": knowledge.version, "sha256": knowledge.sha256}:
        yield "the answer is from another knowledge base"


def _understood(custom: dict[str, Any], text: str) -> Iterator[str]:
    understood, topics = custom["understood"], load().topic_by_id
    for topic in (*understood["topics"], *understood["assumed"]):
        if topic not in topics:
            yield f"{topic} is no topic"
    if not set(understood["assumed"]) <= set(understood["topics"]):
        yield "a topic is assumed that was not used"


def _tensions(custom: dict[str, Any], text: str) -> Iterator[str]:
    """A half that only warns needs no other half; one that is part of the answer does."""
    facts = {fact["id"] for fact in custom["facts"]}
    shown = facts | {fact["id"] for fact in custom["pitfalls"]}
    for tension in load().tensions:
        if facts & set(tension.facts) and not set(tension.facts) <= shown:
            yield f"one half of a tension alone: {tension.facts}"


def _text(custom: dict[str, Any], text: str) -> Iterator[str]:
    if not text.strip() or any(not line.strip() for line in text.split("\n")):
        yield "the text has a blank line, or is one"
    if custom["kind"] == "urgent" and not text.startswith(phrases.URGENT):
        yield "an urgent answer does not start with the emergency pathway"


CHECKS: tuple[Callable[[dict[str, Any], str], Iterator[str]], ...] = (
    _as_in_the_knowledge_base, _references, _document, _understood, _tensions, _text,
)  # fmt: skip
