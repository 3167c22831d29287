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

WORDS = {
    "moon salve": "moon_salve",
    "cave rest": "cave_rest",
    "hatchling": "young_dragon",
    "blight": "scale_blight",
    "all care": "blight_care",
}
ASK, REFUSE, NOT_HELD, SOURCE = (
    module.ActionAnswer(), module.ActionDecline(), module.ActionDeclineNotHeld(), module.ActionSource(),
)  # fmt: skip


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch, made_up_file: Path) -> None:
    monkeypatch.setenv(KNOWLEDGE_VARIABLE, str(made_up_file))


Rewrite = Callable[..., None]
NOT_IN_THE_YOUNG = tuple(
    (facets, f"    not_in: [young_dragon]\n{facets}")
    for facets in ("    facets: [dose, use]", "    facets: [frequency, duration]")
)


@pytest.fixture
def rewrite(made_up_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rewrite:
    """Let the knowledge base be another: of each pair, the one text of the file stands in the place of the other."""

    def changed(*pairs: tuple[str, str]) -> None:
        text = made_up_file.read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "knowledge.yaml").write_text(text, encoding="utf-8")
        monkeypatch.setenv(KNOWLEDGE_VARIABLE, str(tmp_path / "knowledge.yaml"))

    return changed


class Talk:
    """A conversation by messages as the language room leaves them; slots go through JSON as over HTTP."""

    def __init__(self, check: Callable[[dict[str, Any]], None]) -> None:
        self.slots: dict[str, Any] = {}
        self._check = check
        self.text = ""

    def say(
        self,
        action: Action,
        text: str,
        intent: str = "",
        meant: str = "",
        likely: dict[str, float] | None = None,
        confidence: float = 0.9,
        ranking: dict[str, float] | None = None,
        disease: str = "",
        **asked: float,
    ) -> Any:
        """Say a text whose topics are found by their words; return `custom`."""
        entities = [
            {"entity": "topic", "value": topic, "start": text.index(word), "end": text.index(word) + len(word)}
            for word, topic in WORDS.items()
            if word in text
        ]
        if disease:
            entities.append({"entity": "disease", "value": disease, "start": 0, "end": 0})
        intent = intent or f"ask_{next(iter(asked), 'use')}"
        entities.sort(key=lambda one: int(str(one["start"])))
        topics = [one["value"] for one in entities if one["entity"] == "topic"] or [meant] * bool(meant)
        part = {"topics": topics, "asked": asked, "likely": likely or {}, "words": len(text.split())}
        message = {
            "text": text, "entities": entities, "questions": [part],
            "intent": {"name": intent, "confidence": confidence},
            "intent_ranking": [
                {"name": name, "confidence": share}
                for name, share in {intent: max(asked.values(), default=1.0), **(ranking or {})}.items()
            ],
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


def test_a_first_message_that_only_names_a_topic_is_answered_unless_it_was_surely_refused(talk: Talk) -> None:
    said = "switch the moon salve"
    assert talk.say(NOT_HELD, said, "not_in_document", confidence=0.95, use=0.1)["kind"] == "out_of_scope"
    assert "salve.dose" in ids(talk.say(NOT_HELD, said, "not_in_document", confidence=0.6, use=0.1))


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


def test_two_topics_alone_ask_what_the_one_does_for_the_other(talk: Talk) -> None:
    assert ids(talk.say(ASK, "cave rest moon salve", effect=0.6, use=0.2)) == ["cave.effect"]


def test_what_speaks_of_the_topic_named_is_gone_on_with_beside_it(talk: Talk, rewrite: Rewrite) -> None:
    also = "    also: [{topic: moon_salve, facets: [monitoring]}]"
    rewrite((also, f"    touches: [moon_salve]\n{also}"))
    assert ids(talk.say(ASK, "how do I monitor moon salve?", monitoring=1.0)) == ["cave.end"]
    assert talk.slots["topics"] == ["cave_rest", "moon_salve"]


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


def test_what_is_asked_without_a_question_mark_is_not_taken_for_a_patient_s_history(talk: Talk) -> None:
    sure = {"not_in_document": 0.1}
    custom = talk.say(NOT_HELD, "shell oil a day hatchling", "not_in_document", confidence=0.97, ranking=sure, dose=0.9)
    assert custom["kind"] == "out_of_scope"


def test_what_the_reader_takes_for_meant_goes_before_what_was_spoken_of(talk: Talk) -> None:
    talk.say(ASK, "what can go wrong with moon salve?", risk=1.0)
    assert ids(talk.say(ASK, "and the sleeping?", meant="cave_rest", risk=1.0)) == ["cave.haste"]
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    refused = talk.say(NOT_HELD, "and the sleeping?", "ask_risk", meant="cave_rest", risk=1.0)
    assert refused["kind"] == "out_of_scope", "what the reader refused is not asked of another topic"


def test_one_of_a_group_becomes_the_topic(talk: Talk) -> None:
    talk.say(ASK, "what dose in all care?", dose=1.0)
    assert talk.slots["topics"] == ["moon_salve"]


def test_words_that_stand_in_a_fact_on_the_topic_are_answered_with_it(talk: Talk) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert ids(talk.say(REFUSE, "do the jars break?", "out_of_scope")) == [], "not all words do"
    custom = talk.say(REFUSE, "what about the jars?", "out_of_scope")
    assert ids(custom) == ["salve.shine"]
    assert custom["understood"]["assumed"] == ["moon_salve"]
    assert ids(talk.say(ASK, "and the jars?", "name_topic")) == ["salve.shine"]
    talk.say(ASK, "what does cave rest do?", effect=1.0)
    assert talk.say(REFUSE, "what about the jars?", "out_of_scope")["kind"] == "out_of_scope", "of another topic"


def test_parts_of_a_course_are_answered_together(talk: Talk) -> None:
    assert ids(talk.say(ASK, "dose and frequency of moon salve?", frequency=0.6, dose=0.4)) == [
        "salve.dose", "salve.course",
    ]  # fmt: skip


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


@pytest.mark.parametrize("said", ["moon salve.. wait no, cave rest", "moon salve, I mean cave rest, use it?"])
def test_a_speaker_who_corrects_himself_means_the_second(talk: Talk, said: str) -> None:
    assert ids(talk.say(ASK, said, likely={"salves-and-rest/1": 0.9}, use=1.0)) == ["cave.effect"]


def test_what_was_not_asked_gives_way_to_what_was(talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(feedback.DATABASE_VARIABLE, str(tmp_path / "feedback.db"))
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert "cave.effect" in ids(talk.say(module.ActionFeedback(), "no I asked cave rest", "feedback_bad", effect=0.4))
    with closing(sqlite3.connect(feedback.database())) as connection:
        assert [row[0] for row in connection.execute("select mark from feedback")] == ["wrong"], "the mark is kept"
    again = talk.say(module.ActionFeedback(), "wrong about cave rest", "feedback_bad", effect=0.4)
    assert again["kind"] == "smalltalk", "it was what the answer was about"


def test_what_is_no_topic_is_refused_and_not_taken_for_the_last(talk: Talk) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert talk.say(ASK, "and tail surgery?", "name_topic")["kind"] == "out_of_scope"
    assert "salve.dose" in ids(talk.say(ASK, "what about that?", "name_topic", dose=0.2))


def test_what_is_named_without_a_question_is_refused_though_the_reader_finds_some_question(talk: Talk) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert "salve.dose" in ids(talk.say(ASK, "and with tail surgery?", dose=0.4))
    assert talk.say(ASK, "and tail surgery?", ranking={"name_topic": 0.35}, dose=0.4)["kind"] == "out_of_scope"


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


def test_every_fact_of_a_source_bears_its_place(talk: Talk, made_up_knowledge: Knowledge) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    custom = talk.say(SOURCE, "where is that from?", "ask_source")
    for fact in custom["facts"]:
        assert any(fact["statement"] in line and f"[{fact['source']}: " in line for line in talk.text.splitlines())


def test_a_number_is_no_marker_and_an_unknown_marker_is_said_to_be(talk: Talk, made_up_knowledge: Knowledge) -> None:
    markers = made_up_knowledge.document.markers
    talk.say(SOURCE, f"what is reference {markers + 1}?", "ask_source")
    assert talk.text.startswith(phrases.REFERENCE_UNKNOWN.format(marker=markers + 1, markers=markers))
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert "salve.dose" in ids(talk.say(SOURCE, "where does the number 3 come from?", "ask_source"))


@pytest.mark.parametrize(("marker", "kind"), [(1, "answer"), (3, "answer"), (4, "smalltalk")])
def test_a_reference_is_told_by_its_number(talk: Talk, made_up_knowledge: Knowledge, marker: int, kind: str) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    by_references = talk.say(module.ActionSmallTalk(), f"what is reference {marker}?", "ask_references")
    custom = talk.say(SOURCE, f"what is reference {marker}?", "ask_source")
    assert custom["kind"] == by_references["kind"] == kind
    assert all(marker in fact["citations"] for fact in custom["facts"])
    listed = marker <= len(made_up_knowledge.references)
    title = (
        made_up_knowledge.references[marker - 1].title if listed else phrases.REFERENCE_UNLISTED.format(marker=marker)
    )
    assert title.rstrip(".") in talk.text.splitlines()[0]


# A patient.


def test_a_value_told_is_held_against_the_document_s_threshold(talk: Talk, made_up_knowledge: Knowledge) -> None:
    fact = made_up_knowledge.fact_by_id["cave.end"]
    (figure,) = fact.figures
    assert figure.value is not None
    for value, form in ((figure.value + 5, phrases.BEYOND), (figure.value - 5, phrases.NOT_BEYOND)):
        talk.say(ASK, f"dose of moon salve? scale count against the usual is {value:g}%", dose=1.0)
        assert talk.slots["measured"] == {figure.measures: value}
        assert figure.measures not in talk.text, "the facts shown name no such threshold"
        talk.say(ASK, "when does cave rest end?", monitoring=1.0)
        line = form.format(
            what=figure.measures, value=f"{value:g}", bound="above", limit=f"{figure.value:g}", unit=figure.unit
        )
        assert line in talk.text.splitlines()
    talk.say(module.ActionStartOver(), "start over", "start_over")
    talk.say(ASK, "when does cave rest end?", monitoring=1.0)
    assert figure.measures not in talk.text


def test_a_value_in_another_unit_is_said_not_to_be_compared(talk: Talk, made_up_knowledge: Knowledge) -> None:
    (figure,) = made_up_knowledge.fact_by_id["cave.end"].figures
    talk.say(ASK, "dose of moon salve? scale count against the usual is 6 mg/l", dose=1.0)
    talk.say(ASK, "when does cave rest end?", monitoring=1.0)
    assert phrases.NOT_COMPARED.format(what=figure.measures, unit=figure.unit) in talk.text.splitlines()
    talk.say(ASK, "when does cave rest end? scale count against the usual is 70%", monitoring=1.0)
    assert "70" in talk.text
    assert "unit" not in talk.text


@pytest.mark.parametrize(
    ("told", "value"),
    [
        ("is 1,250", 1250), ("was 95, now 60", 60), ("back at 70.5", 70.5), ("now 60%", 60), ("70, cave warm", 70),
        ("65 mg", None), ("65 mmol / l", None),
        ("9 times the usual", "none"), ("3 weeks ago", "none"), ("2k", "none"), ("40-60", "none"), ("1 200", "none"),
        ("today 14:30", "none"), ("at 0800 was 32", "none"), ("1.200", "none"), ("6oo", "none"), ("6 00", "none"),
        ("1.5 thousand", "none"),
        ("35 -> 90", "none"), ("35 rising to 90", "none"), ("35 in jan 90 in june", "none"),
        ("85 last year, 21 today", 21),
        ("35, cave 7", 35), ("70 (pmol)", None), ("70, in mmol", None), ("60 -ish pmol", None),
    ],
)  # fmt: skip
def test_a_value_is_read_as_it_was_told_or_not_at_all(
    talk: Talk, made_up_knowledge: Knowledge, told: str, value: float | str | None
) -> None:
    (figure,) = made_up_knowledge.fact_by_id["cave.end"].figures
    talk.say(ASK, f"when does cave rest end? scale count against the usual {told}", monitoring=1.0)
    assert talk.slots.get("measured", {}) == ({} if value == "none" else {figure.measures: value})


def test_a_number_corrects_a_value_only_where_that_was_spoken_of(talk: Talk) -> None:
    talk.say(ASK, "when does cave rest end? scale count against the usual is 45%", monitoring=1.0)
    before = talk.slots["measured"]
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    talk.say(REFUSE, "sorry, 25?", "out_of_scope", confidence=0.95)
    assert talk.slots["measured"] == before


@pytest.mark.parametrize("text", ["typo, its 70", "sorry, 70 not 45", "no 70%", "oops - should be 70"])
def test_a_value_is_corrected_without_its_name(talk: Talk, made_up_knowledge: Knowledge, text: str) -> None:
    (figure,) = made_up_knowledge.fact_by_id["cave.end"].figures
    talk.say(ASK, "when does cave rest end? scale count against the usual is 45%", monitoring=1.0)
    custom = talk.say(REFUSE, text, "out_of_scope", confidence=0.95)
    assert talk.slots["measured"] == {figure.measures: 70}
    assert "cave.end" in [fact["id"] for fact in custom["facts"]]
    assert "70" in talk.text


@pytest.mark.parametrize("text", ["sorry, 70 g?", "no, 70 mg/kg", "70", "no, dose of 70"])
def test_another_number_corrects_no_value(talk: Talk, text: str) -> None:
    talk.say(ASK, "when does cave rest end? scale count against the usual is 45%", monitoring=1.0)
    before = talk.slots["measured"]
    talk.say(REFUSE, text, "out_of_scope", confidence=0.95)
    assert talk.slots["measured"] == before


@pytest.mark.parametrize(
    ("said", "contradicts"),
    [("moon salve 2 mg?", False), ("moon salve 2 g?", True), ("moon salve 30 mg a day, yes?", True),
     ("1.5 to 3 mg of moon salve?", False),
     ("on moon salve for 9 weeks, how long?", False), ("how much moon salve for 12 dragons?", False)],
)  # fmt: skip
def test_a_number_that_the_facts_do_not_bear_is_to_be_checked(talk: Talk, said: str, contradicts: bool) -> None:
    talk.say(ASK, said, dose=1.0)
    assert talk.text.startswith(phrases.CLAIM) is contradicts


def test_a_feature_told_earlier_is_shown_with_the_facts_that_speak_of_it(talk: Talk, rewrite: Rewrite) -> None:
    rewrite(
        (
            "topics: [cave_rest]\n    facets: [risk]",
            "topics: [cave_rest]\n    touches: [young_dragon]\n    facets: [risk]",
        )
    )
    talk.say(ASK, "dose of moon salve in a hatchling?", dose=1.0)
    assert phrases.TOLD_BEFORE.format(what="young dragons") not in talk.text, "it stands in the message"
    custom = talk.say(ASK, "what can go wrong with cave rest?", risk=1.0)
    assert custom["understood"]["assumed"] == ["young_dragon"]
    assert phrases.TOLD_BEFORE.format(what="young dragons") in talk.text
    assert "young_dragon" not in talk.slots["topics"]


def test_a_fact_that_does_not_hold_in_a_setting_is_not_shown_for_such_a_patient(
    talk: Talk, rewrite: Rewrite, monkeypatch: pytest.MonkeyPatch
) -> None:
    elder = "\ntopics:\n  - {id: old_dragon, kind: setting, name: old dragons, words: [elder]}\n"
    rewrite(*NOT_IN_THE_YOUNG, ("\ntopics:\n", elder))
    monkeypatch.setitem(WORDS, "elder", "old_dragon")
    assert ids(talk.say(ASK, "dose of moon salve?", dose=1.0)) == ["salve.dose", "salve.course"]
    sure = {"salves-and-rest/1": 0.95}
    assert talk.say(ASK, "dose of moon salve in a hatchling?", likely=sure, dose=1.0)["kind"] == "out_of_scope"
    assert talk.say(ASK, "and how often is moon salve given?", frequency=1.0)["kind"] == "out_of_scope", "told before"
    assert talk.say(ASK, "dose of moon salve in an elder?", dose=1.0)["kind"] == "out_of_scope", (
        "another does not lift it"
    )
    talk.say(module.ActionStartOver(), "new patient", "start_over")
    assert ids(talk.say(ASK, "dose of moon salve?", dose=1.0)) == ["salve.dose", "salve.course"]


def test_what_was_shown_is_taken_back_where_the_patient_turns_out_to_be_another(talk: Talk, rewrite: Rewrite) -> None:
    rewrite(*NOT_IN_THE_YOUNG)
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    custom = talk.say(NOT_HELD, "oh wait, a hatchling", "not_in_document", confidence=0.4, claim=0.8)
    assert custom["kind"] == "out_of_scope"
    assert phrases.ASKED[Facet.DOSE] in talk.text, "it says what of"
    talk.say(module.ActionStartOver(), "new patient", "start_over")
    talk.say(ASK, "what can go wrong with cave rest?", risk=1.0)
    doubted = {"not_in_document": 0.1}
    noted = talk.say(NOT_HELD, "oh wait, a hatchling", "not_in_document", confidence=0.4, ranking=doubted, claim=0.8)
    assert noted["kind"] == "clarify", "nothing to take back"


def test_a_setting_ends_with_the_word_that_excludes_it(talk: Talk, rewrite: Rewrite) -> None:
    setting = "    kind: setting\n    name: young dragons\n"
    rewrite((setting, f"{setting}    ended_by: [cave rest]\n"))
    talk.say(ASK, "dose of moon salve in a hatchling?", dose=1.0)
    talk.say(ASK, "not cave rest, how often is it given?", frequency=1.0)
    assert dict(talk.slots)["features"] == ["young_dragon"]
    talk.say(ASK, "when does cave rest end?", monitoring=1.0)
    assert talk.slots["features"] == []


def test_a_pronoun_beside_a_group_is_the_topic_spoken_of(talk: Talk) -> None:
    talk.say(ASK, "when does cave rest end?", monitoring=1.0)
    assert ids(talk.say(ASK, "is it part of all care?", use=1.0)) == ["cave.effect"]
    assert "salve.dose" in ids(talk.say(ASK, "what is part of all care?", use=1.0))


def test_why_a_group_is_asked_of_what_was_spoken_of(talk: Talk) -> None:
    talk.say(ASK, "when does cave rest end?", monitoring=1.0)
    assert ids(talk.say(ASK, "so when all care", use=1.0)) == ["cave.effect"]


def test_what_else_there_is_leaves_out_what_was_shown(talk: Talk) -> None:
    likely = {"salves-and-rest/2": 0.8, "follow-up-of-the-blight/2": 0.7}
    talk.say(ASK, "what can go wrong with cave rest?", risk=1.0)
    assert "salve.shine" in ids(talk.say(ASK, "anything else that goes wrong", likely=likely, risk=1.0))
    assert talk.slots["topics"] == ["moon_salve"]
    talk.say(ASK, "what can go wrong with cave rest?", risk=1.0)
    assert ids(talk.say(ASK, "anything that goes wrong", likely=likely, risk=1.0)) == ["cave.haste"]


def test_the_other_one_of_a_group_is_what_was_not_spoken_of(talk: Talk) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert ids(talk.say(ASK, "no, the other one of all care", "name_topic", dose=0.2))[0] == "cave.effect"


def test_an_outcome_alone_is_that_of_the_treatment_spoken_of(talk: Talk) -> None:
    talk.say(ASK, "what does cave rest do?", effect=1.0)
    assert ids(talk.say(ASK, "moon salve?", effect=0.9)) == ["cave.effect"], "its fact speaks of both"
    talk.say(ASK, "what does cave rest do?", effect=1.0)
    assert ids(talk.say(ASK, "moon salve?", overview=0.7)) == ["cave.effect"], "as was asked last"
    talk.say(ASK, "what can go wrong with cave rest?", risk=1.0)
    assert ids(talk.say(ASK, "moon salve?", use=0.9)) == ["salve.shine"], "not asked for the outcome"


def test_an_outcome_that_the_facts_do_not_speak_of_is_refused_and_not_told_by_itself(
    talk: Talk, rewrite: Rewrite
) -> None:
    likely = {"salves-and-rest/1": 0.8}
    talk.say(ASK, "when does cave rest end?", monitoring=1.0)
    assert "cave.effect" in ids(talk.say(ASK, "does it help the moon salve?", likely=likely, effect=0.9))
    rewrite(("topics: [cave_rest, blight_care]", "topics: [blight_care]"))
    talk.say(ASK, "when does cave rest end?", monitoring=1.0)
    custom = talk.say(ASK, "does it help the moon salve?", likely=likely, effect=0.6, evidence=0.2)
    assert custom["kind"] == "out_of_scope"
    assert "cave rest, moon salve" in talk.text
    assert talk.slots["topics"] == ["cave_rest"], "the conversation stays there"


def test_what_a_fact_does_not_answer_squarely_is_asked_of_what_the_heads_are_sure_of(talk: Talk) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert "cave.end" in ids(talk.say(ASK, "the count", likely={"follow-up-of-the-blight/1": 0.8}, monitoring=0.9))
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert ids(talk.say(ASK, "that count", likely={"follow-up-of-the-blight/1": 0.8}, reason=0.9)) == []


def test_a_bullet_that_the_heads_are_very_sure_of_goes_before_what_was_spoken_of(talk: Talk) -> None:
    for share, shown in ((0.95, "cave.haste"), (0.8, "salve.shine")):
        talk.say(ASK, "dose of moon salve?", dose=1.0)
        likely = {"follow-up-of-the-blight/2": share}
        assert ids(talk.say(ASK, "and what goes wrong", likely=likely, risk=1.0))[0] == shown


def test_a_topic_that_the_heads_only_guess_gives_way_to_what_was_spoken_of(talk: Talk) -> None:
    for share, shown in ((0.3, "salve.shine"), (0.6, "cave.haste")):
        talk.say(ASK, "dose of moon salve?", dose=1.0)
        likely = {"follow-up-of-the-blight/2": share}
        assert ids(talk.say(ASK, "cut short?", meant="cave_rest", likely=likely, risk=1.0))[0] == shown


@pytest.mark.parametrize(
    ("likely", "confidence", "kind"),
    [(0.6, 0.3, "answer"), (0.3, 0.3, "out_of_scope"), (0.6, 0.4, "out_of_scope"), (0.3, 0.1, "answer")],
)
def test_what_was_hardly_refused_is_answered_in_a_conversation(
    talk: Talk, likely: float, confidence: float, kind: str
) -> None:
    asked = {"likely": {"salves-and-rest/3": likely}, "confidence": confidence, "ranking": {"not_in_document": 0.1}}
    text = "what could the old ones lie down in for a while instead of that"
    first = talk.say(NOT_HELD, text, "not_in_document", meant="cave_rest", **asked, effect=0.8)
    assert first["kind"] == "out_of_scope", "nothing was spoken of"
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    said = talk.say(NOT_HELD, text, "not_in_document", meant="cave_rest", **asked, effect=0.8)
    assert said["kind"] == kind


def test_what_asks_nothing_gets_no_facts(talk: Talk) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert talk.say(ASK, "haha great", claim=0.5, ranking={"thank": 0.4})["kind"] == "smalltalk"
    assert talk.say(ASK, "great, but it burns", claim=0.9, ranking={"thank": 0.1})["kind"] != "smalltalk"
    talk.say(REFUSE, "I'm a pharmacist, keep it short", "out_of_scope", claim=0.5, ranking={"tell_role": 0.3})
    assert talk.text.startswith(phrases.ROLE_NOTED.split("{")[0])
    assert talk.slots["role"] == "pharmacist"
    talk.say(module.ActionUrgent(), "it lies still", "report_emergency")
    assert talk.say(ASK, "a keeper is with it now", claim=0.5)["kind"] == "smalltalk"
    assert talk.text == phrases.AFTER_EMERGENCY
    assert talk.say(ASK, "how much salve?", dose=0.9)["kind"] != "smalltalk"


@pytest.mark.parametrize(
    "said",
    [
        "moon salve for a dragon without blight?",
        "no blight here, how much moon salve?",
        "blight has been excluded, moon salve?",
        "it does not have the blight, how is moon salve given?",
        "not blight, shall I use moon salve?",
        "never had blight: moon salve, how much?",
        "cave rest or moon salve for one without blight?",
    ],
)
def test_what_is_asked_of_a_patient_without_the_condition_is_refused(
    talk: Talk, made_up_knowledge: Knowledge, said: str
) -> None:
    custom = talk.say(ASK, said, likely={"salves-and-rest/1": 0.99}, dose=0.9)
    assert (custom["kind"], custom["facts"]) == ("out_of_scope", [])
    assert custom["follow_ups"]
    assert talk.text.startswith(phrases.NOT_THE_CONDITION.format(condition=made_up_knowledge.condition().name))
    assert talk.say(module.ActionUrgent(), said, "report_emergency")["kind"] == "urgent"


def test_a_denial_holds_until_the_condition_is_named_or_another_patient_begins(
    talk: Talk, made_up_knowledge: Knowledge
) -> None:
    name = made_up_knowledge.condition().name
    shown = ids(talk.say(ASK, "dose of moon salve?", dose=1.0))
    talk.say(ASK, "no blight here, how much moon salve?", dose=0.9)
    for said in ("and how often is it given?", "moon salve then?"):
        custom = talk.say(ASK, said, frequency=0.9)
        assert (custom["kind"], custom["facts"]) == ("out_of_scope", [])
        assert talk.text.startswith(phrases.DENIED_BEFORE.format(condition=name))
    assert not talk.say(module.ActionSummarise(), "summarise", "summarise")["facts"]
    urgent = talk.say(module.ActionUrgent(), "moon salve burns, it lies still", "report_emergency")
    assert (urgent["kind"], urgent["facts"]) == ("urgent", [])
    assert talk.say(ASK, "how much moon salve in blight?", dose=0.9)["facts"]
    assert shown[0] in ids(talk.say(module.ActionSummarise(), "summarise", "summarise"))
    assert talk.say(ASK, "and how often?", frequency=0.9)["facts"]
    talk.say(ASK, "no blight here, how much moon salve?", dose=0.9)
    talk.say(module.ActionStartOver(), "new patient", "start_over")
    assert talk.say(ASK, "dose of moon salve?", dose=1.0)["facts"]


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("not mange but blight, how much moon salve?", ""),
        ("why no moon salve in blight?", ""),
        ("moon salve in blight, not yet started, how much?", ""),
        ("cave rest fine, so no blight, moon salve?", ""),
        ("moon salve is for mange, not blight", "state_claim"),
    ],
)
def test_what_only_looks_like_a_denial_is_answered(talk: Talk, rewrite: Rewrite, said: str, intent: str) -> None:
    test = "  - id: cave_rest\n    kind: subject\n"
    rewrite((test, f"{test}    diagnoses: true\n"))
    assert talk.say(ASK, said, intent, dose=0.9)["kind"] == "answer"


@pytest.mark.parametrize(
    "said",
    [
        "shall I hold moon salve until blight is ruled out?",
        "are there no blight trials of moon salve?",
        "why is there no blight guideline on moon salve?",
        "no blight-specific moon salve?",
        "is blight excluded by a normal moon salve?",
    ],
)
def test_a_question_around_the_condition_s_name_is_no_denial(talk: Talk, said: str) -> None:
    assert talk.say(ASK, said, dose=0.9)["kind"] == "answer"
    assert not talk.slots.get("denied")


@pytest.mark.parametrize(
    "said",
    [
        "not blight", "its not blight", "blight ruled out", "not blight after all", "turns out it isnt blight",
        "no blight then",
        "blight has been excluded by the smith", "blight is off the table", "blight -ve", "misdiagnosed as blight",
        "blight? no.",
        "the smith dont think its blight", "no evidence of blight",
    ],
)  # fmt: skip
def test_a_bare_denial_is_heard_too(talk: Talk, said: str) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    for intent in ("state_claim", "name_topic"):
        assert talk.say(ASK, said, intent, claim=0.9)["kind"] == "out_of_scope"
        assert talk.slots["denied"] is True
        assert not talk.say(ASK, "and how often?", frequency=1.0)["facts"]


@pytest.mark.parametrize("action", [ASK, module.ActionStartOver(), REFUSE])
def test_another_patient_begins_anew_with_what_is_told_of_him(talk: Talk, action: Action) -> None:
    talk.say(ASK, "dose of moon salve? scale count against the usual is 95%", dose=1.0)
    talk.say(ASK, "no blight here, moon salve?", dose=1.0)
    talk.say(action, "ok new patient: a hatchling", "start_over", claim=0.2)
    assert talk.slots["features"] == ["young_dragon"]
    assert not any(talk.slots.get(name) for name in ("topics", "shown_before", "measured", "denied"))
    talk.say(ASK, "next pt, moon salve?", use=1.0)
    assert not talk.slots["features"]


def test_what_follows_another_disease_is_not_asked_of_this_one(talk: Talk) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    talk.say(REFUSE, "and in mange?", "out_of_scope", disease="mange", claim=0.1)
    assert not talk.say(ASK, "how often?", frequency=1.0)["facts"]
    assert "salve.course" in ids(talk.say(ASK, "how often is moon salve applied?", frequency=1.0))


def test_a_setting_may_be_told_by_a_pattern(talk: Talk, rewrite: Rewrite) -> None:
    rewrite(
        ("    words: [young dragon,", "    patterns: ['\\bE\\dH\\d']\n    words: [young dragon,"), *NOT_IN_THE_YOUNG
    )
    assert not talk.say(ASK, "e1h2, dose of moon salve?", dose=1.0)["facts"]
    assert talk.slots["features"] == ["young_dragon"]


def test_what_was_taken_back_is_not_shown_again(talk: Talk, rewrite: Rewrite) -> None:
    rewrite(*NOT_IN_THE_YOUNG)
    assert {"salve.dose", "salve.course"} <= set(ids(talk.say(ASK, "dose of moon salve?", dose=1.0)))
    talk.say(ASK, "what can go wrong with moon salve?", risk=1.0)
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    custom = talk.say(ASK, "wait, it is a hatchling", "state_claim", claim=0.9)
    assert not custom["facts"]
    for action, said in ((SOURCE, "where is that from?"), (module.ActionGaps(), "what does it leave open?")):
        assert "salve.dose" not in ids(talk.say(action, said))
    assert ids(talk.say(module.ActionSummarise(), "summarise", "summarise")) == ["salve.shine"]
    talk.say(ASK, "and its cave rest was cut short", "state_claim", claim=0.9)
    assert phrases.ASKED[Facet.DOSE] not in talk.text, "it is taken back once"
    assert "salve.shine" not in ids(talk.say(ASK, "how is the dose of moon salve?", dose=1.0))


def test_who_doubts_that_nothing_is_stated_is_told_so_again(talk: Talk, rewrite: Rewrite) -> None:
    rewrite(*NOT_IN_THE_YOUNG)
    talk.say(ASK, "dose of moon salve in a hatchling?", dose=1.0)
    custom = talk.say(NOT_HELD, "so nothing for a hatchling at all?", "not_in_document", confidence=0.2, claim=0.9)
    assert (custom["kind"], custom["facts"]) == ("out_of_scope", [])
    assert phrases.NOT_STATED_FOR.format(what="young dragons") in talk.text


def test_a_refusal_for_this_patient_says_so_and_the_way_out(talk: Talk, rewrite: Rewrite) -> None:
    rewrite(*NOT_IN_THE_YOUNG)
    note = phrases.NOT_STATED_FOR.format(what="young dragons")
    talk.say(ASK, "is moon salve safe in a hatchling?", risk=1.0)
    custom = talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert (custom["facts"], custom["understood"]["assumed"]) == ([], ["young_dragon"])
    assert note in talk.text
    talk.say(module.ActionStartOver(), "new patient", "start_over")
    assert "salve.dose" in ids(talk.say(ASK, "dose of moon salve?", dose=1.0))
    assert note not in talk.text


def test_nothing_stands_in_the_place_of_what_is_not_stated_for_this_patient(talk: Talk, rewrite: Rewrite) -> None:
    rewrite(*NOT_IN_THE_YOUNG)
    custom = talk.say(ASK, "dose of moon salve in a hatchling?", likely={"salves-and-rest/2": 0.9}, dose=0.9, risk=0.1)
    assert custom["facts"] == []
    assert phrases.NOT_STATED_FOR.format(what="young dragons") in talk.text


def test_a_topic_set_aside_is_not_answered_beside_the_one_meant(talk: Talk) -> None:
    custom = talk.say(ASK, "I said cave rest, not moon salve", likely={"salves-and-rest/3": 0.5}, claim=0.2, effect=0.7)
    assert ids(custom) == ["cave.effect"]


def test_a_dose_is_asked_of_the_one_thing_shown_before_that_has_one(talk: Talk) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    talk.say(ASK, "what does cave rest do?", effect=1.0)
    assert "salve.dose" in ids(talk.say(ASK, "a day how much", dose=0.9))
    talk.say(ASK, "what does cave rest do?", effect=1.0)
    assert "salve.dose" not in ids(talk.say(ASK, "and how much of it", dose=0.9))


def test_what_may_ask_for_the_source_gets_it(talk: Talk) -> None:
    asks = {"ranking": {"ask_references": 0.3, "ask_source": 0.2}, "confidence": 0.6}
    assert talk.say(REFUSE, "the papers to both?", "out_of_scope", **asks)["kind"] == "out_of_scope"
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert "salve.dose" in ids(talk.say(REFUSE, "the papers to both?", "out_of_scope", **asks))


@pytest.mark.parametrize(
    ("said", "held"),
    [
        ("it is not a hatchling", False),
        ("was a hatchling, is an elder now", False),
        ("elder now", False),
        ("hatchling, never an elder", True),
        ("hatchling because the elder died", True),
        ("hatchling, elder not possible", True),
        ("elder not possible", True),
        ("moved from hatchling to elder", False),
        ("the dragon is 3 years old", True),
        ("it's 44yo", False),
        ("aged 12", False),
        ("wait no it is a hatchling not an elder", True),
        ("a hatchling, not an elder", True),
        ("it was an elder once, then a hatchling came", True),
    ],
)
def test_a_setting_ends_by_its_denial_and_by_what_comes_after_it(
    talk: Talk, rewrite: Rewrite, said: str, held: bool
) -> None:
    rewrite(("    words: [young dragon,", "    ended_by: [elder]\n    below_age: 12\n    words: [young dragon,"))
    talk.say(ASK, "moon salve in a hatchling?", use=1.0)
    talk.say(ASK, said, "state_claim", claim=0.9)
    assert (talk.slots["features"] == ["young_dragon"]) is held


@pytest.mark.parametrize(
    ("said", "told"), [("3 weeks old", True), ("11-year-old", True), ("12 y/o", False), ("11", False)]
)
def test_an_age_may_tell_a_setting(talk: Talk, rewrite: Rewrite, said: str, told: bool) -> None:
    rewrite(("    words: [young dragon,", "    below_age: 12\n    words: [young dragon,"), *NOT_IN_THE_YOUNG)
    talk.say(ASK, f"dose of moon salve for a {said} dragon?", dose=1.0)
    assert ("young_dragon" in talk.slots.get("features", [])) is told
    assert (phrases.NOT_STATED_FOR.format(what="young dragons") in talk.text) is told


def test_what_is_asked_about_is_no_feature_of_the_patient(talk: Talk) -> None:
    talk.say(ASK, "moon salve dose for a patient who is on cave rest", dose=0.95)
    assert "moon_salve" not in talk.slots.get("features", [])


def test_a_pronoun_stands_for_what_its_own_message_names_with_the_condition(talk: Talk) -> None:
    sure = {"salves-and-rest/3": 0.95}
    assert ids(talk.say(ASK, "cave rest in blight, does it matter for moon salve", likely=sure, effect=0.9))


def test_few_words_beside_a_topic_may_ask_for_themselves(talk: Talk) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert ids(talk.say(ASK, "what is the salve?", risk=0.9)) == ["salve.shine"]
    assert talk.slots["asked"] == {"risk": 0.9}


def test_the_others_of_a_group_are_asked_what_the_message_asks(talk: Talk) -> None:
    talk.say(ASK, "what can go wrong with moon salve?", risk=1.0)
    custom = talk.say(ASK, "what does all care do, the other one?", effect=0.9)
    assert talk.slots["asked"] == {"effect": 0.9}
    assert ids(custom) == ["cave.effect"]


def test_a_lay_reader_gets_no_facts_by_a_way_around(talk: Talk) -> None:
    talk.say(ASK, "what does cave rest do?", effect=1.0)
    talk.say(module.ActionDeclineLayReader(), "my mum has this", "tell_lay_role")
    for said, intent in (("refs for those?", "ask_references"), ("what is reference 2?", "ask_references")):
        custom = talk.say(module.ActionSmallTalk(), said, intent)
        assert (custom["kind"], custom["facts"]) == ("out_of_scope", [])
    assert not talk.say(REFUSE, "so which is it?", "out_of_scope", agent=0.5)["facts"]


@pytest.mark.parametrize("said", ["any conflict of interest?", "is there conflicting news on moon salve?"])
def test_what_only_looks_like_a_tension_is_not_answered_with_the_last_one(talk: Talk, said: str) -> None:
    talk.say(ASK, "what does cave rest do?", effect=1.0)
    talk.say(ASK, said, use=1.0)
    assert not talk.text.startswith(phrases.BOTH_SIDES)


def test_a_tension_is_shown_from_both_sides(talk: Talk) -> None:
    talk.say(ASK, "what does cave rest do?", effect=1.0)
    for action in (ASK, REFUSE, module.ActionFeedback()):
        custom = talk.say(action, "so which is it?", "out_of_scope", agent=0.5)
        assert talk.text.startswith(phrases.BOTH_SIDES)
        assert {"cave.effect", "cave.haste"} == set(ids(custom))
    talk.say(module.ActionStartOver(), "start over", "start_over")
    assert not talk.say(REFUSE, "so which is it?", "out_of_scope", agent=0.2)["facts"]


@pytest.mark.parametrize("said", ["lol ok", "k. point taken", "right, understood", "Fair enough, boss!"])
def test_who_only_takes_note_is_told_no_more(talk: Talk, said: str) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert talk.say(ASK, said, use=0.6)["kind"] == "smalltalk"
    assert talk.say(ASK, f"{said}?", use=0.6)["kind"] == "answer"


def test_who_takes_note_may_go_on_with_a_question(talk: Talk) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert talk.say(NOT_HELD, "ok and how often one puts it on", "not_in_document", confidence=0.05, frequency=0.8)[
        "facts"
    ]
    assert (
        talk.say(NOT_HELD, "ok will put it on", "not_in_document", confidence=0.05, frequency=0.4)["kind"]
        == "smalltalk"
    )


def test_another_one_is_another_of_the_group_spoken_of(talk: Talk) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert ids(talk.say(ASK, "and the other one, what does it do?", effect=0.9)) == ["cave.effect"]


def test_who_takes_note_is_not_answered_with_facts(talk: Talk) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert talk.say(REFUSE, "ok thx will tell the smith", "out_of_scope", claim=0.6)["kind"] == "smalltalk"
    assert ids(talk.say(REFUSE, "will tell the smith", "out_of_scope", claim=0.6)) == []
    assert "salve.course" in ids(talk.say(ASK, "ok and how often?", frequency=1.0))


def test_what_may_ask_for_a_summary_gets_one_where_there_is_something_to_sum_up(talk: Talk) -> None:
    said = {"ranking": {"summarise": 0.3}, "confidence": 0.6}
    assert talk.say(REFUSE, "a line for the night watch", "out_of_scope", **said)["kind"] == "out_of_scope"
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert "salve.dose" in ids(talk.say(REFUSE, "a line for the night watch", "out_of_scope", **said))


def test_what_asks_for_a_summary_more_than_for_anything_gets_one(talk: Talk) -> None:
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    for asked in ({"overview": 0.4}, {}):
        said = talk.say(ASK, "watch over in 5 lines", "ask_overview", ranking={"summarise": 0.45}, **asked)
        assert "salve.dose" in ids(said)
        assert talk.text.startswith(phrases.SUMMARY)
    assert not talk.say(ASK, "of what", "ask_dose", ranking={"summarise": 0.3}, dose=0.1)["facts"]


def test_no_drug_is_guessed_for_a_dose(talk: Talk) -> None:
    custom = talk.say(ASK, "what is the dose for this drip?", meant="moon_salve", dose=0.9)
    assert (custom["kind"], custom["facts"]) == ("clarify", [])
    assert "What is the dose of moon salve?" in custom["follow_ups"]
    assert "salve.dose" in ids(talk.say(ASK, "moon salve", use=0.5))


def test_facts_on_a_group_begin_with_what_was_told_of_the_patient(talk: Talk) -> None:
    assert ids(talk.say(ASK, "should all care be given here?", use=1.0))[0] == "salve.dose"
    talk.say(ASK, "her cave rest was cut short", "state_claim", risk=1.0)
    custom = talk.say(ASK, "should all care be given here?", use=1.0)
    assert ids(custom)[0] == "cave.effect"
    assert "salve.dose" in ids(custom)


def test_what_a_sentence_tells_of_somebody_is_the_patient_s_and_no_claim(talk: Talk) -> None:
    talk.say(ASK, "her cave rest was cut short", "state_claim", risk=1.0)
    assert talk.slots["features"] == ["cave_rest"]
    assert phrases.CLAIM not in talk.text
    talk.say(ASK, "cave rest dulls all scales", "state_claim", risk=1.0)
    assert phrases.CLAIM in talk.text


# Whom it is for.


def test_facts_figures_warnings_and_citations_are_the_same_for_every_professional(talk: Talk) -> None:
    questions = [
        ("dose of moon salve and cave rest?", {"use": 1.0}),
        ("what can go wrong with moon salve?", {"risk": 1.0}),
    ]
    seen = set()
    for text in ("I'm the renal registrar", "I am a nurse", "I'm the ward pharmacist", "I am a podiatrist", ""):
        talk.say(module.ActionStartOver(), "start over", "start_over")
        if text:
            assert talk.say(module.ActionSmallTalk(), text, "tell_role")["kind"] == "smalltalk"
            assert talk.text.startswith(phrases.ROLE_NOTED.split("{")[0])
        for question, asked in questions:
            custom = talk.say(ASK, question, **asked)
            assert all(fact["statement"] in talk.text for fact in (*custom["facts"], *custom["pitfalls"]))
            kept = {name: sorted(map(json.dumps, custom[name])) for name in ("facts", "pitfalls", "references")}
            seen.add((question, json.dumps(kept)))
    assert len(seen) == len(questions)


def test_a_role_is_told_in_passing_and_decides_where_titles_stand(talk: Talk, made_up_knowledge: Knowledge) -> None:
    title = made_up_knowledge.references[0].title
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert title in talk.text
    talk.say(ASK, "as a nurse, what dose of moon salve do I give?", dose=1.0)
    assert talk.slots["role"] == "nurse"
    assert title not in talk.text
    assert phrases.TITLES_ON_REQUEST in talk.text
    talk.say(SOURCE, "which reference?", "ask_source")
    assert title in talk.text


def test_a_relative_gets_no_facts_until_a_professional_speaks(talk: Talk) -> None:
    for text in ("my mum has blight, moon salve?", "what dose of moon salve does she take?"):
        custom = talk.say(ASK, text, dose=1.0)
        assert (custom["kind"], custom["facts"]) == ("out_of_scope", [])
        assert talk.text.startswith(phrases.LAY_READER)
    urgent = talk.say(module.ActionUrgent(), "she took moon salve and is not breathing", "report_emergency")
    assert (urgent["kind"], urgent["facts"]) == ("urgent", [])
    assert "salve.dose" in ids(talk.say(ASK, "I'm her keeper’s nurse. dose of moon salve?", dose=1.0))


# Warnings across turns.


def test_a_warning_comes_with_each_answer_that_needs_it_and_briefly_the_second_time(talk: Talk) -> None:
    first = talk.say(ASK, "dose of moon salve?", dose=1.0)
    (warning,) = first["pitfalls"]
    assert f"⚠ {warning['statement']} [{warning['source']}: " in talk.text
    full = talk.text
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert talk.text == full, "the same question again"
    talk.say(ASK, "what does cave rest do?", effect=1.0)
    assert talk.say(ASK, "dose of moon salve?", dose=1.0)["pitfalls"] == first["pitfalls"]
    assert f"⚠ {phrases.WARNED_BEFORE.format(statement=warning['statement'])}" in talk.text.splitlines()
    assert f"[{warning['source']}: " not in talk.text


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


@pytest.mark.parametrize(
    ("mark", "said", "intent"),
    [
        ("useful", "that was helpful, Zqsmith", "feedback_good"),
        ("wrong", "Zqsmith says that is wrong", "feedback_bad"),
        ("incomplete", "that is incomplete, Zqsmith", "feedback_bad"),
    ],
)
def test_a_mark_is_kept_with_the_answer_and_the_words_that_are_known(
    talk: Talk,
    mark: str,
    said: str,
    intent: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    made_up_knowledge: Knowledge,
) -> None:
    monkeypatch.setenv(feedback.DATABASE_VARIABLE, str(tmp_path / "var" / "feedback.db"))
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    assert talk.say(module.ActionFeedback(), said, intent)["kind"] == "smalltalk"
    assert talk.text == phrases.MARKED[mark]
    with closing(sqlite3.connect(feedback.database())) as connection:
        connection.row_factory = sqlite3.Row
        (row,) = connection.execute("select * from feedback")
    assert (row["mark"], row["kind"], row["intent"]) == (mark, "answer", "ask_dose")
    assert json.loads(row["topics"]) == ["moon_salve"]
    assert json.loads(row["facts"]) == talk.slots["shown"]
    assert row["knowledge"].split()[0] == made_up_knowledge.version
    assert feedback.UNKNOWN in row["remark"]
    assert "that" in row["remark"]
    written = b"".join(path.read_bytes() for path in feedback.database().parent.iterdir())
    assert b"Zqsmith" not in written
    assert b"someone" not in written, "the sender"


def test_without_an_answer_or_a_place_nothing_is_marked(
    talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(feedback.DATABASE_VARIABLE, str(tmp_path / "feedback.db"))
    talk.say(module.ActionFeedback(), "wrong", "feedback_bad")
    assert talk.text == phrases.NOT_MARKED["wrong"]
    assert not feedback.database().exists()
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(feedback.DATABASE_VARIABLE, str(tmp_path / "file" / "feedback.db"))
    talk.say(ASK, "dose of moon salve?", dose=1.0)
    talk.say(module.ActionFeedback(), "wrong", "feedback_bad")
    assert talk.text == phrases.NOT_MARKED["wrong"]


# Asking back.


def test_the_answer_to_a_question_back_is_asked_for_what_was_asked(talk: Talk) -> None:
    custom = talk.say(ASK, "how much of it?", dose=1.0)
    assert custom["kind"] == "clarify"
    assert 2 <= len(custom["follow_ups"]) <= 4
    assert "salve.dose" in ids(talk.say(ASK, "moon salve", use=1.0))


@pytest.mark.parametrize(("second", "lead"), [(ASK, phrases.CLARIFY_AGAIN), (SOURCE, phrases.NO_LAST_ANSWER)])
def test_nobody_is_asked_back_twice_running(talk: Talk, second: Action, lead: str) -> None:
    assert talk.say(ASK, "how much of it?", dose=1.0)["kind"] == "clarify"
    assert talk.say(second, "the thing", dose=1.0)["kind"] == "out_of_scope"
    assert talk.text.startswith(lead)
    assert talk.say(ASK, "how much of it?", dose=1.0)["kind"] == "clarify", "but later again"


def test_a_pronoun_that_stands_for_nothing_is_asked_back(talk: Talk) -> None:
    custom = talk.say(ASK, "does it help?", meant="moon_salve", likely={}, effect=0.5, monitoring=0.5)
    assert custom["kind"] == "answer", "only one reading"


@pytest.mark.parametrize(
    ("action", "intent", "asked", "kind"),
    [
        (ASK, "ask_evidence", 0.8, "clarify"), (REFUSE, "out_of_scope", 0.5, "clarify"),
        (REFUSE, "out_of_scope", 0.2, "out_of_scope"),
    ],
)  # fmt: skip
def test_a_pronoun_without_anything_before_it_is_asked_back(
    talk: Talk, action: Action, intent: str, asked: float, kind: str
) -> None:
    said = "and the evidence for it?"
    custom = talk.say(
        action, said, intent, likely={"overview/1": 0.6}, confidence=0.6, ranking={intent: 0.3}, use=asked
    )
    assert custom["kind"] == kind
    assert custom["facts"] == []


@pytest.mark.parametrize(("action", "confidence", "kind"), [(ASK, 0.9, "clarify"), (NOT_HELD, 0.2, "clarify"),
                                                            (NOT_HELD, 0.8, "out_of_scope")])  # fmt: skip
def test_a_pronoun_with_several_readings_is_asked_back(
    talk: Talk, rewrite: Rewrite, action: Action, confidence: float, kind: str
) -> None:  # fmt: skip
    touching = "topics: [scale_blight]\n    touches: [moon_salve]\n    facets: [overview, use, effect]"
    rewrite(("topics: [scale_blight]\n    facets: [overview, use]", touching))
    custom = talk.say(action, "does it help the moon salve?", "ask_effect", confidence=confidence, effect=1.0)
    # An answer's confidence is that it is held, a refusal's that it is not.
    assert custom["kind"] == kind


def test_two_close_readings_are_asked_back_once(talk: Talk, made_up_knowledge: Knowledge) -> None:
    close = {"salves-and-rest/1": 0.5, "salves-and-rest/3": 0.45, "overview/1": 0.1}
    custom = talk.say(ASK, "the thing to be put on and slept in the whole night", likely=close, use=1.0)
    assert custom["kind"] == "clarify"
    assert talk.text.startswith(phrases.CLARIFY_BETWEEN)
    readings = [made_up_knowledge.fact_by_id[fact].question for fact in ("salve.dose", "cave.effect")]
    assert custom["follow_ups"] == readings
    assert talk.say(ASK, "the thing to be put on", likely=close, use=1.0)["kind"] != "clarify", "not twice"
    sure = {**close, "salves-and-rest/1": 0.9}
    talk.say(module.ActionStartOver(), "start over", "start_over")
    assert talk.say(ASK, "the thing to be put on and slept in", likely=sure, use=1.0)["kind"] == "answer"


# What is kept.


def test_slots_of_another_knowledge_base_lose_what_is_unknown_and_nothing_else(talk: Talk) -> None:
    talk.slots.update(
        topics=["gone", "moon_salve"], shown=["gone.too", "salve.dose"], features=["gone", "young_dragon"], role="lay",
        asked={"gone": 1.0}, measured={"gone": "high"},
    )  # fmt: skip
    assert not talk.say(ASK, "cave rest?", "name_topic")["facts"], "still a lay reader"
    talk.slots["role"] = None
    assert talk.say(ASK, "cave rest?", "name_topic")["facts"]
    assert ids(talk.say(SOURCE, "where is that from?"))
    assert talk.slots["topics"] == ["cave_rest"]


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
