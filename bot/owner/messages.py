"""What the owner's messages without a command mean."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from pathlib import PurePath
from types import MappingProxyType

from telegram import Message, Update

from bot import letters
from bot.context import App, Context
from bot.owner import (
    album_parts,
    answer_files,
    answers,
    channels,
    exchange,
    inbox,
    new_rule,
    past_posts,
    post_cards,
    post_options,
    rehearsal,
    rules,
    series,
    slots,
    teaching,
)
from bot.playbook_files import RULES, TEMPLATES
from bot.store import handoffs, outbox
from bot.views import guide
from bot.views import teaching as teaching_views

# What the owner was asked, by the first word of its topic; the rest of it goes along.
ASKED: Mapping[str, Callable[[Update, Context, str], Awaitable[None]]] = MappingProxyType(
    {
        "lesson": teaching.written,
        "answer": answers.written,
        "rule": rules.written,
        "newrule": new_rule.written,
        "post": post_cards.written,
        "option": post_options.written,
        "offset": channels.written,
        "series": series.written,
        "slots": slots.written,
    }
)

# Files that the owner sends back, by name or else by the end of it.
FILES: Mapping[str, Callable[[Update, Context], Awaitable[None]]] = MappingProxyType(
    {
        RULES: rehearsal.rehearse,
        TEMPLATES: rehearsal.rehearse,
        "result.json": past_posts.received,  # as Telegram Desktop calls it
        ".csv": exchange.received,
        ".json": exchange.received,
        ".toml": answer_files.received,
    }
)

# Words without a reply to anything answer what was asked just before them, but not on another day.
ASKED_JUST_NOW = dt.timedelta(minutes=15)
CANCELS = {"cancel", "/cancel", "取消", "/取消"}


async def message(update: Update, context: Context) -> None:
    """Take a reply to a card as an answer, one to a question as its answer, and help otherwise."""
    written, app = update.effective_message, context.app
    assert written  # the route's filter says so
    card = written.reply_to_message
    handoff = handoffs.of_card(app.db, card.message_id) if card else None
    post_id = handoffs.post_of_card(app.db, card.message_id) if card else None
    topic, _, about = (_topic(app, written) or "").partition(":")
    file = _file(written)
    if written.media_group_id and album_parts.take(app, written):
        return
    if (written.text or "").strip().casefold() in CANCELS:
        asked = handoff or post_id or topic
        letters.tell_owner(
            app, teaching_views.cancelled(app.say) if asked else guide.nothing_to_cancel(app.say)
        )
    elif handoff:
        await inbox.answer(update, context, handoff)
    elif post_id:
        await post_cards.move_to(update, context, post_id)
    elif file:
        await FILES[file](update, context)
    elif topic in ASKED:
        await ASKED[topic](update, context, about)
    elif written.text and written.text.startswith("/"):
        letters.tell_owner(app, guide.unknown_command(app.say, written.text.split()[0]))
    else:
        letters.tell_owner(app, guide.not_understood(app.say))


def _topic(app: App, written: Message) -> str | None:
    """Give what was asked in the message replied to, or in my last words just before."""
    card = written.reply_to_message
    if card:
        return handoffs.topic_of_card(app.db, card.message_id)
    owner_id, now = app.settings.owner_id, app.now()
    return outbox.last_question(app.db, owner_id, now - ASKED_JUST_NOW)


def _file(written: Message) -> str | None:
    """Give the name of `FILES` that a file answers to."""
    name = (written.document and written.document.file_name) or ""
    return next((each for each in (name, PurePath(name).suffix.lower()) if each in FILES), None)
