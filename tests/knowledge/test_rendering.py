"""The answer as text: nothing but facts and fixed phrases, each fact with its place, and not a blank line."""

from __future__ import annotations

import re
import string
from typing import Any

import pytest

from bot.knowledge import answering, phrases
from bot.knowledge.answer import Answer, Kind
from bot.knowledge.answering import Question
from bot.knowledge.model import Certainty, Facet, Fact, Knowledge
from bot.knowledge.rendering import status_line, to_text
from bot.knowledge.words import stems

MOST_WORDS = 120
CERTAINTY, SOURCES = "Certainty in the document: ", "Sources: "
"""How the lines begin that are put together of several phrases."""


def templates() -> list[re.Pattern[str]]:
    """Return a pattern for each fixed phrase; its fields match any words, line breaks apart."""
    fixed = [value for name, value in vars(phrases).items() if name.isupper() and isinstance(value, str)]
    patterns = []
    for phrase in fixed:
        parts = [(re.escape(text), field) for text, field, _, _ in string.Formatter().parse(phrase)]
        patterns.append("".join(text + (".+" if field is not None else "") for text, field in parts))
    assert len(patterns) > 20
    patterns.append(re.escape(f"{phrases.URGENT} {phrases.URGENT_FACTS}"))
    return [re.compile(pattern) for pattern in patterns]


TEMPLATES = templates()


def unknown_lines(text: str) -> list[str]:
    """Return the lines that are no fixed phrase."""
    return [line for line in text.splitlines() if not any(template.fullmatch(line) for template in TEMPLATES)]


def bare(answer: Answer) -> Answer:
    """Return the answer without what the knowledge base says in it."""
    return answer.copy(update={"facts": (), "pitfalls": (), "markers": ()})


def fact_line(fact: Fact) -> re.Pattern[str]:
    place = rf" \[{re.escape(fact.locator)}: {', '.join(map(str, fact.citations))}\]"
    return re.compile(rf"(?:• |⚠ )?{re.escape(fact.statement)}(?:{place})?")


def unaccounted(answer: Answer, text: str, knowledge: Knowledge) -> list[str]:
    """Return the lines of an answer with facts that are neither a fact shown nor a fixed phrase."""
    facts = [fact_line(fact) for fact in (*answer.facts, *answer.pitfalls)]
    lines = [line for line in text.splitlines() if not any(fact.fullmatch(line) for fact in facts)]
    return [line for line in unknown_lines("\n".join(lines)) if not line.startswith((CERTAINTY, SOURCES))]


def other_answers(knowledge: Knowledge) -> list[Answer]:
    """Return answers of the kinds that are not asked by topic and facet."""
    subject = next(topic.id for topic in knowledge.topics if topic.kind == "subject")
    matter = knowledge.not_held[0].name
    intents = ("greet", "thank", "goodbye", "ask_capabilities", "ask_limits", "ask_currency", "ask_audience",
               "ask_references")  # fmt: skip
    asked = {Facet.USE: 1.0}
    return [
        *(answering.small_talk(knowledge, Question(intent=intent)) for intent in intents),
        answering.decline(knowledge, Question(intent="", foreign=True)),
        answering.decline(knowledge, Question(intent="")),
        answering.decline_not_held(knowledge, Question(intent="", not_held=(matter,))),
        answering.decline_not_held(knowledge, Question(intent="")),
        answering.answer_urgent(knowledge, Question(intent="")),
        answering.answer_urgent(knowledge, Question(intent="", topics=(subject,))),
        answering.answer_question(knowledge, Question(intent="")),
        answering.answer_question(knowledge, Question(intent="state_claim", topics=(subject,), asked=asked)),
        answering.answer_question(knowledge, Question(intent="", topics=(subject,), asked=asked, not_held=(matter,))),
        answering.source_of(knowledge, Question(intent=""), (knowledge.facts[0].id,)),
        answering.source_of(knowledge, Question(intent=""), ()),
        answering.ask_for_question(knowledge, phrases.NOTHING_TO_READ),
        answering.fault(knowledge),
    ]


# The made-up file, word for word.


def test_an_answer_of_one_fact(made_up_knowledge: Knowledge) -> None:
    question = Question(intent="", topics=("moon_salve",), asked={Facet.RISK: 1.0})
    assert to_text(answering.answer_question(made_up_knowledge, question), made_up_knowledge).splitlines() == [
        "About 40% of jars of moon salve lose their shine. [salves-and-rest/2: 3, 2]",
        "Certainty in the document: not stated.",
        "Sources: [2] Moon salve: a tale in three parts (1999) (by position; the list bears no numbers); "
        "marker 3: no reference listed in the document.",
        "Document updated 2024-03-03; pending human review.",
    ]


def test_an_answer_of_several_facts_with_its_warning(made_up_knowledge: Knowledge) -> None:
    question = Question(intent="", topics=("moon_salve",), asked={Facet.DOSE: 1.0})
    assert to_text(answering.answer_question(made_up_knowledge, question), made_up_knowledge).splitlines() == [
        "• Moon salve: 1.5 to 3 mg a day.",
        "• The salve goes on twice daily, 2 to 4 weeks long. [salves-and-rest/1: 1]",
        "⚠ About 40% of jars of moon salve lose their shine. [salves-and-rest/2: 3, 2]",
        "Certainty in the document: limited evidence (salves-and-rest/1); otherwise not stated.",
        "Sources: [1] Keeping Dragons in Fine Scale (2023); [2] Moon salve: a tale in three parts (1999) "
        "(by position; the list bears no numbers); marker 3: no reference listed in the document.",
        "Document updated 2024-03-03; pending human review.",
    ]


def test_a_refusal(made_up_knowledge: Knowledge) -> None:
    question = Question(intent="", topics=("cave_rest",), asked={Facet.DOSE: 1.0})
    assert to_text(answering.answer_question(made_up_knowledge, question), made_up_knowledge).splitlines() == [
        phrases.NOT_HELD.format(what=f"{phrases.ASKED[Facet.DOSE]}; cave rest", condition="dragon scale blight"),
        phrases.NEAREST,
    ]


def test_the_lead_comes_first_and_facts_are_bulleted_after_it(made_up_knowledge: Knowledge) -> None:
    question = Question(intent="state_claim", topics=("moon_salve",), asked={Facet.RISK: 1.0})
    lines = to_text(answering.answer_question(made_up_knowledge, question), made_up_knowledge).splitlines()
    assert lines[0] == phrases.CLAIM
    assert lines[1].startswith("• ")


# Every answer.


def test_no_text_has_a_blank_line(real_knowledge: Knowledge, pairs: list[Any]) -> None:
    others = [to_text(answer, real_knowledge) for answer in other_answers(real_knowledge)]
    for text in (*(pair.text for pair in pairs), *others):
        assert text.strip() == text != ""
        assert all(line.strip() for line in text.split("\n")), text


def test_a_blank_line_in_a_statement_is_left_out(made_up_knowledge: Knowledge) -> None:
    """Stock channels split a message at blank lines: a dose would arrive without its warning."""
    question = Question(intent="", topics=("moon_salve",), asked={Facet.DOSE: 1.0})
    answer = answering.answer_question(made_up_knowledge, question).copy(update={"notes": ("", " ")})
    assert "\n\n" not in to_text(answer, made_up_knowledge)
    assert "\n \n" not in to_text(answer, made_up_knowledge)


def test_without_its_facts_a_text_is_fixed_phrases(real_knowledge: Knowledge, pairs: list[Any]) -> None:
    answers = [pair.answer for pair in pairs] + other_answers(real_knowledge)
    assert {answer.kind for answer in answers} == set(Kind)
    for answer in answers:
        assert unknown_lines(to_text(bare(answer), real_knowledge)) == []


def test_every_line_is_a_fact_shown_or_a_fixed_phrase(real_knowledge: Knowledge, pairs: list[Any]) -> None:
    for answer in [*(pair.answer for pair in pairs), *other_answers(real_knowledge)]:
        assert unaccounted(answer, to_text(answer, real_knowledge), real_knowledge) == []


def test_a_line_of_anything_else_is_found(made_up_knowledge: Knowledge) -> None:
    question = Question(intent="", topics=("moon_salve",), asked={Facet.DOSE: 1.0})
    answer = answering.answer_question(made_up_knowledge, question)
    text = to_text(answer, made_up_knowledge)
    assert unaccounted(answer, text, made_up_knowledge) == []
    for sentence in ("Dragons are fine.", f"• {made_up_knowledge.fact_by_id['cave.end'].statement}", "• Moon salve."):
        assert unaccounted(answer, f"{text}\n{sentence}", made_up_knowledge) == [sentence]


def test_every_fact_and_warning_is_in_the_text_with_its_place(answered: list[Any]) -> None:
    for pair in answered:
        lines = pair.text.splitlines()
        for fact in pair.answer.facts:
            assert any(fact_line(fact).fullmatch(line) and not line.startswith("⚠") for line in lines), fact.id
        for fact in pair.answer.pitfalls:
            assert any(fact_line(fact).fullmatch(line) and line.startswith("⚠ ") for line in lines), fact.id
        for fact in (*pair.answer.facts, *pair.answer.pitfalls):
            assert f"[{fact.locator}: {', '.join(map(str, fact.citations))}]" in pair.text


def test_no_figure_is_shown_without_a_word_of_what_it_measures(answered: list[Any]) -> None:
    checked = 0
    for pair in answered:
        lines = pair.text.splitlines()
        for fact in (*pair.answer.facts, *pair.answer.pitfalls):
            line = next(line for line in lines if fact_line(fact).fullmatch(line))
            for figure in fact.figures:
                checked += 1
                assert stems(figure.measures) & stems(line), (fact.id, figure.measures, line)
    assert checked


def test_certainty_is_the_documents_own(real_knowledge: Knowledge, answered: list[Any]) -> None:
    """A label is shown where a fact shown bears it, and none besides."""
    for pair in answered:
        (line,) = [line for line in pair.text.splitlines() if line.startswith(CERTAINTY)]
        borne = {fact.certainty for fact in (*pair.answer.facts, *pair.answer.pitfalls)}
        shown = {grade for grade in Certainty if phrases.CERTAINTY[grade] in line}
        assert borne - {Certainty.NOT_STATED} == shown - {Certainty.NOT_STATED}, line
        if len(borne) > 1:
            named = {fact.locator for fact in (*pair.answer.facts, *pair.answer.pitfalls)}
            assert set(re.findall(r"\(([a-z-]+/\d+)\)", line)) <= named
        words = line.removeprefix(CERTAINTY)
        for grade in Certainty:
            words = words.replace(phrases.CERTAINTY[grade], "")
        rest = re.sub(r"\([a-z-]+/\d+\)|otherwise|[;.\s]", "", words)
        assert rest == "", f"more than the document's labels: {line}"


def test_sources_are_the_documents_list(real_knowledge: Knowledge, answered: list[Any]) -> None:
    listed = {
        phrases.LISTED.format(marker=marker, title=one.title.rstrip("."), year=one.year): marker
        for marker, one in enumerate(real_knowledge.references, start=1)
    }
    for pair in answered:
        (line,) = [line for line in pair.text.splitlines() if line.startswith(SOURCES)]
        shown = {marker for words, marker in listed.items() if words in line}
        assert shown == {one["marker"] for one in pair.custom["references"] if one["listed"]}
        assert (phrases.BY_POSITION in line) == bool(shown)
        rest = line.removeprefix(SOURCES)
        for words in (*listed, f"({phrases.BY_POSITION})"):
            rest = rest.replace(words, "")
        unlisted = ", ".join(str(one["marker"]) for one in pair.custom["references"] if not one["listed"])
        expected = phrases.UNLISTED.format(markers=unlisted) if unlisted else ""
        assert rest.strip(" ;.") == expected, f"more than the document's list: {line}"


def test_an_answer_ends_with_the_state_of_the_document(real_knowledge: Knowledge, answered: list[Any]) -> None:
    line = status_line(real_knowledge)
    assert real_knowledge.document.updated.isoformat() in line
    assert real_knowledge.document.review_status in line
    assert all(pair.text.splitlines()[-1] == line for pair in answered)


def test_an_answer_is_short_enough_to_read(answered: list[Any]) -> None:
    """95 of 100 answers on one topic, overviews apart, have at most 120 words."""
    lengths = sorted(len(pair.text.split()) for pair in answered if pair.facet is not Facet.OVERVIEW)
    percentile = lengths[int(len(lengths) * 0.95)]
    assert percentile <= MOST_WORDS, f"95th percentile: {percentile} words; longest: {lengths[-1]}"


@pytest.mark.parametrize("topics", [0, 1, 2])
def test_an_emergency_begins_with_the_emergency_phrase(real_knowledge: Knowledge, topics: int) -> None:
    named = tuple(topic.id for topic in real_knowledge.topics if topic.kind == "subject")[:topics]
    text = to_text(answering.answer_urgent(real_knowledge, Question(intent="", topics=named)), real_knowledge)
    assert text.startswith(phrases.URGENT)
