"""Soloist's application: everything that speaks Telegram, and the command line.

sqlite-utils imports pandas wherever it finds it, which costs 75 MB and half a second
before the first poll. It is imported here, first of all, with pandas out of its sight;
the modules that need pandas import it themselves, when they need it.
"""

import sys

if "sqlite_utils" not in sys.modules and "pandas" not in sys.modules:
    sys.modules["pandas"] = None  # type: ignore[assignment]  # None makes the import fail
    try:
        import sqlite_utils  # noqa: F401
    finally:
        del sys.modules["pandas"]
