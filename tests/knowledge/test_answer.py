"""`custom`, the answer as data, against the contract (its schema: tests/conftest.py); bad ones are refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from bot.knowledge import answering, phrases
from bot.knowledge.answer import Answer, Kind, cited_markers, reference, to_custom
from bot.knowledge.answering import Question
from bot.knowledge.model import Facet, Knowledge

Check = Callable[[dict[str, Any]], None]


def answer_of_kind(knowledge: Knowledge, kind: Kind) -> Answer:
    subject = next(topic.id for topic in knowledge.topics if topic.kind == "subject")
    use = Question(intent="ask_use", topics=(subject,), asked={Facet.USE: 1.0})
    answers = {
        Kind.ANSWER: answering.answer_question(knowledge, use),
        Kind.CLARIFY: answering.answer_question(knowledge, Question(intent="ask_dose", asked={Facet.DOSE: 1.0})),
        Kind.OUT_OF_SCOPE: answering.decline(knowledge, Question(intent="out_of_scope")),
        Kind.SMALLTALK: answering.small_talk(knowledge, Question(intent="ask_references")),
        Kind.URGENT: answering.answer_urgent(knowledge, Question(intent="report_emergency", topics=(subject,))),
        Kind.ERROR: answering.fault(knowledge),
    }
    assert set(answers) == set(Kind)
    return answers[kind]


# Every answer.


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.value)
def test_each_kind_of_answer_keeps_the_contract(
    real_knowledge: Knowledge, made_up_knowledge: Knowledge, check_custom: Check, kind: Kind
) -> None:
    for knowledge in (real_knowledge, made_up_knowledge):
        answer = answer_of_kind(knowledge, kind)
        assert answer.kind is kind
        check_custom(to_custom(answer, knowledge))


@pytest.mark.parametrize("intent", ["greet", "thank", "goodbye", "ask_limits", "ask_currency", "anything_else"])
def test_small_talk_keeps_the_contract(real_knowledge: Knowledge, check_custom: Check, intent: str) -> None:
    check_custom(to_custom(answering.small_talk(real_knowledge, Question(intent=intent)), real_knowledge))


def test_every_answer_of_the_real_file_keeps_the_contract(pairs: list[Any], check_custom: Check) -> None:
    for pair in pairs:
        check_custom(pair.custom)
        assert json.loads(json.dumps(pair.custom)) == pair.custom, "it goes over the wire as it is"


def test_every_fact_shown_says_where_it_stands_and_how_sure_the_document_is(
    real_knowledge: Knowledge, answered: list[Any]
) -> None:
    for pair in answered:
        for shown in (*pair.custom["facts"], *pair.custom["pitfalls"]):
            fact = real_knowledge.fact_by_id[shown["id"]]
            assert shown["source"] == fact.locator
            assert shown["statement"] == fact.statement
            assert shown["citations"] == list(fact.citations) != []
            assert shown["certainty"] == fact.certainty.value


def test_the_document_and_its_disclaimer_are_in_every_answer(real_knowledge: Knowledge, pairs: list[Any]) -> None:
    document = real_knowledge.document
    assert document.disclaimer.strip()
    for pair in pairs:
        assert pair.custom["document"]["disclaimer"] == document.disclaimer
        assert pair.custom["document"]["review_status"] == document.review_status
        assert pair.custom["document"]["updated"] == document.updated.isoformat()
        assert pair.custom["knowledge"] == {"version": real_knowledge.version, "sha256": real_knowledge.sha256}


def test_what_was_understood_is_passed_on(made_up_knowledge: Knowledge) -> None:
    question = Question(intent="ask_dose", confidence=0.123456, asked={Facet.DOSE: 1.0}, context=("moon_salve",))
    custom = to_custom(answering.answer_question(made_up_knowledge, question), made_up_knowledge)
    assert custom["understood"] == {
        "intent": "ask_dose",
        "topics": ["moon_salve"],
        "confidence": 0.1235,
        "assumed": ["moon_salve"],
    }


# References.


def test_a_marker_is_resolved_by_position_and_beyond_the_list_not_at_all(made_up_knowledge: Knowledge) -> None:
    for position, listed in enumerate(made_up_knowledge.references, start=1):
        expected = {"marker": position, "title": listed.title, "listed": True, "match": "by_position"}
        assert reference(made_up_knowledge, position) == expected
    for marker in (0, -1, len(made_up_knowledge.references) + 1, made_up_knowledge.document.markers):
        expected = {"marker": marker, "title": None, "listed": False, "match": "unlisted"}
        assert reference(made_up_knowledge, marker) == expected


def test_the_real_document_cites_beyond_its_list_and_that_is_shown(
    real_knowledge: Knowledge, answered: list[Any]
) -> None:
    beyond = set()
    for pair in answered:
        for one in pair.custom["references"]:
            if one["marker"] > len(real_knowledge.references):
                beyond.add(one["marker"])
                assert (one["listed"], one["title"], one["match"]) == (False, None, "unlisted")
                assert phrases.UNLISTED.split("{")[0] in pair.text
                assert phrases.UNLISTED.rsplit("}", 1)[1] in pair.text
    assert beyond == set(range(len(real_knowledge.references) + 1, real_knowledge.document.markers + 1))


def test_markers_are_those_of_facts_and_warnings_in_rising_order(made_up_knowledge: Knowledge) -> None:
    question = Question(intent="", topics=("moon_salve",), asked={Facet.DOSE: 1.0})
    answer = answering.answer_question(made_up_knowledge, question)
    shown = (*answer.facts, *answer.pitfalls)
    assert answer.pitfalls
    assert cited_markers(answer) == tuple(sorted({marker for fact in shown for marker in fact.citations}))
    assert cited_markers(answer.copy(update={"markers": (4,)}))[-1] == 4


# The schema is able to fail.


def _set(*path: str | int, value: Any) -> Callable[[dict[str, Any]], None]:
    def alter(custom: Any) -> None:
        for step in path[:-1]:
            custom = custom[step]
        custom[path[-1]] = value

    return alter


def _delete(*path: str | int) -> Callable[[dict[str, Any]], None]:
    def alter(custom: Any) -> None:
        for step in path[:-1]:
            custom = custom[step]
        del custom[path[-1]]

    return alter


BREAKAGES: dict[str, Callable[[dict[str, Any]], None]] = {
    "another schema": _set("schema", value="answer/2"),
    "an unknown kind": _set("kind", value="maybe"),
    "a field too many": _set("grade", value="A"),
    "a field too few": _delete("follow_ups"),
    "facts in a refusal": _set("kind", value="out_of_scope"),
    "an answer without facts": _set("facts", value=[]),
    "a fact without locator": _set("facts", 0, "source", value=""),
    "a fact without citations": _set("facts", 0, "citations", value=[]),
    "a certainty of our own": _set("facts", 0, "certainty", value="high"),
    "a warning that is a fact too": lambda custom: custom["pitfalls"].append(dict(custom["facts"][0])),
    "a title for an unlisted marker": lambda custom: custom["references"][0].update(listed=False, match="unlisted"),
    "a listed marker without title": _set("references", 0, "title", value=None),
    "a marker cited and not resolved": lambda custom: custom["references"].pop(),
    "a marker resolved twice": lambda custom: custom["references"].append(dict(custom["references"][0])),
    "no disclaimer": _set("document", "disclaimer", value=" "),
    "no date": _set("document", "updated", value="last year"),
    "no digest": _set("knowledge", "sha256", value="abc"),
    "no probability": _set("understood", "confidence", value=2.0),
    "a number for a text": _set("understood", "intent", value=7),
    "a follow-up twice": lambda custom: custom["follow_ups"].append(custom["follow_ups"][0]),
}


@pytest.mark.parametrize("name", BREAKAGES)
def test_a_custom_against_the_contract_is_refused(made_up_knowledge: Knowledge, check_custom: Check, name: str) -> None:
    custom = to_custom(answer_of_kind(made_up_knowledge, Kind.ANSWER), made_up_knowledge)
    check_custom(custom)
    broken = copy.deepcopy(custom)
    BREAKAGES[name](broken)
    with pytest.raises(ValidationError):
        check_custom(broken)


def test_a_question_back_without_choices_is_refused(made_up_knowledge: Knowledge, check_custom: Check) -> None:
    custom = to_custom(answer_of_kind(made_up_knowledge, Kind.CLARIFY), made_up_knowledge)
    check_custom(custom)
    with pytest.raises(ValidationError, match="2 to 4 choices"):
        check_custom({**custom, "follow_ups": custom["follow_ups"][:1]})
