"""The tokens of the REST channel, and whose they are; without Rasa, since the launcher reads them too."""

from __future__ import annotations

import hmac
import os
import re
from collections.abc import Mapping

TOKEN_VARIABLE = "REST_TOKEN"
"""Environment variable: one token, for one client."""

TOKENS_VARIABLE = "REST_TOKENS"
"""Environment variable: a token for each of several clients, as ``portal:token,ehr:token``."""

SOLE_OWNER = "rest"
_PAIR = re.compile(r"(?P<owner>[A-Za-z0-9_.-]+):(?P<token>[^\s,]+)")


def read_tokens(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Read who may call REST.

    Args:
        environment: where the two variables stand.

    Returns:
        Name of the owner by token; empty where REST asks for none.

    Raises:
        ValueError: REST_TOKENS cannot be read; never shows a token.
    """
    tokens = {}
    if sole := environment.get(TOKEN_VARIABLE):
        tokens[sole] = SOLE_OWNER
    for number, part in enumerate(filter(None, environment.get(TOKENS_VARIABLE, "").split(",")), 1):
        pair = _PAIR.fullmatch(part.strip())
        if pair is None:
            raise ValueError(
                f"{TOKENS_VARIABLE}: entry {number} is not `name:token`; write it as in portal:abc,ehr:def."
            )
        if pair["token"] in tokens or pair["owner"] in tokens.values():
            raise ValueError(f"{TOKENS_VARIABLE}: entry {number} repeats a name or a token; give each client its own.")
        tokens[pair["token"]] = pair["owner"]
    return tokens


def owner_of(token: str | None, tokens: Mapping[str, str]) -> str | None:
    """Return whose a token is, or None for nobody's; every token is compared in full."""
    given, found = (token or "").encode(errors="surrogateescape"), None
    for known, owner in tokens.items():
        if hmac.compare_digest(given, known.encode(errors="surrogateescape")):
            found = owner
    return found
