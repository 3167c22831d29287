"""Takes out of a message whatever could name a patient: Presidio with our recognisers, and no language model.

Nothing is fetched and nothing is written. How well it works is measured by `python -m benchmarks.guard`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from typing import Any

import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, RecognizerResult
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

from bot.channels.identifiers import LANGUAGE, recognisers
from bot.channels.names import WordRecognizer

LEAST_SCORE = 0.3

# Words that lead to what is taken out, and to nothing after that: "seen on", "lives at".
_LEADING_TO = re.compile(
    r"(?:\b(?:in|at|on|from|of|for|by|via|to|since|until|seen|see|named|called|born|dob|photo|file)\s+)+(?:an?\s+|the\s+|my\s+)?$",
    re.IGNORECASE,
)

# Its lines of level DEBUG and INFO quote what was found.
logging.getLogger("presidio-analyzer").setLevel(logging.WARNING)


class NoModel(NlpEngine):
    """The language engine that Presidio asks for. Our recognisers read the text itself, so it adds nothing to it."""

    def __init__(self) -> None:
        """Make the empty document that stands for every text."""
        self._nothing = NlpArtifacts([], spacy.blank(LANGUAGE)(""), [], [], self, LANGUAGE)

    def load(self) -> None:
        """Nothing to load."""

    def is_loaded(self) -> bool:
        """Ready from the start."""
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Return no artifacts."""
        return self._nothing

    def process_batch(
        self, texts: Iterable[str], language: str, batch_size: int = 1, n_process: int = 1, **_: Any
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        """Return no artifacts for each text."""
        return ((text, self._nothing) for text in texts)

    def is_stopword(self, word: str, language: str) -> bool:
        """No word is."""
        return False

    def is_punct(self, word: str, language: str) -> bool:
        """No word is."""
        return False

    def get_supported_entities(self) -> list[str]:
        """It finds none."""
        return []

    def get_supported_languages(self) -> list[str]:
        """One, in whose name it stands."""
        return [LANGUAGE]


class NoContext(ContextAwareEnhancer):
    """Leaves scores alone: context is part of our patterns, and Presidio's own reading of it copies every result."""

    def __init__(self) -> None:
        """Nothing to set."""
        super().__init__(0.0, 0.0, 0, 0)

    def enhance_using_context(
        self, text: str, raw_results: list[RecognizerResult], *_: Any, **__: Any
    ) -> list[RecognizerResult]:
        """Return what came in."""
        return raw_results


def _build() -> tuple[AnalyzerEngine, list[str]]:
    found_by = [*recognisers(), WordRecognizer()]
    for recogniser in found_by:
        recogniser.is_loaded = True
    engine = AnalyzerEngine(
        registry=RecognizerRegistry(recognizers=found_by, supported_languages=[LANGUAGE]),
        nlp_engine=NoModel(),
        context_aware_enhancer=NoContext(),
        supported_languages=[LANGUAGE],
        default_score_threshold=LEAST_SCORE,
    )
    entities = sorted({entity for recogniser in found_by for entity in recogniser.supported_entities})
    engine.analyze("ready", LANGUAGE, entities)  # compiles the patterns
    return engine, entities


_engine, _entities = _build()


def find(text: str) -> list[tuple[int, int, str]]:
    """Find what could name a person.

    Args:
        text: a message.

    Returns:
        Start, end and class of each part, in the order of the text; parts that overlap are one.
    """
    found: list[tuple[int, int, str]] = []
    for result in sorted(_engine.analyze(text, LANGUAGE, _entities), key=lambda result: (result.start, -result.end)):
        if found and result.start < found[-1][1]:
            start, end, entity = found[-1]
            found[-1] = (start, max(end, result.end), entity)
        else:
            found.append((result.start, result.end, result.entity_type))
    return found


def deidentify(text: str) -> tuple[str, bool]:
    """Take out of a message what could name a person.

    Args:
        text: the message, on one line.

    Returns:
        The message without it, and whether there was any. What was found leaves no mark: the question reads best
        without one (docs/embedding.md).
    """
    found = find(text)
    if not found:
        return text, False
    kept, last = [], 0
    for start, end, _ in found:
        kept.append(_LEADING_TO.sub("", text[last:start]))
        last = end
    return _tidy(" ".join((*kept, text[last:]))), True


def _tidy(text: str) -> str:
    """Mend the spaces and signs between which something was taken out."""
    text = re.sub(r"\(\s*\)|\[\s*\]|<\s*>|\"\s*\"", " ", text)
    text = re.sub(r"\s+(?=[,.;:?!)])", "", text)
    text = re.sub(r"([,;:])(?:\s*[,;:.])+", r"\1", text)
    return re.sub(r"\s+", " ", re.sub(r"^[\s,;:.\-–)]+", "", text)).strip()
