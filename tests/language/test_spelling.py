"""Misspelt words of topics are put right; a word that exists never becomes another one."""

from __future__ import annotations

import pytest
from drug_named_entity_recognition.drugs_finder import drug_variant_to_canonical
from spacy.language import Language

from bot.knowledge.model import Knowledge
from bot.language.pipeline import own_words
from bot.language.spelling import SHORTEST, TWO_EDITS_FROM, Speller, fold


@pytest.fixture(scope="module")
def speller(nlp: Language) -> Speller:
    """The speller with the words that the set-up gives it."""
    return Speller(**nlp.get_pipe("spelling").words)


@pytest.fixture(scope="module")
def foreign(nlp: Language) -> dict[str, str]:
    """The words of other fields with their kind, drug or disease."""
    kinds = nlp.get_pipe("foreign_words").kinds
    assert len(kinds) > 10_000
    return kinds


def same_drug(one: str, other: str) -> bool:
    """Tell whether two names are of one drug: the library gives them a common main name."""
    names = drug_variant_to_canonical
    return bool({*names.get(one, ()), one} & {*names.get(other, ()), other})


# The words of the field.


@pytest.mark.parametrize(
    "word", ["hydroxocobalamin", "hydroxychloroquine", "rivaroxaban", "hyperkalaemia", "hypokalaemia"]
)
def test_another_drug_stays(speller: Speller, nlp: Language, word: str) -> None:
    assert speller.correct(word) == word
    assert not [span for span in nlp(f"dose of {word}").ents if span.label_ == "topic"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("apixiban", "apixaban"),  # the training data has this misspelling, often
        ("apixabn", "apixaban"),
        ("warfrin", "warfarin"),
        ("warfarine", "warfarin"),
        ("calcifilaxis", "calciphylaxis"),
        ("calciphilaxis", "calciphylaxis"),
        ("parathroidectomy", "parathyroidectomy"),
        ("debridment", "debridement"),
        ("alteplse", "alteplase"),
        ("mortalty", "mortality"),
    ],
)
def test_a_misspelt_topic_is_put_right(speller: Speller, typed: str, meant: str) -> None:
    assert speller.correct(typed) == meant


@pytest.mark.parametrize("typed", ["thiosulfte", "thiosulfae", "thiosufate", "thiosulphte", "haemodialisys"])
def test_a_word_of_two_right_spellings_is_put_right_to_either(nlp: Language, typed: str) -> None:
    (span,) = nlp(f"what about {typed} then").ents
    assert span.ent_id_ == ("dialysis" if typed.startswith("haemo") else "sodium_thiosulfate")


@pytest.mark.parametrize("word", ["hypoparathyroidism", "peptic", "aseptic", "thrombotic", "peritoneum", "nocturia"])
def test_a_word_of_another_matter_stays(speller: Speller, word: str) -> None:
    """`Hypo` is not `hyper`, and a thrombotic event is no thrombolysis."""
    assert speller.correct(word) == word


def test_no_drug_becomes_another_drug(speller: Speller, foreign: dict[str, str]) -> None:
    drugs = [word for word, kind in foreign.items() if kind == "drug"]
    assert len(drugs) > 10_000
    turned = {word: speller.correct(word) for word in drugs}
    others = {word: other for word, other in turned.items() if other != word and not same_drug(word, other)}
    assert others == {}


def test_words_of_the_knowledge_base_stay(speller: Speller, real_knowledge: Knowledge) -> None:
    words = own_words(real_knowledge)
    assert words
    assert {word: speller.correct(word) for word in words} == {word: word for word in words}


# The rule.


def test_edits_are_bounded_by_the_length_of_the_word() -> None:
    speller = Speller(["salve", "dragonscale"], [])
    assert speller.correct("salv") == "salv", f"shorter than {SHORTEST}"
    assert speller.correct("slave") == "salve", "two letters that changed places are one edit"
    assert speller.correct("saxxe") == "saxxe", f"two edits in a word shorter than {TWO_EDITS_FROM}"
    assert speller.correct("dragnscole") == "dragonscale"
    assert speller.correct("drgnscole") == "drgnscole", "three edits"


def test_a_known_word_stays_however_near() -> None:
    assert Speller(["salve"], []).correct("valve") == "salve"
    assert Speller(["salve"], ["valve"]).correct("valve") == "valve"


def test_no_word_is_chosen_between_two_as_near() -> None:
    assert Speller(["moonstone", "moonstane"], []).correct("moonstune") == "moonstune"


def test_between_a_word_and_its_plural_it_takes_either() -> None:
    assert Speller(["dragon", "dragons"], []).correct("dragonn") in {"dragon", "dragons"}


def test_between_two_forms_of_a_word_it_takes_the_one_most_wanted() -> None:
    for words in (["dragonator", "dragonated"], ["dragonated", "dragonator"]):
        assert Speller(words, []).correct("dragonater") == words[0]


@pytest.mark.parametrize("word", ["", "a", "12.5g", "snf472", "c-reactive", "dragon2"])
def test_what_is_no_long_word_stays(word: str) -> None:
    assert Speller(["dragons", "snf471"], []).correct(word) == word


def test_letters_that_sound_alike_are_one() -> None:
    assert fold("calciphylaxis") == fold("calcifilaxis")
    assert fold("haemodialysis") == fold("hemodialisis")


def test_a_corrected_word_is_a_word_that_was_given(speller: Speller, nlp: Language, foreign: dict[str, str]) -> None:
    targets = set(nlp.get_pipe("spelling").words["targets"])
    changed = {other for word in list(foreign)[::50] if (other := speller.correct(word)) != word}
    assert changed <= targets
