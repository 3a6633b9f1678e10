"""Every SQL statement about posts and what the audience does with them.

The row is the schedule: the clock only supplies ticks, so a restart cannot lose a post. No
transaction here outlives the call that opens it, and none may be open when a post is claimed.
"""

from scheduler.store.claims import (
    claim_next,
    mark_failed,
    mark_late,
    mark_published,
    mark_unknown,
    next_due_at,
    put_back,
    stranded,
)
from scheduler.store.engagement import (
    history,
    interactions,
    last_message_id,
    members,
    record_comment,
    record_interaction,
    record_members,
    record_reactions,
    record_seen,
)
from scheduler.store.queue import (
    cancel,
    move,
    post_of,
    recent,
    schedule,
    settle,
    steps,
    unsettled,
    upcoming,
)
from scheduler.store.rows import NoSuchPostError, WrongStateError, get
from scheduler.store.schema import durable, migrate, migration_names

__all__ = [
    "NoSuchPostError",
    "WrongStateError",
    "cancel",
    "claim_next",
    "durable",
    "get",
    "history",
    "interactions",
    "last_message_id",
    "mark_failed",
    "mark_late",
    "mark_published",
    "mark_unknown",
    "members",
    "migrate",
    "migration_names",
    "move",
    "next_due_at",
    "post_of",
    "put_back",
    "recent",
    "record_comment",
    "record_interaction",
    "record_members",
    "record_reactions",
    "record_seen",
    "schedule",
    "settle",
    "steps",
    "stranded",
    "unsettled",
    "upcoming",
]
