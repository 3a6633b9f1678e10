"""Tunes the base's upper layers so that questions with one answer lie together."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from nlp.bert import LAYERS, average, begin, through
from nlp.embedding import BATCH, TUNED_FROM, base_tokenizer, base_weights, token_ids, tuned
from nlp.train.tweets import DataError

if TYPE_CHECKING:
    from torch import Tensor

    Halves = Mapping[str, Tensor]

Intents = Mapping[str, Sequence[str]]
"""Examples by intent."""

STEPS, RATE, RANK = 150, 3e-4, 32
"""Few steps: after 200 of them, unseen intents began to suffer."""

INTENTS, EXAMPLES = 40, 3
"""In a batch; every example has two of its own kind to go to, and 117 others to leave."""

TEMPERATURE = 0.1

_TUNED = (
    "attention.self.query", "attention.self.key", "attention.self.value",
    "attention.output.dense", "intermediate.dense", "output.dense",
)  # fmt: skip


def read_sets(data: Path, names: Sequence[str]) -> list[Intents]:
    """Read the training parts of CLINC150 or BANKING77.

    Raises
    ------
    DataError
        If a file is missing or not as expected.
    """
    readers = {"clinc150": _clinc150, "banking77": _banking77}
    sets: list[Intents] = []
    for name in names:
        intents: dict[str, list[str]] = {}
        for text, intent in readers[name](data):
            intents.setdefault(intent, []).append(text)
        sets.append(intents)
    return sets


def tune(
    sets: Sequence[Intents],
    *,
    seed: int = 0,
    steps: int = STEPS,
    stepped: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Tensor]:
    """Tune by supervised contrast, each batch from one set.

    What enters the tuned layers never changes, so it is computed once.

    Returns
    -------
    dict of str to Tensor
        For `nlp.embedding.tuned`: two factors for each tuned weight.

    References
    ----------
    P. Khosla et al. (2020), Supervised Contrastive Learning, NeurIPS, equation 2.
    """
    import torch  # noqa: PLC0415

    torch.manual_seed(seed)
    random = Random(seed)  # noqa: S311 - draws batches, keeps no secret
    base, delta = base_weights(), _fresh()
    halves = _halves([text for intents in sets for texts in intents.values() for text in texts])
    optimizer = torch.optim.AdamW(delta.values(), lr=RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, RATE, total_steps=max(steps, 20), pct_start=0.1
    )
    sizes = [sum(map(len, intents.values())) for intents in sets]
    for step in range(steps):
        intents = random.choices(sets, sizes)[0]
        chosen = random.sample(sorted(intents), min(INTENTS, len(intents)))
        batch = [
            (halves[text], owner)
            for owner, intent in enumerate(chosen)
            for text in random.sample(intents[intent], min(EXAMPLES, len(intents[intent])))
        ]
        embedded = _embed(tuned(base, delta), [half for half, _ in batch])
        loss = _contrast(embedded, torch.tensor([owner for _, owner in batch]))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(delta.values(), 1.0)
        optimizer.step()
        schedule.step()
        stepped(step + 1, steps)
    return {name: factor.detach() for name, factor in delta.items()}


def _fresh() -> dict[str, Tensor]:
    """Return a delta that changes nothing yet: one factor random, the other zero."""
    import torch  # noqa: PLC0415

    base, delta = base_weights(), {}
    for layer in range(TUNED_FROM, LAYERS):
        for part in _TUNED:
            name = f"encoder.layer.{layer}.{part}.weight"
            wide, narrow = base[name].shape
            delta[f"{name}.up"] = torch.zeros(wide, RANK, requires_grad=True)
            down = torch.randn(RANK, narrow) / narrow**0.5
            delta[f"{name}.down"] = down.requires_grad_()
    return delta


def _halves(texts: Sequence[str]) -> dict[str, Tensor]:
    """Return what enters the tuned layers: float16, of shape (n_tokens, n_dimensions) each."""
    import torch  # noqa: PLC0415

    base, tokenizer = base_weights(), base_tokenizer()
    ordered = sorted(set(texts), key=lambda text: (len(text), text))
    halves: dict[str, Tensor] = {}
    with torch.inference_mode():
        for start in range(0, len(ordered), BATCH):
            batch = ordered[start : start + BATCH]
            x, shown = begin(base, token_ids(tokenizer, batch))
            x = through(base, x, shown, range(TUNED_FROM)).half()
            lengths = shown.sum(dim=1).int().tolist()
            halves |= {
                text: x[row, :n].clone()
                for row, (text, n) in enumerate(zip(batch, lengths, strict=True))
            }
    return halves


def _embed(weights: Mapping[str, Tensor], halves: Sequence[Tensor]) -> Tensor:
    """Return the mean of the last layer; short messages apart from long ones, to pad less."""
    import torch  # noqa: PLC0415

    order = sorted(range(len(halves)), key=lambda index: len(halves[index]))
    short = 2 * len(order) // 3
    means = []
    for rows in (order[:short], order[short:]):
        x = torch.nn.utils.rnn.pad_sequence([halves[row].float() for row in rows], batch_first=True)
        lengths = torch.tensor([len(halves[row]) for row in rows])
        shown = (torch.arange(x.shape[1]) < lengths[:, None]).float()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            x = through(weights, x, shown, range(TUNED_FROM, LAYERS))
        means.append(average(x.float(), shown))
    back = torch.empty(len(order), dtype=torch.long)
    back[torch.tensor(order)] = torch.arange(len(order))
    return torch.nn.functional.normalize(torch.cat(means)[back], dim=-1)


def _contrast(embedded: Tensor, owners: Tensor) -> Tensor:
    import torch  # noqa: PLC0415

    likeness = embedded @ embedded.T / TEMPERATURE
    likeness = likeness.masked_fill(torch.eye(len(owners), dtype=torch.bool), float("-inf"))
    same = (owners[:, None] == owners).float().fill_diagonal_(0)
    surprise = likeness.logsumexp(dim=1, keepdim=True) - likeness.masked_fill(same == 0, 0)
    return ((surprise * same).sum(dim=1) / same.sum(dim=1).clamp_min(1)).mean()


def _clinc150(data: Path) -> Iterator[tuple[str, str]]:
    path = data / "clinc150" / "data_full.json"
    try:
        yield from ((text, intent) for text, intent in json.loads(path.read_text("utf-8"))["train"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} cannot be read: it should be CLINC150's data_full.json") from error


def _banking77(data: Path) -> Iterator[tuple[str, str]]:
    path = data / "banking77" / "train.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            yield from ((row["text"], row["category"]) for row in csv.DictReader(file))
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{path} cannot be read: it should be BANKING77's train.csv") from error
