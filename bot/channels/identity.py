"""Who sent a message, as it is stored: a keyed digest, since ids of messengers hold names and e-mail addresses."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

KEY_VARIABLE = "SENDER_KEY"
"""Environment variable: key of the digests; by default one is made and kept in a file beside the conversations."""

KEY_FILE = "sender.key"
LONGEST_SENDER = 255
SHARED_SENDER = "default"
"""What Rasa calls whoever has no name: all of them would be in one conversation."""


def usable(sender: str) -> bool:
    """Tell whether an id is one that a single sender can have, and that can be sent back."""
    named = bool(sender.strip()) and sender.strip() != SHARED_SENDER
    return named and len(sender) <= LONGEST_SENDER and sender.isprintable()


def read_key(folder: Path) -> bytes:
    """Return the key of the digests; make and keep one, for this user's eyes only, where there is none.

    Args:
        folder: where the file of the key is, if the environment names no key.
    """
    if given := os.environ.get(KEY_VARIABLE):
        return given.encode()
    path = folder / KEY_FILE
    folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        key = secrets.token_hex(32).encode()
        file.write(key)
    return key


def conversation_id(key: bytes, channel: str, account: str, sender: str) -> str:
    """Name the conversation of a sender: the same each time, and nobody's whose token is another.

    Args:
        key: of `read_key`.
        channel: name of the channel.
        account: who vouches for the sender (the owner of a token, a workspace); "" where nobody does.
        sender: the sender's id, as that account or messenger gives it.
    """
    parts = "\0".join((channel, account, sender)).encode(errors="surrogatepass")
    return f"{channel}-{hmac.new(key, parts, hashlib.sha256).hexdigest()[:32]}"
