"""Puts typing errors into questions: JSON in at standard input, JSON out at standard output.

Runs in an environment of its own that holds the generator, and imports nothing of this project:
``uv run --isolated --no-project --with typo==0.1.7 benchmarks/typing_errors.py``.
In: ``{"questions": [texts], "seeds": [numbers], "most": 3}``. Out: a list a seed, in it a list a question, in it
the question with one, two, ... errors; each has the errors of the one before and one more.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Callable

# A word next to a digit is part of a figure or a code (25mg, B12): another figure is another question.
WORD = re.compile(r"(?<![\w.,])[A-Za-z]{3,}(?!\w)")
TRIES = 100

Kind = Callable[[str, int], str]
"""One way to err: takes a word and a seed, gives the word with one error."""


def spoil(text: str, errors: int, seed: int, kinds: dict[str, Kind]) -> list[str]:
    """Put typing errors into the words of a text, longer words more often.

    Args:
        text: the text; one without a word of three letters stays as it is.
        errors: how many.
        seed: the same seed and text give the same errors.
        kinds: ways to err, each as likely as another.

    Returns:
        The text with one error, with that and a second, and so on.
    """
    chance = random.Random(f"{seed} {text}")
    steps = [text]
    for _ in range(errors):
        steps.append(_one_more(steps, chance, kinds))
    return steps[1:]


def _one_more(steps: list[str], chance: random.Random, kinds: dict[str, Kind]) -> str:
    """Return the last text with another error; never one that undoes an earlier one."""
    text = steps[-1]
    words = list(WORD.finditer(text))
    if not words:
        return text
    for _ in range(TRIES):
        (word,) = chance.choices(words, weights=[len(word.group()) for word in words])
        kind = kinds[chance.choice(sorted(kinds))]
        changed = kind(word.group(), chance.randrange(2**31))
        result = text[: word.start()] + changed + text[word.end() :]
        # Swapping two like letters changes nothing.
        if result not in steps:
            return result
    return text


def library_kinds() -> dict[str, Kind]:
    """Return the generator's errors of the hand; left out are errors of scanners, and of the space bar."""
    from typo import StrErrer

    names = ("char_swap", "missing_char", "extra_char", "nearby_char", "repeated_char")

    def kind(name: str) -> Kind:
        return lambda word, seed: str(getattr(StrErrer(word, seed=seed), name)().result)

    return {name: kind(name) for name in names}


def main() -> int:
    """Read the questions, write them with errors."""
    job = json.load(sys.stdin)
    kinds = library_kinds()
    spoilt = [[spoil(text, job["most"], seed, kinds) for text in job["questions"]] for seed in job["seeds"]]
    json.dump(spoilt, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
