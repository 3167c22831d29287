"""What is spared: an action's result is still refused wherever Rasa's own schema refuses it."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from rasa.core.actions.action import RemoteAction

from bot.serving.speed import shape_of

GOOD: dict[str, Any] = {
    "events": [{"event": "slot", "timestamp": None, "name": "topics", "value": ["a"]}],
    "responses": [{"text": "words", "custom": {"facts": [{"id": "a"}, {"id": "b"}]}, "buttons": []}],
}
BAD = {
    "an event without its name": ("events", [{"timestamp": None}]),
    "a name that is no text": ("events", [{"event": "slot", "name": 7}]),
    "a time that is no number": ("events", [{"event": "slot", "name": "a", "timestamp": "now"}]),
    "an event that nobody knows": ("events", [{"event": "nothing"}]),
    "events that are no list": ("events", {"event": "slot"}),
}


def test_the_schema_asks_for_nothing_but_keys_types_and_names() -> None:
    """Else a shape would not be enough."""
    words = json.dumps(RemoteAction.action_response_format_spec())
    for word in ("enum", "pattern", "minLength", "maxLength", "minItems", "minimum", "maximum", "format"):
        assert f'"{word}":' not in words
    assert words.count('"const":') == words.count('"event": {"const":')


@pytest.mark.parametrize("name", BAD)
def test_what_the_schema_refuses_has_a_shape_of_its_own(name: str) -> None:
    validator = Draft202012Validator(RemoteAction.action_response_format_spec())
    key, value = BAD[name]
    bad = {**copy.deepcopy(GOOD), key: value}
    assert validator.is_valid(GOOD)
    assert not validator.is_valid(bad)
    assert shape_of(bad) != shape_of(GOOD)


def test_other_words_are_the_same_shape() -> None:
    other = json.loads(json.dumps(GOOD).replace("words", "other words").replace('"a"', '"c"'))
    assert shape_of(other) == shape_of(GOOD)
    assert shape_of({"a": True}) != shape_of({"a": 1})
