"""What the owner sees of variants: how each text of a template fared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from analytics.shares import Share, share
from bot.store.trials import Fared
from bot.views.inbox import shorten
from bot.views.rule_words import language_name
from bot.views.rules import key
from bot.views.say import Say, View, lines

EXCERPT = 90

# By hand: with so many of each, shares that differ by ten points nearly always show it.
ENOUGH = 400

SHOWN = 12  # variants of one template; so many stay below Telegram's 4096 units
IN_A_ROW = 8


@dataclass(frozen=True, slots=True)
class Tried:
    """A variant of today and how it fared; `fared` is None while nobody was sent it."""

    text: str
    digest: str
    fared: Fared | None


@dataclass(frozen=True, slots=True)
class Trial:
    """The variants of one template in one language."""

    template: str
    language: str
    tried: Sequence[Tried]

    @property
    def key(self) -> str:
        """A short name for callback data."""
        return f"{key(self.template)}:{self.language}"


def unbeaten(fared: Sequence[Fared]) -> list[Fared]:
    """Give the variants that no other one is better than.

    Better is: of the three shares some is, with its whole 95 % interval, and none is worse.
    """
    best = [one for one in fared if not any(_beats(other, one) for other in fared)]
    return best or list(fared)  # in a circle, each beaten by the next


def _beats(one: Fared, other: Fared) -> bool:
    pairs = list(zip(_goodness(one), _goodness(other), strict=True))
    return any(a.low > b.high for a, b in pairs) and not any(b.low > a.high for a, b in pairs)


def _goodness(fared: Fared) -> tuple[Share, Share, Share]:
    """Turn the three shares so that more is better."""
    return (
        share(fared.n - fared.came_back, fared.n),
        share(fared.n - fared.needed_person, fared.n),
        share(fared.thanked, fared.n),
    )


def overview(say: Say, running: Sequence[Trial]) -> View:
    """List the templates that have several texts, and what is known of each."""
    numbers = tuple(
        (str(number), f"variants:{trial.key}") for number, trial in enumerate(running, 1)
    )
    return View(
        lines(
            say("🧪 <b>Texts that are tried against each other</b>"),
            *(
                Markup("<b>%s</b> %s: %s")
                % (number, _named(say, trial), _conclusion(say, trial.tried)[0])
                for number, trial in enumerate(running, 1)
            ),
            say(
                "\nEach customer is sent one of them by lot, and always the same one. Tap a "
                "number to see how they fared."
            ),
        ),
        tuple(numbers[begins : begins + IN_A_ROW] for begins in range(0, len(numbers), IN_A_ROW)),
    )


def opened(say: Say, trial: Trial) -> View:
    """Show how each variant fared, and offer to keep one where that shows."""
    conclusion, left = _conclusion(say, trial.tried)
    keep = tuple(
        (
            (
                str(say("Keep only number {n}", n=number)),
                f"variant:{trial.key}:{trial.tried[number - 1].digest}",
            ),
        )
        for number in left
    )
    return View(
        lines(
            Markup("🧪 <b>%s</b>") % _named(say, trial),
            *(_variant(say, n, each) for n, each in enumerate(trial.tried[:SHOWN], 1)),
            Markup("\n") + conclusion,
            say(
                "“Came back” is with the same question within 48 hours, “needed you” within 48 "
                "hours, “thanked” within 2. In brackets: where the true share lies, with 95 % "
                "certainty."
            ),
        ),
        (*keep, ((str(say("« All of them")), "variants:all"),)),
    )


def _named(say: Say, trial: Trial) -> Markup:
    language = language_name(say, trial.language)
    return say("{template}, in {language}", template=trial.template, language=language)


def _conclusion(say: Say, tried: Sequence[Tried]) -> tuple[Markup, list[int]]:
    """Say what the counts show, and give the numbers of those that could be kept."""
    fared = [each.fared for each in tried if each.fared]
    if len(fared) == len(tried):
        good = unbeaten(fared)
        left = [number for number, each in enumerate(tried, 1) if each.fared in good]
        if len(left) == 1:
            return say("🏆 Number {n} is clearly better.", n=left[0]), left
        if len(left) < len(tried):
            numbers = say(", ").join(map(str, left))
            return say("👍 Clearly better than the rest: {numbers}.", numbers=numbers), left
        if min(each.n for each in fared) >= ENOUGH:
            return say("🤝 They do about equally well; keep the one you like."), left
    return say("🤏 Too little to choose yet."), []


def _variant(say: Say, number: int, tried: Tried) -> Markup:
    quote = Markup("\n<b>%s</b> <i>%s</i>") % (number, shorten(tried.text, EXCERPT))
    fared = tried.fared
    if fared is None:
        return lines(quote, say("not sent yet"))
    return lines(
        quote,
        say.counted("sent {n} time", "sent {n} times", fared.n),
        say("• came back with the same: {share}", share=_share(say, fared.came_back, fared.n)),
        say("• needed you: {share}", share=_share(say, fared.needed_person, fared.n)),
        say("• thanked: {share}", share=_share(say, fared.thanked, fared.n)),
    )


def _share(say: Say, count: int, n: int) -> Markup:
    found = share(count, n)
    return say(
        "{count} = {share} ({low}–{high})",
        count=say.number(count),
        share=say.share(found.value),
        low=say.share(found.low),
        high=say.share(found.high),
    )


def none(say: Say) -> View:
    """Say that there is nothing to compare."""
    return View(
        say(
            "No template with several texts has been sent yet. Give one several texts in "
            "templates.toml (/rules export), and I find out which works better."
        )
    )


def kept(say: Say, template: str, text: str) -> View:
    """Say which text stays."""
    return View(
        lines(
            say("✅ “{template}” has one text now:", template=template),
            Markup("<blockquote>%s</blockquote>") % shorten(text),
        )
    )


def gone(say: Say) -> Markup:
    """Say that a variant is no longer in the file."""
    return say("That text is no longer in the file.")
