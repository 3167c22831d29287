"""The guard: what it takes off a message, and that a fault of any kind is answered."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.channels.guard import ACTION_SECONDS, answered, clean
from bot.serving import processes


@pytest.mark.parametrize("fault", [RuntimeError("Mr Zqpatientx"), SystemExit(1), TimeoutError()])
def test_any_fault_is_answered_and_its_words_are_not_logged(fault: BaseException, caplog: Any) -> None:
    async def fails(_: Any) -> None:
        raise fault

    text, data = asyncio.run(answered(fails, "how much thiosulfate", "someone", "rest"))
    assert (data["custom"]["kind"], text["recipient_id"]) == ("error", "someone")
    assert type(fault).__name__ in caplog.text
    assert "Zqpatientx" not in caplog.text


def test_silence_is_answered() -> None:
    async def says_nothing(_: Any) -> None:
        pass

    messages = asyncio.run(answered(says_nothing, "how much thiosulfate", "someone", "rest"))
    assert [message["custom"]["kind"] for message in messages if "custom" in message] == ["error"]


def test_what_reaches_rasa_bears_no_sign_of_an_intent() -> None:
    assert clean("/ //ask_dose{}") == "ask_dose{}"
    assert clean("\u202edose\u202c \x00of\n\nthio") == "dose of thio"


def test_the_module_stands_alone_and_shortens_the_wait(root: Path) -> None:
    code = (
        "from bot.serving import lean; from pathlib import Path; lean.install(Path.cwd()); import bot.channels.guard; "
        "from rasa.core.actions import action; print(action.DEFAULT_REQUEST_TIMEOUT)"
    )
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=root, env=processes.environment(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert result.stdout.split() == [str(ACTION_SECONDS)], result.stderr
