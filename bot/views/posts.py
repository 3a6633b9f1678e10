"""What the owner is told about writing posts: how it is done, and what stands against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from types import MappingProxyType
from unicodedata import east_asian_width

from markupsafe import Markup

from bot.limits import Problem
from bot.views import limits, times
from bot.views.say import Say, View, lines
from scheduler.posts import MediaKind, Post, PostState

EXCERPT = 120  # columns of a post that tell it from the others: four lines on a phone

KIND_MARKS: Mapping[MediaKind, str] = MappingProxyType(
    {"photo": "🖼", "video": "🎬", "animation": "🎞", "document": "📎"}
)

Buttons = tuple[tuple[tuple[str, str], ...], ...]


def excerpt(post: Post, columns: int = EXCERPT) -> str:
    """Give the beginning of a post on one line; a Chinese character is two columns wide."""
    text, poll = " ".join(post.text.split()), post.content.poll
    if not (text or poll) and post.content.media:
        return KIND_MARKS[post.content.media[0].kind]
    text = text or (poll.question if poll else "")
    widths = accumulate(2 if east_asian_width(each) in "WF" else 1 for each in text)
    n = sum(width <= columns for width in widths)
    return text if n == len(text) else f"{text[: n - 1]}…"


def button(label: Markup | str, verb: str, post: Post) -> tuple[str, str]:
    """Give a button of a post's card."""
    return str(label), f"post:{verb}:{post.id}"


def already(say: Say, post: Post) -> str:
    """Say that a button came too late, and what happened meanwhile."""
    sentences = {
        PostState.DRAFT: say("Post {id} is a draft.", id=post.id),
        PostState.WAITING: say("Post {id} waits for your word.", id=post.id),
        PostState.SCHEDULED: say(
            "Post {id} is scheduled for {when}.",
            id=post.id,
            when=times.moment(say, post.publish_at),
        ),
        PostState.PUBLISHING: say("Post {id} is going out right now.", id=post.id),
        PostState.PUBLISHED: say("Post {id} is published already.", id=post.id),
        PostState.FAILED: say("Post {id} was refused by Telegram.", id=post.id),
        PostState.UNKNOWN: say("Post {id} may be out already.", id=post.id),
        PostState.LATE: say("Post {id} has become late.", id=post.id),
        PostState.CANCELLED: say("Post {id} was cancelled.", id=post.id),
    }
    return str(sentences[post.state])


def gone(say: Say) -> Markup:
    """Say that a button belongs to a post of another database."""
    return say("I no longer know this post.")


def too_late(say: Say, post: Post) -> View:
    """Say that a post can no longer be changed."""
    return View(Markup("%s") % already(say, post))


def no_text(say: Say, command: str) -> View:
    """Say how a post is written."""
    if command == "schedule":
        return View(
            say(
                "Write /schedule, a time and the text, for example:\n"
                "<code>/schedule tomorrow 9:00 We open an hour later today.</code>\n"
                "Or reply with /schedule tomorrow 9:00 to a message of yours. "
                "Instead of a time, next takes the next free slot."
            )
        )
    if command == "draft":
        return View(
            say(
                "Write /draft and the text, for example:\n<code>/draft Our plans for May</code>\n"
                "Or reply with /draft to a message of yours."
            )
        )
    return View(
        say(
            "Write /post and the text, for example:\n<code>/post We are open today.</code>\n"
            "Or reply with /post to a message of yours: text, pictures or a poll."
        )
    )


def not_publishable(say: Say) -> View:
    """Say which messages can become posts."""
    return View(say("I can publish text, photos, videos, animations, files and polls; not this."))


def unfit(say: Say, problems: Sequence[Problem]) -> View:
    """Say what Telegram would refuse about a post."""
    return View(
        lines(
            *(limits.problem(say, problem) for problem in problems),
            say("Nothing was saved."),
        )
    )


def unfit_draft(
    say: Say, post: Post, problems: Sequence[Problem], then: str, *, link: bool
) -> View:
    """Say what Telegram would refuse about a draft, and offer what helps.

    Parameters
    ----------
    then : str
        What becomes of it when its text fits: `now`, it goes out; `set`, at its proposed time;
        `keep`, it stays a draft.
    link : bool
        There is a link in it, of which a preview could be shown.
    """
    preview = ((str(say("Text with a large preview")), f"long:preview:{post.id}:{then}"),)
    below = ((str(say("Picture, then the text below it")), f"long:reply:{post.id}:{then}"),)
    ways: Buttons = ()
    if [problem.what for problem in problems] == ["caption"] and post.content.media:
        ways = (preview, below) if link else (below,)
    return View(
        lines(
            *(limits.problem(say, problem) for problem in problems),
            Markup("<blockquote>%s</blockquote>") % excerpt(post),
            say("It is kept as draft {id}. What shall I do with it?", id=post.id),
        ),
        (
            *ways,
            (button(say("Change text"), "text", post), button(say("Drop it"), "cancel", post)),
        ),
    )


def part_too_late(say: Say, post: Post) -> View:
    """Say that a part of an album came when the post could no longer take it."""
    return View(
        say("⚠️ A part of the album came too late for post {id}; it is not in it.", id=post.id)
    )


def no_channel(say: Say) -> View:
    """Say how a channel is connected or chosen."""
    return View(
        say(
            "No channel is connected or chosen. Add me to your channel as an administrator who may "
            "post; I notice it by myself. Those I am in: /channels"
        )
    )
