"""Typing errors as hurried hands make them, put into training examples so that the network learns to read past them."""

from __future__ import annotations

import random
import re

KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# A word next to a digit is part of a figure or a code (25mg, B12): another figure would be another question.
WORD = re.compile(r"(?<![\w.,])[A-Za-z]{4,}(?!\w)")


def misspell(text: str, errors: int, chance: random.Random) -> str:
    """Put typing errors into a text, longer words more often.

    Args:
        text: any; one without a word of four letters stays as it is.
        errors: how many.
        chance: where the errors come from.
    """
    for _ in range(errors):
        words = list(WORD.finditer(text))
        if not words:
            break
        (word,) = chance.choices(words, weights=[len(word.group()) for word in words])
        err = chance.choice((_swap, _drop, _double, _miss))
        text = text[: word.start()] + err(word.group(), chance) + text[word.end() :]
    return text


def _swap(word: str, chance: random.Random) -> str:
    place = chance.randrange(len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _drop(word: str, chance: random.Random) -> str:
    place = chance.randrange(len(word))
    return word[:place] + word[place + 1 :]


def _double(word: str, chance: random.Random) -> str:
    place = chance.randrange(len(word))
    return word[: place + 1] + word[place:]


def _miss(word: str, chance: random.Random) -> str:
    """Hit a key beside the one that was meant, instead of it or as well as it."""
    place = chance.randrange(len(word))
    meant = word[place].lower()
    row = next((row for row in KEYS if meant in row), meant)
    at = row.index(meant)
    key = chance.choice(row[max(0, at - 1) : at] + row[at + 1 : at + 2] or meant)
    return word[:place] + key + word[place + chance.randrange(2) :]
