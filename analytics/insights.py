"""What happened between two moments, beside the stretch of equal length before it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import pandas as pd

from analytics.frames import HISTORY, MESSAGES, enough, require, require_aware
from analytics.shares import Share, share

N_LAST_POSTS = 5

Count = Literal[
    "n_customers", "n_messages", "n_answered", "n_handed_off", "n_silent", "n_posts", "engagement"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What was counted from `since` up to, but not including, `until`.

    `engagement` is the reactions and comments of the posts published in the
    period; `sentiments` holds the share of each label among the messages that
    have one, the most frequent first, and is empty where none has.
    """

    since: dt.datetime
    until: dt.datetime
    n_customers: int
    n_messages: int
    n_answered: int
    n_handed_off: int
    n_silent: int
    sentiments: Mapping[str, Share]
    n_posts: int
    engagement: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostEngagement:
    """One published post; `members` is None where they were not counted."""

    post: int
    text: str
    published_at: dt.datetime
    reactions: int
    comments: int
    members: int | None

    @property
    def engagement(self) -> int:
        """Reactions and comments."""
        return self.reactions + self.comments

    @property
    def rate(self) -> float | None:
        """Engagement per member, where members were counted."""
        return self.engagement / self.members if self.members else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Insights:
    """The period asked for, the one before, and the last posts, newest first.

    `preceding` is None where the records begin too late to fill it: a bot that
    is three days old has not "grown" since the week before.
    """

    current: Period
    preceding: Period | None
    posts: tuple[PostEngagement, ...]
    as_of: dt.datetime

    def change(self, count: Count) -> float | None:
        """Return the relative change of `count`, 0.5 for half as many again; None if unknown."""
        before = getattr(self.preceding, count) if self.preceding else 0
        return getattr(self.current, count) / before - 1 if before else None


def summarize(
    messages: pd.DataFrame, history: pd.DataFrame, since: dt.datetime, until: dt.datetime
) -> Insights:
    """Count what happened from `since` up to, but not including, `until`.

    Raises
    ------
    FrameError
        If a frame breaks its contract.
    ValueError
        If a moment has no time zone, or `since` is not before `until`.
    NotEnoughDataError
        If nothing at all was recorded before `until`.
    """
    require_aware("since", since)
    require_aware("until", until)
    if since >= until:
        raise ValueError(f"since ({since}) must be before until ({until}).")
    messages, history = require(messages, MESSAGES), require(history, HISTORY)
    messages = messages[messages["sent_at"] < until]
    history = history[history["published_at"] < until]
    enough("messages or posts", found=len(messages) + len(history), needed=1)

    recorded_since = min([*messages["sent_at"], *history["published_at"]])
    before = since - (until - since)
    return Insights(
        current=_period(messages, history, since, until),
        preceding=_period(messages, history, before, since) if recorded_since <= before else None,
        posts=_last_posts(history),
        as_of=until,
    )


def _period(
    messages: pd.DataFrame, history: pd.DataFrame, since: dt.datetime, until: dt.datetime
) -> Period:
    messages = messages[messages["sent_at"].between(since, until, inclusive="left")]
    history = history[history["published_at"].between(since, until, inclusive="left")]
    outcomes = messages["outcome"].value_counts()
    labels = messages["sentiment"].value_counts()
    n_labelled = int(labels.sum())
    return Period(
        since=since,
        until=until,
        n_customers=messages["customer"].nunique(),
        n_messages=len(messages),
        n_answered=int(outcomes.get("answered", 0)),
        n_handed_off=int(outcomes.get("handed_off", 0)),
        n_silent=int(outcomes.get("silent", 0)),
        sentiments=MappingProxyType(
            {str(label): share(int(count), n_labelled) for label, count in labels.items()}
        ),
        n_posts=len(history),
        engagement=int(history["reactions"].sum() + history["comments"].sum()),
    )


def _last_posts(history: pd.DataFrame) -> tuple[PostEngagement, ...]:
    newest = history.sort_values(["published_at", "post"]).tail(N_LAST_POSTS).iloc[::-1]
    return tuple(
        PostEngagement(
            post=post["post"],
            text=post["text"],
            published_at=post["published_at"].to_pydatetime(),
            reactions=post["reactions"],
            comments=post["comments"],
            members=int(post["members"]) if post["members"] > 0 else None,
        )
        for post in newest.to_dict("records")
    )
