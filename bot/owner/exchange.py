"""How the owner brings posts in as a file, and takes them out as one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import PurePath

from telegram import Document, Update

from bot import letters, placing
from bot.context import App, Context
from bot.exchange import judging, tables, taking, writing
from bot.exchange.judging import Verdict
from bot.exchange.remarks import Level, TableError
from bot.exchange.tables import Table
from bot.owner import answer_files, past_posts
from bot.store import approval
from bot.taps import acknowledge, document_of, redraw
from bot.views import answer_files as answer_views
from bot.views import exchange as views
from bot.views.say import View
from scheduler import store
from scheduler.posts import Post, PostState

MOST_CARDS = 5  # a card for each post to be approved, but no flood of them
NAMES = {"ics": "posts.ics", "csv": "posts.csv", "json": "posts.json"}


async def received(update: Update, context: Context) -> None:
    """Show what a file of posts would bring; one of answers or of a channel goes where it belongs.

    Telegram Desktop calls each export the same, and so people rename them.
    """
    sent, app = update.effective_message, context.app
    assert sent and sent.document  # the caller has looked
    name = sent.document.file_name or ""
    kind = PurePath(name).suffix.lower()
    if (sent.document.file_size or 0) > tables.LARGEST:
        if kind == ".json":
            await past_posts.received(update, context)
            return
        letters.tell_owner(app, views.no_table(app.say, name, tables.too_big()))
        return
    raw = await _fetched(sent.document)
    if kind == ".csv" and not tables.is_of_posts(raw):
        await answer_files.received(update, context)
        return
    try:
        table, verdicts = await _judged(app, raw)
    except TableError as error:
        if error.remark.kind == "telegram_export":
            await past_posts.received(update, context)
        else:
            letters.tell_owner(app, views.no_table(app.say, name, error))
        return
    if views.is_long(verdicts):
        rows = tables.csv_text([views.COLUMNS, *views.table(app.say, verdicts)])
        letters.send_file(app, "verdicts.csv", rows, views.verdicts_file(app.say, name))
    # The button finds the file again as the message that its own one replies to.
    letters.tell_owner(app, _card(app, name, table, verdicts), reply_to=sent.message_id)


async def leave(update: Update, context: Context) -> None:
    """Take nothing of a file that was looked at."""
    query, app = update.callback_query, context.app
    assert query  # the route's pattern says so
    await acknowledge(query)
    await redraw(query, views.left(app.say))


async def take(update: Update, context: Context) -> None:
    """Take all posts of a file that was looked at, or none where time has made one impossible."""
    query, app = update.callback_query, context.app
    assert query  # the route's pattern says so
    document = document_of(query)
    if document is None:
        await acknowledge(query, answer_views.send_again(app.say))
        return
    await acknowledge(query)
    raw, name = await _fetched(document), document.file_name or ""
    table, verdicts = await _judged(app, raw)  # the file was a table when the button was made
    if any(verdict.level is Level.REFUSED for verdict in verdicts):
        await redraw(query, _card(app, name, table, verdicts))
        return
    waits = approval.is_on(app.db)
    posts = taking.take(
        app.db,
        verdicts,
        file=taking.digest(raw),
        now=app.now(),
        grace=app.settings.grace,
        state=PostState.WAITING if waits else PostState.SCHEDULED,
    )
    placing.arm(app)
    if waits:
        _ask_for_approval(app, posts)
    await redraw(query, views.taken(app.say, posts, waits=waits))


async def export(update: Update, context: Context) -> None:
    """Take your posts out: for a calendar, for a spreadsheet, or as JSON."""
    letters.tell_owner(context.app, views.ways_out(context.app.say))


async def export_as(update: Update, context: Context) -> None:
    """Send the posts in the form that was tapped."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    await acknowledge(query)
    form = query.data.partition(":")[2]
    stock = writing.stock(app.db)
    if not stock.posts:
        letters.tell_owner(app, views.nothing_to_export(app.say))
        return
    zone = app.settings.timezone
    text = await asyncio.to_thread(writing.written, stock, form, app.now(), zone)
    letters.send_file(app, NAMES[form], text, views.exported(app.say, stock))


async def _judged(app: App, raw: bytes) -> tuple[Table, list[Verdict]]:
    settings = app.settings
    around = judging.surroundings(app.db, settings.channel_id, app.now(), settings.timezone)
    table = await asyncio.to_thread(tables.read, raw)
    return table, await asyncio.to_thread(judging.judge, table, around)


def _card(app: App, name: str, table: Table, verdicts: Sequence[Verdict]) -> View:
    return views.judged(app.say, name, table, verdicts, waits=approval.is_on(app.db))


def _ask_for_approval(app: App, posts: Sequence[Post]) -> None:
    """Show the first cards; /drafts has them all."""
    first_of_set = [post for post in posts if post.origin.set_id in {None, post.id}]
    for post in first_of_set[:MOST_CARDS]:
        letters.ask_approval(app, store.get(app.db, post.id))


async def _fetched(document: Document) -> bytes:
    return bytes(await (await document.get_file()).download_as_bytearray())
