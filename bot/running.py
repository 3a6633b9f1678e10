"""Starts the application, waits for Telegram as long as it takes, and stops it again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

from telegram import Update
from telegram.error import (
    BadRequest,
    Conflict,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import Updater

from bot import channel, delivery, letters, publishing
from bot.context import App, SoloistApplication
from bot.database import insistently, patiently
from bot.owner import rules
from bot.owner.guide import publish_menu
from bot.settings import SettingsError
from bot.updates import UpdateQueue
from bot.views import guide
from nlp.model import ModelError
from nlp.toml_text import FileError

logger = logging.getLogger(__name__)

LONGEST_WAIT_S = 30.0
LOOK_EVERY_S = 10.0  # an owner who saves a file tries it out within about as long


class StartError(Exception):
    """The bot cannot start; the message says why and what to do."""


@contextlib.asynccontextmanager
async def running(
    application: SoloistApplication, *, first_wait_s: float = 1.0
) -> AsyncIterator[None]:
    """Run the application for as long as the block lasts.

    Parameters
    ----------
    first_wait_s : float
        Seconds until Telegram is tried again when it cannot be reached; each further wait is
        twice as long, up to half a minute.

    Raises
    ------
    StartError
        If Telegram does not know the token, what answers is not like Telegram, or the webhook
        cannot be set.
    """
    app: App = application.bot_data["app"]
    await _get_to_know(application, first_wait_s)
    listening = asyncio.Event()
    async with _playbook_kept(app, listening):
        try:
            await _take_up(app, application)
            await application.start()
            await _receive(application, app, first_wait_s)
            listening.set()
            app.clock.start(partial(publishing.tick, app, application.bot))
            await _greet(app, application)
            yield
        finally:
            listening.set()  # whoever waits for the models keeps the application from stopping
            await app.clock.stop()
            if application.updater and application.updater.running:
                await application.updater.stop()
            if application.running:
                await application.stop()
            await application.shutdown()


@contextlib.asynccontextmanager
async def _playbook_kept(app: App, listening: asyncio.Event) -> AsyncIterator[None]:
    """Load the models once we are listening, then look after the owner's files.

    Raises
    ------
    StartError
        At any time, if a model cannot be loaded: without it nobody could be answered.
    """
    block = asyncio.current_task()
    keeping = asyncio.create_task(_keep_playbook(app, listening))

    def ended(keeping: asyncio.Task[None]) -> None:
        if block and not keeping.cancelled():
            block.cancel()

    keeping.add_done_callback(ended)
    try:
        yield
    except asyncio.CancelledError:
        error = keeping.exception() if keeping.done() and not keeping.cancelled() else None
        if isinstance(error, ModelError | SettingsError | FileError):
            raise StartError(str(error)) from error
        if error:
            raise error from None
        raise
    finally:
        keeping.cancel()
        await asyncio.wait([keeping])


async def _keep_playbook(app: App, listening: asyncio.Event) -> None:
    await listening.wait()
    await app.in_force.warm_up(app.sentiment)
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        await insistently(partial(rules.look, app))


async def _get_to_know(application: SoloistApplication, first_wait_s: float) -> None:
    """Ask Telegram who the bot is."""
    try:
        await _until_reached(application, application.initialize, first_wait_s)
    except TypeError as error:  # of PTB, which misses a field that a User always has
        await application.bot.shutdown()
        raise StartError(
            "What answers at TELEGRAM_API_URL is no complete Bot API server: its getMe lacks "
            "fields that Telegram always gives, such as is_bot."
        ) from error


async def _until_reached(
    application: SoloistApplication, call: Callable[[], Awaitable[object]], wait: float
) -> None:
    """Make a call again and again until Telegram answers it."""
    while True:
        try:
            await call()
        except InvalidToken:
            await application.bot.shutdown()
            # `from None`: the original message quotes the token.
            raise StartError(
                "Telegram does not know this TELEGRAM_BOT_TOKEN: copy it again from @BotFather."
            ) from None
        except BadRequest:  # a NetworkError to PTB, but an answer
            raise
        except (NetworkError, RetryAfter) as error:
            logger.warning("Telegram cannot be reached (%s); next try in %.0f s.", error, wait)
        else:
            return
        await asyncio.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT_S)


async def _take_up(app: App, application: SoloistApplication) -> None:
    """Go on where the last process stopped."""
    queue = application.update_queue
    if isinstance(queue, UpdateQueue):
        interrupted = await queue.put_unfinished(application.bot, app.settings.owner_id)
        if interrupted:
            letters.tell_owner(app, guide.interrupted(app.say))
    await patiently(partial(delivery.recover, app))


async def _receive(application: SoloistApplication, app: App, first_wait_s: float) -> None:
    """Poll, or take updates at a webhook where an address is set."""
    updater: Updater | None = application.updater
    if updater is None:  # only an application built without one
        return
    settings = app.settings
    if not settings.webhook_url:
        await updater.start_polling(
            allowed_updates=Update.ALL_TYPES,
            bootstrap_retries=-1,
            error_callback=_polling_failed,
        )
        return
    address = f"{settings.webhook_url}/telegram"
    # PTB sets the webhook too, but would try a wrong address for ever and in silence.
    announce = partial(
        application.bot.set_webhook,
        address,
        secret_token=settings.webhook_secret,
        allowed_updates=Update.ALL_TYPES,
    )
    try:
        await _until_reached(application, announce, first_wait_s)
    except BadRequest as error:
        raise StartError(f"Telegram refuses WEBHOOK_URL: {error.message}.") from error
    try:
        await updater.start_webhook(
            listen="127.0.0.1",  # behind the proxy that holds the certificate
            port=settings.webhook_port,
            url_path="telegram",
            webhook_url=address,
            secret_token=settings.webhook_secret,
            allowed_updates=Update.ALL_TYPES,
            bootstrap_retries=-1,
        )
    except OSError as error:
        raise StartError(
            f"WEBHOOK_PORT {settings.webhook_port} cannot be used ({error.strerror}): choose "
            "another one, also in the proxy before it."
        ) from error


def _polling_failed(error: TelegramError) -> None:
    """Log one line where PTB would log a traceback; it polls on with back-off by itself."""
    if isinstance(error, Conflict):
        logger.warning(
            "Another program takes this bot's messages; stop it, because two cannot share one "
            "token. (%s)",
            error,
        )
    elif not isinstance(error, TimedOut):
        logger.warning("Polling failed (%s); going on.", error)


async def _greet(app: App, application: SoloistApplication) -> None:
    """Connect the channel named in the settings and publish the menu, if Telegram lets us."""
    try:
        await publish_menu(app, application.bot)
        if app.settings.channel_id:
            connect = partial(channel.connect, app, application.bot, app.settings.channel_id)
            await insistently(connect)
    except TelegramError as error:
        logger.warning("Not everything could be prepared: %s", error)
