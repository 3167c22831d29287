"""The commands `knowledge import` and `knowledge check`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from bot.knowledge import checks
from bot.knowledge.document import Source, read_document, read_text
from bot.knowledge.loading import KNOWLEDGE_FOLDER, knowledge_file, load_file
from bot.knowledge.lock import compare, is_stale, lock_file, read_lock, write_lock
from bot.knowledge.model import Knowledge

DOCUMENT_VARIABLE = "CALCIPHYLAXIS_DOCUMENT"
DOCUMENT_FOLDER = Path(__file__).resolve().parents[3] / "shared" / "source"


# argparse has no public name for what `add_subparsers` returns.
def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the commands; each sets `run`, a function of the arguments that returns the exit code.

    Args:
        subparsers: what `ArgumentParser.add_subparsers` returned.
    """
    parser = subparsers.add_parser("knowledge", help="import a document, check the knowledge base")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    importing = commands.add_parser("import", help="read a document and write its lock file")
    importing.add_argument("document", type=Path, metavar="DOCUMENT", help="a plain-text document")
    importing.add_argument(
        "--knowledge",
        type=Path,
        metavar="FILE",
        help="its knowledge file, there or to be written; the lock is put beside it "
        "(default: data/knowledge/<name of the document>.yaml)",
    )
    importing.set_defaults(run=run_import)

    checking = commands.add_parser("check", help="hold the knowledge base against its lock file and document")
    checking.add_argument("--knowledge", type=Path, metavar="FILE", help="the file (default: the one the bot uses)")
    checking.add_argument(
        "--document",
        type=Path,
        metavar="DOCUMENT",
        help=f"the document (default: {DOCUMENT_VARIABLE}, or ../shared/source/<id>.txt, or none)",
    )
    checking.set_defaults(run=run_check)


def run_import(arguments: argparse.Namespace) -> int:
    """Read a document, write its lock file, and tell what changed and which facts are stale.

    Raises:
        KnowledgeError: the document, the old lock or the knowledge file cannot be read.
    """
    file: Path = arguments.knowledge or KNOWLEDGE_FOLDER / f"{arguments.document.stem}.yaml"
    knowledge = load_file(file) if file.exists() else None
    new = read_document(arguments.document, knowledge.document.id if knowledge else None)
    lock = lock_file(file)
    old = read_lock(lock) if lock.exists() else None
    write_lock(lock, new)
    print(f"{lock}: {_count(new)}")
    if old:
        _print_changes(old, new)
    _print_stale(knowledge, new, file)
    return 0


def run_check(arguments: argparse.Namespace) -> int:
    """Print each problem and return 1, or say what was checked and return 0.

    Raises:
        KnowledgeError: a file cannot be read.
    """
    file = arguments.knowledge or knowledge_file()
    knowledge = load_file(file)
    lock = read_lock(lock_file(file))
    path = arguments.document or _usual_document(knowledge)
    document = checks.Document(read_text(path), read_document(path, lock.id)) if path else None
    problems = checks.check(knowledge, lock, document)
    for problem in problems:
        print(_wording(problem, file))
    against = f"against its lock and {path}" if path else f"against its lock; without the document ({_no_document()})"
    if problems:
        print(f"problems: {len(problems)} ({against})")
        return 1
    rules = len(checks.RULES) + (len(checks.DOCUMENT_RULES) if document else 0)
    figures = sum(len(fact.figures) for fact in knowledge.facts)
    print(f"{file}: {len(knowledge.facts)} facts, {figures} figures and {len(knowledge.topics)} topics hold")
    print(f"  by {rules} rules {against}: {_count(lock)}")
    return 0


def _usual_document(knowledge: Knowledge) -> Path | None:
    """Return the document that the environment names, or that lies in the usual place, or None."""
    named = os.environ.get(DOCUMENT_VARIABLE)
    if named:
        return Path(named)
    usual = DOCUMENT_FOLDER / f"{knowledge.document.id}.txt"
    return usual if usual.exists() else None


def _no_document() -> str:
    return f"name it by --document or {DOCUMENT_VARIABLE}, or put it in {DOCUMENT_FOLDER}"


def _count(source: Source) -> str:
    figures = sum(len(bullet.figures) for bullet in source.bullets)
    return (
        f"{len(source.bullets)} bullets, {figures} figures, {len(source.references)} references, "
        f"markers to {source.markers}"
    )


def _print_changes(old: Source, new: Source) -> None:
    """Tell what differs between two states of a document."""
    if old == new:
        print("the document has not changed")
        return
    for name in ("title", "updated", "markers"):
        if getattr(old, name) != getattr(new, name):
            print(f"  {name}: {getattr(old, name)} -> {getattr(new, name)}")
    if old.references != new.references:
        print("  the references changed")
    for change in compare(old, new):
        print(f"  {change}")


def _print_stale(knowledge: Knowledge | None, source: Source, file: Path) -> None:
    """Tell which facts are stale, and the digests to note once they are mended."""
    stale = [fact for fact in knowledge.facts if is_stale(knowledge, fact, source)] if knowledge else []
    for fact in stale:
        print(f"  stale: fact `{fact.id}` from {fact.locator}")
    noted = knowledge.written_from if knowledge else {}
    missing = [bullet for bullet in source.bullets if noted.get(bullet.locator) != bullet.digest]
    if missing:
        print(f"when the facts of these bullets are right, note their digests under `written_from` in {file}:")
    for bullet in missing:
        print(f'  {bullet.locator}: "{bullet.digest}"')


def _wording(problem: checks.Problem, file: Path) -> str:
    """Put a problem in a line: file, line where there is one, what is wrong, mend."""
    place = lock_file(file) if problem.file == "lock" else file
    line = checks.line_of(problem, place.read_text(encoding="utf-8"))
    return f"{place}:{line}: {problem.what}; {problem.mend}" if line else f"{place}: {problem.what}; {problem.mend}"
