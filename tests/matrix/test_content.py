"""What a message says to the bot, and how an answer is drawn; without a homeserver."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest

from bot.channels import matrix_content as content
from bot.channels.guard import messages_of
from bot.channels.matrix_content import Name
from bot.knowledge import phrases
from bot.knowledge.answer import Answer, Kind, Understood
from bot.knowledge.answering import Question, answer_urgent, fault
from bot.knowledge.model import Knowledge

BOT = Name("@calciphylaxis:example.org", "Calciphylaxis Assistant")
MOST_BYTES = 60_000
"""Homeservers refuse events of more than 65,536 bytes, their own part included."""


def said(body: str, **more) -> dict:
    return {"msgtype": "m.text", "body": body, **more}


@pytest.mark.parametrize(
    "message",
    [
        said("what now?", **{"m.mentions": {"user_ids": [BOT.user]}}),
        said(f"hey {BOT.user} what now?"),
        said(f"what now, {BOT.user}?"),
        said("Calciphylaxis Assistant: what now?"),
        said("@calciphylaxis what now?"),
        said("x", formatted_body=f'<a href="https://matrix.to/#/{BOT.user}">x</a>'),
        said("x", formatted_body='<a href="https://matrix.to/#/%40calciphylaxis%3Aexample.org">x</a>'),
    ],
)
def test_mentioned(message: dict) -> None:
    assert content.mentions(message, BOT)


@pytest.mark.parametrize(
    "message",
    [
        said("calciphylaxis how is it managed?"),
        said("is that calciphylaxis: yes or no?"),
        said(f"{BOT.user}: what now?", **{"m.mentions": {}}),
        said("x", **{"m.mentions": {"user_ids": BOT.user + "x"}}),
        said(f"ask {BOT.user}s about it"),
        said("x", formatted_body=f'<a href="https://matrix.to/#/{BOT.user}.au">x</a>'),
        said("x", **{"m.mentions": {"user_ids": ["@other:example.org"]}}),
        {"body": 7, "formatted_body": []},
        {},
    ],
)
def test_not_mentioned(message: dict) -> None:
    assert not content.mentions(message, BOT)


@pytest.mark.parametrize(
    "body",
    [
        "Calciphylaxis Assistant: what of calciphylaxis?",
        "calciphylaxis assistant what of calciphylaxis?",
        f"{BOT.user}: what of calciphylaxis?",
        f"what of calciphylaxis? {BOT.user}",
        "@calciphylaxis, what of calciphylaxis?",
        "> <@a:b> how\n> often\n\nwhat of calciphylaxis?",
    ],
)
def test_only_the_name_and_the_quotation_are_taken_off(body: str) -> None:
    message = said(
        body, **{"m.mentions": {"user_ids": [BOT.user]}, "m.relates_to": {"m.in_reply_to": {"event_id": "$"}}}
    )
    assert content.spoken(message, BOT) == "what of calciphylaxis?"


def test_the_quotation_in_a_thread_is_taken_off_too() -> None:
    related = {"rel_type": "m.thread", "event_id": "$r", "is_falling_back": True, "m.in_reply_to": {"event_id": "$"}}
    assert content.spoken(said("> <@a:b> how?\n\nhow often?", **{"m.relates_to": related}), BOT) == "how often?"


def test_a_quotation_of_a_message_that_is_no_reply_stays() -> None:
    assert content.spoken(said("> 25 g, is that right?"), BOT) == "> 25 g, is that right?"


@pytest.mark.parametrize(
    ("text", "read"), [("2", 2), (" 2. ", 2), ("#3", 3), ("(1)", 1), ("25", None), ("2 g", None), ("0", None)]
)
def test_numbers(text: str, read: int | None) -> None:
    assert content.number(text) == read


def test_offered_is_what_stands_last_in_the_thread() -> None:
    def answer(name: str, *questions: str, **more) -> dict:
        return {"event_id": name, "content": {content.KEY: {"to": "$q", "follow_ups": list(questions)}, **more}}

    thread = {"m.relates_to": {"rel_type": "m.thread", "event_id": "$root"}}
    edit = {"content": {"m.new_content": {content.KEY: {"follow_ups": ["edited"]}}}}
    before = [
        {"event_id": "$redacted", "content": {}},
        answer("$e", "an edit", **{"m.relates_to": {"rel_type": "m.replace", "event_id": "$1"}}),
        {**answer("$2", "old"), "unsigned": {"m.relations": {"m.replace": edit}}},
        answer("$3", "in the thread", **thread),
        answer("$4", "long ago"),
    ]
    assert content.offered(before, None, None) == ["edited"]
    assert content.offered(before, "$root", None) == ["in the thread"]
    assert content.offered(before, None, "$4") == ["long ago"]
    assert content.offered(before, "$other", None) == content.offered(before, None, "$9") == []


class Tags(HTMLParser):
    """Collects tags and text, and that all are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        assert not attrs
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data) -> None:
        self.text.append(data)


def read(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    tags.close()
    assert not tags.open
    return tags


def understood() -> Understood:
    return Understood(intent="x")


def test_html_and_plain_text_hold_the_same_words(real_knowledge: Knowledge) -> None:
    everything = Answer(
        kind=Kind.ANSWER, lead=phrases.CLAIM, facts=real_knowledge.facts[:-9], pitfalls=real_knowledge.facts[-9:],
        understood=understood(), follow_ups=tuple(fact.question for fact in real_knowledge.facts[:4]),
    )  # fmt: skip
    drawn = content.message(messages_of(everything, "x"), "$q")
    tags = read(drawn["formatted_body"])
    assert tags.seen == {"p", "ul", "ol", "li", "strong", "em"}
    numbered = [
        line.split(". ", 1)[-1] if line[:2] in ("1.", "2.", "3.", "4.") else line for line in drawn["body"].split("\n")
    ]
    assert tags.text == [line.removeprefix("• ") for line in numbered]
    assert len(json.dumps(content.as_edit(content.in_thread(drawn, "$r", "$q"), "$a"))) < MOST_BYTES


def test_urgent_stands_out(real_knowledge: Knowledge) -> None:
    urgent = answer_urgent(real_knowledge, Question(intent="urgent"))
    drawn = content.message(messages_of(urgent, "x"), "$q")
    assert drawn["formatted_body"].startswith(f"<p><strong>{phrases.URGENT}")


def test_what_html_would_take_for_a_tag_is_text() -> None:
    messages = [{"text": "<b>a & b</b>"}, {"custom": {"follow_ups": ["<i>"]}}]
    assert read(content.message(messages, "$q")["formatted_body"]).seen == {"p", "ol", "li"}


def test_an_edit_and_its_fallback(real_knowledge: Knowledge) -> None:
    drawn = content.message(messages_of(fault(real_knowledge), "x"), "$q")
    edit = content.as_edit(content.in_thread(drawn, "$r", "$q"), "$a")
    assert edit["m.new_content"] == drawn
    assert (edit["body"], edit["m.relates_to"]["event_id"]) == (f"* {drawn['body']}", "$a")
