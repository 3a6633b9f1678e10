"""How the owner takes what they have taught out as files, and brings files back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import PurePath

from telegram import Document, Update

from bot import letters
from bot.context import App, Context
from bot.store import answers as store
from bot.store.answers import NameTakenError, QuestionTakenError
from bot.taps import acknowledge, document_of, redraw
from bot.views import answer_files as views
from bot.views import answers as answers_views
from bot.views.say import View
from nlp.answers import Answer, AnswersError, read_csv, read_toml, write_csv, write_toml
from nlp.templates import TextError, compile_template

LARGEST = 1_000_000  # bytes: ten thousand questions, more than anybody teaches by hand
READERS = {".csv": read_csv, ".toml": read_toml}


@dataclass(frozen=True, slots=True)
class File:
    """A file that the owner has sent."""

    name: str
    content: bytes = field(repr=False)

    def line_of(self, words: str) -> int | None:
        """Give the line where these words stand, unless they are written in another way."""
        first, *_ = words.splitlines()
        at = self.content.find(first.encode())
        return None if at < 0 else self.content.count(b"\n", 0, at) + 1


def export(app: App) -> None:
    """Send everything that was taught as CSV, for a spreadsheet, and as TOML, for an editor."""
    taught = store.taught(app.db)
    if not taught:
        letters.tell_owner(app, answers_views.listing(app.say, [], 0, 0))
        return
    caption = views.exported(app.say, len(taught))
    # Without the mark at its beginning, Excel takes the file for one of another alphabet.
    letters.send_file(app, "answers.csv", f"\ufeff{write_csv(taught)}", caption)
    letters.send_file(app, "answers.toml", write_toml(taught), caption)


async def received(update: Update, context: Context) -> None:
    """Show what a file of answers would change."""
    sent, app = update.effective_message, context.app
    assert sent and sent.document  # the caller has looked
    if (sent.document.file_size or 0) > LARGEST:
        letters.tell_owner(app, views.too_big(app.say, sent.document.file_name or ""))
        return
    file = await fetch(sent.document)
    try:
        found = store.import_(app.db, await read(app, file))
    except (AnswersError, NameTakenError, QuestionTakenError) as error:
        letters.tell_owner(app, refused(app, file, error))
        return
    # The button finds the file again as the message that its own one replies to.
    letters.tell_owner(app, views.import_(app.say, file.name, found), reply_to=sent.message_id)


async def apply(update: Update, context: Context) -> None:
    """Apply a file that was looked at."""
    query, app = update.callback_query, context.app
    assert query  # the route's pattern says so
    document = document_of(query)
    if document is None:
        await acknowledge(query, views.send_again(app.say))
        return
    await acknowledge(query)
    file = await fetch(document)
    try:
        changed = store.take_over(app.db, await read(app, file), app.now())
    except (AnswersError, NameTakenError, QuestionTakenError) as error:
        await redraw(query, refused(app, file, error))
        return
    await redraw(query, views.learning(app.say))
    await app.in_force.refit()
    await redraw(query, views.imported(app.say, changed))


async def fetch(document: Document) -> File:
    """Fetch a file from Telegram."""
    content = await (await document.get_file()).download_as_bytearray()
    return File(document.file_name or "", bytes(content))


async def read(app: App, file: File) -> tuple[Answer, ...]:
    """Read a file of answers whose replies can all be filled in.

    Raises
    ------
    AnswersError
        At the first thing that is wrong.
    """
    reader = READERS[PurePath(file.name).suffix.lower()]
    answers = await asyncio.to_thread(reader, file.content, file.name)
    links = app.in_force.playbook.templates.links
    for answer in answers:
        for language, reply in answer.replies.items():
            try:
                compile_template(answer.name, {language: reply}, links)
            except TextError as error:
                raise AnswersError(file.name, file.line_of(reply), str(error)) from error
    return answers


def refused(
    app: App, file: File, error: AnswersError | NameTakenError | QuestionTakenError
) -> View:
    """Say what is wrong with a file."""
    if isinstance(error, AnswersError):
        return views.refused(app.say, str(error))
    words = error.question if isinstance(error, QuestionTakenError) else error.name
    return views.contradicts(app.say, file.name, file.line_of(words), error)
