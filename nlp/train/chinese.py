"""Trains the Chinese engine: each part learns from what the parts before it say of unseen texts."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.chinese import MANIFEST, WEIGHTS, Reader, Reading, Weighing
from nlp.folding import fold
from nlp.ngrams import Grams
from nlp.train.grams import count, learn_grams
from nlp.train.reviews import Domain, Text, chnsenticorp, customers, online_shopping
from nlp.train.weighing import Figures, weigh
from nlp.trees import Trees

CARD = "chinese.md"

Stepped = Callable[[int, int], None]

TRUST: dict[Domain, float] = {"reviews": 1.0, "goods": 0.1, "customers": 0.3}
"""Weights in the linear scores: 0.05 to 0.4 were tried for goods, in folds."""

N_FOLDS = 5

EVERY = 6
"""One of so many reviews of goods is looked at by the trees, which costs time and adds little."""


def train(data: Path, out: Path, *, stepped: Stepped = lambda _done, _total: None) -> None:
    """Train on the texts in `data`, and write weights, manifest and model card into `out`.

    Parameters
    ----------
    data : Path
        Folder with `chnsenticorp`, whose test part is not read, and `online_shopping`.
    stepped : callable
        Gets the number of steps done and of all steps.

    Raises
    ------
    DataError
        If a data set is missing or damaged.
    """
    texts = [
        *chnsenticorp(data, "train"),
        *chnsenticorp(data, "dev"),
        *online_shopping(data),
        *customers(),
    ]
    ship(learn(texts, stepped), len(texts), out)


@dataclass(frozen=True, slots=True)
class Learned:
    """All parts of an engine."""

    grams: Grams
    trees: Trees
    weighing: Weighing
    figures: Figures


def learn(texts: Sequence[Text], stepped: Stepped = lambda _done, _total: None) -> Learned:
    """Learn an engine from texts of all three domains."""
    feelings = np.array([text.feeling for text in texts])
    trust = np.array([TRUST[text.domain] for text in texts])
    folds = _folds(texts)
    counts = count([fold(text.message) for text in texts])
    readings: dict[int, Reading] = {}
    for this in range(N_FOLDS):
        others = np.flatnonzero(folds != this)
        read = Reader(learn_grams(counts[others], feelings[others], trust[others]))
        for at in np.flatnonzero(folds == this).tolist():
            if texts[at].domain != "goods" or at % EVERY == 0:
                readings[at] = read(texts[at].message)
        stepped(this + 1, N_FOLDS + 2)
    grams = learn_grams(counts, feelings, trust)
    stepped(N_FOLDS + 1, N_FOLDS + 2)
    seen = np.array(sorted(readings))
    trees, weighing, figures = weigh(
        [readings[at] for at in seen.tolist()],
        [texts[at] for at in seen.tolist()],
        folds[seen],
    )
    stepped(N_FOLDS + 2, N_FOLDS + 2)
    return Learned(grams, trees, weighing, figures)


def ship(learned: Learned, n_texts: int, out: Path) -> None:
    """Write what `ChineseSentiment.load` reads, and the model card."""
    arrays: dict[str, Any] = {"rarity": learned.grams.rarity, "weights": learned.grams.weights}
    arrays |= {part.name: getattr(learned.trees, part.name) for part in fields(Trees)}
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(out / WEIGHTS, **arrays)
    figures = asdict(learned.figures)
    manifest = {
        "sha256": hashlib.sha256((out / WEIGHTS).read_bytes()).hexdigest(),
        "weighing": asdict(learned.weighing),
        "figures": figures,
    }
    (out / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    (out / CARD).write_text(_card(n_texts, learned.weighing.sure_from, figures), "utf-8")


def _card(n_texts: int, sure_from: float, figures: Mapping[str, float]) -> str:
    """Fill in the model card; the figures are shares in [0, 1]."""
    text = resources.files("nlp.train").joinpath(CARD).read_text("utf-8")
    percent = {name: f"{figure:.1%}" for name, figure in figures.items()}
    return Template(text).substitute(percent, n_texts=f"{n_texts:,}", sure_from=f"{sure_from:.0%}")


def _folds(texts: Sequence[Text]) -> NDArray[np.int64]:
    """Return the fold of each text, the same for all that one customer's line was spread to."""
    folds = np.random.default_rng(0).integers(N_FOLDS, size=len(texts))
    lines = list(dict.fromkeys(text.kind for text in texts if text.domain == "customers"))
    of_line = {line: at % N_FOLDS for at, line in enumerate(lines)}
    for at, text in enumerate(texts):
        folds[at] = of_line.get(text.kind, folds[at])
    return folds
