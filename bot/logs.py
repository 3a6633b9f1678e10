"""Logging that cannot give the token or a customer's words away."""

from __future__ import annotations

import logging
import sys
from types import TracebackType


class _Redacting(logging.Formatter):
    """Formats as usual, then takes the token out, from tracebacks too."""

    def __init__(self, token: str) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._token = token

    def format(self, record: logging.LogRecord) -> str:
        """Format a record without the token."""
        return super().format(record).replace(self._token, "<token>")


def configure(token: str) -> None:
    """Log from INFO on to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Redacting(token))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    sys.excepthook = _log_the_end
    # httpx logs every address at INFO, and the address of a Bot API call contains the token;
    # APScheduler logs every tick.
    for name in ("httpx", "httpcore", "apscheduler", "telegram", "uvicorn"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _log_the_end(
    kind: type[BaseException], error: BaseException, frames: TracebackType | None
) -> None:
    """Log what ends the process; Python itself would print it with the token in it."""
    logging.getLogger(__name__).critical("Soloist has to stop.", exc_info=(kind, error, frames))
