"""From sent to read in Matrix: this bot beside one that only echoes, at the same Synapse, in one run.

`python -m benchmarks.matrix`. A client (matrix-nio) sends a question to each in turn, in a direct chat, and waits until
its sync brings the answer. Needs uv, and PyPI for Synapse the first time.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from benchmarks.services import questions
from bot.channels.matrix_settings import registration
from bot.channels.rate import RATE_VARIABLE
from bot.serving import processes
from tests.matrix import synapse as server
from tests.matrix.running import MatrixBot
from tests.matrix.synapse import Client, Synapse

RESULTS = Path("results") / "matrix.json"
QUESTIONS = 100
WARM_UP = 10
ECHO = f"@echo:{server.SERVER}"


@dataclass
class Side:
    """One of the two bots.

    Attributes:
        title: its name in the table.
        user: its Matrix id.
        room: the direct chat with it.
        seconds: from sent to read, of each question.
        said: how many messages of its have been read.
    """

    title: str
    user: str
    room: str = ""
    seconds: list[float] = field(default_factory=list)
    said: int = 0

    def meet(self, client: Client) -> None:
        """Open the direct chat."""
        self.room = client.room(self.user, direct=True)
        client.wait_for(lambda: client.membership(self.room, self.user) == "join")

    def ask(self, client: Client, text: str) -> float:
        """Ask, and return the seconds until the answer was read."""
        started = time.perf_counter()
        client.say(self.room, text)
        client.wait_for(lambda: len(client.said(self.room, self.user)) > self.said)
        seconds = time.perf_counter() - started
        self.said = len(client.said(self.room, self.user))
        return seconds


@contextlib.contextmanager
def echo(synapse: Synapse, port: int, token: str) -> Iterator[None]:
    """Run the bot that only echoes within the block."""
    words = ["--homeserver", synapse.url, "--token", token, "--user", ECHO, "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.matrix_echo", *words],
        env=processes.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        processes.stop(process)


def measure(client: Client, sides: Sequence[Side], texts: Sequence[str]) -> None:
    """Ask both the same questions, in turn; the first to be asked changes."""
    for side in sides:
        side.meet(client)
        for text in texts[:WARM_UP]:
            side.ask(client, text)
    for number, text in enumerate(texts):
        for side in sides if number % 2 else reversed(sides):
            side.seconds.append(side.ask(client, text))


def figures(side: Side) -> dict[str, float]:
    """Return median and 95th percentile, in milliseconds."""
    return {
        "median_ms": round(1000 * statistics.median(side.seconds), 1),
        "p95_ms": round(1000 * statistics.quantiles(side.seconds, n=20)[-1], 1),
    }


def table(sides: Sequence[Side]) -> str:
    """Draw the comparison as a Markdown table."""
    lines = ["| from sent to read, ms | median | 95th percentile |", "| --- | ---: | ---: |"]
    for side in sides:
        row = figures(side)
        lines.append(f"| {side.title} | {row['median_ms']:g} | {row['p95_ms']:g} |")
    return "\n".join(lines)


def main() -> int:
    """Measure both, print the table, and write results/matrix.json."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matrix", description=__doc__)
    parser.add_argument("--questions", type=int, default=QUESTIONS, help="to each (default: %(default)s)")
    arguments = parser.parse_args()
    if arguments.questions < 20:
        parser.error("at least 20 questions are needed")
    try:
        server.environment()
    except server.NoSynapseError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    sides = (Side("this bot", MatrixBot.user), Side("a bot that only echoes", ECHO))
    with tempfile.TemporaryDirectory() as scratch, contextlib.ExitStack() as stack:
        folders = [Path(scratch) / name for name in ("bot", "synapse")]
        for folder in folders:
            folder.mkdir()
        bot, port = MatrixBot(folders[0], lambda _: None), server.free_port()
        echoing = registration(ECHO, "as-echo", "hs-echo", f"http://127.0.0.1:{port}").replace("id: ", "id: echo-", 1)
        synapse = stack.enter_context(server.running(folders[1], [bot.registration(), echoing]))
        stack.callback(bot.stop)
        with patch.dict("os.environ", {RATE_VARIABLE: "100000"}):
            bot.start_at(synapse)
        synapse.wait()
        stack.enter_context(echo(synapse, port, "as-echo"))
        loop = asyncio.new_event_loop()
        client = Client(loop, synapse, "clinician")
        stack.callback(loop.close)
        stack.callback(client.close)
        measure(client, sides, questions(Path.cwd(), arguments.questions))
    shown = table(sides)
    print(f"{shown}\n\n{arguments.questions} questions to both in turn, at one Synapse {server.VERSION} on SQLite.")
    RESULTS.parent.mkdir(exist_ok=True)
    content = {side.title: {**figures(side), "seconds": side.seconds} for side in sides}
    RESULTS.write_text(json.dumps({"table": shown, "sides": content}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
