"""Finds out whether a post that may have arrived is there, by looking at its channel.

A bot cannot read a channel's history. It can forward a message whose number it knows to the owner,
silently, compare the copy and delete it again. That a post is *not* there is only said where every
message that it could be has been seen to be another one; else the owner is asked.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import difflib
import re
from collections.abc import Sequence, Set
from contextlib import suppress
from dataclasses import replace
from enum import Enum, auto
from typing import Any, Literal

from telegram import Message, MessageOriginChannel, MessageOriginUser
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import ExtBot

from bot import drafts
from bot.context import App
from bot.pace import NO_RETRIES
from bot.store import channels
from scheduler import store
from scheduler.posts import CannotLookError, Content, LookLaterError, Post

# So many numbers in a row without a message, beyond the last one known, are taken for the end.
# We miss what comes after only if somebody wrote and deleted as many messages meanwhile.
LOOK_AHEAD = 5
MOST_LOOKED_AT = 30  # copies go to the owner one a second, and all other posts wait meanwhile

# A request whose connection is cut may still be at work in the server when the next one comes.
AT_WORK = dt.timedelta(seconds=2)
# One that got no answer in time is in no hurry: it was slow already, and a double is worse.
SLOW = dt.timedelta(minutes=1)
TIMED_OUT = "Timed out"  # as PTB words it

ALIKE = 0.8  # of a text is the same: somebody may have corrected it since

# As Telegram says that there is no such message; “chat not found” says nothing about it.
MISSING = ("message to forward not found", "message_id_invalid")

# Telegram trims texts, and drops or replaces what cannot be seen.
UNSEEN = re.compile("[\\s\x00-\x1f\u200b\u200e\u200f\u2028-\u202e\u2060\ufeff]+")

PROTECTED = "Messages of this channel cannot be forwarded, so I cannot look."
NO_START = "No message of this channel is known yet."
TOO_MANY = "There are too many messages that it could be."
GONE = "A message was deleted there that may have been this one."
CHANGED = "A message there is like this one, but not the same."
FINAL = frozenset({PROTECTED, NO_START, TOO_MANY, GONE, CHANGED})
"""Why the owner has been asked; looking once more would not change that."""


class Likeness(Enum):
    """How much a message is like a post, or like one file of its album."""

    SAME = auto()
    ALIKE = auto()  # it may be the post, but it may also be another
    OTHER = auto()


SURE = frozenset({Likeness.SAME})
LIKELY = SURE | {Likeness.ALIKE}
Rows = dict[int, list[Likeness]]
"""How each message, by its number, is like each part of a post."""


async def look(app: App, bot: ExtBot[Any], post: Post) -> list[int]:
    """Give the ids of a post's messages, of an album those that are left; none if it is not there.

    Raises
    ------
    CannotLookError
        Forwarding is forbidden, it is not known where to begin, or a message is gone or changed
        that may have been the post.
    LookLaterError
        It is not there yet, but may still come.
    NetworkError, RetryAfter
        Telegram cannot be asked now.
    """
    if post.reason in FINAL:
        raise CannotLookError(post.reason)
    if post.content.protected or await _is_protected(bot, post.channel_id):
        raise CannotLookError(PROTECTED)
    first = _first(app, post)
    tried_for = app.now() - (post.claimed_at or app.now())
    await asyncio.sleep((AT_WORK - tried_for).total_seconds())  # at once, where that is over
    found = await _found(app, bot, post, first)
    if not found and post.reason == TIMED_OUT and tried_for < SLOW:
        raise LookLaterError
    return found


async def _is_protected(bot: ExtBot[Any], chat_id: int) -> bool:
    try:
        chat = await bot.get_chat(chat_id, rate_limit_args=NO_RETRIES)
    except (BadRequest, Forbidden) as error:
        raise CannotLookError(error.message) from error
    return bool(chat.has_protected_content)


def _first(app: App, post: Post) -> int:
    """Give the lowest number that the post's message can have."""
    after = post.after_message_id or 0
    if post.origin.is_comment and post.origin.after_post_id:
        above = store.get(app.db, post.origin.after_post_id)
        thread = channels.thread_of(
            app.db, post.channel_id, above.channel_id, above.message_id or 0
        )
        after = max(after, thread or 0)
    if not after:
        raise CannotLookError(NO_START)
    return after + 1


async def _found(app: App, bot: ExtBot[Any], post: Post, first: int) -> list[int]:
    """Look at one message after the other until the post is found, or the end of the channel."""
    parts = _parts(post.content)
    rows: Rows = {}
    gone = list[int]()
    last = max(first - 1, store.last_message_id(app.db, post.channel_id) or 0)
    message_id = first - 1
    while message_id < last + LOOK_AHEAD:
        message_id += 1
        if message_id >= first + MOST_LOOKED_AT:
            raise CannotLookError(TOO_MANY)
        if store.post_of(app.db, post.channel_id, message_id):
            continue
        copy = await _copy(app, bot, post.channel_id, message_id)
        if copy is None:
            gone.append(message_id)
            continue
        last = max(last, message_id)
        if copy == "hidden" or not _may_be_ours(copy, bot, post.channel_id):
            continue
        rows[message_id] = [like(copy, part) for part in parts]
        whole = _standing(rows, message_id - len(parts) + 1, SURE)
        if len(whole) == len(parts):
            return whole
    if left := _left(rows, parts):
        return left
    if any(Likeness.SAME in row or Likeness.ALIKE in row for row in rows.values()):
        raise CannotLookError(CHANGED)
    if any(each < last for each in gone):
        raise CannotLookError(GONE)
    return []


def _standing(rows: Rows, begin: int, accepted: Set[Likeness]) -> list[int]:
    """Give the messages of an album that begins here: they have numbers side by side."""
    n = len(next(iter(rows.values())))
    return [
        begin + nth
        for nth in range(n)
        if begin + nth in rows and rows[begin + nth][nth] in accepted
    ]


def _left(rows: Rows, parts: Sequence[Content]) -> list[int]:
    """Give what is left of an album, where it can be no other: two files of it, or its caption."""
    if len(parts) < 2 or not rows:
        return []
    begins = range(min(rows) - len(parts) + 1, max(rows) + 1)
    begin = max(begins, key=lambda begin: len(_standing(rows, begin, SURE)))
    sure = _standing(rows, begin, SURE)
    if len(sure) < 2 and not (parts[0].text and begin in sure):
        return []
    return _standing(rows, begin, LIKELY)


def _parts(content: Content) -> list[Content]:
    """Give what is in each message of a post; the caption of an album is in its first."""
    if len(content.media) < 2:
        return [content]
    return [
        replace(content, media=(medium,), text=content.text if nth == 0 else "")
        for nth, medium in enumerate(content.media)
    ]


async def _copy(
    app: App, bot: ExtBot[Any], chat_id: int, message_id: int
) -> Message | Literal["hidden"] | None:
    """Forward a message to the owner and take the copy away again.

    None where there is no such message, and "hidden" where it cannot be forwarded: in a chat
    without protection that is an event such as a pin, or protected by whoever else wrote it.
    """
    owner_id = app.settings.owner_id
    try:
        copy = await bot.forward_message(
            owner_id, chat_id, message_id, disable_notification=True, rate_limit_args=NO_RETRIES
        )
    except BadRequest as error:
        if any(sign in error.message.lower() for sign in MISSING):
            return None
        if "can't be forwarded" in error.message.lower():
            return "hidden"
        raise CannotLookError(error.message) from error
    except Forbidden as error:
        raise CannotLookError(error.message) from error
    with suppress(TelegramError):  # a copy left behind is better than never knowing
        await bot.delete_message(owner_id, copy.message_id, rate_limit_args=NO_RETRIES)
    return copy


def _may_be_ours(copy: Message, bot: ExtBot[Any], chat_id: int) -> bool:
    """Leave out what was forwarded from elsewhere, and what somebody else wrote in a group."""
    origin = copy.forward_origin
    if isinstance(origin, MessageOriginChannel):
        return origin.chat.id == chat_id
    return not isinstance(origin, MessageOriginUser) or origin.sender_user.id == bot.id


def like(message: Message, content: Content) -> Likeness:
    """Compare a message with what was sent in one.

    Formatting is not compared: Telegram merges, drops and adds some, and two posts with one text
    that went out at one time are the same to their readers.
    """
    poll = message.poll
    if content.poll or poll:
        is_same = (
            content.poll
            and poll
            and _seen(poll.question) == _seen(content.poll.question)
            and [_seen(option.text) for option in poll.options]
            == [_seen(option) for option in content.poll.options]
        )
        return Likeness.SAME if is_same else Likeness.OTHER
    text, theirs = _seen(content.text), _seen(message.text or message.caption or "")
    ours, files = content.media, drafts.media_of(message)
    is_kind = [medium.kind for medium in ours] == [medium.kind for medium in files]
    is_file = bool(ours and files and ours[0].unique_id == files[0].unique_id)
    if is_kind and text == theirs and (text or is_file):
        return Likeness.SAME
    # A photo without a caption may be any photo, and a file sent anew has another id.
    if is_file or (text == theirs and (text or is_kind)) or _is_corrected(text, theirs):
        return Likeness.ALIKE
    return Likeness.OTHER


def _is_corrected(text: str, theirs: str) -> bool:
    if not (text and theirs):
        return False
    matcher = difflib.SequenceMatcher(None, text, theirs, autojunk=False)
    bounds = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)  # quickest first
    return all(bound() >= ALIKE for bound in bounds)


def _seen(text: str) -> str:
    return UNSEEN.sub("", text)
