"""What words exist outside the knowledge base: drugs, diseases, plain English.

The libraries that hold them are large, so they are read once, at training, and what the
components need is kept with the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.language.spelling import fold

# Zipf frequency (log10 of occurrences in a billion words, wordfreq): rarer words are taken for technical terms.
COMMON = 3.3
COMMON_DISEASE_WORD = 3.0
CONFUSABLE = 2
# Zipf frequency from which a word is taken to be spelt as meant.
NOT_MISSPELT = 2.3


def drug_names(own: Iterable[str]) -> list[str]:
    """List one-word drug names that are neither the knowledge base's own words nor plain English.

    Args:
        own: lower-case words of the knowledge base.
    """
    from drug_named_entity_recognition.drugs_finder import drug_variant_to_canonical
    from wordfreq import zipf_frequency

    ours = set(own)
    names = {name.lower() for name in drug_variant_to_canonical}
    return sorted(
        name
        for name in names
        if len(name) >= 5
        and name.isalpha()
        and name.isascii()
        and name not in ours
        and zipf_frequency(name, "en") < COMMON
    )


def disease_words(own: Iterable[str]) -> list[str]:
    """List technical words out of the names of all diseases of ICD-10-CM, less the knowledge base's own."""
    import simple_icd_10_cm
    from wordfreq import zipf_frequency

    ours = set(own)
    words: set[str] = set()
    for code in simple_icd_10_cm.get_all_codes():
        # Injuries and external causes (S to Y) name places and objects, not diseases.
        if code[0] not in "STVWXYZ" and len(code) <= 5:
            words.update(re.findall(r"[a-z]{5,}", simple_icd_10_cm.get_description(code).lower()))
    return sorted(word for word in words if word not in ours and zipf_frequency(word, "en") < COMMON_DISEASE_WORD)


def is_english(word: str) -> bool:
    """Tell whether a lower-case word is common enough in English not to be a misspelling."""
    from wordfreq import zipf_frequency

    return bool(zipf_frequency(word, "en") >= NOT_MISSPELT)


def confusable_words(targets: Iterable[str], technical: Iterable[str]) -> list[str]:
    """List words that exist and lie so near a target that a speller could take one for the other.

    Args:
        targets: lower-case words that the speller corrects towards.
        technical: names of drugs and diseases; they count however rare they are. Other words have to be
            common: word lists from the web hold misspellings too.
    """
    from wordfreq import get_frequency_dict

    sounds = sorted({fold(word) for word in targets})
    least = 10 ** (NOT_MISSPELT - 9)
    english = (word for word, share in get_frequency_dict("en", wordlist="large").items() if share >= least)
    candidates = {word for word in (*english, *technical) if len(word) >= 5 and word.isalpha() and word.isascii()}
    return sorted(
        word
        for word in candidates
        if process.extractOne(fold(word), sounds, scorer=OSA.distance, score_cutoff=CONFUSABLE) is not None
    )
