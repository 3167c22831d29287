"""Words of other fields: drugs, diseases, and words that a speller could take for a topic's."""

from __future__ import annotations

import pytest
from spacy.language import Language

from bot.knowledge.model import Knowledge
from bot.language import lexicon
from bot.language.pipeline import own_words


@pytest.fixture(scope="module")
def own(real_knowledge: Knowledge) -> list[str]:
    return own_words(real_knowledge)


@pytest.fixture(scope="module")
def drugs(own: list[str]) -> list[str]:
    return lexicon.drug_names(own)


@pytest.fixture(scope="module")
def diseases(own: list[str]) -> list[str]:
    return lexicon.disease_words(own)


@pytest.mark.parametrize("name", ["hydroxocobalamin", "hydroxychloroquine", "metformin", "amiodarone"])
def test_drugs_of_other_fields_are_known(drugs: list[str], name: str) -> None:
    assert name in drugs


@pytest.mark.parametrize("word", ["pancreatitis", "psoriasis", "sarcoidosis"])
def test_diseases_of_other_fields_are_known(diseases: list[str], word: str) -> None:
    assert word in diseases


def test_the_knowledge_bases_own_words_are_not_foreign(own: list[str], drugs: list[str], diseases: list[str]) -> None:
    assert "apixaban" in own and "cinacalcet" in own
    assert set(own).isdisjoint(drugs)
    assert set(own).isdisjoint(diseases)


@pytest.mark.parametrize("word", ["patient", "water", "treatment", "should", "dose", "study", "therapy", "question"])
def test_plain_english_is_not_foreign(drugs: list[str], diseases: list[str], word: str) -> None:
    assert word not in drugs
    assert word not in diseases


def test_a_word_that_becomes_the_knowledge_bases_own_is_no_longer_foreign(drugs: list[str]) -> None:
    assert "metformin" in drugs
    assert "metformin" not in lexicon.drug_names(["metformin"])
    assert "pancreatitis" not in lexicon.disease_words(["pancreatitis"])


def test_the_lists_are_sorted_lower_case_single_words(drugs: list[str], diseases: list[str]) -> None:
    for words in (drugs, diseases):
        assert len(words) > 1000
        assert words == sorted(set(words))
        assert all(word.isalpha() and word == word.lower() and len(word) >= 5 for word in words)


def test_words_near_a_topics_are_left_alone(nlp: Language) -> None:
    """`warfare` is no `warfarin`: the set-up lists such words, drugs' names among them."""
    known = set(nlp.get_pipe("spelling").words["known"])
    assert "warfare" in known
    assert not {"metformin", "amiodarone"} & known, "no topic's word is near them, so the speller need not know them"
    assert len(known) > 1000
