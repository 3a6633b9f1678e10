"""Tunes several times, in processes side by side, and averages the weights."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from multiprocessing.managers import SyncManager
from queue import Empty, Queue
from threading import Event, Thread

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nlp.train.tuning import Recipe, Tuned, tune
from nlp.train.tweets import Example

TRUST = 0.9
"""Weight of what was tuned beside the base; 0.6 to 1 hardly differ on the validation part, but in
how sure the model is of tweets from another month: there 0.9 is wrong at less cost than 1."""

Weights = dict[str, NDArray[np.float32]]


def tuned_average(
    examples: Sequence[Example],
    recipe: Recipe,
    seeds: Sequence[int],
    stepped: Callable[[int, int], None],
) -> dict[str, Tensor]:
    """Return the mean of what is tuned from each seed, by the names that `Tuned` gives.

    On a CPU each seed has a process of one thread, so the result does not depend on how many
    cores there are; on a GPU they take turns.

    Parameters
    ----------
    stepped : callable
        Gets the number of steps done and of all steps, over all seeds; in another thread.

    References
    ----------
    M. Wortsman et al. (2022), Model soups: averaging weights of multiple fine-tuned models
    improves accuracy without increasing inference time, ICML.
    """
    at_once = 1 if torch.cuda.is_available() else len(seeds)
    context = get_context("spawn")
    with SyncManager(ctx=context) as manager, ProcessPoolExecutor(at_once, context) as processes:
        steps: Queue[tuple[int, int, int]] = manager.Queue()
        done = Event()
        telling = Thread(target=_tell, args=(steps, len(seeds), stepped, done))
        telling.start()
        try:
            running = [processes.submit(_tune, examples, recipe, seed, steps) for seed in seeds]
            found = [each.result() for each in as_completed(running)]
        finally:
            done.set()
            telling.join()
    # sorted, because the order in which they end must not change the last bit of the sum
    return {
        name: torch.from_numpy(np.sort([each[name] for each in found], axis=0).mean(axis=0))
        for name in found[0]
    }


def nearer(tuned: Mapping[str, Tensor], base: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return tuned weights drawn back towards the base that they began from.

    What is not in the base, such as a head, stays as it is.

    References
    ----------
    M. Wortsman et al. (2022), Robust fine-tuning of zero-shot models, CVPR.
    """
    return {
        name: TRUST * weight + (1 - TRUST) * base[name] if name in base else weight
        for name, weight in tuned.items()
    }


def _tune(
    examples: Sequence[Example],
    recipe: Recipe,
    seed: int,
    steps: Queue[tuple[int, int, int]],
) -> Weights:
    torch.set_num_threads(1)
    tuned: Tuned = tune(
        examples, recipe, seed=seed, stepped=lambda done, total: steps.put((seed, done, total))
    )
    return {
        name: weight.detach().float().cpu().numpy()
        for name, weight in tuned.named_parameters()
        if weight.requires_grad
    }


def _tell(
    steps: Queue[tuple[int, int, int]],
    n_seeds: int,
    stepped: Callable[[int, int], None],
    done: Event,
) -> None:
    """Add up the steps of all seeds, until all are done and told."""
    reached: dict[int, int] = {}
    while True:
        try:
            seed, step, total = steps.get(timeout=0.2)
        except Empty:
            if done.is_set():
                return
            continue
        reached[seed] = step
        stepped(sum(reached.values()), total * n_seeds)
