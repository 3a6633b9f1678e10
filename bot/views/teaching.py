"""What the owner sees while teaching: what is asked of them, and what was learnt."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from bot.store.lessons import Lesson
from bot.views.inbox import shorten
from bot.views.say import Say, View, lines
from nlp.answers import Answer
from nlp.language import LANGUAGES
from nlp.replies import Because
from nlp.templates import VARIABLES

SHOWN = 500  # characters of a question or reply that tell it from the others


def ask_for_question(say: Say) -> View:
    """Ask for the question of a new lesson."""
    return View(
        lines(
            say("Which question shall I learn? Write it the way a customer would."),
            cancel_hint(say),
        )
    )


def ask_for_reply(say: Say, question: str) -> View:
    """Ask for the reply of a new lesson."""
    return View(
        lines(
            say("What shall I reply to this?"),
            quote(question),
            variables(say),
            cancel_hint(say),
        )
    )


def cancel_hint(say: Say) -> Markup:
    """Say how a question of mine is got rid of."""
    return say("<i>“cancel” leaves everything as it is.</i>")


def variables(say: Say) -> Markup:
    """Say what a reply can have filled in."""
    names = Markup(", ").join(Markup("<code>{{ %s }}</code>") % name for name in VARIABLES)
    return say("I fill in what stands in double braces: {names}.", names=names)


def learnt(
    say: Say,
    lesson: Lesson,
    number: int,
    answer: Answer,
    *,
    because: Because,
    rule: str | None,
    waiting: str | None = None,
) -> View:
    """Say what was learnt, and what the next customer who asks the same will get.

    `waiting` names the customer who asked, if they have no answer yet.
    """
    if lesson.is_new:
        called = say("I call it “{name}”.", name=answer.name)
    else:
        called = say("It is one more wording of “{name}”.", name=answer.name)
    head = say("✅ Next time I answer this by myself:")
    if because is not Because.ANSWER:
        head = say("✅ I have learnt this:")
    reply = Markup(" / ").join(shorten(text, SHOWN) for text in answer.replies.values())
    return View(
        lines(
            head,
            quote(lesson.question),
            Markup("→ <i>%s</i>") % reply,
            called,
            _but(say, because, rule),
        ),
        _can_be_done(say, lesson, number, answer, waiting),
    )


def _but(say: Say, because: Because, rule: str | None) -> Markup | str:
    """Say what keeps the bot from giving a fresh answer by itself."""
    if rule and because not in {Because.UNHAPPY, Because.ABUSIVE}:
        return say("⚠️ But your rule “{rule}” comes before it: /rules", rule=rule)
    reasons = {
        Because.UNHAPPY: say("⚠️ It sounds unhappy, so I still bring it to you."),
        Because.ABUSIVE: say("⚠️ It sounds abusive, so I still bring it to you."),
        Because.NOT_TOLD: say(
            "⚠️ But I lack a fact to fill the reply in, so I still bring it to you (see .env)."
        ),
    }
    if because is Because.ANSWER:
        return ""
    return reasons.get(
        because, say("I am not sure of it yet, so I suggest it to you. More wordings help.")
    )


def _can_be_done(
    say: Say, lesson: Lesson, number: int, answer: Answer, waiting: str | None
) -> tuple[tuple[tuple[str, str], ...], ...]:
    rows: list[tuple[tuple[str, str], ...]] = [
        (button(say("Add more wordings"), f"answer:wording:{number}"),),
        (button(say("Undo"), f"lesson:undo:{lesson.id}"),),
    ]
    if lesson.is_new:
        rows[1] = (button(say("Rename"), f"answer:name:{number}"), *rows[1])
        rows[1:1] = [(reply_button(say, number, answer, code),) for code in LANGUAGES]
    if waiting:
        send = say("Send it to {name}", name=shorten(waiting, 20))
        rows.insert(0, (button(send, f"send:{lesson.handoff}"),))
    return tuple(rows)


def reply_button(say: Say, number: int, answer: Answer, language: str) -> tuple[str, str]:
    """Offer to change an answer's reply in a language, or to add it."""
    labels = {
        ("en", True): say("Change the English reply"),
        ("zh", True): say("Change the Chinese reply"),
        ("en", False): say("Add the English reply"),
        ("zh", False): say("Add the Chinese reply"),
    }
    return button(labels[language, language in answer.replies], f"answer:{language}:{number}")


def personal(say: Say, number: int, language: str, facts: Sequence[str]) -> View:
    """Warn of what only one customer should have read."""
    return View(
        lines(
            say("⚠️ This looks personal, and everybody who asks will read it:"),
            Markup("\n").join(Markup("• <b>%s</b>") % shorten(fact, 60) for fact in facts),
            say(
                "For the customer's name write {variable}.",
                variable=Markup("<code>{{ customer }}</code>"),
            ),
        ),
        ((button(say("Change the reply"), f"answer:{language}:{number}"),),),
    )


def similar(say: Say, lesson: Lesson, number: int, answer: Answer) -> View:
    """Offer to learn a question as one more wording of an answer that looks the same."""
    return View(
        lines(
            quote(lesson.question),
            say("This looks like “{name}”, to which I reply:", name=answer.name),
            _replies(answer),
        ),
        (
            (button(say("It is the same"), f"lesson:into:{lesson.id}:{number}"),),
            (button(say("It is a new answer"), f"lesson:new:{lesson.id}"),),
        ),
    )


def taken(say: Say, lesson: Lesson, number: int, answer: Answer) -> View:
    """Say that a question leads to an answer already, and offer to change that."""
    buttons: tuple[tuple[tuple[str, str], ...], ...] = (open_button(say, number, answer.name),)
    if lesson.reply not in answer.replies.values():
        buttons = ((button(say("Use the new reply"), f"lesson:reply:{lesson.id}"),), *buttons)
    return View(
        lines(
            quote(lesson.question),
            say("I know this question already, from “{name}”. I reply:", name=answer.name),
            _replies(answer),
        ),
        buttons,
    )


def unusable(say: Say, reason: str) -> View:
    """Say why a reply cannot be filled in."""
    return View(
        lines(
            say(
                "Nothing is saved: I cannot read the braces in this reply ({reason}).",
                reason=shorten(reason.partition(";")[0], SHOWN),
            ),
            variables(say),
            say("If you did not mean any, leave them out."),
        )
    )


def undone(say: Say, question: str) -> View:
    """Say that a lesson is forgotten."""
    return View(lines(say("Forgotten. This comes to you again:"), quote(question)))


def already(say: Say) -> str:
    """Say that a button came too late."""
    return str(say("I have learnt this already."))


def gone(say: Say) -> str:
    """Say that a button belongs to something that is no more."""
    return str(say("This is gone."))


def forgotten(say: Say) -> View:
    """Say that an answer was deleted."""
    return View(say("I no longer have this answer. All I have: /answers"))


def only_text(say: Say) -> View:
    """Say what can be taught."""
    return View(say("I can learn text only. Please write it."))


def no_words(say: Say) -> View:
    """Say what a question is made of."""
    return View(say("I need the question in words."))


def finished(say: Say) -> View:
    """Say that a question of mine was dealt with before."""
    return View(say("I have learnt this already. To teach me more: /teach or /answers"))


def too_long(say: Say, limit: int) -> View:
    """Say that a question or name is too long."""
    return View(
        say(
            "That is too long: I take {limit} characters. Please shorten it.",
            limit=say.number(limit),
        )
    )


def cancelled(say: Say) -> View:
    """Say that nothing came of a question of mine."""
    return View(say("All right, everything stays as it is."))


def quote(text: str) -> Markup:
    """Quote what somebody wrote."""
    return Markup("<blockquote>%s</blockquote>") % shorten(text, SHOWN)


def open_button(say: Say, number: int, name: str) -> tuple[tuple[str, str]]:
    """Lead to an answer."""
    return (button(say("Show “{name}”", name=shorten(name, 30)), f"answer:show:{number}"),)


def _replies(answer: Answer) -> Markup:
    return Markup("\n").join(
        Markup("<i>%s</i>") % shorten(text, SHOWN) for text in answer.replies.values()
    )


def button(label: Markup, data: str) -> tuple[str, str]:
    """Give a button; its label is plain text to Telegram, which would show `&amp;`."""
    return label.unescape(), data


def worded(say: Say, number: int, name: str, n: int) -> View:
    """Say that an answer knows more wordings."""
    known = say.counted(
        "✅ “{name}” knows {n} wording now.", "✅ “{name}” knows {n} wordings now.", n, name=name
    )
    more = (button(say("Add more wordings"), f"answer:wording:{number}"),)
    return View(known, (more, open_button(say, number, name)))


def changed(say: Say, number: int, name: str, *, unasked: str | None = None) -> View:
    """Say that an answer is not as it was; `unasked` is a language nobody asks for it in yet."""
    done = say("✅ “{name}” is changed.", name=name)
    if unasked is None:
        return View(done, (open_button(say, number, name),))
    hints = {
        "en": say("Add an English wording too, so that I know such a question when I see it."),
        "zh": say("Add a Chinese wording too, so that I know such a question when I see it."),
    }
    more = (button(say("Add more wordings"), f"answer:wording:{number}"),)
    return View(lines(done, hints[unasked]), (more, open_button(say, number, name)))
