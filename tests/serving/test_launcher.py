from __future__ import annotations

import os
import signal
import socket
import tarfile
import time
from pathlib import Path

import httpx
import pytest

from bot.channels.tokens import TOKEN_VARIABLE
from bot.serving import launcher
from bot.serving.errors import ServingError
from bot.serving.training import damage, model_path


def say(port: int, message: str) -> list[dict[str, object]]:
    answer = httpx.post(
        f"http://127.0.0.1:{port}/webhooks/rest/webhook",
        json={"sender": "tester", "message": message},
        trust_env=False,
        timeout=10,
    )
    return answer.json()


def listening(port: int) -> set[str]:
    """Read the addresses that a TCP port listens on, as the kernel writes them."""
    rows = [row.split() for name in ("tcp", "tcp6") for row in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return {row[1].split(":")[0] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == port}


def options(ports: tuple[int, int]) -> tuple[str, ...]:
    return ("--port", str(ports[0]), "--actions-port", str(ports[1]))


def test_run_serves_and_stops(trained_project: Path, ports, launch, runs, wait_until) -> None:
    started = launch(trained_project, "run", *options(ports))
    started.wait_for("Ready.")
    assert started.text.splitlines()[-1] == f"Ready. Open http://127.0.0.1:{ports[0]}/ in a browser."
    children = started.children()
    assert len(children) == 2
    assert [message["text"] for message in say(ports[0], "hello")] == ["Hello."]

    assert listening(ports[0]) == listening(ports[1]) == {"0100007F"}, "only on loopback"
    assert httpx.get(f"http://127.0.0.1:{ports[0]}/status", trust_env=False).status_code == 404, "the API is off"

    # What users write stays out of the logs, in errors too.
    assert say(ports[0], "hello fail Jane Doe") == []
    assert say(ports[0], '/greet{"name: Jane Doe')
    httpx.post(f"http://127.0.0.1:{ports[0]}/webhooks/rest/webhook", content='{"message": "Jane Doe', trust_env=False)
    logs = {path.name: path.read_text(encoding="utf-8") for path in (trained_project / "var/log").glob("*.log")}
    assert "ValueError (message withheld)" in logs["actions.log"]
    assert "Encountered an exception while running action" in logs["rasa.log"]
    assert [name for name, text in logs.items() if "Jane" in text] == []

    started.process.send_signal(signal.SIGTERM)
    assert started.process.wait(15) == 0
    assert started.text.endswith("Stopping.\nStopped.\n")
    assert not any(runs(child) for child in children)


def test_no_orphan_when_the_launcher_is_killed(trained_project: Path, ports, launch, runs, wait_until) -> None:
    started = launch(trained_project, "run", *options(ports))
    wait_until(lambda: len(started.children()) == 2)
    time.sleep(1)  # in the middle of Rasa's imports, the hardest moment
    children = started.children()
    assert all(runs(child) for child in children)
    started.process.kill()
    wait_until(lambda: not any(runs(child) for child in children))


def test_service_that_dies_ends_the_launcher(trained_project: Path, ports, launch, runs) -> None:
    started = launch(trained_project, "run", *options(ports))
    started.wait_for("Ready.")
    actions, rasa = started.children()
    os.kill(actions, signal.SIGKILL)
    assert started.process.wait(15) == 1
    assert "error: The action server ended unexpectedly (signal SIGKILL); the end of" in started.text
    assert "Registered function" in started.text
    assert "Traceback" not in started.text
    assert not runs(rasa)


def test_service_that_cannot_start(trained_project: Path, ports, launch) -> None:
    (trained_project / "actions/broken.py").write_text("import nothing_of_this_name\n", encoding="utf-8")
    started = launch(trained_project, "run", *options(ports))
    assert started.process.wait(30) == 1
    assert "error: The action server ended unexpectedly (exit code 1)" in started.text
    assert "nothing_of_this_name" in started.text


def test_channel_that_cannot_start(trained_project: Path, ports, launch) -> None:
    (trained_project / "credentials.yml").write_text("no.such.Channel:\n", encoding="utf-8")
    started = launch(trained_project, "run", *options(ports))
    assert started.process.wait(30) == 1
    assert "error: Rasa ended unexpectedly (exit code 1)" in started.text
    assert "no.such.Channel" in started.text


def test_model_that_cannot_be_loaded(trained_project: Path, ports, launch) -> None:
    path = model_path(trained_project)
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("metadata.json"))
    assert damage(path) is None, "it looks intact from outside"
    started = launch(trained_project, "run", *options(ports))
    assert started.process.wait(30) == 1
    assert "error: Rasa ended unexpectedly (exit code 1)" in started.text
    assert "could not be loaded" in started.text


def test_taken_port(trained_project: Path, ports, launch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports[0]))
        other.listen()
        started = launch(trained_project, "run", *options(ports))
        assert started.process.wait(15) == 1
    assert started.text == (
        f"error: port {ports[0]} on 127.0.0.1 cannot be used for Rasa: Address already in use. "
        "End what uses it, or choose another with --port.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--port", "0"), 2, "'0' is not a port; use a number from 1 to 65535"),
        (("--port", "http"), 2, "'http' is not a port"),
        (("--port", "5600", "--actions-port", "5600"), 1, "error: port 5600 cannot serve both"),
        (("--interface", "0.0.0.0"), 1, "set the environment variable REST_TOKEN"),
    ],
)
def test_bad_options(trained_project: Path, launch, arguments, code: int, words: str) -> None:
    started = launch(trained_project, "run", *arguments, REST_TOKEN="")
    assert started.process.wait(15) == code
    assert words in started.text
    assert "Traceback" not in started.text


def test_other_folder(tmp_path: Path, launch) -> None:
    started = launch(tmp_path, "run")
    assert started.process.wait(15) == 1
    assert "holds no config.yml, domain.yml, endpoints.yml, credentials.yml; run this in the" in started.text


def test_exposed_with_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, "secret")
    launcher.check_exposure(launcher.Address("0.0.0.0", 5005))
    monkeypatch.delenv(TOKEN_VARIABLE)
    launcher.check_exposure(launcher.Address("127.0.0.1", 5005))
    with pytest.raises(ServingError, match="REST_TOKEN"):
        launcher.check_exposure(launcher.Address("0.0.0.0", 5005))


@pytest.mark.parametrize(
    ("interface", "loopback", "url"),
    [
        ("127.0.0.1", True, "http://127.0.0.1:80"),
        ("localhost", True, "http://localhost:80"),
        ("::1", True, "http://[::1]:80"),
        ("0.0.0.0", False, "http://127.0.0.1:80"),
        ("192.0.2.7", False, "http://192.0.2.7:80"),
        ("example.org", False, "http://example.org:80"),
    ],
)
def test_addresses(interface: str, loopback: bool, url: str) -> None:
    assert launcher.is_loopback(interface) is loopback
    assert launcher.Address(interface, 80).url == url
