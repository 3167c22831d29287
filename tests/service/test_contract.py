"""The contract over REST; and that each of its checks can fail."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from bot.knowledge.loading import load
from bot.knowledge.model import Fact
from tests import contract

DOSE = "What is the dose of sodium thiosulfate?"

KINDS = [
    (DOSE, "answer"),
    ("STS dose in HD?", "answer"),
    ("how do I manage calciphylaxis?", "answer"),
    ("how long and how often do we give thiosulfate, and what is the mortality?", "answer"),
    ("what about dosing?", "clarify"),
    ("which opioid for the pain?", "out_of_scope"),
    ("what is the infusion rate of thiosulfate", "out_of_scope"),
    ("can I use cinacalcet?", "out_of_scope"),
    ("apixaban dose in pulmonary embolism", "out_of_scope"),
    ("what's the capital of France", "out_of_scope"),
    ("he is septic and hypotensive now", "urgent"),
    ("septic and hypotensive now", "urgent"),
    ("hello", "smalltalk"),
    ("thanks a lot", "smalltalk"),
    ("bye", "smalltalk"),
    ("what can you do?", "smalltalk"),
    ("what do you not cover?", "smalltalk"),
    ("how up to date is this?", "smalltalk"),
    ("who is this written for?", "smalltalk"),
    ("list the references", "smalltalk"),
]


@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_kinds(ask, sender: str, text: str, kind: str) -> None:
    """`ask` itself holds the answer against the contract."""
    reply = ask(sender, text)
    assert reply.kind == kind, reply.custom["understood"]


@pytest.mark.parametrize("fact", load().facts, ids=lambda fact: fact.id)
def test_questions_of_the_knowledge_base(ask, sender: str, fact: Fact) -> None:
    """Each is offered as a follow-up somewhere, so each has to be answered, with the fact that it asks for."""
    question = fact.question
    reply = ask(sender, question)
    wanted = {fact.id for fact in load().facts if fact.question == question}
    shown = [fact["id"] for fact in (*reply.custom["facts"], *reply.custom["pitfalls"])]
    assert wanted & set(shown), (reply.kind, reply.custom["understood"], shown)


def test_buttons_are_the_follow_ups(ask, sender: str) -> None:
    reply = ask(sender, DOSE)
    assert reply.custom["follow_ups"]
    assert [button["payload"] for button in reply.buttons] == reply.custom["follow_ups"]
    assert all(not button["payload"].startswith("/") for button in reply.buttons)


def test_context_is_assumed_and_said_so(ask, sender: str) -> None:
    first = ask(sender, DOSE)
    then = ask(sender, "for how long?")
    assert then.custom["understood"]["assumed"] == first.custom["understood"]["topics"]
    assert then.sources == first.sources


def test_where_a_statement_comes_from(ask, sender: str) -> None:
    shown = ask(sender, DOSE)
    source = ask(sender, "where does that come from?")
    assert source.kind == "answer"
    assert shown.sources <= source.sources


def test_every_reference_is_listed_as_it_stands(ask, sender: str) -> None:
    markers = [reference["marker"] for reference in ask(sender, "list the references").custom["references"]]
    assert markers == list(range(1, contract.lock().markers + 1))


def change(path: str, value: Any) -> Callable[[list[dict[str, Any]]], None]:
    """Make a spoiler that sets one field of `custom`."""

    def spoil(messages: list[dict[str, Any]]) -> None:
        target: Any = next(message for message in messages if "custom" in message)["custom"]
        *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        for step in way:
            target = target[step]
        target[last] = value

    return spoil


def no_text(messages: list[dict[str, Any]]) -> None:
    for message in messages:
        message.pop("text", None)


def blank_line(messages: list[dict[str, Any]]) -> None:
    for message in messages:
        if "text" in message:
            message["text"] = message["text"].replace("\n", "\n\n", 1)


def other_words(messages: list[dict[str, Any]]) -> None:
    for message in messages:
        if "text" in message:
            message["text"] = "Something else."


def second_custom(messages: list[dict[str, Any]]) -> None:
    messages.append({"custom": messages[-1].get("custom")})


def no_confidence(messages: list[dict[str, Any]]) -> None:
    custom = next(message for message in messages if "custom" in message)["custom"]
    del custom["understood"]["confidence"]


def half_a_tension(messages: list[dict[str, Any]]) -> None:
    custom = next(message for message in messages if "custom" in message)["custom"]
    halves = {fact for tension in load().tensions for fact in tension.facts}
    kept = [fact for fact in custom["facts"] if fact["id"] in halves][:1]
    assert kept, "the answer uses half of a tension"
    custom["facts"], custom["pitfalls"] = kept, []


@pytest.mark.parametrize(
    "spoil",
    [
        no_text,
        blank_line,
        other_words,
        second_custom,
        no_confidence,
        half_a_tension,
        change("schema", "answer/2"),
        change("kind", "greeting"),
        change("kind", "out_of_scope"),
        change("kind", "urgent"),
        change("facts", []),
        change("facts.0.statement", "Something else."),
        change("facts.0.source", "nowhere/1"),
        change("facts.0.citations", [3]),
        change("facts.0.citations", ["1"]),
        change("facts.0.certainty", "strong"),
        change("facts.0.id", "no.such"),
        change("references", []),
        change("references.0.title", "A made-up title"),
        change("references.0.listed", False),
        change("references.0.match", "by_number"),
        change("document.title", "Another"),
        change("document.updated", "2020-01-01"),
        change("document.review_status", "reviewed by a board"),
        change("document.disclaimer", ""),
        change("knowledge.sha256", "0" * 64),
        change("understood.topics", ["no_such_topic"]),
        change("understood.assumed", ["biopsy"]),
        change("understood.confidence", 1.5),
        change("follow_ups", ["", ""]),
        change("follow_ups", "one"),
    ],
)
def test_each_check_can_fail(
    bot, check_custom: contract.Check, sender: str, spoil: Callable[[list[dict[str, Any]]], None]
) -> None:
    messages = bot.post(json={"sender": sender, "message": DOSE}).json()
    assert contract.problems(messages, check_custom) == []
    spoiled = copy.deepcopy(messages)
    spoil(spoiled)
    assert contract.problems(spoiled, check_custom)
