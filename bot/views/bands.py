"""What the owner sees of how sure the bot has to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.views.say import Say, View, lines
from bot.views.teaching import button

if TYPE_CHECKING:
    from nlp.matching import Bands

STEP = 0.05  # of one tap on bolder or more careful: as fine as anybody can feel


def bands(say: Say, in_force: Bands, counts: tuple[int, int, int]) -> View:
    """Explain the three bands, and what they would have made of the latest messages.

    `counts` are messages answered, suggested and handed over.
    """
    answered, suggested, left = counts
    n = sum(counts)
    seen = say.counted(
        "Of the last message, going by what you have taught me:",
        "Of the last {n} messages, going by what you have taught me:",
        n,
    )
    return View(
        lines(
            say("<b>How sure I have to be</b>"),
            say("• from {share}: I answer by myself", share=say.share(in_force.answer_from)),
            say(
                "• from {share}: I suggest the answer to you",
                share=say.share(in_force.suggest_from),
            ),
            say("• below: I leave it to you"),
            *(
                (
                    Markup("\n%s") % seen,
                    say("• {n} answered by myself", n=say.number(answered)),
                    say("• {n} suggested to you", n=say.number(suggested)),
                    say("• {n} left to you", n=say.number(left)),
                )
                if n
                else ()
            ),
            say("\nTo set both: <code>/answers bands 85 50</code>"),
        ),
        (
            (
                button(say("Bolder"), f"bands:{_moved(in_force, -STEP)}"),
                button(say("More careful"), f"bands:{_moved(in_force, STEP)}"),
            ),
            (button(say("All answers"), "answers:0"),),
        ),
    )


def _moved(bands: Bands, step: float) -> str:
    """Give the limits a step further, in percent, where a button can take them."""
    limits = (bands.suggest_from + step, bands.answer_from + step)
    suggest_from, answer_from = (min(max(limit, 0.05), 0.99) for limit in limits)
    return f"{answer_from:.0%}:{suggest_from:.0%}".replace("%", "")


def no_bands(say: Say) -> View:
    """Say how the limits are written."""
    return View(
        say(
            "Write two percentages, the higher first: <code>/answers bands 85 50</code>. From the "
            "first on I answer by myself, from the second on I suggest."
        )
    )
