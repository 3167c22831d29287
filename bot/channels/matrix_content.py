"""Matrix events as text, and answers as Matrix events. Nothing here calls anybody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import unquote

from bot.channels.matrix_settings import localpart_of
from bot.knowledge import phrases
from bot.knowledge.answer import Kind

Content = dict[str, Any]
Event = dict[str, Any]

KEY = "cited-assistant.answer"
"""Key of the bot's own part of its messages: which event they answer, and the questions that they offer."""

_BULLET, _WARNING = "• ", "⚠ "
_STANDING = tuple(
    phrase.partition("{")[0] for phrase in (phrases.CERTAINTY_LINE, phrases.SOURCES_LINE, phrases.STATUS_LINE)
)
_NUMBER = re.compile(r"\W*([1-9])\W*")


@dataclass(frozen=True)
class Name:
    """How the bot is called.

    Attributes:
        user: its Matrix id.
        shown: its display name.
    """

    user: str
    shown: str


def dictionary(value: Any) -> dict[str, Any]:
    """Return a value that should be an object, or an empty one: events hold what their senders like."""
    return value if isinstance(value, dict) else {}


def content_of(event: Event) -> Content:
    """Return an event's content."""
    return dictionary(event.get("content"))


def relation(content: Content) -> dict[str, Any]:
    """Return what an event says of its relation to others."""
    return dictionary(content.get("m.relates_to"))


def edited_event(content: Content) -> str | None:
    """Return the event that this one is an edit of."""
    related = relation(content)
    return _text(related.get("event_id")) if related.get("rel_type") == "m.replace" else None


def can_be_root(content: Content) -> bool:
    """Tell whether a thread may hang on an event; on one that is related to another in a typed way none may."""
    return "rel_type" not in relation(content)


def thread_root(content: Content) -> str | None:
    """Return the event that the thread hangs on in which this one stands."""
    related = relation(content)
    return _text(related.get("event_id")) if related.get("rel_type") == "m.thread" else None


def replied_event(content: Content) -> str | None:
    """Return the event that this one is a reply to; not one that clients name for old clients' sake only."""
    related = relation(content)
    if related.get("rel_type") == "m.thread" and related.get("is_falling_back"):
        return None
    return _text(dictionary(related.get("m.in_reply_to")).get("event_id"))


def latest_content(event: Event) -> Content:
    """Return an event's content as its last edit has left it."""
    relations = dictionary(dictionary(event.get("unsigned")).get("m.relations"))
    edit = content_of(dictionary(relations.get("m.replace")))
    return dictionary(edit.get("m.new_content")) or content_of(event)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def mentions(content: Content, bot: Name) -> bool:
    """Tell whether a message addresses the bot.

    Clients of today say so in ``m.mentions``, and then only that counts. Of others, a link to the bot, its Matrix id
    anywhere, or its name as a form of address at the start.
    """
    if isinstance(content.get("m.mentions"), dict):
        named = content["m.mentions"].get("user_ids")
        return isinstance(named, list) and bot.user in named
    body = _text(content.get("body")) or ""
    html = unquote(_text(content.get("formatted_body")) or "")
    # Not the start of a longer id: @bot:example.org is not @bot:example.organ.
    named_in_full = re.compile(re.escape(bot.user) + r"(?![\w-]|[.:]\w)")
    linked = any(named_in_full.match(link) for link in html.split("matrix.to/#/")[1:])
    return linked or bool(named_in_full.search(body) or _address(bot).match(body))


def _address(bot: Name) -> re.Pattern[str]:
    """Match "name:", "name," and "@name" at the start; a bare name might be the first word of a sentence."""
    names = "|".join(re.escape(name) for name in (bot.shown, localpart_of(bot.user)))
    return re.compile(rf"\A\s*(?:@(?:{names})\b\s*[:,]?|(?:{names})\s*[:,])\s*", re.IGNORECASE)


def spoken(content: Content, bot: Name) -> str:
    """Return what a message says, without the quotation of what it replies to and without the bot's name."""
    body = _text(content.get("body")) or ""
    if "m.in_reply_to" in relation(content) and body.startswith("> "):
        lines = body.split("\n")
        quoted = next((place for place, line in enumerate(lines) if not line.startswith(">")), len(lines))
        body = "\n".join(lines[quoted:])
    named = rf"@?{re.escape(bot.user.removeprefix('@'))}"
    if mentions(content, bot):
        # A pill's text is the display name, with no sign behind it.
        named += rf"|@?{re.escape(bot.shown)}"
    without = re.sub(rf"(?:{named})\s*[:,]?", " ", body, flags=re.IGNORECASE)
    without = _address(bot).sub("", without, count=1)
    return without.strip()


def number(text: str) -> int | None:
    """Return the number that a message consists of, or None."""
    match = _NUMBER.fullmatch(text)
    return int(match[1]) if match else None


def offered(before: Iterable[Event], root: str | None, reply_to: str | None) -> list[str]:
    """Return the questions that the bot offered last, where the conversation now stands.

    Args:
        before: the bot's own messages, latest first.
        root: thread that the conversation is in, or None.
        reply_to: a message of the bot's that is replied to, or None.
    """
    for event in before:
        content = content_of(event)
        if KEY not in content or edited_event(content):
            continue
        if event.get("event_id") == reply_to or (not reply_to and thread_root(content) == root):
            questions = dictionary(latest_content(event).get(KEY)).get("follow_ups")
            return [str(question) for question in questions] if isinstance(questions, list) else []
    return []


def answer_to(after: Iterable[Event], question: str) -> str | None:
    """Return the bot's answer to an event among its messages after it."""
    for event in after:
        content = content_of(event)
        if not edited_event(content) and dictionary(content.get(KEY)).get("to") == question:
            return _text(event.get("event_id"))
    return None


def message(messages: Sequence[dict[str, Any]], question: str) -> Content:
    """Draw an answer as the content of one message.

    Args:
        messages: the answer in the form of the contract: one message with `text`, one with `custom`.
        question: the event that it answers.
    """
    text = next((part["text"] for part in messages if part.get("text")), phrases.ERROR)
    custom: dict[str, Any] = next((part["custom"] for part in messages if part.get("custom")), {})
    follow_ups = custom.get("follow_ups", [])
    numbered = [f"{place}. {follow_up}" for place, follow_up in enumerate(follow_ups, start=1)]
    body = "\n".join([text, *([phrases.REPLY_WITH_NUMBER, *numbered] if numbered else [])])
    html = _html(text.split("\n"), follow_ups, urgent=custom.get("kind") == Kind.URGENT)
    return {**_notice(body, html), KEY: {"to": question, "follow_ups": follow_ups}}


def plain(text: str, question: str) -> Content:
    """Return the content of a message that is one fixed phrase, to an event that is no question."""
    return {**_phrase(text), KEY: {"to": question, "follow_ups": []}}


def asks_to_wait(messages: Sequence[dict[str, Any]]) -> bool:
    """Tell whether an answer only says that there were too many messages."""
    return any(part.get("text", "").startswith(phrases.TOO_MANY.partition("{")[0]) for part in messages)


def _phrase(text: str) -> Content:
    return _notice(text, f"<p>{escape(text, quote=False)}</p>")


def _notice(body: str, html: str) -> Content:
    """Return the content of a message of a bot: a notice, which no other bot may answer; and it rings nobody."""
    return {
        "msgtype": "m.notice",
        "body": body,
        "format": "org.matrix.custom.html",
        "formatted_body": html,
        "m.mentions": {},
    }


def _html(lines: Sequence[str], follow_ups: Sequence[str], urgent: bool) -> str:
    """Draw the lines of an answer: facts as a list, warnings in bold, what it stands on in italics."""
    parts: list[str] = []
    for place, line in enumerate(lines):
        shown = escape(line.removeprefix(_BULLET), quote=False)
        if line.startswith(_BULLET):
            if place == 0 or not lines[place - 1].startswith(_BULLET):
                parts.append("<ul>")
            parts.append(f"<li>{shown}</li>")
            if place == len(lines) - 1 or not lines[place + 1].startswith(_BULLET):
                parts.append("</ul>")
        elif line.startswith(_WARNING) or (urgent and place == 0):
            parts.append(f"<p><strong>{shown}</strong></p>")
        elif line.startswith(_STANDING):
            parts.append(f"<p><em>{shown}</em></p>")
        else:
            parts.append(f"<p>{shown}</p>")
    if follow_ups:
        parts.append(f"<p>{escape(phrases.REPLY_WITH_NUMBER, quote=False)}</p><ol>")
        parts += [f"<li>{escape(follow_up, quote=False)}</li>" for follow_up in follow_ups]
        parts.append("</ol>")
    return "".join(parts)


def in_thread(content: Content, root: str, question: str) -> Content:
    """Put a message into a thread, as a reply to the question; clients need not quote the one it hangs on."""
    related = {
        "rel_type": "m.thread",
        "event_id": root,
        "is_falling_back": root == question,
        "m.in_reply_to": {"event_id": question},
    }
    return {**content, "m.relates_to": related}


def as_edit(content: Content, earlier: str) -> Content:
    """Make a message the edit of an earlier one; its fallback is marked with a star, as the specification has it."""
    new = {key: value for key, value in content.items() if key != "m.relates_to"}
    return {
        **content,
        "body": f"* {content['body']}",
        "formatted_body": f"* {content['formatted_body']}",
        "m.new_content": new,
        "m.relates_to": {"rel_type": "m.replace", "event_id": earlier},
    }
