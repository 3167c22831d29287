"""Which pages of other hosts may hold the assistant."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from rasa.shared.exceptions import InvalidConfigException

ORIGINS_VARIABLE = "PAGE_ORIGINS"
"""Environment variable: origins (scheme, host, port), separated by blanks or commas; by default none but the bot's."""

_ORIGIN = re.compile(r"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::[0-9]{1,5})?")


def allowed_origins(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Read whose pages may call the bot from a reader's browser, and show its page in a frame.

    Args:
        environment: where the variable stands.

    Raises:
        InvalidConfigException: an entry is no origin.
    """
    origins = environment.get(ORIGINS_VARIABLE, "").replace(",", " ").split()
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise InvalidConfigException(
                f"{ORIGINS_VARIABLE}: {origin!r} is no origin; write scheme and host, and nothing behind them, as in "
                "https://portal.hospital.example."
            )
    return origins
