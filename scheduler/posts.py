"""The words of scheduling: what a post is, its states, and what one try to publish can come to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

MediaKind = Literal["photo", "video", "document", "animation"]
Preview = Literal["auto", "none", "small", "large"]

OWNER, SOLOIST = "owner", "soloist"
"""Who takes a step; a helper is `helper:ID`, with their numeric id."""


class PostState(StrEnum):
    """Where a post stands."""

    DRAFT = "draft"  # its time is only proposed
    WAITING = "waiting"  # for the owner's approval; its time is only proposed
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
class Medium:
    """A file of a post.

    Attributes
    ----------
    file_id : str
        Telegram's id of it; "" where only a copy is at hand.
    file : str
        Name of a copy in the folder of the media, for a file that did not come through Telegram.
    unique_id : str
        What Telegram calls the same file everywhere, if that is known; it cannot be sent.
    name : str
        What readers see a document called, if it has a name.
    """

    kind: MediaKind
    file_id: str
    file: str = ""
    spoiler: bool = False
    unique_id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll, or a quiz where `correct` (from 0) names the right option."""

    question: str
    options: tuple[str, ...]
    several: bool = False
    correct: int | None = None
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A button below a post that opens an address."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Content:
    """What is to be published: a text, one medium or an album with a caption, or a poll.

    Attributes
    ----------
    text : str
        Of a poll, what stands above its question.
    entities : str
        JSON list of the Bot API's MessageEntity, for `text`.
    media : tuple of Medium
        Two and more are an album, which has no buttons.
    buttons : tuple of rows
    silent, protected : bool
        Without a sound; not to be forwarded or saved.
    preview : Preview
        Of the first link in a text, or of `preview_url` where that is given.
    above : bool
        The caption above the medium, or the preview above the text.
    """

    text: str = ""
    entities: str = "[]"
    media: tuple[Medium, ...] = ()
    poll: Poll | None = None
    buttons: tuple[tuple[Button, ...], ...] = ()
    silent: bool = False
    protected: bool = False
    preview: Preview = "auto"
    preview_url: str = ""
    above: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a post comes from, and which others it belongs to.

    Attributes
    ----------
    by : str
        Who wrote it: `OWNER`, or a helper.
    source : str
        "" for a person's own; else "feed", "import", "series", "evergreen".
    set_id : int or None
        Id of the first of the posts that are one post in several channels.
    after_post_id : int or None
        The post that has to be published first; this one goes out right after it, as a reply.
    is_comment : bool
        It goes below that post in the discussion group, which then is its `channel_id`.
    series_id : int or None
        What repeats and made this post.
    occurrence : str
        Which one of the series it is, wherever it is moved to: the local time that the rule names,
        or that of the slot it fills.
    """

    by: str = OWNER
    source: str = ""
    set_id: int | None = None
    after_post_id: int | None = None
    is_comment: bool = False
    series_id: int | None = None
    occurrence: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """A row with a time. Every moment is in UTC and in whole seconds."""

    id: int
    channel_id: int
    content: Content
    publish_at: dt.datetime
    grace: dt.timedelta
    state: PostState
    n_tries: int
    claimed_at: dt.datetime | None  # when the last try began
    after_message_id: int | None  # the highest id known in the channel when that try began
    message_id: int | None  # the first, of an album
    reason: str | None
    origin: Origin
    created_at: dt.datetime

    @property
    def text(self) -> str:
        """The text, or the caption."""
        return self.content.text

    @property
    def late_at(self) -> dt.datetime:
        """The moment from which it is no longer sent without asking."""
        return self.publish_at + self.grace


@dataclass(frozen=True, slots=True)
class Step:
    """One change in a post's life; `publish_at` is as it was after the change."""

    at: dt.datetime
    by: str
    from_state: PostState | None
    to_state: PostState
    publish_at: dt.datetime
    why: str | None


@dataclass(frozen=True, slots=True)
class Publication:
    """One try to send a post to its channel.

    Attributes
    ----------
    outcome : str
        "sending", "not sent", or the state that the post came to by it.
    message_id : int or None
        The first, of an album.
    """

    id: int
    post_id: int
    channel_id: int
    began_at: dt.datetime
    ended_at: dt.datetime | None
    outcome: str
    message_id: int | None
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
    """The channel does not let us see whether a post is there; the sentence says why."""


class LookLaterError(Exception):
    """A post is not there, but it may still be on its way."""


Send = Callable[[Post], Awaitable[Sequence[int]]]
"""Publish a post and return its message ids, or raise one of the first three errors above."""

Look = Callable[[Post], Awaitable[Sequence[int]]]
"""Return a post's message ids, none if it surely is not there; or raise one of the last two."""
