"""`python -m bot import` and `export`: posts as files, in the database of the settings."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from sqlite_utils import Database

from bot.batch.options import AsJson
from bot.batch.reading import STANDARD_INPUT, InputError, content
from bot.batch.writing import form_of, write
from bot.database import open_database
from bot.exchange import judging, tables, taking, writing
from bot.exchange.judging import Verdict
from bot.exchange.remarks import Level, TableError
from bot.exchange.tables import Table
from bot.settings import Settings, environment
from bot.store import approval
from bot.views import exchange as views
from bot.views.say import Say
from scheduler.posts import PostState

Posts = Annotated[str, typer.Argument(metavar="FILE", help="CSV or JSON; - is standard input.")]
Target = Annotated[
    str, typer.Argument(metavar="[FILE]", help="Where to; - or nothing is standard output.")
]
Form = Annotated[str, typer.Argument(metavar="ics|csv|json", help="The form of the file.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would become of each row.")]


def import_(file: Posts, *, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Take the posts of a CSV or JSON file: all of them, or none.

    A bot that runs on the same database notices them within half a minute.
    """
    settings = _settings()
    say = Say("en", settings.timezone)
    raw, now = content(file), dt.datetime.now(dt.UTC)
    db = _opened(settings)
    around = judging.surroundings(db, settings.channel_id, now, settings.timezone)
    try:
        table = tables.read(raw)
    except TableError as error:
        raise InputError(views.plain(views.where(say, _name(file), error))) from error
    if unread := views.unread(say, table):
        typer.echo(f"{_name(file)}: {unread}", err=True)
    verdicts = judging.judge(table, around)
    refused = [verdict for verdict in verdicts if verdict.level is Level.REFUSED]
    if dry_run or as_json:
        write(views.COLUMNS, views.table(say, verdicts), form_of(as_json=as_json, as_csv=False))
    else:
        _remark(say, file, table, [verdict for verdict in verdicts if verdict.remarks])
    if refused:
        raise InputError(
            f"{len(refused)} of {len(verdicts)} rows are refused, so nothing is taken: correct "
            "them and begin again."
        )
    if dry_run:
        return
    posts = taking.take(
        db,
        verdicts,
        file=taking.digest(raw),
        now=now,
        grace=settings.grace,
        state=PostState.WAITING if approval.is_on(db) else PostState.SCHEDULED,
    )
    typer.echo(views.plain(views.taken(say, posts, waits=approval.is_on(db)).text), err=True)


def export(form: Form, file: Target = STANDARD_INPUT) -> None:
    """Write what is scheduled and published, for a calendar, a spreadsheet or a program."""
    if form not in writing.FORMS:
        raise InputError(f"{form} is no form: write one of {', '.join(writing.FORMS)}.")
    settings = _settings()
    db = _opened(settings)
    now = dt.datetime.now(dt.UTC)
    stock = writing.stock(db)
    text = writing.written(stock, form, now, settings.timezone).encode()
    if file == STANDARD_INPUT:
        sys.stdout.buffer.write(text)
    else:
        try:
            Path(file).write_bytes(text)
        except OSError as error:
            raise InputError(f"{file} cannot be written: {error.strerror}.") from error
    say = Say("en", settings.timezone)
    typer.echo(views.plain(views.exported(say, stock).text), err=True)


def _settings() -> Settings:
    """Read the settings, of which the token and the owner are not needed here."""
    nobody = {"TELEGRAM_BOT_TOKEN": "0:no-token-is-needed-here", "OWNER_ID": "1"}
    return Settings.from_env(environment() | nobody | {"WEBHOOK_URL": ""})


def _opened(settings: Settings) -> Database:
    if not settings.database.exists():
        raise InputError(
            f"{settings.database} does not exist: start the bot once, or name the right file in "
            "DATABASE."
        )
    return open_database(settings.database)


def _remark(say: Say, file: str, table: Table, verdicts: Sequence[Verdict]) -> None:
    kind = "line" if table.has_lines else "post"
    for verdict in verdicts:
        said = views.plain(views.said(say, verdict))
        typer.echo(f"{_name(file)}, {kind} {verdict.row.place}: {verdict.level}: {said}", err=True)


def _name(file: str) -> str:
    return "standard input" if file == STANDARD_INPUT else file
