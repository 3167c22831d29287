from __future__ import annotations

from pathlib import Path

SAME = """
from pathlib import Path
from bot.serving import lean, speed
lean.install(Path.cwd())
import dask
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses

def joined(*parts):
    return " ".join(parts)

def broken(*parts):
    raise ValueError("broken component")

GRAPHS = [
    {"b": (joined, "a", "input"), "a": (joined, "input"), "input": "text"},
    {"b": (broken, "a"), "a": (joined, "input"), "input": "text"},
]

def outcomes():
    action = RemoteAction("action_hello", None)
    results = [
        {"events": [], "responses": []},
        {"events": [{"event": "slot", "name": "topic", "value": None, "timestamp": None}], "responses": [{}]},
        {"events": [{"event": "slot"}], "responses": []},
        {"events": {}, "responses": []},
        {"events": [], "responses": ["text"]},
        [],
    ]
    names = sorted({str(cls.type_name) for cls in all_subclasses(Event)}) + ["topic", "no such event"]
    said = []
    for function, arguments in [
        (action._validate_action_result, results),
        (Event.resolve_by_type, names * 2),
        (lambda graph: dask.get(graph, ["b", "a"]), GRAPHS),
    ]:
        for argument in arguments:
            try:
                said.append(str(function(argument)))
            except Exception as error:
                said.append(f"{type(error).__name__}: {error}")
    return said

before = outcomes()
speed.spare_repeated_work()
assert outcomes() == before
assert any("ValidationError" in words for words in before), before
assert any("broken component" in words for words in before), before
assert any("ValueError" in words for words in before), before
print(len(before))
"""


def test_results_and_errors_stay_the_same(project: Path, in_child) -> None:
    result = in_child(SAME, project)
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) > 40
