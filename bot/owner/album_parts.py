"""How an album of the owner's becomes a post, though Telegram delivers it part by part."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace

from telegram import Message

from bot import drafts, letters, placing
from bot.context import App, Context
from bot.store import albums
from bot.views import posts
from scheduler import store
from scheduler.posts import Content, Post, PostState
from scheduler.store import WrongStateError, notes

TAKES = dt.timedelta(seconds=2)
"""All parts come within a second of each other."""

GROWING = (*placing.PENDING, PostState.SCHEDULED)

LAST = "album of "  # the note of a person's album that became a post last: its id, and the post's


def found(app: App, message: Message, begins: int = 0) -> Content:
    """Read a message, of an album as much of it as has arrived.

    Parameters
    ----------
    begins : int
        Where in the text of this message that of the post begins, in characters.
    """
    alone = drafts.read(message, begins)
    if not (message.media_group_id and message.from_user and alone.media):
        return alone
    album_id, author_id = message.media_group_id, message.from_user.id
    if begins or not albums.parts(app.db, album_id, author_id):
        _keep(app, message, alone)
    return drafts.joined(albums.parts(app.db, album_id, author_id))


def _keep(app: App, message: Message, part: Content) -> bool:
    assert message.media_group_id and message.from_user  # the callers have looked
    return albums.keep(
        app.db,
        message.media_group_id,
        message.message_id,
        part,
        author_id=message.from_user.id,
        now=app.now(),
    )


def became(app: App, message: Message, post: Post) -> None:
    """Remember which post an album has become, for the parts that are still to come."""
    if message.media_group_id and message.from_user:
        notes.put(app.db, f"{LAST}{message.from_user.id}", f"{message.media_group_id} {post.id}")


def take(app: App, message: Message) -> bool:
    """Keep a part of an album; True where nothing else is to be done with it.

    That is so for all parts but the first: what the album is for has been said with that one.
    """
    part, author = drafts.read(message), message.from_user
    if not (part.media and author) or _keep(app, message, part):
        return False
    album_id, _, number = (notes.get(app.db, f"{LAST}{author.id}") or "").partition(" ")
    if album_id != message.media_group_id:
        return True
    post = store.get(app.db, int(number))
    try:
        _extend(app, post, found(app, message))
    except drafts.UnfitError as error:
        placing.cancel(app, post)
        letters.tell_owner(app, posts.unfit(app.say, error.problems))
    except WrongStateError as error:
        letters.tell_owner(app, posts.part_too_late(app.say, error.post))
    else:
        return True
    notes.put(app.db, f"{LAST}{author.id}", "")  # once, however many parts follow
    return True


def _extend(app: App, post: Post, album: Content) -> None:
    """Give a post the album as far as it has come, in all channels in which it is the same.

    Raises
    ------
    UnfitError
        With this part, Telegram would refuse the post. A draft takes it; its card says so.
    WrongStateError
        The post is out, or was taken back.
    """
    if post.state not in GROWING:
        raise WrongStateError(post, "changed")
    whole = replace(post.content, text=album.text, entities=album.entities, media=album.media)
    if post.state is PostState.SCHEDULED:
        drafts.checked(whole)
    for each in store.set_of(app.db, post):
        if each.content == post.content and each.state in GROWING:
            store.edit(app.db, each.id, whole, app.now())


async def show_whole(context: Context, written: Message, post: Post) -> None:
    """Show the card of a new post; that of an album when all parts have arrived."""

    async def show_later() -> None:
        await asyncio.sleep(TAKES.total_seconds())
        letters.show_post(context.app, store.get(context.app.db, post.id))

    if written.media_group_id:
        context.application.create_task(show_later())
    else:
        letters.show_post(context.app, post)
