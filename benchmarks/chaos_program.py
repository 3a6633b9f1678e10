"""The program of the chaos benchmark: it kills itself at a boundary that it is told."""

from __future__ import annotations

import asyncio
import functools
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot import __main__ as command_line
from bot import logs, playbook
from bot.settings import Settings
from scheduler import clock, publisher, store

BOUNDARIES = (
    "before a claim",
    "after a claim",
    "after a send",
    "after a mark",
    "before a look",
    "after a look",
    "at a re-arm",
    "whenever",
)


@dataclass(frozen=True, slots=True)
class Death:
    """Where the program dies: at the `n`th time it comes to a boundary, from 1."""

    boundary: str
    n: int
    after_s: float = 0.0
    """Seconds after the start, where the boundary is "whenever"."""


def run(env: dict[str, str], death: Death | None, log: str) -> None:
    """Run the bot until it dies; without a death, until somebody ends it."""
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(out, stream)
    logs.configure(env["TELEGRAM_BOT_TOKEN"])
    playbook.InForce.warm_up = _nothing  # type: ignore[assignment,method-assign]
    if death:
        _arrange(death)
    asyncio.run(command_line._run(Settings.from_env(env)))  # noqa: SLF001  # what `run` runs


async def _nothing(*_: object) -> None:
    """Stand in for loading the language models, which nobody needs here."""


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _arrange(death: Death) -> None:
    """Put the death where it belongs: around a function that both sides of a boundary meet in."""
    left = death.n

    def reached(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            _die()

    match death.boundary:
        case "before a claim":
            store.claim_next = _with(store.claim_next, before=reached)
        case "after a claim":
            store.claim_next = _with(
                store.claim_next, after=lambda post: reached() if post else None
            )
        case "after a send":
            store.mark_published = _with(store.mark_published, before=reached)
        case "after a mark":
            store.mark_published = _with(store.mark_published, after=reached)
        case "before a look":
            publisher.recover = _with(publisher.recover, before=reached)
        case "after a look":
            store.unsettled = _with(
                store.unsettled, after=lambda posts: reached() if posts else None
            )
        case "at a re-arm":
            clock.Clock.arm = _with(clock.Clock.arm, before=reached)  # type: ignore[method-assign]
        case "whenever":
            signal.signal(signal.SIGALRM, lambda *_: _die())
            signal.setitimer(signal.ITIMER_REAL, death.after_s)


def _with(
    act: Callable[..., Any],
    *,
    before: Callable[[], object] = lambda: None,
    after: Callable[[Any], object] = lambda _: None,
) -> Any:
    @functools.wraps(act)
    def wrapped(*args: Any, **named: Any) -> Any:
        before()
        result = act(*args, **named)
        after(result)
        return result

    return wrapped
