"""What the owner reads while a new rule is made."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from bot.views import rehearsal
from bot.views.rule_words import language_name, quoted, words
from bot.views.say import Say, View, lines
from nlp.keywords import KeywordError
from nlp.language import LANGUAGES
from nlp.rehearsal import Difference
from nlp.rules import Rule
from nlp.templates import Template


def ask_for_keywords(say: Say) -> View:
    """Ask what the new rule is to look for."""
    return View(
        lines(
            say("➕ Which words is the new rule for? Separate them with commas:"),
            say("<code>invoice, receipt, 发票</code>"),
            say(
                "refund* is any word that begins so; cat|dog is either; cancel ... order has up "
                "to five words between."
            ),
        )
    )


def no_keywords(say: Say, error: KeywordError) -> View:
    """Say that words cannot be looked for."""
    return View(say("I cannot look for that ({error}). Please try again.", error=error))


def ask_for_action(say: Say, keywords: Sequence[str], draft: int) -> View:
    """Ask what is to be done with such messages."""
    return View(
        say("What shall I do with messages with {keywords}?", keywords=quoted(say, keywords)),
        (
            ((str(say("Answer with a text")), f"newrule:reply:{draft}"),),
            (
                (str(say("Hand them to me")), f"newrule:handoff:{draft}"),
                (str(say("Keep silent")), f"newrule:silent:{draft}"),
            ),
            (
                (str(say("Only file them")), f"newrule:label:{draft}"),
                (str(say("Cancel the rule")), f"newrule:drop:{draft}"),
            ),
        ),
    )


def ask_for_text(say: Say) -> View:
    """Ask for the text of the answer."""
    return View(say("Write the answer. It may hold {names}.", names="{{ shop }}, {{ hours }}, …"))


def ask_for_label(say: Say) -> View:
    """Ask what such messages are filed under."""
    return View(say("What shall I file them under? One or two words."))


def preview(
    say: Say,
    rule: Rule,
    *,
    template: Template | None,
    differences: Sequence[Difference],
    n_messages: int,
    draft: int,
    shown: str,
) -> View:
    """Show the new rule in words, what it would have done, and offer to switch it on.

    `shown` is for the button: it names the draft as it is now, and not as it may become.
    """
    lately = (
        rehearsal.differ(say, differences, n_messages)
        if n_messages
        else [say("No customer has written yet, so there is nothing to rehearse with.")]
    )
    return View(
        lines(
            Markup("📋 %s") % words(say, rule),
            _untold(say, template) if template else "",
            "",
            *lately,
        ),
        (
            (
                (str(say("Switch on")), f"newrule:on:{shown}"),
                (str(say("Cancel the rule")), f"newrule:drop:{draft}"),
            ),
        ),
    )


def _untold(say: Say, template: Template) -> Markup:
    """Say who cannot be answered with a text that is in one language only."""
    return lines(
        *(
            say(
                "Customers who write {language} come to you, until you add a text for them.",
                language=language_name(say, code),
            )
            for code in LANGUAGES
            if code not in template.variants
        )
    )


def switched_on(say: Say, name: str) -> View:
    """Say that the new rule is in force."""
    return View(say("✅ The rule “{name}” is switched on. All of them: /rules", name=name))


def dropped(say: Say) -> View:
    """Say that there will be no new rule."""
    return View(say("Fine, no new rule."))


def no_draft(say: Say) -> View:
    """Say that there is no rule being made."""
    return View(say("There is no new rule waiting. Begin with /rules and “New rule”."))
