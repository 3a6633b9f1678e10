"""What customers can tap, and what the owner reads of it."""

from __future__ import annotations

from markupsafe import Markup

from bot.store.handoffs import Handoff
from bot.views.inbox import written
from bot.views.say import Say, View, keyboard, lines

STAR = "⭐"
MOST_STARS = 5


def did_that_help(follow_up_id: int) -> dict[str, object]:
    """Give the two answers to a follow-up, in no language."""
    return keyboard(((("👍", f"helped:{follow_up_id}"), ("👎", f"unhelped:{follow_up_id}")),))


def stars(handoff_id: int) -> dict[str, object]:
    """Give one to five stars to choose from, in no language."""
    return keyboard(
        (tuple((f"{n} {STAR}", f"stars{n}:{handoff_id}") for n in range(1, MOST_STARS + 1)),)
    )


def ask_for_rating(say: Say, handoff: Handoff) -> tuple[str, str]:
    """Offer to ask a customer, now that they are answered, how it was."""
    return str(say("Ask for a rating")), f"rate:{handoff.id}"


def asked(say: Say, handoff: Handoff, *, is_always: bool) -> View:
    """Say that a customer is being asked for a rating."""
    text = say("I am asking <b>{name}</b> for a rating.", name=handoff.customer_name)
    if is_always:
        return View(text)
    return View(
        lines(text, say("Shall I always ask, an hour after your last words?")),
        (((str(say("Always ask")), "always:0"),),),
    )


def always(say: Say) -> View:
    """Say that everybody is asked for a rating from now on."""
    return View(
        say(
            "From now on I ask everybody whom you have answered for a rating: an hour after the "
            "last words, during opening hours, at most once a week."
        ),
        (((str(say("Ask only when I say so")), "seldom:0"),),),
    )


def seldom(say: Say) -> View:
    """Say that nobody is asked for a rating unless the owner says so."""
    return View(say("I ask for a rating only when you tap “Ask for a rating”."))


def already_asked(say: Say) -> Markup:
    """Say that a customer was asked before."""
    return say("They were asked already.")


def rated_low(say: Say, handoff: Handoff, n: int) -> View:
    """Tell the owner of a customer who was not content with how they were answered."""
    return View(
        lines(
            say("{stars} from <b>{name}</b>", stars=STAR * n, name=handoff.customer_name),
            Markup("<blockquote>%s</blockquote>") % written(say, handoff),
            say("Reply to this message, and I pass it on."),
        )
    )
