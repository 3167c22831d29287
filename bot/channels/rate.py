"""How many messages a sender may send: a bucket of tokens each, for the latest senders only."""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from collections.abc import Callable

from rasa.shared.exceptions import InvalidConfigException

RATE_VARIABLE = "MESSAGES_PER_MINUTE"
"""Environment variable: messages a minute that one sender may send."""

DEFAULT_PER_MINUTE = 120
MOST_SENDERS = 10_000


def per_minute() -> int:
    """Read the limit from the environment.

    Raises:
        InvalidConfigException: it is not a number from 1.
    """
    given = os.environ.get(RATE_VARIABLE, str(DEFAULT_PER_MINUTE))
    if not (given.isascii() and given.isdigit() and int(given) >= 1):
        raise InvalidConfigException(f"{RATE_VARIABLE} is {given!r}; set it to a whole number from 1, or not at all.")
    return int(given)


class Buckets:
    """Lets each sender send a minute's messages at once, and after that as many as flow in."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with full buckets.

        Args:
            per_minute: messages a minute, and size of a bucket.
            clock: seconds from any start.
        """
        self.per_minute = per_minute
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many senders are remembered."""
        return len(self._levels)

    def wait(self, sender: str) -> float:
        """Take one message from a sender's bucket.

        Returns:
            0.0 if there was one, else the seconds until there is one.
        """
        now, flow = self._clock(), self.per_minute / 60
        level, since = self._levels.pop(sender, (float(self.per_minute), now))
        level = min(self.per_minute, level + (now - since) * flow)
        allowed = level >= 1
        self._levels[sender] = (level - 1 if allowed else level, now)
        if len(self._levels) > MOST_SENDERS:
            self._levels.popitem(last=False)
        return 0.0 if allowed else (1 - level) / flow
