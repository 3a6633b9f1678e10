"""How an English message feels, and whether it offends: all-MiniLM-L6-v2, tuned on tweets."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nlp import eight_bits, token_pairs
from nlp.bert import averaged, joined
from nlp.embedding import base_embeddings, base_tokenizer, base_weights
from nlp.folding import clean
from nlp.model import ModelError
from nlp.sentiment import SQUASH, Sentiment, verdict
from nlp.spelling import spell_out
from nlp.valence import Emoji

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor

WEIGHTS = "english.safetensors"
MANIFEST = "english.json"
RETRAIN = "python -m nlp.train sentiment --data FOLDER"

LONGEST = 128
"""Tokens that are read at most: half from the beginning of a message, half from its end.

What somebody thinks of a thing stands there: C. Sun et al. (2019), How to Fine-Tune BERT
for Text Classification, section 5.3.1.
"""

BATCH = 16
"""Messages judged at once; more no longer gets faster on a CPU."""

FIRST, LAST = 101, 102
"""The tokens [CLS] and [SEP], which begin and end what BERT reads."""

N_SENTIMENTS = 3
"""Rows of the head for negative, neutral and positive; then not offensive and offensive."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How scores become probabilities and verdicts; found by `nlp.train`, on validation parts.

    Attributes
    ----------
    sentiment_temperature, offensive_temperature : float
        What scores are divided by before the softmax.
    sure_from : float
        Probability of the best label below which the verdict is "unsure".
    abusive_from : float
        Probability of offence from which a message counts as abusive.

    References
    ----------
    C. Guo et al. (2017), On Calibration of Modern Neural Networks, ICML, section 4.2.
    """

    sentiment_temperature: float
    offensive_temperature: float
    sure_from: float
    abusive_from: float


class EnglishSentiment:
    """Sentiment and offence of English messages, from shipped weights.

    The probabilities are those for three equally frequent feelings: what the
    tuning tweets happened to be about does not weigh in.

    Parameters
    ----------
    weights : mapping
        Of a BertModel; `head.weight` of shape (5, n_dimensions) with
        `head.bias` of shape (5,); `pairs.weight` as in `nlp.token_pairs`.
    """

    def __init__(self, weights: Mapping[str, Tensor], thresholds: Thresholds) -> None:
        self._weights = weights
        self.thresholds = thresholds
        self._pairs = weights["pairs.weight"].float().numpy()
        self._tokenizer = tokenizer()
        self._emoji = Emoji()

    @classmethod
    def load(cls, folder: Path) -> EnglishSentiment:
        """Load the shipped engine, and give torch one thread in this process.

        Its steps are so short that a second thread mostly waits: beside other work it made
        the first one four times slower. Another message is the better use of another core.

        Raises
        ------
        ModelError
            If a file is missing, or is not the one that training wrote.
        """
        import torch  # noqa: PLC0415 - 1.2 s and 200 MB, when the first message comes
        from safetensors.torch import load  # noqa: PLC0415

        torch.set_num_threads(1)

        manifest, weights = folder / MANIFEST, folder / WEIGHTS
        try:
            told = json.loads(manifest.read_text("utf-8"))
            expected, thresholds = told["sha256"], Thresholds(**told["thresholds"])
        except OSError as error:
            raise ModelError(f"{manifest} is missing: restore it, or {RETRAIN}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{manifest} is damaged: restore it, or {RETRAIN}") from error
        try:
            packed = weights.read_bytes()
        except OSError as error:
            raise ModelError(f"{weights} is missing: restore it, or {RETRAIN}") from error
        if hashlib.sha256(packed).hexdigest() != expected:
            raise ModelError(
                f"{weights} is not the file that {MANIFEST} names: restore it, or {RETRAIN}"
            )
        own = eight_bits.ready(joined(load(packed)))
        return cls({**base_embeddings(), **own}, thresholds)

    def __call__(self, message: str) -> Sentiment:
        """Judge a message."""
        return self.many([message])[0]

    def many(self, messages: Sequence[str]) -> list[Sentiment]:
        """Judge messages, those of about the same length together."""
        rows = token_ids(self._tokenizer, messages)
        order = sorted(range(len(rows)), key=lambda index: len(rows[index]))
        judged: dict[int, Sentiment] = {}
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            judged |= zip(batch, self._judge([rows[index] for index in batch]), strict=True)
        return [
            judged[index] if any(map(str.isalnum, message)) else self._judge_wordless(message)
            for index, message in enumerate(messages)
        ]

    def _judge(self, rows: Sequence[Sequence[int]]) -> Iterator[Sentiment]:
        scores, how = self._scores(rows).double(), self.thresholds
        feelings = (scores[:, :N_SENTIMENTS] / how.sentiment_temperature).softmax(dim=1)
        offences = (scores[:, N_SENTIMENTS:] / how.offensive_temperature).softmax(dim=1)
        for feeling, offence in zip(feelings.tolist(), offences.tolist(), strict=True):
            negative, neutral, positive = feeling
            yield verdict(
                negative,
                neutral,
                positive,
                how.sure_from,
                offensive=offence[1],
                abusive_from=how.abusive_from,
            )

    def _judge_wordless(self, message: str) -> Sentiment:
        """Judge emoji alone by their list: tweets, which hardly ever lack words, teach none."""
        return SQUASH(self._emoji(clean(message))[1])

    def _scores(self, rows: Sequence[Sequence[int]]) -> Tensor:
        """Return the scores of both tasks, of shape (n_rows, 5), before any temperature."""
        import torch  # noqa: PLC0415

        with torch.inference_mode():
            mean = averaged(self._weights, rows)
            scores = torch.addmm(self._weights["head.bias"], mean, self._weights["head.weight"].T)
            scores[:, :N_SENTIMENTS] += torch.from_numpy(token_pairs.scores(rows, self._pairs))
        return scores


def tokenizer() -> Tokenizer:
    """Load the base's tokenizer, which cuts nothing off."""
    loaded = base_tokenizer()
    loaded.no_truncation()
    return loaded


def token_ids(tokenizer: Tokenizer, messages: Sequence[str]) -> list[list[int]]:
    """Return the ids of each message as it is read: spelled out, and cut in the middle.

    Encoding changes nothing in the tokenizer, so threads may share it.
    """
    spelled = [spell_out(message) for message in messages]
    encoded = tokenizer.encode_batch(spelled, add_special_tokens=False)
    half = LONGEST // 2 - 1
    return [
        [FIRST, *(ids if len(ids) <= 2 * half else [*ids[:half], *ids[-half:]]), LAST]
        for ids in (each.ids for each in encoded)
    ]


def save(folder: Path, weights: Mapping[str, Tensor], thresholds: Thresholds) -> None:
    """Write what `EnglishSentiment.load` reads.

    Matrices become whole numbers of 8 bits with one scale a row; what the base
    already holds is left out.
    """
    from safetensors.torch import save as packed_by  # noqa: PLC0415 - imports torch

    base = base_weights()
    own = {
        name: tensor
        for name, tensor in weights.items()
        if name not in base or not tensor.equal(base[name])
    }
    packed = packed_by(eight_bits.packed(own))
    manifest = {
        "sha256": hashlib.sha256(packed).hexdigest(),
        "thresholds": asdict(thresholds),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).write_bytes(packed)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
