"""What happens in the owner's channels: rights, posts made by hand, reactions, threads."""

from __future__ import annotations

from typing import Any

from telegram import (
    Bot,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberOwner,
    MessageOriginChannel,
    Update,
)
from telegram.ext import ExtBot

from bot import letters
from bot.context import App, Context
from bot.store import channels
from bot.store.channels import Channel
from bot.views import guide
from scheduler import store as posts

# What Soloist needs as an administrator, as the Bot API names it.
NEEDED = ("can_post_messages", "can_edit_messages", "can_delete_messages")
ON_BOARD = (ChatMember.ADMINISTRATOR, ChatMember.OWNER)


async def rights(update: Update, context: Context) -> None:
    """Connect a channel that made the bot an administrator, and tell the owner what changed."""
    change, app = update.my_chat_member, context.app
    assert change  # the route's filter says so
    if change.new_chat_member.status not in ON_BOARD:
        known = {channel.id for channel in channels.connected(app.db)}
        channels.leave(app.db, change.chat.id, app.now())
        if change.chat.id in known:
            letters.tell_owner(app, guide.disconnected(app.say, change.chat.title or ""))
        return
    before = {channel.id: channel for channel in channels.connected(app.db)}
    channel = await connect(app, context.bot, change.chat.id, change.new_chat_member)
    if before.get(channel.id) != channel:
        letters.tell_owner(app, guide.connected(app.say, channel), silent=not channel.lacks)


async def connect(
    app: App, bot: ExtBot[Any], channel_id: int, member: ChatMember | None = None
) -> Channel:
    """Look a channel up and remember it."""
    channel = await look_up(bot, channel_id, member)
    channels.connect(app.db, channel)
    return channel


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


def _lacks(member: ChatMember) -> tuple[str, ...]:
    if isinstance(member, ChatMemberOwner):
        return ()
    if not isinstance(member, ChatMemberAdministrator):
        return NEEDED
    return tuple(right for right in NEEDED if not getattr(member, right))


async def seen(update: Update, context: Context) -> None:
    """Remember how far the channel's message ids have come, for looking after a lost post."""
    published, app = update.channel_post, context.app
    assert published  # the route's filter says so
    posts.record_seen(app.db, published.chat.id, published.message_id, app.now())


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
        posts.record_interaction(app.db, change.user.id, post.id, "reaction", 1.0, app.now())


async def members(update: Update, context: Context) -> None:
    """Count the members of a channel after somebody joined or left."""
    change, app = update.chat_member, context.app
    assert change  # the route's filter says so
    n_members = await context.bot.get_chat_member_count(change.chat.id)
    posts.record_members(app.db, change.chat.id, n_members, app.now())
