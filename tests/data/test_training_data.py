"""House rules of the training data, the domain and the code; each message says how to mend it, each can fail."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest
import yaml
from rasa.shared.nlu.training_data.entities_parser import ENTITY_REGEX, SINGLE_ENTITY_DICT

from bot.knowledge.figures import UNIT_SPELLINGS
from bot.knowledge.model import Facet, Figure, Knowledge, TopicKind, Unit
from bot.knowledge.words import plain_words
from bot.language.labels import ALL, ANSWERED_BY, MAY_SHOW

LEAST_EXAMPLES = 40
COPIED_WORDS = 8
LEAST_COPIED_WORDS = 4
"""A statement shorter than eight words is copied if all of it stands there; fewer words than four say nothing."""


class Example(NamedTuple):
    """One training example."""

    file: str
    intent: str
    text: str
    entities: tuple[tuple[str, str], ...]


def read_examples(files: Iterable[Path]) -> list[Example]:
    """Read training examples by Rasa's own patterns; its reader checks schemas and takes half a minute."""
    found = []
    for file in files:
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for block in data["nlu"]:
            for line in block["examples"].splitlines():
                text = line.removeprefix("- ").strip()
                entities = [entity for match in ENTITY_REGEX.finditer(text) for entity in annotated(match)]
                plain = ENTITY_REGEX.sub(lambda match: match["entity_text"], text)
                found.append(Example(file.name, block["intent"], plain, tuple(entities)))
    return found


def annotated(match: re.Match[str]) -> Iterator[tuple[str, str]]:
    """Yield name and value of each entity of one annotation, in any of the three forms that Rasa knows."""
    if match["entity"]:
        yield match["entity"], match["value"] or match["entity_text"]
    for one in SINGLE_ENTITY_DICT.finditer(match.group() if not match["entity"] else ""):
        entity = json.loads(one.group())
        yield entity["entity"], entity.get("value", match["entity_text"])


@pytest.fixture(scope="module")
def examples(root: Path) -> list[Example]:
    found = read_examples(sorted((root / "data" / "nlu").glob("*.yml")))
    assert len(found) > 1000
    return found


@pytest.fixture(scope="module")
def domain(root: Path) -> dict[str, Any]:
    return yaml.safe_load((root / "domain.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def ruled(root: Path) -> list[str]:
    """The intents of all rules, as often as they stand there."""
    return [intent for file in sorted((root / "data" / "stories").glob("*.yml")) for intent in rule_intents(file)]


def rule_intents(file: Path) -> Iterator[str]:
    for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["rules"]:
        for step in rule["steps"]:
            yield from (one["intent"] for one in step.get("or", [step]) if "intent" in one)


def intent_names(domain: dict[str, Any]) -> list[str]:
    return [name for entry in domain["intents"] for name in (entry if isinstance(entry, dict) else [entry])]


# Intents.


def unmatched_intents(trained: Iterable[str], named: Iterable[str], ruled: Iterable[str]) -> list[str]:
    """Return what is wrong with the intents of the examples, the domain and the rules."""
    trained, named, in_rules = set(trained), Counter(named), Counter(ruled)
    problems = [f"`{one}` has examples and is not in domain.yml; add it there" for one in trained - set(named)]
    problems += [f"`{one}` is in domain.yml and has no examples; write some" for one in set(named) - trained]
    problems += [f"`{one}` stands {n} times in domain.yml; keep it once" for one, n in named.items() if n > 1]
    problems += [
        f"`{one}` stands in {in_rules[one]} rules; put it in one" for one in trained | set(named) if in_rules[one] != 1
    ]
    problems += [f"`{one}` has a rule and is not in domain.yml; add it" for one in set(in_rules) - set(named)]
    return sorted(problems)


def test_every_intent_has_examples_a_place_in_the_domain_and_one_rule(
    examples: list[Example], domain: dict[str, Any], ruled: list[str]
) -> None:
    assert unmatched_intents((one.intent for one in examples), intent_names(domain), ruled) == []


@pytest.mark.parametrize(
    ("trained", "named", "ruled"),
    [(["a", "b"], ["a"], ["a"]), (["a"], ["a", "b"], ["a", "b"]), (["a"], ["a", "a"], ["a"]), (["a"], ["a"], []),
     (["a"], ["a"], ["a", "a"]), (["a"], ["a"], ["a", "b"])],
)  # fmt: skip
def test_an_unmatched_intent_is_found(trained: list[str], named: list[str], ruled: list[str]) -> None:
    assert unmatched_intents(["a"], ["a"], ["a"]) == []
    assert unmatched_intents(trained, named, ruled)


def test_every_facet_has_its_intent(domain: dict[str, Any]) -> None:
    expected = {"state_claim" if facet is Facet.CLAIM else f"ask_{facet.value}" for facet in Facet}
    assert expected <= set(intent_names(domain)), "a facet that no intent asks for is never answered"


def scarce_intents(examples: Iterable[Example]) -> dict[str, int]:
    counts = Counter(one.intent for one in examples)
    return {intent: count for intent, count in counts.items() if count < LEAST_EXAMPLES}


def test_every_intent_has_examples_enough(examples: list[Example]) -> None:
    assert scarce_intents(examples) == {}, f"write examples until there are {LEAST_EXAMPLES}"


def test_an_intent_with_too_few_examples_is_found() -> None:
    one = Example("a.yml", "a", "text", ())
    assert scarce_intents([one] * (LEAST_EXAMPLES - 1)) == {"a": LEAST_EXAMPLES - 1}
    assert scarce_intents([one] * LEAST_EXAMPLES) == {}


# Entities.


def unknown_values(examples: Iterable[Example], knowledge: Knowledge, entities: Iterable[str]) -> list[str]:
    """Return the entities that are not in the domain, and those values that the knowledge base does not have."""
    known = {"topic": set(knowledge.topic_by_id), "not_held": {matter.name for matter in knowledge.not_held}}
    problems = []
    for one in examples:
        for entity, value in one.entities:
            if entity not in entities:
                problems.append(f"{one.file}: the entity `{entity}` is not in domain.yml (`{one.text}`)")
            elif entity in known and value not in known[entity]:
                problems.append(f"{one.file}: `{value}` is no {entity} of the knowledge base (`{one.text}`)")
    return problems


def entity_names(domain: dict[str, Any]) -> list[str]:
    return [name for entry in domain["entities"] for name in (entry if isinstance(entry, dict) else [entry])]


def test_every_value_is_a_topic_of_the_knowledge_base(
    examples: list[Example], real_knowledge: Knowledge, domain: dict[str, Any]
) -> None:
    assert sum(bool(one.entities) for one in examples) > 500
    assert unknown_values(examples, real_knowledge, entity_names(domain)) == []


def test_a_value_that_is_no_topic_is_found(made_up_knowledge: Knowledge, tmp_path: Path) -> None:
    file = tmp_path / "nlu.yml"
    line = '- is [{}]{{"entity": "{}", "value": "{}"}} good'
    lines = [line.format("salve", "topic", "moon_salve"), line.format("wings", "topic", "wings"),
             line.format("oil", "not_held", "oil"), "- is [red](colour) good"]  # fmt: skip
    file.write_text(yaml.safe_dump({"nlu": [{"intent": "a", "examples": "\n".join(lines)}]}), encoding="utf-8")
    examples = read_examples([file])
    assert [one.text for one in examples] == ["is salve good", "is wings good", "is oil good", "is red good"]
    assert len(unknown_values(examples, made_up_knowledge, ["topic", "not_held"])) == 3


# Judgements.


def unknown_bullets(files: Iterable[Path], bullets: Iterable[str]) -> list[str]:
    """Return the bullets that judgements name and the knowledge base does not have, and unknown keys of theirs."""
    known, problems = set(bullets), []
    for file in files:
        for block in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            judged = block.get("metadata") or {}
            named = [*judged.get(ANSWERED_BY, ()), *(one for one in judged.get(MAY_SHOW, ()) if one != ALL)]
            problems += [f"{file.name}, {block['intent']}: `{one}` is no bullet" for one in named if one not in known]
            problems += [
                f"{file.name}, {block['intent']}: `{key}` is no key of a judgement"
                for key in judged if key not in (ANSWERED_BY, MAY_SHOW)
            ]  # fmt: skip
    return problems


def test_judgements_name_bullets_of_the_knowledge_base(real_knowledge: Knowledge, root: Path) -> None:
    bullets = {fact.locator for fact in real_knowledge.facts}
    assert unknown_bullets(sorted((root / "data" / "nlu").glob("*.yml")), bullets) == []


def test_a_judgement_that_names_no_bullet_is_found(tmp_path: Path) -> None:
    file = tmp_path / "nlu.yml"
    judged = {ANSWERED_BY: ["salves/1"], MAY_SHOW: [ALL, "wings/9"], "answer": []}
    file.write_text(yaml.safe_dump({"nlu": [{"intent": "a", "metadata": judged, "examples": "- b"}]}), encoding="utf-8")
    assert unknown_bullets([file], ["salves/1"]) == [
        "nlu.yml, a: `wings/9` is no bullet", "nlu.yml, a: `answer` is no key of a judgement",
    ]  # fmt: skip


def test_every_bullet_answers_examples_enough(real_knowledge: Knowledge, root: Path) -> None:
    counts: Counter[str] = Counter()
    for file in (root / "data" / "nlu").glob("*.yml"):
        for block in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            for bullet in (block.get("metadata") or {}).get(ANSWERED_BY, ()):
                counts[bullet] += len(block["examples"].splitlines())
    scarce = {one for one in {fact.locator for fact in real_knowledge.facts} if counts[one] < LEAST_EXAMPLES}
    assert scarce == set(), f"write examples that it answers until there are {LEAST_EXAMPLES}"


# Duplicates.


def duplicates(examples: Iterable[Example]) -> dict[str, list[str]]:
    places: dict[str, list[str]] = {}
    for one in examples:
        places.setdefault(" ".join(one.text.casefold().split()), []).append(f"{one.file}: {one.intent}")
    return {text: found for text, found in places.items() if len(found) > 1}


def test_no_text_stands_twice(examples: list[Example]) -> None:
    assert duplicates(examples) == {}, "keep one of them"


def test_a_text_that_stands_twice_is_found() -> None:
    one, other = Example("a.yml", "a", "How much?", ()), Example("b.yml", "b", "how  much?", ())
    assert duplicates([one, other]) == {"how much?": ["a.yml: a", "b.yml: b"]}


# No medical claim outside the knowledge base.


def copied(statements: Iterable[str], texts: Iterable[tuple[str, str]]) -> list[str]:
    """Return place and words of each run of words of a statement that stands in one of the (place, text) pairs."""
    runs = set()
    for statement in statements:
        words = plain_words(statement)
        length = min(COPIED_WORDS, len(words))
        if length >= LEAST_COPIED_WORDS:
            runs |= {" ".join(words[start : start + length]) for start in range(len(words) - length + 1)}
    found = []
    for place, text in texts:
        words = f" {' '.join(plain_words(text))} "
        found += [f"{place}: {run}" for run in sorted(runs) if f" {run} " in words]
    return found


def test_no_statement_stands_in_the_training_data(
    examples: list[Example], real_knowledge: Knowledge, root: Path
) -> None:
    files = [root / "domain.yml", *sorted((root / "data" / "stories").glob("*.yml"))]
    texts = [(f"{one.file}, {one.intent}", one.text) for one in examples]
    texts += [(file.name, file.read_text(encoding="utf-8")) for file in files]
    found = copied((fact.statement for fact in real_knowledge.facts), texts)
    assert found == [], "say it otherwise: no medical claim stands in a training file"


def test_a_statement_that_was_copied_is_found(made_up_knowledge: Knowledge) -> None:
    statements = [fact.statement for fact in made_up_knowledge.facts]
    long = made_up_knowledge.fact_by_id["salve.shine"].statement
    assert copied(statements, [("a.yml", f"I read: {long.lower()}")])
    assert copied(statements, [("a.yml", "Moon salve is good; cave rest is good too")]) == []
    found = copied(["Rest is critical here."], [("a.yml", "they say rest is critical here, why")])
    assert found == ["a.yml: rest is critical here"]


def test_the_domain_has_no_responses(domain: dict[str, Any]) -> None:
    assert "responses" not in domain, "answers are composed by actions from the knowledge base"
    assert not any(action.startswith("utter_") for action in domain["actions"])


# No medicine in code.


def code_strings(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of the strings of Python code that are no docstrings."""
    tree = ast.parse(source)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.lineno, node.value


def yaml_strings(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of the keys and values of a YAML file, comments left out."""
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.ScalarToken):
            yield token.start_mark.line + 1, token.value


def figure_pattern(figure: Figure) -> str:
    """Return a pattern of the figure's numbers, a range whole, before one of the spellings of its unit."""
    numbers = [number for number in (figure.value, figure.low, figure.high) if number is not None]
    units = [spelling for spelling, unit in UNIT_SPELLINGS.items() if unit == figure.unit]
    units += ["x"] if figure.unit == "times" else []
    alternatives = "|".join(re.escape(unit) for unit in sorted(units, key=len, reverse=True))
    between = rf"\s?(?:{alternatives})?\s?(?:-|–|to|and)\s?"
    written = between.join(re.escape(f"{number:g}") for number in numbers)
    return rf"(?<![\d.])(?:{written})[\s-]?(?:{alternatives})(?!\w)"


def topic_pattern(knowledge: Knowledge) -> re.Pattern[str]:
    """Return a pattern of the words of the condition, of all subjects, and of what the document leaves out.

    Left out are words that name a facet or a unit as well, and groups and settings, which are plain English.
    """
    common = {facet.value for facet in Facet} | {unit.casefold() for unit in get_args(Unit)}
    kinds = (TopicKind.SUBJECT, TopicKind.CONDITION)
    words = [word for topic in knowledge.topics if topic.kind in kinds for word in topic.words]
    words += [word for matter in knowledge.not_held for word in matter.words]
    wanted = sorted({word for word in words if word.casefold() not in common}, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, wanted))})(?![\w-])", re.IGNORECASE)


def medicine(strings: Iterable[tuple[int, str]], knowledge: Knowledge) -> list[str]:
    """Return what of the knowledge base stands in strings: figures with their units, words of topics."""
    figures = [figure_pattern(figure) for fact in knowledge.facts for figure in fact.figures]
    assert figures
    pattern = re.compile("|".join((*figures, topic_pattern(knowledge).pattern)), re.IGNORECASE)
    return [f"{line}: {match.group()}" for line, text in strings for match in pattern.finditer(text)]


def sources(root: Path) -> list[Path]:
    return sorted([*(root / "bot").rglob("*.py"), *(root / "actions").rglob("*.py")])


# Words of patterns that claim nothing: "90 pain scores" and "survival 92" are no ages, ".ca" and "Ct" are of addresses.
SPARED = {"identifiers.py": {"pain", "survival", "ca", "ct"}}


def unspared(hits: Iterable[str], name: str) -> list[str]:
    """Return the hits in a file without the words that it may name."""
    return [hit for hit in hits if hit.split(": ", 1)[1].casefold() not in SPARED.get(name, ())]


def test_only_the_words_named_are_spared_and_only_there() -> None:
    hits = ["1: pain", "2: Ct", "3: moon salve", "4: 40%"]
    assert unspared(hits, "identifiers.py") == hits[2:]
    assert unspared(hits, "names.py") == hits


def test_no_medicine_stands_in_code(root: Path, real_knowledge: Knowledge) -> None:
    files = sources(root)
    assert len(files) > 20
    found = {
        str(file.relative_to(root)): hits
        for file in files
        if (hits := unspared(medicine(code_strings(file.read_text(encoding="utf-8")), real_knowledge), file.name))
    }
    assert found == {}, "move it to the knowledge base"


def test_no_medicine_stands_in_domain_and_rules(root: Path, real_knowledge: Knowledge) -> None:
    files = [root / "domain.yml", *sorted((root / "data" / "stories").glob("*.yml"))]
    assert len(files) > 1
    for file in files:
        strings = list(yaml_strings(file.read_text(encoding="utf-8")))
        assert strings
        assert medicine(strings, real_knowledge) == [], file


BAD_CODE = '''
"""Moon salve in a docstring, 40% of it."""
DRUG = "moon salve"  # moon salve in a comment
MATTER = f"use wing oil {DRUG}"
LOST = "about 40% of them"
DOSE = "1.5-3 mg a day"
COURSE = "2 to 4 weeks"
FREQUENCY = "2 times daily"
FINE = ("41%", "140% of", "1.5 of 3 mg", "3 mg", "4 weeks", "hollow-cave", "mg", "risk", "care of the blights")


def speak():
    """Say that blight needs cave rest."""
    return "Blight"
'''


def test_medicine_in_code_is_found(made_up_knowledge: Knowledge) -> None:
    assert medicine(code_strings(BAD_CODE), made_up_knowledge) == [
        "3: moon salve", "5: 40%", "6: 1.5-3 mg", "7: 2 to 4 weeks", "8: 2 times", "4: wing oil", "14: Blight",
    ]  # fmt: skip


def test_medicine_in_yaml_is_found(made_up_knowledge: Knowledge) -> None:
    text = "# moon salve in a comment\nactions: [action_rest]\nresponses:\n  utter_dose:\n  - text: Take 1.5 to 3 mg.\n"
    assert medicine(yaml_strings(text), made_up_knowledge) == ["5: 1.5 to 3 mg"]
    assert medicine(yaml_strings("slots: {salve: {type: any}}"), made_up_knowledge) == ["1: salve"]
