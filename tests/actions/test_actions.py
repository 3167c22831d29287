"""Each action by exact messages and events, with rasa_sdk's tracker and dispatcher, on the made-up knowledge base."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import actions as module
from actions import reading
from bot.knowledge import phrases
from bot.knowledge.context import SLOTS
from bot.knowledge.loading import KNOWLEDGE_VARIABLE
from bot.knowledge.model import Facet, Knowledge

Run = Callable[..., tuple[list[dict[str, Any]], list[dict[str, Any]]]]

DOSE_TEXT = "\n".join(
    (
        "• Moon salve: 1.5 to 3 mg a day.",
        "• The salve goes on twice daily, 2 to 4 weeks long. [salves-and-rest/1: 1]",
        "⚠ About 40% of jars of moon salve lose their shine. [salves-and-rest/2: 3, 2]",
        "Certainty in the document: limited evidence (salves-and-rest/1); otherwise not stated.",
        "Sources: [1] Keeping Dragons in Fine Scale (2023); [2] Moon salve: a tale in three parts (1999) "
        "(by position; the list bears no numbers); marker 3: no reference listed in the document.",
        "Document updated 2024-03-03; pending human review.",
    )
)


def say(phrase: str, **fields: str) -> str:
    """Fill a fixed phrase, with the name of the made-up condition where it asks for that."""
    return phrase.format(condition="dragon scale blight", **fields)


def topic(value: str, **more: str) -> dict[str, str]:
    return {"entity": "topic", "value": value, **more}


def slot(name: str, value: Any) -> dict[str, Any]:
    return {"event": "slot", "timestamp": None, "name": name, "value": value}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, made_up_file: Path, check_custom: Callable[[dict[str, Any]], None]) -> Run:
    """Run an action on one message as the language room leaves it; return its messages and events."""
    monkeypatch.setenv(KNOWLEDGE_VARIABLE, str(made_up_file))

    def call(
        action: Action,
        intent: str | None = None,
        *entities: dict[str, str],
        asked: dict[str, float] | None = None,
        slots: dict[str, Any] | None = None,
        confidence: float = 0.9,
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        message = {"text": "as typed", "intent": {"name": intent, "confidence": confidence}, "entities": list(entities)}
        topics = [entity["value"] for entity in entities if entity["entity"] == "topic"]
        message["questions"] = [{"topics": topics, "asked": asked or {}, "likely": {}, "words": 3}]
        empty = dict.fromkeys(SLOTS)
        tracker = Tracker("someone", {**empty, **(slots or {})}, message, [], False, None, {}, "action_listen")
        dispatcher = CollectingDispatcher()
        events = action.run(dispatcher, tracker, {})
        for uttered in dispatcher.messages:
            check_custom(uttered["custom"])
        return dispatcher.messages, [dict(event) for event in events]

    return call


# Exact messages and events.


def test_a_dose_by_its_exact_message_and_events(run: Run, made_up_knowledge: Knowledge) -> None:
    messages, events = run(module.ActionAnswer(), "ask_dose", topic("moon_salve"), asked={"dose": 1.0})
    follow_ups = messages[0]["custom"]["follow_ups"]
    assert follow_ups
    assert messages == [
        {
            "text": DOSE_TEXT,
            "buttons": [{"title": question, "payload": question} for question in follow_ups],
            "elements": [],
            "custom": {
                "schema": "answer/1",
                "kind": "answer",
                "facts": [
                    {
                        "id": "salve.dose",
                        "source": "salves-and-rest/1",
                        "statement": "Moon salve: 1.5 to 3 mg a day.",
                        "citations": [1],
                        "certainty": "limited",
                    },
                    {
                        "id": "salve.course",
                        "source": "salves-and-rest/1",
                        "statement": "The salve goes on twice daily, 2 to 4 weeks long.",
                        "citations": [1],
                        "certainty": "limited",
                    },
                ],
                "pitfalls": [
                    {
                        "id": "salve.shine",
                        "source": "salves-and-rest/2",
                        "statement": "About 40% of jars of moon salve lose their shine.",
                        "citations": [3, 2],
                        "certainty": "not_stated",
                    }
                ],
                "references": [
                    {
                        "marker": 1,
                        "title": "Keeping Dragons in Fine Scale",
                        "listed": True,
                        "match": "by_position",
                    },
                    {
                        "marker": 2,
                        "title": "Moon salve: a tale in three parts.",
                        "listed": True,
                        "match": "by_position",
                    },
                    {"marker": 3, "title": None, "listed": False, "match": "unlisted"},
                ],
                "document": {
                    "title": "What is the management for dragon scale blight?",
                    "updated": "2024-03-03",
                    "review_status": "pending human review",
                    "disclaimer": "This tale is made up.",
                },
                "knowledge": {"version": "0.1.0", "sha256": made_up_knowledge.sha256},
                "understood": {"intent": "ask_dose", "topics": ["moon_salve"], "confidence": 0.9, "assumed": []},
                "follow_ups": follow_ups,
            },
            "template": None,
            "response": None,
            "image": None,
            "attachment": None,
        }
    ]
    shown = ["salve.dose", "salve.course", "salve.shine"]
    assert events == [
        slot("last_kind", "answer"), slot("asked", {"dose": 1.0}), slot("topics", ["moon_salve"]),
        slot("shown", shown), slot("shown_before", shown),
    ]  # fmt: skip


SAID = {
    "urgent": (
        module.ActionUrgent(), "report_emergency", [], {}, "urgent", say(phrases.URGENT),
    ),
    "outside": (
        module.ActionDecline(), "out_of_scope",
        [{"entity": "drug", "value": "wormwood"}, {"entity": "disease", "value": "gout"}],
        {}, "out_of_scope", f"{say(phrases.OTHER_FIELD)}\n{phrases.NEAREST}",
    ),
    "not understood": (
        module.ActionDecline(), None, [], {}, "out_of_scope", f"{say(phrases.OUT_OF_SCOPE)}\n{phrases.NEAREST}",
    ),
    "left out": (
        module.ActionDeclineNotHeld(), "not_in_document", [{"entity": "not_held", "value": "wing oil"}], {},
        "out_of_scope", f"{say(phrases.NOT_HELD_MATTER, what='wing oil')}\n{phrases.NEAREST}",
    ),
    "left out, not recognised": (
        module.ActionDeclineNotHeld(), "not_in_document", [], {}, "out_of_scope",
        f"{say(phrases.NOT_HELD_AT_ALL)}\n{phrases.NEAREST}",
    ),
    "greeting": (module.ActionSmallTalk(), "greet", [], {}, "smalltalk", say(phrases.GREETING)),
    "no topic": (module.ActionAnswer(), "ask_dose", [], {"dose": 1.0}, "clarify", say(phrases.CLARIFY)),
    "facet not there": (
        module.ActionAnswer(), "ask_dose", [topic("cave_rest")], {"dose": 1.0}, "out_of_scope",
        f"{say(phrases.NOT_HELD, what=phrases.ASKED[Facet.DOSE] + '; cave rest')}\n{phrases.NEAREST}",
    ),
    "no last answer": (module.ActionSource(), "ask_source", [], {}, "clarify", say(phrases.NO_LAST_ANSWER)),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_an_answer_without_facts_says_its_phrase_and_keeps_what_was_shown(run: Run, name: str) -> None:
    action, intent, entities, asked, kind, text = SAID[name]
    messages, events = run(action, intent, *entities, asked=asked)
    assert len(messages) == 1
    assert messages[0]["text"] == text
    assert messages[0]["custom"]["kind"] == kind
    assert messages[0]["custom"]["facts"] == []
    offered = messages[0]["custom"]["follow_ups"]
    assert messages[0]["buttons"] == [{"title": question, "payload": question} for question in offered]
    topics = [entity["value"] for entity in entities if entity["entity"] == "topic"]
    noted = [slot("last_kind", kind), *([slot("asked", asked)] if asked else [])]
    noted += [slot("topics", topics)] if topics else []
    assert events == ([] if kind == "smalltalk" else noted)


def test_an_emergency_with_a_topic_says_the_pathway_first_and_notes_the_facts(run: Run) -> None:
    messages, events = run(module.ActionUrgent(), "report_emergency", topic("cave_rest"))
    assert len(messages) == 1
    assert messages[0]["text"].startswith(f"{phrases.URGENT} {phrases.URGENT_FACTS}\n• New scales turn")
    shown = ["cave.haste", "cave.effect"]
    assert events == [
        slot("last_kind", "urgent"), slot("topics", ["cave_rest"]), slot("shown", shown), slot("shown_before", shown),
    ]  # fmt: skip


def test_the_source_repeats_the_facts_shown_with_their_places(run: Run) -> None:
    slots = {"topics": ["moon_salve"], "shown": ["salve.shine"]}
    messages, events = run(module.ActionSource(), "ask_source", slots=slots)
    assert len(messages) == 1
    assert messages[0]["text"].splitlines()[:2] == [
        phrases.SOURCE,
        "• About 40% of jars of moon salve lose their shine. [salves-and-rest/2: 3, 2]",
    ]
    assert events[1:3] == [slot("topics", ["moon_salve"]), slot("shown", ["salve.shine"])]


def test_a_topic_is_carried_over_from_the_slot(run: Run) -> None:
    messages, events = run(
        module.ActionAnswer(), "ask_dose", asked={"dose": 1.0}, slots={"topics": ["moon_salve"], "shown": ["x.y"]}
    )
    assert [message["text"] for message in messages] == [DOSE_TEXT]
    assert messages[0]["custom"]["understood"]["assumed"] == ["moon_salve"]
    assert slot("topics", ["moon_salve"]) in events


# The conversation.


def test_a_topic_named_alone_is_asked_what_was_asked_last(run: Run) -> None:
    slots = {"topics": ["cave_rest"], "asked": {"dose": 1.0}}
    messages, _ = run(module.ActionAnswer(), "name_topic", topic("moon_salve"), asked={"use": 0.1}, slots=slots)
    assert [message["text"] for message in messages] == [DOSE_TEXT]


def test_a_topic_named_alone_of_which_that_is_not_said_is_answered_with_its_main_facts(run: Run) -> None:
    messages, _ = run(module.ActionAnswer(), "name_topic", topic("cave_rest"), slots={"asked": {"dose": 1.0}})
    custom = messages[0]["custom"]
    assert custom["kind"] == "answer"
    assert all(fact["id"].startswith("cave.") for fact in custom["facts"])


def test_something_else_named_alone_is_refused(run: Run) -> None:
    drug = {"entity": "drug", "value": "wormwood"}
    slots = {"topics": ["moon_salve"], "asked": {"dose": 1.0}}
    messages, events = run(module.ActionAnswer(), "name_topic", drug, slots=slots)
    assert (messages[0]["custom"]["kind"], messages[0]["custom"]["facts"]) == ("out_of_scope", [])
    assert "topics" not in [event["name"] for event in events], "the conversation goes on where it was"


@pytest.mark.parametrize("action", [module.ActionDecline(), module.ActionDeclineNotHeld()])
def test_a_fragment_that_was_refused_by_itself_is_answered_in_its_conversation(run: Run, action: Action) -> None:
    said = {"asked": {"dose": 0.8}, "slots": {"topics": ["moon_salve"]}}
    messages, _ = run(action, "out_of_scope", **said, confidence=0.6)
    assert [message["text"] for message in messages] == [DOSE_TEXT]
    assert messages[0]["custom"]["understood"]["assumed"] == ["moon_salve"]
    messages, _ = run(action, "out_of_scope", **said, confidence=0.8)
    assert messages[0]["custom"]["kind"] == "out_of_scope", "the reader is sure"


@pytest.mark.parametrize(
    ("entities", "asked", "slots"),
    [([], {"dose": 0.8}, {}), ([], {"dose": 0.2}, {"topics": ["moon_salve"]}),
     ([{"entity": "drug", "value": "wormwood"}], {"dose": 0.8}, {"topics": ["moon_salve"]}),
     ([{"entity": "not_held", "value": "wing oil"}], {"dose": 0.8}, {"topics": ["moon_salve"]})],
)  # fmt: skip
def test_what_is_no_fragment_stays_refused(
    run: Run, entities: list[dict[str, str]], asked: dict[str, float], slots: dict[str, Any]
) -> None:
    messages, _ = run(module.ActionDecline(), "out_of_scope", *entities, asked=asked, slots=slots)
    assert (messages[0]["custom"]["kind"], messages[0]["custom"]["facts"]) == ("out_of_scope", [])


def test_the_bot_does_not_ask_back_twice_in_a_row(run: Run) -> None:
    messages, _ = run(module.ActionAnswer(), "ask_dose", asked={"dose": 1.0}, slots={"last_kind": "clarify"})
    assert messages[0]["custom"]["kind"] == "out_of_scope"
    assert messages[0]["text"].startswith(phrases.CLARIFY_AGAIN)
    assert messages[0]["custom"]["follow_ups"]


def test_a_summary_holds_all_that_was_shown_with_its_places(run: Run, made_up_knowledge: Knowledge) -> None:
    before = ["cave.effect", "salve.dose", "gone.fact"]
    messages, _ = run(module.ActionSummarise(), "summarise", slots={"shown_before": before})
    custom = messages[0]["custom"]
    assert sorted(fact["id"] for fact in custom["facts"]) == sorted(before[:2])
    for fact in custom["facts"]:
        assert fact["statement"] in messages[0]["text"]
        assert fact["source"] in messages[0]["text"]


def test_a_warning_in_a_summary_is_still_a_warning(run: Run) -> None:
    messages, _ = run(module.ActionSummarise(), "summarise", slots={"shown_before": ["salve.dose", "salve.shine"]})
    custom = messages[0]["custom"]
    assert [fact["id"] for fact in custom["facts"]] == ["salve.dose"]
    assert [fact["id"] for fact in custom["pitfalls"]] == ["salve.shine"]
    alone, _ = run(module.ActionSummarise(), "summarise", slots={"shown_before": ["salve.shine"]})
    assert [fact["id"] for fact in alone[0]["custom"]["facts"]] == ["salve.shine"]


def test_with_nothing_shown_a_summary_asks_for_a_question(run: Run) -> None:
    messages, _ = run(module.ActionSummarise(), "summarise")
    assert (messages[0]["custom"]["kind"], messages[0]["custom"]["facts"]) == ("clarify", [])


def test_start_over_empties_all_slots(run: Run, root: Path) -> None:
    slots = {"topics": ["moon_salve"], "shown": ["salve.dose"], "last_kind": "answer"}
    messages, events = run(module.ActionStartOver(), "start_over", slots=slots)
    assert (messages[0]["text"], messages[0]["custom"]["kind"]) == (phrases.STARTED_OVER, "smalltalk")
    domain = yaml.safe_load((root / "domain.yml").read_text(encoding="utf-8"))
    assert {event["name"]: event["value"] for event in events} == dict.fromkeys(domain["slots"])


def test_what_is_left_open_is_told_with_the_facts(run: Run) -> None:
    messages, _ = run(module.ActionGaps(), "ask_gaps", slots={"topics": ["moon_salve"], "shown": ["salve.shine"]})
    assert messages[0]["text"].startswith(phrases.GAPS)
    assert [fact["id"] for fact in messages[0]["custom"]["facts"]] == ["salve.shine"]


def test_a_lay_reader_gets_no_facts(run: Run) -> None:
    messages, _ = run(module.ActionDeclineLayReader(), "tell_lay_role", topic("moon_salve"))
    assert (messages[0]["custom"]["kind"], messages[0]["custom"]["facts"]) == ("out_of_scope", [])
    assert phrases.LAY_READER in messages[0]["text"]


# What is read off the tracker.


def read(message: dict[str, Any], **slots: Any) -> Any:
    return reading.question(Tracker("someone", slots, message, [], False, None, {}, "action_listen"))


def part(*topics: str, **asked: float) -> dict[str, Any]:
    return {"topics": list(topics), "asked": asked, "likely": {"a/1": 0.5}, "words": 4}


def test_the_questions_of_a_message_are_read_one_by_one_in_their_order() -> None:
    message = {"questions": [part("moon_salve", dose=0.7), part("cave_rest", "moon_salve", risk=0.2)]}
    tracker = Tracker("someone", {}, message, [], False, None, {}, "action_listen")
    first, second = reading.questions(tracker)
    assert (first.topics, first.asked, first.likely, first.words) == (
        ("moon_salve",), {Facet.DOSE: 0.7}, {"a/1": 0.5}, 4,
    )  # fmt: skip
    assert (second.topics, second.asked) == (("cave_rest", "moon_salve"), {Facet.RISK: 0.2})
    assert read(message).topics == ("moon_salve", "cave_rest"), "as a whole: each topic once, in order"


def test_a_message_that_was_not_read_is_one_empty_question() -> None:
    tracker = Tracker("someone", {}, {}, [], False, None, {}, "action_listen")
    assert [one.topics for one in reading.questions(tracker)] == [()]


def test_two_questions_are_answered_in_one_message(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    both = [part("cave_rest", effect=1.0), part("moon_salve", dose=1.0)]
    monkeypatch.setattr(reading, "questions", lambda tracker: [reading.question(tracker).copy(update=one) for one in (
        {"topics": tuple(one["topics"]), "asked": {Facet(name): share for name, share in one["asked"].items()}}
        for one in both
    )])  # fmt: skip
    messages, _ = run(module.ActionAnswer(), "ask_effect")
    (message,) = messages
    shown = [fact["id"] for fact in message["custom"]["facts"]]
    assert shown.index("cave.effect") < shown.index("salve.dose")
    assert message["custom"]["understood"]["topics"] == ["cave_rest", "moon_salve"]
    assert "salve.shine" in [fact["id"] for fact in message["custom"]["pitfalls"]]


def test_matters_and_words_of_other_fields_are_kept_apart() -> None:
    entities = [
        {"entity": "not_held", "value": "wing oil"},
        {"entity": "drug", "value": "wormwood"},
        {"entity": "disease", "value": "gout"},
        {"entity": "number", "value": "7"},
    ]
    question = read({"entities": entities})
    assert (question.not_held, question.foreign, question.topics) == (("wing oil",), True, ())


@pytest.mark.parametrize(
    "message", [{}, {"intent": None, "entities": None, "questions": None}, {"intent": {"name": None}}]
)
def test_an_empty_message_is_read_as_nothing(message: dict[str, Any]) -> None:
    question = read(message)
    assert (question.intent, question.confidence, question.topics, dict(question.asked)) == ("", 0.0, (), {})


# The domain.


def test_every_action_of_the_domain_is_there_and_no_other(root: Path) -> None:
    domain = yaml.safe_load((root / "domain.yml").read_text(encoding="utf-8"))
    classes = [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Action)]
    names = [one().name() for one in classes if not inspect.isabstract(one)]
    assert sorted(names) == sorted(domain["actions"])
    assert set(SLOTS) == set(domain["slots"])
