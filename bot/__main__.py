"""The command line: `run`, `playground`, `check`, `backup`, `restore`, and the verbs for files."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot import checks, logs, memory
from bot.app import build, utc_now
from bot.backup import BackupError, Counts, back_up
from bot.backup import restore as put_back
from bot.batch.bursts import bursts
from bot.batch.forecast import forecast
from bot.batch.match import match
from bot.batch.past import past
from bot.batch.posts import export, import_
from bot.batch.profiles import profiles
from bot.batch.reading import InputError
from bot.batch.rehearse import rehearse
from bot.batch.segments import segments
from bot.batch.sentiment import sentiment
from bot.checks import Finding
from bot.database import DatabaseError, open_database, sole_bot
from bot.running import StartError, running
from bot.settings import Settings, SettingsError, environment
from bot.systemd import Systemd
from nlp.model import ModelError
from nlp.toml_text import FileError

cli = typer.Typer(
    help="Soloist: the social-media desk of a one-person company, in one Telegram chat.\n\n"
    "Without a command: the bot if .env holds a token, otherwise the playground.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,  # its tracebacks show local variables, the token among them
    add_completion=False,
)

PLAYGROUND_OWNER = 1000
DEMO_SHOP = {"SHOP_NAME": "My shop", "SHOP_HOURS": "9:00–18:00"}
VERBS = (sentiment, match, rehearse, export, past, segments, profiles, forecast, bursts)


@cli.callback()
def main(context: typer.Context) -> None:
    """Run the bot if .env holds a token, otherwise the playground."""
    if context.invoked_subcommand is None:
        if environment().get("TELEGRAM_BOT_TOKEN"):
            run()
        else:
            playground()


@cli.command()
def run() -> None:
    """Run the bot with the settings in .env."""
    settings = _settings(environment())
    logs.configure(settings.telegram_bot_token)
    _finish(_run(settings))


@cli.command()
def playground(
    port: Annotated[int, typer.Option(help="Port of the page; 0 takes a free one.")] = 8081,
    host: Annotated[str, typer.Option(help="Loopback only.")] = "127.0.0.1",
    bot: Annotated[
        bool, typer.Option(help="Also run the bot; without it, any bot can be tried.")
    ] = True,
    limits: Annotated[bool, typer.Option(help="Answer 429 as Telegram does.")] = False,
    token: Annotated[str, typer.Option(help="Token of the bot, if it must be a given one.")] = "",
) -> None:
    """Run a Telegram of your own on this machine, with the bot in it: no account, no token."""
    chosen = token or f"4242:{secrets.token_urlsafe(26)}"
    logs.configure(chosen)
    _finish(_play(host, port, chosen, with_bot=bot, limits=limits))


@cli.command()
def check(
    live: Annotated[
        bool, typer.Option("--live", help="Ask instead how the running bot is; needs no network.")
    ] = False,
) -> None:
    """Test token, owner, channel rights, database and models; print what is wrong."""
    settings = _settings(environment())
    logs.configure(settings.telegram_bot_token)
    found = checks.check_live(settings, utc_now()) if live else checks.check(settings)
    if not asyncio.run(_print_findings(found)):
        raise typer.Exit(1)


@cli.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to; a new file.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Copy the database into a file, whole and checked; the bot may go on running."""
    counts = back_up(_settings(environment()).database, file, force=force)
    typer.echo(f"{file} holds {_in_words(counts)}.")


@cli.command()
def restore(file: Annotated[Path, typer.Argument(help="What `backup` has made.")]) -> None:
    """Put a backup in the place of the database, which is kept; the bot must be stopped."""
    database = _settings(environment()).database
    restored = put_back(database, file, utc_now())
    typer.echo(f"{database} holds {_in_words(restored.counts)}, as {file} does.")
    if restored.aside:
        typer.echo(f"What was there before is in {restored.aside}.")


for verb in VERBS:
    cli.command()(verb)
cli.command("import")(import_)


def _in_words(counts: Counts) -> str:
    """Name how much there is of what people know of."""
    known = ("customers", "messages", "answers", "posts")
    named = ", ".join(f"{counts.get(table, 0):,} {table}" for table in known)
    return f"{named}; {sum(counts.values()):,} rows in all"


async def _print_findings(findings: AsyncIterator[Finding]) -> bool:
    good = True
    async for finding in findings:
        typer.echo(f"{'ok ' if finding.good else 'BAD'} {finding.sentence}")
        good &= finding.good
    return good


def _settings(env: dict[str, str]) -> Settings:
    try:
        return Settings.from_env(env)
    except SettingsError as error:
        _stop(str(error))


async def _run(settings: Settings) -> None:
    with sole_bot(settings.database):
        db = open_database(settings.database)
        application = build(settings, db)
        async with running(application), Systemd.from_env(environment()).informed():
            typer.echo(f"Soloist is running as @{application.bot.username}. Stop it with Ctrl-C.")
            await _until_stopped()
        db.close()


async def _play(host: str, port: int, token: str, *, with_bot: bool, limits: bool) -> None:
    from bot.playground import (  # noqa: PLC0415  # a bot with a token needs none of it
        Playground,
        PlaygroundError,
    )

    try:
        world = Playground(owner_id=PLAYGROUND_OWNER, token=token)
        world.api.limits.enabled = limits
        await world.start(host=host, port=port)
    except PlaygroundError as error:
        raise StartError(str(error)) from error
    try:
        async with _bot_in(world.address, token, limits=limits) if with_bot else _nothing():
            typer.echo(f"The playground is open: {world.address}")
            typer.echo(
                "Nothing leaves this machine, and it is forgotten at the end. Ctrl-C ends it."
            )
            if not with_bot:
                typer.echo(f"Bot API: {world.address}/bot{token}/METHOD")
            await _until_stopped()
    finally:
        await world.stop()


@asynccontextmanager
async def _bot_in(address: str, token: str, *, limits: bool) -> AsyncIterator[None]:
    """Run the bot in the playground, on a database that lives as long as it does."""
    env = DEMO_SHOP | {name: value for name, value in environment().items() if value}
    env |= {
        "TELEGRAM_BOT_TOKEN": token,
        "OWNER_ID": str(PLAYGROUND_OWNER),
        "TELEGRAM_API_URL": address,
        "WEBHOOK_URL": "",
        "CHANNEL_ID": "",
    }
    if not limits:
        env["MESSAGES_PER_SECOND"] = "0"
    with tempfile.TemporaryDirectory(prefix="soloist-") as folder:
        settings = _settings(env)
        played = Path(folder) / "playbook"  # a copy: what is tried here stays here
        if settings.playbook.is_dir():
            shutil.copytree(settings.playbook, played)
        settings = replace(
            settings,
            database=Path(folder) / "playground.db",
            playbook=played,
            backups_kept=0,
        )
        db = open_database(settings.database)
        async with running(build(settings, db)):
            yield
        db.close()


@asynccontextmanager
async def _nothing() -> AsyncIterator[None]:
    yield


async def _until_stopped() -> None:
    """Wait for Ctrl-C or a polite kill."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()


def _finish(work: Coroutine[None, None, None]) -> None:
    """Do the work; an error that has a sentence ends with it, and exit status 2."""
    memory.give_back()
    try:
        asyncio.run(work)
    except (SettingsError, FileError, ModelError, DatabaseError, StartError) as error:
        _stop(str(error))
    except KeyboardInterrupt:  # while it was still starting
        sys.exit(130)


def _stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    sys.exit(2)


def command_line() -> NoReturn:
    """Do what was typed; what is wrong with it is said in one sentence, with exit status 2."""
    try:
        sys.exit(cli(standalone_mode=False))
    except typer.TyperException as error:
        _stop(f"{error.format_message()} (python -m bot --help)")
    except (InputError, SettingsError, FileError, ModelError, DatabaseError, BackupError) as error:
        _stop(str(error))


if __name__ == "__main__":
    command_line()
