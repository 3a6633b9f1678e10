"""How the owner asks why a message got what it got."""

from __future__ import annotations

from telegram import Message, Update

from bot import letters
from bot.context import App, Context
from bot.store import decisions, handoffs
from bot.store.decisions import Decision
from bot.taps import acknowledge
from bot.views import why as views
from nlp.folding import clean, fold
from nlp.language import detect_language
from nlp.playbook import Playbook
from nlp.rules import Case, Rule
from nlp.templates import Template, Variant, digest

SHOWN = 5


async def why(update: Update, context: Context) -> None:
    """Explain a reply: send this as an answer to a card or a message, or alone."""
    asked, app = update.effective_message, context.app
    assert asked  # the route's filter says so
    source = asked.reply_to_message
    if source is None:
        letters.tell_owner(app, views.pick(app.say, decisions.latest(app.db, SHOWN)))
        return
    decision = _meant(app, source)
    view = views.why(app.say, _explained(app, decision)) if decision else views.not_found(app.say)
    letters.tell_owner(app, view)


async def tap(update: Update, context: Context) -> None:
    """Explain the decision that was picked."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    decision = decisions.get(app.db, int(query.data.removeprefix("why:")))
    await acknowledge(query)
    view = views.why(app.say, _explained(app, decision)) if decision else views.not_found(app.say)
    letters.tell_owner(app, view)


def _meant(app: App, source: Message) -> Decision | None:
    """Find the decision behind a card, or about a message that was forwarded or copied."""
    handoff = handoffs.of_card(app.db, source.message_id)
    if handoff:
        return decisions.get(app.db, handoff.message)
    return decisions.of_text(app.db, source.text or source.caption or "")


def _explained(app: App, decision: Decision) -> views.Explanation:
    """Look at a decision with the playbook of today."""
    playbook = app.in_force.playbook
    bands = None if decision.probability is None else app.in_force.bands()
    here = decision.sent_at.astimezone(playbook.zone)
    case = Case(
        text=clean(decision.text),
        folded=fold(decision.text),
        language=decision.language,
        sentiment=decision.sentiment,
        abusive=decision.because == "abusive",
        first_message=decision.is_first,
        chat=decision.chat,
        segment=decision.segment,
        minute=60 * here.hour + here.minute,
        is_open=playbook.hours.is_open(decision.sent_at) if playbook.hours else None,
        taught=bands is not None and (decision.probability or 0) >= bands.answer_from,
    )
    template = _template(playbook, decision)
    variants = template.variants.get(decision.language, ()) if template else ()
    decided = next((rule for rule in playbook.rules if rule.name == decision.rule), None)
    rules = [
        rule
        for rule in playbook.rules
        if rule.on and rule.action != "label" and rule.name != decision.rule
    ]
    unmet = {rule.name: list(rule.unmet(case)) for rule in rules}
    return views.Explanation(
        decision=decision,
        language=detect_language(decision.text, decision.language),
        rule=decided,
        found=_found(decided, case),
        variant=_variant(template, decision.variant),
        n_variants=len(variants),
        also=[rule for rule in rules if not unmet[rule.name]],
        nearly=[
            (rule, unmet[rule.name][0])
            for rule in rules
            if len(unmet[rule.name]) == 1
            and (rule.keywords or rule.regex)
            and unmet[rule.name][0] not in {"keywords", "regex"}
        ],
        bands=bands,
        was_open=case.is_open,
    )


def _found(rule: Rule | None, case: Case) -> str:
    """Give the words of a message that a rule looks for."""
    found = rule and rule.keywords and rule.keywords.pattern.search(case.folded)
    return found[0].strip() if found else ""


def _template(playbook: Playbook, decision: Decision) -> Template | None:
    """Give the template that the text came from: a rule's, or a taught answer's reply."""
    name = decision.template or ""
    return playbook.templates.get(name) or playbook.answers.get(name)


def _variant(template: Template | None, drawn: str | None) -> Variant | None:
    each = (v for variants in (template.variants.values() if template else ()) for v in variants)
    return next((variant for variant in each if digest(variant.text) == drawn), None)
