"""What the owner reads of errands: what was to be done to a post that is out."""

from __future__ import annotations

from markupsafe import Markup

from bot.views.posts import excerpt
from bot.views.say import Say, View, lines
from bot.views.unsettled import advice
from scheduler.posts import Post
from scheduler.store import Errand


def failed(say: Say, errand: Errand, post: Post, channel: str, reason: str) -> View:
    """Say that Telegram has refused an errand."""
    values = {"id": post.id, "channel": channel}
    sentences = {
        "pin": say("⚠️ Post {id} in <b>{channel}</b> could not be pinned.", **values),
        "unpin": say("⚠️ Post {id} in <b>{channel}</b> could not be unpinned.", **values),
        "edit": say("⚠️ Post {id} in <b>{channel}</b> could not be changed.", **values),
        "delete": say("⚠️ Post {id} in <b>{channel}</b> could not be deleted.", **values),
    }
    return View(
        lines(
            sentences[errand.kind],
            Markup("<blockquote>%s</blockquote>") % excerpt(post),
            say("Telegram says: {reason}", reason=reason),
            advice(say, reason),
        )
    )
