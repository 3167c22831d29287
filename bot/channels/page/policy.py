"""What browsers may do with the page: its content security policy, and whose pages may call and frame it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

from rasa.shared.exceptions import InvalidConfigException

ORIGINS_VARIABLE = "PAGE_ORIGINS"
"""Environment variable: origins (scheme, host, port), separated by blanks or commas; by default none but the bot's."""

PREFLIGHT_SECONDS = 600

_ORIGIN = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[0-9]{1,5})?")


def allowed_origins(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Read whose pages may call the bot from a reader's browser, and show its page in a frame.

    Args:
        environment: where the variable stands.

    Raises:
        InvalidConfigException: an entry is no origin.
    """
    # Browsers write host names in small letters.
    origins = environment.get(ORIGINS_VARIABLE, "").lower().replace(",", " ").split()
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise InvalidConfigException(
                f"{ORIGINS_VARIABLE}: {origin!r} is no origin; write scheme and host, and nothing behind them, as in "
                "https://portal.hospital.example."
            )
    return origins


def security_headers(origins: Sequence[str]) -> dict[str, str]:
    """Return the headers of every response.

    Args:
        origins: whose pages may show this one in a frame, besides the bot's own.
    """
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "img-src": "data:",  # the empty icon, which spares a request
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": " ".join(["'self'", *origins]),
        # The library's fixed templates are the only thing that may become HTML.
        "require-trusted-types-for": "'script'",
        "trusted-types": "lit-html",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }


def cors_headers(origins: Sequence[str], origin: str | None, preflight: bool) -> dict[str, str]:
    """Return the headers that let a page of another origin call a route.

    Args:
        origins: whose pages may.
        origin: whose page asks, as its browser says; None for a page of the bot's own.
        preflight: whether the browser only asks what it may send.

    Returns:
        No leave for any other origin, and none for cookies in any case.
    """
    headers = {"Vary": "Origin"} if origins else {}
    if origin not in origins:
        return headers
    headers["Access-Control-Allow-Origin"] = str(origin)
    if preflight:
        headers["Access-Control-Allow-Methods"] = "GET, POST"
        headers["Access-Control-Allow-Headers"] = "Content-Type"
        headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    return headers
