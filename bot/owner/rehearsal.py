"""How the owner tries a change on what customers wrote before, and then switches it on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import PurePath

from telegram import Document, Message, Update

from bot import letters
from bot.context import App, Context
from bot.owner import answer_files
from bot.owner.answer_files import File
from bot.playbook_files import RULES, TEMPLATES
from bot.store import answers, past
from bot.store.answers import NameTakenError, QuestionTakenError
from bot.taps import acknowledge, document_of, redraw
from bot.views import answer_files as answer_views
from bot.views import rehearsal as views
from nlp.answers import AnswersError
from nlp.playbook import Playbook
from nlp.rehearsal import Difference, compare
from nlp.toml_text import FileError, decode, parse

USUALLY, AT_MOST = 200, 1_000  # messages; a thousand take about half a minute of one core


async def rehearse(update: Update, context: Context) -> None:
    """Try a changed file on what customers wrote, before it is in force."""
    written, app = update.effective_message, context.app
    assert written  # the route's filter says so
    sent = written if written.document else written.reply_to_message
    n = _number((written.text or written.caption or "").split()[1:])
    if sent is None or sent.document is None:
        letters.tell_owner(app, views.how(app.say))
    elif n > AT_MOST:
        letters.tell_owner(app, views.too_many(app.say, AT_MOST))
    else:
        try:
            file = await _fetch(sent.document)
            await _show(app, sent, file, n)
        except FileError as error:
            letters.tell_owner(app, views.refused(app.say, str(error)))


async def _show(app: App, sent: Message, file: File, n: int) -> None:
    """Show what a file would change, with the button that switches it on.

    Raises
    ------
    FileError
        If it cannot be used.
    """
    if _holds_answers(file):
        try:
            taught = await answer_files.read(app, file)
            answers.import_(app.db, taught)
        except (AnswersError, NameTakenError, QuestionTakenError) as error:
            letters.tell_owner(app, answer_files.refused(app, file, error))
            return
        button, after = views.TEACH, await app.in_force.imagine({}, taught)
    else:
        button, after = views.SWITCH_ON, await app.in_force.imagine(_texts(file))
    differences, n_messages = await differ(app, after, n)
    # The button finds the file again as the message that its own one replies to.
    view = views.rehearsed(app.say, differences, n_messages, button)
    letters.tell_owner(app, view, reply_to=sent.message_id)
    if len(differences) > views.SHOWN:
        table = views.as_csv(app.say, differences)
        letters.send_file(app, "rehearsal.csv", table, views.caption(app.say, len(differences)))


async def differ(app: App, after: Playbook, n: int = USUALLY) -> tuple[list[Difference], int]:
    """Find which of the last `n` messages would fare differently; gives how many there were."""
    messages = past.latest(app.db, n)
    before, sentiment = app.in_force.playbook, app.sentiment

    def found() -> list[Difference]:
        compared = compare(messages, before=before, after=after, sentiment=sentiment)
        return [each for each in compared if each.is_one]

    return await asyncio.to_thread(found), len(messages)


async def switch_on(update: Update, context: Context) -> None:
    """Put rehearsed rules or templates in force."""
    query, app = update.callback_query, context.app
    assert query  # the route's pattern says so
    document = document_of(query)
    if document is None:
        await acknowledge(query, answer_views.send_again(app.say))
        return
    await acknowledge(query)
    try:
        await app.in_force.change(_texts(await _fetch(document)))
    except FileError as error:
        letters.tell_owner(app, views.refused(app.say, str(error)))
    else:
        await redraw(query, views.switched_on(app.say))


async def _fetch(document: Document) -> File:
    """Fetch a file of the kinds that can be rehearsed.

    Raises
    ------
    FileError
        If it is of another kind, or too big to be one of these.
    """
    source = document.file_name or ""
    if PurePath(source).suffix.lower() not in answer_files.READERS:
        reason = "I take rules.toml, templates.toml, answers.csv and answers.toml"
        raise FileError(source, None, reason)
    if (document.file_size or 0) > answer_files.LARGEST:
        raise FileError(source, None, "it is too big; I take files up to 1 MB")
    return await answer_files.fetch(document)


def _holds_answers(file: File) -> bool:
    is_table = PurePath(file.name).suffix.lower() == ".csv"
    return is_table or "answer" in parse(decode(file.content, file.name), file.name)


def _texts(file: File) -> Mapping[str, str]:
    """Give rules or templates by the name of the owner's file that they are for."""
    text = decode(file.content, file.name)
    return {RULES if "rule" in parse(text, file.name) else TEMPLATES: text}


def _number(words: list[str]) -> int:
    """Give how many messages are asked for."""
    return int(words[0]) if words and words[0].isdecimal() else USUALLY
