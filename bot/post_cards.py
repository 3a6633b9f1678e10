"""Brings together what the card of a post shows."""

from __future__ import annotations

import json

from bot import drafts
from bot.context import App
from bot.store import channels, helpers
from bot.store.channels import Channel
from bot.views import post_cards, post_options, posts, unsettled
from bot.views.post_cards import Card
from bot.views.say import View
from scheduler import store
from scheduler.posts import Content, Post, PostState

PENDING = {PostState.DRAFT, PostState.WAITING}


def view(app: App, post: Post) -> View:
    """Show a post as it is now: what it is, what stands against it, and what can be done."""
    title = title_of(app, post)
    if post.state in {PostState.FAILED, PostState.UNKNOWN, PostState.LATE}:
        return unsettled.trouble(app.say, post, title)
    if post.state in PENDING and (problems := drafts.problems(post.content)):
        return posts.unfit_draft(app.say, post, problems, "keep", link=has_link(post.content))
    return post_cards.card(app.say, shown(app, post))


def channel_of(app: App, post: Post) -> Channel | None:
    """Give the channel of a post; of a comment, that below whose post it stands."""
    if post.origin.is_comment and post.origin.after_post_id:
        post = store.get(app.db, post.origin.after_post_id)
    return channels.find(app.db, post.channel_id)


def title_of(app: App, post: Post) -> str:
    """Name the channel of a post."""
    channel = channel_of(app, post)
    return channel.title if channel else str(post.channel_id)


def options(app: App, post: Post) -> View:
    """Show a post with its options."""
    return post_options.options(app.say, shown(app, post))


def has_link(content: Content) -> bool:
    """Say whether there is a link in a text, of which a preview could be shown."""
    return any(entity["type"] in drafts.LINKS for entity in json.loads(content.entities))


def shown(app: App, post: Post) -> Card:
    """Give a post as its card shows it: in all its channels, with what belongs to it."""
    channel = channel_of(app, post)
    return Card(
        post=post,
        posts=store.set_of(app.db, post),
        followers=[
            each
            for each in store.followers(app.db, post.id)
            if each.state is not PostState.CANCELLED
        ],
        errands=[each for each in store.errands_of(app.db, post.id) if each.state == "waiting"],
        titles=channels.titles(app.db),
        author=helpers.names(app.db).get(post.origin.by, ""),
        can_comment=bool(channel and channel.discussion_id),
    )
