"""What the training examples teach, and what is held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rasa.nlu.constants import SPACY_DOCS
from rasa.shared.nlu.constants import ENTITIES, INTENT, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.knowledge.loading import load
from bot.language.featurizer import vector_of
from bot.language.labels import ANSWERED_BY, MAY_SHOW, OWN, TOPICS, Example, Names, names_of, targets
from bot.language.pipeline import TOPIC, plain_text


@dataclass(frozen=True)
class Lesson:
    """What the training examples teach, and what is held out to fit the scope decision.

    Attributes:
        names: What stands in which place of the outputs.
        texts: Those taught.
        vectors: The sentence vector of each (texts, 384).
        intents: Their targets, as are ``labels`` and ``scopes``; see ``labels.targets``.
        held: Messages that are not taught.
        held_scopes: Their scopes.
    """

    names: Names
    texts: tuple[str, ...]
    vectors: np.ndarray
    intents: np.ndarray
    labels: np.ndarray
    scopes: np.ndarray
    held: tuple[Message, ...]
    held_scopes: np.ndarray


def lesson_of(messages: Sequence[Message], held_out: int) -> Lesson | None:
    """Make the lesson of training examples; None where there are none.

    Args:
        messages: Examples; those without a spaCy document and a sentence vector are left out.
        held_out: Every how-manieth is held out, of those that are not the bot's own questions.

    Raises:
        LabelError: an example names a bullet that the knowledge base does not have.
    """
    knowledge = load()
    read = [message for message in messages if message.get(SPACY_DOCS[TEXT]) is not None]
    vectors = [vector for message in read if (vector := vector_of(message)) is not None]
    examples = [_example(message) for message in read]
    if not examples or len(vectors) < len(read):
        return None
    names = names_of(knowledge, examples)
    intents, labels, scopes = targets(knowledge, examples, names)
    held = np.random.default_rng(0).integers(0, held_out, len(examples)) == 0
    held &= [not _judged(message).get(OWN, False) for message in read]
    return Lesson(
        names=names,
        texts=tuple(example.text for example, out in zip(examples, held, strict=True) if not out),
        vectors=np.array(vectors)[~held],
        intents=intents[~held],
        labels=labels[~held],
        scopes=scopes[~held],
        held=tuple(message for message, out in zip(read, held, strict=True) if out),
        held_scopes=scopes[held],
    )


def _example(message: Message) -> Example:
    """Read a training example: topics annotated, and those that the ruler finds and nothing denies."""
    doc = message.get(SPACY_DOCS[TEXT])
    annotated = [entity["value"] for entity in message.get(ENTITIES, []) if entity["entity"] == TOPIC]
    found = [span.ent_id_ for span in doc.ents if span.label_ == TOPIC and not span._.negex]
    judged = _judged(message)
    answered_by = judged.get(ANSWERED_BY)
    return Example(
        text=plain_text(doc),
        intent=message.get(INTENT),
        topics=tuple(dict.fromkeys([*annotated, *judged.get(TOPICS, ()), *found])),
        answered_by=None if answered_by is None else tuple(answered_by),
        may_show=tuple(judged.get(MAY_SHOW, ())),
    )


def _judged(message: Message) -> dict[str, Any]:
    return (message.get(METADATA) or {}).get(METADATA_INTENT) or {}
