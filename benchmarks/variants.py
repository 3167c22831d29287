"""The bot with one part taken away or another in its place, read component by component as Rasa's graph runs them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.nlu.constants import SPACY_DOCS
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language

from benchmarks.asking import ROOT, Actions, Report, Result
from bot.language.featurizer import SentenceEncoder
from bot.language.heads import Heads, Outputs, Reads
from bot.language.lesson import Lesson, lesson_of
from bot.language.pipeline import PIPELINE_FOLDER
from bot.language.reader import RANKING, QuestionReader
from bot.language.topics import TopicExtractor

GRID: dict[str, tuple[float, ...]] = {
    "condition": (0.4, 0.5, 0.6, 0.8),
    "subject": (0.3, 0.4, 0.6, 0.7),
    "subject_bullet": (0.0, 0.1, 0.2, 0.45),
    "unnamed": (0.5, 0.65, 0.9),
    "unnamed_bullet": (0.0, 0.2, 0.4, 0.8),
    "fragment": (0.3, 0.7),
    "topic": (0.2, 0.35, 0.7),
}
"""The reader's thresholds that are chosen anew where its probabilities are another's."""
SAME = 1e-6


class Texts:
    """What a spaCy pipeline, the topics' extractor and the featurizer make of texts, each read once."""

    def __init__(self, nlp: Language, featurizer: SentenceEncoder) -> None:
        """Take the pipeline and the trained featurizer."""
        self._nlp, self._featurizer = nlp, featurizer
        self._extractor = TopicExtractor()
        self._read: dict[str, Message] = {}

    def message(self, text: str) -> Message:
        """Return a message as it comes to the reader."""
        # Rasa takes the spaces around a message away.
        text = text.strip()
        if text not in self._read:
            message = Message({TEXT: text})
            message.set(SPACY_DOCS[TEXT], self._nlp(text))
            (self._read[text],) = self._featurizer.process(self._extractor.process([message]))
        read = self._read[text]
        # What the reader sets is to be in nobody else's message.
        return Message(dict(read.data), set(read.output_properties), features=list(read.features))

    def lesson(self, held_out: int) -> Lesson:
        """Return what the training examples teach, in the order in which Rasa hands them to the training.

        Raises:
            ValueError: there are no examples.
        """
        files = [str(ROOT / name) for name in ("config.yml", "domain.yml", "data")]
        importer = TrainingDataImporter.load_from_config(files[0], files[1], files[2:])
        messages = [message for message in importer.get_nlu_data().intent_examples if message.get(TEXT)]
        for message in messages:
            message.set(SPACY_DOCS[TEXT], self._nlp(message.get(TEXT)))
        self._featurizer.process_training_data(TrainingData(messages))
        lesson = lesson_of(messages, held_out)
        if lesson is None:
            raise ValueError("data/nlu holds no examples")
        return lesson


def pipeline(without: str = "") -> Language:
    """Load the spaCy pipeline; ``without`` may be ``entity_ruler`` or ``spelling``."""
    nlp = spacy.load(PIPELINE_FOLDER, exclude=["entity_ruler"] if without == "entity_ruler" else [])
    if without == "spelling":
        # It still sets the forms that the ruler looks at: as typed, in lower case.
        speller: Any = nlp.get_pipe("spelling")
        speller.fill([], [])
    return nlp


class Kept:
    """Heads that read each text once."""

    def __init__(self, heads: Reads) -> None:
        """Take the heads."""
        self._heads = heads
        self._read: dict[str, Outputs] = {}

    def read(self, text: str, vector: np.ndarray) -> Outputs:
        """Return what they say of a text with its sentence vector."""
        if text not in self._read:
            self._read[text] = self._heads.read(text, vector)
        return self._read[text]


class Shipped:
    """The reader of a trained model: as it is, or with other parts.

    Attributes:
        heads: Its heads.
        featurizer: What gives them the sentence vector.
        encoder: What the featurizer reads with.
        config: Its settings.
    """

    def __init__(self, model: Path) -> None:
        """Unpack a model."""
        with tempfile.TemporaryDirectory() as scratch:
            storage, metadata = LocalModelStorage.from_model_archive(Path(scratch), model)
            nodes = {node.uses: node for node in metadata.predict_schema.nodes.values()}
            node, other = nodes[QuestionReader], nodes[SentenceEncoder]
            self.config: dict[str, Any] = {**QuestionReader.get_default_config(), **node.config}
            context = ExecutionContext(GraphSchema({}), node_name=other.resource.name)
            self._reader = QuestionReader.load(self.config, storage, node.resource, context)
            settings = {**SentenceEncoder.get_default_config(), **other.config}
            self.featurizer = SentenceEncoder.load(settings, storage, other.resource, context)
        if not isinstance(self._reader.heads, Heads) or self.featurizer.encoder is None:
            raise ValueError(f"{model} holds no trained reader")
        self.heads, self.encoder = self._reader.heads, self.featurizer.encoder
        self._reader.heads = Kept(self.heads)
        self._storage, self._resource = storage, node.resource

    def reader(self, heads: Reads | None = None, lesson: Lesson | None = None) -> QuestionReader:
        """Return the reader as it ships; or another with heads and a scope decision fitted on a lesson."""
        if lesson is None:
            return self._reader
        other = QuestionReader(dict(self.config), self._storage, self._resource)
        other.use(Kept(heads or self.heads), lesson)
        return other

    def was_taught(self, lesson: Lesson) -> bool:
        """Tell whether the scope decision, fitted again on a lesson, comes out as it is in the model."""
        ours, fitted = self._reader.decision, self.reader(self.heads, lesson).decision
        return bool(np.allclose((*ours.weights, ours.intercept), (*fitted.weights, fitted.intercept), atol=SAME))


@dataclass
class Variant:
    """A reader with what comes before and after it.

    Attributes:
        texts: Reads the texts.
        reader: Reads the messages.
        actions: Answer.
        top_intent: Whether the intent is the likeliest one, whatever the reader decided.
    """

    texts: Texts
    reader: QuestionReader
    actions: Actions
    top_intent: bool = False

    def ask(self, question: dict[str, Any]) -> Result:
        """Ask one question as a first message."""
        started = time.perf_counter()
        (message,) = self.reader.process([self.texts.message(question["text"])])
        parsed = message.as_dict(only_output_properties=True)
        if self.top_intent:
            parsed["intent"] = parsed[RANKING][0]
        return self.actions.answer(question, parsed, time.perf_counter() - started)


class Watched(dict[str, Any]):
    """Settings that note which of them were looked at."""

    def __init__(self, settings: dict[str, Any]) -> None:
        """Copy the settings."""
        super().__init__(settings)
        self.seen: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        """Return a setting and note its name."""
        self.seen.add(name)
        return super().__getitem__(name)


def choose_thresholds(variant: Variant, questions: Sequence[dict[str, Any]], name: str, report: Report) -> None:
    """Set the reader's thresholds, one after the other, to where most questions are judged right.

    A threshold stays as it is unless another is better. Only questions whose reading looked at it are asked again.

    Args:
        variant: its reader's settings are changed.
        questions: the development set.
        name: for the lines of progress.
        report: takes them.
    """
    config = variant.reader.config = Watched(variant.reader.config)

    def judged(question: dict[str, Any]) -> tuple[bool, frozenset[str]]:
        config.seen.clear()
        right = variant.ask(question).right
        return right, frozenset(config.seen)

    outcomes = [judged(question) for question in questions]
    for threshold, values in GRID.items():
        kept = config[threshold]
        for value in values:
            config[threshold] = value
            tried = [
                judged(question) if threshold in outcome[1] else outcome
                for question, outcome in zip(questions, outcomes, strict=True)
            ]
            if sum(right for right, _ in tried) > sum(right for right, _ in outcomes):
                outcomes, kept = tried, value
        config[threshold] = kept
    chosen = ", ".join(f"{threshold} {config[threshold]:g}" for threshold in GRID)
    report(f"{name}: thresholds chosen, {sum(right for right, _ in outcomes)} of {len(questions)} right ({chosen})")
