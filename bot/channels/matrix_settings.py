"""What the Matrix channel has to be told, and the registration that the homeserver has to be told.

Nothing here needs Rasa, so that the command line can use it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import yaml

HOMESERVER, AS_TOKEN, HS_TOKEN = "MATRIX_HOMESERVER", "MATRIX_AS_TOKEN", "MATRIX_HS_TOKEN"
BOT_USER, ALLOWED_SERVERS = "MATRIX_BOT_USER", "MATRIX_ALLOWED_SERVERS"
VARIABLES = (HOMESERVER, AS_TOKEN, HS_TOKEN, BOT_USER, ALLOWED_SERVERS)
"""Environment variables; the channel is on once they are set, all of them."""

REGISTRATION_ID = "calciphylaxis-assistant"
"""Names this service at the homeserver, in the registration and when it asks to be called."""

_USER = re.compile(r"@(?P<localpart>[a-z0-9._=/+-]+):(?P<server>[A-Za-z0-9.:\[\]-]+)")
_SERVER = re.compile(r"[A-Za-z0-9.-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")


class SettingsError(ValueError):
    """A setting of the environment is missing or cannot be used; its text says which, and what to do."""


@dataclass(frozen=True)
class Settings:
    """The channel's settings.

    Attributes:
        homeserver: base URL of the homeserver, as this machine reaches it.
        as_token: what the bot shows to the homeserver.
        hs_token: what the homeserver shows to the bot.
        user: Matrix id of the bot.
        allowed_servers: names of the servers whose users may invite the bot.
    """

    homeserver: str
    as_token: str
    hs_token: str
    user: str
    allowed_servers: frozenset[str]

    @property
    def localpart(self) -> str:
        """The bot's name before the colon."""
        return localpart_of(self.user)


def server_of(user: str) -> str:
    """Return the server's name in a Matrix id; the localpart cannot hold a colon, the server's name can."""
    return user.partition(":")[2]


def localpart_of(user: str) -> str:
    """Return a Matrix id without its `@` and its server."""
    return user.partition(":")[0].removeprefix("@")


def check_user(user: str) -> str:
    """Return the Matrix id of the bot, or raise SettingsError."""
    if not _USER.fullmatch(user):
        raise SettingsError(f"{BOT_USER}={user!r} is no Matrix id; it is of the form @name:server, in small letters.")
    return user


def read_settings(environment: Mapping[str, str]) -> Settings | None:
    """Read the settings.

    Args:
        environment: the environment variables.

    Returns:
        The settings, or None if none of the variables is set: the channel is off.

    Raises:
        SettingsError: some are set and others not, or one cannot be used.
    """
    values = {name: environment.get(name, "").strip() for name in VARIABLES}
    missing = [name for name, value in values.items() if not value]
    if len(missing) == len(VARIABLES):
        return None
    if missing:
        raise SettingsError(
            f"the Matrix channel needs {', '.join(missing)}: set {'it' if len(missing) == 1 else 'them'} too, "
            f"or none of {', '.join(VARIABLES)} to leave the channel off."
        )
    if values[AS_TOKEN] == values[HS_TOKEN]:
        raise SettingsError(f"{AS_TOKEN} and {HS_TOKEN} are the same; each side needs a secret of its own.")
    return Settings(
        homeserver=_check_url(values[HOMESERVER]),
        as_token=values[AS_TOKEN],
        hs_token=values[HS_TOKEN],
        user=check_user(values[BOT_USER]),
        allowed_servers=_check_servers(values[ALLOWED_SERVERS]),
    )


def _check_url(url: str) -> str:
    """Return the base URL of the homeserver without a slash at its end, or raise SettingsError."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # of the port, or of brackets
        usable = False
    if not usable or not re.fullmatch(r"\w+://[^/?#@\s]+/?", url):
        raise SettingsError(f"{HOMESERVER}={url!r} is no base URL; it is of the form https://matrix.example.org.")
    return url.rstrip("/")


def _check_servers(names: str) -> frozenset[str]:
    """Return the servers' names, or raise SettingsError."""
    servers = frozenset(filter(None, re.split(r"[,\s]+", names)))
    for name in servers:
        if not _SERVER.fullmatch(name):
            raise SettingsError(f"{ALLOWED_SERVERS}: {name!r} is no server's name; separate the names by commas.")
    return servers


def registration(user: str, as_token: str, hs_token: str, url: str) -> str:
    """Return the registration file for the homeserver, as YAML.

    Args:
        user: Matrix id of the bot.
        as_token: what the bot shows to the homeserver.
        hs_token: what the homeserver shows to the bot.
        url: where the homeserver reaches the bot.
    """
    content: dict[str, Any] = {
        "id": REGISTRATION_ID,
        "url": url,
        "as_token": as_token,
        "hs_token": hs_token,
        "sender_localpart": localpart_of(user),
        "namespaces": {"users": [{"exclusive": True, "regex": f"^{re.escape(user)}$"}], "aliases": [], "rooms": []},
        "rate_limited": False,
        # The bot makes a device for itself, by which the homeserver recognises a repeated answer over restarts.
        "io.element.msc4190": True,
    }
    return yaml.safe_dump(content, sort_keys=False)
