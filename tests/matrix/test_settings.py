"""The channel's settings: all or none, and errors that name what to mend."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import yaml
from rasa.shared.exceptions import InvalidConfigException

from bot.channels.matrix import MatrixInput
from bot.channels.matrix_settings import VARIABLES, SettingsError, read_settings
from bot.serving import processes

GOOD = {
    "MATRIX_HOMESERVER": "https://matrix.example.org/",
    "MATRIX_AS_TOKEN": "one",
    "MATRIX_HS_TOKEN": "two",
    "MATRIX_BOT_USER": "@helper:example.org",
    "MATRIX_ALLOWED_SERVERS": "example.org, other.example.org:8448",
}


def test_all_set() -> None:
    settings = read_settings(GOOD)
    assert settings is not None
    assert (settings.homeserver, settings.localpart) == ("https://matrix.example.org", "helper")
    assert settings.allowed_servers == {"example.org", "other.example.org:8448"}


def test_none_set_is_off() -> None:
    assert read_settings({}) is None
    assert read_settings(dict.fromkeys(VARIABLES, " ")) is None
    assert not MatrixInput(None).blueprint(lambda _: None)._future_routes


@pytest.mark.parametrize("name", VARIABLES)
def test_a_missing_one_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for other in VARIABLES:
        monkeypatch.setenv(other, GOOD[other] if other != name else "")
    with pytest.raises(InvalidConfigException, match=f"needs {name}: set it too"):
        MatrixInput.from_credentials(None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MATRIX_HOMESERVER", "matrix.example.org"),
        ("MATRIX_HOMESERVER", "https://matrix.example.org/_matrix"),
        ("MATRIX_HOMESERVER", "https://matrix.example.org:port"),
        ("MATRIX_HOMESERVER", "https://[::1"),
        ("MATRIX_HOMESERVER", "https://name:word@matrix.example.org"),
        ("MATRIX_HS_TOKEN", "one"),
        ("MATRIX_BOT_USER", "helper"),
        ("MATRIX_BOT_USER", "@Helper:example.org"),
        ("MATRIX_ALLOWED_SERVERS", "*"),
        ("MATRIX_ALLOWED_SERVERS", "https://example.org"),
    ],
)
def test_a_bad_one_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings({**GOOD, name: value})


REGISTRATION = ("matrix-registration", "--url", "http://10.0.0.1:5005/")


def command(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in processes.environment().items() if name not in VARIABLES}
    return subprocess.run(
        [sys.executable, "-m", "bot", *(words or REGISTRATION)],
        env={**environment, **variables}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_registration_is_printed() -> None:
    done = command(**GOOD)
    assert (done.returncode, done.stderr) == (0, "")
    printed = yaml.safe_load(done.stdout)
    assert (printed["as_token"], printed["hs_token"], printed["url"]) == ("one", "two", "http://10.0.0.1:5005")
    (users,) = printed["namespaces"]["users"]
    assert printed["sender_localpart"] == "helper"
    assert re.match(users["regex"], "@helper:example.org")
    assert not re.match(users["regex"], "@helper:exampleXorg")


def test_registration_makes_tokens_where_there_are_none() -> None:
    done = command(MATRIX_BOT_USER=GOOD["MATRIX_BOT_USER"])
    printed = yaml.safe_load(done.stdout)
    assert len(printed["as_token"]) == len(printed["hs_token"]) == 64
    assert printed["as_token"] != printed["hs_token"]
    assert "MATRIX_AS_TOKEN" in done.stderr
    assert printed["as_token"] not in done.stderr


def test_registration_needs_the_bots_name() -> None:
    done = command()
    assert done.returncode == 1
    assert "MATRIX_BOT_USER" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_launcher_names_what_is_missing_before_it_starts_anything() -> None:
    done = command("run", **{name: value for name, value in GOOD.items() if name != "MATRIX_HS_TOKEN"})
    assert (done.returncode, done.stdout) == (1, "")
    assert "needs MATRIX_HS_TOKEN" in done.stderr
    assert "Traceback" not in done.stderr
