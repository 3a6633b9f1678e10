"""Carries plans out in the tick: what repeats is written, free slots are filled, the owner told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial

from bot import letters, placing
from bot.context import App
from bot.store import channels
from bot.store.channels import Channel
from bot.views import plans as views
from scheduler import planning
from scheduler.planning import Extension
from scheduler.posts import Origin, Post
from scheduler.store import series as store
from scheduler.store.series import Series


def extend_due(app: App) -> None:
    """Write what comes next of all that repeats, and tell the owner what they should know.

    It can be called at any moment, and does all or nothing. Call it before posts are published: it
    takes those back that were missed while the program was not running, about which the owner
    would be asked otherwise.
    """
    targets = channels.targets(app.db, app.settings.channel_id)
    if not targets:
        return
    now, zone = app.now(), app.settings.timezone
    with app.db.atomic():
        for extended in planning.extend(app.db, now, zone, partial(_place, app, targets)):
            _tell(app, extended)
        if not any(series.state == "on" for series in store.going(app.db, "evergreen")):
            return
        for channel in targets:
            place = partial(_place, app, [channel])
            for filled in planning.fill(
                app.db, channel.id, now, zone, place, offset=channel.offset
            ):
                post = filled.posts[0]
                view = views.filled(app.say, filled.series, post, channel.title)
                letters.tell_owner(app, view, silent=True, post_id=post.id)


def next_extension_at(app: App) -> dt.datetime | None:
    """Give when `extend_due` should be called next; free slots wait for the heartbeat."""
    return store.next_extension_at(app.db)


def _place(
    app: App, chosen: Sequence[Channel], series: Series, at: dt.datetime, occurrence: str
) -> list[Post]:
    source = "series" if series.rule else "evergreen"
    origin = Origin(source=source, series_id=series.id, occurrence=occurrence)
    return placing.place(app, series.content, at, origin=origin, channels=chosen)


def _tell(app: App, extended: Extension) -> None:
    """Tell what was missed, and that a series has come to its end."""
    series, now = extended.series, app.now()
    if extended.n_missed:
        next_at = planning.next_at(app.db, series, now, app.settings.timezone)
        letters.tell_owner(app, views.missed(app.say, series, extended.n_missed, next_at))
    elif series.state == "ended":
        letters.tell_owner(app, views.over(app.say, series), silent=True)
