"""The Rasa component that reads a question: what is asked, about what, and whether the document can answer it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import SPACY_DOCS
from rasa.nlu.tokenizers.spacy_tokenizer import SpacyTokenizer
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.tokens import Doc, Span

from bot.knowledge.loading import KnowledgeError, load
from bot.knowledge.model import Facet, TopicKind
from bot.knowledge.selection import speak_of, subjects
from bot.language import emergency, heads, scope
from bot.language.featurizer import PART_VECTORS, SentenceEncoder, vector_of
from bot.language.heads import Heads, Outputs, Reads
from bot.language.labels import EMERGENCY, HELD, NOT_IN_DOCUMENT, OTHER, OUT_OF_SCOPE, Names, facet_of
from bot.language.lesson import Lesson, lesson_of
from bot.language.ngrams import Ngrams
from bot.language.parts import pieces
from bot.language.persisted import persisted
from bot.language.pipeline import NOT_HELD, TOPIC, plain_text

RANKING, QUESTIONS = "intent_ranking", "questions"
NAMES_FILE = "names.json"
LEAST_WEIGHT = 0.02
# A follow-up that names nothing ("and how often do we give it?") is at most this long.
FRAGMENT_WORDS = 8
REFERRING = frozenset(("it", "its", "that", "this", "they", "them", "those", "these", "same"))
"""Words that may stand for what the conversation is about."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionReader(IntentClassifier, GraphComponent):
    """Reads messages by linear heads over n-grams and the sentence vector, and the topics that the ruler found.

    Sets ``intent`` (with the calibrated probability that the document holds an answer as the confidence of a
    question on it), ``intent_ranking`` and ``questions``: one entry a question of the message, with its topics, the
    weights of the facets asked, and the bullets that the heads hold for likely.

    Attributes:
        config: The settings.
        heads: What reads; None before training.
        decision: Whether a question is in scope.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that must come before."""
        return [SpacyTokenizer, SentenceEncoder]

    @staticmethod
    def required_packages() -> list[str]:
        """Packages that must be installed."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings.

        ``held_out``: every how-manieth example is not taught but fits the scope decision. Thresholds on
        probabilities: least scope where the ``condition``, a ``subject``, or neither is named (``unnamed``;
        ``fragment`` for a few words that name nothing). ``condition_likely`` is enough where a bullet has
        ``condition_bullet``, and ``subject_certain`` beside a subject where one is ``certain``; a subject and nothing
        need a bullet of ``subject_bullet`` and ``unnamed_bullet``, unless the message has at most ``short`` words (a
        subject then needs ``short_subject``; up to ``long`` words ``sure``). ``fit``: least part of what is asked that
        facts on the topics answer, unless scope has ``unfit``.
        ``topic``: least for a topic that is meant without its name; ``background``, below which a topic named beside
        another is background; ``urgent``, ``other``: of an emergency, and of talk about the bot; of an emergency that a
        word tells, ``perhaps`` where the word may be a question's, ``unnamed_sign`` where the condition is not named.
        """
        return {
            "held_out": 16,
            "condition": 0.65,
            "condition_likely": 0.4,
            "condition_bullet": 0.55,
            "subject": 0.45,
            "subject_bullet": 0.5,
            "certain": 0.85,
            "subject_certain": 0.3,
            "short": 5,
            "short_subject": 0.5,
            "long": 15,
            "sure": 0.55,
            "unnamed": 0.5,
            "unnamed_bullet": 0.7,
            "fragment": 0.7,
            "fit": 0.4,
            "unfit": 0.8,
            "topic": 0.2,
            "background": 0.05,
            "urgent": 0.4,
            "perhaps": 0.15,
            "unnamed_sign": 0.02,
            "other": 0.5,
            "ranking": 3,
        }

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """Start untrained."""
        self.config = config
        self._model_storage = model_storage
        self._resource = resource
        self.heads: Reads | None = None
        self.decision = scope.Decision((), 0.0)
        self._names = Names((), (), ())

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> QuestionReader:
        """Create the component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the heads on most examples, the scope decision on the others, persist both.

        Raises:
            LabelError: an example names a bullet that the knowledge base does not have.
        """
        lesson = lesson_of(training_data.intent_examples, self.config["held_out"])
        if lesson is None:
            return self._resource
        with self._model_storage.write_to(self._resource) as folder:
            fitted = heads.fit(lesson, Ngrams.of(lesson.texts), partial(print, flush=True))
            fitted.save(folder)
            self.use(fitted, lesson)
            names = {"knowledge_sha256": load().sha256, "scope": asdict(self.decision), **asdict(self._names)}
            (folder / NAMES_FILE).write_text(json.dumps(names), encoding="utf-8")
        return self._resource

    def use(self, heads: Reads, lesson: Lesson) -> None:
        """Read by heads from here on, and fit the scope decision on what they have not been taught."""
        self.heads, self._names = heads, lesson.names
        docs = [message.get(SPACY_DOCS[TEXT]) for message in lesson.held]
        rows = [
            self._features(self._evidence(message, heads.read(plain_text(doc), _vector(message))))
            for message, doc in zip(lesson.held, docs, strict=True)
        ]
        self.decision = scope.fit(rows, lesson.held_scopes.tolist())

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> QuestionReader:
        """Load the trained component, or an untrained one where nothing was persisted.

        Raises:
            KnowledgeError: the model was trained on another knowledge base.
            ValueError: a file of the heads is missing or damaged.
        """
        component = cls(config, model_storage, resource)
        with persisted(model_storage, resource) as folder:
            if folder is not None:
                component._read(folder)
        return component

    def _read(self, folder: Path) -> None:
        names = json.loads((folder / NAMES_FILE).read_text(encoding="utf-8"))
        if names.pop("knowledge_sha256") != load().sha256:
            raise KnowledgeError("the model was trained on another knowledge base; run `make train`")
        decision = names.pop("scope")
        self.decision = scope.Decision(tuple(decision["weights"]), decision["intercept"])
        self._names = Names(**{name: tuple(values) for name, values in names.items()})
        self.heads = Heads.load(folder)

    def process(self, messages: list[Message]) -> list[Message]:
        """Read each message; one without text gets no intent."""
        for message in messages:
            doc = message.get(SPACY_DOCS[TEXT])
            if self.heads is None or doc is None or not message.get(TEXT):
                message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
                continue
            self._set(message, doc, self.heads.read(plain_text(doc), _vector(message)))
        return messages

    def _set(self, message: Message, doc: Doc, outputs: Outputs) -> None:
        ranking = self._ranking(outputs)
        parts = list(self._parts(message, outputs))
        message.set(INTENT, self._intent(message, outputs, ranking), add_to_output=True)
        message.set(RANKING, ranking[: self.config["ranking"]], add_to_output=True)
        message.set(QUESTIONS, parts, add_to_output=True)

    def _ranking(self, outputs: Outputs) -> list[dict[str, Any]]:
        order = np.argsort(-outputs.intent, kind="stable")
        return [
            {"name": self._names.intents[place], "confidence": round(float(outputs.intent[place]), 4)}
            for place in order
        ]

    def _intent(self, message: Message, outputs: Outputs, ranking: list[dict[str, Any]]) -> dict[str, Any]:
        """Decide in this order: an emergency, talk about the bot, not answerable, what is asked."""
        (danger,) = [entry for entry in ranking if entry["name"] == EMERGENCY] or [{"confidence": 0.0}]
        least = self._least_of_emergency(message)
        if (danger is ranking[0] and danger["confidence"] > self.config["urgent"]) or (
            least is not None and danger["confidence"] >= least
        ):
            return {"name": EMERGENCY, "confidence": danger["confidence"]}
        asked = [entry for entry in ranking if facet_of(entry["name"])]
        scopes = (OUT_OF_SCOPE, NOT_IN_DOCUMENT, EMERGENCY)
        others = [entry for entry in ranking if not facet_of(entry["name"]) and entry["name"] not in scopes]
        weight = sum(entry["confidence"] for entry in asked)
        if others and others[0]["confidence"] > max(self.config["other"], weight):
            return dict(others[0])
        evidence = self._evidence(message, outputs)
        held = self.decision.probability(self._features(evidence))
        if not self._in_scope(message, evidence, held):
            beyond = outputs.scope[OTHER] > outputs.scope[1 - HELD]
            return {"name": OUT_OF_SCOPE if beyond else NOT_IN_DOCUMENT, "confidence": round(1 - held, 4)}
        return {"name": asked[0]["name"] if asked else ranking[0]["name"], "confidence": round(held, 4)}

    def _least_of_emergency(self, message: Message) -> float | None:
        """Return from which probability on a message with its signs tells of an emergency; as typed and as spelt.

        One that does not name the condition may be on another's drug ("magnesium in torsades").
        """
        knowledge, doc = load(), message.get(SPACY_DOCS[TEXT])
        signs, perhaps = knowledge.emergencies, self.config["perhaps"]
        found = [emergency.least_likely(signs, text, perhaps) for text in (message.get(TEXT), plain_text(doc))]
        least = min((one for one in found if one is not None), default=None)
        named = any(span.ent_id_ == knowledge.condition().id for span in doc.ents)
        return least if least is None or named else max(least, self.config["unnamed_sign"])

    def _in_scope(self, message: Message, evidence: scope.Evidence, held: float) -> bool:
        """Tell whether a question is to be answered: the less it names of the document, the surer one has to be."""
        knowledge = load()
        named = [entity["value"] for entity in message.get(ENTITIES, []) if entity["entity"] == TOPIC]
        kinds = {knowledge.topic_by_id[topic].kind for topic in named}
        bullet, words = max(self._likely(evidence.outputs).values(), default=0.0), evidence.words
        least, short = self.config, words <= self.config["short"]
        if held < least["unfit"] and scope.answered_share(knowledge, evidence, default=1.0) < least["fit"]:
            return False
        if TopicKind.CONDITION in kinds:
            likely = bullet >= least["condition_bullet"]
            return bool(held >= (least["condition_likely"] if likely else least["condition"]))
        if TopicKind.SUBJECT in kinds:
            likely = bullet >= least["subject_bullet"] and held >= least["subject"]
            likely = likely or (bullet >= least["certain"] and held >= least["subject_certain"])
            plain = words <= least["long"] and held >= least["sure"]
            return bool(likely or plain or (short and held >= least["short_subject"]))
        if not named and words <= FRAGMENT_WORDS:
            return bool(held >= least["fragment"])
        return bool(held >= least["unnamed"] and (short or bullet >= least["unnamed_bullet"]))

    def _features(self, evidence: scope.Evidence) -> list[float]:
        return scope.features(load(), self._names, evidence)

    def _evidence(self, message: Message, outputs: Outputs) -> scope.Evidence:
        doc = message.get(SPACY_DOCS[TEXT])
        foreign = [token._.foreign for token in doc if token._.foreign]
        return scope.Evidence(
            outputs=outputs,
            named=frozenset(span.ent_id_ for span in doc.ents if span.label_ == TOPIC),
            about=tuple(self._topics(doc, outputs)),
            asked={Facet(facet): weight for facet, weight in self._asked(outputs).items()},
            not_held=sum(span.label_ == NOT_HELD for span in doc.ents),
            drugs=foreign.count("drug"),
            diseases=foreign.count("disease"),
            words=len(message.get(TEXT).split()),
        )

    def _parts(self, message: Message, outputs: Outputs) -> Iterator[dict[str, Any]]:
        """Yield the questions of a message; one that names no topic is about the one before, or the one after."""
        doc, vectors, read = message.get(SPACY_DOCS[TEXT]), message.get(PART_VECTORS), [outputs]
        texts: Sequence[Doc | Span] = [doc]
        if vectors and self.heads is not None:
            texts = pieces(doc)
            read = [self.heads.read(plain_text(one), vector) for one, vector in zip(texts, vectors, strict=True)]
        topics = [self._topics(text, said) for text, said in zip(texts, read, strict=True)]
        for place in range(1, len(topics)):
            own, before = topics[place], topics[place - 1]
            # "Dose, and does it improve survival?": the pronoun stands for what was asked about first.
            meant = _refers(texts[place]) and speak_of(load(), before, subjects(load(), own))
            topics[place] = own if _stands_alone(own) and not meant else [*own, *before]
        for place in range(len(topics) - 1):
            topics[place] = topics[place] or topics[place + 1]
        for text, said, about in zip(texts, read, topics, strict=True):
            yield {
                "topics": list(dict.fromkeys(about)),
                "asked": self._asked(said),
                "likely": self._likely(said),
                "words": len(text),
                "refers": _refers(text),
            }

    def _topics(self, text: Doc | Span, outputs: Outputs) -> list[str]:
        """Return the topics named, less those in the background; where none is, those that are meant."""
        knowledge = load()
        share = dict(zip(self._names.topics, outputs.labels, strict=False))
        spans = [span for span in text.ents if span.label_ == TOPIC]
        affirmed = [span for span in spans if not span._.negex] or spans
        named = list(dict.fromkeys(span.ent_id_ for span in affirmed))
        about = [topic for topic in named if knowledge.topic_by_id[topic].kind is TopicKind.SUBJECT]
        if len(about) > 1 and max(share.get(topic, 0.0) for topic in about) > self.config["topic"]:
            named = [t for t in named if t not in about or share.get(t, 0.0) >= self.config["background"]]
        entries = [knowledge.topic_by_id[topic] for topic in named]
        groups = [entry for entry in entries if entry.kind is TopicKind.GROUP and not entry.weak]
        if about or groups:
            return named
        kinds = (TopicKind.SUBJECT, TopicKind.GROUP)
        meant = [
            topic
            for topic in sorted(share, key=lambda one: -share[one])
            if share[topic] > self.config["topic"] and knowledge.topic_by_id[topic].kind in kinds and topic not in named
        ]
        return [*named, *meant]

    def _asked(self, outputs: Outputs) -> dict[str, float]:
        weights = (
            (facet_of(name), float(share)) for name, share in zip(self._names.intents, outputs.intent, strict=True)
        )
        return {facet.value: round(share, 4) for facet, share in weights if facet and share >= LEAST_WEIGHT}

    def _likely(self, outputs: Outputs) -> dict[str, float]:
        shares = zip(self._names.bullets, outputs.labels[len(self._names.topics) :], strict=True)
        return {bullet: round(float(share), 4) for bullet, share in shares if share >= LEAST_WEIGHT}


def _vector(message: Message) -> np.ndarray:
    """Return the vector that the featurizer gave a message.

    Raises:
        ValueError: it gave none, so that what is read would not be what was taught.
    """
    vector = vector_of(message)
    if vector is None:
        raise ValueError("the message has no sentence vector; train the model anew (`make train`)")
    return vector


def _refers(text: Doc | Span) -> bool:
    return any(token.lower_ in REFERRING for token in text)


def _stands_alone(topics: Sequence[str]) -> bool:
    """Tell whether topics say what a question is about, and not only whose patient it is."""
    knowledge = load()
    about = subjects(knowledge, topics)
    return bool(about) and knowledge.topic_by_id[about[0]].kind in (TopicKind.SUBJECT, TopicKind.GROUP)
