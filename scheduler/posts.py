"""The words of scheduling: what a post is, its states, and what one try to publish can come to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

MediaKind = Literal["photo", "video", "document", "animation"]


class PostState(StrEnum):
    """Where a post stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHING = "publishing"  # claimed; a send may be on its way
    PUBLISHED = "published"
    FAILED = "failed"  # the network refused it
    UNKNOWN = "unknown"  # it may have arrived
    LATE = "late"  # its grace ran out before it could be sent
    CANCELLED = "cancelled"


class Decision(StrEnum):
    """What the owner says of a post that Soloist cannot settle by itself."""

    IT_IS_THERE = "it_is_there"
    SEND = "send"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Content:
    """What is to be published.

    `entities` is a JSON list of the Bot API's MessageEntity; with a medium, `text` is its caption.
    """

    text: str
    entities: str = "[]"
    media_kind: MediaKind | None = None
    file_id: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A row with a time. Every moment is in UTC and in whole seconds."""

    id: int
    channel_id: int
    text: str
    entities: str
    media_kind: MediaKind | None
    file_id: str | None
    publish_at: dt.datetime
    grace: dt.timedelta
    state: PostState
    n_tries: int
    claimed_at: dt.datetime | None  # when the last try began
    after_message_id: int | None  # the highest id known in the channel when that try began
    message_id: int | None
    reason: str | None
    created_at: dt.datetime

    @property
    def late_at(self) -> dt.datetime:
        """The moment from which it is no longer sent without asking."""
        return self.publish_at + self.grace


@dataclass(frozen=True, slots=True)
class Step:
    """One change in a post's life; `publish_at` is as it was after the change."""

    at: dt.datetime
    from_state: PostState | None
    to_state: PostState
    publish_at: dt.datetime
    why: str | None


class RefusedError(Exception):
    """A definite no from the network, in its own words: a second try would be refused too."""


class NotSentError(Exception):
    """It surely had no effect, so it may be tried again, after `retry_after` if that is given."""

    def __init__(self, message: str, retry_after: dt.timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class UncertainError(Exception):
    """It may or may not have arrived."""


class CannotLookError(Exception):
    """The channel does not let us see whether a post is there."""


Send = Callable[[Post], Awaitable[int]]
"""Publish a post and return its message id, or raise one of the first three errors above."""

Look = Callable[[Post], Awaitable[int | None]]
"""Return a post's message id, or None if it surely is not there; or raise CannotLookError."""
