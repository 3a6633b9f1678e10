"""What the owner sees of answers as files: taken out, looked at, applied."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from bot.store.answers import Import, NameTakenError, QuestionTakenError
from bot.views.inbox import shorten
from bot.views.say import Say, View, lines
from bot.views.teaching import button

NAMES_SHOWN = 10


def exported(say: Say, n: int) -> View:
    """Say what a file is, and how it comes back."""
    return View(
        lines(
            say.counted("{n} answer.", "{n} answers.", n),
            say("Change the file and send it back to me: I show you what would change."),
        )
    )


def import_(say: Say, source: str, found: Import) -> View:
    """Show what a file would change, before it does."""
    head = say(
        "<b>{source}</b>: {new} new, {changed} changed, {same} the same",
        source=source,
        new=say.number(len(found.new)),
        changed=say.number(len(found.changed)),
        same=say.number(len(found.same)),
    )
    if not found.new and not found.changed:
        return View(lines(head, say("There is nothing to apply.")))
    return View(
        lines(
            head,
            say("New: {names}", names=_names(found.new)) if found.new else "",
            say("Changed: {names}", names=_names(found.changed)) if found.changed else "",
            say("Answers that are not in the file stay as they are."),
        ),
        ((button(say("Apply"), "answers:apply"),),),
    )


def learning(say: Say) -> View:
    """Say that many new questions take a while to learn."""
    return View(say("⏳ I am learning. Many new questions take a minute …"))


def imported(say: Say, found: Import) -> View:
    """Say what a file has changed."""
    return View(
        say(
            "✅ Applied: {new} new, {changed} changed.",
            new=say.number(len(found.new)),
            changed=say.number(len(found.changed)),
        ),
        ((button(say("All answers"), "answers:0"),),),
    )


def refused(say: Say, sentence: str) -> View:
    """Say what is wrong with a file, in a sentence that names file and line."""
    return View(say("Nothing is changed. {reason}", reason=shorten(sentence)))


def contradicts(
    say: Say, source: str, line: int | None, error: NameTakenError | QuestionTakenError
) -> View:
    """Say where a file contradicts itself or what was taught before."""
    if isinstance(error, NameTakenError):
        reason = say("Two answers are called “{name}”. Rename one.", name=error.name)
    else:
        reason = say(
            "“{question}” belongs to “{name}” already, which is not in the file. Delete it in "
            "one of the two.",
            question=shorten(error.question, 200),
            name=error.answer,
        )
    where = source if line is None else say("{source}, line {line}", source=source, line=line)
    return View(say("Nothing is changed. {reason}", reason=Markup("%s: %s") % (where, reason)))


def too_big(say: Say, source: str) -> View:
    """Say that a file is too big to be one of answers."""
    return View(say("“{source}” is too big: I take files up to 1 MB.", source=source))


def send_again(say: Say) -> str:
    """Say that a file is gone."""
    return str(say("I no longer have this file. Please send it again."))


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:NAMES_SHOWN])
    return f"{shown} …" if len(names) > NAMES_SHOWN else shown
