"""The guard: what it takes off a message, and that a fault of any kind is answered."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.exceptions import InvalidConfigException

from bot.channels import guard as module
from bot.channels.guard import ACTION_SECONDS, MOST_CHARACTERS, Guard, answered, clean, guarded
from bot.knowledge import phrases
from bot.serving import processes

DOSE = "What is the dose of sodium thiosulfate?"


@pytest.mark.parametrize("fault", [RuntimeError("Mr Zqpatientx"), SystemExit(1), TimeoutError()])
def test_any_fault_is_answered_and_its_words_are_not_logged(own_guard: Any, fault: BaseException, caplog: Any) -> None:
    async def fails(_: Any) -> None:
        raise fault

    text, data = asyncio.run(answered(fails, "how much thiosulfate", "someone", "rest"))
    assert (data["custom"]["kind"], text["recipient_id"]) == ("error", "someone")
    assert type(fault).__name__ in caplog.text
    assert "Zqpatientx" not in caplog.text


def test_silence_is_answered(own_guard: Any) -> None:
    async def says_nothing(_: Any) -> None:
        pass

    messages = asyncio.run(answered(says_nothing, "how much thiosulfate", "someone", "rest"))
    assert [message["custom"]["kind"] for message in messages if "custom" in message] == ["error"]


def test_what_reaches_rasa_bears_no_sign_of_an_intent() -> None:
    assert clean("/ //ask_dose{}") == "ask_dose{}"
    assert clean('<p>dose<br/>of <a href="x">thio</a></p>') == "dose of thio"
    assert clean("PTH >500 <b Ca <2.2 and K> 5") == "PTH >500 <b Ca <2.2 and K> 5"
    assert clean("<b>/ask_dose{}</b>") == "ask_dose{}"
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


def ask(guard: Guard, rasa: Any, text: str = DOSE, sender: str = "someone", **more: Any) -> list[dict[str, Any]] | None:
    return asyncio.run(guard.answered(rasa, text, sender, "rest", **more))


def custom(messages: list[dict[str, Any]] | None) -> dict[str, Any]:
    assert messages is not None
    (found,) = [message["custom"] for message in messages if "custom" in message]
    return found


def said(messages: list[dict[str, Any]] | None) -> str:
    assert messages is not None
    (found,) = [message["text"] for message in messages if "text" in message]
    return found


def test_an_answer_is_addressed_to_the_sender_whom_rasa_does_not_know(make_guard: Any, rasa: Any) -> None:
    messages = ask(make_guard(), rasa, sender="jane.doe@example.org")
    assert {message["recipient_id"] for message in messages or []} == {"jane.doe@example.org"}
    assert rasa.messages[0].sender_id.startswith("rest-")
    assert "jane" not in rasa.messages[0].sender_id
    assert rasa.messages[0].metadata is None


def test_a_conversation_is_the_senders_alone_and_outlasts_a_restart(make_guard: Any, rasa: Any) -> None:
    for guard, sender, account in [
        (make_guard(), "a", ""), (make_guard(), "a", ""), (make_guard(), "b", ""), (make_guard(), "a", "portal"),
        (make_guard(key=b"other"), "a", ""),
    ]:  # fmt: skip
        ask(guard, rasa, sender=sender, account=account)
    ids = [message.sender_id for message in rasa.messages]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 4


@pytest.mark.parametrize("sender", ["", "  ", "default", " default ", "x" * 256, "a\nb", "\u202e"])
def test_no_conversation_is_shared(make_guard: Any, rasa: Any, sender: str) -> None:
    messages = ask(make_guard(), rasa, sender=sender)
    assert (custom(messages)["kind"], said(messages)) == ("error", phrases.NO_SENDER)
    assert rasa.messages == []


def test_an_event_is_answered_once_over_restarts_too(make_guard: Any, rasa: Any) -> None:
    assert ask(make_guard(), rasa, event_id="E1")
    assert ask(make_guard(), rasa, event_id="E1") is None
    assert ask(make_guard(), rasa, event_id="E2")
    assert len(rasa.messages) == 2


def test_the_same_words_are_another_event(make_guard: Any, rasa: Any) -> None:
    guard = make_guard()
    assert ask(guard, rasa)
    assert ask(guard, rasa)


def test_an_event_whose_answer_was_not_delivered_is_answered_again(make_guard: Any, rasa: Any) -> None:
    delivered = []

    async def fails(_: Any) -> None:
        raise ConnectionError

    async def deliver(messages: Any) -> None:
        delivered.append(messages)

    with pytest.raises(ConnectionError):
        ask(make_guard(), rasa, event_id="E1", deliver=fails)
    assert ask(make_guard(), rasa, event_id="E1", deliver=deliver) == delivered[0]


def test_an_event_lost_in_a_crash_is_answered_after_the_lease(
    make_guard: Any, rasa: Any, clock: Any, monkeypatch: Any
) -> None:
    async def dies(_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask(make_guard(), dies, event_id="E1")

    async def passes(seconds: float) -> None:
        clock.now += seconds

    monkeypatch.setattr(module.asyncio, "sleep", passes)
    assert ask(make_guard(), rasa, event_id="E1")


def test_too_many_messages_are_refused_and_others_are_not(make_guard: Any, rasa: Any, clock: Any) -> None:
    guard = make_guard(per_minute=3)
    kinds = [custom(ask(guard, rasa))["kind"] for _ in range(4)]
    assert kinds == ["answer"] * 3 + ["error"]
    assert said(ask(guard, rasa)) == phrases.TOO_MANY.format(seconds=20)
    assert custom(ask(guard, rasa, sender="another"))["kind"] == "answer"
    clock.now += 20
    assert custom(ask(guard, rasa))["kind"] == "answer"


@pytest.mark.parametrize("text", ["x" * (MOST_CHARACTERS + 1), "", "?"])
def test_what_is_no_question_does_not_reach_rasa(make_guard: Any, rasa: Any, text: str) -> None:
    assert custom(ask(make_guard(), rasa, text))["kind"] == "clarify"
    assert rasa.messages == []


def test_identifiers_do_not_reach_rasa_and_it_is_said_so(make_guard: Any, rasa: Any) -> None:
    messages = ask(make_guard(), rasa, "pt John Doe 54M MRN 1234567, STS dose in HD?")
    assert rasa.texts == ["pt 54M, STS dose in HD?"]
    assert custom(messages)["notice"] == phrases.IDENTIFIERS_REMOVED
    assert said(messages).splitlines()[-1] == phrases.IDENTIFIERS_REMOVED
    assert "notice" not in custom(ask(make_guard(), rasa))


@pytest.mark.parametrize("text", ["Mr Smith /ask_dose{}", "01.02.1950 /restart", "(MRN 1234567) //greet"])
def test_what_is_taken_out_uncovers_no_intent(make_guard: Any, rasa: Any, text: str) -> None:
    ask(make_guard(), rasa, text)
    assert rasa.texts
    assert not rasa.texts[0].startswith("/")


def test_a_fault_of_the_recognisers_lets_nothing_through(make_guard: Any, rasa: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "deidentify", lambda text: text.missing)
    assert custom(ask(make_guard(), rasa, "pt John Doe, STS?"))["kind"] == "error"
    assert rasa.messages == []


class Output(CollectingOutputChannel):
    """A stock channel's output."""


class OwnOutput(CollectingOutputChannel):
    """An output that draws answers itself."""

    async def send_answer(self, recipient: str, messages: list[dict[str, Any]]) -> None:
        self.messages = [{"own": recipient, "answer": messages}]


def receive(rasa: Any, output: Any, event_id: str | None = None) -> None:
    message = UserMessage(DOSE, output, "someone", input_channel="stock", metadata={"event_id": event_id})
    asyncio.run(guarded(rasa)(message))


def test_a_stock_channel_sends_the_answer_as_one_text_with_buttons(own_guard: Any, rasa: Any) -> None:
    output = Output()
    receive(rasa, output, "E1")
    receive(rasa, output, "E1")
    (message,) = output.messages
    assert message["text"]
    assert message["buttons"]
    assert "custom" not in message
    assert rasa.messages[0].sender_id.startswith("stock-")


def test_an_output_may_draw_the_answer_itself(own_guard: Any, rasa: Any) -> None:
    output = OwnOutput()
    receive(rasa, output)
    (drawn,) = output.messages
    assert drawn["own"] == "someone"
    assert custom(drawn["answer"])["kind"] == "answer"


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5", "٣"])
def test_a_wrong_setting_is_named_at_the_start(monkeypatch: Any, tmp_path: Path, value: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MESSAGES_PER_MINUTE", value)
    module.the_guard.cache_clear()
    with pytest.raises(InvalidConfigException, match="MESSAGES_PER_MINUTE is .* whole number from 1"):
        module.the_guard()


def test_the_key_is_made_once_for_the_owners_eyes_only(tmp_path: Path) -> None:
    key = module.read_key(tmp_path / "var")
    assert len(key) >= 32
    assert module.read_key(tmp_path / "var") == key
    assert (tmp_path / "var" / "sender.key").stat().st_mode & 0o077 == 0
