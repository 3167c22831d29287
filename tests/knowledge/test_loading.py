"""A knowledge file that is wrong is refused with file, line and mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.knowledge.loading import KnowledgeError, load_file

BREAKAGES = {
    "unknown key": ("brought_by: [", "brought: [", "brought: [", ["unknown key", ".brought`", "mend its name"]),
    "duplicate id": ("id: cave.haste", "id: cave.end", "id: cave.end", ["`cave.end`", "twice", "another id"]),
    "dangling topic": ("topics: [cave_rest]", "topics: [cave_nap]", "cave_nap", ["`cave_nap`", "not there", "mend"]),
    "dangling fact": ("fact: cave.haste", "fact: cave.hush", "cave.hush", ["`cave.hush`", "not there", "mend"]),
    "wrong unit": ("unit: mg", "unit: oz", "unit: oz", ["unit", "permitted"]),
    "key twice": ("  markers: 4\n", "  markers: 4\n  markers: 5\n", "markers: 5", ["`markers`", "twice", "delete one"]),
    "bad YAML": ("facts:\n", "facts: [\n", None, ["not valid YAML", "mend the line"]),
    "bad shorthand": ("facts:\n", "shorthand: {M/S: moon salve}\nfacts:\n", "shorthand", ["`M/S`", "lower case"]),
    "loosely no facet": (
        "facets: [frequency, duration]\n",
        "facets: [frequency, duration]\n    loosely: [dose]\n",
        "loosely",
        ["`loosely`", "take out"],
    ),
    "bad digest": ('overview/1: "', 'overview/1: "x', "overview/1: ", ["`overview/1`", "16 hex digits"]),
}


@pytest.mark.parametrize("name", BREAKAGES)
def test_a_wrong_file_is_refused_with_line_and_mend(made_up: Path, name: str) -> None:
    """Each breakage of the file names its line and what to do."""
    old, new, wrong_line, words = BREAKAGES[name]
    file = made_up / "knowledge.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    load_file(file)  # as it stands it loads
    broken = made_up / "broken.yaml"
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(KnowledgeError) as caught:
        load_file(broken)

    place, _, message = str(caught.value).splitlines()[0].partition(": ")
    path, _, line = place.rpartition(":")
    assert path == str(broken)
    if wrong_line:
        lines = broken.read_text(encoding="utf-8").splitlines()
        assert wrong_line in lines[int(line) - 1]
    assert all(word in message for word in words), message


def test_no_facts_is_refused(made_up: Path) -> None:
    """A file without facts would answer nothing and pass all checks."""
    text = (made_up / "knowledge.yaml").read_text(encoding="utf-8")
    empty = made_up / "empty.yaml"
    empty.write_text(text[: text.index("facts:\n")] + "facts: []\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"empty\.yaml:\d+: .*facts.*at least one entry"):
        load_file(empty)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The message says which file, and what to put there."""
    with pytest.raises(KnowledgeError, match=r"nothing\.yaml: cannot be read .*; put a UTF-8 file"):
        load_file(tmp_path / "nothing.yaml")


def test_no_mapping_at_the_top_is_refused(tmp_path: Path) -> None:
    """A list, or an empty file, is told how to start."""
    file = tmp_path / "list.yaml"
    file.write_text("- a\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"list\.yaml:1: .*schema: knowledge/1"):
        load_file(file)
