"""Public data sets, and networks fine-tuned on them by the bot's own training: for ``benchmarks.public_tables``."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from bot.language import export, fine_tuning
from bot.language.fine_tuning import Settings, TrainingError, fine_tune, save_job
from bot.language.network import NETWORK_FILE, TOKENIZER_FILE, Network
from bot.language.weights import weights_folder

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / "build" / "public"
HINT3_BOTS = ("curekart", "powerplay11", "sofmattress")
# How the two data sets write that a text has none of the intents.
NO_INTENT = ("oos", "NO_NODES_DETECTED")
READ_EVERY = 5000

Report = Callable[[str], None]


class PublicDataError(Exception):
    """A data set is damaged, or a network could not be trained on it; says what to do."""


@dataclass(frozen=True)
class Examples:
    """Texts with their intents; None where a text is out of scope."""

    texts: tuple[str, ...]
    intents: tuple[str | None, ...]

    @staticmethod
    def of(pairs: Sequence[Sequence[str]]) -> Examples:
        """Make examples of (text, intent) pairs as the data sets write them."""
        return Examples(
            tuple(text.strip() for text, _ in pairs),
            tuple(None if intent in NO_INTENT else intent for _, intent in pairs),
        )

    def __add__(self, other: Examples) -> Examples:
        """Join two sets."""
        return Examples(self.texts + other.texts, self.intents + other.intents)

    def where(self, kept: Sequence[bool]) -> Examples:
        """Return the examples whose place is kept."""
        places = [place for place, keep in enumerate(kept) if keep]
        return Examples(tuple(self.texts[one] for one in places), tuple(self.intents[one] for one in places))

    @property
    def in_scope(self) -> np.ndarray:
        """Which examples have an intent: bool array (n,)."""
        return np.array([intent is not None for intent in self.intents], dtype=bool)


# Without an epoch the network keeps the published weights, whatever its heads are to say.
_ANY = Examples(("any",), ("any",))


@dataclass(frozen=True)
class Read:
    """What the networks make of n texts: the best intent, and numbers on how sure that is."""

    guesses: tuple[str, ...]
    top: np.ndarray
    """Probability of the best intent (n,)."""
    out: np.ndarray
    """Probability of the out-of-scope intent (n,); 0 where the network was taught no such texts."""
    label: np.ndarray
    """Highest probability of the labels' head, which answers for each intent by itself (n,)."""
    energy: np.ndarray
    """Log of the sum of the labels' odds (n,)."""
    near: np.ndarray
    """Cosine similarity to the nearest training example by the published encoder (n,)."""
    near_tuned: np.ndarray
    """The same by the fine-tuned encoder (n,)."""
    distance: np.ndarray
    """Mahalanobis distance to the nearest intent's middle, by the fine-tuned encoder, negated (n,)."""

    def right(self, examples: Examples) -> np.ndarray:
        """Tell for which examples the best intent is the right one."""
        return np.array([guess == intent for guess, intent in zip(self.guesses, examples.intents, strict=True)])


def clinc150(file: Path) -> tuple[Examples, Examples, Examples]:
    """Return training, validation and test set of CLINC150, out-of-scope examples with each.

    Raises:
        PublicDataError: the file is damaged.
    """
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        train, validation, test = (
            Examples.of(data[part]) + Examples.of(data[f"oos_{part}"]) for part in ("train", "val", "test")
        )
    except (ValueError, KeyError) as error:
        raise PublicDataError(f"{file} is damaged ({error!r}); fetch data_full.json of clinc/oos-eval anew") from error
    return train, validation, test


def hint3(folder: Path, bot: str) -> tuple[Examples, Examples]:
    """Return training and test set of one bot of HINT3 v1.

    Raises:
        PublicDataError: a file is missing or damaged.
    """

    def read(part: str) -> Examples:
        path = folder / "v1" / part / f"{bot}_{part}.csv"
        try:
            with path.open(encoding="utf-8", newline="") as file:
                return Examples.of([(row["sentence"], row["label"]) for row in csv.DictReader(file)])
        except (OSError, KeyError, UnicodeDecodeError) as error:
            raise PublicDataError(f"{path} is missing or damaged ({error!r}); fetch hellohaptik/HINT3 anew") from error

    return read("train"), read("test")


class Reader:
    """A network fine-tuned on examples, beside the encoder as it was published."""

    def __init__(self, taught: Examples, settings: Settings, name: str, report: Report) -> None:
        """Train the network, or take the one that was trained before on the same with the same settings.

        Raises:
            PublicDataError: the training failed.
        """
        self._names = np.array(sorted({intent for intent in taught.intents if intent is not None}))
        self._name, self._report = name, report
        self._tuned = _trained(taught, settings, name, report)
        self._published = published_encoder(report)
        known = taught.where(list(taught.in_scope))
        self._known = self._outputs(self._published, known)["vector"]
        self._known_tuned = self._outputs(self._tuned, known)["vector"]
        self._middles, self._inverse = _middles(self._known_tuned, known)

    def read(self, examples: Examples) -> Read:
        """Read examples; nothing is learnt from their intents."""
        outputs, published = self._outputs(self._tuned, examples), self._outputs(self._published, examples)
        intents, labels = outputs["intent"], np.clip(outputs["labels"], 1e-7, 1 - 1e-7)
        own = intents[:, : len(self._names)]
        away = outputs["vector"][:, None, :] - self._middles[None, :, :]
        return Read(
            guesses=tuple(self._names[own.argmax(1)]),
            top=own.max(1),
            out=intents[:, len(self._names) :].sum(1),
            label=labels.max(1),
            energy=np.log((labels / (1 - labels)).sum(1)),
            near=(published["vector"] @ self._known.T).max(1),
            near_tuned=(outputs["vector"] @ self._known_tuned.T).max(1),
            distance=-np.array([np.einsum("kd,de,ke->k", row, self._inverse, row).min() for row in away]),
        )

    def _outputs(self, folder: Path, examples: Examples) -> dict[str, np.ndarray]:
        """Run a network on texts, each by itself as the bot does; what came out is kept beside the network."""
        kept = folder / f"read-{_digest(examples.texts)}.npz"
        if not kept.is_file():
            network, read = Network(folder), []
            for place, text in enumerate(examples.texts, start=1):
                read.append(network.read(text.lower()))
                if place % READ_EVERY == 0:
                    self._report(f"{self._name}: {place} of {len(examples.texts)} texts read")
            parts = {name: np.array([getattr(one, name) for one in read]) for name in ("intent", "labels", "vector")}
            np.savez(kept, **parts)
        return dict(np.load(kept))


def published_encoder(report: Report) -> Path:
    """Return the folder of the encoder as it was published, in the form that the bot runs; its heads say nothing.

    Raises:
        PublicDataError: it could not be written.
    """
    return _trained(_ANY, Settings(epochs=0), "published encoder", report)


def _middles(vectors: np.ndarray, examples: Examples) -> tuple[np.ndarray, np.ndarray]:
    """Return the middle of each intent's vectors, and the inverse of the covariance around them."""
    from sklearn.covariance import LedoitWolf

    names = sorted({str(intent) for intent in examples.intents})
    of = np.array([names.index(str(intent)) for intent in examples.intents])
    middles = np.array([vectors[of == place].mean(0) for place in range(len(names))])
    return middles, LedoitWolf(assume_centered=True).fit(vectors - middles[of]).precision_


def _trained(taught: Examples, settings: Settings, name: str, report: Report) -> Path:
    """Return the folder of the network of these examples and settings, trained if it is not there."""
    code = [Path(str(module.__file__)).read_text(encoding="utf-8") for module in (fine_tuning, export)]
    folder = CACHE / _digest([taught.texts, taught.intents, asdict(settings), code])
    if folder.is_dir():
        return folder
    scratch = folder.with_suffix(".unfinished")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    job = scratch / "job.npz"
    save_job(job, taught.texts, *_targets(taught), settings)
    if settings.epochs:
        report(f"{name}: training on {len(taught.texts)} examples, {settings.epochs:g} epochs")
    try:
        fine_tune(job, scratch / NETWORK_FILE, lambda line: report(f"{name}: {line}"))
    except TrainingError as error:
        raise PublicDataError(f"{name}: {error}") from error
    shutil.copy(weights_folder() / TOKENIZER_FILE, scratch / TOKENIZER_FILE)
    job.unlink()
    scratch.rename(folder)
    return folder


def _targets(taught: Examples) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what the heads are to say: intent (the last one is "none"), one label an intent, scope."""
    names = sorted({intent for intent in taught.intents if intent is not None})
    place = {name: number for number, name in enumerate(names)}
    intents = np.array([place.get(str(intent), len(names)) for intent in taught.intents], dtype=np.int32)
    labels = np.eye(len(names) + 1, dtype=np.float32)[intents][:, : len(names)]
    return intents, labels, (intents == len(names)).astype(np.int32)


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]
