"""Misspelt words of the field put right: bounded edit distance, and never one known word into another."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from os.path import commonprefix

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 5
TWO_EDITS_FROM = 7
LONG_STEM = 7
"""Letters in common from which two words are forms of one ("activator", "activated")."""


class Speller:
    """Corrects words towards a vocabulary.

    Args:
        targets: lower-case words that may be meant, most wanted first.
        known: lower-case words of the language that are right as they stand (drugs and diseases among
            them), so that ``rivaroxaban`` never becomes ``apixaban``.
    """

    def __init__(self, targets: Iterable[str], known: Iterable[str]) -> None:
        """Index the targets by length."""
        wanted = tuple(dict.fromkeys(word for word in targets if len(word) >= SHORTEST - 1))
        # British and American spellings sound alike: the first stands for both.
        by_sound = {fold(word): word for word in reversed(wanted)}
        self._sounds, self._targets = tuple(by_sound), tuple(by_sound.values())
        self._known = frozenset(known) | frozenset(wanted)
        self._correct = lru_cache(maxsize=4096)(self._nearest)

    def correct(self, word: str) -> str:
        """Return the one target within reach of a lower-case word, or the word itself."""
        if len(word) < SHORTEST or not word.isalpha() or {word, american(word)} & self._known:
            return word
        return self._correct(word)

    def _nearest(self, word: str) -> str:
        reach = 2 if len(word) >= TWO_EDITS_FROM else 1
        near = process.extract(fold(word), self._sounds, scorer=OSA.distance, score_cutoff=reach, limit=3)
        # Writers rarely miss the first letter; two edits that begin elsewhere are another word.
        near = [one for one in near if one[0][0] == fold(word)[0] or one[1] < 2]
        # The most wanted stands last.
        found = [(self._targets[place], edits) for _, edits, place in sorted(near, key=lambda one: (one[1], -one[2]))]
        if not found or (len(found) > 1 and found[0][1] == found[1][1] and not _inflections(found[0][0], found[1][0])):
            return word
        return found[0][0]


def fold(word: str) -> str:
    """Write a word as it sounds, so that "calcifilaxis" is next to "calciphylaxis"."""
    for spelt, sound in (("ph", "f"), ("y", "i"), ("ae", "e"), ("oe", "e"), ("ck", "k")):
        word = word.replace(spelt, sound)
    return word


def american(word: str) -> str:
    """Write a British word as Americans do, as the lists of drugs and diseases have it ("hyperkalaemia")."""
    return word.replace("ae", "e").replace("oe", "e")


def _inflections(one: str, other: str) -> bool:
    """Tell whether two words differ by an ending only, so that either is the right one."""
    shorter, longer = sorted((one, other), key=len)
    alike = len(commonprefix((one, other)))
    return alike >= len(shorter) - 1 and len(longer) - len(shorter) <= 2 or alike >= LONG_STEM
