"""Words of a text as the checks compare them: content words, and a simple stem."""

from __future__ import annotations

import re

# Function words, and names of quantities that say nothing of what was measured ("level", "rate").
_EMPTY_WORDS = """
    a about after all also among an and any are as at be been before being both but by can could despite did do does
    due during each eg etc every for from had has have how if in into is it its may might more most no nor not of on
    or other over per possible should so some such than that the their them then there these they this those though
    to under until up very was were what when where which while who whose will with within without would
    amount level levels number range rate rates value values
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
_WORD = re.compile(r"[a-z][a-z0-9]+")


def content_words(text: str) -> list[str]:
    """Return the lower-cased words of a text that carry meaning, in its order, repeats kept."""
    return [word for word in _WORD.findall(text.casefold()) if word not in _EMPTY]


def plain_words(text: str) -> list[str]:
    """Return all words and numbers of a text, lower-cased and without punctuation."""
    return re.findall(r"[a-z0-9]+", text.casefold())


def stem(word: str) -> str:
    """Cut the common endings of an English word, so that `levels` meets `level` and `dosing` `dose`."""
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def stems(text: str) -> set[str]:
    """Return the stems of the content words of a text."""
    return {stem(word) for word in content_words(text)}
