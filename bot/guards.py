"""Decides when the bot must keep silent, before anything clever is tried."""

from __future__ import annotations

import datetime as dt

from sqlite_utils import Database
from telegram import Message

from bot.store import conversations, outbox

# Within an hour of the owner's own words a conversation is theirs; later the bot may help again.
OWNER_TALKS_FOR = dt.timedelta(hours=1)


def is_from_a_person(message: Message) -> bool:
    """Say whether a human wrote this: no bot, no automation, no channel.

    Two bots that answer each other would never stop; an automatic forward, a message sent
    while the account was offline and one sent through a business bot are not asking us.
    """
    author = message.from_user
    return not (
        author is None
        or author.is_bot
        or message.sender_business_bot
        or message.is_from_offline
        or message.is_automatic_forward
        or message.sender_chat
    )


def why_silent(
    db: Database, chat_id: int, customer_id: int, replies_per_hour: int, now: dt.datetime
) -> str | None:
    """Say why no automatic reply may go to this chat now, or None if one may."""
    wrote_at = conversations.owner_wrote_at(db, customer_id)
    if wrote_at and now - wrote_at < OWNER_TALKS_FOR:
        return "owner_talking"
    an_hour_ago = now - dt.timedelta(hours=1)
    if outbox.n_replies_since(db, chat_id, an_hour_ago) >= replies_per_hour:
        return "too_many"
    return None
