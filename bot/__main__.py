"""The project's command line: `python -m bot COMMAND ...`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from bot.knowledge import cli as knowledge_cli
from bot.knowledge.loading import KnowledgeError


def main(arguments: Sequence[str]) -> int:
    """Run one command.

    Args:
        arguments: the words behind `python -m bot`.

    Returns:
        the exit code: 0 if all is well, 1 if the command found problems, 2 if it could not do its work.
    """
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    knowledge_cli.add_parser(subparsers)
    if arguments[:1] != ["knowledge"]:
        # Imported here, so that the knowledge commands do not wait for Rasa.
        from bot.serving import cli as serving_cli

        serving_cli.add_parser(subparsers)
    parsed = parser.parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except KnowledgeError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
