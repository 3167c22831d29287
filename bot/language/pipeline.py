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
QUANTITY = re.compile(r"^[<>~≥≤]?\d+(?:[.,]\d+)?(?:(?:-|–|to)\d+(?:[.,]\d+)?)?(?:x|[a-zA-Z%]{1,4})?(?:/[a-zA-Z]{1,8})?$")
# "mg" is the unit, not the metal, after a number or where an amount is asked for.
UNIT_CONTEXT = re.compile(r"^(?:\d.*|many|few|in|per|of|each|x|×)$")
UNITS_LIKE_TOPICS = {"mg"}

# What stands for a topic of each kind: in LEMMA, for word features, and as an encoder reads it.
STAND_INS = {"subject": "xsubject", "group": "xgroup", "condition": "xcondition", "setting": "xsetting"}
SPOKEN = {"xsubject": "it", "xcondition": "this"}

Token.set_extension("foreign", default=None, force=True)


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


@Language.factory("masking")
class Masking:
    """Writes a stand-in for each topic into LEMMA, where Rasa's featurizers look: what is asked is the same
    question whatever it is asked about."""

    def __init__(self, nlp: Language, name: str) -> None:
        """Start without kinds; they come by ``fill`` or from disk."""
        self.kinds: dict[str, str] = {}

    def fill(self, kinds: Mapping[str, str]) -> None:
        """Set the kind of each topic by its id."""
        self.kinds = dict(kinds)

    def __call__(self, doc: Doc) -> Doc:
        """Set each token's lemma to its corrected form, or to the stand-in of its topic's kind."""
        for token in doc:
            token.lemma_ = token.norm_
        for span in doc.ents:
            for token in span:
                token.lemma_ = STAND_INS.get(self.kinds.get(span.ent_id_, ""), token.norm_)
        return doc

    def to_disk(self, path: Path, exclude: Any = ()) -> None:
        """Save the kinds."""
        Path(path).write_text(json.dumps(self.kinds))

    def from_disk(self, path: Path, exclude: Any = ()) -> "Masking":
        """Read the kinds."""
        self.kinds = json.loads(Path(path).read_text())
        return self


def masked_text(doc: Doc) -> str:
    """Return the text as a sentence encoder should see it: words corrected, topics by a pronoun, the condition out."""
    words = []
    for token in doc:
        stands_for_topic = token.ent_type_ == TOPIC and token.lemma_ in SPOKEN
        if stands_for_topic and token.ent_iob_ == "I":
            words.append(token.whitespace_)
        else:
            words.append((SPOKEN[token.lemma_] if stands_for_topic else token.lemma_) + token.whitespace_)
    return re.sub(r"\s+", " ", "".join(words)).strip()


@Language.component("units")
def units(doc: Doc) -> Doc:
    """Drop spans that are a unit of measure where the context shows it."""
    kept = [span for span in doc.ents if not _is_unit(span)]
    if len(kept) < len(doc.ents):
        doc.ents = tuple(kept)
    return doc


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
    knowledge: Knowledge, known: Iterable[str] = (), drugs: Iterable[str] = (), diseases: Iterable[str] = (),
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
    nlp = spacy.blank("en")
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
    nlp.add_pipe("masking").fill({topic.id: topic.kind.value for topic in knowledge.topics})
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
