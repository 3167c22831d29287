"""Start Rasa without the packages that this bot never uses.

Rasa imports TensorFlow, a plotting library and the client of every messenger and database it knows, whether they are
configured or not: most of the start and more than half of the memory. `install` puts a placeholder on `sys.meta_path`
for those that the project's configuration does not name. Rasa's modules still import, because class bodies, decorators
and annotations accept a placeholder; calling one afterwards raises `LeftOutError`.

Limits: reading an attribute of a placeholder never raises, since `isinstance(x, tf.Tensor)` has a right answer without
TensorFlow. So a use that neither calls nor iterates (`if tf.config.x:`) goes unnoticed.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

from bot.serving.errors import ServingError

CONFIGURATION_FILES = ("config.yml", "endpoints.yml", "credentials.yml")
"""Files, relative to the project's root, whose words decide what is left out."""


class LeftOutError(RuntimeError):
    """A package was used at run time that this process was started without."""


@dataclass(frozen=True)
class Group:
    """Packages that are left out together.

    Attributes:
        title: Name of what is left out, for people.
        packages: Top-level import names.
        wanted_by: Words of the configuration (components, store types, channels) that need the packages.
    """

    title: str
    packages: tuple[str, ...]
    wanted_by: frozenset[str]


GROUPS = (
    Group(
        "TensorFlow",
        ("tensorflow", "tensorflow_hub", "tensorflow_text", "tensorflow_addons", "keras", "jax"),
        frozenset(
            {
                "DIETClassifier",
                "TEDPolicy",
                "UnexpecTEDIntentPolicy",
                "ResponseSelector",
                "LanguageModelFeaturizer",
                "ConveRTFeaturizer",
            }
        ),
    ),
    Group("matplotlib", ("matplotlib",), frozenset()),
    Group("questionary", ("questionary", "prompt_toolkit"), frozenset({"cmdline"})),
    Group("pymongo", ("pymongo", "bson", "gridfs"), frozenset({"mongod"})),
    Group("boto3", ("boto3", "botocore"), frozenset({"dynamo"})),
    Group("aiogram", ("aiogram",), frozenset({"telegram", "TelegramInput"})),
    Group("twilio", ("twilio",), frozenset({"twilio", "TwilioInput", "twilio_voice", "TwilioVoiceInput"})),
    Group("webexteamssdk", ("webexteamssdk",), frozenset({"webexteams", "WebexTeamsInput"})),
)

# thinc (spaCy) takes TensorFlow for installed when this submodule imports, and would then use it.
_ABSENT = "tensorflow.experimental"


def _importing() -> bool:
    """Tell whether the present call happens while a module is being imported."""
    frame: types.FrameType | None = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False


class _PlaceholderType(type):
    """Makes placeholders lenient while modules are imported, and strict afterwards."""

    def __getattr__(cls, name: str) -> Any:
        # A class of Rasa's that inherits from a placeholder must not seem to have every attribute.
        if name.startswith("__") or "_placeholder_for" not in cls.__dict__:
            raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")
        return _placeholder(f"{cls.__dict__['_placeholder_for']}.{name}")

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if not _importing():
            cls._refuse()
        # A bare decorator (`@tf.function`) returns what it decorates; one with arguments returns a decorator.
        return args[0] if len(args) == 1 and callable(args[0]) and not kwargs else cls

    def __iter__(cls) -> Iterator[Any]:
        if not _importing():
            cls._refuse()
        return iter(())

    def _refuse(cls) -> NoReturn:
        used: str = cls._placeholder_for
        package = used.split(".")[0]
        title = next(group.title for group in GROUPS if package in group.packages)
        raise LeftOutError(
            f"this process was started without {title}; {used} was used by {cls.__module__}.{cls.__qualname__}. "
            f"Name the component, store or channel that needs it in {', '.join(CONFIGURATION_FILES)}, "
            "or use the plain `rasa` command."
        )


def _placeholder(path: str) -> _PlaceholderType:
    """Make a placeholder.

    Args:
        path: Dotted name of what it stands for, such as `tensorflow.keras.Model`.

    Returns:
        A class, so that it may be inherited from and stand in annotations.
    """
    module, _, name = path.rpartition(".")
    return _PlaceholderType(name, (), {"_placeholder_for": path, "__module__": module})


class _PlaceholderModule(types.ModuleType):
    """A module that has every attribute."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        value = _placeholder(f"{self.__name__}.{name}")
        setattr(self, name, value)
        return value


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds placeholders for the packages that are left out, and nothing else."""

    def __init__(self, packages: frozenset[str]) -> None:
        self.packages = packages

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] not in self.packages:
            return None
        if fullname == _ABSENT or fullname.startswith(f"{_ABSENT}."):
            raise ModuleNotFoundError(f"this process was started without TensorFlow: no {fullname}", name=fullname)
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _PlaceholderModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run: the module makes its attributes when they are asked for."""


def configured_names(root: Path) -> set[str]:
    """Collect every word of the project's configuration that may name a component, a store or a channel.

    Args:
        root: The project's root.

    Returns:
        All keys and string values of the configuration files; of a dotted path its last part.

    Raises:
        ServingError: A configuration file is not YAML; names file and line.
    """
    names: set[str] = set()
    for name in CONFIGURATION_FILES:
        path = root / name
        if path.is_file():
            names.update(_words(_load(path)))
    return names


def _load(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise ServingError(f"{path.name}, line {line}: not valid YAML ({error.problem}); mend that line.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ServingError(f"{path.name}: not valid YAML in UTF-8 ({error}); mend the file.") from error


def _words(node: Any) -> Iterator[str]:
    """Yield keys and string values at any depth."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _words(key)
            yield from _words(value)
    elif isinstance(node, list):
        for value in node:
            yield from _words(value)
    elif isinstance(node, str):
        yield node.rpartition(".")[2]


def plan(root: Path) -> tuple[frozenset[str], list[str]]:
    """Decide what to leave out.

    Args:
        root: The project's root.

    Returns:
        Top-level names of the packages to leave out, and one line for each group that has to be kept, saying why.

    Raises:
        ServingError: A configuration file is not YAML.
    """
    names = configured_names(root)
    left_out: set[str] = set()
    kept = []
    for group in GROUPS:
        wanting = sorted(group.wanted_by & names)
        if wanting:
            kept.append(f"Starting with {group.title}, because the configuration names {', '.join(wanting)}.")
        else:
            left_out.update(group.packages)
    return frozenset(left_out), kept


def install(root: Path) -> None:
    """Leave out what the project's configuration does not need; to be called before `rasa` is imported.

    Args:
        root: The project's root.

    Raises:
        ServingError: A configuration file is not YAML.
    """
    left_out, _ = plan(root)
    sys.meta_path.insert(0, _Finder(left_out))
