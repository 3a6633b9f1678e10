"""Builds the application: its parts, and the table of what reaches which handler."""

from __future__ import annotations

import datetime as dt
import logging
import traceback
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import MappingProxyType
from typing import Any

from sqlite_utils import Database
from telegram import Update
from telegram.constants import ChatType
from telegram.error import NetworkError
from telegram.ext import (
    ApplicationBuilder,
    BusinessConnectionHandler,
    BusinessMessagesDeletedHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    MessageReactionHandler,
    filters,
)

from bot import channel, customer, delivery, letters, models, taps, verdicts
from bot.context import App, Context, SoloistApplication
from bot.database import insistently, patiently
from bot.owner import (
    answer_files,
    answers,
    approvals,
    audience,
    bands,
    calendar,
    exchange,
    feeds,
    guide,
    helpers,
    hours,
    inbox,
    insights,
    messages,
    new_rule,
    past_posts,
    post_cards,
    post_options,
    posts,
    queue,
    ratings,
    rehearsal,
    rules,
    series,
    slots,
    teaching,
    unsettled,
    variants,
    why,
)
from bot.owner import channels as owner_channels
from bot.owner import zone as owner_zone
from bot.pace import Pace
from bot.playbook import InForce
from bot.polls import Polls
from bot.pulse import Pulse
from bot.settings import Settings
from bot.updates import ChatOrder, UpdateQueue
from bot.views import guide as guide_views
from bot.views.say import Say
from scheduler.clock import Clock

logger = logging.getLogger(__name__)

Handle = Callable[[Update, Context], Coroutine[Any, Any, None]]

# What the owner can ask for. The first docstring line of each handler describes it in /help, in
# Telegram's menu and in the README.
COMMANDS: dict[str, Handle] = {
    "start": guide.start,
    "help": guide.help_,
    "inbox": inbox.inbox,
    "teach": teaching.teach,
    "answers": answers.answers,
    "rules": rules.rules,
    "why": why.why,
    "variants": variants.variants,
    "rehearse": rehearsal.rehearse,
    "post": posts.post,
    "schedule": posts.schedule,
    "draft": posts.draft,
    "drafts": queue.drafts,
    "queue": queue.queue,
    "history": queue.history,
    "calendar": calendar.calendar,
    "slots": slots.slots,
    "repeat": series.repeat,
    "evergreen": series.evergreen,
    "channels": owner_channels.channels,
    "export": exchange.export,
    "feeds": feeds.feeds,
    "helpers": helpers.helpers,
    "approval": approvals.approval,
    "hours": hours.hours,
    "insights": insights.insights,
    "predict": insights.predict,
    "segments": audience.segments,
    "recommend": audience.recommend,
}

PRIVATE = filters.ChatType.PRIVATE
NEW = filters.UpdateType.MESSAGE
EDITED = filters.UpdateType.EDITED_MESSAGE


def route(application: SoloistApplication, owner_id: int) -> None:
    """Say what reaches which handler; the first route that fits wins."""
    owner = filters.User(owner_id) & PRIVATE & NEW
    helper = helpers.FromHelper(application.bot_data["app"].db)

    for command, handle in COMMANDS.items():
        application.add_handler(CommandHandler(command, handle, owner))
    application.add_handlers(
        [
            CallbackQueryHandler(_only(owner_id, inbox.tap), r"^(send|write|leave):\d{1,18}$"),
            CallbackQueryHandler(
                _only(owner_id, post_cards.tap),
                r"^(?:cancel|move|post:(?:open|show|options|text|own|move|cancel|approve|next|now)"
                r"):\d{1,18}$",
            ),
            CallbackQueryHandler(
                _only(owner_id, post_cards.choose), r"^post:at:\d{1,18}:\d{1,11}$"
            ),
            CallbackQueryHandler(
                _only(owner_id, post_cards.shorten),
                r"^long:(?:preview|reply):\d{1,18}:(?:now|set|keep)$",
            ),
            CallbackQueryHandler(
                _only(owner_id, post_options.tap),
                r"^option:(?:silent|pin|protected|spoiler|preview|above|grace|buttons|comment|unpin"
                r"|delete|edit):\d{1,18}$",
            ),
            CallbackQueryHandler(_only(owner_id, unsettled.tap), r"^(there|again|drop):\d{1,18}$"),
            CallbackQueryHandler(
                _only(owner_id, unsettled.tap_all), r"^late:(?:now|slot|drop|each):[0-9a-f]{8}$"
            ),
            CallbackQueryHandler(_only(owner_id, queue.turn), r"^(?:queue|drafts):\d{1,9}$"),
            CallbackQueryHandler(_only(owner_id, queue.open_history), r"^history:\d{1,18}$"),
            CallbackQueryHandler(
                _only(owner_id, teaching.tap),
                r"^lesson:(?:(?:teach|new|undo|reply):\d{1,18}|into:\d{1,18}:\d{1,18})$",
            ),
            CallbackQueryHandler(
                _only(owner_id, answers.tap),
                r"^answer:(?:show|wordings?|drop|name|deleted?|en|zh):\d{1,18}$",
            ),
            CallbackQueryHandler(_only(owner_id, answers.turn), r"^answers:\d{1,9}$"),
            CallbackQueryHandler(_only(owner_id, answer_files.apply), r"^answers:apply$"),
            CallbackQueryHandler(_only(owner_id, bands.tap), r"^bands:\d{1,2}:\d{1,2}$"),
            CallbackQueryHandler(_only(owner_id, rules.turn), r"^rules:page:\d{1,4}$"),
            CallbackQueryHandler(
                _only(owner_id, rules.tap),
                r"^rule:(?:open|on|off|raise|lower|text|keywords|drop|dropped):[0-9a-f]{12}$",
            ),
            CallbackQueryHandler(_only(owner_id, new_rule.begin), r"^newrule:begin$"),
            CallbackQueryHandler(
                _only(owner_id, new_rule.choose),
                r"^newrule:(?:reply|handoff|silent|label|drop):\d{1,18}$",
            ),
            CallbackQueryHandler(_only(owner_id, new_rule.switch_on), r"^newrule:on:[0-9a-f]{12}$"),
            CallbackQueryHandler(
                _only(owner_id, variants.open_), r"^variants:(?:all|[0-9a-f]{12}:(?:en|zh))$"
            ),
            CallbackQueryHandler(
                _only(owner_id, variants.tap), r"^variant:[0-9a-f]{12}:(?:en|zh):[0-9a-f]{12}$"
            ),
            CallbackQueryHandler(_only(owner_id, why.tap), r"^why:\d{1,18}$"),
            CallbackQueryHandler(_only(owner_id, rehearsal.switch_on), r"^rehearsed:on$"),
            CallbackQueryHandler(_only(owner_id, calendar.turn), r"^week:\d{6}$"),
            CallbackQueryHandler(_only(owner_id, past_posts.tap), r"^past:(?:take|leave)$"),
            CallbackQueryHandler(
                _only(owner_id, owner_channels.tap),
                r"^channel:(?:on|off|offset|other|all):-\d{1,18}$",
            ),
            CallbackQueryHandler(
                _only(owner_id, owner_channels.choose_offset), r"^offset:\d{1,2}:-\d{1,18}$"
            ),
            CallbackQueryHandler(_only(owner_id, exchange.take), r"^import:take$"),
            CallbackQueryHandler(_only(owner_id, exchange.leave), r"^import:leave$"),
            CallbackQueryHandler(_only(owner_id, exchange.export_as), r"^export:(?:ics|csv|json)$"),
            CallbackQueryHandler(
                _only(owner_id, helpers.tap), r"^helper:(?:invite|remove:\d{1,18})$"
            ),
            CallbackQueryHandler(_only(owner_id, approvals.tap), r"^approval:(?:on|off)$"),
            CallbackQueryHandler(_only(owner_id, feeds.stop), r"^feed:stop:\d{1,18}$"),
            CallbackQueryHandler(_only(owner_id, hours.tap), r"^(unhours|reopen):\d{1,18}$"),
            CallbackQueryHandler(
                _only(owner_id, series.tap),
                r"^series:(?:(?:open|pause|resume|end|skip|text|until|rest):\d{1,18}"
                r"|all:(?:recurring|evergreen))$",
            ),
            CallbackQueryHandler(_only(owner_id, slots.tap), r"^slots:(?:own|all):-\d{1,18}$"),
            CallbackQueryHandler(_only(owner_id, owner_zone.tap), r"^zone:(?:keep|same):\d{1,12}$"),
            CallbackQueryHandler(_only(owner_id, guide.turn), r"^help:[a-z]{1,16}$"),
            CallbackQueryHandler(_only(owner_id, ratings.tap), r"^(rate|always|seldom):\d{1,18}$"),
            # of customers: who taps is compared with who was asked
            CallbackQueryHandler(verdicts.helped, r"^(helped|unhelped):\d{1,18}$"),
            CallbackQueryHandler(verdicts.rated, r"^stars[1-5]:\d{1,18}$"),
            CallbackQueryHandler(taps.unknown),
            MessageHandler(owner & filters.CaptionRegex(r"^/rehearse\b"), rehearsal.rehearse),
            MessageHandler(
                owner & filters.CaptionRegex(r"(?i)^/(?:post|schedule|draft)\b"), posts.captioned
            ),
            MessageHandler(
                owner & filters.CaptionRegex(r"(?i)^/(?:repeat|evergreen)\b"), series.captioned
            ),
            MessageHandler(owner, messages.message),
            # a helper, who is no customer here
            MessageHandler(PRIVATE & NEW & filters.Regex(helpers.INVITATION), helpers.accept),
            MessageHandler(PRIVATE & NEW & helper, helpers.message),
            MessageHandler(PRIVATE & EDITED & helper & ~filters.User(owner_id), helpers.edited),
            # a customer, in the bot's chat or in one of the owner's own
            MessageHandler(PRIVATE & NEW, customer.message),
            BusinessConnectionHandler(customer.connected),
            MessageHandler(filters.UpdateType.BUSINESS_MESSAGE, customer.message),
            MessageHandler(PRIVATE & EDITED & ~filters.User(owner_id), customer.edited),
            MessageHandler(filters.UpdateType.EDITED_BUSINESS_MESSAGE, customer.edited),
            BusinessMessagesDeletedHandler(customer.deleted),
            # the channel and the group under it
            MessageHandler(filters.UpdateType.CHANNEL_POSTS, channel.by_hand),
            MessageHandler(filters.StatusUpdate.MIGRATE, channel.migrated),
            MessageHandler(filters.IS_AUTOMATIC_FORWARD & NEW, channel.thread),
            MessageHandler(filters.ChatType.GROUPS & NEW, customer.comment),
            MessageReactionHandler(
                channel.reaction_counts,
                message_reaction_types=MessageReactionHandler.MESSAGE_REACTION_COUNT_UPDATED,
            ),
            MessageReactionHandler(
                channel.reaction,
                message_reaction_types=MessageReactionHandler.MESSAGE_REACTION_UPDATED,
            ),
            ChatMemberHandler(_own_membership, ChatMemberHandler.MY_CHAT_MEMBER),
            ChatMemberHandler(channel.members, ChatMemberHandler.CHAT_MEMBER),
        ]
    )
    for handler in application.handlers[0]:
        handler.callback = _insistent(handler.callback)
    application.add_error_handler(failed)


def _insistent(handle: Handle) -> Handle:
    """Let a handler begin again when it meets a locked file; all of them may be repeated."""

    async def insistent(update: Update, context: Context) -> None:
        await insistently(lambda: handle(update, context))

    return insistent


def utc_now() -> dt.datetime:
    """Give the moment, by the machine's clock."""
    return dt.datetime.now(dt.UTC)


def build(
    settings: Settings, db: Database, now: Callable[[], dt.datetime] = utc_now
) -> SoloistApplication:
    """Put the application together; nothing is started yet.

    Raises
    ------
    SettingsError
        If a model that the settings name cannot be used.
    FileError
        If the owner's playbook cannot.
    """
    pulse = Pulse.begun(now(), polls=not settings.webhook_url)
    application: SoloistApplication = (
        ApplicationBuilder()
        .token(settings.telegram_bot_token)
        .base_url(f"{settings.telegram_api_url}/bot")
        .base_file_url(f"{settings.telegram_api_url}/file/bot")
        .context_types(ContextTypes(context=Context))
        .update_queue(UpdateQueue(db))
        .concurrent_updates(ChatOrder(db, now))
        .rate_limiter(Pace(settings.messages_per_second))
        .job_queue(None)
        .connection_pool_size(32)
        .get_updates_request(Polls(pulse, now))
        .pool_timeout(60)  # waiting for a free connection is no failure
        .build()
    )

    def send_soon(chat_id: int) -> None:
        if application.running:
            application.create_task(delivery.send_next(app, application.bot, chat_id))

    app = App(
        settings=settings,
        db=db,
        clock=Clock(),
        pulse=pulse,
        now=now,
        say=Say(settings.owner_language, settings.timezone),
        in_force=InForce(settings, db, partial(models.embedder, settings)),
        sentiment=models.sentiment_model(settings),
        # Two: one message does not wait for another, and the loop has to fight for its turn with
        # few. Of 20 chats at once the last is answered as early as with six.
        understanding=ThreadPoolExecutor(2, "understanding"),
        commands=MappingProxyType(
            {command: first_line(handle) for command, handle in COMMANDS.items()}
        ),
        send_soon=send_soon,
    )
    application.bot_data["app"] = app
    route(application, settings.owner_id)
    return application


async def failed(update: object, context: Context) -> None:
    """Log where a handler failed, and tell the owner when it was their request."""
    error = context.error
    assert error  # PTB calls this with one
    # Without the message: it may quote what somebody wrote.
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("A handler failed with %s\n%s", type(error).__name__, frames)
    logger.debug("The whole error", exc_info=error)
    app = context.app
    user = update.effective_user if isinstance(update, Update) else None
    if user and user.id == app.settings.owner_id and not isinstance(error, NetworkError):
        notice = guide_views.failed(app.say, type(error).__name__)
        await patiently(lambda: letters.tell_owner(app, notice))


async def _own_membership(update: Update, context: Context) -> None:
    """Take the bot's own joining and leaving to where it matters."""
    assert update.my_chat_member  # the route's filter says so
    kind = update.my_chat_member.chat.type
    if kind == ChatType.CHANNEL:
        await channel.rights(update, context)
    elif kind == ChatType.PRIVATE:
        await customer.blocked(update, context)


def _only(owner_id: int, handle: Handle) -> Handle:
    """Let nobody but the owner tap: whoever sees a message can tap its buttons."""

    async def guarded(update: Update, context: Context) -> None:
        by_owner = update.effective_user and update.effective_user.id == owner_id
        await (handle if by_owner else taps.unknown)(update, context)

    return guarded


def first_line(handle: Handle) -> str:
    """Give the first docstring line of a handler."""
    return (handle.__doc__ or "").strip().splitlines()[0]
