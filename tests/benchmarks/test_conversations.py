"""How a turn of a conversation is judged: what is right, and each way of being wrong."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.conversations import CONVERSATIONS, Turn, judge, report, table

EXPECTED = {"user": "how much?", "kind": "answer", "required": ["a/1"], "allowed": ["b/1"], "figures": ["12.5"]}


def answer(kind: str, *facts: str, pitfalls: tuple[str, ...] = (), text: str = "12.5 g") -> list[dict[str, Any]]:
    sources = {"facts": facts, "pitfalls": pitfalls}
    custom = {"kind": kind, **{name: [{"source": one} for one in ones] for name, ones in sources.items()}}
    return [{"text": text}, {"custom": custom}]


@pytest.mark.parametrize(
    "messages",
    [answer("answer", "a/1"), answer("answer", "a/1", "b/1"), answer("answer", "b/1", pitfalls=("a/1",)),
     answer("answer", "a/1", pitfalls=("c/1",))],
)  # fmt: skip
def test_a_right_turn(messages: list[dict[str, Any]]) -> None:
    assert judge(EXPECTED, messages).wrong == ""


@pytest.mark.parametrize(
    ("messages", "wrong"),
    [(answer("clarify"), "kind clarify"), (answer("answer", "b/1"), "lacks a/1"),
     (answer("answer", "a/1", "c/1"), "beyond c/1"), (answer("answer", "a/1", text="g"), "no 12.5 in the text")],
)  # fmt: skip
def test_a_wrong_turn(messages: list[dict[str, Any]], wrong: str) -> None:
    assert judge(EXPECTED, messages).wrong == wrong


def test_one_of_several_kinds_is_right() -> None:
    assert judge({"user": "summarise", "kinds": ["clarify", "smalltalk"]}, answer("smalltalk")).wrong == ""


def test_a_conversation_is_right_if_all_its_turns_are() -> None:
    right, wrong = (Turn("a", {}, "answer", (), text) for text in ("", "kind clarify"))
    figures = report([("source", [right, right]), ("source", [right, wrong])])
    assert (figures["source"]["turns"]["hits"], figures["all"]["conversations"]["hits"]) == (3, 1)
    assert "| source | 75% (3 of 4) | 50% (1 of 2) |" in table(figures)


def test_the_conversations_are_there() -> None:
    assert CONVERSATIONS.is_file()
