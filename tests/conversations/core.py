"""`rasa test core --e2e --fail-on-prediction-errors`, in a process that leaves out what this bot never uses.

Run from the project's root: `python -m tests.conversations.core MODEL STORIES...`. Prints one JSON object: for each
file of stories the number of actions that were predicted as told, or the first wrong intent, entity or action. Exits
with 1 if any file failed. The actions themselves are not run: what they say is tested over REST, in tests/service.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path

from bot.serving import lean


def main(model: str, *files: str) -> int:
    """Hold files of test stories against a model.

    Args:
        model: Path of a model.
        *files: Test stories.

    Returns:
        0 if all predictions of all files are right, else 1.
    """
    lean.install(Path.cwd())
    from rasa.core.agent import Agent
    from rasa.core.test import WrongPredictionException, test

    agent = Agent.load(model)
    results: dict[str, int | str] = {}
    for file in files:
        try:
            with tempfile.TemporaryDirectory() as folder:
                report = asyncio.run(
                    test(file, agent, out_directory=folder, fail_on_prediction_errors=True, e2e=True,
                         disable_plotting=True)
                )  # fmt: skip
            results[file] = len(report["actions"])
        except WrongPredictionException as error:
            results[file] = str(error)
    print(json.dumps(results))
    return 0 if all(isinstance(result, int) and result for result in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
