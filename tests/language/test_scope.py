"""The decision whether the document can answer a question."""

from __future__ import annotations

import numpy as np
import pytest

from bot.knowledge.model import Facet, Knowledge
from bot.language.heads import Outputs
from bot.language.labels import HELD, NOT_HELD, OTHER, Names
from bot.language.scope import Evidence, features, fit


@pytest.fixture
def names(real_knowledge: Knowledge) -> Names:
    return Names(("ask_dose", "not_in_document", "out_of_scope"), ("a",), ("b/1",))


def evidence(held: float, **changes: object) -> Evidence:
    rest = (1 - held) / 2
    outputs = Outputs(np.array([held, rest, rest]), np.array([held, held]), np.array([held, rest, rest]))
    values = {
        "outputs": outputs, "named": frozenset(), "about": (), "asked": {Facet.DOSE: 1.0}, "not_held": 0, "drugs": 0,
        "diseases": 0, "words": 5,
    }  # fmt: skip
    return Evidence(**{**values, **changes})


def test_every_kind_of_evidence_counts(real_knowledge: Knowledge, names: Names) -> None:
    condition = real_knowledge.condition().id
    plain = features(real_knowledge, names, evidence(0.5))
    for change in (
        {"named": frozenset({condition})},
        {"about": (condition,)},
        {"not_held": 1},
        {"drugs": 1},
        {"diseases": 2},
        {"words": 50},
    ):
        assert features(real_knowledge, names, evidence(0.5, **change)) != plain, change
    assert features(real_knowledge, names, evidence(0.9)) != plain
    assert np.isfinite(plain).all()


def test_the_decision_follows_what_it_was_fitted_on(real_knowledge: Knowledge, names: Names) -> None:
    random = np.random.default_rng(0)
    shares = [*random.uniform(0.6, 1, 40), *random.uniform(0, 0.4, 40)]
    rows = [features(real_knowledge, names, evidence(share)) for share in shares]
    model = fit(rows, [HELD] * 40 + [NOT_HELD, OTHER] * 20)
    sure, unsure = (model.probability(features(real_knowledge, names, evidence(share))) for share in (0.95, 0.05))
    assert 0 <= unsure < 0.5 < sure <= 1
