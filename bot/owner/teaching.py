"""How the owner teaches an answer: a question, its reply, and what the bot makes of them."""

from __future__ import annotations

import asyncio
from itertools import chain, count

from telegram import Message, Update

from bot import letters
from bot.context import App, Context
from bot.store import answers, decisions, handoffs, lessons
from bot.store.handoffs import Handoff
from bot.store.lessons import Lesson
from bot.taps import acknowledge
from bot.views import teaching as views
from nlp.answers import Answer
from nlp.folding import READ_UP_TO
from nlp.language import detect_language
from nlp.naming import proposed_name
from nlp.personal import personal_facts
from nlp.playbook import Situation
from nlp.replies import Reply, choose_reply
from nlp.templates import TextError, compile_template


async def teach(update: Update, context: Context) -> None:
    """Teach me a reply: answer a customer's card with this, or begin a new one."""
    written, app = update.effective_message, context.app
    assert written and written.text  # the route's filter says so
    _, *reply = written.text.split(maxsplit=1)
    source = written.reply_to_message
    handoff = handoffs.of_card(app.db, source.message_id) if source else None
    lesson = lessons.begin(
        app.db,
        app.now(),
        handoff=handoff.id if handoff else None,
        question=_quoted(app, source) if source and not handoff else None,
        reply=reply[0].strip() if reply else None,
    )
    await _go_on(app, lesson)


def _quoted(app: App, source: Message) -> str | None:
    """Give what the owner has forwarded or written; what I wrote is no question."""
    by_owner = source.from_user and source.from_user.id == app.settings.owner_id
    return (source.text or source.caption) if by_owner else None


async def tap(update: Update, context: Context) -> None:
    """Do what a button about a lesson says."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    _, verb, number, *rest = query.data.split(":")
    lesson = lessons.get(app.db, int(number))
    if lesson is None or (verb == "undo" and lesson.answer is None):
        await acknowledge(query, views.gone(app.say))
        return
    if verb != "undo" and lesson.answer is not None:
        await acknowledge(query, views.already(app.say))
        return
    await acknowledge(query)
    if verb == "teach":
        await _go_on(app, lesson.id)
    elif verb == "undo":
        await _undo(app, lesson)
    elif verb == "reply":
        await _replace_reply(app, lesson)
    elif answers.asked_by(app.db, lesson.question):  # meanwhile
        await _go_on(app, lesson.id)
    elif verb == "new" or answers.get(app.db, int(rest[0])):
        await _learn(app, lesson, None if verb == "new" else int(rest[0]))
    else:
        letters.tell_owner(app, views.forgotten(app.say))


async def written(update: Update, context: Context, lesson_id: str) -> None:
    """Take the owner's words as the question, or else as the reply, of a lesson."""
    said, app = update.effective_message, context.app
    assert said  # the route's filter says so
    lesson = lessons.get(app.db, int(lesson_id))
    if lesson is None or lesson.answer is not None:
        letters.tell_owner(app, views.finished(app.say))
    elif not said.text:
        letters.ask_owner(app, views.only_text(app.say), topic=f"lesson:{lesson.id}")
    elif has_words(lesson.question):
        lessons.put_reply(app.db, lesson.id, said.text.strip())
        await _go_on(app, lesson.id)
    elif is_question(app, said.text, f"lesson:{lesson.id}"):
        lessons.put_question(app.db, lesson.id, said.text.strip())
        await _go_on(app, lesson.id)


async def _go_on(app: App, lesson_id: int) -> None:
    """Ask for what a lesson lacks; once it lacks nothing, learn it or offer what is nearest."""
    lesson = lessons.get(app.db, lesson_id)
    assert lesson  # it was found or begun just now
    topic = f"lesson:{lesson.id}"
    if lesson.answer is not None:
        letters.tell_owner(app, views.finished(app.say))
        return
    if not has_words(lesson.question):
        letters.ask_owner(app, views.ask_for_question(app.say), topic=topic)
        return
    if not lesson.reply:
        letters.ask_owner(app, views.ask_for_reply(app.say, lesson.question), topic=topic)
        return
    if not usable(app, lesson.reply, topic):
        return
    taken = answers.asked_by(app.db, lesson.question)
    if taken:
        answer = answers.get(app.db, taken)
        assert answer  # a question has one
        letters.tell_owner(app, views.taken(app.say, lesson, taken, answer))
        return
    alike = await _similar(app, lesson)
    if alike is None:
        await _learn(app, lesson, None)
    elif _was_suggested(app, lesson, alike[1]):
        await _learn(app, lesson, alike[0])
    else:
        letters.tell_owner(app, views.similar(app.say, lesson, *alike))


async def _similar(app: App, lesson: Lesson) -> tuple[int, Answer] | None:
    """Find the answer that says the same, or that the question seems to mean."""
    known = answers.taught(app.db)
    alike = next((each for each in known if lesson.reply in each.replies.values()), None)
    matcher = app.in_force.playbook.matcher
    if alike is None and matcher:
        match = await asyncio.to_thread(matcher, lesson.question)
        if match and match.band != "handoff":
            alike = next((each for each in known if each.name == match.answer), None)
    number = answers.named(app.db, alike.name) if alike else None
    return (number, alike) if alike and number else None


def _was_suggested(app: App, lesson: Lesson, answer: Answer) -> bool:
    """Say whether the owner sent what an answer had suggested, and so has called it right."""
    handoff = handoffs.get(app.db, lesson.handoff) if lesson.handoff else None
    decided = decisions.get(app.db, handoff.message) if handoff else None
    return bool(
        handoff
        and decided
        and handoff.suggestion == lesson.reply
        and decided.template == answer.name
    )


async def _learn(app: App, lesson: Lesson, into: int | None) -> None:
    """Learn a lesson, as a new answer or as one more wording, and show what comes of it."""
    language = detect_language(lesson.reply, app.settings.owner_language).code
    with app.db.atomic():
        if into is None:
            number = _begin_answer(app, lesson, language)
        else:
            number = into
            answers.add_question(app.db, into, lesson.question)
            answers.add_reply(app.db, into, language, lesson.reply)
        lessons.learnt(app.db, lesson, number, is_new=into is None)
    await app.in_force.refit()
    learnt, answer = lessons.get(app.db, lesson.id), answers.get(app.db, number)
    assert learnt and answer  # written just now
    handoff = handoffs.get(app.db, lesson.handoff) if lesson.handoff else None
    expected = await _expected(app, lesson.question, handoff)
    view = views.learnt(
        app.say,
        learnt,
        number,
        answer,
        because=expected.because,
        rule=expected.rule,
        waiting=_suggest(app, handoff, answer, expected) if handoff else None,
    )
    letters.tell_owner(app, view)
    if into is None:
        warn_if_personal(app, number, language, lesson.reply, handoff)


def _begin_answer(app: App, lesson: Lesson, language: str) -> int:
    """Write a new answer under a name of its own."""
    proposed = proposed_name(lesson.question)
    names = chain([proposed], (f"{proposed} {n}" for n in count(2)))
    name = next(name for name in names if not answers.named(app.db, name))
    answer = Answer(name=name, questions=(lesson.question,), replies={language: lesson.reply})
    return answers.teach(app.db, answer, app.now())


async def _expected(app: App, question: str, handoff: Handoff | None) -> Reply:
    """Choose what the customer would get who has asked this, or the next one who does."""
    language = detect_language(question, app.settings.owner_language).code
    return await asyncio.to_thread(
        choose_reply,
        question,
        playbook=app.in_force.playbook,
        sentiment=app.sentiment,
        situation=Situation(
            at=app.now(),
            fallback_language=language,
            customer=handoff.customer_name if handoff else "",
            seed=handoff.customer_id if handoff else 0,
        ),
    )


def _suggest(app: App, handoff: Handoff, answer: Answer, expected: Reply) -> str | None:
    """Suggest a fresh answer for the customer who asked, and name them if they wait."""
    comes_from = expected.sent.template if expected.sent else None
    if handoff.state != "waiting" or comes_from != answer.name:
        return None
    handoffs.suggest(app.db, handoff.id, expected.suggestion or expected.text or "")
    return handoff.customer_name


async def _undo(app: App, lesson: Lesson) -> None:
    """Forget what was learnt, and the answer that began with it if it has learnt nothing else."""
    assert lesson.answer is not None  # the caller has looked
    with app.db.atomic():
        kept = answers.drop_wording(app.db, lesson.answer, lesson.question)
        if lesson.is_new and not kept:
            answers.delete(app.db, lesson.answer)
        lessons.undo(app.db, lesson.id)
    await app.in_force.refit()
    letters.tell_owner(app, views.undone(app.say, lesson.question))


async def _replace_reply(app: App, lesson: Lesson) -> None:
    """Let the answer that knows a question already give the lesson's reply."""
    number = answers.asked_by(app.db, lesson.question)
    answer = answers.get(app.db, number) if number else None
    if number is None or answer is None:
        await _go_on(app, lesson.id)
        return
    language = detect_language(lesson.reply, app.settings.owner_language).code
    await change_reply(app, number, answer.name, language, lesson.reply)


async def change_reply(app: App, number: int, name: str, language: str, reply: str) -> None:
    """Let an answer give another reply in a language, or say why it cannot."""
    if not usable(app, reply, f"answer:{language}:{number}"):
        return
    answers.set_reply(app.db, number, language, reply)
    await app.in_force.refit()
    asked = {detect_language(each, "").code for each in answers.questions(app.db, number).values()}
    letters.tell_owner(
        app, views.changed(app.say, number, name, unasked=None if language in asked else language)
    )
    warn_if_personal(app, number, language, reply)


def has_words(question: str) -> bool:
    """Say whether there is anything in a question that another could resemble."""
    return any(character.isalnum() for character in question)


def is_question(app: App, written: str, topic: str) -> bool:
    """Say whether the owner's words can be a question, or tell them why not and ask again."""
    if not has_words(written):
        letters.ask_owner(app, views.no_words(app.say), topic=topic)
    elif len(written) > READ_UP_TO:
        letters.ask_owner(app, views.too_long(app.say, READ_UP_TO), topic=topic)
    else:
        return True
    return False


def usable(app: App, reply: str, topic: str) -> bool:
    """Say whether a reply can be filled in, or tell the owner why not and ask again."""
    try:
        compile_template("reply", {"en": reply}, app.in_force.playbook.templates.links)
    except TextError as error:
        letters.ask_owner(app, views.unusable(app.say, str(error)), topic=topic)
        return False
    return True


def warn_if_personal(
    app: App, number: int, language: str, reply: str, handoff: Handoff | None = None
) -> None:
    """Warn the owner of what looks as if it were for one customer only."""
    customer = handoff.customer_name if handoff else ""
    facts = personal_facts(reply, customer, app.in_force.playbook.values.values())
    if facts:
        letters.tell_owner(app, views.personal(app.say, number, language, facts))
