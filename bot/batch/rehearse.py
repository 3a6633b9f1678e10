"""`python -m bot rehearse`: what a changed playbook would reply to messages."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from sqlite_utils import Database

from bot import models
from bot.batch.match import read_answers
from bot.batch.options import AsCsv, AsJson, Column, File, Seed, opened, settings_for_files
from bot.batch.reading import InputError, content
from bot.batch.writing import Cell, form_of, write
from bot.database import open_database
from bot.playbook import InForce
from bot.playbook_files import RULES, TEMPLATES
from bot.settings import Settings
from bot.store import past, schema
from nlp.answers import Answer
from nlp.playbook import Playbook, Situation
from nlp.rehearsal import Difference, compare
from nlp.replies import Because, Reply
from nlp.toml_text import FileError, decode

COLUMNS = ("text", "before", "after", "because")

Rules = Annotated[
    str | None, typer.Option(metavar="NEW.toml", help="Changed rules.", show_default=False)
]
Templates = Annotated[
    str | None, typer.Option(metavar="NEW.toml", help="Changed templates.", show_default=False)
]
Answers = Annotated[
    str | None,
    typer.Option(
        metavar="NEW.csv", help="Answers to be taught, as CSV or TOML.", show_default=False
    ),
]
DatabaseFile = Annotated[
    Path | None,
    typer.Option(
        "--database",
        metavar="FILE",
        help="A bot's database: what it was taught is in force, and --last is read from it.",
        show_default=False,
    ),
]
Last = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="The last N messages stored in --database, in place of FILE.",
        show_default=False,
    ),
]
Changed = Annotated[
    bool, typer.Option("--changed", help="Write only the messages that would fare differently.")
]


def rehearse(
    context: typer.Context,
    file: File = None,
    *,
    rules: Rules = None,
    templates: Templates = None,
    answers: Answers = None,
    database: DatabaseFile = None,
    last: Last = None,
    changed: Changed = False,
    column: Column = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    seed: Seed = 0,
) -> None:
    """Show what changed rules, templates or answers would reply, before they are in force.

    In force is the folder PLAYBOOK, or else the starter set. Nothing is sent, nothing written.
    """
    if last is not None and (file or column or database is None):
        raise InputError("--last takes messages from --database: name that, and no FILE.")
    settings = settings_for_files()
    written = {RULES: rules, TEMPLATES: templates}
    texts = {name: decode(content(path), path) for name, path in written.items() if path}
    taught = read_answers(answers, with_replies=True) if answers else ()
    if last is None:
        lines, form = opened(context, file, column, as_json=as_json, as_csv=as_csv)
        messages: Iterable[tuple[str, Situation]] = _now(lines, settings, seed)
    with closing(_database(database)) as db:
        try:
            before, after = asyncio.run(_playbooks(settings, db, texts, taught))
        except FileError as error:
            raise InputError(_named(str(error), settings.playbook, written)) from error
        if last is not None:
            messages, form = past.latest(db, last), form_of(as_json=as_json, as_csv=as_csv)
    sentiment = models.sentiment_model(settings)
    tally = Tally(compare(messages, before=before, after=after, sentiment=sentiment))
    write(COLUMNS, (row(each) for each in tally if each.is_one or not changed), form)
    if not (texts or taught):
        _remark("Nothing is changed: name --rules, --templates or --answers.")
    _remark(f"{tally.n_different} of {tally.n} would fare differently.")


class Tally:
    """Passes comparisons on and counts them."""

    def __init__(self, compared: Iterable[Difference]) -> None:
        self._compared = compared
        self.n = self.n_different = 0

    def __iter__(self) -> Iterator[Difference]:
        for each in self._compared:
            self.n += 1
            self.n_different += each.is_one
            yield each


def row(compared: Difference) -> tuple[Cell, ...]:
    """Give the row of `COLUMNS` for one message."""
    before, after = compared.before, compared.after
    return compared.message, outcome(before), outcome(after), reason(after)


def outcome(reply: Reply) -> str:
    """Say in one cell what customer and owner get."""
    what = "handoff" if reply.handoff else "reply" if reply.text else "silent"
    parts = [f"{what}: {reply.text}" if reply.text else what]
    if reply.suggestion:
        parts.append(f"suggestion: {reply.suggestion}")
    if reply.labels:
        parts.append(f"labels: {', '.join(reply.labels)}")
    if reply.follow_up:
        parts.append(f"follow-up: {reply.follow_up.template} after {reply.follow_up.after}")
    return " | ".join(parts)


def reason(reply: Reply) -> str:
    """Say in one cell which rule, taught answer or mood a reply goes back to."""
    if reply.because == Because.RULE:
        return f"rule {reply.rule}"
    if reply.match and reply.because in {Because.ANSWER, Because.ANSWER_UNSURE}:
        return f"{reply.because} {reply.match.answer} ({reply.match.probability:.2f})"
    return reply.because


def _now(texts: Iterable[str], settings: Settings, seed: int) -> Iterator[tuple[str, Situation]]:
    """Let somebody unknown have written these texts just now."""
    situation = Situation(
        at=dt.datetime.now(dt.UTC), fallback_language=settings.owner_language, seed=seed
    )
    return ((text, situation) for text in texts)


def _database(file: Path | None) -> Database:
    """Open the bot's database, or an empty one that is gone at the end."""
    if file is None:
        db = Database(memory=True)
        schema.migrate(db)
        return db
    if not file.exists():  # or it would be made
        raise InputError(f"{file} cannot be read: No such file or directory.")
    return open_database(file)


async def _playbooks(
    settings: Settings, db: Database, texts: Mapping[str, str], taught: Sequence[Answer]
) -> tuple[Playbook, Playbook]:
    """Give the playbook in force, and the one with these files and answers in it."""
    in_force = InForce(settings, db, partial(models.embedder, settings))
    await in_force.refit()
    return in_force.playbook, await in_force.imagine(texts, taught)


def _named(sentence: str, folder: Path, written: Mapping[str, str | None]) -> str:
    """Name the file that was given in place of the one it stands for."""
    for name, given in written.items():
        place = str(folder / name)
        if given and sentence.startswith(place):
            return given + sentence.removeprefix(place)
    return sentence


def _remark(sentence: str) -> None:
    typer.echo(sentence, err=True)
