"""The only importer of torch and transformers: sentiment by any classifier that they load."""

import re
from collections.abc import Mapping, Sequence
from threading import Lock

from nlp.folding import clean
from nlp.sentiment import SURE_FROM, Sentiment, verdict

LONGEST = 512
"""Tokens that are read at most; the usual length of such models."""

BATCH = 32
"""Messages judged at once; the models that are named are large."""


class ModelError(Exception):
    """A model cannot be used; the message says what was found instead."""


class TransformerSentiment:
    """Sentiment by a sequence classifier of `transformers`.

    Understood are labels that begin with negative, neutral or positive (or
    neg, neu, pos, after "very" too), 1 to 5 stars, and LABEL_0 to LABEL_1, 2
    or 4, counted from negative to positive.

    Parameters
    ----------
    name : str
        A local folder, or an id on the Hugging Face hub.
    sure_from : float
        Probability of the best label below which the verdict is "unsure".

    Raises
    ------
    ModelError
        If there is no such model, it has no trained classifier, or its labels
        are not about sentiment.
    """

    def __init__(self, name: str, sure_from: float = SURE_FROM) -> None:
        import torch  # noqa: PLC0415 - 1.2 s and 200 MB, only for those who name a model
        from safetensors import SafetensorError  # noqa: PLC0415
        from transformers import (  # noqa: PLC0415
            AutoModelForSequenceClassification,
            AutoTokenizer,
        )
        from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

        # it would stand in logs, and before the sentence of an error
        disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(name)
            model, loading = AutoModelForSequenceClassification.from_pretrained(
                name, output_loading_info=True
            )
        except (OSError, ValueError, SafetensorError) as error:
            raise ModelError(f"{name} cannot be loaded: {error}") from error
        if untrained := sorted(loading["missing_keys"]):
            raise ModelError(f"{name} is no trained classifier: it lacks {', '.join(untrained)}")
        self._groups = _groups(name, model.config.id2label)
        self._model = model.eval()
        self._torch = torch
        positions = getattr(model.config, "max_position_embeddings", LONGEST)
        self._longest = min(LONGEST, positions, self._tokenizer.model_max_length)
        self._sure_from = sure_from
        # fast tokenizers raise "Already borrowed" from two threads, huggingface/tokenizers#537
        self._lock = Lock()

    def __call__(self, message: str, language: str) -> Sentiment:  # noqa: ARG002 - one model for all
        """Judge a message by the model, whatever its language."""
        return self._judge([message])[0]

    def many(self, messages: Sequence[tuple[str, str]]) -> list[Sentiment]:
        """Judge messages in batches, those of about the same length together."""
        order = sorted(range(len(messages)), key=lambda index: len(messages[index][0]))
        judged: dict[int, Sentiment] = {}
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            judged |= zip(batch, self._judge([messages[i][0] for i in batch]), strict=True)
        return [judged[index] for index in range(len(messages))]

    def _judge(self, messages: Sequence[str]) -> list[Sentiment]:
        with self._lock:
            tokens = self._tokenizer(
                [clean(message) for message in messages],
                padding=len(messages) > 1,
                truncation=True,
                max_length=self._longest,
                return_tensors="pt",
            )
        with self._torch.inference_mode():
            rows = self._model(**tokens).logits.double().softmax(dim=-1).tolist()
        return [self._verdict(shares) for shares in rows]

    def _verdict(self, shares: Sequence[float]) -> Sentiment:
        negative, neutral, positive = (
            sum(shares[index] for index in group) for group in self._groups
        )
        return verdict(negative, neutral, positive, self._sure_from)


def _groups(name: str, labels: Mapping[int, str]) -> tuple[list[int], list[int], list[int]]:
    """Sort a model's label indices into negative, neutral and positive."""
    groups: tuple[list[int], list[int], list[int]] = ([], [], [])
    for index, label in labels.items():
        place = _place(label.casefold().strip(), len(labels))
        if place is None:
            raise ModelError(
                f"{name} has labels that are no sentiment: {', '.join(labels.values())}"
            )
        groups[place].append(index)
    if not groups[0] or not groups[2]:
        raise ModelError(f"{name} lacks negative or positive among {', '.join(labels.values())}")
    return groups


def _place(label: str, n_labels: int) -> int | None:
    if found := re.match(r"(?:very[ _-])?(neg|neu|pos)", label):
        return ("neg", "neu", "pos").index(found[1])
    if found := re.fullmatch(r"([1-5])(?:[ _-]?stars?)?", label):
        return _step(int(found[1]) - 1, 5)
    if (found := re.fullmatch(r"label_(\d)", label)) and n_labels in {2, 3, 5}:
        return _step(int(found[1]), n_labels)
    return None


def _step(step: int, n_steps: int) -> int:
    """Place a step of a scale from negative to positive; only an exact middle is neutral."""
    middle = (n_steps - 1) / 2
    return 0 if step < middle else 1 if step == middle else 2
