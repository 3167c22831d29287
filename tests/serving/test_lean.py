from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.serving import lean
from bot.serving.errors import ServingError

INSTALL = "from pathlib import Path; from bot.serving import lean; lean.install(Path.cwd())\n"


def test_rasa_imports_without_what_is_left_out(project: Path, in_child) -> None:
    result = in_child(
        INSTALL
        + """
import sys
import rasa.core.run
from rasa.engine.recipes.default_components import DEFAULT_COMPONENTS
from rasa.nlu.classifiers.diet_classifier import DIETClassifier
assert DIETClassifier in DEFAULT_COMPONENTS
left_out = [p for group in lean.GROUPS for p in group.packages if p in sys.modules]
assert "tensorflow" in left_out and "matplotlib" in left_out, left_out
for name in left_out:
    assert type(sys.modules[name]) is lean._PlaceholderModule, name
print("imported")
""",
        project,
    )
    assert result.stdout.endswith("imported\n"), result.stderr


def test_spacy_sees_tensorflow_as_absent(project: Path, in_child) -> None:
    result = in_child(
        INSTALL
        + """
import thinc.compat, spacy
assert thinc.compat.has_tensorflow is False
print([token.text for token in spacy.blank("en")("one two")])
""",
        project,
    )
    assert result.stdout == "['one', 'two']\n", result.stderr


@pytest.mark.parametrize(
    "use",
    ["tf.constant(1)", "Child()", "list(tf.data)", "decorate(tf.function)"],
)
def test_real_use_raises_and_says_what_is_missing(project: Path, in_child, tmp_path: Path, use: str) -> None:
    (project / "importing.py").write_text(
        "import tensorflow as tf\n"
        "class Child(tf.keras.Model):\n"
        "    @tf.function\n"
        "    def bare(self, x: tf.Tensor | None = None) -> 'tf.Tensor': return 1\n"
        "    @tf.function(jit=True)\n"
        "    def called(self): return 2\n"
        "def decorate(decorator): return decorator(decorate)\n",
        encoding="utf-8",
    )
    result = in_child(
        INSTALL
        + f"""
from importing import tf, Child, decorate
assert Child.bare(None) == 1
assert not isinstance(1, tf.Tensor)
assert not hasattr(Child, "anything")
try:
    {use}
except lean.LeftOutError as error:
    print(error)
""",
        project,
    )
    assert result.stdout.startswith("this process was started without TensorFlow; tensorflow."), result.stderr
    assert "config.yml" in result.stdout


@pytest.mark.parametrize("group", lean.GROUPS, ids=lambda group: group.title)
def test_what_the_configuration_names_is_kept(project: Path, group: lean.Group) -> None:
    left_out, said = lean.plan(project)
    assert left_out >= set(group.packages)
    assert said == []
    for word in sorted(group.wanted_by):
        config = yaml.safe_load((project / "config.yml").read_text(encoding="utf-8"))
        config["policies"] = [{"name": f"some.module.{word}"}]
        (project / "config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
        left_out, said = lean.plan(project)
        assert not left_out & set(group.packages)
        assert said == [f"Starting with {group.title}, because the configuration names {word}."]


def test_what_is_kept_imports_as_itself(project: Path, in_child) -> None:
    code = INSTALL + "import questionary; print(type(questionary).__name__)"
    assert in_child(code, project).stdout == "_PlaceholderModule\n"
    (project / "credentials.yml").write_text("cmdline:\n", encoding="utf-8")
    assert in_child(code, project).stdout == "module\n"


def test_every_word_exists_in_rasa() -> None:
    """A word that Rasa does not know would leave its package out for ever."""
    from importlib.util import find_spec

    rasa = Path(find_spec("rasa").submodule_search_locations[0])
    source = "\n".join(path.read_text(encoding="utf-8") for path in rasa.rglob("*.py"))
    words = {word for group in lean.GROUPS for word in group.wanted_by}
    assert len(words) > 10
    assert [word for word in words if f'"{word}"' not in source and f"class {word}(" not in source] == []


def test_broken_configuration_names_file_and_line(project: Path) -> None:
    (project / "endpoints.yml").write_text("action_endpoint:\n  url: [\n", encoding="utf-8")
    with pytest.raises(ServingError, match=r"endpoints\.yml, line \d+: not valid YAML"):
        lean.configured_names(project)
