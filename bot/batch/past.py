"""`python -m bot past`: take in the history of a channel that Telegram Desktop has exported."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from markupsafe import Markup

from bot.batch.options import settings_for_files
from bot.batch.reading import InputError
from bot.database import open_database, patiently
from bot.store import channels
from bot.telegram_export import Export, ExportError, read_export
from bot.views import past_posts as views
from bot.views.say import Say
from scheduler.store import past as store

ExportFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="The result.json that Telegram Desktop wrote.")
]
ChannelId = Annotated[
    int | None,
    typer.Option(
        "--channel",
        metavar="ID",
        help="Take in this channel although the bot is not in it.",
        show_default=False,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def past(file: ExportFile, *, channel: ChannelId = None, yes: Yes = False) -> None:
    """Take in what a channel held before the bot came, from Telegram Desktop's JSON export.

    Shows what is new and asks first; all of it is taken in, or nothing. The bot may run meanwhile.
    """
    settings = settings_for_files()
    say = Say("en", settings.timezone)
    try:
        with file.open("rb") as stream, closing(open_database(settings.database)) as db:
            export = read_export(stream, settings.timezone)
            known = channels.find(db, export.channel_id)
            if known is None or channel is not None:
                _require_meant(export, channel)
            store.stage(db, export.messages)
            found = store.compare(db, export.channel_id)
            typer.echo(_plain(views.contents(say, export.title, found, known)))
            if not (found.n_new or found.n_changed) or not (yes or _is_wanted()):
                return
            now = dt.datetime.now(dt.UTC)
            asyncio.run(patiently(lambda: store.take_in(db, export.channel_id, now)))
            channels.name(db, export.channel_id, export.title, now)
            typer.echo(_plain(views.taken(say, export.title, found).text))
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from error
    except ExportError as error:
        raise InputError(f"{file}: {_plain(views.problem(say, error))}") from error


def _require_meant(export: Export, channel: int | None) -> None:
    """Refuse an export of a channel that is not the owner's, unless it is named.

    Raises
    ------
    InputError
    """
    if channel is None:
        raise InputError(
            f"This is the history of “{export.title}”, where the bot is not. To count its posts "
            f"all the same, add --channel {export.channel_id}"
        )
    if channel != export.channel_id:
        raise InputError(
            f"This is the history of “{export.title}” ({export.channel_id}), not of {channel}."
        )


def _is_wanted() -> bool:
    """Ask whether to go on; where nobody can answer, say how."""
    if sys.stdin.isatty():
        return typer.confirm("Take them in?")
    typer.echo("Nothing is taken in. To do it, add --yes")
    return False


def _plain(text: Markup) -> str:
    """Take the formatting off, line by line."""
    return "\n".join(line.striptags() for line in text.splitlines())
