"""Says what Telegram would refuse about a post."""

from __future__ import annotations

from markupsafe import Markup

from bot.limits import Problem
from bot.views.inbox import shorten
from bot.views.say import Say

LONGEST_NAMED = 60  # characters of an option or an address that is named


def problem(say: Say, problem: Problem) -> Markup:
    """Say one thing that stands against a post, and what is allowed."""
    values = {
        "n": say.number(problem.n),
        "limit": say.number(problem.limit),
        "where": shorten(problem.where, LONGEST_NAMED),
    }
    sentences = {
        "nothing": say("There is nothing to publish in this."),
        "characters": say("The text holds a broken character. Please type it anew."),
        "formatting": say("The formatting goes beyond the text. Please write it anew."),
        "text": say("The text is too long: {n} characters, Telegram allows {limit}.", **values),
        "caption": say(
            "The text is too long to stand below a picture: {n} characters, Telegram allows "
            "{limit}.",
            **values,
        ),
        "album": say("An album holds {limit} files at most; these are {n}.", **values),
        "animation": say("An animation cannot be part of an album. Send it by itself."),
        "mixture": say("Files cannot stand in one album with photos and videos."),
        "album buttons": say("Telegram allows no buttons below an album."),
        "poll media": say("A poll cannot have a picture."),
        "question": say("A poll's question has 1 to {limit} characters; this has {n}.", **values),
        "options": say("A poll has 2 to 12 options; this has {n}.", **values),
        "option": say("A poll's option has 1 to {limit} characters; “{where}” has {n}.", **values),
        "answer": say("I do not know the right answer of this quiz. Send the quiz itself to me."),
        "explanation": say(
            "A quiz's explanation has {limit} characters at most; this has {n}.", **values
        ),
        "explanation lines": say(
            "A quiz's explanation has {limit} line breaks at most; this has {n}.", **values
        ),
        "buttons": say("A post has {limit} buttons at most; these are {n}.", **values),
        "row": say("At most {limit} buttons stand side by side; these are {n}.", **values),
        "label": say("The button to {where} has no text.", **values),
        "address": say("“{where}” is no address for a button. It begins with https://", **values),
    }
    return sentences[problem.what]
