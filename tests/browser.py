"""The real Chromium that tests and measurements of the page look through."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Only what is tested goes over the network, and a container without user namespaces will do."""

HOW_TO_INSTALL = "install Chromium (Debian: apt install chromium)"


class NoBrowserError(RuntimeError):
    """There is no Chromium, and none can be installed from here; the message says what to do."""


def find_chromium() -> str:
    """Return the path of Chromium; as root on Debian, install it where it is missing (Playwright's own is elsewhere).

    Raises:
        NoBrowserError: it is not there and could not be installed.
    """
    if found := _found():
        return found
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise NoBrowserError(f"no Chromium on this machine: {HOW_TO_INSTALL}")
    _install()
    if found := _found():
        return found
    raise NoBrowserError(f"apt-get installed Chromium, and none of {', '.join(NAMES)} is on the path: {HOW_TO_INSTALL}")


def _install() -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"]):
        try:
            subprocess.run(
                ["apt-get", "-qq", *words], env=environment, capture_output=True, timeout=600, check=True, text=True
            )
        except subprocess.TimeoutExpired as error:
            raise NoBrowserError(f"apt-get {words[0]} took over 10 minutes: {HOW_TO_INSTALL}") from error
        except subprocess.CalledProcessError as error:
            why = (error.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise NoBrowserError(f"apt-get {words[0]} failed ({why}): {HOW_TO_INSTALL}") from error


def _found() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Run Chromium, without a window, within the block.

    Raises:
        NoBrowserError: there is none.
    """
    path = find_chromium()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(FLAGS), headless=True)
        try:
            yield running
        finally:
            running.close()
