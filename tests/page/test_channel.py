"""The channel of the page over HTTP, without a browser and without Rasa behind it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage, register
from rasa.core.run import configure_app
from rasa.shared.exceptions import InvalidConfigException
from sanic import Sanic
from sqlalchemy.exc import SQLAlchemyError

from bot.channels import feedback, guard
from bot.channels.guard import messages_of
from bot.channels.page import channel
from bot.channels.page.channel import PageInput
from bot.channels.page.marks import Answers
from bot.channels.page.policy import ORIGINS_VARIABLE, allowed_origins, security_headers
from bot.channels.page.words import drawable, words
from bot.channels.rest import GuardedRest
from bot.knowledge import phrases
from bot.knowledge.answer import Answer, Kind, Understood
from bot.knowledge.answering import fault
from bot.knowledge.loading import load

MESSAGES = "/webhooks/page/messages"
FEEDBACK = "/webhooks/page/feedback"
SETTINGS = "/webhooks/page/settings"
SENDER, ANSWER = "0f" * 16, "123e4567-e89b-12d3-a456-426614174000"
BODY = {"sender": SENDER, "message": "how much thiosulfate", "answer": ANSWER}
HOSPITAL = "https://portal.hospital.example"
TOKEN = "correct horse"
_numbers = itertools.count()

Send = Callable[..., httpx.Response]


def says(answer: Answer) -> Callable[[UserMessage], Any]:
    """Make a Rasa that says one answer to everything."""

    async def handle(message: UserMessage) -> None:
        for part in messages_of(answer, message.sender_id):
            message.output_channel.messages.append(part)

    return handle


@pytest.fixture(autouse=True)
def guard_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """No test writes into the project."""
    monkeypatch.setattr(guard, "FOLDER", tmp_path)
    guard.the_guard.cache_clear()
    yield
    guard.the_guard.cache_clear()


@pytest.fixture
def send() -> Iterator[Any]:
    """Send a request to a server that holds the channel only; every request gets a new one, unless told otherwise."""
    runner = asyncio.Runner()

    def start(intents: tuple[str, ...] = (), says: Any = says(fault(load()))) -> Sanic:  # noqa: B008
        app = Sanic(f"page_{next(_numbers)}")
        app.ctx.agent = SimpleNamespace(domain=SimpleNamespace(intents=list(intents)))
        page = PageInput()
        page.blueprint = lambda _: PageInput.blueprint(page, says)  # type: ignore[method-assign]
        register([page], app, "/webhooks/")
        return app

    def request(method: str, path: str, app: Sanic | None = None, intents: tuple[str, ...] = (), **words: Any) -> Any:
        served = app or start(intents)
        if not served.router.finalized:
            runner.run(served._startup())
            # Rasa adds its CORS then.
            runner.run(served._server_event("init", "before", loop=runner.get_loop()))

        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(app=served)  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
                return await client.request(method, path, **words)

        return runner.run(run())

    request.start = start  # type: ignore[attr-defined]
    with runner:
        yield request


@pytest.mark.parametrize("path", ["/", "/assistant.js", "/page.css", SETTINGS])
def test_every_response_bears_the_policy(send: Send, path: str) -> None:
    reply = send("GET", path)
    assert reply.status_code == httpx.codes.OK
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'self'" in policy
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["referrer-policy"] == "no-referrer"


def test_files_are_sent_packed_and_once(send: Send) -> None:
    plain = send("GET", "/assistant.js", headers={"Accept-Encoding": "identity"})
    packed = send("GET", "/assistant.js", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content == (Path(channel.__file__).parent / "assistant.js").read_bytes()
    assert packed.num_bytes_downloaded < len(plain.content) / 2
    again = send("GET", "/assistant.js", headers={"If-None-Match": plain.headers["etag"]})
    assert (again.status_code, again.content) == (httpx.codes.NOT_MODIFIED, b"")


def test_a_message_is_answered(send: Send, check_custom: Callable[..., None]) -> None:
    reply = send("POST", MESSAGES, json=BODY)
    assert reply.status_code == httpx.codes.OK
    check_custom(reply.json()["custom"])
    assert reply.json()["lead"] == [phrases.ERROR]


@pytest.mark.parametrize(
    ("request_", "status", "says"),
    [
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 400, phrases.NO_JSON),
        ({"json": [BODY]}, 400, phrases.NO_JSON),
        ({"json": {"message": "x"}}, 400, phrases.NO_RANDOM_SENDER),
        ({"json": {**BODY, "sender": "default"}}, 400, phrases.NO_RANDOM_SENDER),
        ({"json": {**BODY, "sender": "ward-3"}}, 400, phrases.NO_RANDOM_SENDER),
        ({"json": {**BODY, "sender": 3}}, 400, phrases.NO_RANDOM_SENDER),
        ({"json": {**BODY, "message": 3}}, 400, phrases.NO_MESSAGE),
        # What a page of another origin may send without asking.
        (
            {"content": b'{"sender": "x", "message": "y"}', "headers": {"Content-Type": "text/plain"}},
            415,
            phrases.NO_JSON,
        ),
        ({"content": b'{"sender": "x", "message": "y"}'}, 415, phrases.NO_JSON),
    ],
)
def test_what_is_no_message_is_said(
    send: Send, check_custom: Callable[..., None], request_: dict[str, Any], status: int, says: str
) -> None:
    reply = send("POST", MESSAGES, **request_)
    assert (reply.status_code, reply.json()["lead"]) == (status, [says])
    check_custom(reply.json()["custom"])


@pytest.mark.parametrize(("method", "path"), [("GET", SETTINGS), ("POST", MESSAGES), ("POST", FEEDBACK)])
def test_with_a_token_only_who_has_it(send: Send, monkeypatch: pytest.MonkeyPatch, method: str, path: str) -> None:
    monkeypatch.setenv("REST_TOKEN", TOKEN)
    words = {"json": BODY} if method == "POST" else {}
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        reply = send(method, path, headers=headers, **words)
        assert (reply.status_code, reply.json()["lead"]) == (httpx.codes.UNAUTHORIZED, [phrases.NOT_ALLOWED])
    let_in = send(method, path, headers={"Authorization": f"Bearer {TOKEN}"}, **words)
    assert let_in.status_code != httpx.codes.UNAUTHORIZED
    assert send("GET", "/").status_code == httpx.codes.OK


def test_settings_are_of_the_knowledge_base(send: Send) -> None:
    settings, knowledge = send("GET", SETTINGS).json(), load()
    assert settings["document"]["updated"] == knowledge.document.updated.isoformat()
    assert settings["document"]["review_status"] == knowledge.document.review_status
    assert set(settings["topics"]) == {topic.id for topic in knowledge.topics}
    assert settings["examples"]
    assert set(settings["examples"]) <= {fact.question for fact in knowledge.facts}
    assert set(settings["certainty"]) == {fact.certainty.value for fact in knowledge.facts} | set(settings["certainty"])


def test_roles_are_offered_where_the_dialogue_hears_them(send: Send) -> None:
    assert send("GET", SETTINGS).json()["roles"] == []
    offered = send("GET", SETTINGS, intents=(channel.ROLE_INTENT,)).json()["roles"]
    assert {"label": "nurse", "message": "I am a nurse"} in offered


class Kept:
    """Stands for the module that keeps marks."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.rows: list[tuple[Any, ...]] = []
        self.fails = fails

    def record(self, sender: str, answer: dict[str, Any], mark: str, remark: str = "") -> None:
        if mark not in feedback.MARKS:
            raise ValueError(mark)
        if self.fails:
            raise self.fails
        self.rows.append((sender, answer["kind"], mark, remark))


def test_a_mark_is_kept_with_its_answer(send: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept()
    monkeypatch.setattr(channel, "store", kept)
    app = send.start()
    send("POST", MESSAGES, app=app, json=BODY)
    reply = send("POST", FEEDBACK, app=app, json={**BODY, "mark": "useful", "remark": "clear"})
    assert (reply.status_code, reply.content) == (httpx.codes.NO_CONTENT, b"")
    assert kept.rows == [(SENDER, "error", "useful", "clear")]
    again = send("POST", FEEDBACK, app=app, json={**BODY, "mark": "wrong"})
    assert (again.status_code, len(kept.rows)) == (httpx.codes.NOT_FOUND, 1), "an answer counts once"


def test_the_real_store_takes_what_the_page_sends(send: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(feedback.DATABASE_VARIABLE, str(tmp_path / "feedback.db"))
    app = send.start()
    offered = send("GET", SETTINGS, app=app).json()["marks"]
    assert [mark["label"] for mark in offered] == ["Useful", "Wrong", "Incomplete"]
    for mark in offered:
        send("POST", MESSAGES, app=app, json=BODY)
        given = {**BODY, "mark": mark["mark"], "remark": "Mrs Zqpatientx needs the interval" if mark["remark"] else ""}
        assert send("POST", FEEDBACK, app=app, json=given).status_code == httpx.codes.NO_CONTENT
    with contextlib.closing(sqlite3.connect(tmp_path / "feedback.db")) as database:
        rows = [" ".join(map(str, row)) for row in database.execute("select * from feedback")]
    assert len(rows) == len(offered)
    assert any("needs the interval" in row for row in rows)
    assert not any("Zqpatientx" in row or SENDER in row for row in rows)


def test_remarks_are_asked_for_where_they_are_kept(send: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {mark["mark"]: mark["remark"] for mark in send("GET", SETTINGS).json()["marks"]}
    assert asked == {"useful": False, "wrong": True, "incomplete": True}
    monkeypatch.setattr(feedback, "KEEPS_REMARKS", False)
    assert not any(mark["remark"] for mark in send("GET", SETTINGS).json()["marks"])


@pytest.mark.parametrize(
    ("changed", "status", "says"),
    [
        ({"mark": "marvellous"}, 400, phrases.NO_MARK),
        ({"mark": None}, 400, phrases.NO_MARK),
        ({"mark": "useful", "remark": 3}, 400, phrases.NO_MARK),
        ({"mark": "useful", "remark": "x" * 2000}, 400, phrases.NO_MARK),
        ({"mark": "useful", "answer": SENDER}, 404, phrases.NO_ANSWER_TO_MARK),
        ({"mark": "useful", "sender": "f0" * 16}, 404, phrases.NO_ANSWER_TO_MARK),
    ],
)
def test_a_mark_that_cannot_be_kept(
    send: Any, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], status: int, says: str
) -> None:
    kept = Kept()
    monkeypatch.setattr(channel, "store", kept)
    app = send.start()
    send("POST", MESSAGES, app=app, json=BODY)
    reply = send("POST", FEEDBACK, app=app, json={**BODY, **changed})
    assert (reply.status_code, reply.json()["lead"], kept.rows) == (status, [says], [])


@pytest.mark.parametrize("error", [OSError, sqlite3.OperationalError, SQLAlchemyError])
def test_a_store_that_fails_is_said(send: Any, monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    monkeypatch.setattr(channel, "store", Kept(error("disk is full: Zqpatientx")))
    app = send.start()
    send("POST", MESSAGES, app=app, json=BODY)
    reply = send("POST", FEEDBACK, app=app, json={**BODY, "mark": "useful"})
    assert (reply.status_code, reply.json()["lead"]) == (503, [phrases.ERROR])


def test_only_the_latest_answers_are_remembered() -> None:
    answers = Answers(most=2)
    for number in range(3):
        answers.keep("", "someone", str(number), {"number": number})
    assert [answers.find("", "someone", str(number)) for number in range(3)] == [None, {"number": 1}, {"number": 2}]
    assert answers.find("owner", "someone", "2") is None


def rasa_server(*inputs: Any, api: bool) -> Sanic:
    """Make Rasa's own server with these channels, as `rasa run` does."""
    app = configure_app(list(inputs), enable_api=api)
    # Sanic names one server in a process so.
    Sanic._app_registry.pop(app.name)
    app.ctx.agent = Agent()
    return app


@pytest.mark.parametrize("api", [False, True])
def test_in_rasas_server_only_the_greeting_makes_way(send: Any, api: bool) -> None:
    app = rasa_server(GuardedRest(), PageInput(), api=api)
    paths = {"/": "text/html", "/webhooks/rest/": "application/json"}
    if api:
        paths |= {"/version": "application/json", "/status": "application/json"}
    for path, media_type in paths.items():
        reply = send("GET", path, app=app)
        assert reply.headers["content-type"].startswith(media_type), path
        # Without a model Rasa's status is 409: it is the route that counts here.
        assert reply.status_code in (httpx.codes.OK, httpx.codes.CONFLICT), path
    assert send("GET", "/webhooks/rest/", app=app).json() == {"status": "ok"}
    assert "calciphylaxis-assistant" in send("GET", "/", app=app).text


def test_a_server_without_the_page_still_greets(send: Any) -> None:
    assert send("GET", "/", app=rasa_server(GuardedRest(), api=False)).text.startswith("Hello from Rasa")


@pytest.mark.parametrize("api", [False, True])
def test_other_origins_may_call_the_page_and_nothing_else(
    send: Any, monkeypatch: pytest.MonkeyPatch, api: bool
) -> None:
    monkeypatch.setenv(ORIGINS_VARIABLE, f"https://other.example {HOSPITAL}")
    app = rasa_server(GuardedRest(), PageInput(), api=api)
    for path, method in ((SETTINGS, "GET"), (MESSAGES, "POST"), (FEEDBACK, "POST")):
        asks = {"Origin": HOSPITAL, "Access-Control-Request-Method": method}
        preflight = send("OPTIONS", path, app=app, headers=asks)
        assert preflight.headers["access-control-allow-origin"] == HOSPITAL, path
        assert method in preflight.headers["access-control-allow-methods"]
        assert preflight.headers["access-control-allow-headers"] == "Content-Type"
        assert "access-control-allow-credentials" not in preflight.headers
        assert send(method, path, app=app, headers=asks).headers["access-control-allow-origin"] == HOSPITAL
        stranger = {**asks, "Origin": "https://elsewhere.example"}
        for asked in ("OPTIONS", method):
            refused = send(asked, path, app=app, headers=stranger)
            assert "access-control-allow-origin" not in refused.headers, path
            assert refused.headers["vary"] == "Origin"
    for path in ("/webhooks/rest/webhook", "/webhooks/rest/", "/", "/assistant.js", "/version", "/model/parse"):
        for method in ("OPTIONS", "GET", "POST"):
            reply = send(method, path, app=app, headers={**asks, "Access-Control-Request-Method": "POST"})
            assert "access-control-allow-origin" not in reply.headers, f"{method} {path}"


def test_answers_are_kept_nowhere_on_the_way(send: Send) -> None:
    for reply in (send("GET", SETTINGS), send("POST", MESSAGES, json=BODY), send("POST", MESSAGES, json={})):
        assert reply.headers["cache-control"] == "no-store"


def test_one_sender_of_two_tokens_is_two_conversations(send: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REST_TOKENS", "portal:abc,ehr:def")
    asked = []

    async def handle(message: UserMessage) -> None:
        asked.append(message.sender_id)

    app = send.start(says=handle)
    for token in ("abc", "def", "abc"):
        send("POST", MESSAGES, app=app, json=BODY, headers={"Authorization": f"Bearer {token}"})
    assert asked[0] == asked[2] != asked[1]
    assert SENDER not in "".join(asked)


def test_origins() -> None:
    given = "https://Portal.hospital.example, http://10.0.0.5:8080"
    origins = allowed_origins({ORIGINS_VARIABLE: given})
    assert origins == ["https://portal.hospital.example", "http://10.0.0.5:8080"]
    assert allowed_origins({}) == []
    assert f"frame-ancestors 'self' {' '.join(origins)};" in security_headers(origins)["Content-Security-Policy"]


@pytest.mark.parametrize(
    "wrong", ["*", "portal.example", "https://portal.example/page", "https://a.example; script-src *"]
)
def test_what_is_no_origin(wrong: str) -> None:
    with pytest.raises(InvalidConfigException, match=ORIGINS_VARIABLE):
        allowed_origins({ORIGINS_VARIABLE: wrong})


def answer(**fields: Any) -> Answer:
    return Answer(**{"kind": Kind.ANSWER, "understood": Understood(intent="ask_dose"), **fields})


def test_what_stands_around_the_facts() -> None:
    first, second, third = load().facts[:3]
    drawn = drawable(
        messages_of(answer(lead=phrases.CLAIM, facts=(first, second), pitfalls=(third,), notes=("A.",)), "")
    )
    assert (drawn["lead"], drawn["notes"]) == ([phrases.CLAIM], ["A."])


def test_an_answer_of_facts_alone_has_nothing_around_it() -> None:
    for fact in load().facts:
        drawn = drawable(messages_of(answer(facts=(fact,)), ""))
        assert (drawn["lead"], drawn["notes"]) == ([], []), fact.id


def test_the_headings_of_a_summary_are_no_words_around_it() -> None:
    summed = answer(lead=phrases.SUMMARY, facts=load().facts[:2], by_topic=True)
    drawn = drawable(messages_of(summed, ""))
    assert (drawn["lead"], drawn["notes"]) == ([phrases.SUMMARY], [])


def test_an_answer_without_facts_is_all_words() -> None:
    refused = answer(kind=Kind.OUT_OF_SCOPE, lead="No.", notes=("But:", "and"), follow_ups=("What?",), markers=(1,))
    drawn = drawable(messages_of(refused, ""))
    assert (drawn["lead"], drawn["notes"]) == (["No."], ["But:", "and"])


def test_the_copy_for_the_notes_is_the_whole_answer_in_plain_signs() -> None:
    knowledge = load()
    first, second, warning = knowledge.facts[:3]
    drawn = drawable(messages_of(answer(facts=(first, second), pitfalls=(warning,)), ""))
    lines = drawn["copy"].split("\n")
    assert [line[:2] for line in lines[:2]] == ["- ", "- "]
    assert lines[2].startswith(f"Pitfall: {warning.statement}")
    for fact in (first, second, warning):
        assert fact.statement in drawn["copy"]
        assert fact.locator in drawn["copy"]
    document = knowledge.document
    for part in (document.title, document.updated.isoformat(), document.review_status, document.disclaimer):
        assert part in drawn["copy"]
    assert not {"⚠", "•"} & set(drawn["copy"])


def test_the_emergency_line_stands_by_itself() -> None:
    lead = f"{phrases.URGENT} {phrases.URGENT_FACTS}"
    drawn = drawable(messages_of(answer(kind=Kind.URGENT, lead=lead, facts=load().facts[:1]), ""))
    assert drawn["lead"] == [phrases.URGENT, phrases.URGENT_FACTS]


def test_a_notice_is_drawn_once() -> None:
    messages = guard.with_notice(messages_of(answer(facts=load().facts[:1]), ""))
    drawn = drawable(messages)
    assert drawn["custom"]["notice"]
    assert drawn["notes"] == []
    assert drawn["custom"]["notice"] not in drawn["copy"]


def test_every_intent_of_a_facet_has_its_words() -> None:
    asked = words()["asked"]
    assert {f"ask_{facet.value}" for fact in load().facts for facet in fact.facets} <= set(asked)
