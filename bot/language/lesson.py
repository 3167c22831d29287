"""What the training examples teach, and what is held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rasa.nlu.constants import SPACY_DOCS
from rasa.shared.nlu.constants import ENTITIES, INTENT, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.knowledge.loading import load
from bot.knowledge.model import Facet, Knowledge
from bot.language.labels import ALL, ANSWERED_BY, CLAIM, MAY_SHOW, Example, Names, names_of, targets
from bot.language.pipeline import TOPIC, plain_text


@dataclass(frozen=True)
class Lesson:
    """What the training examples teach, and what is held out to fit the scope decision.

    Attributes:
        names: What stands in which place of the outputs.
        texts: Those taught, the bot's own questions at the end.
        intents: Their targets, as are ``labels`` and ``scopes``; see ``labels.targets``.
        held: Messages that are not taught.
        held_scopes: Their scopes.
    """

    names: Names
    texts: tuple[str, ...]
    intents: np.ndarray
    labels: np.ndarray
    scopes: np.ndarray
    held: tuple[Message, ...]
    held_scopes: np.ndarray


def lesson_of(messages: Sequence[Message], held_out: int) -> Lesson | None:
    """Make the lesson of training examples that the spaCy pipeline has read; None where there are none.

    Args:
        messages: Examples; those without a spaCy document are left out.
        held_out: Every how-manieth is held out.

    Raises:
        LabelError: an example names a bullet that the knowledge base does not have.
    """
    knowledge = load()
    read = [message for message in messages if message.get(SPACY_DOCS[TEXT]) is not None]
    examples = [_example(message) for message in read]
    if not examples:
        return None
    names = names_of(knowledge, examples)
    intents, labels, scopes = targets(knowledge, examples, names)
    held = np.random.default_rng(0).integers(0, held_out, len(examples)) == 0
    own = _own_questions(knowledge)
    own_intents, own_labels, own_scopes = targets(knowledge, own, names)
    taught = [example for example, out in zip(examples, held, strict=True) if not out]
    return Lesson(
        names=names,
        texts=tuple(example.text for example in (*taught, *own)),
        intents=np.concatenate([intents[~held], own_intents]),
        labels=np.concatenate([labels[~held], own_labels]),
        scopes=np.concatenate([scopes[~held], own_scopes]),
        held=tuple(message for message, out in zip(read, held, strict=True) if out),
        held_scopes=scopes[held],
    )


def _example(message: Message) -> Example:
    """Read a training example: topics annotated, and those that the ruler finds and nothing denies."""
    doc = message.get(SPACY_DOCS[TEXT])
    annotated = [entity["value"] for entity in message.get(ENTITIES, []) if entity["entity"] == TOPIC]
    found = [span.ent_id_ for span in doc.ents if span.label_ == TOPIC and not span._.negex]
    judged = (message.get(METADATA) or {}).get(METADATA_INTENT) or {}
    answered_by = judged.get(ANSWERED_BY)
    return Example(
        text=plain_text(doc),
        intent=message.get(INTENT),
        topics=tuple(dict.fromkeys([*annotated, *found])),
        answered_by=None if answered_by is None else tuple(answered_by),
        may_show=tuple(judged.get(MAY_SHOW, ())),
    )


def _own_questions(knowledge: Knowledge) -> list[Example]:
    """List the questions that the bot itself offers, as further examples: each has to find its fact."""
    return [
        Example(
            text=fact.question.lower(),
            intent=CLAIM if facet is Facet.CLAIM else f"ask_{facet.value}",
            topics=fact.topics,
            answered_by=(fact.locator,),
            may_show=(ALL,),
        )
        for fact in knowledge.facts
        for facet in fact.facets[:1]
    ]
