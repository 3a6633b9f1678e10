"""The shipped weights take minutes to tune; here a few steps on a few intents must help those."""

import json
from pathlib import Path

import numpy as np
import pytest

from nlp.embedding import BuiltInEmbedder
from nlp.train.intents import tune
from nlp.train.matching import Source, calibrate, read_sources, save
from nlp.train.tweets import DataError

torch = pytest.importorskip("torch")

COLOURS, PLACES = ("red", "green", "blue", "grey"), ("shop", "garden", "office", "kitchen")
BY_COLOUR = {
    colour: [f"I would like the {place} in {colour}" for place in PLACES] for colour in COLOURS
}


def closeness(embedder: BuiltInEmbedder) -> float:
    """Say how much more alike examples of one intent are than those of two."""
    texts = [text for texts in BY_COLOUR.values() for text in texts]
    same = np.kron(np.eye(len(BY_COLOUR)), np.ones((len(PLACES), len(PLACES)))).astype(bool)
    embedded = embedder(texts)
    likeness = embedded @ embedded.T
    return float(likeness[same].mean() - likeness[~same].mean())


def test_tuning_draws_one_intent_together(tmp_path: Path) -> None:
    untuned, tuned = tmp_path / "untuned", tmp_path / "tuned"
    save(untuned, tune([BY_COLOUR], steps=0), {})
    save(tuned, tune([BY_COLOUR], steps=12), {})

    assert closeness(BuiltInEmbedder(tuned)) > closeness(BuiltInEmbedder(untuned))


def test_tuning_twice_gives_the_same() -> None:
    first, second = (tune([BY_COLOUR], steps=2, seed=3) for _ in range(2))

    assert all(torch.equal(first[name], second[name]) for name in first)


def test_calibration_trusts_a_clear_lead() -> None:
    strange = [f"what is {a} plus {b}" for a in range(5) for b in range(4)]
    source = Source(BY_COLOUR, BY_COLOUR, strange)

    weights = calibrate([source], BuiltInEmbedder(), owners=10)["ridge"]

    assert len(weights) == 8
    assert weights[0] < 0 < weights[1] + weights[2]


def test_a_data_folder_that_lacks_something_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"data_full\.json cannot be read"):
        read_sources(tmp_path)
    (tmp_path / "clinc150").mkdir()
    parts = {"train": [["a", "b"]], "val": [["a", "b"]], "oos_train": []}
    (tmp_path / "clinc150" / "data_full.json").write_text(json.dumps(parts), "utf-8")
    with pytest.raises(DataError, match=r"BANKING77.* should hold seq\.in"):
        read_sources(tmp_path)
