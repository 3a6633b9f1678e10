"""What the owner sees of the queue, of drafts, and of what has gone out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby

from markupsafe import Markup

from bot.views import times
from bot.views.post_cards import has_time, kind
from bot.views.posts import Buttons, button, excerpt
from bot.views.say import Say, View, lines
from scheduler.posts import Post, PostState

PAGE = 10  # posts on a page: a phone shows about as many without much scrolling
IN_A_ROW = 5
BEGINNING = 50  # columns of a post in a list: two lines on a phone


def queue(
    say: Say,
    posts: Sequence[Post],
    channels: Mapping[int, str],
    *,
    n: int,
    page: int,
    pinned: Collection[int],
    evergreen: Collection[int] = (),
    troubled: Sequence[Post] = (),
) -> View:
    """Show a page of what is to come, day by day, and above it what waits for a word.

    Parameters
    ----------
    n : int
        How many posts there are on all pages.
    channels : mapping
        Where each post goes, by the id of the post; nothing where there is one channel only.
    pinned : collection of int
        The posts that are pinned when they are out.
    evergreen : collection of int
        The series among theirs that fill free slots.
    """
    troubles = _troubles(say, troubled, channels)
    if not (posts or troubled):
        return View(
            say("Nothing is scheduled. Try: /schedule tomorrow 9:00 followed by your text.")
        )
    parts: list[Markup | str] = [*troubles]
    if n:
        head = say.counted("🗓 {n} post is scheduled", "🗓 {n} posts are scheduled", n)
        parts.append(Markup("%s<b>%s</b>") % ("\n" if troubles else "", head))
    for heading, of_day in groupby(posts, lambda post: times.day(say, post.publish_at)):
        parts.append(Markup("\n<b>%s</b>") % heading)
        parts += [_line(say, post, channels, pinned, evergreen) for post in of_day]
    opening = _openers([*troubled[:PAGE], *posts])
    return View(lines(*parts), (*opening, *_turning(say, "queue", n, page)))


def _line(
    say: Say,
    post: Post,
    channels: Mapping[int, str],
    pinned: Collection[int],
    evergreen: Collection[int],
) -> Markup:
    marks = (
        str(kind(say, post.content)).partition(" ")[0] if post.text or post.content.poll else "",
        _series(post, evergreen),
        "🔕" if post.content.silent else "",
        "📌" if post.id in pinned else "",
    )
    shown = (times.clock(say, post.publish_at), Markup("<b>%s</b>") % post.id, *marks)
    return Markup(" ").join(filter(None, (*shown, _named(post, channels))))


def _series(post: Post, evergreen: Collection[int]) -> str:
    if post.origin.series_id is None:
        return ""
    return "♻️" if post.origin.series_id in evergreen else "🔁"


def _named(post: Post, channels: Mapping[int, str]) -> Markup:
    """Name a post by its beginning, and where it goes if that is not clear without saying."""
    text = excerpt(post, BEGINNING)
    where = channels.get(post.id)
    return Markup("%s · <i>%s</i>") % (text, where) if where else Markup.escape(text)


def _troubles(say: Say, posts: Sequence[Post], channels: Mapping[int, str]) -> list[Markup | str]:
    if not posts:
        return []
    states = {
        PostState.FAILED: say("⚠️ refused"),
        PostState.UNKNOWN: say("❓ not sure that it arrived"),
        PostState.LATE: say("⏰ late"),
    }
    told = [
        Markup("%s: <b>%s</b> %s") % (states[post.state], post.id, _named(post, channels))
        for post in posts[:PAGE]
    ]
    if len(posts) > PAGE:
        told.append(say("… and {n} more", n=say.number(len(posts) - PAGE)))
    return [Markup("<b>%s</b>") % say("These wait for your word:"), *told]


def _openers(posts: Sequence[Post]) -> Buttons:
    buttons = [button(str(post.id), "open", post) for post in posts]
    return tuple(
        tuple(buttons[begins : begins + IN_A_ROW]) for begins in range(0, len(buttons), IN_A_ROW)
    )


def _turning(say: Say, name: str, n: int, page: int) -> Buttons:
    if n <= PAGE:
        return ()
    n_pages = -(-n // PAGE)
    back = ("<", f"{name}:{page - 1}") if page else ("·", f"{name}:{page}")
    on = (">", f"{name}:{page + 1}") if page + 1 < n_pages else ("·", f"{name}:{page}")
    here = str(say("{page} of {n}", page=page + 1, n=n_pages)), f"{name}:{page}"
    return ((back, here, on),)


def drafts(
    say: Say, posts: Sequence[Post], channels: Mapping[int, str], *, n: int, page: int
) -> View:
    """List the drafts, and what waits for approval."""
    if not posts:
        return View(say("No drafts. Try: /draft followed by your text."))
    parts: list[Markup | str] = [
        Markup("<b>%s</b>") % say.counted("📝 {n} draft", "📝 {n} drafts", n),
    ]
    for post in posts:
        waits = "🙋" if post.state is PostState.WAITING else ""
        proposed = times.moment(say, post.publish_at) if has_time(post) else ""
        parts.append(
            Markup(" ").join(
                filter(
                    None,
                    (
                        Markup("<b>%s</b>") % post.id,
                        waits,
                        proposed and Markup("%s ·") % proposed,
                        _named(post, channels),
                    ),
                )
            )
        )
    if any(post.state is PostState.WAITING for post in posts):
        parts.append(say("🙋 waits for your approval."))
    return View(lines(*parts), (*_openers(posts), *_turning(say, "drafts", n, page)))


def last(say: Say, posts: Sequence[Post], channels: Mapping[int, str]) -> View:
    """List the posts that went out last."""
    if not posts:
        return View(say("Nothing has been published yet. Try: /post followed by your text."))
    told = [
        Markup("<b>%s</b> %s · %s")
        % (
            post.id,
            times.moment(say, post.claimed_at or post.publish_at),
            _named(post, channels),
        )
        for post in posts
    ]
    buttons = [(str(post.id), f"history:{post.id}") for post in posts]
    return View(
        lines(
            Markup("<b>%s</b>") % say("🕘 Published last"),
            *told,
            say("Tap a number to read what happened to the post."),
        ),
        tuple(
            tuple(buttons[begins : begins + IN_A_ROW])
            for begins in range(0, len(buttons), IN_A_ROW)
        ),
    )
