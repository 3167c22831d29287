"""What runs inside a child process: `python -m bot.serving.service {rasa,actions,train} ...`.

Not for people to call: the launcher and the training start it, from the project's root. Log lines go to standard error
and never hold what a user wrote: structured lines lose their values, and of an exception only its type and place are
shown once messages can arrive.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import re
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.serving import lean
from bot.serving.errors import ServingError
from bot.serving.speed import spare_repeated_work

if TYPE_CHECKING:
    from sanic import Sanic

ACTIONS_URL = "ACTIONS_URL"
"""Environment variable: webhook of the action server; stands above the one in endpoints.yml."""

_STATEMENT_VALUES = re.compile(r"\[(SQL|parameters): .*", re.DOTALL)
_GRACE_SECONDS = 5.0

logger = logging.getLogger("bot.serving.service")


class PrivateFormatter(logging.Formatter):
    """Formats log records; once `private`, without anything that may quote what a user wrote.

    Attributes:
        private: Whether messages can arrive from here on. Errors of the start itself are shown by their cause.
    """

    private = False

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is logging's
        """Show the line, without the values of a database statement."""
        line = super().formatMessage(record)
        return _STATEMENT_VALUES.sub("[values withheld]", line) if self.private else line

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is logging's
        """Show what an exception comes from; once private, type and place of it and of its causes.

        Args:
            ei: Exception information as `sys.exc_info` gives it.

        Returns:
            One line a frame.
        """
        if not self.private:
            return _chain(ei[1])
        shown = []
        error = ei[1]
        while error is not None:
            frames = traceback.extract_tb(error.__traceback__)
            shown += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
            shown.append(f"{type(error).__module__}.{type(error).__qualname__} (message withheld)")
            error = error.__cause__ or error.__context__
        return "\n".join(shown)


def _chain(error: BaseException | None) -> str:
    """Say an exception and what it comes from, a line each: Rasa wraps errors of components several times."""
    lines = []
    while error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        place = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
        lines.append(f"{type(error).__name__}: {error}{place}")
        error = error.__cause__ or error.__context__
    return "\n  from ".join(lines)


def keep_safe_keys(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Structlog processor that keeps the name of an event and Rasa's fixed words on it, and drops all values.

    Args:
        event: The line's keys and values.

    Returns:
        The event to show, and the exception that belongs to it.
    """
    shown = ": ".join(str(event[key]) for key in ("event", "event_info") if event.get(key))
    return {"event": shown, "exc_info": event.get("exc_info")}


def configure_logging() -> None:
    """Send log lines of level INFO and above to standard error, without user text.

    To be called after the heavy imports: that of skops lowers the root logger's level.
    """
    import structlog

    formatter = PrivateFormatter("%(asctime)s %(levelname)-7s %(name)s  %(message)s")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    if logging.lastResort is not None:  # used by loggers that do not propagate, Sanic's among them
        logging.lastResort.setFormatter(formatter)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.dev.set_exc_info,
            keep_safe_keys,
            # Leaves `exc_info` to the formatter above.
            structlog.stdlib.render_to_log_kwargs,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def expect_messages() -> None:
    """Keep what users write out of the log from here on: exceptions, statements, and Rasa's warnings quote it."""
    PrivateFormatter.private = True
    warnings.simplefilter("ignore")


def quiet_known_warnings() -> None:
    """Silence third-party deprecations that nobody here can mend."""
    import sanic  # noqa: F401 - its import switches deprecation warnings on, so it comes before

    warnings.filterwarnings("ignore", category=DeprecationWarning)
    warnings.filterwarnings("ignore", category=PendingDeprecationWarning)
    warnings.filterwarnings("ignore", message=".*pkg_resources.*")


def end_with_parent() -> None:
    """End this process group when the parent is gone, however it went.

    Standard input is a pipe whose other end only the parent holds; the kernel closes it when the parent dies.
    """

    def watch() -> None:
        while os.read(0, 1024):
            pass
        os.killpg(0, signal.SIGTERM)
        time.sleep(_GRACE_SECONDS)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


def serve_rasa(arguments: argparse.Namespace) -> int:
    """Serve the channels of credentials.yml with one model; returns when told to stop.

    Args:
        arguments: `interface`, `port` and `model`.

    Returns:
        Exit code; not 0 when the model could not be loaded.
    """
    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints
    from rasa.shared.exceptions import RasaException
    from rasa.utils.common import configure_logging_and_warnings

    spare_repeated_work()
    configure_logging()
    configure_logging_and_warnings(logging.INFO)
    quiet_known_warnings()
    endpoints = AvailableEndpoints.read_endpoints("endpoints.yml")
    if endpoints.action and ACTIONS_URL in os.environ:
        endpoints.action.url = os.environ[ACTIONS_URL]
    failed = []

    async def check_ready(app: Sanic, _: asyncio.AbstractEventLoop) -> None:
        expect_messages()
        if not app.ctx.agent.is_ready():
            failed.append(arguments.model)
            app.stop()  # type: ignore[no-untyped-call]

    try:
        serve_application(
            model_path=arguments.model,
            interface=arguments.interface,
            port=arguments.port,
            credentials="credentials.yml",
            enable_api=False,
            endpoints=endpoints,
            server_listeners=[(check_ready, "after_server_start")],
        )
    except RasaException as error:  # what Rasa expects to go wrong: its message says enough
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    if failed:
        logger.error("The model %s could not be loaded; the lines above say where it failed.", arguments.model)
    return 1 if failed else 0


def serve_actions(arguments: argparse.Namespace) -> int:
    """Serve the custom actions of the package `actions` on one interface.

    Args:
        arguments: `interface` and `port`.

    Returns:
        Exit code.
    """
    from rasa_sdk import utils
    from rasa_sdk.endpoint import create_app

    configure_logging()
    utils.update_sanic_log_level()
    # Not the SDK's own `run`: that listens on every interface and lets every web page call it.
    app = create_app("actions", cors_origins=[])
    expect_messages()
    app.run(arguments.interface, arguments.port, workers=utils.number_of_sanic_workers())
    return 0


def train(arguments: argparse.Namespace) -> int:
    """Train one model from config.yml, domain.yml and data/.

    Args:
        arguments: `output` (folder) and `name` (of the model, without ending).

    Returns:
        Exit code of the training.
    """
    import rasa
    from rasa.engine.exceptions import GraphSchemaValidationException
    from rasa.shared.exceptions import RasaException
    from rasa.utils.common import configure_logging_and_warnings

    from bot.language.setup import prepare_pipeline
    from bot.serving.training import uses_pipeline

    configure_logging()
    configure_logging_and_warnings(logging.INFO)
    quiet_known_warnings()
    try:
        if uses_pipeline(Path.cwd()):
            prepare_pipeline(fingerprint=arguments.name)
        # Rasa's cache does not know the code of our components, so it might reuse what older code made.
        result = rasa.train(
            domain="domain.yml",
            config="config.yml",
            training_files="data",
            output=arguments.output,
            fixed_model_name=arguments.name,
            force_training=True,
        )
    except (RasaException, GraphSchemaValidationException) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return int(result.code)


def main(argv: list[str] | None = None) -> int:
    """Run one service in this process.

    Args:
        argv: Arguments; by default those of the command line.

    Returns:
        Exit code.
    """
    parser = argparse.ArgumentParser(prog="python -m bot.serving.service", description=__doc__)
    parser.add_argument("--watch-parent", action="store_true", help="end when standard input is closed")
    commands = parser.add_subparsers(required=True)
    for name, function in {"rasa": serve_rasa, "actions": serve_actions}.items():
        command = commands.add_parser(name)
        command.add_argument("--interface", required=True)
        command.add_argument("--port", type=int, required=True)
        command.set_defaults(function=function)
        if name == "rasa":
            command.add_argument("--model", required=True)
    command = commands.add_parser("train")
    command.add_argument("--output", required=True)
    command.add_argument("--name", required=True)
    command.set_defaults(function=train)
    arguments = parser.parse_args(argv)

    if arguments.watch_parent:
        end_with_parent()
    quiet_known_warnings()
    root = Path.cwd()
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    try:
        lean.install(root)
    except ServingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    result: int = arguments.function(arguments)
    return result


if __name__ == "__main__":
    raise SystemExit(main())
