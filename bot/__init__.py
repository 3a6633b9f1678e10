"""Soloist's application: everything that speaks Telegram, and the command line.

sqlite-utils imports pandas and numpy wherever it finds them, which costs 75 MB and half a
second before the first poll. It is imported here, first of all, with both out of its sight;
the modules that need them import them themselves, when they need them.

python-telegram-bot is told to give durations as such; it warns of plain seconds each time
Telegram asks for patience.
"""

import os
import sys

os.environ.setdefault("PTB_TIMEDELTA", "true")

if not sys.modules.keys() & {"sqlite_utils", "pandas", "numpy"}:
    # None makes an import fail
    sys.modules |= {"pandas": None, "numpy": None}  # type: ignore[dict-item]
    try:
        import sqlite_utils  # noqa: F401
    finally:
        del sys.modules["pandas"], sys.modules["numpy"]
