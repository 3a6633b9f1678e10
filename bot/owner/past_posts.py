"""How the owner brings the history of a channel along, as Telegram Desktop exports it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from io import BytesIO

from telegram import Document, Update
from telegram.constants import FileSizeLimit

from bot import letters
from bot.context import App, Context
from bot.store import channels
from bot.taps import acknowledge, document_of, redraw
from bot.telegram_export import ExportError, read_export
from bot.views import answer_files as answer_views
from bot.views import past_posts as views
from scheduler.store import past
from scheduler.store.past import Comparison, PastMessage


@dataclass(frozen=True, slots=True)
class History:
    """An export that was read to its end."""

    channel_id: int
    title: str
    messages: tuple[PastMessage, ...]


async def received(update: Update, context: Context) -> None:
    """Show what an export of a channel would add."""
    sent, app = update.effective_message, context.app
    assert sent and sent.document  # the caller has looked
    size = sent.document.file_size or 0
    if size > FileSizeLimit.FILESIZE_DOWNLOAD:
        view = views.too_big(app.say, size, FileSizeLimit.FILESIZE_DOWNLOAD)
        letters.tell_owner(app, view)
        return
    try:
        history = await _read(app, sent.document)
    except ExportError as error:
        letters.tell_owner(app, views.refused(app.say, error))
        return
    found = _compare(app, history)
    past.discard(app.db)
    channel = channels.find(app.db, history.channel_id)
    # The button finds the file again as the message that its own one replies to.
    view = views.summary(app.say, history.title, found, channel)
    letters.tell_owner(app, view, reply_to=sent.message_id)


async def tap(update: Update, context: Context) -> None:
    """Take an export in that was looked at, or leave it."""
    query, app = update.callback_query, context.app
    assert query  # the route's pattern says so
    if query.data == "past:leave":
        await acknowledge(query)
        await redraw(query, views.left(app.say))
        return
    document = document_of(query)
    if document is None:
        await acknowledge(query, answer_views.send_again(app.say))
        return
    await acknowledge(query)
    try:
        history = await _read(app, document)
    except ExportError as error:
        await redraw(query, views.refused(app.say, error))
        return
    found = _compare(app, history)
    past.take_in(app.db, history.channel_id, app.now())
    past.discard(app.db)
    channels.name(app.db, history.channel_id, history.title, app.now())
    await redraw(query, views.taken(app.say, history.title, found))


async def _read(app: App, document: Document) -> History:
    """Fetch an export from Telegram, and read it.

    Raises
    ------
    ExportError
    """
    content = await (await document.get_file()).download_as_bytearray()

    def read() -> History:
        export = read_export(BytesIO(content), app.settings.timezone)
        return History(export.channel_id, export.title, tuple(export.messages))

    return await asyncio.to_thread(read)


def _compare(app: App, history: History) -> Comparison:
    """Lay the messages aside and compare them; nothing else may be awaited before they are used."""
    past.stage(app.db, history.messages)
    return past.compare(app.db, history.channel_id)
