"""The clinical spaCy pipeline, built from the knowledge base: spelling, topics, words of other fields, negation.

It is saved to a folder by the set-up and loaded by Rasa's own ``SpacyNLP``. Spans: ``topic`` (id of a
topic) and ``not_held`` (name of a matter that the document leaves out).
"""
# No `from __future__ import annotations` here: spaCy resolves the factories' annotations at run time.

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span, Token
from spacy.util import compile_infix_regex

from bot.knowledge.model import Knowledge
from bot.language.spelling import Speller

PIPELINE_FOLDER = Path(__file__).resolve().parents[2] / "build" / "pipeline"
TOPIC, NOT_HELD = "topic", "not_held"
WORD = re.compile(r"[^\W_]+")
# A dose, range or rate is one token: "1-2g", "4x/week", ">7", "9%".
QUANTITY = re.compile(
    r"^[<>~≥≤]?\d+(?:[.,]\d+)?(?:(?:-|–|to)\d+(?:[.,]\d+)?)?(?:x|[a-zA-Z%]{1,4})?(?:/[a-zA-Z]{1,8})?$"
)
# "mg" is the unit, not the metal, after a number or where an amount is asked for.
UNIT_CONTEXT = re.compile(r"^(?:\d.*|many|few|in|per|of|each|x|×)$")
UNITS_LIKE_TOPICS = {"mg"}

Token.set_extension("foreign", default=None, force=True)
Token.set_extension("read_as", default=None, force=True)


def own_words(knowledge: Knowledge) -> list[str]:
    """List the lower-case words of all topics and matters of the knowledge base."""
    phrases = [word for topic in knowledge.topics for word in topic.words]
    phrases += [word for matter in knowledge.not_held for word in matter.words]
    return sorted({word for phrase in phrases for word in WORD.findall(phrase.lower())})


@Language.factory("spelling")
class Spelling:
    """Puts the corrected form of each word into its NORM, where the ruler looks; the text stays as typed."""

    def __init__(self, nlp: Language, name: str) -> None:
        """Start without words; they come by ``fill`` or from disk."""
        self.words: dict[str, list[str]] = {"targets": [], "known": []}
        self._speller = Speller([], [])

    def fill(self, targets: Iterable[str], known: Iterable[str]) -> None:
        """Set the words to correct towards, and those to leave alone."""
        self.words = {"targets": list(targets), "known": list(known)}
        self._speller = Speller(**self.words)

    def __call__(self, doc: Doc) -> Doc:
        """Correct each token."""
        for token in doc:
            token.norm_ = self._speller.correct(token.lower_)
        return doc

    def to_disk(self, path: Path, exclude: Any = ()) -> None:
        """Save the words."""
        Path(path).write_text(json.dumps(self.words))

    def from_disk(self, path: Path, exclude: Any = ()) -> "Spelling":
        """Read the words."""
        self.fill(**json.loads(Path(path).read_text()))
        return self


@Language.factory("foreign_words")
class ForeignWords:
    """Marks words that are drugs or diseases of other fields (``token._.foreign``)."""

    def __init__(self, nlp: Language, name: str) -> None:
        """Start without words; they come by ``fill`` or from disk."""
        self.kinds: dict[str, str] = {}

    def fill(self, drugs: Iterable[str], diseases: Iterable[str]) -> None:
        """Set the words, lower case."""
        self.kinds = {**dict.fromkeys(diseases, "disease"), **dict.fromkeys(drugs, "drug")}

    def __call__(self, doc: Doc) -> Doc:
        """Mark each token that is in the lists and in no topic's span."""
        inside = {token.i for span in doc.ents for token in span}
        for token in doc:
            token._.foreign = None if token.i in inside else self.kinds.get(token.norm_)
        return doc

    def to_disk(self, path: Path, exclude: Any = ()) -> None:
        """Save the words."""
        Path(path).write_text(json.dumps(self.kinds))

    def from_disk(self, path: Path, exclude: Any = ()) -> "ForeignWords":
        """Read the words."""
        self.kinds = json.loads(Path(path).read_text())
        return self


@Language.factory("naming")
class Naming:
    """Notes for brands, abbreviations and shortened words what they are to be read as (``token._.read_as``)."""

    def __init__(self, nlp: Language, name: str) -> None:
        """Start without names; they come by ``fill`` or from disk."""
        self.names: dict[str, str] = {}
        self.shorthand: dict[str, str] = {}

    def fill(self, names: Mapping[str, str], shorthand: Mapping[str, str]) -> None:
        """Set the name of each topic by its id, and the words by their shorter forms."""
        self.names, self.shorthand = dict(names), dict(shorthand)

    def __call__(self, doc: Doc) -> Doc:
        """Give a topic's first token the name and its others nothing; and each shortened word its own."""
        for token in doc:
            token._.read_as = self.shorthand.get(token.lower_)
        for span in doc.ents:
            if span.label_ == TOPIC and span.ent_id_ in self.names:
                for token in span:
                    token._.read_as = self.names[span.ent_id_] if token.i == span.start else ""
        return doc

    def to_disk(self, path: Path, exclude: Any = ()) -> None:
        """Save the names."""
        Path(path).write_text(json.dumps({"names": self.names, "shorthand": self.shorthand}))

    def from_disk(self, path: Path, exclude: Any = ()) -> "Naming":
        """Read the names."""
        self.fill(**json.loads(Path(path).read_text()))
        return self


def plain_text(tokens: Doc | Span) -> str:
    """Return the text with words corrected and brands and abbreviations of topics by their plain name."""
    words = ((token.norm_ if token._.read_as is None else token._.read_as) + token.whitespace_ for token in tokens)
    return re.sub(r"\s+", " ", "".join(words)).strip()


@Language.component("units")
def units(doc: Doc) -> Doc:
    """Drop spans that the context shows to be a unit of measure or a piece of "can't"."""
    kept = [span for span in doc.ents if not (_is_unit(span) or _is_contraction(span))]
    if len(kept) < len(doc.ents):
        doc.ents = kept  # type: ignore[assignment]
    return doc


def _is_contraction(span: Span) -> bool:
    return span.end < len(span.doc) and span.doc[span.end].lower_ in ("n't", "n’t", "nt") and not span[-1].whitespace_


def _is_unit(span: Span) -> bool:
    if len(span) > 1 or span[0].lower_ not in UNITS_LIKE_TOPICS:
        return False
    others = [other for other in span.doc.ents if other.label_ == TOPIC and other.start != span.start]
    if others and span.text in UNITS_LIKE_TOPICS:
        return True
    before = span.doc[span.start - 1].lower_ if span.start else ""
    after = span.doc[span.end].text if span.end < len(span.doc) else ""
    return bool(UNIT_CONTEXT.match(before)) or after.startswith("/")


def build(
    knowledge: Knowledge,
    known: Iterable[str] = (),
    drugs: Iterable[str] = (),
    diseases: Iterable[str] = (),
    more_targets: Iterable[str] = (),
) -> Language:
    """Build the pipeline.

    Args:
        knowledge: whose topics and matters become the ruler's patterns.
        known: words that the speller leaves alone.
        drugs: names of drugs outside the knowledge base.
        diseases: words of diseases outside the knowledge base.
        more_targets: further words that the speller corrects towards, after the knowledge base's.
    """
    nlp: Any = spacy.blank("en")
    nlp.tokenizer.token_match = QUANTITY.match
    infixes = [*nlp.Defaults.infixes, r"(?<=[a-zA-Z])[/+>](?=[a-zA-Z0-9])"]
    nlp.tokenizer.infix_finditer = compile_infix_regex(infixes).finditer
    nlp.add_pipe("spelling").fill([*own_words(knowledge), *more_targets], known)
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "NORM"})
    ruler.add_patterns(_patterns(knowledge))
    nlp.add_pipe("units")
    nlp.add_pipe("foreign_words").fill(drugs, diseases)
    nlp.add_pipe("sentencizer")
    _add_negation(nlp)
    names = {topic.id: topic.read_as for topic in knowledge.topics if topic.read_as}
    nlp.add_pipe("naming").fill(names, knowledge.shorthand)
    nlp.meta["name"] = "clinical"
    nlp.meta["version"] = "1.0.0"
    nlp.meta["knowledge_sha256"] = knowledge.sha256
    return nlp


def _patterns(knowledge: Knowledge) -> list[dict[str, str]]:
    topics = [(TOPIC, topic.id, word) for topic in knowledge.topics for word in topic.words]
    matters = [(NOT_HELD, matter.name, word) for matter in knowledge.not_held for word in matter.words]
    return [{"label": label, "id": name, "pattern": word} for label, name, word in (*topics, *matters)]


def _add_negation(nlp: Language) -> None:
    import negspacy.negation  # noqa: F401  registers the factory "negex"

    nlp.add_pipe("negex", config={"ent_types": [TOPIC]})
