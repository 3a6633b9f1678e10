"""The options on a post's card, and what is asked about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from markupsafe import Markup

from bot.limits import Problem
from bot.views import limits, times
from bot.views.post_cards import Card, card
from bot.views.posts import button
from bot.views.say import Say, View, lines
from scheduler.posts import Content, Post, PostState

GRACES = (
    dt.timedelta(minutes=10),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=12),
    dt.timedelta(days=1),
)
"""Steps of the button, by hand: from news that is stale soon to what may come any time that day."""


def options(say: Say, shown: Card) -> View:
    """Show the same card with a button for each option that fits the post."""
    post = shown.post
    found = _timed(say, post)
    if post.state is not PostState.PUBLISHED:
        late = _option(say("Up to {span} late", span=times.span(say, post.grace)), "grace", post)
        found = [*_toggles(say, shown), *_words(say, shown), *found, late]
    rows = tuple(tuple(found[begins : begins + 2]) for begins in range(0, len(found), 2))
    return View(card(say, shown).text, (*rows, (button(say("« Back"), "show", post),)))


def _toggles(say: Say, shown: Card) -> list[tuple[str, str]]:
    post, content = shown.post, shown.post.content
    is_pinned = any(errand.kind == "pin" for errand in shown.errands)
    found = [
        _toggle(say("Silent"), "silent", post, on=content.silent),
        _toggle(say("Pin"), "pin", post, on=is_pinned),
        _toggle(say("Protected"), "protected", post, on=content.protected),
    ]
    if can_spoil(content):
        hidden = any(medium.spoiler for medium in content.media)
        found.append(_toggle(say("Spoiler"), "spoiler", post, on=hidden))
    if not (content.media or content.poll):
        found += [
            _option(say("Preview: {size}", size=_size(say, content)), "preview", post),
            _toggle(say("Preview above"), "above", post, on=content.above),
        ]
    elif content.media and content.text:
        found.append(_toggle(say("Text above"), "above", post, on=content.above))
    return found


def _words(say: Say, shown: Card) -> list[tuple[str, str]]:
    """Give the options that words are asked for."""
    post = shown.post
    buttons = [_option(say("Buttons …"), "buttons", post)]
    comment = [_option(say("First comment …"), "comment", post)]
    return [
        *(buttons if len(post.content.media) < 2 else []),
        *(comment if shown.can_comment else []),
    ]


def _timed(say: Say, post: Post) -> list[tuple[str, str]]:
    """Give what can be done to a post when it is out."""
    found = [
        _option(say("Unpin …"), "unpin", post),
        _option(say("Delete …"), "delete", post),
    ]
    return [*found, _option(say("Edit later …"), "edit", post)] if not post.content.poll else found


def can_spoil(content: Content) -> bool:
    """Say whether a post has something that can be hidden until it is tapped."""
    return any(medium.kind != "document" for medium in content.media)


def _toggle(label: Markup, name: str, post: Post, *, on: bool) -> tuple[str, str]:
    return _option(Markup("✅ %s") % label if on else label, name, post)


def _option(label: Markup, name: str, post: Post) -> tuple[str, str]:
    # a label is no HTML
    return label.unescape(), f"option:{name}:{post.id}"


def _size(say: Say, content: Content) -> Markup:
    sizes = {
        "auto": say("automatic"),
        "none": say("none"),
        "small": say("small"),
        "large": say("large"),
    }
    return sizes[content.preview]


def ask_for_buttons(say: Say, post: Post) -> View:
    """Ask for the buttons below a post."""
    return View(
        lines(
            say(
                "Send the buttons of post {id}, one a line, with “|” for side by side:", id=post.id
            ),
            say("<code>Our menu – https://example.org/menu</code>"),
            say("A dash alone (-) takes them away."),
        )
    )


def ask_for_comment(say: Say, post: Post) -> View:
    """Ask for the first comment below a post."""
    return View(
        lines(
            say("Send the first comment below post {id}.", id=post.id),
            say("A dash alone (-) takes it away."),
        )
    )


def ask_for_span(say: Say, post: Post, kind: str) -> View:
    """Ask when something is done to a post that is out."""
    questions = {
        "unpin": say("When shall post {id} be unpinned?", id=post.id),
        "delete": say("When shall post {id} be deleted?", id=post.id),
    }
    return View(
        lines(
            questions[kind],
            say(
                "A span after it is out: <code>24 hours</code>. "
                "Or a time: <code>friday 18:00</code>"
            ),
            say("A dash alone (-) takes it back."),
        )
    )


def ask_for_edit(say: Say, post: Post) -> View:
    """Ask for a post's later text, and when it gets it."""
    return View(
        lines(
            say("When shall post {id} change, and into what? For example:", id=post.id),
            say("<code>2 hours Sold out, thank you!</code>"),
            say("A span counts from when it is out; a time works too."),
            say("A dash alone (-) takes it back."),
        )
    )


def no_buttons(say: Say, line: str) -> View:
    """Say how a button is written."""
    return View(
        say(
            "I find no button in “{line}”. Write its text, a dash and its address: "
            "<code>Our menu – https://example.org/menu</code>",
            line=line,
        )
    )


def bad_buttons(say: Say, problems: Sequence[Problem]) -> View:
    """Say what is wrong with buttons."""
    return View(
        lines(
            *(limits.problem(say, problem) for problem in problems),
            say("Nothing was changed. Please send them once more."),
        )
    )


def no_span(say: Say) -> View:
    """Say how a span or a time is written."""
    return View(
        say(
            "I find neither a span nor a time in this. Write for example "
            "<code>24 hours</code>, <code>3 days</code> or <code>friday 18:00</code>."
        )
    )


def before_it_is_out(say: Say, at: dt.datetime, post: Post) -> View:
    """Say that a post is not out yet at a time."""
    return View(
        say(
            "On {when} post {id} is not out yet. Nothing was changed.",
            when=times.moment(say, at),
            id=post.id,
        )
    )
