from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from bot.serving import training
from bot.serving.errors import ServingError

INPUTS = [
    "config.yml",
    "domain.yml",
    "uv.lock",
    "data/nlu.yml",
    "data/knowledge/deep/facts.yml",
    "bot/language/component.py",
    "bot/knowledge/model.py",
]
OTHERS = ["endpoints.yml", "README.md", "bot/serving/cli.py", "bot/language/notes.txt", "data/.nlu.yml.swp"]


def write(root: Path, name: str, content: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(content, encoding="utf-8")


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    for name in INPUTS + OTHERS:
        write(tmp_path, name, "before")
    return tmp_path


@pytest.mark.parametrize("name", INPUTS)
def test_fingerprint_follows_what_decides_the_model(inputs: Path, name: str) -> None:
    before = training.model_fingerprint(inputs)
    write(inputs, name, "after")
    changed = training.model_fingerprint(inputs)
    (inputs / name).unlink()
    assert len({before, changed, training.model_fingerprint(inputs)}) == 3


@pytest.mark.parametrize("name", OTHERS)
def test_fingerprint_leaves_the_rest_aside(inputs: Path, name: str) -> None:
    before = training.model_fingerprint(inputs)
    write(inputs, name, "after")
    assert training.model_fingerprint(inputs) == before


def test_fingerprint_follows_names_and_new_files(inputs: Path) -> None:
    before = training.model_fingerprint(inputs)
    write(inputs, "data/more.yml", "new")
    more = training.model_fingerprint(inputs)
    (inputs / "data/more.yml").rename(inputs / "data/other.yml")
    assert len({before, more, training.model_fingerprint(inputs)}) == 3


def test_training_reports_steps_and_happens_once(trained: tuple[Path, list[str]]) -> None:
    project, lines = trained
    path = training.model_path(project)
    assert training.damage(path) is None
    assert path.name == f"assistant-{training.model_fingerprint(project)[:12]}.tar.gz"
    assert "No model fits" in lines[0]
    assert any("training RulePolicy" in line for line in lines)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]

    written, again = path.stat().st_mtime_ns, []
    assert training.ensure_model(project, again.append) == path
    assert len(again) == 1
    assert "no training needed" in again[0]
    assert path.stat().st_mtime_ns == written


def spoil_cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def spoil_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def spoil_sum(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-8] ^= 1  # gzip's checksum
    path.write_bytes(content)


def spoil_text(path: Path) -> None:
    path.write_text("not a model", encoding="utf-8")


def spoil_empty(path: Path) -> None:
    path.write_bytes(b"")


def spoil_content(path: Path) -> None:
    with tarfile.open(path, "w:gz") as archive:
        archive.add(__file__, "something.py")


@pytest.mark.parametrize("spoil", [spoil_cut, spoil_byte, spoil_sum, spoil_text, spoil_empty, spoil_content])
def test_damage_is_seen(trained_project: Path, spoil) -> None:
    path = training.model_path(trained_project)
    spoil(path)
    assert training.damage(path)


def test_damaged_model_is_trained_anew(trained_project: Path) -> None:
    path = training.model_path(trained_project)
    spoil_cut(path)
    lines: list[str] = []
    training.ensure_model(trained_project, lines.append)
    assert "cannot be used: it cannot be read" in lines[0]
    assert training.damage(path) is None


def test_failed_training_shows_the_end_of_its_log(project: Path) -> None:
    write(project, "domain.yml", "version: '3.1'\nintents: [greet]\nresponses: 7\n")
    with pytest.raises(
        ServingError, match=r"the training failed \(exit code 1\); the end of var/log/train\.log:\n +\S"
    ):
        training.ensure_model(project, lambda _: None)
    assert list((project / "models").iterdir()) == []


def test_pipeline_that_does_not_fit_together_is_no_stack_trace(project: Path) -> None:
    config = (project / "config.yml").read_text(encoding="utf-8")
    write(project, "config.yml", config.replace("- name: WhitespaceTokenizer\n", ""))
    with pytest.raises(ServingError, match="require a Tokenizer") as caught:
        training.ensure_model(project, lambda _: None)
    assert "Traceback" not in str(caught.value)
    assert " File " not in str(caught.value)
