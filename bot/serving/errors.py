"""The one error that the serving side answers with."""

from __future__ import annotations


class ServingError(Exception):
    """Something that the person at the terminal can mend; its text says what and how."""
