"""The card of a post, from draft to done, and what is asked about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.views import times
from bot.views.posts import Buttons, button, excerpt
from bot.views.say import Say, View, lines
from scheduler.posts import Content, Post, PostState
from scheduler.store import Errand

BELOW = 60  # columns of a text below a post
MOST_NAMED = 8  # channels that a card names, and offers a text of their own

STATE_MARKS = {
    PostState.PUBLISHING: "📤",
    PostState.PUBLISHED: "✅",
    PostState.FAILED: "⚠️",
    PostState.UNKNOWN: "❓",
    PostState.LATE: "⏰",
    PostState.CANCELLED: "❌",
}


@dataclass(frozen=True, slots=True)
class Card:
    """What a card shows.

    Attributes
    ----------
    post : Post
        The one that the card is about.
    posts : sequence of Post
        The same in all its channels, itself among them.
    followers : sequence of Post
        What goes out right after it.
    errands : sequence of Errand
        What is done to it once it is out, and is not done yet.
    titles : mapping
        Of channels, by id.
    author : str
        The name of the helper who wrote it; "" for anybody else.
    can_comment : bool
        Its channel has a discussion group.
    """

    post: Post
    posts: Sequence[Post]
    followers: Sequence[Post]
    errands: Sequence[Errand]
    titles: Mapping[int, str]
    author: str = ""
    can_comment: bool = False


def card(say: Say, shown: Card) -> View:
    """Show a post that is not out yet, or what became of it, and what can be done with it."""
    state = shown.post.state
    if state is PostState.SCHEDULED:
        return View(_text(say, shown, _scheduled(say, shown)), _scheduled_buttons(say, shown))
    if state in {PostState.DRAFT, PostState.WAITING}:
        return View(_text(say, shown, _drafted(say, shown)), _draft_buttons(say, shown.post))
    return View(_text(say, shown, _past(say, shown)), _history(say, shown.post))


def _text(say: Say, shown: Card, *head: Markup | str) -> Markup:
    return lines(
        *head,
        *_channels(say, shown),
        Markup("<blockquote>%s</blockquote>") % excerpt(shown.post),
        Markup(" · ").join(features(say, shown.post.content)),
        *(follower(say, each) for each in shown.followers),
        *(errand(say, each, shown.post) for each in shown.errands),
    )


def _scheduled(say: Say, shown: Card) -> Markup:
    post = shown.post
    return lines(
        say("🗓 Post {id} goes to <b>{channel}</b>", id=post.id, channel=_where(say, shown)),
        Markup("<b>%s</b>") % say.when(post.publish_at),
    )


def _drafted(say: Say, shown: Card) -> Markup:
    post, channel = shown.post, _where(say, shown)
    head = say("📝 Draft {id} for <b>{channel}</b>", id=post.id, channel=channel)
    if post.state is PostState.WAITING:
        head = say(
            "🙋 Post {id} for <b>{channel}</b> waits for your word", id=post.id, channel=channel
        )
    return lines(head, _source(say, shown), _proposed(say, post))


def _source(say: Say, shown: Card) -> Markup | str:
    if shown.author:
        return say("Written by {name}", name=shown.author)
    sources = {"feed": say("From a feed"), "import": say("From a file")}
    return sources.get(shown.post.origin.source, "")


def _proposed(say: Say, post: Post) -> Markup | str:
    if not has_time(post):
        return ""
    return say("Proposed for: <b>{when}</b>", when=say.when(post.publish_at))


def has_time(post: Post) -> bool:
    """Say whether somebody has proposed a time for a draft, or it has just been put down."""
    return post.publish_at > post.created_at


def _past(say: Say, shown: Card) -> Markup:
    post = shown.post
    values = {"id": post.id, "channel": _where(say, shown)}
    sentences = {
        PostState.PUBLISHING: say("📤 Post {id} is going out to <b>{channel}</b>.", **values),
        PostState.PUBLISHED: say("✅ Post {id} is in <b>{channel}</b>.", **values),
        PostState.CANCELLED: say("❌ Post {id} is cancelled.", id=post.id),
    }
    return sentences[post.state]


def _where(say: Say, shown: Card) -> str:
    if len(shown.posts) > 1:
        return str(say("{n} channels", n=say.number(len(shown.posts))))
    return shown.titles.get(shown.post.channel_id, str(shown.post.channel_id))


def _channels(say: Say, shown: Card) -> list[Markup]:
    """Name the channels of a post in several, each with what sets it apart."""
    if len(shown.posts) == 1:
        return []
    named = [
        Markup(" ").join(
            (
                STATE_MARKS.get(post.state, "•"),
                shown.titles.get(post.channel_id, str(post.channel_id)),
                *_own(say, post, shown.post),
            )
        )
        for post in shown.posts[:MOST_NAMED]
    ]
    hidden = len(shown.posts) - len(named)
    return [*named, say("… and {n} more", n=say.number(hidden))] if hidden else named


def _own(say: Say, post: Post, of: Post) -> list[Markup | str]:
    apart: list[Markup | str] = []
    if post.publish_at != of.publish_at:
        apart.append(Markup("— %s") % times.moment(say, post.publish_at))
    if post.text != of.text:
        apart.append(say("— its own text"))
    return apart


def kind(say: Say, content: Content) -> Markup | str:
    """Name what a post is beside its text."""
    if content.poll:
        return say("📊 poll") if content.poll.correct is None else say("📊 quiz")
    if len(content.media) > 1:
        return say("🖼 album of {n}", n=say.number(len(content.media)))
    kinds = {
        "photo": say("🖼 photo"),
        "video": say("🎬 video"),
        "animation": say("🎞 animation"),
        "document": say("📎 file"),
    }
    return kinds[content.media[0].kind] if content.media else ""


def features(say: Say, content: Content) -> list[Markup]:
    """Name what is special about a post."""
    n_buttons = sum(map(len, content.buttons))
    found = (
        kind(say, content),
        say.counted("🔘 {n} button", "🔘 {n} buttons", n_buttons) if n_buttons else "",
        say("🔕 silent") if content.silent else "",
        say("🔒 protected") if content.protected else "",
        say("🙈 spoiler") if any(medium.spoiler for medium in content.media) else "",
        say("🔗 no preview") if content.preview == "none" else "",
    )
    return [Markup.escape(each) for each in found if each]


def follower(say: Say, post: Post) -> Markup:
    """Name what goes out right after a post."""
    text = excerpt(post, BELOW)
    if post.origin.is_comment:
        return say("💬 First comment: <i>{text}</i>", text=text)
    return say("↩️ Text below it: <i>{text}</i>", text=text)


def errand(say: Say, errand: Errand, post: Post) -> Markup:
    """Say what is done to a post once it is out, and when."""
    if errand.kind == "pin":
        return say("📌 Pinned at once") if not errand.delay else say("📌 Pinned later")
    at = errand.due_at
    if errand.delay is not None:
        when = say("{span} after it is out", span=times.span(say, errand.delay))
    else:
        when = Markup.escape(times.moment(say, at) if at else "")
    sentences = {
        "unpin": say("📌 Unpinned {when}", when=when),
        "delete": say("🗑 Deleted {when}", when=when),
        "edit": say("✏️ Changed {when}", when=when),
    }
    too_early = at is not None and errand.delay is None and at <= post.publish_at
    warning = say("⚠️ that is before it is out") if too_early else ""
    return Markup(" ").join(filter(None, (sentences[errand.kind], warning)))


def _scheduled_buttons(say: Say, shown: Card) -> Buttons:
    post = shown.post
    return (
        (button(say("Change text"), "text", post), button(say("Move"), "move", post)),
        (button(say("Options"), "options", post), button(say("Cancel"), "cancel", post)),
        *_own_texts(say, shown),
    )


def _own_texts(say: Say, shown: Card) -> Buttons:
    if len(shown.posts) == 1:
        return ()
    return tuple(
        (button(say("Text for {channel}", channel=shown.titles[each.channel_id]), "own", each),)
        for each in shown.posts[:MOST_NAMED]
        if each.state is PostState.SCHEDULED and each.channel_id in shown.titles
    )


def _draft_buttons(say: Say, post: Post) -> Buttons:
    first = button(say("Approve"), "approve", post)
    if not has_time(post):
        first = button(say("Next free slot"), "next", post)
    return (
        (first, button(say("Now"), "now", post)),
        (button(say("Another time"), "move", post), button(say("Change text"), "text", post)),
        (button(say("Options"), "options", post), button(say("Drop"), "cancel", post)),
    )


def _history(say: Say, post: Post) -> Buttons:
    history = (str(say("History")), f"history:{post.id}")
    return ((history, *after(say, post)),)


def after(say: Say, post: Post) -> tuple[tuple[str, str], ...]:
    """Give the button to what can be done to a post that is out."""
    if post.state is not PostState.PUBLISHED:
        return ()
    return (button(say("Options"), "options", post),)


def ask_for_time(say: Say, post: Post) -> View:
    """Ask for a post's new time."""
    return View(
        say(
            "When should post {id} go out? Write for example: tomorrow 9:00 "
            "(your time zone is {zone}), or: next, for the next free slot.",
            id=post.id,
            zone=say.timezone.key,
        )
    )


def no_slot(say: Say, post: Post) -> View:
    """Ask for a post's time where no slot is free that it could take."""
    none = say("No weekly slot is free; /slots tells me of some.")
    return View(lines(none, ask_for_time(say, post).text))


def ask_for_text(say: Say, post: Post) -> View:
    """Ask for a post's new text."""
    question = say("Send the new text of post {id}, formatted as you like.", id=post.id)
    if post.content.poll:
        return View(
            lines(question, say("A poll cannot be reworded: what you send takes its place."))
        )
    if post.content.media:
        stays = say("The picture or file stays, unless you send another one with the text.")
        return View(lines(question, stays))
    return View(question)


def ask_for_own_text(say: Say, post: Post, channel: str) -> View:
    """Ask for the text that a post has in one channel only."""
    return View(
        say(
            "Send the text that post {id} has in <b>{channel}</b> only.",
            id=post.id,
            channel=channel,
        )
    )
