"""BERT's way from token ids to one vector a message, over weights that are given as tensors.

Written out, because importing transformers takes longer than all of this.

References
----------
J. Devlin et al. (2019), BERT: Pre-training of Deep Bidirectional Transformers, NAACL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from nlp import eight_bits

if TYPE_CHECKING:
    from torch import Tensor

LAYERS, HEADS, EPSILON = 6, 12, 1e-12
"""Of all-MiniLM-L6-v2, as its config.json says."""

_LOOKS = ("query", "key", "value")
_PARTS = ("weight", "weight.scale", "bias")


def averaged(weights: Mapping[str, Tensor], rows: Sequence[Sequence[int]]) -> Tensor:
    """Return the mean of the last layer over the tokens of each row.

    Parameters
    ----------
    weights : mapping
        By the names that `transformers` gives them in a BertModel; also `joined`, and with
        the layers as `nlp.eight_bits.ready` leaves them.
    rows : sequence of n_messages sequences
        Token ids; quickest when all are about equally long.

    Returns
    -------
    Tensor of shape (n_messages, n_dimensions)
        float32.
    """
    x, shown = begin(weights, rows)
    return average(through(weights, x, shown, range(LAYERS)), shown)


def begin(weights: Mapping[str, Tensor], rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Return what enters the first layer, and where a row has tokens.

    Returns
    -------
    x : Tensor of shape (n_messages, n_tokens, n_dimensions)
    shown : Tensor of shape (n_messages, n_tokens)
        1 at a token, 0 behind the end of a shorter row.
    """
    import torch  # noqa: PLC0415 - 1.2 s and 200 MB, when the first message comes
    from torch.nn import functional as f  # noqa: PLC0415

    longest = max(map(len, rows))
    ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows])
    shown = torch.tensor([[1.0] * len(row) + [0.0] * (longest - len(row)) for row in rows])
    x = (
        f.embedding(ids, weights["embeddings.word_embeddings.weight"]).float()
        + weights["embeddings.position_embeddings.weight"][:longest]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    return _norm(weights, "embeddings", x), shown


def through(
    weights: Mapping[str, Tensor], x: Tensor, shown: Tensor, layers: Iterable[int]
) -> Tensor:
    """Pass `x` through some of the layers, in their order."""
    from torch.nn import functional as f  # noqa: PLC0415

    mask = None if shown.all() else shown.bool()[:, None, None, :]

    def linear(name: str, x: Tensor) -> Tensor:
        if f"{name}.weight.scale" in weights:
            return eight_bits.linear(weights, name, x)
        return f.linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])

    def looks(name: str, x: Tensor) -> Iterable[Tensor]:
        if f"{name}.weight" in weights:
            return linear(name, x).chunk(len(_LOOKS), dim=-1)
        return (linear(f"{name}.{look}", x) for look in _LOOKS)

    for number in layers:
        layer = f"encoder.layer.{number}"
        query, key, value = (
            look.view(*x.shape[:2], HEADS, -1).transpose(1, 2)
            for look in looks(f"{layer}.attention.self", x)
        )
        seen = f.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        seen = linear(f"{layer}.attention.output.dense", seen.transpose(1, 2).reshape(x.shape))
        x = _norm(weights, f"{layer}.attention.output", seen + x)
        wide = f.gelu(linear(f"{layer}.intermediate.dense", x))
        x = _norm(weights, f"{layer}.output", linear(f"{layer}.output.dense", wide) + x)
    return x


def joined(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Put query, key and value of each layer into one matrix, packed or not: one step for three."""
    import torch  # noqa: PLC0415

    found = dict(weights)
    for number in range(LAYERS):
        name = f"encoder.layer.{number}.attention.self"
        for part in _PARTS:
            if f"{name}.query.{part}" in found:
                three = [found.pop(f"{name}.{look}.{part}") for look in _LOOKS]
                found[f"{name}.{part}"] = torch.cat(three)
    return found


def average(x: Tensor, shown: Tensor) -> Tensor:
    """Return the mean over each row's tokens, of shape (n_messages, n_dimensions)."""
    return (x * shown[..., None]).sum(dim=1) / shown.sum(dim=1, keepdim=True)


def _norm(weights: Mapping[str, Tensor], name: str, x: Tensor) -> Tensor:
    from torch.nn import functional as f  # noqa: PLC0415

    weight, bias = weights[f"{name}.LayerNorm.weight"], weights[f"{name}.LayerNorm.bias"]
    return f.layer_norm(x, weight.shape, weight, bias, EPSILON)
