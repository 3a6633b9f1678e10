"""What the owner sees of posts as files: what one would bring, what became of it, the way out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from bot.exchange.judging import Verdict
from bot.exchange.remarks import Level, Remark, TableError
from bot.exchange.tables import Table
from bot.exchange.writing import Stock
from bot.views import remarks
from bot.views.inbox import shorten
from bot.views.say import Say, View, lines
from bot.views.teaching import button
from scheduler.posts import Post

SHOWN = 8  # verdicts on the card; the rest is in the file
SIGNS = {Level.REFUSED: "⛔", Level.WARNING: "⚠️", Level.SKIPPED: "➖", Level.OK: "✅"}
COLUMNS = ("row", "verdict", "column", "remark", "publish_at", "channel", "text")
EXCERPT = 60


def no_table(say: Say, file: str, error: TableError) -> View:
    """Say why a file is no table of posts."""
    return View(lines(where(say, file, error), say("Nothing is imported.")))


def where(say: Say, file: str, error: TableError) -> Markup:
    """Say what is wrong with a file, and in which line."""
    why = remarks.sentence(say, error.remark)
    if error.line is None:
        return Markup("<b>%s</b>: %s") % (file, why)
    return say("<b>{file}</b>, line {line}: {why}", file=file, line=error.line, why=why)


def is_long(verdicts: Sequence[Verdict]) -> bool:
    """Say whether there is more to tell than the card holds."""
    telling = [verdict for verdict in verdicts if verdict.remarks]
    return len(telling) > SHOWN or any(len(verdict.remarks) > 1 for verdict in telling)


def judged(say: Say, file: str, table: Table, verdicts: Sequence[Verdict], *, waits: bool) -> View:
    """Show what would become of a file's rows; posts that are taken may wait for approval."""
    n = Counter(verdict.level for verdict in verdicts)
    n_new = n[Level.OK] + n[Level.WARNING]
    telling = [verdict for verdict in verdicts if verdict.remarks]
    shown = sorted(telling, key=lambda verdict: list(SIGNS).index(verdict.level))[:SHOWN]
    card = lines(
        say("📥 <b>{file}</b>", file=file),
        _counts(say, n),
        *(_line(say, table, verdict) for verdict in shown),
        say("… and {n} more, in the file above.", n=say.number(len(telling) - SHOWN))
        if len(telling) > SHOWN
        else "",
        unread(say, table),
        _what_now(say, n, n_new, waits=waits),
    )
    if n[Level.REFUSED] or not n_new:
        return View(card)
    take = say.counted("Take {n} post", "Take all {n} posts", n_new)
    return View(card, ((button(take, "import:take"), button(say("Leave them"), "import:leave")),))


def _counts(say: Say, n: Counter[Level]) -> Markup:
    parts = (
        (Level.OK, say("{n} good", n=say.number(n[Level.OK]))),
        (Level.WARNING, say("{n} with a warning", n=say.number(n[Level.WARNING]))),
        (Level.SKIPPED, say("{n} here already", n=say.number(n[Level.SKIPPED]))),
        (Level.REFUSED, say("{n} refused", n=say.number(n[Level.REFUSED]))),
    )
    return Markup(" · ").join(
        Markup("%s %s") % (SIGNS[level], words) for level, words in parts if n[level]
    )


def _line(say: Say, table: Table, verdict: Verdict) -> Markup:
    place, sign = verdict.row.place, SIGNS[verdict.level]
    why = said(say, replace(verdict, remarks=verdict.remarks[:1]))  # all of them are in the file
    if table.has_lines:
        return say("{sign} Line {place}: {why}", sign=sign, place=place, why=why)
    return say("{sign} Post {place}: {why}", sign=sign, place=place, why=why)


def said(say: Say, verdict: Verdict) -> Markup:
    """Say all there is to say of a row."""
    return Markup(" ").join(
        Markup("%s: %s") % (remark.column, remarks.sentence(say, remark))
        if remark.column
        else remarks.sentence(say, remark)
        for remark in verdict.remarks
    )


def unread(say: Say, table: Table) -> Markup | str:
    """Name the columns that mean nothing, if there are any."""
    if not table.unread:
        return ""
    names = ", ".join(table.unread)
    return remarks.sentence(say, Remark(Level.WARNING, "unread", values={"names": names}))


def _what_now(say: Say, n: Counter[Level], n_new: int, *, waits: bool) -> Markup:
    if n[Level.REFUSED]:
        return say(
            "Nothing is taken until these are corrected. Correct the file and send it again."
        )
    if not n_new:
        return say("There is nothing new to take.")
    if waits:
        return say("Each post will wait for your approval.")
    return say("They are scheduled all together, or not at all.")


def table(say: Say, verdicts: Sequence[Verdict]) -> list[tuple[str | int, ...]]:
    """Give the verdicts as rows of `COLUMNS`, one a remark."""
    return [
        (
            verdict.row.place,
            str(verdict.level),
            remark.column if remark else "",
            plain(remarks.sentence(say, remark)) if remark else "",
            *_when_and_where(say, verdict),
            shorten(" ".join(verdict.row.cells.get("text", "").split()), EXCERPT),
        )
        for verdict in verdicts
        for remark in verdict.remarks or (None,)
    ]


def _when_and_where(say: Say, verdict: Verdict) -> tuple[str, str]:
    """Give time and channels as they were understood, or else as they were written."""
    if verdict.planned is None:
        return verdict.row.cells.get("publish_at", ""), verdict.row.cells.get("channel", "")
    titles = ", ".join(channel.title for channel, _ in verdict.planned.places)
    return say.when(verdict.planned.places[0][1]), titles


def plain(sentence: Markup) -> str:
    """Give a sentence as it stands where there is no HTML."""
    return sentence.striptags()


def verdicts_file(say: Say, file: str) -> View:
    """Say what the file of verdicts is."""
    return View(say("What I say of each row of {file}.", file=file))


def taken(say: Say, posts: Sequence[Post], *, waits: bool) -> View:
    """Say what became of a file."""
    n = len(posts)
    if not n:
        return View(
            say(
                "Nothing in this file is new. To take a post again that you have cancelled, "
                "change its row."
            )
        )
    if waits:
        return View(
            say.counted(
                "🕓 {n} post waits for your approval: /drafts",
                "🕓 {n} posts wait for your approval: /drafts",
                n,
            )
        )
    return View(
        lines(
            say.counted("✅ {n} post is scheduled.", "✅ {n} posts are scheduled.", n),
            say("The first goes out on {when}.", when=say.when(min(p.publish_at for p in posts))),
            say("All of them: /queue"),
        )
    )


def left(say: Say) -> View:
    """Say that nothing came of a file."""
    return View(say("Left. Nothing of this file was taken."))


def ways_out(say: Say) -> View:
    """Offer the forms in which posts can be taken out."""
    return View(
        lines(
            say("📤 What is scheduled and published, as a file:"),
            say("• Calendar: for the calendar of your phone or computer"),
            say("• CSV: for a spreadsheet; add rows and send it back, and I take the new ones"),
            say("• JSON: for programs; I take new posts from it as well"),
        ),
        (
            (
                button(say("Calendar"), "export:ics"),
                ("CSV", "export:csv"),
                ("JSON", "export:json"),
            ),
        ),
    )


def exported(say: Say, stock: Stock) -> View:
    """Say what is in a file that was asked for, and what is not."""
    left_out = say.counted(
        "{n} reply or first comment of a post is not in it.",
        "{n} replies and first comments of posts are not in it.",
        stock.n_left_out,
    )
    return View(
        lines(
            say.counted("{n} post.", "{n} posts.", len(stock.posts)),
            left_out if stock.n_left_out else "",
        )
    )


def nothing_to_export(say: Say) -> View:
    """Say that there are no posts."""
    return View(say("Nothing is scheduled or published yet."))
