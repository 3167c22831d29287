"""Keeps scikit-learn models in Rasa's model archive by skops, which loads no code from the file."""

from __future__ import annotations

import json
from typing import Any

import skops.io
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

MODEL_FILE = "model.skops"
DATA_FILE = "data.json"


def write_model(storage: ModelStorage, resource: Resource, model: Any, data: dict[str, Any]) -> None:
    """Persist a fitted scikit-learn model and plain data beside it."""
    with storage.write_to(resource) as folder:
        skops.io.dump(model, folder / MODEL_FILE)
        (folder / DATA_FILE).write_text(json.dumps(data), encoding="utf-8")


def read_model(storage: ModelStorage, resource: Resource) -> tuple[Any, dict[str, Any]]:
    """Return what ``write_model`` persisted, or (None, {}) where nothing was: the component was not trained.

    Raises:
        ValueError: the file holds types that scikit-learn's own models do not need.
    """
    try:
        with storage.read_from(resource) as folder:
            unknown = skops.io.get_untrusted_types(file=folder / MODEL_FILE)
            if unknown:
                raise ValueError(f"{folder / MODEL_FILE} holds unexpected types ({unknown}); train the model anew")
            model = skops.io.load(folder / MODEL_FILE)
            return model, json.loads((folder / DATA_FILE).read_text(encoding="utf-8"))
    except (ValueError, FileNotFoundError) as error:
        if "unexpected types" in str(error):
            raise
        return None, {}
