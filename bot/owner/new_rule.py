"""How the owner makes a new rule, step by step, and sees what it would do before it is on."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from telegram import Update

from bot import letters
from bot.context import App, Context
from bot.owner import rehearsal
from bot.playbook_files import RULES, TEMPLATES
from bot.store import choices
from bot.taps import acknowledge, redraw
from bot.views import new_rule as views
from bot.views import rules as rules_views
from nlp.keywords import KeywordError, Keywords
from nlp.language import detect_language
from nlp.toml_edit import EditError, set_rule, set_template
from nlp.toml_text import FileError

DRAFT = "new_rule"
"""The choice that keeps the rule that is being made, as JSON; there is one at a time."""

# Above whatever the starter set answers by itself, below its calls for a person (80 and more).
PRIORITY = 75

HAN = re.compile(r"[\u3400-\u9fff]")
LONGEST_NAME = 40  # of the 64 characters that a rule's name may have


async def begin(update: Update, context: Context) -> None:
    """Ask what the new rule is to look for."""
    query, app = update.callback_query, context.app
    assert query  # the route's pattern says so
    await acknowledge(query)
    letters.ask_owner(app, views.ask_for_keywords(app.say), topic="newrule:keywords")


async def written(update: Update, context: Context, step: str) -> None:
    """Take the owner's words as the keywords, the text or the label of the new rule."""
    said, app = update.effective_message, context.app
    assert said  # the caller has looked
    draft = _draft(app)
    if not variants_in(said.text or ""):
        letters.tell_owner(app, rules_views.only_text(app.say))
    elif step == "keywords":
        _ask_for_action(app, said.text or "", said.message_id)
    elif draft is None:
        letters.tell_owner(app, views.no_draft(app.say))
    else:
        await _show(app, draft | {step: said.text})


async def choose(update: Update, context: Context) -> None:
    """Take what the new rule is to do."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    _, action, number = query.data.split(":")
    draft = _draft(app)
    if draft is None or draft["id"] != int(number):
        await acknowledge(query, views.no_draft(app.say).text)
        return
    await acknowledge(query)
    draft |= {"action": action}
    _keep(app, draft)
    if action == "drop":
        choices.drop(app.db, DRAFT)
        await redraw(query, views.dropped(app.say))
    elif action == "reply":
        letters.ask_owner(app, views.ask_for_text(app.say), topic="newrule:text")
    elif action == "label":
        letters.ask_owner(app, views.ask_for_label(app.say), topic="newrule:label")
    else:
        await _show(app, draft)


async def switch_on(update: Update, context: Context) -> None:
    """Put the new rule in force, if it still is the one that was shown."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    kept = choices.get(app.db, DRAFT) or ""
    if query.data.removeprefix("newrule:on:") != rules_views.key(kept):
        await acknowledge(query, views.no_draft(app.say).text)
        return
    await acknowledge(query)
    try:
        name, texts = _files(app, json.loads(kept))
        await app.in_force.change(texts)
    except (FileError, EditError) as error:
        letters.tell_owner(app, rules_views.refused(app.say, error))
        return
    choices.drop(app.db, DRAFT)
    await redraw(query, views.switched_on(app.say, name))


def keywords_in(words: str) -> Mapping[str, list[str]]:
    """Read keywords as they are written in a message, by the language that their script shows."""
    each = [word for written in re.split(r"[,，、;；\n]", words) if (word := written.strip())]
    chinese = [word for word in each if HAN.search(word)]
    other = [word for word in each if word not in chinese]
    return {code: found for code, found in (("en", other), ("zh", chinese)) if found}


def variants_in(text: str) -> list[str]:
    """Read one text, or several with --- on a line between them."""
    return [part for each in re.split(r"(?m)^\s*-{3,}\s*$", text) if (part := each.strip())]


def _ask_for_action(app: App, words: str, draft: int) -> None:
    """Keep the keywords as a new draft, and ask what is to be done."""
    keywords = keywords_in(words)
    try:
        Keywords({language: tuple(found) for language, found in keywords.items()})
    except KeywordError as error:
        letters.tell_owner(app, views.no_keywords(app.say, error))
        return
    if not keywords:
        letters.ask_owner(app, views.ask_for_keywords(app.say), topic="newrule:keywords")
        return
    _keep(app, {"id": draft, "keywords": keywords})
    listed = [word for found in keywords.values() for word in found]
    letters.tell_owner(app, views.ask_for_action(app.say, listed, draft))


async def _show(app: App, draft: dict[str, Any]) -> None:
    """Show the rule in words, and what it would have done lately."""
    shown = rules_views.key(_keep(app, draft))
    try:
        name, texts = _files(app, draft)
        after = await app.in_force.imagine(texts)
    except (FileError, EditError) as error:
        letters.tell_owner(app, rules_views.refused(app.say, error))
        return
    differences, n_messages = await rehearsal.differ(app, after)
    rule = next(rule for rule in after.rules if rule.name == name)
    view = views.preview(
        app.say,
        rule,
        template=after.templates.get(name),
        differences=differences,
        n_messages=n_messages,
        draft=draft["id"],
        shown=shown,
    )
    letters.tell_owner(app, view)


def _files(app: App, draft: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """Give the name of the new rule, and the owner's files with it."""
    playbook, files = app.in_force.playbook, app.in_force.files
    first = next(word for words in draft["keywords"].values() for word in words)
    plain = " ".join(re.sub(r"[*|.]", " ", first).split())[:LONGEST_NAME]
    taken = {rule.name for rule in playbook.rules} | playbook.templates.keys()
    name = _free(plain, taken | {"links"})  # a table of templates.toml that is no template
    rule = {
        "name": name,
        "priority": PRIORITY,
        "action": draft["action"],
        "keywords": draft["keywords"],
    }
    texts = {}
    if draft["action"] == "reply":
        language = detect_language(draft["text"], app.say.language).code
        file = files.text(TEMPLATES)
        texts[TEMPLATES] = set_template(file, name, {language: variants_in(draft["text"])})
        rule["template"] = name
    if draft["action"] == "label":
        rule["labels"] = [draft["label"]]
    return name, texts | {RULES: set_rule(files.text(RULES), rule)}


def _free(name: str, taken: set[str]) -> str:
    """Give the name, with a number behind it where it is taken."""
    numbered = (f"{name} {number}" for number in range(2, len(taken) + 3))
    return next(each for each in (name, *numbered) if each not in taken)


def _draft(app: App) -> dict[str, Any] | None:
    kept = choices.get(app.db, DRAFT)
    draft: dict[str, Any] | None = json.loads(kept) if kept else None
    return draft


def _keep(app: App, draft: dict[str, Any]) -> str:
    """Keep the draft, and give how it is kept."""
    kept = json.dumps(draft, ensure_ascii=False)
    choices.put(app.db, DRAFT, kept)
    return kept
