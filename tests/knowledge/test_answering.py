"""Each kind of answer, on the made-up knowledge base; what must hold of all of them, on the real one."""

from __future__ import annotations

import hashlib
import os
import string
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.knowledge import answering, phrases
from bot.knowledge.answer import Answer, Kind
from bot.knowledge.answering import Question, topics_of
from bot.knowledge.loading import load_file
from bot.knowledge.model import Facet, Knowledge, TopicKind
from bot.knowledge.rendering import to_text

SMALL_TALK = {
    "greet": phrases.GREETING,
    "thank": phrases.THANKS,
    "goodbye": phrases.GOODBYE,
    "ask_capabilities": phrases.CAPABILITIES,
    "ask_limits": phrases.LIMITS,
    "ask_currency": phrases.CURRENCY,
    "ask_audience": phrases.AUDIENCE,
    "ask_references": phrases.REFERENCES,
}


def ask(knowledge: Knowledge, *topics: str, facet: Facet | None = None, **fields: Any) -> Answer:
    intent = f"ask_{facet.value}" if facet else ""
    given = {"intent": intent, "topics": topics, "asked": {facet: 1.0} if facet else {}, **fields}
    return answering.answer_question(knowledge, Question(**given))


def ids(answer: Answer) -> tuple[list[str], list[str]]:
    return [fact.id for fact in answer.facts], [fact.id for fact in answer.pitfalls]


def say(phrase: str, **fields: str) -> str:
    """Fill a fixed phrase, with the name of the made-up condition where it asks for that."""
    return phrase.format(condition="dragon scale blight", **fields)


def template_start(phrase: str) -> str:
    """Return the fixed words that a phrase begins with."""
    return next(iter(string.Formatter().parse(phrase)))[0]


# Facts.


def test_a_question_is_answered_with_its_facts_warnings_and_follow_ups(made_up_knowledge: Knowledge) -> None:
    answer = ask(made_up_knowledge, "moon_salve", facet=Facet.DOSE, confidence=0.9)
    assert answer.kind is Kind.ANSWER
    assert ids(answer) == (["salve.dose", "salve.course"], ["salve.shine"])
    assert (answer.lead, answer.notes) == ("", ())
    understood = answer.understood
    assert (understood.intent, understood.topics, understood.assumed) == ("ask_dose", ("moon_salve",), ())
    assert understood.confidence == 0.9
    shown = {fact.question for fact in (*answer.facts, *answer.pitfalls)}
    assert answer.follow_ups and not shown & set(answer.follow_ups)


def test_a_claim_is_to_be_checked_against_the_facts(made_up_knowledge: Knowledge) -> None:
    answer = ask(made_up_knowledge, "cave_rest", facet=Facet.USE, intent="state_claim")
    assert (answer.kind, answer.lead) == (Kind.ANSWER, phrases.CLAIM)
    assert to_text(answer, made_up_knowledge).startswith(phrases.CLAIM)


def test_the_same_question_gives_the_same_answer(made_up_knowledge: Knowledge) -> None:
    one, other = (ask(made_up_knowledge, "cave_rest", "moon_salve", facet=Facet.USE) for _ in range(2))
    assert one == other


# What the conversation was about.


def test_a_topic_is_carried_over_where_none_is_named(made_up_knowledge: Knowledge) -> None:
    answer = ask(made_up_knowledge, facet=Facet.DOSE, context=("moon_salve",))
    assert ids(answer)[0] == ["salve.dose", "salve.course"]
    assert answer.understood.topics == answer.understood.assumed == ("moon_salve",)


def test_the_condition_is_carried_over(made_up_knowledge: Knowledge) -> None:
    answer = ask(made_up_knowledge, facet=Facet.USE, context=("scale_blight",))
    assert ids(answer)[0] == ["blight.approach"]
    assert answer.understood.assumed == ("scale_blight",)


def test_a_setting_that_is_named_leaves_the_topic_to_the_conversation(made_up_knowledge: Knowledge) -> None:
    answer = ask(made_up_knowledge, "young_dragon", facet=Facet.DOSE, context=("moon_salve",))
    assert ids(answer)[0] == ["salve.dose", "salve.course"]
    assert answer.understood.topics == ("young_dragon", "moon_salve")
    assert answer.understood.assumed == ("moon_salve",)


def test_a_topic_that_is_named_carries_nothing_over(made_up_knowledge: Knowledge) -> None:
    answer = ask(made_up_knowledge, "cave_rest", facet=Facet.RISK, context=("moon_salve",))
    assert ids(answer)[0] == ["cave.haste"]
    assert (answer.understood.topics, answer.understood.assumed) == (("cave_rest",), ())


def test_a_facet_implies_its_topic_where_the_condition_alone_is_named(made_up_knowledge: Knowledge) -> None:
    assert ids(ask(made_up_knowledge, "scale_blight", facet=Facet.MONITORING))[0] == ["cave.end"]
    named = ask(made_up_knowledge, "scale_blight", "moon_salve", facet=Facet.MONITORING, context=("cave_rest",))
    assert named.understood.topics == ("scale_blight", "moon_salve")


def test_a_facet_implies_its_topic_where_nothing_at_all_tells_it(made_up_knowledge: Knowledge) -> None:
    assert ids(ask(made_up_knowledge, facet=Facet.OVERVIEW))[0] == ["blight.approach"]
    assert ask(made_up_knowledge, facet=Facet.MONITORING).kind is Kind.CLARIFY
    carried = ask(made_up_knowledge, facet=Facet.OVERVIEW, context=("cave_rest",))
    assert carried.kind is Kind.OUT_OF_SCOPE, "the conversation's topic is asked for an overview, and has none"


# No topic, and what is not there.


@pytest.mark.parametrize("facet", [facet for facet in Facet if facet is not Facet.OVERVIEW])
def test_without_a_topic_it_asks_back_with_choices(made_up_knowledge: Knowledge, facet: Facet) -> None:
    for answer in (ask(made_up_knowledge, facet=facet), ask(made_up_knowledge, "young_dragon", facet=facet)):
        assert (answer.kind, answer.lead) == (Kind.CLARIFY, phrases.CLARIFY)
        assert ids(answer) == ([], [])
        assert 2 <= len(answer.follow_ups) <= 4


def test_the_real_file_asks_back_with_choices_too(real_knowledge: Knowledge) -> None:
    for facet in set(Facet) - set(real_knowledge.bare_topics):
        answer = ask(real_knowledge, facet=facet)
        assert answer.kind is Kind.CLARIFY
        assert 2 <= len(answer.follow_ups) <= 4


def test_a_facet_that_is_not_there_is_refused_by_name(made_up_knowledge: Knowledge) -> None:
    answer = ask(made_up_knowledge, "cave_rest", facet=Facet.DOSE)
    assert (answer.kind, ids(answer)) == (Kind.OUT_OF_SCOPE, ([], []))
    assert phrases.ASKED[Facet.DOSE] in answer.lead
    assert made_up_knowledge.topic_by_id["cave_rest"].name in answer.lead
    assert answer.follow_ups[0] == made_up_knowledge.fact_by_id["cave.effect"].question, "the nearest it does say"


def test_every_pair_without_facts_is_refused_by_name(real_knowledge: Knowledge, pairs: list[Any]) -> None:
    refused = [pair for pair in pairs if pair.answer.kind is Kind.OUT_OF_SCOPE]
    assert refused
    for pair in refused:
        assert not pair.answer.facts and not pair.answer.pitfalls
        assert phrases.ASKED[pair.facet] in pair.answer.lead, pair[:2]
        assert real_knowledge.topic_by_id[pair.topic].name in pair.answer.lead or pair.answer.understood.topics != (
            pair.topic,
        )
        assert pair.answer.follow_ups


def test_a_subject_asked_for_a_facet_of_its_facts_is_never_refused(real_knowledge: Knowledge, pairs: list[Any]) -> None:
    for pair in pairs:
        held = any(pair.facet in fact.answers(pair.topic) for fact in real_knowledge.squarely.facts)
        assert not held or pair.answer.kind is Kind.ANSWER, pair[:2]


def test_what_a_fact_answers_loosely_takes_a_reader_that_holds_its_bullet_for_likely(
    made_up_file: Path, tmp_path: Path
) -> None:
    changed = made_up_file.read_text(encoding="utf-8").replace(
        "    facets: [frequency, duration]\n", "    facets: [frequency, duration]\n    loosely: [duration]\n"
    )
    (tmp_path / "knowledge.yaml").write_text(changed, encoding="utf-8")
    knowledge = load_file(tmp_path / "knowledge.yaml")
    asked = Question(intent="ask_duration", topics=("moon_salve",), asked={Facet.DURATION: 1.0})
    assert answering.answer_question(knowledge, asked).kind is Kind.OUT_OF_SCOPE
    sure = asked.copy(update={"likely": {"salves-and-rest/1": 0.9}})
    assert ids(answering.answer_question(knowledge, sure))[0] == ["salve.course"]
    leaning = asked.copy(update={"topics": (), "context": ("moon_salve",), "likely": {"salves-and-rest/1": 0.9}})
    assert answering.answer_question(knowledge, leaning).kind is Kind.OUT_OF_SCOPE, "learnt of whole questions"
    often = asked.copy(update={"asked": {Facet.FREQUENCY: 1.0}})
    (shown,) = answering.answer_question(knowledge, often).facts
    assert shown == knowledge.fact_by_id["salve.course"], "whole, as it stands"


def test_a_second_topic_without_the_facet_is_named_and_not_said_to_be_absent(made_up_knowledge: Knowledge) -> None:
    """The document holds cave rest; what it does not hold is its dose."""
    answer = ask(made_up_knowledge, "moon_salve", "cave_rest", facet=Facet.DOSE)
    assert ids(answer)[0] == ["salve.dose", "salve.course"]
    (note,) = answer.notes
    assert made_up_knowledge.topic_by_id["cave_rest"].name in note
    assert phrases.ASKED[Facet.DOSE] in note, "say what of the topic is missing: the topic itself is in the document"


# Matters that the document leaves out.


@pytest.mark.parametrize("facet", [Facet.DOSE, Facet.OVERVIEW, Facet.RISK])
@pytest.mark.parametrize("topics", [(), ("scale_blight",), ("young_dragon",), ("blight_care",)])
@pytest.mark.parametrize("context", [(), ("moon_salve",)])
def test_a_matter_left_out_is_refused_by_name(
    made_up_knowledge: Knowledge, facet: Facet, topics: tuple[str, ...], context: tuple[str, ...]
) -> None:
    """Nothing else is named, so whatever the conversation was about the question is about that matter."""
    answer = ask(made_up_knowledge, *topics, facet=facet, not_held=("wing oil",), context=context)
    assert (answer.kind, ids(answer)) == (Kind.OUT_OF_SCOPE, ([], []))
    assert answer.lead == say(phrases.NOT_HELD_MATTER, what="wing oil")
    assert answer.follow_ups


def test_a_matter_left_out_beside_a_subject_is_named_after_the_facts(made_up_knowledge: Knowledge) -> None:
    answer = ask(made_up_knowledge, "moon_salve", facet=Facet.DOSE, not_held=("wing oil", "wing oil"))
    assert ids(answer)[0] == ["salve.dose", "salve.course"]
    assert answer.notes == (say(phrases.NOT_HELD_MATTER, what="wing oil"),)


def test_matters_left_out_are_named_once_each(made_up_knowledge: Knowledge) -> None:
    matters = ("wing oil", "tail splints", "wing oil")
    answer = answering.decline_not_held(made_up_knowledge, Question(intent="not_in_document", not_held=matters))
    assert answer.lead == say(phrases.NOT_HELD_MATTER, what="wing oil, tail splints")
    unnamed = answering.decline_not_held(made_up_knowledge, Question(intent="not_in_document"))
    assert unnamed.lead == say(phrases.NOT_HELD_AT_ALL)


def test_another_field_is_refused_naming_it(made_up_knowledge: Knowledge) -> None:
    answer = answering.decline(made_up_knowledge, Question(intent="out_of_scope", foreign=True))
    assert (answer.kind, ids(answer)) == (Kind.OUT_OF_SCOPE, ([], []))
    assert answer.lead == say(phrases.OTHER_FIELD)
    assert answering.decline(made_up_knowledge, Question(intent="out_of_scope")).lead == say(phrases.OUT_OF_SCOPE)


# Emergencies.


@pytest.mark.parametrize(
    "topics", [(), ("young_dragon",), ("scale_blight",), ("cave_rest",), ("moon_salve", "cave_rest")]
)
def test_an_emergency_begins_with_the_pathway(made_up_knowledge: Knowledge, topics: tuple[str, ...]) -> None:
    answer = answering.answer_urgent(made_up_knowledge, Question(intent="report_emergency", topics=topics))
    assert answer.kind is Kind.URGENT
    assert to_text(answer, made_up_knowledge).startswith(phrases.URGENT)
    kinds = {made_up_knowledge.topic_by_id[topic].kind for topic in topics}
    assert bool(answer.facts) == (TopicKind.SUBJECT in kinds)
    assert (phrases.URGENT_FACTS in answer.lead) == bool(answer.facts)


def test_an_emergency_keeps_the_warnings_of_its_facts(made_up_knowledge: Knowledge) -> None:
    answer = answering.answer_urgent(made_up_knowledge, Question(intent="report_emergency", topics=("cave_rest",)))
    assert ids(answer) == (["cave.haste"], ["cave.effect"]), "what harms goes before what helps"


# Small talk, sources, faults.


@pytest.mark.parametrize("intent", SMALL_TALK)
def test_small_talk_says_its_phrase_and_no_fact(made_up_knowledge: Knowledge, intent: str) -> None:
    answer = answering.small_talk(made_up_knowledge, Question(intent=intent))
    assert answer.kind is Kind.SMALLTALK
    assert ids(answer) == ([], [])
    assert answer.lead.startswith(template_start(SMALL_TALK[intent]))
    assert "{" not in answer.lead
    assert answer.follow_ups


def test_what_the_bot_tells_of_its_document_is_the_documents(made_up_knowledge: Knowledge) -> None:
    document = made_up_knowledge.document
    told = {intent: answering.small_talk(made_up_knowledge, Question(intent=intent)).lead for intent in SMALL_TALK}
    for word in (document.title, document.updated.isoformat(), document.review_status):
        assert word in told["ask_currency"]
    assert document.disclaimer in told["ask_audience"]
    assert all(topic.name in told["ask_capabilities"] for topic in made_up_knowledge.topics if topic.kind == "subject")
    assert all(matter.name in told["ask_limits"] for matter in made_up_knowledge.not_held)


def test_asked_for_references_it_resolves_every_marker(made_up_knowledge: Knowledge) -> None:
    answer = answering.small_talk(made_up_knowledge, Question(intent="ask_references"))
    assert answer.markers == tuple(range(1, made_up_knowledge.document.markers + 1))
    assert str(len(made_up_knowledge.references)) in answer.lead


def test_the_source_of_the_last_answer(made_up_knowledge: Knowledge) -> None:
    question = Question(intent="ask_source", context=("moon_salve",))
    answer = answering.source_of(made_up_knowledge, question, ("salve.dose", "gone.fact", "salve.shine"))
    assert (answer.kind, answer.lead) == (Kind.ANSWER, phrases.SOURCE)
    assert ids(answer)[0] == ["salve.dose", "salve.shine"]
    assert answer.understood.assumed == ("moon_salve",)


def test_without_a_last_answer_the_source_is_that_of_the_topic_named(made_up_knowledge: Knowledge) -> None:
    answer = answering.source_of(made_up_knowledge, Question(intent="ask_source", topics=("moon_salve",)), ())
    assert answer.kind is Kind.ANSWER
    assert "salve.dose" in ids(answer)[0]


def test_without_a_last_answer_or_topic_it_asks_back(made_up_knowledge: Knowledge) -> None:
    answer = answering.source_of(made_up_knowledge, Question(intent="ask_source"), ())
    assert (answer.kind, answer.lead) == (Kind.CLARIFY, phrases.NO_LAST_ANSWER)
    assert 2 <= len(answer.follow_ups) <= 4


def test_a_message_without_a_question_and_a_fault(made_up_knowledge: Knowledge) -> None:
    nothing = answering.ask_for_question(made_up_knowledge, phrases.NOTHING_TO_READ)
    assert (nothing.kind, nothing.lead) == (Kind.CLARIFY, phrases.NOTHING_TO_READ)
    assert 2 <= len(nothing.follow_ups) <= 4
    fault = answering.fault(made_up_knowledge)
    assert (fault.kind, fault.lead, ids(fault)) == (Kind.ERROR, phrases.ERROR, ([], []))


# One question, one answer, in every process.

PRINT_ALL = """
import json, sys
from bot.knowledge.answer import to_custom
from bot.knowledge.answering import Question, answer_question
from bot.knowledge.loading import load_file
from bot.knowledge.model import Facet
from bot.knowledge.rendering import to_text
from pathlib import Path
knowledge = load_file(Path(sys.argv[1]))
names = [topic.id for topic in knowledge.topics]
for one, other in zip(names, names[1:] + names[:1]):
    for facet in Facet:
        answer = answer_question(knowledge, Question(intent="", topics=(one, other), asked={facet: 1.0}))
        print(to_text(answer, knowledge), json.dumps(to_custom(answer, knowledge)))
"""


def test_answers_do_not_depend_on_the_process(root: Path, made_up_file: Path) -> None:
    digests = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)}
        run = subprocess.run(
            [sys.executable, "-c", PRINT_ALL, str(made_up_file)], env=environment, capture_output=True, check=True
        )
        assert run.stdout
        digests.add(hashlib.sha256(run.stdout).hexdigest())
    assert len(digests) == 1


def test_a_word_that_refers_joins_what_was_spoken_of_and_what_is_asked_now(real_knowledge: Knowledge) -> None:
    speaking = [fact for fact in real_knowledge.facts if fact.touches]
    assert speaking
    for fact in speaking:
        topic, facet = fact.topics[0], fact.facets[0]
        others = [one for one in fact.touches if real_knowledge.topic_by_id[one].kind is TopicKind.SUBJECT]
        if not others or real_knowledge.topic_by_id[topic].kind is not TopicKind.SUBJECT:
            continue
        question = Question(intent="ask", topics=others[:1], asked={facet: 1.0}, context=(topic,), refers=True)
        assert topics_of(real_knowledge, question) == ((topic, others[0]), (topic,))
        alone = question.copy(update={"refers": False})
        assert topics_of(real_knowledge, alone) == ((others[0],), ())


def test_a_long_question_that_names_nothing_is_about_what_its_likeliest_bullet_is_about(
    made_up_knowledge: Knowledge,
) -> None:
    facet, topic = next(iter(made_up_knowledge.bare_topics.items()))
    where = next(fact.locator for fact in made_up_knowledge.facts if topic in fact.topics)
    question = Question(intent="ask", asked={facet: 1.0}, words=30, likely={where: 0.9})
    assert topics_of(made_up_knowledge, question) == ((topic,), ())
    assert topics_of(made_up_knowledge, question.copy(update={"likely": {where: 0.5}})) == ((), ())
    elsewhere = next(fact.locator for fact in made_up_knowledge.facts if topic not in fact.topics)
    assert topics_of(made_up_knowledge, question.copy(update={"likely": {elsewhere: 0.9}})) == ((), ())


def test_an_unrelated_topic_is_not_joined_with_what_was_spoken_of(real_knowledge: Knowledge) -> None:
    fact = real_knowledge.facts[1]
    known = {topic for one in real_knowledge.facts if fact.topics[0] in one.topics for topic in one.touches}
    subjects = [topic.id for topic in real_knowledge.topics if topic.kind is TopicKind.SUBJECT]
    other = next(topic for topic in subjects if topic not in known and topic not in fact.topics)
    question = Question(intent="ask", topics=(other,), context=fact.topics[:1], refers=True)
    assert topics_of(real_knowledge, question) == ((other,), ())
