"""What the owner reads when they ask why a message got what it got."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from babel import Locale
from markupsafe import Markup

from bot.store.decisions import Decision
from bot.views.inbox import because, mood, shorten
from bot.views.rule_words import condition, conditions, language_name
from bot.views.say import LOCALES, Say, View, lines
from nlp.language import Language
from nlp.rules import Rule
from nlp.templates import Variant

if TYPE_CHECKING:
    from nlp.matching import Bands

LONGEST_QUOTE = 600
LONGEST_TEXT = 300
EXCERPT = 40
MOST_NAMED = 3
KEYWORDS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A decision, and what the playbook of today says about its message.

    Attributes
    ----------
    rule : Rule or None
        The one that decided, if there still is one of its name.
    variant : Variant or None
        The text that was drawn, if it still is one of its template's, which
        has `n_variants`.
    found : str
        The words in the message that the rule looks for; empty if it looks for none.
    also : sequence of Rule
        Other rules that fit, which came too late.
    nearly : sequence of (Rule, str)
        Rules that fit but for one condition, and which.
    was_open : bool or None
        None where opening hours are not told.
    bands : Bands or None
        None where no taught answer was looked for.
    """

    decision: Decision
    language: Language
    rule: Rule | None
    found: str
    variant: Variant | None
    n_variants: int
    also: Sequence[Rule]
    nearly: Sequence[tuple[Rule, str]]
    bands: Bands | None
    was_open: bool | None


def why(say: Say, explained: Explanation) -> View:
    """Say in plain words why a message got what it got."""
    decision = explained.decision
    return View(
        lines(
            say(
                "<b>{name}</b> wrote on {when}:",
                name=decision.customer_name,
                when=say.when(decision.sent_at),
            ),
            Markup("<blockquote>%s</blockquote>")
            % (shorten(decision.text, LONGEST_QUOTE) or f"[{decision.kind}]"),
            _outcome(say, decision),
            _by_rule(say, explained),
            _by_answer(say, decision, explained.bands) if explained.bands else "",
            _wording(say, explained),
            "",
            _language(say, explained.language),
            _mood(say, decision),
            _abuse(say, decision),
            say("🏷 Filed under: {labels}", labels=decision.labels) if decision.labels else "",
            _hours(say, explained),
            _follow_up(say, decision),
            _others(say, explained),
        )
    )


def _outcome(say: Say, decision: Decision) -> Markup:
    """Say what was done, and the reason in a few words."""
    reason = _reason(say, decision)
    return {
        "answered": say("✅ I answered, because {reason}.", reason=reason),
        "handed_off": say("🙋 I handed it to you, because {reason}.", reason=reason),
        "silent": say("🤫 I kept silent, because {reason}.", reason=reason),
    }[decision.outcome]


def _reason(say: Say, decision: Decision) -> Markup:
    if decision.because == "rule" and decision.outcome != "handed_off":
        return say("a rule says so")
    if decision.because == "answer":
        return say("you have taught me this")
    return because(say, decision.because)


def _by_rule(say: Say, explained: Explanation) -> Markup:
    name, rule = explained.decision.rule, explained.rule
    if name is None:
        return say("📋 No rule fitted.")
    if rule is None:
        return say("📋 Rule “{name}”, which has been deleted since.", name=name)
    return lines(
        say(
            "📋 Rule “{name}”: {conditions}.",
            name=name,
            conditions=conditions(say, rule, KEYWORDS_SHOWN),
        ),
        say("Here it found “{found}”.", found=explained.found) if explained.found else "",
    )


def _by_answer(say: Say, decision: Decision, bands: Bands) -> Markup:
    """Say which taught answer came nearest, how sure that was, and what the limits are."""
    if decision.answer is None or decision.probability is None:
        return Markup()
    limits = {
        "answer_from": say.share(bands.answer_from),
        "suggest_from": say.share(bands.suggest_from),
    }
    if decision.probability >= bands.answer_from:
        verdict = say("sure: I answer by myself from {answer_from}", **limits)
    elif decision.probability >= bands.suggest_from:
        verdict = say(
            "not sure: from {suggest_from} I suggest, from {answer_from} I answer", **limits
        )
    else:
        verdict = say("too little: only from {suggest_from} do I suggest", **limits)
    return say(
        "🎓 Nearest taught question: “{nearest}” (answer “{answer}”), {probability} likely "
        "the same; {verdict}.",
        nearest=shorten(decision.nearest or "", LONGEST_TEXT),
        answer=decision.answer,
        probability=say.share(decision.probability),
        verdict=verdict,
    )


def _wording(say: Say, explained: Explanation) -> Markup:
    """Quote the text that was drawn, as it stands in its template."""
    decision, variant = explained.decision, explained.variant
    if decision.template is None:
        return Markup()
    if variant is None:
        return say(
            "📝 The text was one of “{template}”, and has been changed since.",
            template=decision.template,
        )
    quote = Markup("<i>%s</i>") % shorten(variant.text, LONGEST_TEXT)
    if explained.n_variants == 1:
        return say("📝 Text “{template}”: {quote}", template=decision.template, quote=quote)
    return say.counted(
        "📝 Text “{template}”, drawn from {n} variant: {quote}",
        "📝 Text “{template}”, drawn from {n} variants: {quote}",
        explained.n_variants,
        template=decision.template,
        quote=quote,
    )


def _language(say: Say, language: Language) -> Markup:
    answered = language_name(say, language.code)
    if language.certain:
        return say("✍️ Written in {language}.", language=answered)
    names = Locale.parse(LOCALES[say.language]).languages
    if language.detected and language.detected != language.code:
        return say(
            "✍️ Written in {detected}, it seems; I answer that in {language}.",
            detected=names.get(language.detected, language.detected),
            language=answered,
        )
    return say("✍️ The language is not certain; I take it for {language}.", language=answered)


def _mood(say: Say, decision: Decision) -> Markup:
    if decision.neutral is None or decision.positive is None or decision.negative is None:
        return say("Mood: {mood}", mood=mood(say, decision.sentiment))
    return say(
        "Mood: {mood} (unhappy {negative}, neutral {neutral}, happy {positive})",
        mood=mood(say, decision.sentiment),
        negative=say.share(decision.negative),
        neutral=say.share(decision.neutral),
        positive=say.share(decision.positive),
    )


def _abuse(say: Say, decision: Decision) -> Markup:
    if decision.because == "abusive":
        return say(
            "🤬 Insulting ({share}): they only get the neutral text.",
            share=say.share(decision.offensive or 0),
        )
    if decision.offensive is None:
        return Markup()
    return say("Insulting: {share}", share=say.share(decision.offensive))


def _hours(say: Say, explained: Explanation) -> Markup:
    if explained.was_open is None:
        return Markup()
    if explained.was_open:
        return say("🕒 You were open then.")
    return say("🌙 You were closed then.")


def _follow_up(say: Say, decision: Decision) -> Markup:
    if decision.follow_up is None or decision.follow_up_at is None:
        return Markup()
    when = say.when(decision.follow_up_at)
    return {
        "waiting": say("⏰ I ask them on {when} whether it helped.", when=when),
        "sent": say("⏰ I asked them on {when} whether it helped.", when=when),
        "cancelled": say("⏰ I did not ask whether it helped: somebody wrote first."),
    }[decision.follow_up]


def _others(say: Say, explained: Explanation) -> Markup:
    """Name what else would have fitted, or nearly."""
    also = [Markup("“%s”") % rule.name for rule in explained.also[:MOST_NAMED]]
    nearly = [
        say("“{name}” but for {condition}", name=rule.name, condition=condition(say, unmet))
        for rule, unmet in explained.nearly[:MOST_NAMED]
    ]
    return lines(
        say("🔎 Came too late: {rules}.", rules=say(", ").join(also)) if also else "",
        say("🔎 Nearly: {rules}.", rules=say(", ").join(nearly)) if nearly else "",
    )


def pick(say: Say, latest: Sequence[Decision]) -> View:
    """Offer the last decisions to choose from."""
    if not latest:
        return View(say("Nobody has written yet, so there is nothing to explain."))
    signs = {"answered": "✅", "handed_off": "🙋", "silent": "🤫"}
    return View(
        say("Which of these? Or reply with /why to the card or the message you mean."),
        tuple(
            (
                (
                    f"{signs[decision.outcome]} {decision.customer_name[:16]}: "
                    f"{shorten(' '.join(decision.text.split()) or decision.kind, EXCERPT)}",
                    f"why:{decision.message}",
                ),
            )
            for decision in latest
        ),
    )


def not_found(say: Say) -> View:
    """Say that a message is not one that was decided."""
    return View(
        say(
            "I do not find that among the messages I have decided about. "
            "Send /why alone to see the last ones."
        )
    )
