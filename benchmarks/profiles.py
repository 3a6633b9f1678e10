"""Tell a class of customers: what it costs as they get more.

Usage: python -m benchmarks.profiles

Invented customers have eleven measures and a city; two of the measures decide the
class, of which a tenth is wrong. Each number of them is learnt in a process of its
own, on one thread: "fit" chooses pruning or k by cross-validation, "evaluate" does
that five times over, on at most 50,000 rows.
"""

import multiprocessing
import resource
import time

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from analytics.evaluation import evaluate_profile
from analytics.profiles import Model, Options, fit_profile
from analytics.targets import read_task

SIZES = (1_000, 10_000, 100_000, 1_000_000)
MODELS: tuple[Model, ...] = ("tree", "knn")


def main() -> None:
    """Print a line for each model and size."""
    print(
        f"{'model':<6}{'rows':>10}{'fit s':>8}{'evaluate s':>12}{'GB':>6}{'right':>8}{'naive':>8}"
    )
    for model in MODELS:
        for n in SIZES:
            with multiprocessing.get_context("spawn").Pool(1) as process:
                print(process.apply(_learnt, (model, n)), flush=True)


def _learnt(model: Model, n: int) -> str:
    rng = np.random.default_rng(0)
    table = pd.DataFrame({f"measure {i}": rng.standard_normal(n) for i in range(11)})
    table["city"] = rng.choice(["Rome", "Oslo", "Bonn"], n)
    is_gold = (table["measure 0"] > 0) & (table["measure 1"] < 0.5)
    table["level"] = np.where(is_gold ^ (rng.random(n) < 0.1), "gold", "plain")
    options = Options(model=model)
    with threadpool_limits(limits=1):
        task = read_task(table, "level", (), 0)
        started = time.perf_counter()
        fit_profile(task, options)
        fitted = time.perf_counter()
        found = evaluate_profile(task, options)
        evaluated = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return (
        f"{model:<6}{n:>10,}{fitted - started:>8.1f}{evaluated - fitted:>12.1f}{peak:>6.2f}"
        f"{found.accuracy.value:>8.3f}{found.baseline_accuracy:>8.3f}"
    )


if __name__ == "__main__":
    main()
