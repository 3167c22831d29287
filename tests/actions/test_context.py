"""What is carried from one message to the next, by exact facts, on the made-up knowledge base."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import actions as module
from bot.channels import feedback
from bot.knowledge import context as remembering
from bot.knowledge import phrases
from bot.knowledge.loading import KNOWLEDGE_VARIABLE
from bot.knowledge.model import Facet, Knowledge

WORDS = {"moon salve": "moon_salve", "cave rest": "cave_rest", "hatchling": "young_dragon", "blight": "scale_blight"}
ASK, REFUSE, NOT_HELD, SOURCE = (
    module.ActionAnswer(), module.ActionDecline(), module.ActionDeclineNotHeld(), module.ActionSource(),
)  # fmt: skip


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch, made_up_file: Path) -> None:
    monkeypatch.setenv(KNOWLEDGE_VARIABLE, str(made_up_file))


class Talk:
    """A conversation by messages as the language room leaves them; slots go through JSON as over HTTP."""

    def __init__(self, check: Callable[[dict[str, Any]], None]) -> None:
        self.slots: dict[str, Any] = {}
        self._check = check
        self.text = ""

    def say(self, action: Action, text: str, intent: str = "", meant: str = "", **asked: float) -> Any:
        """Say a text whose topics are found by their words; return `custom`."""
        entities = [
            {"entity": "topic", "value": topic, "start": text.index(word), "end": text.index(word) + len(word)}
            for word, topic in WORDS.items()
            if word in text
        ]
        intent = intent or f"ask_{next(iter(asked), 'use')}"
        entities.sort(key=lambda one: int(str(one["start"])))
        topics = [one["value"] for one in entities] or [meant] * bool(meant)
        part = {"topics": topics, "asked": asked, "likely": {}, "words": len(text.split())}
        message = {
            "text": text, "entities": entities, "questions": [part], "intent": {"name": intent, "confidence": 0.9},
            "intent_ranking": [{"name": intent, "confidence": max(asked.values(), default=1.0)}],
        }  # fmt: skip
        tracker = Tracker("someone", self.slots, message, [], False, None, {}, "action_listen")
        dispatcher = CollectingDispatcher()
        for event in action.run(dispatcher, tracker, {}):
            self.slots[event["name"]] = json.loads(json.dumps(event["value"]))
        (message,) = dispatcher.messages
        self._check(message["custom"])
        self.text = message["text"]
        return message["custom"]


@pytest.fixture
def talk(check_custom: Callable[[dict[str, Any]], None]) -> Talk:
    return Talk(check_custom)


def ids(custom: dict[str, Any]) -> list[str]:
    return [fact["id"] for fact in custom["facts"]]


# What names no topic.


def test_a_fragment_is_about_the_topic_of_the_last_answer(talk: Talk) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    custom = talk.say(ASK, "and how often?", frequency=1.0)
    assert ids(custom) == ["salve.course"]
    assert custom["understood"]["assumed"] == ["moon_salve"]


@pytest.mark.parametrize("action", [REFUSE, NOT_HELD])
def test_a_fragment_that_the_reader_refused_is_answered_where_it_asks_something(talk: Talk, action: Action) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    custom = talk.say(action, "and how often?", "not_in_document", frequency=0.6)
    assert custom["kind"] == "out_of_scope", "its ranking is headed by the refusal"
    custom = talk.say(action, "and how often?", "ask_frequency", frequency=0.6)
    assert ids(custom) == ["salve.course"]


def test_what_is_surely_outside_stays_refused_and_loses_nothing(talk: Talk) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    before = dict(talk.slots)
    assert talk.say(REFUSE, "can it be given to a unicorn?", "out_of_scope")["kind"] == "out_of_scope"
    assert talk.slots == {**before, "last_kind": "out_of_scope"}
    assert ids(talk.say(ASK, "how often?", frequency=1.0)) == ["salve.course"]


def test_a_refusal_on_another_topic_moves_there(talk: Talk) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert talk.say(ASK, "dose of cave rest?", dose=1.0)["kind"] == "out_of_scope"
    assert ids(talk.say(ASK, "what does it do?", effect=1.0)) == ["cave.effect"]


def test_a_topic_that_the_facts_touch_is_joined_to_the_one_spoken_of(talk: Talk) -> None:
    talk.say(ASK, "when does cave rest end?", monitoring=1.0)
    custom = talk.say(ASK, "does it help the moon salve?", effect=1.0)
    assert "cave.effect" in ids(custom)
    assert custom["understood"]["assumed"] == ["cave_rest"]
    assert dict(talk.slots)["topics"] == ["cave_rest"], "the conversation stays on it"


def test_without_a_pointer_a_topic_named_stands_alone(talk: Talk) -> None:
    talk.say(ASK, "when does cave rest end?", monitoring=1.0)
    custom = talk.say(ASK, "should I use the moon salve in spring?", use=1.0)
    assert custom["understood"]["assumed"] == []
    assert set(custom["understood"]["topics"]) == {"moon_salve"}


def test_a_fragment_that_was_refused_is_joined_where_the_facts_touch_what_it_names(talk: Talk) -> None:
    talk.say(ASK, "when does cave rest end?", monitoring=1.0)
    custom = talk.say(NOT_HELD, "does it help the moon salve?", "ask_effect", effect=0.9)
    assert "cave.effect" in ids(custom)
    talk.say(module.ActionStartOver(), "start over", "start_over")
    assert talk.say(NOT_HELD, "does it help the moon salve?", "ask_effect", effect=0.9)["kind"] == "out_of_scope"


def test_a_patient_told_of_is_noted_and_the_question_asked_for(talk: Talk) -> None:
    custom = talk.say(NOT_HELD, "a hatchling, moon salve started.", "state_claim", claim=0.8)
    assert custom["kind"] == "clarify"
    assert talk.slots["features"] == ["young_dragon"]
    assert ids(talk.say(ASK, "and how often?", frequency=1.0)) == ["salve.course"]
    assert talk.say(NOT_HELD, "is a hatchling edible?", "state_claim", claim=0.8)["kind"] == "out_of_scope"
    assert talk.say(REFUSE, "a hatchling sings.", "out_of_scope", claim=0.1)["kind"] == "out_of_scope"


def test_what_the_reader_takes_for_meant_goes_before_what_was_spoken_of(talk: Talk) -> None:
    talk.say(ASK, "what can go wrong with moon salve?", risk=1.0)
    assert ids(talk.say(ASK, "and the sleeping?", meant="cave_rest", risk=1.0)) == ["cave.haste"]
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    refused = talk.say(NOT_HELD, "and the sleeping?", "ask_risk", meant="cave_rest", risk=1.0)
    assert refused["kind"] == "out_of_scope", "what the reader refused is not asked of another topic"


def test_one_of_a_group_becomes_the_topic(talk: Talk) -> None:
    talk.say(ASK, "what dose in its care?", meant="blight_care", dose=1.0)
    assert talk.slots["topics"] == ["moon_salve"]


# A topic by itself.


@pytest.mark.parametrize("text", ["what about cave rest?", "no, cave rest", "I meant cave rest", "cave rest"])
def test_a_topic_alone_is_asked_for_what_was_asked_last(talk: Talk, text: str) -> None:
    talk.say(ASK, "what can go wrong with moon salve?", risk=1.0)
    custom = talk.say(REFUSE, text, "out_of_scope")
    assert ids(custom) == ["cave.haste"]
    assert custom["understood"]["intent"] == "ask_risk"


def test_a_topic_alone_falls_back_to_its_main_facts_and_says_so(talk: Talk, made_up_knowledge: Knowledge) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    custom = talk.say(ASK, "and cave rest?", use=1.0)
    assert ids(custom) == ["cave.effect"]
    assert phrases.NOT_HELD.format(what=f"a dose; {made_up_knowledge.topic_by_id['cave_rest'].name}") in talk.text
    assert ids(talk.say(ASK, "back to the moon salve", use=1.0)) == ["salve.dose", "salve.course"], "dose, as asked"


def test_the_topic_denied_gives_way_to_the_one_meant(talk: Talk) -> None:
    talk.say(ASK, "what can go wrong with moon salve?", risk=1.0)
    assert ids(talk.say(ASK, "cave rest, not moon salve", use=1.0)) == ["cave.haste"]


def test_what_is_no_topic_is_refused_and_not_taken_for_the_last(talk: Talk) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert talk.say(ASK, "and tail surgery?", "name_topic")["kind"] == "out_of_scope"
    assert "salve.dose" in ids(talk.say(ASK, "what about that?", "name_topic", dose=0.2))


def test_a_setting_alone_asks_the_same_again(talk: Talk) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert "salve.dose" in ids(talk.say(ASK, "and in a hatchling?", use=1.0))
    assert dict(talk.slots)["features"] == ["young_dragon"]


def test_what_was_given_instead_becomes_the_topic(talk: Talk) -> None:
    assert "cave.end" in ids(talk.say(ASK, "how do I monitor moon salve?", monitoring=1.0))
    assert talk.slots["topics"] == ["cave_rest"]


# Where it stands, and what it leaves open.


def test_how_good_the_evidence_is_of_an_answer_comes_with_its_sources(talk: Talk) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    custom = talk.say(ASK, "how good is the evidence?", evidence=1.0)
    assert (custom["kind"], "salve.dose" in ids(custom)) == ("answer", True)
    assert phrases.REFERENCE_KINDS["guideline"].format(markers="[1]") in talk.text
    assert phrases.UNLISTED_NOTE.format(markers="3") in talk.text


def test_the_source_of_a_topic_named_is_that_topic_s(talk: Talk) -> None:
    talk.say(ASK, "what can go wrong with moon salve?", risk=1.0)
    assert "cave.effect" in ids(talk.say(SOURCE, "where is the cave rest bit from?", "ask_source"))


def test_what_is_left_open_is_named(talk: Talk, made_up_knowledge: Knowledge) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    custom = talk.say(module.ActionGaps(), "what does it not say?", "ask_gaps")
    assert "salve.dose" in ids(custom)
    open_ = next(line for line in talk.text.splitlines() if line.startswith("Of moon salve"))
    assert phrases.ASKED[Facet.ALTERNATIVE] in open_
    assert phrases.ASKED[Facet.RISK] not in open_, "it says something of that"


def test_with_nothing_said_the_gaps_are_the_bot_s_limits(talk: Talk) -> None:
    assert talk.say(module.ActionGaps(), "what does it not say?", "ask_gaps")["kind"] == "smalltalk"


# Summary, start over.


def test_a_summary_is_by_topic_each_line_with_its_place(talk: Talk, made_up_knowledge: Knowledge) -> None:
    talk.say(ASK, "what can go wrong with cave rest in a hatchling?", risk=1.0)
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    custom = talk.say(module.ActionSummarise(), "summarise", "summarise")
    shown = [made_up_knowledge.fact_by_id[fact["id"]] for fact in (*custom["facts"], *custom["pitfalls"])]
    assert {"cave.haste", "salve.dose", "salve.shine"} <= {fact.id for fact in shown}
    lines = talk.text.splitlines()
    assert lines.index("Moon salve:") < lines.index("Cave rest:"), "as in the document"
    for fact in shown:
        assert any(fact.statement in line and f"[{fact.locator}: " in line for line in lines)
    assert phrases.FEATURES.format(what="young dragons") in lines
    assert "salve.course" in ids(talk.say(ASK, "and how often?", frequency=1.0)), "the conversation goes on"


def test_a_summary_of_a_topic_is_a_question_on_it(talk: Talk) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert "cave.effect" in ids(talk.say(module.ActionSummarise(), "summarise cave rest", "summarise"))


def test_after_starting_over_nothing_is_carried(talk: Talk) -> None:
    talk.say(ASK, "dose of moon salve in a hatchling?", dose=1.0)
    assert talk.say(module.ActionStartOver(), "new patient", "start_over")["kind"] == "smalltalk"
    assert set(talk.slots.values()) == {None}
    assert talk.say(ASK, "and how often?", frequency=1.0)["kind"] == "clarify"


# Marks.


@pytest.mark.parametrize("mark", feedback.MARKS)
def test_a_mark_is_kept_with_the_facts_and_without_words(
    talk: Talk, mark: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made_up_knowledge: Knowledge
) -> None:
    monkeypatch.setenv(feedback.DATABASE_VARIABLE, str(tmp_path / "var" / "feedback.db"))
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert talk.say(module.ActionFeedback(), "said Zqsmith", f"feedback_{mark}")["kind"] == "smalltalk"
    assert talk.text == phrases.MARKED[mark]
    with closing(sqlite3.connect(feedback.database())) as connection:
        ((*_, kept, kind, intent, topics, facts, knowledge, _),) = connection.execute("select * from feedback")
    assert (kept, kind, intent, json.loads(topics)) == (mark, "answer", "ask_dose", ["moon_salve"])
    assert json.loads(facts) == talk.slots["shown"]
    assert knowledge.split()[0] == made_up_knowledge.version
    written = feedback.database().read_bytes()
    assert b"Zqsmith" not in written
    assert b"someone" not in written, "the sender"


def test_without_an_answer_or_a_place_nothing_is_marked(
    talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(feedback.DATABASE_VARIABLE, str(tmp_path / "feedback.db"))
    talk.say(module.ActionFeedback(), "wrong", "feedback_bad")
    assert talk.text == phrases.NOT_MARKED["bad"]
    assert not feedback.database().exists()
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(feedback.DATABASE_VARIABLE, str(tmp_path / "file" / "feedback.db"))
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    talk.say(module.ActionFeedback(), "wrong", "feedback_bad")
    assert talk.text == phrases.NOT_MARKED["bad"]


# Asking back.


def test_the_answer_to_a_question_back_is_asked_for_what_was_asked(talk: Talk) -> None:
    custom = talk.say(ASK, "how much of it?", dose=1.0)
    assert custom["kind"] == "clarify"
    assert 2 <= len(custom["follow_ups"]) <= 4
    assert "salve.dose" in ids(talk.say(ASK, "moon salve", use=1.0))


@pytest.mark.parametrize("second", [ASK, SOURCE])
def test_nobody_is_asked_back_twice_running(talk: Talk, second: Action) -> None:
    assert talk.say(ASK, "how much of it?", dose=1.0)["kind"] == "clarify"
    assert talk.say(second, "the thing", dose=1.0)["kind"] == "out_of_scope"
    assert talk.text.startswith(phrases.CLARIFY_AGAIN)
    assert talk.say(ASK, "how much of it?", dose=1.0)["kind"] == "clarify", "but later again"


# What is kept.


def test_what_another_version_left_in_the_slot_counts_as_nothing(talk: Talk) -> None:
    talk.slots.update(topics="as typed", asked=["yesterday"])
    assert talk.say(ASK, "and how often?", frequency=1.0)["kind"] == "clarify"


def test_the_slot_holds_ids_and_numbers_only(talk: Talk, made_up_knowledge: Knowledge) -> None:
    for _ in range(3):
        talk.say(ASK, "Mr Smith's hatchling: dose of moon salve?", dose=0.5, risk=0.2)
    assert talk.slots["features"] == ["young_dragon"]
    texts = {one for name, value in talk.slots.items() if name != "last_kind" for one in value}
    assert texts <= {*made_up_knowledge.topic_by_id, *made_up_knowledge.fact_by_id, "dose", "risk"}
    assert talk.slots["last_kind"] == "answer"


def test_the_facts_remembered_are_bounded(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembering, "MOST_SHOWN", 2)
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    talk.say(ASK, "what can go wrong with cave rest?", risk=1.0)
    assert len(dict(talk.slots)["shown_before"]) == 2
    assert dict(talk.slots)["shown_before"][-1] in ("cave.haste", "cave.effect")


# Many at once.


def test_conversations_at_once_never_mix(check_custom: Callable[[dict[str, Any]], None]) -> None:
    """200 conversations, their turns in random order, with a restart (slots through JSON) before every turn."""
    expected = {"moon salve": ("frequency", ["salve.course"]), "cave rest": ("monitoring", ["cave.end"])}
    talks = [(Talk(check_custom), name) for name in expected for _ in range(100)]
    turns = [place for place in range(len(talks)) for _ in range(3)]
    random.Random(0).shuffle(turns)
    said = dict.fromkeys(range(len(talks)), 0)
    for place in turns:
        talk, name = talks[place]
        facet, facts = expected[name]
        if said[place]:
            custom = talk.say(ASK, "and then?", f"ask_{facet}", **{facet: 1.0})
            assert ids(custom)[0] == facts[0]
            assert custom["understood"]["assumed"] == [WORDS[name]]
        else:
            talk.say(ASK, f"should I use {name}?", use=1.0)
        said[place] += 1
    assert set(said.values()) == {3}
