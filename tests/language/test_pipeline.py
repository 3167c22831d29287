"""The clinical spaCy pipeline: tokens, units, topics, negation, plain names, and its way to disk and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from bot.knowledge.model import Knowledge
from bot.language.pipeline import NOT_HELD, TOPIC, build, plain_text


def spans(doc: Doc) -> list[tuple[str, str]]:
    return [(span.text, span.ent_id_) for span in doc.ents if span.label_ == TOPIC]


def topics(nlp: Language, text: str) -> list[str]:
    return [name for _, name in spans(nlp(text))]


# Tokens.


@pytest.mark.parametrize(
    "token",
    ["12.5-25g", "12.5-25", "12,5", "25mg", "500mcg", "2-3x/week", "3x", ">500", "<60%", "≥3", "30%", "60-80%", "3–6",
     "3to6", "25g/session", "5mg/day"],
)  # fmt: skip
def test_a_dose_a_range_or_a_rate_is_one_token(nlp: Language, token: str) -> None:
    assert [word.text for word in nlp(f"give {token} of it")] == ["give", token, "of", "it"]


@pytest.mark.parametrize("token", ["SNF472", "CKD5D", "PO4", "tPA", "CUA", "Na2S2O3"])
def test_an_abbreviation_is_one_token(nlp: Language, token: str) -> None:
    assert [word.text for word in nlp(f"about {token}?")] == ["about", token, "?"]


def test_words_written_together_are_taken_apart(nlp: Language) -> None:
    assert [word.text for word in nlp("warfarin/apixaban")] == ["warfarin", "/", "apixaban"]
    assert topics(nlp, "warfarin/apixaban") == ["vitamin_k_antagonist", "apixaban"]


def test_the_text_stays_as_typed(nlp: Language) -> None:
    text = "Shuld  warfarine be stoped?  (12.5-25g)"
    assert nlp(text).text == text


# A unit is no metal.


@pytest.mark.parametrize("text", ["25 mg a day", "how many mg", "25 mg/day", "what dose in mg", "mg/kg of it"])
def test_mg_is_a_unit_after_a_number_or_where_an_amount_is_asked_for(nlp: Language, text: str) -> None:
    assert "magnesium" not in topics(nlp, text)


@pytest.mark.parametrize("text", ["does Mg help", "Mg supplements", "is Mg supplementation useful", "magnesium 400 mg"])
def test_mg_is_the_metal_elsewhere(nlp: Language, text: str) -> None:
    assert topics(nlp, text) == ["magnesium"]


# Topics.


def test_every_word_of_every_topic_is_found(nlp: Language, real_knowledge: Knowledge) -> None:
    """Alone in a question, as written in the knowledge base and in capitals."""
    missed = []
    for topic in real_knowledge.topics:
        for word in topic.words:
            for written in (word, word.upper()):
                found = topics(nlp, f"what about {written} then")
                if found != [topic.id]:
                    missed.append((topic.id, written, found))
    assert missed == []


def test_every_word_for_a_matter_left_out_is_found(nlp: Language, real_knowledge: Knowledge) -> None:
    missed = []
    for matter in real_knowledge.not_held:
        for word in matter.words:
            found = [span.ent_id_ for span in nlp(f"what about {word} then").ents if span.label_ == NOT_HELD]
            if found != [matter.name]:
                missed.append((matter.name, word, found))
    assert missed == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("warfarine in calcifilaxis", [("warfarine", "vitamin_k_antagonist"), ("calcifilaxis", "calciphylaxis")]),
        ("apixiban?", [("apixiban", "apixaban")]),
        ("surgical debridment", [("surgical debridment", "debridement")]),
        ("vitamin k antagonst", [("vitamin k antagonst", "vitamin_k_antagonist")]),
        ("non vitamin K oral anticoagulants", [("non vitamin K oral anticoagulants", "apixaban")]),
        ("end-stage renal disease", [("end-stage renal disease", "dialysis")]),
        ("Ca x PO4 product", [("Ca x PO4", "calcium_phosphate")]),
        ("shared decision-making", [("shared decision-making", "advance_care_planning")]),
    ],
)
def test_misspelt_and_long_names_are_found(nlp: Language, text: str, expected: list[tuple[str, str]]) -> None:
    assert spans(nlp(text)) == expected


def test_a_long_name_goes_before_the_short_one_in_it(nlp: Language) -> None:
    assert topics(nlp, "skin biopsy") == ["biopsy"]
    assert topics(nlp, "vitamin D and vitamin K antagonists") == ["vitamin_d", "vitamin_k_antagonist"]


def test_words_of_other_fields_are_marked(nlp: Language) -> None:
    doc = nlp("metformin for pancreatitis and warfarin, please")
    marked = {word.text: word._.foreign for word in doc if word._.foreign}
    assert marked == {"metformin": "drug", "pancreatitis": "disease"}


# Negation.


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("not on warfarin", {"vitamin_k_antagonist": True}),
        ("without biopsy", {"biopsy": True}),
        ("no biopsy was done", {"biopsy": True}),
        ("she is on warfarin", {"vitamin_k_antagonist": False}),
        ("not on warfarin. what dose of thiosulfate", {"vitamin_k_antagonist": True, "sodium_thiosulfate": False}),
    ],
)
def test_a_denied_topic_is_told(nlp: Language, text: str, negated: dict[str, bool]) -> None:
    assert {span.ent_id_: span._.negex for span in nlp(text).ents if span.label_ == TOPIC} == negated


def test_short_names_of_other_diseases_are_told(nlp: Language, real_knowledge: Knowledge) -> None:
    assert real_knowledge.other_diseases
    for word in real_knowledge.other_diseases:
        assert [token._.foreign for token in nlp(f"dose for {word}")] == [None, None, "disease"], word


# The text as it is read.


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("What is the dose of STS", "what is the dose of sodium thiosulfate"),
        ("stop warfarine in calcifilaxis?", "stop warfarin in calciphylaxis?"),
        ("is t-PA safe", "is tissue plasminogen activator safe"),
        ("is Ca/PO4 high", "is calcium/phosphate high"),
        ("PTx for this pt? Bx first", "parathyroidectomy for this patient? biopsy first"),
        ("STS dose in PD", "sodium thiosulfate dose in peritoneal dialysis"),
    ],
)
def test_brands_and_abbreviations_are_read_by_name_and_words_are_corrected(
    nlp: Language, text: str, plain: str
) -> None:
    assert plain_text(nlp(text)) == plain


def test_all_words_of_a_topic_are_read_alike(nlp: Language, real_knowledge: Knowledge) -> None:
    named = [topic for topic in real_knowledge.topics if topic.read_as]
    assert named
    for topic in named:
        read = {plain_text(nlp(f"is {word} good")) for word in topic.words}
        assert read == {f"is {topic.read_as} good"}, topic.id


def test_all_shorthand_is_read_in_full(nlp: Language, real_knowledge: Knowledge) -> None:
    assert real_knowledge.shorthand
    for short, meant in real_knowledge.shorthand.items():
        assert plain_text(nlp(f"so {short} then")) == f"so {meant} then"


def test_a_part_of_a_text_is_read_like_a_text(nlp: Language) -> None:
    doc = nlp("not on Eliquis. STS dose?")
    assert plain_text(doc[4:]) == plain_text(nlp("STS dose?"))


@pytest.mark.parametrize("text", ["", " ", "\n", "?", "👍", "12.5-25g"])
def test_a_text_without_words_is_read_as_it_stands(nlp: Language, text: str) -> None:
    assert plain_text(nlp(text)) == text.strip()


# To disk and back.


def state(doc: Doc) -> list[tuple[Any, ...]]:
    words = [(word.text, word.norm_, word._.read_as, word._.foreign) for word in doc]
    return [*words, *((span.start, span.end, span.label_, span.ent_id_, span._.negex) for span in doc.ents)]


TEXTS = (
    "What is the dose of sodium thiosulfate, 12.5-25g?",
    "not on warfarine. metformin in gout, 25 mg of Mg",
    "does cinacalcet help in CUA",
    "",
)


def test_saved_and_loaded_it_gives_the_same(nlp: Language, real_knowledge: Knowledge, tmp_path: Path) -> None:
    kinds = nlp.get_pipe("foreign_words").kinds
    words = nlp.get_pipe("spelling").words
    built = build(
        real_knowledge,
        known=words["known"],
        drugs=[word for word, kind in kinds.items() if kind == "drug"],
        diseases=[word for word, kind in kinds.items() if kind == "disease"],
    )
    built.to_disk(tmp_path / "saved")
    loaded = spacy.load(tmp_path / "saved")
    assert loaded.pipe_names == built.pipe_names
    for text in TEXTS:
        assert state(loaded(text)) == state(built(text))
    assert any(state(built(text)) for text in TEXTS)


def test_it_notes_what_it_was_made_from(prepared: Path, real_knowledge: Knowledge) -> None:
    meta = json.loads((prepared / "meta.json").read_text(encoding="utf-8"))
    assert (meta["knowledge_sha256"], meta["fingerprint"]) == (real_knowledge.sha256, "tiny")


def test_words_come_from_the_knowledge_base_alone(made_up_knowledge: Knowledge) -> None:
    """Another document's pipeline finds that document's topics, and no drug of this one's."""
    nlp = build(made_up_knowledge)
    doc = nlp("moon salves, cave rest or wing oil against blihgt; warfarin?")
    assert [(span.text, span.label_, span.ent_id_) for span in doc.ents] == [
        ("moon salves", TOPIC, "moon_salve"), ("cave rest", TOPIC, "cave_rest"),
        ("wing oil", NOT_HELD, "wing oil"), ("blihgt", TOPIC, "scale_blight"),
    ]  # fmt: skip
