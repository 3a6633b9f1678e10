"""A small LSTM, trained on all the series of one call together; the only one here to load torch."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from analytics.forecasting.results import Matrix, Vector

FEWEST_WINDOWS = 100  # fewer it learns by heart
N_HIDDEN = 48
LONGEST_PATCH = 24
N_PATCHES = 8
# Fewest and most; in between one step, and one more window in it, for so many windows.
STEPS, BATCHES = (120, 1000), (32, 128)
WINDOWS_A_STEP = 100
LEARNING_RATE = 5e-3
FARTHEST = 8.0  # spreads from the last value; in training, what lies beyond is held there


@dataclass(frozen=True, slots=True)
class Shape:
    """How the network sees a series: `n_patches` of `patch` points, then `horizon` to forecast.

    `season` is what its naive forecast repeats.
    """

    patch: int
    n_patches: int
    season: int
    horizon: int

    @property
    def window(self) -> int:
        """Points that it looks at."""
        return self.patch * self.n_patches


def lstm(
    series: Sequence[Vector],
    cuts: Sequence[Sequence[int]],
    horizon: int,
    season: int,
    random_state: int,
) -> list[Matrix] | None:
    """Forecast `horizon` points of each series at each of its cuts.

    A window of patches, each a season or a part of one, goes through an LSTM; its
    last state, and a linear layer over the window, correct the naive forecast. It
    is trained on what precedes the first cuts, and anew for the last ones. None
    where there are too few windows to learn from.

    References
    ----------
    S. Lin et al., "SegRNN: segment recurrent neural network for long-term time
    series forecasting" (2023), for patches from which all steps are forecast at once.
    """
    known = [y[: cut[0]] for y, cut in zip(series, cuts, strict=True)]
    shape = _shape(known, horizon, season)
    if _n_windows([len(y) for y in known], shape).sum() < FEWEST_WINDOWS:
        return None
    with _one_thread():
        early = _trained(known, shape, random_state)
        late = _trained(
            [y[: cut[-1]] for y, cut in zip(series, cuts, strict=True)], shape, random_state
        )
    return [
        np.concatenate(
            [
                _ahead(early, [y[:c] for c in cut[:-1]], shape),
                _ahead(late, [y[: cut[-1]]], shape),
            ]
        )
        for y, cut in zip(series, cuts, strict=True)
    ]


def needed(horizon: int, season: int) -> int:
    """Return how many points a lone series needs before its first origin."""
    n_points = horizon
    while _n_windows([n_points], _shape_for(n_points, horizon, season)).sum() < FEWEST_WINDOWS:
        n_points += 1
    return n_points


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep torch to one thread: the steps are so short that two wait for each other."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(n_threads)


class _Network(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.recurrent = nn.LSTM(shape.patch, N_HIDDEN, batch_first=True)
        self.head = nn.Linear(N_HIDDEN, shape.horizon)
        self.linear = nn.Linear(shape.window, shape.horizon)
        for layer in (self.head, self.linear):  # so that it starts as the naive forecast
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        shape = self.shape
        latest = windows[:, -shape.season :]
        naive = latest.repeat(1, -(-shape.horizon // shape.season))[:, : shape.horizon]
        states, _ = self.recurrent(windows.reshape(len(windows), shape.n_patches, shape.patch))
        corrected: torch.Tensor = naive + self.head(states[:, -1]) + self.linear(windows)
        return corrected


class _Adam:
    """Adam with its usual constants; torch's own takes two seconds to import its compiler.

    D. P. Kingma & J. Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1.
    """

    def __init__(self, network: nn.Module) -> None:
        self._weights = list(network.parameters())
        self._means = [torch.zeros_like(weight) for weight in self._weights]
        self._squares = [torch.zeros_like(weight) for weight in self._weights]
        self._n_steps = 0

    @torch.no_grad()
    def step(self, rate: float) -> None:
        self._n_steps += 1
        first, second = 1 - 0.9**self._n_steps, 1 - 0.999**self._n_steps
        for weight, mean, square in zip(self._weights, self._means, self._squares, strict=True):
            slope = torch.zeros_like(weight) if weight.grad is None else weight.grad
            mean.lerp_(slope, 0.1)
            square.lerp_(slope**2, 0.001)
            weight.sub_(rate * (mean / first) / ((square / second).sqrt() + 1e-8))


def _shape(series: Sequence[Vector], horizon: int, season: int) -> Shape:
    shape = _shape_for(int(np.median([len(y) for y in series])), horizon, season)
    repeats = 1 < season <= shape.window and _error(series, season) < _error(series, 1)
    return shape if repeats else replace(shape, season=1)


def _shape_for(n_points: int, horizon: int, season: int) -> Shape:
    patch = max((n for n in range(4, LONGEST_PATCH + 1) if season % n == 0), default=N_PATCHES)
    n_patches = min(max(N_PATCHES, 2 * season // patch), (n_points - horizon) // 2 // patch)
    return Shape(patch, max(1, n_patches), season, horizon)


def _error(series: Sequence[Vector], season: int) -> float:
    """Return how far off it is to repeat the season before, against how far the series spread."""
    return float(
        np.median(
            [
                np.abs(y[season:] - y[:-season]).mean() / (y.std() or 1.0)
                for y in series
                if len(y) > season
            ]
        )
    )


def _n_windows(lengths: Sequence[int], shape: Shape) -> NDArray[np.int64]:
    n_windows: NDArray[np.int64] = np.array(lengths) - shape.window - shape.horizon + 1
    return n_windows.clip(min=0)


def _trained(series: Sequence[Vector], shape: Shape, random_state: int) -> _Network:
    rng = np.random.default_rng(random_state)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(random_state)
        network = _Network(shape)
    n_windows = _n_windows([len(y) for y in series], shape)
    long_enough = np.flatnonzero(n_windows)
    starts = np.concatenate([[0], np.cumsum([len(y) for y in series])[:-1]])
    points = np.concatenate(series)
    span = np.arange(shape.window + shape.horizon)
    n_steps = int(np.clip(n_windows.sum() // WINDOWS_A_STEP, *STEPS))
    n_batch = int(np.clip(n_windows.sum() // WINDOWS_A_STEP, *BATCHES))
    optimizer = _Adam(network)
    for step in range(n_steps):
        chosen = rng.choice(long_enough, n_batch)
        first = starts[chosen] + (rng.random(n_batch) * n_windows[chosen]).astype(int)
        windows = points[first[:, None] + span]
        level, spread = _scale(windows[:, : shape.window], shape.season)
        scaled = np.clip((windows - level) / spread, -FARTHEST, FARTHEST)
        batch = torch.tensor(scaled, dtype=torch.float32)
        loss = (network(batch[:, : shape.window]) - batch[:, shape.window :]).abs().mean()
        network.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step(LEARNING_RATE * math.sin(math.pi * (step + 1) / (n_steps + 1)))
    return network


def _ahead(network: _Network, series: Sequence[Vector], shape: Shape) -> Matrix:
    if not series:
        return np.empty((0, shape.horizon))
    windows = np.array(
        [np.pad(y, (max(0, shape.window - len(y)), 0), "edge")[-shape.window :] for y in series]
    )
    level, spread = _scale(windows, shape.season)
    with torch.no_grad():
        scaled = torch.tensor((windows - level) / spread, dtype=torch.float32)
        ahead: Matrix = network(scaled).numpy().astype(float) * spread + level
    return ahead


def _scale(windows: Matrix, season: int) -> tuple[Matrix, Matrix]:
    """Return the latest level of each window, and a spread that is never nought."""
    level = windows[:, -season:].mean(axis=1, keepdims=True)
    spread = windows.std(axis=1, keepdims=True) + 1e-6 * np.abs(level) + 1e-9
    return level, spread
