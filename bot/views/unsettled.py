"""What the owner is asked about posts that went wrong: refused, lost sight of, or late."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256

from markupsafe import Markup

from bot.views import times
from bot.views.posts import Buttons, button, excerpt
from bot.views.say import Say, View, lines
from scheduler.posts import Post, PostState

SHOWN = 10  # late posts that one card names
BEGINNING = 60  # columns of each


def trouble(say: Say, post: Post, channel: str) -> View:
    """Say what went wrong with a post that was refused, lost sight of or late, and ask."""
    quote = Markup("<blockquote>%s</blockquote>") % excerpt(post)
    if post.state is PostState.FAILED:
        return View(lines(*_refused(say, post, channel), quote), _refused_buttons(say, post))
    again = f"again:{post.id}"
    if post.state is PostState.UNKNOWN:
        asked = say(
            "❓ I cannot tell whether post {id} reached <b>{channel}</b>. "
            "Please look into the channel.",
            id=post.id,
            channel=channel,
        )
        there = (str(say("It is there")), f"there:{post.id}")
        return View(
            lines(asked, quote),
            ((there,), ((str(say("Send it again")), again), _drop(say, post))),
        )
    asked = say(
        "⏰ Post {id} for <b>{channel}</b> is late: it was due on {when}. Should it still go out?",
        id=post.id,
        channel=channel,
        when=say.when(post.publish_at),
    )
    return View(
        lines(asked, quote),
        (
            ((str(say("Publish now")), again), button(say("Move"), "move", post)),
            (_drop(say, post),),
        ),
    )


def published(say: Say, post: Post, channel: str) -> Markup:
    """Say that a post is out."""
    if post.origin.is_comment:
        return say("✅ The first comment below post {id} is out.", id=post.origin.after_post_id)
    if post.origin.after_post_id:
        return say("✅ The text below post {id} is out.", id=post.origin.after_post_id)
    return say("✅ Post {id} is in <b>{channel}</b>.", id=post.id, channel=channel)


def all_published(say: Say, posts: Sequence[Post], titles: Mapping[int, str]) -> Markup:
    """Say that several posts are out: one by one, or how many in each channel.

    Parameters
    ----------
    titles : mapping
        Where each post is, by the id of the post.
    """
    if len(posts) <= SHOWN:
        return lines(*(published(say, post, titles[post.id]) for post in posts))
    n_in = Counter(titles[post.id] for post in posts)
    return lines(
        say.counted("✅ {n} post is out:", "✅ {n} posts are out:", len(posts)),
        *(Markup("<b>%s</b>: %s") % (title, say.number(n)) for title, n in n_in.items()),
    )


def _refused(say: Say, post: Post, channel: str) -> tuple[Markup | str, ...]:
    reason = post.reason or ""
    return (
        say("⚠️ Post {id} was refused by <b>{channel}</b>.", id=post.id, channel=channel),
        say("Telegram says: {reason}", reason=reason),
        advice(say, reason),
    )


def _refused_buttons(say: Say, post: Post) -> Buttons:
    again = (str(say("Try again")), f"again:{post.id}")
    return ((again, _drop(say, post)), (button(say("Change text"), "text", post),))


def _drop(say: Say, post: Post) -> tuple[str, str]:
    return str(say("Drop it")), f"drop:{post.id}"


def advice(say: Say, reason: str) -> Markup | str:
    """Say what helps against a refusal, where that is known."""
    helps = {
        r"administrator rights|not enough rights|CHAT_ADMIN_REQUIRED|CHAT_WRITE_FORBIDDEN": say(
            "Make the bot an administrator of the channel who may post messages."
        ),
        r"upgraded to a supergroup": say(
            "The group has a new id. Write something there, then try again."
        ),
        r"not a member|kicked|chat not found|CHANNEL_PRIVATE|deactivated": say(
            "Add the bot to the channel as an administrator."
        ),
        r"caption is too long|MEDIA_CAPTION_TOO_LONG": say(
            "Below a picture stand 1024 characters at most. Shorten the text."
        ),
        r"too long|MESSAGE_TOO_LONG": say("Shorten the text: 4096 characters at most."),
        r"TOPIC_CLOSED|topic .*closed": say("Open the topic again, then try again."),
        r"thread not found|TOPIC_DELETED": say("That thread is gone. Drop it, or write it anew."),
        r"wrong file|file.*(?:identifier|not found|unavailable)|FILE_(?:ID|REFERENCE)": say(
            "Telegram no longer has the file. Send it to me again with “Change text”."
        ),
        r"too big|too large|PHOTO_INVALID_DIMENSIONS": say(
            "The file is too big for Telegram. Send a smaller one with “Change text”."
        ),
        r"poll|POLL_|QUIZ_": say("Telegram does not take this poll. Send another one."),
        r"BUTTON_URL_INVALID|button.*(?:url|URL)": say(
            "The address of a button is wrong. Change it under Options."
        ),
        r"parse entities|ENTITY": say("The formatting is broken. Send the text again."),
    }
    return next((help_ for form, help_ in helps.items() if re.search(form, reason)), "")


def settled(say: Say, post: Post) -> View:
    """Confirm what the owner decided about a post."""
    sentences = {
        PostState.PUBLISHED: say("✅ Post {id} counts as published.", id=post.id),
        PostState.SCHEDULED: say("📤 Post {id} goes out now.", id=post.id),
        PostState.CANCELLED: say("❌ Post {id} is cancelled.", id=post.id),
    }
    return View(sentences[post.state])


def late_key(posts: Sequence[Post]) -> str:
    """Name a set of late posts in a few characters, so that a tap acts on what was shown."""
    told = ",".join(f"{post.id}@{post.publish_at.isoformat()}" for post in posts)
    return sha256(told.encode()).hexdigest()[:8]


def late(say: Say, posts: Sequence[Post], titles: Mapping[int, str]) -> View:
    """Ask about all posts that are late, on one card."""
    parts: list[Markup | str] = [
        say.counted(
            "⏰ <b>{n} post is late.</b> I was not able to send it in time.",
            "⏰ <b>{n} posts are late.</b> I was not able to send them in time.",
            len(posts),
        )
    ]
    for post in posts[:SHOWN]:
        channel = titles.get(post.channel_id, str(post.channel_id))
        parts += [
            Markup("\n<b>%s · %s</b> → %s")
            % (post.id, times.moment(say, post.publish_at), channel),
            excerpt(post, BEGINNING),
        ]
    if len(posts) > SHOWN:
        parts.append(say("… and {n} more", n=say.number(len(posts) - SHOWN)))
    return View(lines(*parts), _late_buttons(say, posts))


def _late_buttons(say: Say, posts: Sequence[Post]) -> Buttons:
    key = late_key(posts)
    return (
        ((str(say("All now")), f"late:now:{key}"),),
        ((str(say("Each at its next slot")), f"late:slot:{key}"),),
        (
            (str(say("One by one")), f"late:each:{key}"),
            (str(say("Drop all")), f"late:drop:{key}"),
        ),
    )


def late_done(say: Say, verb: str, posts: Sequence[Post]) -> View:
    """Confirm what was decided about all late posts."""
    n = len(posts)
    if verb == "now":
        return View(
            say.counted("📤 {n} late post goes out now.", "📤 {n} late posts go out now.", n)
        )
    if verb == "drop":
        return View(
            say.counted("❌ {n} late post is dropped.", "❌ {n} late posts are dropped.", n)
        )
    more = say("… and {n} more", n=say.number(n - SHOWN)) if n > SHOWN else ""
    if verb == "each":
        return View(lines(say("Here they are, one by one:"), more))
    return View(
        lines(
            say.counted("🗓 {n} late post is moved:", "🗓 {n} late posts are moved:", n),
            *(
                Markup("<b>%s</b> → %s") % (post.id, times.moment(say, post.publish_at))
                for post in posts[:SHOWN]
            ),
            more,
        )
    )


def late_changed(say: Say) -> str:
    """Say that the late posts are others than those on a card."""
    return str(say("Other posts are late now. Please look again."))


def none_late(say: Say) -> View:
    """Say that nothing is late any more."""
    return View(say("Nothing is late any more."))
