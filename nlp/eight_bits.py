"""Matrices as whole numbers of 8 bits with a scale a row: a quarter of the memory, and quicker.

References
----------
T. Dettmers et al. (2022), LLM.int8(): 8-bit Matrix Multiplication for Transformers at Scale,
NeurIPS, sections 2.1 (zero points) and 3.1 (a scale for each row and column).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

LARGEST = 127
TINY = 1e-12  # so that nothing is divided by zero

_PARTS = ("weight", "weight.scale", "weight.sum", "bias")


def packed(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Pack the matrices of the layers, each beside its scale, and copy the rest.

    What comes from a file then no longer keeps it in memory.
    """
    found: dict[str, Tensor] = {}
    for name, tensor in weights.items():
        if tensor.ndim == 2 and name.startswith("encoder."):
            scale = tensor.abs().amax(dim=1, keepdim=True).clamp_min(TINY) / LARGEST
            found[name] = (tensor / scale).round().char()
            found[f"{name}.scale"] = scale
        else:
            found[name] = tensor.contiguous().clone()
    return found


def ready(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return packed weights as this processor multiplies them best.

    With VNNI as they are, with the sum of each row as float. Without, unpacked: it is no
    quicker there, and sums of two products overflow their 16 bits.
    """
    import torch  # noqa: PLC0415 - 1.2 s and 200 MB, when the first message comes

    found = dict(weights)
    whole = torch.cpu.get_capabilities().get("avx512_vnni")
    for name in [name for name in weights if f"{name}.scale" in weights]:
        matrix, scale = weights[name], found.pop(f"{name}.scale")
        if whole:
            found[f"{name}.scale"] = scale.flatten()
            found[f"{name}.sum"] = matrix.sum(dim=1) * scale.flatten()
        else:
            found[name] = matrix * scale
    return found


def linear(weights: Mapping[str, Tensor], name: str, x: Tensor) -> Tensor:
    """Return x Wᵀ + b by the `ready` matrix and the bias of this name.

    Each row of `x` is brought to whole numbers around its middle, by a scale of its own.
    """
    import torch  # noqa: PLC0415

    weight, scale, total, bias = (weights[f"{name}.{part}"] for part in _PARTS)
    rows = x.flatten(end_dim=-2)
    high, low = rows.amax(dim=1, keepdim=True), rows.amin(dim=1, keepdim=True)
    middle, steps = (high + low) / 2, (high - low).clamp_min_(TINY).div_(2 * LARGEST)
    whole = rows.sub(middle).div_(steps).round_().char()
    found = torch._int_mm(whole, weight.T).mul(steps)  # noqa: SLF001 - has no other name
    shifted = torch.addcmul(bias, middle, total)
    return shifted.addcmul_(found, scale).view(*x.shape[:-1], -1)
