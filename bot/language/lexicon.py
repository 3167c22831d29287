"""What words exist outside the knowledge base: drugs, diseases, plain English.

The libraries that hold them are large, so they are read once, at training, and what the
components need is kept with the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

# Zipf frequency (log10 of occurrences in a billion words, wordfreq): rarer words are taken for technical terms.
COMMON = 3.3
COMMON_DISEASE_WORD = 3.0
CONFUSABLE = 2


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
        name for name in names
        if len(name) >= 5 and name.isalpha() and name.isascii() and name not in ours
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


def confusable_words(targets: Iterable[str], drugs: Iterable[str]) -> list[str]:
    """List words that exist and lie so near a target that a speller could take one for the other.

    A rare word counts only if it is a drug's name: word lists from the web hold misspellings too.
    """
    from wordfreq import get_frequency_dict, zipf_frequency

    wanted = sorted(set(targets))
    english = (word for word in get_frequency_dict("en", wordlist="large") if zipf_frequency(word, "en") >= 2.3)
    candidates = {word for word in (*english, *drugs) if len(word) >= 5 and word.isalpha() and word.isascii()}
    return sorted(
        word for word in candidates
        if process.extractOne(word, wanted, scorer=OSA.distance, score_cutoff=CONFUSABLE) is not None
    )
