from __future__ import annotations

from pathlib import Path

LOGGING = """
import logging, structlog
from bot.serving import service
service.configure_logging()
log = structlog.get_logger("rasa.some.module")
def fail():
    try:
        raise KeyError("Jane")
    except KeyError:
        raise ValueError("Jane Doe")
def report():
    log.error("some.event", text="Jane Doe", event_info="It went wrong.", other=["Jane"])
    try:
        fail()
    except ValueError:
        log.exception("some.failure", text="Jane Doe")
        logging.getLogger("other").exception("An action failed.")
        logging.getLogger("not.propagating").propagate = False
        logging.getLogger("not.propagating").exception("Sanic failed.")
    logging.getLogger("store").error("Could not save: (Error) locked [SQL: INSERT\\n] [parameters: ('Jane',)]")
"""


def test_logs_hold_no_user_text(tmp_path: Path, in_child) -> None:
    shown = in_child(LOGGING + "service.expect_messages()\nreport()", tmp_path).stderr
    assert "Jane" not in shown
    for words in (
        "rasa.some.module  some.event: It went wrong.",
        "some.failure",
        "builtins.ValueError (message withheld)",
        "builtins.KeyError (message withheld)",
        "An action failed.",
        "Sanic failed.",
        "Could not save: (Error) locked [values withheld]",
    ):
        assert words in shown


def test_errors_before_messages_can_arrive_are_shown_with_what_they_come_from(tmp_path: Path, in_child) -> None:
    shown = in_child(LOGGING + "report()", tmp_path).stderr
    assert "ValueError: Jane Doe" in shown
    assert "from KeyError: 'Jane'" in shown
    assert "text=" not in shown


def test_the_action_server_needs_neither_rasa_nor_tensorflow(project: Path, in_child) -> None:
    code = """
import sys
from pathlib import Path
from bot.serving import lean, service
import rasa_sdk.endpoint
lean.install(Path.cwd())
service.configure_logging()
rasa_sdk.endpoint.create_app("actions")
print(sorted({"rasa", "tensorflow", "sklearn", "spacy"} & set(sys.modules)))
"""
    assert in_child(code, project).stdout == "[]\n"
