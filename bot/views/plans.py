"""What the owner is told while plans are carried out."""

from __future__ import annotations

import datetime as dt

from markupsafe import Markup

from bot.views import times
from bot.views.posts import button
from bot.views.say import Say, View, lines
from bot.views.series import excerpt
from scheduler.posts import Post
from scheduler.store.series import Series


def filled(say: Say, series: Series, post: Post, channel: str) -> View:
    """Say which evergreen post fills a free slot."""
    return View(
        lines(
            say(
                "♻️ Nothing was planned for {when} in <b>{channel}</b>, so an evergreen post goes "
                "out then:",
                when=times.moment(say, post.publish_at),
                channel=channel,
            ),
            Markup("<blockquote>%s</blockquote>") % excerpt(say, series.content),
        ),
        (
            (
                button(say("Cancel"), "cancel", post),
                button(say("Move"), "move", post),
            ),
        ),
    )


def missed(say: Say, series: Series, n: int, next_at: dt.datetime | None) -> View:
    """Say how many occurrences have passed while nothing could be published."""
    told = say.counted(
        "⏭ One post was missed while nothing could go out; I do not make up for it:",
        "⏭ {n} posts were missed while nothing could go out; I do not make up for them:",
        n,
    )
    return View(
        lines(
            told,
            Markup("<blockquote>%s</blockquote>") % excerpt(say, series.content),
            say("It comes next on {when}.", when=times.moment(say, next_at))
            if next_at
            else say("🏁 It does not come again."),
        )
    )


def over(say: Say, series: Series) -> View:
    """Say that a series has come to its end."""
    return View(
        lines(
            say("🏁 Its number or its day is reached; this does not come again:"),
            Markup("<blockquote>%s</blockquote>") % excerpt(say, series.content),
        )
    )
