"""What is said about helpers to the owner, and to the helpers themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from markupsafe import Markup

from bot.limits import Problem
from bot.store.helpers import Helper
from bot.views import limits
from bot.views.inbox import shorten
from bot.views.posts import excerpt
from bot.views.say import Say, View, lines
from bot.views.teaching import button
from scheduler.posts import Post

NAME = 40  # characters


def present(say: Say, helpers: Sequence[Helper]) -> View:
    """List the helpers."""
    invite = (button(say("Invite a helper"), "helper:invite"),)
    what = say("A helper may send me drafts. They publish nothing: each draft waits for you.")
    if not helpers:
        return View(lines(say("You have no helpers."), what), (invite,))
    named = [
        Markup("• <b>%s</b> (id %s)") % (shorten(helper.name, NAME), helper.user_id)
        for helper in helpers
    ]
    return View(
        lines(say("Your helpers:"), *named, what),
        (*((_remove(say, helper),) for helper in helpers), invite),
    )


def _remove(say: Say, helper: Helper) -> tuple[str, str]:
    label = say("Remove {name}", name=shorten(helper.name, NAME))
    return button(label, f"helper:remove:{helper.user_id}")


def invitation(say: Say, link: str) -> View:
    """Give the owner a link to pass on."""
    return View(
        lines(
            say("Pass this link on to the person who is to help you:"),
            Markup("%s") % link,
            say("It is good for one person and 24 hours. Making another one ends it."),
        )
    )


def joined(say: Say, helper: Helper) -> View:
    """Tell the owner who has become a helper."""
    return View(
        lines(
            say(
                "🤝 <b>{name}</b> (id {id}) is your helper now.",
                name=shorten(helper.name, NAME),
                id=helper.user_id,
            ),
            say("If you do not know them, remove them."),
        ),
        ((_remove(say, helper),),),
    )


def welcome(say: Say) -> View:
    """Tell a helper what they can do."""
    return View(
        lines(
            say("You can draft posts here."),
            say(
                "Send me a text, a picture, an album or a poll. Begin with a time if you want to "
                "propose one, for example: tomorrow 9:00"
            ),
            say("I tell you when your draft is approved or dropped."),
        )
    )


def no_invitation(say: Say) -> View:
    """Say that an invitation is no good."""
    return View(say("This invitation has been used or is too old. Please ask for a new one."))


def waits(say: Say, post: Post) -> View:
    """Tell a helper that their draft has arrived."""
    return View(
        lines(
            say("🕓 Thank you. Your draft {id} waits for approval.", id=post.id),
            say("Proposed for {when}.", when=say.when(post.publish_at)),
        )
    )


def approved(say: Say, post: Post) -> View:
    """Tell a helper that their draft goes out."""
    return View(
        lines(
            say("✅ Your draft {id} is approved.", id=post.id),
            say("It goes out on {when}.", when=say.when(post.publish_at)),
            Markup("<blockquote>%s</blockquote>") % excerpt(post),
        )
    )


def dropped(say: Say, post: Post) -> View:
    """Tell a helper that their draft does not go out."""
    return View(
        lines(
            say("Your draft {id} was dropped.", id=post.id),
            Markup("<blockquote>%s</blockquote>") % excerpt(post),
        )
    )


def unfit(say: Say, problems: Sequence[Problem]) -> View:
    """Tell a helper why what they have sent cannot be a post."""
    return View(
        lines(
            *(limits.problem(say, problem) for problem in problems),
            say("Nothing was drafted. Please send it anew."),
        )
    )


def past(say: Say, at: dt.datetime) -> View:
    """Tell a helper that their time has passed."""
    return View(
        lines(
            say("{when} has passed.", when=say.when(at)),
            say("Nothing was drafted. Please send it anew."),
        )
    )


def unclear_time(say: Say, first: dt.datetime, second: dt.datetime) -> View:
    """Tell a helper that the clocks change at their time."""
    return View(
        lines(
            say(
                "The clocks change then. Choose a time that is not between {first} and {second}.",
                first=say.when(first),
                second=say.when(second),
            ),
            say("Nothing was drafted. Please send it anew."),
        )
    )


def no_channel(say: Say) -> View:
    """Tell a helper that there is nowhere to post to."""
    return View(say("No channel is connected yet, so I cannot take drafts."))


def not_edited(say: Say) -> View:
    """Tell a helper that an edit changes nothing."""
    return View(say("I keep your draft as it was. If it has to change, please send it anew."))


def approval(say: Say, *, on: bool) -> View:
    """Say whether posts from files wait for approval, and let it be switched."""
    always = say("Drafts of helpers and feeds always wait for you.")
    if on:
        return View(
            lines(say("Posts that you import wait for your approval, each one."), always),
            ((button(say("Schedule them at once"), "approval:off"),),),
        )
    return View(
        lines(say("Posts that you import are scheduled at once."), always),
        ((button(say("Let them wait for me"), "approval:on"),),),
    )
