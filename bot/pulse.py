"""What the running bot notes of its own work, and what in it is a trouble.

It is kept in a small file beside the database and not in it: it has to be read and written when
the database cannot be, and it outlives a restart, so that no trouble is told twice.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path

# Chosen by hand: each well above what a healthy bot reaches, and below what costs its owner.
DEAF_AFTER = dt.timedelta(minutes=5)  # a poll takes ten seconds, a failed one waits half a minute
IDLE_AFTER = dt.timedelta(minutes=10)  # a tick comes every half minute, and may publish many posts
OVERDUE_AFTER = dt.timedelta(minutes=10)  # 200 posts for one channel take as long; grace is 30
UNWRITABLE_AFTER = dt.timedelta(minutes=2)  # an import by another program is shorter
SILENT_AFTER = dt.timedelta(minutes=3)  # a healthy bot saves its pulse every minute

MB = 1_000_000
LOW_SHARE, LOWEST, HIGHEST = 0.05, 200 * MB, 1000 * MB  # of free space, to warn below
ENOUGH = 1.25  # times as much is free before the trouble is over, so that it does not come and go


class Trouble(StrEnum):
    """What can be wrong with a bot that runs."""

    DISK = "disk"
    DATABASE = "database"
    DEAF = "deaf"
    IDLE = "idle"
    OVERDUE = "overdue"
    BACKUP = "backup"


@dataclass(frozen=True, slots=True)
class Complaint:
    """A trouble with what is known of it; what does not belong to it is zero or empty."""

    trouble: Trouble
    minutes: int = 0
    megabytes: int = 0
    reason: str = ""


@dataclass(slots=True, kw_only=True)
class Pulse:
    """When the bot last did what it keeps doing; moments are aware.

    Attributes
    ----------
    beat_at
        Last time it was examined.
    polled_at
        Last answer to a poll; None where updates come to a webhook.
    due_at
        When the earliest scheduled post is to go out.
    write_error, backup_error
        Why the last try failed; empty if it did not.
    told
        The troubles that the owner knows of.
    """

    started_at: dt.datetime
    beat_at: dt.datetime
    ticked_at: dt.datetime
    wrote_at: dt.datetime
    polled_at: dt.datetime | None
    due_at: dt.datetime | None = None
    write_error: str = ""
    backup_error: str = ""
    told: set[Trouble] = field(default_factory=set)

    @classmethod
    def begun(cls, now: dt.datetime, *, polls: bool) -> Pulse:
        """Give the pulse of a bot that starts now, and is in no trouble yet."""
        polled_at = now if polls else None
        return cls(started_at=now, beat_at=now, ticked_at=now, wrote_at=now, polled_at=polled_at)

    def complaints(self, now: dt.datetime, free: int, total: int) -> Iterator[Complaint]:
        """Say what is wrong, the cause before its effects; `free` and `total` are bytes of disk."""
        low = min(max(total * LOW_SHARE, LOWEST), HIGHEST)
        if free < low * (ENOUGH if Trouble.DISK in self.told else 1):
            yield Complaint(Trouble.DISK, megabytes=free // MB)
        if now - self.wrote_at > UNWRITABLE_AFTER:
            # Ticks wait for the database, and posts for ticks: that is no news.
            yield Complaint(
                Trouble.DATABASE, minutes=_minutes(now - self.wrote_at), reason=self.write_error
            )
        elif now - self.ticked_at > IDLE_AFTER:
            yield Complaint(Trouble.IDLE, minutes=_minutes(now - self.ticked_at))
        elif self.due_at and now - self.due_at > OVERDUE_AFTER:
            yield Complaint(Trouble.OVERDUE, minutes=_minutes(now - self.due_at))
        if self.polled_at and now - self.polled_at > DEAF_AFTER:
            yield Complaint(Trouble.DEAF, minutes=_minutes(now - self.polled_at))
        if self.backup_error:
            yield Complaint(Trouble.BACKUP, reason=self.backup_error)

    def save(self, path: Path) -> None:
        """Write it to a file at once, or raise `OSError` and leave the one before."""
        part = path.with_name(f"{path.name}.part")
        part.write_text(json.dumps(asdict(self) | {"told": sorted(self.told)}, default=str))
        part.replace(path)

    @classmethod
    def saved(cls, path: Path) -> Pulse | None:
        """Read what a bot saved last; None if none did, or it cannot be read."""
        try:
            written = json.loads(path.read_text())
            moments = {
                name: value and dt.datetime.fromisoformat(value)
                for name, value in written.items()
                if name.endswith("_at")
            }
            return cls(**written | moments | {"told": {Trouble(name) for name in written["told"]}})
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None  # as good as none: the next minute brings a new one


def _minutes(time: dt.timedelta) -> int:
    return round(time.total_seconds() / 60)
