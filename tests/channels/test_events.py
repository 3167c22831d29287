"""The store of events and the buckets: what they remember, for how long, and how much."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bot.channels import rate
from bot.channels.events import KEPT_SECONDS, LEASE_SECONDS, EventLog, Standing
from bot.channels.rate import Buckets


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'new' / 'events.db'}"


def test_an_event_is_new_then_in_work_then_done(url: str, clock: Any) -> None:
    log = EventLog(url, clock)
    assert log.take("rest", "1") is Standing.NEW
    assert log.take("rest", "1") is Standing.IN_WORK
    log.done("rest", "1")
    assert EventLog(url, clock).take("rest", "1") is Standing.DONE
    assert log.take("slack", "1") is Standing.NEW


def test_one_that_was_lost_is_taken_by_one_only(url: str, clock: Any) -> None:
    first, second = EventLog(url, clock), EventLog(url, clock)
    first.take("rest", "1")
    clock.now += LEASE_SECONDS
    assert [log.take("rest", "1") for log in (first, second)] == [Standing.NEW, Standing.IN_WORK]


def test_one_given_back_is_new(url: str, clock: Any) -> None:
    log = EventLog(url, clock)
    log.take("rest", "1")
    log.release("rest", "1")
    assert log.take("rest", "1") is Standing.NEW


def test_old_ones_are_forgotten(url: str, clock: Any, tmp_path: Path) -> None:
    log = EventLog(url, clock)
    for number in range(5):
        log.take("rest", str(number))
    clock.now += KEPT_SECONDS + 1
    log.take("rest", "new")
    with sqlite3.connect(tmp_path / "new" / "events.db") as database:
        assert database.execute("select count(*) from events").fetchone() == (1,)


@pytest.mark.parametrize("event", ["Mrs Zqpatientx", "\ud800", "x" * 10_000])
def test_no_id_is_stored_as_it_is(url: str, clock: Any, tmp_path: Path, event: str) -> None:
    log = EventLog(url, clock)
    assert log.take("rest", event) is Standing.NEW
    assert log.take("rest", event) is Standing.IN_WORK
    assert b"Zqpatientx" not in b"".join(path.read_bytes() for path in (tmp_path / "new").iterdir())


def test_the_latest_senders_are_remembered_and_no_more(clock: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(rate, "MOST_SENDERS", 3)
    buckets = Buckets(1, clock)
    assert [buckets.wait(sender) for sender in "aabcd"] == [0.0, 60.0, 0.0, 0.0, 0.0]
    assert len(buckets) == 3
    assert buckets.wait("d") > 0


def test_a_bucket_holds_no_more_than_a_minutes_messages(clock: Any) -> None:
    buckets = Buckets(2, clock)
    buckets.wait("a")
    clock.now += 3600
    assert [buckets.wait("a") > 0 for _ in range(3)] == [False, False, True]
