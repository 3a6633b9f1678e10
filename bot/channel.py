"""What happens in the owner's channels: rights, posts made by hand, reactions, threads."""

from __future__ import annotations

import logging
from typing import Any

from telegram import (
    Bot,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberOwner,
    Message,
    MessageOriginChannel,
    Update,
)
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter
from telegram.ext import ExtBot

from bot import letters
from bot.context import App, Context
from bot.store import channels
from bot.store.channels import Channel
from bot.views import channels as views
from scheduler import store as posts

logger = logging.getLogger(__name__)

# What Soloist needs as an administrator, as the Bot API names it. Who may edit posts may pin them.
NEEDED = ("can_post_messages", "can_edit_messages", "can_delete_messages")
ON_BOARD = (ChatMember.ADMINISTRATOR, ChatMember.OWNER)

# What a post may be beside text; an animation is a document too, and a venue a location.
KINDS = (
    "photo", "video", "animation", "document", "audio", "voice", "video_note", "sticker", "poll",
    "venue", "location", "contact", "dice", "paid_media", "story", "game", "giveaway", "checklist",
)  # fmt: skip


async def rights(update: Update, context: Context) -> None:
    """Connect a channel that made the bot an administrator, and tell the owner what changed."""
    change, app = update.my_chat_member, context.app
    assert change  # the route's filter says so
    try:
        # As it is now: of several changes that waited for the bot, only the last one counts.
        found = await _present(context.bot, change.chat.id)
    except (NetworkError, RetryAfter):
        found = None
        if change.new_chat_member.status in ON_BOARD:
            known = channels.find(app.db, change.chat.id)
            found = Channel(
                id=change.chat.id,
                title=change.chat.title or str(change.chat.id),
                username=change.chat.username,
                discussion_id=known.discussion_id if known else None,
                lacks=_lacks(change.new_chat_member),
            )
    _note(app, change.chat.id, found)


async def look_again(app: App, bot: ExtBot[Any]) -> None:
    """Look at the rights in every channel once more: they may have changed unseen."""
    known = {channel.id for channel in channels.connected(app.db)} | {app.settings.channel_id}
    for channel_id in filter(None, known):
        try:
            found = await _present(bot, channel_id)
        except (NetworkError, RetryAfter) as error:
            logger.warning("Channel %s cannot be looked at: %s", channel_id, error)
        else:
            _note(app, channel_id, found)


async def look_up(bot: Bot, channel_id: int, member: ChatMember | None = None) -> Channel:
    """Ask Telegram for a channel, its discussion group, and the rights the bot lacks there."""
    chat = await bot.get_chat(channel_id)
    if member is None:
        member = await bot.get_chat_member(channel_id, bot.id)
    return Channel(
        id=channel_id,
        title=chat.title or str(channel_id),
        username=chat.username,
        discussion_id=chat.linked_chat_id,
        lacks=_lacks(member),
    )


async def _present(bot: Bot, channel_id: int) -> Channel | None:
    """Ask Telegram for a channel as it is now; None where the bot is no administrator."""
    try:
        member = await bot.get_chat_member(channel_id, bot.id)
        return await look_up(bot, channel_id, member) if member.status in ON_BOARD else None
    except (BadRequest, Forbidden):  # it has been thrown out, or the channel is gone
        return None


def _note(app: App, channel_id: int, found: Channel | None) -> None:
    """Keep what a channel is like, and tell the owner at once what that changes for the worse."""
    with app.db.atomic():
        before = channels.find(app.db, channel_id)
        n_waiting, first_at = posts.waiting_for(app.db, channel_id)
        if found is None:
            if before:
                channels.leave(app.db, channel_id, app.now())
                view = views.disconnected(app.say, before.title, n_waiting, first_at)
                letters.tell_owner(app, view)
            return
        channels.connect(app.db, found)
        if before is None:
            targets = channels.targets(app.db, app.settings.channel_id)
            view = views.connected(app.say, found, targets)
            letters.tell_owner(app, view, silent=not found.lacks)
        elif set(found.lacks) - set(before.lacks):
            letters.tell_owner(app, views.lost(app.say, found, n_waiting, first_at))
        elif regained := tuple(right for right in before.lacks if right not in found.lacks):
            letters.tell_owner(app, views.regained(app.say, found, regained), silent=True)


def _lacks(member: ChatMember) -> tuple[str, ...]:
    if isinstance(member, ChatMemberOwner):
        return ()
    if not isinstance(member, ChatMemberAdministrator):
        return NEEDED
    return tuple(right for right in NEEDED if not getattr(member, right))


async def by_hand(update: Update, context: Context) -> None:
    """Keep what somebody else has posted in the channel, or how a post was edited there."""
    posted, app = update.effective_message, context.app
    assert posted  # the route's filter says so
    kind = _kind(posted)
    if kind is None:  # a new title, a pin: how far the ids have come helps to find a lost post
        posts.record_seen(app.db, posted.chat.id, posted.message_id, app.now())
        return
    text = posted.text or posted.caption or (posted.poll and posted.poll.question) or ""
    posts.record_by_hand(
        app.db,
        posted.chat.id,
        posted.message_id,
        text.encode("utf-8", "replace").decode(),  # it may hold what UTF-8 cannot
        posted.date,
        app.now(),
        kind=kind,
        album=posted.media_group_id,
        edited_at=posted.edit_date,
    )


def _kind(message: Message) -> str | None:
    """Name what a post is beside its text: "" of a text, None of what is no post."""
    if message.text:
        return ""
    return next((kind for kind in KINDS if getattr(message, kind)), None)


async def thread(update: Update, context: Context) -> None:
    """Remember which post an automatic forward in the discussion group belongs to."""
    forwarded, app = update.effective_message, context.app
    assert forwarded  # the route's filter says so
    origin = forwarded.forward_origin
    if isinstance(origin, MessageOriginChannel):
        channels.note_thread(
            app.db,
            forwarded.chat.id,
            forwarded.message_id,
            origin.chat.id,
            origin.message_id,
        )
        posts.record_seen(app.db, origin.chat.id, origin.message_id, app.now())
        known = channels.find(app.db, origin.chat.id)
        if known and known.discussion_id != forwarded.chat.id:
            channels.link(app.db, known.id, forwarded.chat.id)


async def migrated(update: Update, context: Context) -> None:
    """Follow a discussion group to the id that Telegram has given it."""
    told, app = update.effective_message, context.app
    assert told  # the route's filter says so
    old_id, new_id = told.chat.id, told.migrate_to_chat_id
    if new_id is None:  # it is the new group that tells
        old_id, new_id = told.migrate_from_chat_id or told.chat.id, told.chat.id
    channels.group_became(app.db, old_id, new_id)
    posts.chat_became(app.db, old_id, new_id)


async def reaction_counts(update: Update, context: Context) -> None:
    """Count the reactions to a channel post; Telegram says how many, not who."""
    counted, app = update.message_reaction_count, context.app
    assert counted  # the route's filter says so
    total = sum(reaction.total_count for reaction in counted.reactions)
    posts.record_reactions(app.db, counted.chat.id, counted.message_id, total, app.now())


async def reaction(update: Update, context: Context) -> None:
    """Note who likes a post, where a reaction in the discussion group tells it."""
    change, app = update.message_reaction, context.app
    assert change  # the route's filter says so
    message = channels.message_of_thread(app.db, change.chat.id, change.message_id)
    post = posts.post_of(app.db, *message) if message else None
    if post and change.user and change.new_reaction:
        head = post.origin.after_post_id or post.id  # a reply is a part of what it follows
        posts.record_interaction(app.db, change.user.id, head, "reaction", 1.0, app.now())


async def members(update: Update, context: Context) -> None:
    """Count the members of a channel after somebody joined or left."""
    change, app = update.chat_member, context.app
    assert change  # the route's filter says so
    n_members = await context.bot.get_chat_member_count(change.chat.id)
    posts.record_members(app.db, change.chat.id, n_members, app.now())
