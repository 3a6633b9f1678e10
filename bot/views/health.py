"""What the owner reads when something is wrong with the bot itself, and when it is over."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from bot.pulse import Complaint, Trouble
from bot.views.say import Say, View, lines


def changed(say: Say, new: Iterable[Complaint], over: Iterable[Trouble]) -> View:
    """Tell what is wrong now and was not before, and what is over."""
    return View(
        lines(
            *(Markup("⚠️ %s") % wrong(say, complaint) for complaint in new),
            *(Markup("✅ %s") % right(say, trouble) for trouble in over),
        )
    )


def wrong(say: Say, complaint: Complaint) -> Markup:
    """Say what is wrong, and what to do."""
    n, reason = complaint.minutes, complaint.reason
    match complaint.trouble:
        case Trouble.DISK:
            return say(
                "Only {megabytes} MB are free on my disk. When it is full, I can neither take "
                "messages nor publish: please make room.",
                megabytes=say.number(complaint.megabytes),
            )
        case Trouble.DATABASE:
            return say.counted(
                "For {n} minute I have not been able to write to my database ({reason}). "
                "Everything waits until I can.",
                "For {n} minutes I have not been able to write to my database ({reason}). "
                "Everything waits until I can.",
                n,
                reason=reason,
            )
        case Trouble.IDLE:
            return say.counted(
                "For {n} minute I have not got round to looking what is due. Please restart me.",
                "For {n} minutes I have not got round to looking what is due. Please restart me.",
                n,
            )
        case Trouble.OVERDUE:
            return say.counted(
                "A post has been due for {n} minute and is not out. /queue shows it.",
                "A post has been due for {n} minutes and is not out. /queue shows it.",
                n,
            )
        case Trouble.DEAF:
            return say.counted(
                "For {n} minute Telegram has not given me any messages. Does another program use "
                "my token?",
                "For {n} minutes Telegram has not given me any messages. Does another program use "
                "my token?",
                n,
            )
        case Trouble.BACKUP:
            return say("The nightly backup failed. {reason}", reason=reason)


def right(say: Say, trouble: Trouble) -> Markup:
    """Say that a trouble is over."""
    match trouble:
        case Trouble.DISK:
            return say("There is room on my disk again.")
        case Trouble.DATABASE:
            return say("I can write to my database again, and catch up now.")
        case Trouble.IDLE:
            return say("I look for what is due again.")
        case Trouble.OVERDUE:
            return say("No post is overdue any more.")
        case Trouble.DEAF:
            return say("Telegram gives me messages again.")
        case Trouble.BACKUP:
            return say("The nightly backup works again.")
