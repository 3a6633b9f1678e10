"""How the owner compares the texts of a template, and chooses one."""

from __future__ import annotations

from collections.abc import Mapping

from telegram import Update

from bot import letters
from bot.context import App, Context
from bot.playbook_files import TEMPLATES
from bot.store import trials
from bot.store.trials import Fared
from bot.taps import acknowledge, redraw
from bot.views import rules as rules_views
from bot.views import variants as views
from bot.views.variants import Trial, Tried
from nlp.templates import Template, digest
from nlp.toml_edit import EditError, set_template
from nlp.toml_text import FileError


async def variants(update: Update, context: Context) -> None:
    """Compare the texts that customers are sent by lot, and keep the better one."""
    app = context.app
    running = _running(app)
    letters.tell_owner(app, views.overview(app.say, running) if running else views.none(app.say))


async def open_(update: Update, context: Context) -> None:
    """Open one template's texts, or go back to all of them."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    running = {trial.key: trial for trial in _running(app)}
    trial = running.get(query.data.removeprefix("variants:"))
    await acknowledge(query)
    if trial:
        await redraw(query, views.opened(app.say, trial))
    else:
        await redraw(query, views.overview(app.say, list(running.values())))


def _running(app: App) -> list[Trial]:
    """Give the templates with several texts of which one was sent."""
    fared = {(each.template, each.language, each.variant): each for each in trials.fared(app.db)}
    sent = {(template, language) for template, language, _ in fared}
    return [
        Trial(name, language, [_tried(text.text, name, language, fared) for text in texts])
        for name, template in app.in_force.playbook.templates.items()
        for language, texts in template.variants.items()
        if len(texts) > 1 and (name, language) in sent
    ]


def _tried(
    text: str, template: str, language: str, fared: Mapping[tuple[str, str, str], Fared]
) -> Tried:
    return Tried(text, digest(text), fared.get((template, language, digest(text))))


async def tap(update: Update, context: Context) -> None:
    """Keep one text of a template and drop the others."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    _, template_key, language, drawn = query.data.split(":")
    template = _template(app, template_key)
    texts = template.variants.get(language, ()) if template else ()
    text = next((each.text for each in texts if digest(each.text) == drawn), None)
    if template is None or text is None:
        await acknowledge(query, views.gone(app.say))
        return
    await acknowledge(query)
    file = app.in_force.files.text(TEMPLATES)
    try:
        changed = set_template(file, template.name, {language: [text]})
        await app.in_force.change({TEMPLATES: changed})
    except (FileError, EditError) as error:
        letters.tell_owner(app, rules_views.refused(app.say, error))
    else:
        letters.tell_owner(app, views.kept(app.say, template.name, text))


def _template(app: App, template_key: str) -> Template | None:
    templates = app.in_force.playbook.templates.values()
    return next((each for each in templates if rules_views.key(each.name) == template_key), None)
