"""Faults on demand: what the next calls of a method will suffer."""

from dataclasses import dataclass
from typing import Any

from bot.playground.errors import ControlError

KINDS = ("delay", "429", "500", "cut_before", "cut_after", "delay_after")
BEFORE = ("delay", "429", "500", "cut_before")


@dataclass(slots=True)
class Fault:
    """A fault for the next `n` calls of `method` (lower case; `*` is any)."""

    method: str
    kind: str
    n: int
    seconds: float


def fault_from(wanted: dict[str, Any]) -> Fault:
    """Read a fault from the control API.

    Raises
    ------
    ControlError
        If the kind is unknown or a number is not one.
    """
    kind, n, seconds = str(wanted.get("kind")), wanted.get("n", 1), wanted.get("seconds", 1)
    if kind not in KINDS:
        raise ControlError(f"There is no fault {kind!r}; there are {', '.join(KINDS)}.")
    if not isinstance(n, int) or not isinstance(seconds, int | float) or n < 1 or seconds < 0:
        raise ControlError("n has to be a whole number of calls and seconds a positive number.")
    return Fault(str(wanted.get("method", "*")).lower(), kind, n, float(seconds))


class Faults:
    """The faults that are still to happen, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Ask for a fault."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Forget all that have not happened."""
        self._waiting.clear()

    def take(self, method: str) -> Fault | None:
        """Use up one fault for a call of this method."""
        for fault in self._waiting:
            if fault.method in {"*", method.lower()}:
                fault.n -= 1
                if not fault.n:
                    self._waiting.remove(fault)
                return fault
        return None
