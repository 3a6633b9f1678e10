"""The options that every verb takes, and the settings that bear on files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Annotated

import typer

from bot.batch.reading import STANDARD_INPUT, column_names, read_texts
from bot.batch.writing import Form, form_of
from bot.settings import Settings, environment

File = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE",
        help="One message a line, or a .csv with a column `text`; - or nothing is standard input.",
        show_default=False,
    ),
]
Column = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="NAME=HEADER",
        help="Read CSV, and take what we call NAME from the column HEADER.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Write one JSON object a line.")]
AsCsv = Annotated[
    bool, typer.Option("--csv", help="Write CSV, as into a pipe or a file; else a table.")
]
Seed = Annotated[int, typer.Option("--seed", help="The same seed, the same result.")]


def settings_for_files() -> Settings:
    """Read the settings, of which the ones for Telegram are not needed and not looked at.

    Raises
    ------
    SettingsError
        If another setting is wrong.
    """
    elsewhere = {"CHANNEL_ID": "", "WEBHOOK_URL": "", "WEBHOOK_PORT": "", "TELEGRAM_API_URL": ""}
    nobody = {"TELEGRAM_BOT_TOKEN": "0:no-token-is-needed-here", "OWNER_ID": "1"}
    return Settings.from_env(environment() | elsewhere | nobody)


def opened(
    context: typer.Context,
    file: str | None,
    column: list[str] | None,
    *,
    as_json: bool,
    as_csv: bool,
) -> tuple[Iterator[str], Form]:
    """Give the messages to work on and the form to write in; help where nothing is given.

    Raises
    ------
    InputError
        If the options are wrong; what is wrong in the file comes out when it is read.
    """
    if file is None and sys.stdin.isatty():
        typer.echo(context.get_help())
        raise typer.Exit
    form = form_of(as_json=as_json, as_csv=as_csv)
    return read_texts(file or STANDARD_INPUT, column_names(column or [], ["text"])), form
