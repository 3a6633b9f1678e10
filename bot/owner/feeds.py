"""How the owner says which feeds are followed."""

from __future__ import annotations

from telegram import Update

from bot import following, letters
from bot.context import App, Context
from bot.feeds.fetching import FeedError
from bot.store import feeds as store
from bot.taps import acknowledge, redraw
from bot.views import feeds as views

MOST = 20  # all of them stand in one message


async def feeds(update: Update, context: Context) -> None:
    """Show the feeds you follow, or follow one: /feeds https://example.org/feed.xml."""
    written, app = update.effective_message, context.app
    assert written and written.text  # the route's filter says so
    url = "".join(written.text.split()[1:])
    followed = store.followed(app.db)
    if not url:
        letters.tell_owner(app, views.followed(app.say, followed))
    elif len(followed) >= MOST:
        letters.tell_owner(app, views.too_many(app.say, MOST))
    else:
        await _follow(app, url if "://" in url else f"https://{url}")


async def _follow(app: App, url: str) -> None:
    try:
        feed, reading = await following.follow(app, url)
    except FeedError as error:
        letters.tell_owner(app, views.refused(app.say, error))
    else:
        letters.tell_owner(app, views.begun(app.say, feed, reading))


async def stop(update: Update, context: Context) -> None:
    """Follow a feed no longer."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    feed = store.leave(app.db, int(query.data.rpartition(":")[2]), app.now())
    await acknowledge(query)
    if feed:
        letters.tell_owner(app, views.stopped(app.say, feed))
    await redraw(query, views.followed(app.say, store.followed(app.db)))
