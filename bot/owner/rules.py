"""How the owner looks at the rules, and changes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from telegram import Update

from bot import letters
from bot.context import App, Context
from bot.owner.new_rule import keywords_in, variants_in
from bot.playbook_files import NAMES, RULES, TEMPLATES
from bot.store import decisions
from bot.taps import acknowledge, redraw
from bot.views import rules as views
from bot.views.say import View
from nlp.language import detect_language
from nlp.rules import Rule
from nlp.toml_edit import (
    EditError,
    drop_rule,
    exchange_rules,
    rule_table,
    set_rule,
    set_template,
)
from nlp.toml_text import FileError

COUNTED_FOR = dt.timedelta(days=30)


async def rules(update: Update, context: Context) -> None:
    """Show the rules I answer by, to look at and change; with export, as files."""
    written, app = update.effective_message, context.app
    assert written and written.text  # the route's filter says so
    match written.text.split()[1:]:
        case []:
            await look(app)
            letters.tell_owner(app, _listed(app, 0))
        case ["export"]:
            for name in NAMES:
                text = app.in_force.files.text(name)
                letters.send_file(app, name, text, views.exported(app.say, name))
        case _:
            letters.tell_owner(app, views.no_use(app.say))


async def look(app: App) -> None:
    """Take over the owner's files if they were written since, and say how it went."""
    if not app.in_force.has_changed():
        return
    try:
        await app.in_force.reload()
    except FileError as error:
        letters.tell_owner(app, views.refused(app.say, error))
    else:
        letters.tell_owner(app, views.taken_over(app.say, app.in_force.playbook), silent=True)


async def turn(update: Update, context: Context) -> None:
    """Turn to another page of the list."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    await acknowledge(query)
    await redraw(query, _listed(app, int(query.data.removeprefix("rules:page:"))))


async def tap(update: Update, context: Context) -> None:
    """Do what a button about a rule says."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    _, verb, this = query.data.split(":")
    await look(app)
    rule = _all(app).get(this)
    if rule is None:
        await acknowledge(query, views.gone(app.say))
        return
    await acknowledge(query)
    if verb == "open":
        await redraw(query, _opened(app, rule))
    elif verb == "drop":
        await redraw(query, views.confirm_drop(app.say, rule))
    elif verb == "text":
        n_others = [other.template for other in _all(app).values()].count(rule.template) - 1
        view = views.ask_for_text(app.say, rule, n_others)
        letters.ask_owner(app, view, topic=f"rule:text:{this}")
    elif verb == "keywords":
        view = views.ask_for_keywords(app.say, rule)
        letters.ask_owner(app, view, topic=f"rule:keywords:{this}")
    elif await _edit(app, lambda: _moved(app, rule, verb)):
        now = _all(app).get(this)
        await redraw(query, _opened(app, now) if now else _listed(app, 0))


async def written(update: Update, context: Context, about: str) -> None:
    """Take the owner's words as the text or the keywords of a rule."""
    said, app = update.effective_message, context.app
    assert said  # the caller has looked
    what, this = about.split(":")
    await look(app)
    rule = _all(app).get(this)
    if rule is None:
        letters.tell_owner(app, View(views.gone(app.say)))
    elif not variants_in(said.text or ""):
        letters.tell_owner(app, views.only_text(app.say))
    elif await _edit(app, lambda: _rewritten(app, rule, what, said.text or "")):
        letters.tell_owner(app, _opened(app, _all(app)[this]))


def _rewritten(app: App, rule: Rule, what: str, words: str) -> dict[str, str]:
    """Give the owner's file with a rule's new text, or its new keywords."""
    files = app.in_force.files
    if what == "keywords":
        table = rule_table(files.text(RULES), rule.name) | {"keywords": keywords_in(words)}
        return {RULES: set_rule(files.text(RULES), table)}
    language = detect_language(words, app.say.language).code
    texts = {language: variants_in(words)}
    return {TEMPLATES: set_template(files.text(TEMPLATES), rule.template or rule.name, texts)}


def _moved(app: App, rule: Rule, verb: str) -> dict[str, str]:
    """Give the owner's file with a rule switched, moved or deleted."""
    file, order = app.in_force.files.text(RULES), app.in_force.playbook.rules
    if verb in {"on", "off"}:
        return {RULES: set_rule(file, rule_table(file, rule.name) | {"on": verb == "on"})}
    if verb == "dropped":
        return {RULES: drop_rule(file, rule.name)}
    at = order.index(rule)
    to = at - 1 if verb == "raise" else at + 1
    if to not in range(len(order)):
        return {}
    return {RULES: exchange_rules(file, rule.name, order[to].name)}


async def _edit(app: App, edit: Callable[[], Mapping[str, str]]) -> bool:
    """Change the owner's files; False when that was refused, and the owner knows why."""
    try:
        await app.in_force.change(edit())
    except (FileError, EditError) as error:
        letters.tell_owner(app, views.refused(app.say, error))
        return False
    return True


def _listed(app: App, page: int) -> View:
    return views.listed(app.say, app.in_force.playbook.rules, _n_decided(app), page)


def _opened(app: App, rule: Rule) -> View:
    playbook, n_decided = app.in_force.playbook, _n_decided(app)
    return views.opened(
        app.say, playbook.rules, rule, playbook.templates, n_decided.get(rule.name, 0)
    )


def _n_decided(app: App) -> Mapping[str, int]:
    return decisions.n_by_rule(app.db, app.now() - COUNTED_FOR)


def _all(app: App) -> Mapping[str, Rule]:
    """Give the rules by their keys."""
    return {views.key(rule.name): rule for rule in app.in_force.playbook.rules}
