"""The bot and the browser of these tests, each started once."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from bot.channels.page.policy import ORIGINS_VARIABLE
from tests.browser import NoBrowserError, browser
from tests.running import RunningBot, view

HOSPITAL = """<!doctype html>
<html lang="en"><head><title>A hospital's page</title><script src="{bot}/assistant.js" defer></script></head>
<body><main><h1>Renal unit</h1><calciphylaxis-assistant heading="Ask"></calciphylaxis-assistant></main></body></html>
"""
POLICY = "default-src 'none'; script-src {bot}; connect-src {bot}"


class Hospital:
    """A page of another origin, with a policy that allows the bot and nothing else."""

    def __init__(self) -> None:
        """Choose a port."""
        hospital, self.bot = self, ""

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = HOSPITAL.format(bot=hospital.bot).encode()
                self.send_response(200 if self.path == "/" else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", POLICY.format(bot=hospital.bot))
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def hospital() -> Iterator[Hospital]:
    """The page of another origin."""
    page = Hospital()
    yield page
    page.server.shutdown()
    page.server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser. Closed with the module: while it is open, its event loop forbids others in this process."""
    try:
        with browser() as running:
            yield running
    except NoBrowserError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="module")
def bot(
    chromium: Browser, hospital: Hospital, tmp_path_factory: pytest.TempPathFactory, check_custom: Callable[..., None]
) -> Iterator[RunningBot]:
    """Both services; pages of the hospital may call them."""
    running = RunningBot(view(tmp_path_factory.mktemp("page")), check_custom)
    hospital.bot = running.address.url
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(ORIGINS_VARIABLE, hospital.origin)
        running.start()
        yield running
    running.stop()
