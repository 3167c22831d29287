"""A message that asks several things is split into its questions; one that asks one thing is not."""

from __future__ import annotations

import pytest

from bot.language.parts import MOST_PARTS, questions


def parts(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in questions(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("how lethal is it and what kills them?", ["how lethal is it and", "what kills them?"]),
        ("STS dose please, and does it help?", ["STS dose please, and", "does it help?"]),
        ("What dose? How often?", ["What dose?", "How often?"]),
        ("STS how much n how often", ["STS how much n", "how often"]),
    ],
)
def test_several_questions_are_split(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "STS dose in HD?",
        "Pain and wound care in CUA",
        "58F on HD, AF, INR 2.6. Thigh ulcers since March. Keep the warfarin?",
        "dose and duration of STS",
    ],
)
def test_one_question_stays_whole(text: str) -> None:
    assert questions(text) == [(0, len(text))]


def test_a_story_belongs_to_the_question_after_it() -> None:
    text = "She is on HD. What dose? And how often?"
    assert parts(text)[0].startswith("She is on HD.")
    assert "".join(text[start:end] for start, end in questions(text)) == text


def test_a_torrent_of_questions_is_left_whole() -> None:
    text = " ".join("What dose?" for _ in range(MOST_PARTS + 1))
    assert len(questions(text)) == 1
