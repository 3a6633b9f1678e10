"""What the owner sees of a change before it is in force: what it would have made of the past."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from markupsafe import Markup

from bot.views import inbox
from bot.views.inbox import shorten
from bot.views.say import Say, View, lines
from nlp.rehearsal import Difference
from nlp.replies import Because, Reply

SHOWN = 8
ROOM = 3_500  # UTF-16 units of the 4,096 in a message; the rest is for what stands around it
LENGTHS = (160, 80, 40, 16)  # of a quote: the longest with which all that is shown has room
UNCUT = 4_096  # in the file

SWITCH_ON, TEACH = "rehearsed:on", "answers:apply"  # what the button does, by kind of file


def how(say: Say) -> View:
    """Say how a change is rehearsed."""
    return View(
        lines(
            say("🎭 See what a change would do, before it does:"),
            say(
                "Send me the changed file (rules.toml, templates.toml, answers.csv or "
                "answers.toml) with the caption /rehearse. I go through what customers wrote "
                "lately and show you who would get something else. Until you tap “Switch on”, "
                "everything stays as it is."
            ),
            say("The files as they are now: /rules export, /answers export"),
        )
    )


def too_many(say: Say, most: int) -> View:
    """Say how many messages are gone through at most."""
    return View(say("I go through {most} messages at most.", most=say.number(most)))


def refused(say: Say, reason: str) -> View:
    """Say what is wrong with a file."""
    return View(say("Nothing is changed. {reason}", reason=shorten(reason)))


def rehearsed(
    say: Say, differences: Sequence[Difference], n_messages: int, button: str = SWITCH_ON
) -> View:
    """Show what a changed file would have done, and offer to switch it on."""
    file = say("All of them are in the file below.") if len(differences) > SHOWN else ""
    lately = differ(say, differences, n_messages)
    return View(lines(*lately, file), (((str(say("Switch on")), button),),))


def differ(say: Say, differences: Sequence[Difference], n_messages: int) -> list[Markup]:
    """Give the lines that say which of the last messages would get something else."""
    if not n_messages:
        return [say("No customer has written yet, so there is nothing to rehearse with.")]
    if not differences:
        return [
            say.counted(
                "🎭 The last message would get the same as before.",
                "🎭 All of the last {n} messages would get the same as before.",
                n_messages,
            )
        ]
    head = say.counted(
        "🎭 The last message would get something else:",
        "🎭 <b>{n_different}</b> of the last {n} messages would get something else:",
        n_messages,
        n_different=say.number(len(differences)),
    )
    n_more = len(differences) - SHOWN
    more = [say.counted("\n… and {n} more.", "\n… and {n} more.", n_more)] if n_more > 0 else []
    shown: list[Markup] = []
    for longest in LENGTHS:
        shown = [_one(say, difference, longest) for difference in differences[:SHOWN]]
        if sum(len(part.striptags().encode("utf-16-le")) // 2 + 4 for part in shown) <= ROOM:
            break
    return [head, *shown, *more]


def switched_on(say: Say) -> View:
    """Say that a change is in force."""
    return View(say("✅ It is switched on. From now on I answer by it."))


def as_csv(say: Say, differences: Sequence[Difference]) -> str:
    """Write the differences for a spreadsheet."""
    written = io.StringIO(newline="")
    rows = csv.writer(written)
    rows.writerow([say("message"), say("before"), say("then"), say("because")])
    for each in differences:
        told = (_got(say, each.before, each.after), _got(say, each.after, each.before))
        cells = (*told, _because(say, each.after))
        rows.writerow(map(_inert, [each.message, *(cell.unescape() for cell in cells)]))
    return written.getvalue()


def caption(say: Say, n: int) -> View:
    """Say what the file holds."""
    return View(
        say.counted(
            "{n} message that would get something else",
            "{n} messages that would get something else",
            n,
        )
    )


def _one(say: Say, difference: Difference, longest: int) -> Markup:
    before, after = difference.before, difference.after
    return lines(
        Markup("\n<b>%s</b>") % shorten(" ".join(difference.message.split()), longest),
        say("Before: {outcome}", outcome=_got(say, before, after, longest)),
        say(
            "Then: {outcome} ({because})",
            outcome=_got(say, after, before, longest),
            because=_because(say, after, longest),
        ),
    )


def _got(say: Say, reply: Reply, other: Reply, longest: int = UNCUT) -> Markup:
    """Say what customer and owner get; what is beside it, only where the other differs in it."""
    parts = []
    if not reply.handoff:
        text = reply.text and shorten(reply.text, longest)
        parts.append(say("“{reply}”", reply=text) if text else say("silence"))
    else:
        parts.append(say("it comes to you"))
        if other.handoff and reply.text != other.text:
            text = shorten(reply.text or "", longest)
            parts.append(say("they read “{reply}”", reply=text) if text else say("silence"))
        if reply.suggestion:
            parts.append(say("I suggest “{reply}”", reply=shorten(reply.suggestion, longest)))
    if reply.labels != other.labels:
        labels = shorten(", ".join(reply.labels), longest)
        parts.append(say("filed under {labels}", labels=labels) if labels else say("not filed"))
    if reply.follow_up != other.follow_up:
        parts.append(say("I ask again later") if reply.follow_up else say("I do not ask again"))
    return say(" · ").join(parts)


def _because(say: Say, reply: Reply, longest: int = UNCUT) -> Markup:
    """Name the rule or the taught answer behind a reply, or the reason there was none."""
    if reply.because is Because.RULE:
        return say("rule “{name}”", name=shorten(reply.rule or "", longest))
    if reply.match and reply.because in {Because.ANSWER, Because.ANSWER_UNSURE}:
        return say(
            "taught as “{name}”, {probability} sure",
            name=shorten(reply.match.answer, longest),
            probability=say.share(reply.match.probability),
        )
    return inbox.because(say, reply.because)


def _inert(cell: str) -> str:
    """Keep a spreadsheet from taking what a customer wrote for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
