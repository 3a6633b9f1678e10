"""Writes posts into channels, and takes the steps that a post takes in all of its channels."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.context import App
from bot.store import channels as connected
from bot.store import follow_ups
from bot.store.channels import Channel
from scheduler import store
from scheduler.posts import OWNER, Content, Origin, Post, PostState

OWN = Origin()


class NoChannelError(Exception):
    """No channel is connected that posts could go to."""


def targets(app: App) -> list[Channel]:
    """Give the channels that posts go to.

    Raises
    ------
    NoChannelError
    """
    found = connected.targets(app.db, app.settings.channel_id)
    if not found:
        raise NoChannelError
    return found


def place(
    app: App,
    content: Content,
    publish_at: dt.datetime,
    *,
    state: PostState = PostState.SCHEDULED,
    origin: Origin = OWN,
    reason: str | None = None,
    request_id: str | None = None,
    channels: Sequence[Channel] | None = None,
    grace: dt.timedelta | None = None,
    pin: bool = False,
) -> list[Post]:
    """Write a post for each of the channels, later by the offset of each, and set the clock.

    Parameters
    ----------
    request_id : str, optional
        What asked for it: asked twice, the same posts are given again.
    channels : sequence of Channel, optional
        The chosen ones if not given.
    grace : timedelta, optional
        That of the settings if not given.
    pin : bool
        Have it pinned when it is out.

    Raises
    ------
    NoChannelError
    """
    chosen = targets(app) if channels is None else list(channels)
    if not chosen:
        raise NoChannelError
    posts: list[Post] = []
    with store.durable(app.db):
        for channel in chosen:
            post = store.schedule(
                app.db,
                channel.id,
                content,
                publish_at + channel.offset,
                now=app.now(),
                grace=grace or app.settings.grace,
                state=state,
                origin=replace(origin, set_id=posts[0].id) if posts else origin,
                reason=reason,
                # the first keeps the name itself, which is looked for
                request_id=request_id and f"{request_id} {channel.id}" if posts else request_id,
            )
            if not posts and len(chosen) > 1:
                post = store.begin_set(app.db, post.id)
            if pin and not store.errands_of(app.db, post.id):  # and not asked twice
                store.add_errand(app.db, post.id, "pin", delay=dt.timedelta())
            posts.append(post)
    arm(app)
    return posts


def place_after(app: App, post: Post, content: Content, *, group_id: int | None = None) -> Post:
    """Let a content go out right after a post: as a reply, or as a comment in the group."""
    placed = store.schedule(
        app.db,
        group_id or post.channel_id,
        content,
        post.publish_at,
        now=app.now(),
        grace=post.grace,
        state=post.state if post.state in PENDING else PostState.SCHEDULED,
        origin=Origin(by=post.origin.by, after_post_id=post.id, is_comment=bool(group_id)),
    )
    arm(app)
    return placed


PENDING = (PostState.DRAFT, PostState.WAITING)
"""The states in which a post has yet to be let out."""


def approve(app: App, post: Post, publish_at: dt.datetime) -> Post:
    """Schedule a draft in all its channels, the offsets kept, with what follows it.

    Raises
    ------
    WrongStateError
        It is no draft any more.
    """
    shift = publish_at - post.publish_at

    def step(each: Post) -> Post:
        for follower in store.followers(app.db, each.id):
            if follower.state in PENDING:
                store.approve(app.db, follower.id, each.publish_at + shift, app.now())
        return store.approve(app.db, each.id, each.publish_at + shift, app.now())

    return _in_all(app, post, step, PENDING)


def move(app: App, post: Post, publish_at: dt.datetime) -> Post:
    """Give a scheduled or late post another time in all its channels, the offsets kept.

    Raises
    ------
    WrongStateError
        It is on its way, out, or settled.
    """
    shift = publish_at - post.publish_at

    def step(each: Post) -> Post:
        return store.move(app.db, each.id, each.publish_at + shift, app.now())

    return _in_all(app, post, step, (PostState.SCHEDULED, PostState.LATE))


def cancel(app: App, post: Post, *, by: str = OWNER) -> Post:
    """Take a post back in all the channels where it is not out yet.

    Raises
    ------
    WrongStateError
        It is on its way, out, or settled.
    """

    def step(each: Post) -> Post:
        return store.cancel(app.db, each.id, app.now(), by=by)

    return _in_all(app, post, step, (*PENDING, PostState.SCHEDULED, PostState.LATE))


def _in_all(
    app: App, post: Post, step: Callable[[Post], Post], states: Sequence[PostState]
) -> Post:
    """Take a step with the post itself, and with those of its set that stand where it may be."""
    with store.durable(app.db):
        taken = step(post)
        for each in store.set_of(app.db, post):
            if each.id != post.id and each.state in states:
                step(each)
    arm(app)
    return taken


def arm(app: App) -> None:
    """Set the clock to what is due first."""
    due = (
        store.next_due_at(app.db),
        store.next_errand_at(app.db),
        follow_ups.next_due_at(app.db),
    )
    app.clock.arm(min(filter(None, due), default=None))
