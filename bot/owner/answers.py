"""How the owner looks at what they have taught, and changes it."""

from __future__ import annotations

import datetime as dt

from telegram import CallbackQuery, Update

from bot import letters
from bot.context import App, Context
from bot.owner import answer_files, bands, teaching
from bot.store import answers as store
from bot.store.answers import NameTakenError, QuestionTakenError, Use
from bot.taps import acknowledge, redraw
from bot.views import answers as views
from bot.views import teaching as teaching_views
from bot.views.say import View
from nlp.answers import LONGEST_NAME, Answer, same_question
from nlp.language import LANGUAGES

COUNTED_FOR = dt.timedelta(days=30)


async def answers(update: Update, context: Context) -> None:
    """Show what you have taught me, to look at and change; with export, as files."""
    written, app = update.effective_message, context.app
    assert written and written.text  # the route's filter says so
    match written.text.split()[1:]:
        case []:
            letters.tell_owner(app, _listing(app, 0))
        case ["export"]:
            answer_files.export(app)
        case ["bands", *limits]:
            await bands.show(app, limits)
        case _:
            letters.tell_owner(app, views.no_use(app.say))


async def turn(update: Update, context: Context) -> None:
    """Turn to another page of the list."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    await acknowledge(query)
    await redraw(query, _listing(app, int(query.data.partition(":")[2])))


async def tap(update: Update, context: Context) -> None:
    """Do what a button about an answer says."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    _, verb, number = query.data.split(":")
    if verb == "drop":
        await acknowledge(query)
        await _drop_wording(app, query, int(number))
        return
    found = _found(app, int(number))
    if found is None:
        await acknowledge(query, teaching_views.gone(app.say))
        return
    await acknowledge(query)
    use, answer = found
    asked = {
        "wording": views.ask_for_wording(app.say, use.name),
        "name": views.ask_for_name(app.say, use.name),
        **{code: views.ask_for_reply(app.say, use.name, code) for code in LANGUAGES},
    }
    if verb in asked:
        letters.ask_owner(app, asked[verb], topic=f"answer:{verb}:{use.id}")
    elif verb == "deleted":
        store.delete(app.db, use.id)
        await app.in_force.refit()
        await redraw(query, views.deleted(app.say, use.name))
    else:
        shown = {
            "show": views.one(app.say, use, answer),
            "wordings": views.wordings(app.say, use.id, store.questions(app.db, use.id)),
            "delete": views.confirm_delete(app.say, use),
        }
        await redraw(query, shown[verb])


async def written(update: Update, context: Context, about: str) -> None:
    """Take the owner's words as what was asked for: wordings, a name or a reply."""
    said, app = update.effective_message, context.app
    assert said  # the route's filter says so
    verb, _, number = about.partition(":")
    found = _found(app, int(number))
    if found is None:
        letters.tell_owner(app, teaching_views.forgotten(app.say))
    elif not said.text:
        letters.ask_owner(app, teaching_views.only_text(app.say), topic=f"answer:{about}")
    elif verb == "wording":
        await _add_wordings(app, found[0], said.text.splitlines())
    elif verb == "name":
        await _rename(app, found[0], " ".join(said.text.split()))
    else:
        await teaching.change_reply(app, found[0].id, found[0].name, verb, said.text.strip())


async def _add_wordings(app: App, use: Use, lines: list[str]) -> None:
    """Add one wording a line: all of them, or none."""
    questions = {same_question(line): line.strip() for line in lines if line.strip()}.values()
    topic = f"answer:wording:{use.id}"
    if not all(teaching.is_question(app, question, topic) for question in questions):
        return
    try:
        with app.db.atomic():
            for question in questions:
                store.add_question(app.db, use.id, question)
    except QuestionTakenError as error:
        view = views.question_taken(app.say, error.question, error.answer)
        letters.ask_owner(app, view, topic=topic)
        return
    await app.in_force.refit()
    n = use.n_questions + len(questions)
    letters.tell_owner(app, teaching_views.worded(app.say, use.id, use.name, n))


async def _drop_wording(app: App, query: CallbackQuery, question: int) -> None:
    number = store.drop_question(app.db, question)
    found = _found(app, number) if number else None
    if found is None:
        return
    await app.in_force.refit()
    use, answer = found
    if use.n_questions > 1:
        view = views.wordings(app.say, use.id, store.questions(app.db, use.id))
    else:
        view = views.one(app.say, use, answer)
    await redraw(query, view)


async def _rename(app: App, use: Use, name: str) -> None:
    topic = f"answer:name:{use.id}"
    if len(name) > LONGEST_NAME:
        letters.ask_owner(app, teaching_views.too_long(app.say, LONGEST_NAME), topic=topic)
        return
    try:
        store.rename(app.db, use.id, name)
    except NameTakenError as error:
        letters.ask_owner(app, views.name_taken(app.say, error.name), topic=topic)
        return
    await app.in_force.refit()
    letters.tell_owner(app, teaching_views.changed(app.say, use.id, name))


def _listing(app: App, page: int) -> View:
    uses = store.uses(
        app.db, app.now() - COUNTED_FOR, limit=views.ON_A_PAGE, offset=page * views.ON_A_PAGE
    )
    return views.listing(app.say, uses, store.count(app.db), page)


def _found(app: App, number: int) -> tuple[Use, Answer] | None:
    answer = store.get(app.db, number)
    use = store.use(app.db, number, app.now() - COUNTED_FOR)
    return (use, answer) if use and answer else None
