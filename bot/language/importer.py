"""A Rasa importer that adds the questions which the bot itself offers to the training examples of the files."""

from __future__ import annotations

from collections.abc import Iterator

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.knowledge.loading import load
from bot.knowledge.model import Facet, Knowledge
from bot.language.labels import ALL, ANSWERED_BY, CLAIM, MAY_SHOW, OWN, TOPICS


class KnowledgeImporter(RasaFileImporter):
    """Rasa's own importer of files, and the knowledge base's questions: each has to find its fact."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Return the examples of the files, then the bot's own questions.

        Raises:
            KnowledgeError: the knowledge base is missing or wrong.
        """
        examples: TrainingData = super().get_nlu_data(language)
        return examples.merge(TrainingData(list(own_questions(load()))))


def own_questions(knowledge: Knowledge) -> Iterator[Message]:
    """Yield the question of each fact, asking for the first of its facets."""
    for fact in knowledge.facts:
        judged = {ANSWERED_BY: [fact.locator], MAY_SHOW: [ALL], TOPICS: list(fact.topics), OWN: True}
        intent = CLAIM if fact.facets[0] is Facet.CLAIM else f"ask_{fact.facets[0].value}"
        yield Message.build(text=fact.question, intent=intent, intent_metadata=judged)
