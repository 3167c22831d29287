"""What tests of several rooms share: the knowledge bases, and the answer contract as a schema."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Extra, StrictBool, StrictFloat, StrictInt, StrictStr, root_validator, validator
from sanic.touchup import TouchUp

from bot.knowledge.loading import KNOWLEDGE_FOLDER, load_file
from bot.knowledge.model import Knowledge
from bot.serving import lean

ROOT = Path(__file__).resolve().parents[1]
MADE_UP_FILE = Path(__file__).parent / "knowledge" / "made_up" / "knowledge.yaml"

# Rasa as the bot starts it: without TensorFlow and whatever else it never uses, which takes ten seconds to import.
lean.install(ROOT)


@pytest.fixture(scope="session", autouse=True)
def servers_in_one_process() -> Iterator[None]:
    """Let several of Sanic's servers start in the tests' process, in whatever order."""
    touch_up = TouchUp.run

    def once(app: Any) -> None:
        # It rewrites Sanic's own code for the first server of a process, and fails on the second.
        with contextlib.suppress(KeyError):
            touch_up(app)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TouchUp, "run", once)
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root."""
    return ROOT


@pytest.fixture(scope="session")
def made_up_file() -> Path:
    """The made-up knowledge file in its place; not to be changed."""
    return MADE_UP_FILE


@pytest.fixture(scope="session")
def made_up_knowledge() -> Knowledge:
    """The made-up knowledge base."""
    return load_file(MADE_UP_FILE)


@pytest.fixture(scope="session")
def real_knowledge() -> Knowledge:
    """The knowledge base that ships."""
    (file,) = sorted(KNOWLEDGE_FOLDER.glob("*.yaml"))
    return load_file(file)


class _Part(BaseModel):
    class Config:
        extra = Extra.forbid


class _Fact(_Part):
    id: StrictStr
    source: StrictStr
    statement: StrictStr
    citations: list[StrictInt]
    certainty: Literal["limited", "mixed", "not_significant", "promising", "not_stated"]

    @validator("id", "source", "statement", "citations")
    def _filled(cls, value: Any) -> Any:
        assert value, "empty"
        return value


class _Reference(_Part):
    marker: StrictInt
    title: StrictStr | None
    listed: StrictBool
    match: Literal["by_position", "unlisted"]

    @root_validator(skip_on_failure=True)
    def _a_title_only_where_listed(cls, values: dict[str, Any]) -> dict[str, Any]:
        listed = values["listed"]
        assert listed == (values["match"] == "by_position"), "`match` and `listed` disagree"
        assert listed == bool(values["title"]), "a listed reference has a title, and no other has one"
        return values


class _Document(_Part):
    title: StrictStr
    updated: StrictStr
    review_status: StrictStr
    disclaimer: StrictStr

    @validator("updated")
    def _iso(cls, value: str) -> str:
        datetime.date.fromisoformat(value)
        return value

    @validator("title", "review_status", "disclaimer")
    def _filled(cls, value: str) -> str:
        assert value.strip(), "empty"
        return value


class _Version(_Part):
    version: StrictStr
    sha256: StrictStr

    @validator("sha256")
    def _digest(cls, value: str) -> str:
        assert len(bytes.fromhex(value)) == 32, "no SHA-256"
        return value


class _Understood(_Part):
    intent: StrictStr
    topics: list[StrictStr]
    confidence: StrictFloat
    assumed: list[StrictStr]

    @validator("confidence")
    def _share(cls, value: float) -> float:
        assert 0 <= value <= 1, "no probability"
        return value


class _Custom(_Part):
    """`custom` as /work/shared/contract.md describes it (answer/1)."""

    schema_: Literal["answer/1"]
    kind: Literal["answer", "clarify", "out_of_scope", "smalltalk", "urgent", "error"]
    facts: list[_Fact]
    pitfalls: list[_Fact]
    references: list[_Reference]
    document: _Document
    knowledge: _Version
    understood: _Understood
    follow_ups: list[StrictStr]
    notice: StrictStr | None = None
    """Beside the contract: there only if identifiers were taken out of the message."""

    class Config:
        extra = Extra.forbid
        fields = {"schema_": "schema"}

    @root_validator(skip_on_failure=True)
    def _facts_fit_the_kind(cls, values: dict[str, Any]) -> dict[str, Any]:
        kind, facts, pitfalls = values["kind"], values["facts"], values["pitfalls"]
        assert not facts or kind in ("answer", "urgent"), f"`{kind}` with facts"
        assert facts or kind != "answer", "an answer without facts"
        assert facts or not pitfalls, "a warning without a fact"
        ids = [fact.id for fact in (*facts, *pitfalls)]
        assert len(set(ids)) == len(ids), "a fact shown twice"
        return values

    @root_validator(skip_on_failure=True)
    def _one_reference_a_marker(cls, values: dict[str, Any]) -> dict[str, Any]:
        markers = [reference.marker for reference in values["references"]]
        cited = {marker for fact in (*values["facts"], *values["pitfalls"]) for marker in fact.citations}
        assert len(set(markers)) == len(markers), "a marker resolved twice"
        if values["kind"] != "smalltalk":
            assert set(markers) == cited, "`references` are not the markers cited"
        return values

    @root_validator(skip_on_failure=True)
    def _choices_and_follow_ups(cls, values: dict[str, Any]) -> dict[str, Any]:
        offered = values["follow_ups"]
        assert all(question.strip() for question in offered), "an empty follow-up"
        assert len(set(offered)) == len(offered), "a follow-up offered twice"
        assert values["kind"] != "clarify" or 2 <= len(offered) <= 4, "a question back needs 2 to 4 choices"
        assert values["kind"] != "out_of_scope" or offered, "a refusal offers the nearest"
        return values


@pytest.fixture(scope="session")
def check_custom() -> Callable[[dict[str, Any]], None]:
    """A function that raises pydantic's `ValidationError` where `custom` is against the contract."""

    def check(custom: dict[str, Any]) -> None:
        _Custom.parse_obj(custom)

    return check
