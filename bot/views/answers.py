"""What the owner sees of the answers they have taught."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from bot.store.answers import Use
from bot.views.inbox import shorten
from bot.views.say import Say, View, lines
from bot.views.teaching import button, cancel_hint, quote, reply_button, variables
from nlp.answers import LONGEST_NAME, Answer
from nlp.language import LANGUAGES

ON_A_PAGE = 8
# Eight wordings of 80 characters and two replies of 600 stay below Telegram's 4096 units, also
# where each is an emoji and takes two. A wording that is wrong is mostly one of the latest.
WORDINGS_SHOWN = 8
WORDINGS_OFFERED = 30


def listing(say: Say, uses: Sequence[Use], n: int, page: int) -> View:
    """List a page of answers, with how they served."""
    if not n:
        return View(
            say(
                "You have not taught me anything yet. Answer a customer and tap “Teach this”, or "
                "send /teach."
            )
        )
    head = say.counted("You have taught me {n} answer.", "You have taught me {n} answers.", n)
    turn = []
    if page:
        turn.append(button(say("‹ Back"), f"answers:{page - 1}"))
    if (page + 1) * ON_A_PAGE < n:
        turn.append(button(say("More ›"), f"answers:{page + 1}"))
    return View(
        lines(
            Markup("<b>%s</b>") % head,
            *(Markup("\n<b>%s</b>\n%s") % (use.name, served(say, use)) for use in uses),
            say("\nAs a file: /answers export · How bold I am: /answers bands"),
        ),
        (
            *(((_label(use.name), f"answer:show:{use.id}"),) for use in uses),
            *([tuple(turn)] if turn else []),
        ),
    )


def served(say: Say, use: Use) -> Markup:
    """Say how many wordings an answer has, and how it served in the last 30 days."""
    wordings = say.counted("{n} wording", "{n} wordings", use.n_questions)
    if not use.n_given or use.sureness is None:
        return say("{wordings} · not needed in 30 days", wordings=wordings)
    given = say.counted("given once in 30 days", "given {n} times in 30 days", use.n_given)
    return say(
        "{wordings} · {given}, {share} sure",
        wordings=wordings,
        given=given,
        share=say.share(use.sureness),
    )


def one(say: Say, use: Use, answer: Answer) -> View:
    """Show an answer whole, and what can be done with it."""
    shown = answer.questions[:WORDINGS_SHOWN]
    more = len(answer.questions) - len(shown)
    first = [button(say("Add a wording"), f"answer:wording:{use.id}")]
    if len(answer.questions) > 1:
        first.append(button(say("Remove one"), f"answer:wordings:{use.id}"))
    return View(
        lines(
            Markup("<b>%s</b>") % answer.name,
            served(say, use),
            say("\nCustomers ask:"),
            *(Markup("• %s") % shorten(question, 80) for question in shown),
            say.counted("and {n} more", "and {n} more", more) if more else "",
            *(reply(say, language, text) for language, text in answer.replies.items()),
        ),
        (
            tuple(first),
            *((reply_button(say, use.id, answer, language),) for language in LANGUAGES),
            (
                button(say("Rename"), f"answer:name:{use.id}"),
                button(say("Delete"), f"answer:delete:{use.id}"),
            ),
            (button(say("All answers"), "answers:0"),),
        ),
    )


def reply(say: Say, language: str, text: str) -> Markup:
    """Show the reply in one language."""
    names = {"en": say("\nI reply in English:"), "zh": say("\nI reply in Chinese:")}
    return lines(names[language], Markup("<i>%s</i>") % shorten(text, 600))


def wordings(say: Say, number: int, questions: Mapping[int, str]) -> View:
    """Offer the latest wordings of an answer to be removed."""
    latest = list(questions.items())[-WORDINGS_OFFERED:]
    return View(
        say("Which wording shall I forget?"),
        (
            *(((_label(text), f"answer:drop:{key}"),) for key, text in latest),
            (button(say("‹ Back"), f"answer:show:{number}"),),
        ),
    )


def confirm_delete(say: Say, use: Use) -> View:
    """Ask before an answer is forgotten."""
    return View(
        lines(
            say("Delete “{name}”?", name=use.name),
            say("Such questions then come to you again."),
        ),
        (
            (
                button(say("Delete it"), f"answer:deleted:{use.id}"),
                button(say("Keep it"), f"answer:show:{use.id}"),
            ),
        ),
    )


def deleted(say: Say, name: str) -> View:
    """Say that an answer is forgotten."""
    return View(
        say("“{name}” is deleted.", name=name), ((button(say("All answers"), "answers:0"),),)
    )


def ask_for_wording(say: Say, name: str) -> View:
    """Ask for more questions that lead to an answer."""
    return View(
        lines(
            say("How else do customers ask for “{name}”? One wording a line.", name=name),
            cancel_hint(say),
        )
    )


def ask_for_reply(say: Say, name: str, language: str) -> View:
    """Ask for an answer's reply in one language."""
    asked = {
        "en": say("What shall I reply for “{name}” in English?", name=name),
        "zh": say("What shall I reply for “{name}” in Chinese?", name=name),
    }
    return View(lines(asked[language], variables(say), cancel_hint(say)))


def ask_for_name(say: Say, name: str) -> View:
    """Ask for an answer's new name."""
    return View(lines(say("What shall I call “{name}”?", name=name), cancel_hint(say)))


def question_taken(say: Say, question: str, name: str) -> View:
    """Say that no question leads to two answers."""
    return View(
        lines(quote(question), say("Nothing is saved: this leads to “{name}” already.", name=name))
    )


def name_taken(say: Say, name: str) -> View:
    """Say that no two answers have one name."""
    return View(
        say(
            "Nothing is saved: there is an answer “{name}” already. Choose another name.",
            name=shorten(name, LONGEST_NAME),
        )
    )


def no_use(say: Say) -> View:
    """Say what goes with /answers."""
    return View(
        say(
            "I know /answers, /answers export and /answers bands. To bring answers back, send me "
            "the file."
        )
    )


def _label(text: str) -> str:
    return shorten(" ".join(text.split()), 40)
