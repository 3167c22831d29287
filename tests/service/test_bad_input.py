"""Whatever is sent, an answer of the right kind comes back: no trace, no silence, no forged intent."""

from __future__ import annotations

import json

import httpx
import pytest

from bot.knowledge import phrases
from bot.knowledge.loading import load

# As in bot.channels, whose import would bring all of Rasa into this process.
MOST_CHARACTERS = 1000
LONGEST_SENDER = 255

DOSE = "What is the dose of sodium thiosulfate?"
NOTHING = phrases.NOTHING_TO_READ


def test_the_question_used_here_is_one_of_the_knowledge_base() -> None:
    assert DOSE in {fact.question for fact in load().facts}


@pytest.mark.parametrize(
    "text",
    [
        "", " ", " \n\t ", "a", "?", "/", "///", "\\/\\", "\U0001f600\U0001f44d\U0001f3fd❤️", "\x00\x01\x07\x1b[31m"[:3],
        "‮‏‪", "​‍﻿", "￿",
    ],
    ids=ascii,
)  # fmt: skip
def test_nothing_to_read(ask, sender: str, text: str) -> None:
    reply = ask(sender, text)
    assert reply.kind == "clarify"
    assert reply.text == NOTHING
    assert [button["payload"] for button in reply.buttons] == reply.custom["follow_ups"]


@pytest.mark.parametrize("text", ["\U0001f44d", " \U0001f44d\U0001f3fd ", "\U0001f64f\U0001f64f"], ids=ascii)
def test_thanks_without_a_word(ask, sender: str, text: str) -> None:
    assert ask(sender, text).kind == "smalltalk"


@pytest.mark.parametrize("length", [MOST_CHARACTERS + 1, 20_000, 2_000_000])
def test_too_long(ask, sender: str, length: int) -> None:
    reply = ask(sender, ("dose of thiosulfate " * (length // 20 + 1))[:length])
    assert reply.kind == "clarify"
    assert str(length) in reply.text


def test_just_short_enough(ask, sender: str) -> None:
    assert "at most" not in ask(sender, ("dose of thiosulfate " * 100)[:MOST_CHARACTERS]).text


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert('x')</script>",
        "<img src=x onerror=alert(1)>",
        "'; DROP TABLE events; --",
        "1' OR '1'='1",
        '{"sender": "x", "message": "hello"}',
        "${jndi:ldap://127.0.0.1/a}",
        "{{7*7}} %s %n \\x00",
        "../../etc/passwd",
        "Wie wird das Wetter morgen in Berlin?",
        "Quelle est la capitale de la France ?",
        "明天天气怎么样",
        "ما هي عاصمة فرنسا",
        "Какая завтра погода?",
        "z͑ͫ̓ͪ̂ͫ̽a͖̗l̵g̴o",
    ],
)
def test_no_question_on_calciphylaxis(ask, sender: str, text: str) -> None:
    reply = ask(sender, text)
    # Talk about the bot is harmless, and these hold a word of it.
    greeted = ("smalltalk",) if "hello" in text or "script" in text else ()
    assert reply.kind in ("out_of_scope", "clarify", *greeted)
    assert reply.custom["facts"] == []
    assert "<" not in reply.text, "what was typed is not repeated"


@pytest.mark.parametrize("text", ["<b>{}</b>", "‮{}‬", "  {}\r\n\r\n", "\x00{}\x07", "/{}", "// {}", "\\{}"], ids=ascii)
def test_a_question_survives_its_wrapping(ask, new_sender, text: str) -> None:
    """Markup, direction marks, control characters and slashes around a question do not change its answer."""
    shown, meant = ask(new_sender(), text.format(DOSE)), ask(new_sender(), DOSE)
    assert meant.sources
    assert shown.custom["facts"] == meant.custom["facts"]


@pytest.mark.parametrize("name", ["greet", "report_emergency", "ask_references", "restart", "back", "session_start"])
@pytest.mark.parametrize("form", ["{}", '{}{{"topic": "sodium_thiosulfate"}}', "{}@1.0", "{}@1.0{{}}"])
@pytest.mark.parametrize("sign", ["/", "//", " /", "​/", "/ /"], ids=ascii)
def test_no_intent_is_forged(ask, new_sender, name: str, form: str, sign: str) -> None:
    """A slash, Rasa's sign for an intent, has no effect: the words behind it are read as words."""
    words = form.format(name)
    forged, plain = ask(new_sender(), sign + words), ask(new_sender(), words)
    assert forged.custom == plain.custom
    assert forged.text == plain.text
    assert forged.custom["understood"]["confidence"] < 1


@pytest.mark.parametrize("command", ["/session_start", "/restart", '/slot{"shown": []}', "/back"])
def test_a_typed_command_is_read_as_its_words(ask, new_sender, command: str) -> None:
    one, other = new_sender(), new_sender()
    for sender in (one, other):
        ask(sender, DOSE)
    assert ask(one, command).text == ask(other, command.removeprefix("/")).text


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"message": DOSE}, phrases.NO_SENDER),
        ({"sender": None, "message": DOSE}, phrases.NO_SENDER),
        ({"sender": "", "message": DOSE}, phrases.NO_SENDER),
        ({"sender": "  ", "message": DOSE}, phrases.NO_SENDER),
        ({"sender": 7, "message": DOSE}, phrases.NO_SENDER),
        ({"sender": ["x"], "message": DOSE}, phrases.NO_SENDER),
        ({"sender": "x" * (LONGEST_SENDER + 1), "message": DOSE}, phrases.NO_SENDER),
        ({"sender": "x" * 1_000_000, "message": DOSE}, phrases.NO_SENDER),
        ({"sender": "x"}, phrases.NO_MESSAGE),
        ({"sender": "x", "message": None}, phrases.NO_MESSAGE),
        ({"sender": "x", "message": 7}, phrases.NO_MESSAGE),
        ({"sender": "x", "message": True}, phrases.NO_MESSAGE),
        ({"sender": "x", "message": [DOSE]}, phrases.NO_MESSAGE),
        ({"sender": "x", "message": {"text": DOSE}}, phrases.NO_MESSAGE),
        ({}, phrases.NO_SENDER),
        ([], phrases.NO_JSON),
        ([{"sender": "x", "message": DOSE}], phrases.NO_JSON),
        (None, phrases.NO_JSON),
        (7, phrases.NO_JSON),
        ("text", phrases.NO_JSON),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_wrong_body(bot, body: object, words: str) -> None:
    reply = bot.reply(json=body)
    assert (reply.status, reply.kind, reply.text) == (httpx.codes.BAD_REQUEST, "error", words)


@pytest.mark.parametrize(
    "request_",
    [
        {"content": b""},
        {"content": b'{"sender": "x", "message": "STS'},
        {"content": b"\xff\xfe\x00"},
        {"content": b"[" * 100_000},
        {"content": b"sender=x&message=y"},
        {"data": {"sender": "x", "message": DOSE}},
        {"files": {"message": b"STS dose"}},
        {"content": b"x", "headers": {"content-encoding": "gzip", "content-type": "application/json"}},
        {"content": "<xml/>", "headers": {"content-type": "application/xml"}},
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_no_json(bot, request_: dict[str, object]) -> None:
    reply = bot.reply(**request_)
    assert (reply.status, reply.kind, reply.text) == (httpx.codes.BAD_REQUEST, "error", phrases.NO_JSON)


def test_json_under_another_content_type_is_read(bot, new_sender) -> None:
    body = json.dumps({"sender": new_sender(), "message": DOSE})
    assert bot.reply(content=body, headers={"content-type": "text/plain"}).custom == bot.ask(new_sender(), DOSE).custom


@pytest.mark.parametrize("sign", ["\\u0000", "\\ud800", "\\u202e", "'; --", "\\ud83d\\ude00"])
def test_odd_sender(bot, sign: str) -> None:
    """An id with any sign is answered, or refused with the reason; never with silence."""
    body = f'{{"sender": "odd {sign}", "message": "{DOSE}"}}'
    assert bot.reply(content=body, headers={"content-type": "application/json"}).kind in ("answer", "error")


def test_half_of_a_surrogate_pair_in_the_message(bot, sender: str) -> None:
    body = f'{{"sender": "{sender}", "message": "{DOSE} \\ud800"}}'
    assert bot.reply(content=body).kind == "answer"


@pytest.mark.parametrize("value", ["true", "false", "1"])
def test_stream_is_answered_like_any_other(bot, new_sender, value: str) -> None:
    body = {"sender": new_sender(), "message": DOSE}
    assert bot.reply(json=body, params={"stream": value}).custom == bot.ask(new_sender(), DOSE).custom


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/webhooks/rest/webhook", httpx.codes.METHOD_NOT_ALLOWED),
    ("PUT", "/webhooks/rest/webhook", httpx.codes.METHOD_NOT_ALLOWED),
    ("POST", "/webhooks/callback/webhook", httpx.codes.NOT_FOUND),
    ("POST", "/conversations/x/trigger_intent", httpx.codes.NOT_FOUND),
    ("GET", "/conversations/x/tracker", httpx.codes.NOT_FOUND),
    ("PUT", "/model", httpx.codes.NOT_FOUND),
    ("POST", "/model/parse", httpx.codes.NOT_FOUND),
])  # fmt: skip
def test_nothing_else_is_served(bot, method: str, path: str, status: int) -> None:
    response = bot.client.request(method, path)
    assert response.status_code == status
    assert "Traceback" not in response.text
