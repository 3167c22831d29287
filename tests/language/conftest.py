"""The shipped pipeline, and the contract that each of its components keeps.

The spaCy pipeline is built on tiny training data; what takes minutes to train comes from the model that fits the data.

A component's test names its class and takes `contract`: it runs once for each check of `CHECKS`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import spacy
import yaml
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.recipes import default_components  # noqa: F401  registers Rasa's own components
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.utils.spacy_utils import SpacyNLP
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.utils.common import class_from_module_path
from spacy.language import Language

from bot.language.setup import prepare_pipeline
from bot.serving.training import ensure_model

TINY = Path(__file__).parent / "tiny"
QUESTIONS = (
    "What is the dose of sodium thiosulfate?",
    "shuld I stop warfarine in calciphylaxis",
    "not on warfarin, what are the risks of biopsy",
    "can she keep the blood thinner",
    "Why plan care in advance in calciphylaxis?",  # means a topic without its name
    "does cinacalcet help in gout",
    "hello",
)
ODD_TEXTS = ("", " ", "?!", "👍", "\n", "x" * 3000, "12.5-25g", "/restart", "a " * 400)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The spaCy pipeline of the real knowledge base as the set-up leaves it, with the tiny training data."""
    folder = tmp_path_factory.mktemp("prepared") / "pipeline"
    prepare_pipeline("tiny", TINY, folder)
    return folder


@pytest.fixture(scope="session")
def nlp(prepared: Path) -> Language:
    """The prepared pipeline, loaded."""
    return spacy.load(prepared)


@dataclass(frozen=True)
class Stage:
    """One component of config.yml, trained where it is trainable."""

    name: str
    cls: type
    settings: dict[str, Any]
    trainable: bool
    component: Any
    storage: LocalModelStorage
    resource: Resource
    context: ExecutionContext

    @property
    def config(self) -> dict[str, Any]:
        return {**self.cls.get_default_config(), **self.settings}


class Chain:
    """The components of config.yml in their order."""

    def __init__(self, stages: list[Stage], model: Any) -> None:
        self.stages = stages
        self.model = model

    def stage(self, cls: type) -> Stage:
        return next(stage for stage in self.stages if stage.cls is cls)

    def before(self, cls: type) -> list[Stage]:
        return self.stages[: self.stages.index(self.stage(cls))]

    def messages(self, cls: type | None, *texts: str | None) -> list[Message]:
        """Return fresh messages as they come to a component, or as they leave the pipeline; None has no text."""
        messages = [Message({} if text is None else {TEXT: text}) for text in texts]
        for stage in self.before(cls) if cls else self.stages:
            messages = self.process(stage.component, messages)
        return messages

    def process(self, component: Any, messages: list[Message]) -> list[Message]:
        more = (self.model,) if isinstance(component, SpacyNLP) else ()
        return component.process(messages, *more)


@pytest.fixture(scope="session")
def chain(prepared: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """The pipeline of config.yml in its order, its trained components as the model that fits the data has them."""
    stages, model = [], None
    archive = ensure_model(root, print)
    trained, _ = LocalModelStorage.from_model_archive(tmp_path_factory.mktemp("model"), archive)
    for place, entry in enumerate(yaml.safe_load((root / "config.yml").read_text(encoding="utf-8"))["pipeline"]):
        settings = {key: value for key, value in entry.items() if key != "name"}
        stage = _stage(entry["name"], place, settings, tmp_path_factory.mktemp("storage"), str(prepared))
        if isinstance(stage.component, SpacyNLP):
            model = stage.component.provide()
        stages.append(_trained(stage, trained) if stage.trainable else stage)
    return Chain(stages, model)


def _stage(name: str, place: int, settings: dict[str, Any], folder: Path, pipeline: str) -> Stage:
    if "." in name:
        class_from_module_path(name)
    registered = DefaultV1Recipe._from_registry(name)
    cls = registered.clazz
    if issubclass(cls, SpacyNLP):
        settings = {**settings, "model": pipeline}
    storage, resource = LocalModelStorage(folder), Resource(f"{place}_{cls.__name__}")
    context = ExecutionContext(GraphSchema({}), node_name=resource.name)
    component = cls.create({**cls.get_default_config(), **settings}, storage, resource, context)
    return Stage(name, cls, settings, registered.is_trainable, component, storage, resource, context)


def _trained(stage: Stage, storage: LocalModelStorage) -> Stage:
    """Load a trainable component out of the trained model."""
    (folder,) = storage._storage_path.glob(f"*{stage.cls.__name__}*")
    resource = Resource(folder.name)
    component = stage.cls.load(stage.config, storage, resource, stage.context)
    return replace(stage, component=component, storage=storage, resource=resource)


def output(message: Message) -> dict[str, Any]:
    """Return all that a message carries, in values that can be compared."""
    found = {
        key: json.loads(json.dumps(value))
        for key, value in message.data.items()
        if isinstance(value, str | int | float | list | dict) and key != "text_tokens"
    }
    found["tokens"] = [(token.text, token.lemma) for token in message.get("text_tokens") or []]
    found["doc"] = [(token.norm_, token.ent_id_) for token in message.get("text_spacy_doc") or []]
    parts = [part.features for part in message.features]
    found["features"] = [part.toarray().tolist() if hasattr(part, "toarray") else part.tolist() for part in parts]
    return found


@pytest.fixture(name="output")
def output_fixture() -> Callable[[Message], dict[str, Any]]:
    return output


# The contract.


def what_it_requires_comes_before(cls: type, chain: Chain) -> None:
    required = cls.required_components()
    assert required, "say what has to come before"
    before = [stage.cls for stage in chain.before(cls)]
    assert [one for one in required if not any(issubclass(other, one) for other in before)] == []


def settings_are_those_of_the_default_configuration(cls: type, chain: Chain) -> None:
    default = cls.get_default_config()
    assert isinstance(default, dict) and json.loads(json.dumps(default)) == default
    assert cls.get_default_config() is not default, "one component's settings must not be another's"
    assert set(chain.stage(cls).settings) <= set(default), "config.yml has a setting that nothing reads"


def it_creates_itself(cls: type, chain: Chain) -> None:
    stage = chain.stage(cls)
    assert type(cls.create(stage.config, stage.storage, stage.resource, stage.context)) is cls


def the_same_messages_give_the_same_output(cls: type, chain: Chain) -> None:
    component = chain.stage(cls).component
    before = [output(message) for message in chain.messages(cls, *QUESTIONS)]
    one, other = ([output(message) for message in component.process(chain.messages(cls, *QUESTIONS))] for _ in range(2))
    assert one == other
    assert len(one) == len(QUESTIONS)
    assert one != before, "it adds nothing to any message"


def a_message_does_not_depend_on_its_neighbours(cls: type, chain: Chain) -> None:
    component = chain.stage(cls).component
    together = [output(message) for message in component.process(chain.messages(cls, *QUESTIONS))]
    alone = [output(component.process(chain.messages(cls, text))[0]) for text in QUESTIONS]
    assert together == alone


def a_message_without_text_survives(cls: type, chain: Chain) -> None:
    component = chain.stage(cls).component
    for text in (None, *ODD_TEXTS):
        (message,) = component.process(chain.messages(cls, text))
        assert message.get(TEXT) == text
    assert component.process([Message({})])[0].get(TEXT) is None, "not even what comes before has seen it"


def persisted_and_loaded_it_gives_the_same_output(cls: type, chain: Chain) -> None:
    stage = chain.stage(cls)
    loaded = cls.load(stage.config, stage.storage, stage.resource, stage.context)
    assert loaded is not stage.component
    one, other = (
        [output(message) for message in component.process(chain.messages(cls, *QUESTIONS))]
        for component in (stage.component, loaded)
    )
    assert one == other


def where_nothing_was_persisted_it_loads_and_processes(cls: type, chain: Chain) -> None:
    stage = chain.stage(cls)
    untrained = cls.load(stage.config, stage.storage, Resource("nothing"), stage.context)
    assert len(untrained.process(chain.messages(cls, *QUESTIONS))) == len(QUESTIONS)


CHECKS = (
    what_it_requires_comes_before,
    settings_are_those_of_the_default_configuration,
    it_creates_itself,
    the_same_messages_give_the_same_output,
    a_message_does_not_depend_on_its_neighbours,
    a_message_without_text_survives,
    persisted_and_loaded_it_gives_the_same_output,
    where_nothing_was_persisted_it_loads_and_processes,
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "contract" in metafunc.fixturenames:
        metafunc.parametrize("contract", CHECKS, ids=lambda check: check.__name__, indirect=True)


@pytest.fixture
def contract(request: pytest.FixtureRequest, chain: Chain) -> Iterator[Callable[[type], None]]:
    """One check of the contract, to be called with a component's class."""
    yield lambda cls: request.param(cls, chain)
