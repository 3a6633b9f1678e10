"""What the owner sees of rules: which messages they are for and what they do, in plain words."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from bot.views.inbox import shorten
from bot.views.rule_words import words
from bot.views.say import Say, View, lines
from nlp.playbook import Playbook
from nlp.rules import Rule
from nlp.templates import Template, Templates
from nlp.toml_edit import EditError
from nlp.toml_text import FileError

A_PAGE = 8
KEYWORDS_IN_LIST = 3
TEXTS_SHOWN = 4
LONGEST_TEXT = 400


def key(name: str) -> str:
    """Give a short name of a rule for callback data, which holds 64 bytes at most."""
    return hashlib.blake2s(name.encode(), digest_size=6).hexdigest()


def listed(say: Say, rules: Sequence[Rule], fired: Mapping[str, int], page: int) -> View:
    """Show a page of the rules, the first to be tried on top, and how often each decided."""
    begins = page * A_PAGE
    shown = rules[begins : begins + A_PAGE]
    numbers = [
        (str(number), f"rule:open:{key(rule.name)}")
        for number, rule in enumerate(shown, begins + 1)
    ]
    turn = []
    if page:
        turn.append((str(say("◀ Back")), f"rules:page:{page - 1}"))
    if begins + A_PAGE < len(rules):
        turn.append((str(say("More ▶")), f"rules:page:{page + 1}"))
    buttons = [tuple(numbers[:4]), tuple(numbers[4:]), tuple(turn)]
    buttons.append(((str(say("➕ New rule")), "newrule:begin"),))
    return View(
        lines(
            say.counted(
                "📋 <b>{n} rule</b>, tried from the top; the first that fits decides.",
                "📋 <b>{n} rules</b>, tried from the top; the first that fits decides.",
                len(rules),
            ),
            *(
                _line(say, rule, number, fired.get(rule.name, 0))
                for number, rule in enumerate(shown, begins + 1)
            ),
            say("\nTap a number to open a rule. All of them as files: /rules export"),
        ),
        tuple(row for row in buttons if row),
    )


def _line(say: Say, rule: Rule, number: int, n_fired: int) -> Markup:
    said = words(say, rule, KEYWORDS_IN_LIST)
    tail = (
        Markup(" · ") + say.counted("{n} time in 30 days", "{n} times in 30 days", n_fired)
        if n_fired
        else Markup()
    )
    if not rule.on:
        tail = Markup(" · ") + say("switched off")
    return Markup("<b>%s %s</b> · %s%s") % (number, rule.name, said, tail)


def opened(say: Say, rules: Sequence[Rule], rule: Rule, templates: Templates, n: int) -> View:
    """Show one rule whole, which decided `n` messages, with what can be done about it."""
    this = key(rule.name)
    switch = (
        (str(say("Switch off")), f"rule:off:{this}")
        if rule.on
        else (str(say("Switch on")), f"rule:on:{this}")
    )
    change = []
    if rule.template:
        change.append((str(say("Change the text")), f"rule:text:{this}"))
    if rule.keywords:
        change.append((str(say("Change the keywords")), f"rule:keywords:{this}"))
    buttons = [
        (
            switch,
            (str(say("Raise")), f"rule:raise:{this}"),
            (str(say("Lower")), f"rule:lower:{this}"),
        ),
        tuple(change),
        ((str(say("Delete")), f"rule:drop:{this}"), (str(say("« All rules")), "rules:page:0")),
    ]
    return View(
        lines(
            Markup("<b>%s</b>") % rule.name,
            words(say, rule),
            _texts(say, templates.get(rule.template)) if rule.template else "",
            say("It is passed over where you have taught an answer.") if rule.unless_taught else "",
            say(
                "It looks again after {hours} h, with “{template}”.",
                hours=say.number(rule.follow_up.after.total_seconds() / 3600),
                template=rule.follow_up.template,
            )
            if rule.follow_up
            else "",
            say("Filed under: {labels}", labels=", ".join(rule.labels)) if rule.labels else "",
            "" if rule.on else say("⏸ It is switched off."),
            say.counted(
                "Number {place} of {n_rules} · decided {n} message in the last 30 days",
                "Number {place} of {n_rules} · decided {n} messages in the last 30 days",
                n,
                place=rules.index(rule) + 1,
                n_rules=len(rules),
            ),
        ),
        tuple(row for row in buttons if row),
    )


def _texts(say: Say, template: Template | None) -> Markup:
    """Quote the texts of a template, those in the owner's language first."""
    if template is None:
        return Markup()
    languages = sorted(template.variants, key=lambda language: language != say.language)
    texts = [variant.text for language in languages for variant in template.variants[language]]
    quotes = [
        Markup("<blockquote>%s</blockquote>") % shorten(text, LONGEST_TEXT)
        for text in texts[:TEXTS_SHOWN]
    ]
    n_more = len(texts) - len(quotes)
    more = say.counted("and {n} more text", "and {n} more texts", n_more) if n_more else ""
    return lines(*quotes, more)


def confirm_drop(say: Say, rule: Rule) -> View:
    """Ask whether a rule is really to go."""
    this = key(rule.name)
    return View(
        lines(
            say("Delete the rule <b>{name}</b> for good?", name=rule.name),
            words(say, rule),
        ),
        (
            (
                (str(say("Delete")), f"rule:dropped:{this}"),
                (str(say("Keep it")), f"rule:open:{this}"),
            ),
        ),
    )


def ask_for_text(say: Say, rule: Rule, n_others: int) -> View:
    """Ask for the new text of a rule."""
    return View(
        lines(
            say(
                "Send the new text of <b>{name}</b>. It takes the place of those in the language "
                "you write in. For several texts, which I then try out, put --- on a line "
                "between them.",
                name=rule.name,
            ),
            say.counted(
                "Mind: {n} other rule answers with it too.",
                "Mind: {n} other rules answer with it too.",
                n_others,
            )
            if n_others
            else "",
        )
    )


def ask_for_keywords(say: Say, rule: Rule) -> View:
    """Ask for the new keywords of a rule."""
    by_language = rule.keywords.by_language if rule.keywords else {}
    now = ", ".join(word for found in by_language.values() for word in found)
    return View(
        lines(
            say("Send the new keywords of <b>{name}</b>, separated by commas.", name=rule.name),
            say("Now they are: <code>{keywords}</code>", keywords=shorten(now)),
            say(
                "refund* is any word that begins so; cat|dog is either; cancel ... order has up "
                "to five words between."
            ),
        )
    )


def exported(say: Say, name: str) -> View:
    """Say what can be done with an exported file."""
    return View(
        say("{name}: change it and send it back, and I show what it would do first.", name=name)
    )


def no_use(say: Say) -> View:
    """Say what /rules takes."""
    return View(say("Write /rules to see them, or /rules export to have them as files."))


def only_text(say: Say) -> View:
    """Say that words are needed."""
    return View(say("I need words here, please write them as text."))


def gone(say: Say) -> Markup:
    """Say that a rule is no longer in the file."""
    return say("That rule is gone.")


def refused(say: Say, error: FileError | EditError) -> View:
    """Say what is wrong with a file, and that the old one stays."""
    return View(
        say(
            "⚠️ I cannot use this, so everything stays as it was:\n<code>{error}</code>",
            error=shorten(str(error)),
        )
    )


def taken_over(say: Say, playbook: Playbook) -> View:
    """Say that a changed file is in force."""
    return View(
        say.counted(
            "✅ Your changed files are in force: {n} rule, {n_templates} templates.",
            "✅ Your changed files are in force: {n} rules, {n_templates} templates.",
            len(playbook.rules),
            n_templates=say.number(len(playbook.templates)),
        )
    )
