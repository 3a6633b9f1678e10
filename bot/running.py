"""Starts the application, waits for Telegram as long as it takes, and stops it again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine
from functools import partial
from typing import Any

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

from bot import channel, delivery, following, health, letters, media, nightly, publishing, zone
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
POLLING = "Updater:start_polling:polling_task"  # what PTB calls the task that polls


class StartError(Exception):
    """The bot cannot start, or go on; the message says why and what to do."""


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
        cannot be set; also later, if a model cannot be loaded or the token is revoked.
    """
    app: App = application.bot_data["app"]
    await _get_to_know(application, first_wait_s)
    listening = asyncio.Event()
    async with _company() as begin:
        begin(_keep_playbook(app, listening))
        try:
            await _take_up(app, application)
            await application.start()
            for polling in await _receive(application, app, first_wait_s):
                begin(_end_with(polling))
            listening.set()
            app.clock.start(partial(publishing.tick, app, application.bot))
            await _greet(app, application)
            begin(health.watch(app, application.bot))
            begin(nightly.keep(app))
            begin(media.keep_copies(app, application.bot))
            begin(following.watch(app))
            yield
        finally:
            listening.set()  # whoever waits for the models keeps the application from stopping
            await app.clock.stop()
            if application.updater and application.updater.running:
                # If polling has failed this raises again what has ended the block already.
                await asyncio.gather(application.updater.stop(), return_exceptions=True)
            if application.running:
                await application.stop()
            await application.shutdown()


Begin = Callable[[Coroutine[Any, Any, None]], None]


@contextlib.asynccontextmanager
async def _company() -> AsyncIterator[Begin]:
    """Let other work be done beside the block, for as long as it lasts; its error ends the block.

    Raises
    ------
    StartError
        If it cannot go on in a way that the operator can mend.
    """
    block = asyncio.current_task()
    tasks: set[asyncio.Task[None]] = set()

    def begin(work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        task.add_done_callback(ended)
        tasks.add(task)

    def ended(task: asyncio.Task[None]) -> None:
        if block and _error(task):
            block.cancel()

    try:
        yield begin
    except asyncio.CancelledError:
        error = next(filter(None, map(_error, tasks)), None)
        if isinstance(error, ModelError | SettingsError | FileError):
            raise StartError(str(error)) from error
        if error:
            raise error from None
        raise
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _error(task: asyncio.Task[None]) -> BaseException | None:
    return task.exception() if task.done() and not task.cancelled() else None


async def _end_with(polling: asyncio.Task[None]) -> None:
    """Wait for polling to end: without it nobody is heard, though all else goes on.

    Raises
    ------
    StartError
        If the token has been revoked; any other error of polling as it is.
    """
    await asyncio.wait([polling])
    error = _error(polling)
    if isinstance(error, InvalidToken):
        # `from None`: the original message quotes the token.
        raise StartError(
            "Telegram does not know this TELEGRAM_BOT_TOKEN any more: it was revoked. Copy the "
            "new one from @BotFather into .env, then start again."
        ) from None
    if error:
        raise error


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
    await patiently(partial(zone.watch, app))


async def _receive(
    application: SoloistApplication, app: App, first_wait_s: float
) -> Collection[asyncio.Task[None]]:
    """Poll, or take updates at a webhook where an address is set; give the tasks that poll."""
    updater: Updater | None = application.updater
    if updater is None:  # only an application built without one
        return ()
    settings = app.settings
    if not settings.webhook_url:
        others = asyncio.all_tasks()
        await updater.start_polling(
            allowed_updates=Update.ALL_TYPES,
            bootstrap_retries=-1,
            error_callback=_polling_failed,
        )
        return [task for task in asyncio.all_tasks() - others if task.get_name() == POLLING]
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
    return ()


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
    """Publish the menu and see what became of the channels, if Telegram lets us."""
    try:
        await publish_menu(app, application.bot)
        await insistently(partial(channel.look_again, app, application.bot))
    except TelegramError as error:
        logger.warning("Not everything could be prepared: %s", error)
