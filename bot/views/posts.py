"""What the owner sees of drafts, posts and the queue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from markupsafe import Markup

from bot.views.inbox import shorten
from bot.views.say import Say, View, lines
from scheduler.posts import Post, PostState

EXCERPT = 120  # characters of a post that tell it from the others


def excerpt(post: Post) -> str:
    """Give the beginning of a post on one line."""
    text = " ".join(post.text.split())
    return shorten(text or f"[{post.media_kind}]", EXCERPT)


def scheduled(say: Say, post: Post, channel: str) -> View:
    """Confirm a post and its time."""
    return View(
        lines(
            say("🗓 Post {id} goes to <b>{channel}</b>", id=post.id, channel=channel),
            Markup("<b>%s</b>") % say.when(post.publish_at),
            Markup("<blockquote>%s</blockquote>") % excerpt(post),
        ),
        ((_cancel(say, post), _move(say, post)),),
    )


def queue(say: Say, posts: Sequence[Post], titles: dict[int, str]) -> View:
    """List the posts that are still to come."""
    if not posts:
        return View(
            say("Nothing is scheduled. Try: /schedule tomorrow 9:00 followed by your text.")
        )
    shown = posts[:10]
    parts = [say.counted("{n} post is scheduled:", "{n} posts are scheduled:", len(posts))]
    for post in shown:
        parts += [
            Markup("\n<b>%s · %s</b> → %s")
            % (post.id, say.when(post.publish_at), titles[post.channel_id]),
            Markup("%s") % excerpt(post),
        ]
    return View(
        lines(*parts),
        tuple(
            (
                (str(say("Cancel {id}", id=post.id)), f"cancel:{post.id}"),
                (str(say("Move {id}", id=post.id)), f"move:{post.id}"),
            )
            for post in shown
        ),
    )


def _cancel(say: Say, post: Post) -> tuple[str, str]:
    return str(say("Cancel")), f"cancel:{post.id}"


def _move(say: Say, post: Post) -> tuple[str, str]:
    return str(say("Move")), f"move:{post.id}"


def cancelled(say: Say, post: Post) -> View:
    """Say that a post will not go out."""
    return View(
        lines(
            say("❌ Post {id} is cancelled.", id=post.id),
            Markup("<blockquote>%s</blockquote>") % excerpt(post),
        )
    )


def ask_for_time(say: Say, post: Post) -> View:
    """Ask for a post's new time."""
    return View(
        say(
            "When should post {id} go out? Write for example: tomorrow 9:00 "
            "(your time zone is {zone})",
            id=post.id,
            zone=say.timezone.key,
        )
    )


def outcome(say: Say, post: Post, channel: str) -> View | None:
    """Say what became of a post, or ask where only the owner can decide; None if nothing did."""
    quote = Markup("<blockquote>%s</blockquote>") % excerpt(post)
    values = {"id": post.id, "channel": channel}
    if post.state is PostState.PUBLISHED:
        return View(say("✅ Post {id} is in <b>{channel}</b>.", **values))
    if post.state is PostState.FAILED:
        return View(
            lines(
                say("⚠️ Post {id} was refused by <b>{channel}</b>.", **values),
                quote,
                say("Telegram says: {reason}", reason=post.reason or ""),
                advice(say, post.reason or ""),
            ),
            (((str(say("Try again")), f"again:{post.id}"),),),
        )
    if post.state is PostState.UNKNOWN:
        return View(
            lines(
                say(
                    "❓ I cannot tell whether post {id} reached <b>{channel}</b>. "
                    "Please look into the channel.",
                    **values,
                ),
                quote,
            ),
            (
                ((str(say("It is there")), f"there:{post.id}"),),
                ((str(say("Send it again")), f"again:{post.id}"), _drop(say, post)),
            ),
        )
    if post.state is PostState.LATE:
        return View(
            lines(
                say(
                    "⏰ Post {id} for <b>{channel}</b> is late: it was due on {when}. "
                    "Should it still go out?",
                    when=say.when(post.publish_at),
                    **values,
                ),
                quote,
            ),
            (((str(say("Publish now")), f"again:{post.id}"), _drop(say, post)),),
        )
    return None


def _drop(say: Say, post: Post) -> tuple[str, str]:
    return str(say("Drop it")), f"drop:{post.id}"


def advice(say: Say, reason: str) -> Markup | str:
    """Say what helps against a refusal, where that is known."""
    if "administrator rights" in reason or "not enough rights" in reason:
        return say("Make the bot an administrator of the channel who may post messages.")
    if "not a member" in reason or "kicked" in reason or "chat not found" in reason:
        return say("Add the bot to the channel as an administrator.")
    if "too long" in reason:
        return say("Shorten the text: 4096 characters, or 1024 below a picture.")
    return ""


def settled(say: Say, post: Post) -> View:
    """Confirm what the owner decided about a post."""
    sentences = {
        PostState.PUBLISHED: say("✅ Post {id} counts as published.", id=post.id),
        PostState.SCHEDULED: say("📤 Post {id} goes out now.", id=post.id),
        PostState.CANCELLED: say("❌ Post {id} is cancelled.", id=post.id),
    }
    return View(sentences[post.state])


def already(say: Say, post: Post) -> str:
    """Say that a button came too late."""
    states = {
        PostState.PUBLISHED: say("Post {id} is published already.", id=post.id),
        PostState.PUBLISHING: say("Post {id} is going out right now.", id=post.id),
        PostState.CANCELLED: say("Post {id} was cancelled.", id=post.id),
    }
    return str(states.get(post.state, say("Post {id} has changed meanwhile.", id=post.id)))


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
                "Or reply with /schedule tomorrow 9:00 to a message of yours."
            )
        )
    return View(
        say(
            "Write /post and the text, for example:\n<code>/post We are open today.</code>\n"
            "Or reply with /post to a message of yours, also one with a picture."
        )
    )


def no_time(say: Say) -> View:
    """Say how a time is written."""
    return View(
        say(
            "I find no time in this. Begin with one, for example: "
            "<code>tomorrow 9:00</code>, <code>friday 18:30</code>, <code>in 20 minutes</code> "
            "or <code>24 Dec 17:00</code>."
        )
    )


def past_time(say: Say, publish_at: dt.datetime) -> View:
    """Say that a time has passed."""
    return View(say("{when} has passed. Nothing was scheduled.", when=say.when(publish_at)))


def gap_time(say: Say, before: dt.datetime, after: dt.datetime) -> View:
    """Say that the clocks skip a time."""
    return View(
        say(
            "That time does not exist: the clocks change. The nearest are {before} and {after}.",
            before=say.when(before),
            after=say.when(after),
        )
    )


def too_long(say: Say, length: int, limit: int) -> View:
    """Say that a post is over Telegram's limit."""
    return View(
        say(
            "This is too long: {length} characters, Telegram allows {limit} here. "
            "Nothing was scheduled.",
            length=say.number(length),
            limit=say.number(limit),
        )
    )


def not_publishable(say: Say) -> View:
    """Say which messages can become posts."""
    return View(say("I can publish text, a photo, a video, an animation or a file; not this."))


def no_channel(say: Say) -> View:
    """Say how a channel is connected."""
    return View(
        say(
            "No channel is connected. Add me to your channel as an administrator who may post; "
            "I notice it by myself."
        )
    )
