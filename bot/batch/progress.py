"""Shows on standard error how far the input is read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def shown(n_bytes: int | None) -> Iterator[Callable[[int], None]]:
    """Show a bar while the block lasts; gives what is to be called with the bytes of each line.

    Nobody needs one who does not look, or who sees the rows themselves come.
    """
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415  # 0.1 s, only where somebody looks
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    with Progress(
        BarColumn(),
        TextColumn("{task.fields[n_lines]:,} lines"),
        TextColumn("{task.fields[rate]:,.0f} a second"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,  # what is written there is no part of the picture
        redirect_stderr=False,
    ) as bar:
        task = bar.add_task("", total=n_bytes, n_lines=0, rate=0.0)

        def advance(n: int) -> None:
            [state] = bar.tasks
            n_lines = state.fields["n_lines"] + 1
            rate = n_lines / max(state.elapsed or 0.0, 0.001)
            bar.update(task, advance=n, n_lines=n_lines, rate=rate)

        yield advance
