"""Makes calls of the Bot API that must have their effect exactly once."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

import httpx
from telegram import Message, MessageId
from telegram.error import (
    BadRequest,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import ExtBot

from bot import letters
from bot.context import App
from bot.database import patiently
from bot.pace import NO_RETRIES
from bot.store import handoffs, outbox
from bot.store.handoffs import Handoff
from bot.views import inbox
from scheduler.posts import NotSentError, RefusedError, UncertainError

logger = logging.getLogger(__name__)
T = TypeVar("T")

LONGEST_WAIT = dt.timedelta(minutes=1)
# httpx raises these before the first byte of the request has left.
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


async def attempt(call: Awaitable[T]) -> T:
    """Await one call of the Bot API and say of a failure what it means for a second try.

    Raises
    ------
    RefusedError
        Telegram said no; a second try would be refused too.
    NotSentError
        It surely had no effect: it may be tried again.
    UncertainError
        It may have had its effect: it must not be tried again blindly.
    """
    try:
        return await call
    except RetryAfter as error:
        wait = error.retry_after
        seconds = wait if isinstance(wait, dt.timedelta) else dt.timedelta(seconds=wait)
        raise NotSentError(error.message, retry_after=seconds) from error
    except InvalidToken as error:
        if error.message == "Unauthorized":  # revoked; what waits goes out with the next token
            raise NotSentError(error.message) from error
        raise RefusedError(error.message) from error  # a 404: the server has no such method
    except (BadRequest, Forbidden) as error:
        raise RefusedError(error.message) from error
    except TimedOut as error:
        if isinstance(error.__cause__, NEVER_LEFT):
            raise NotSentError(error.message) from error
        raise UncertainError(error.message) from error
    except NetworkError as error:
        # Without an httpx error behind it, Telegram has answered: a 5xx, which does nothing.
        if error.__cause__ is None or isinstance(error.__cause__, NEVER_LEFT):
            raise NotSentError(error.message) from error
        raise UncertainError(error.message) from error
    except TelegramError as error:
        if type(error) is TelegramError:  # an answer that cannot be read
            raise UncertainError(error.message) from error
        raise RefusedError(error.message) from error


async def send_next(app: App, bot: ExtBot[Any], chat_id: int) -> None:
    """Send a chat's oldest letter, if it may go now, and have the next one sent after it.

    One at a time, so that a process that is to stop waits for one letter and not for all.
    """
    letter = await patiently(lambda: outbox.claim_next(app.db, chat_id, app.now()))
    if letter:
        await patiently(await _outcome(app, bot, letter))
        app.send_soon(chat_id)


async def _outcome(app: App, bot: ExtBot[Any], letter: outbox.Letter) -> Callable[[], None]:
    """Try to send a letter, and give what is to be written about it."""
    try:
        message_id = await attempt(_call(bot, letter))
    except NotSentError as error:
        wait = error.retry_after or _back_off(letter)
        logger.warning("A letter waits %.0f s: %s", wait.total_seconds(), error)
        _try_again(app, letter.chat_id, wait)
        return partial(outbox.put_back, app.db, letter, app.now() + wait, str(error))
    except RefusedError as error:
        return partial(
            _refused, app, letter, str(error), gone=isinstance(error.__cause__, Forbidden)
        )
    except UncertainError as error:
        return partial(_uncertain, app, letter, str(error))
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        # PTB raises these of an answer that it cannot read, from a server that is not quite
        # Telegram. It may well have been sent, and the next one would fare the same.
        reason = f"unreadable answer: {type(error).__name__}"
        logger.warning("A letter (%s) got an answer that cannot be read.", letter.purpose)
        return partial(outbox.mark_unknown, app.db, letter, reason)
    except asyncio.CancelledError:
        _uncertain(app, letter, "interrupted")
        raise
    return partial(_sent, app, letter, message_id)


def _back_off(letter: outbox.Letter) -> dt.timedelta:
    return min(dt.timedelta(seconds=2 ** min(letter.n_tries, 6)), LONGEST_WAIT)


def _try_again(app: App, chat_id: int, wait: dt.timedelta) -> None:
    """Have the chat's letters sent after the wait, and a little later than the row asks for."""
    loop = asyncio.get_running_loop()
    loop.call_later(wait.total_seconds() + 0.05, app.send_soon, chat_id)


def send_due(app: App) -> None:
    """Have whatever is due in any chat sent, without waiting for it."""
    for chat_id in outbox.chats_due(app.db, app.now()):
        app.send_soon(chat_id)


def recover(app: App) -> None:
    """Settle the letters that were on their way when the last process ended."""
    for letter in outbox.stranded(app.db):
        _uncertain(app, letter, "The process ended before Telegram answered.")


async def _call(bot: ExtBot[Any], letter: outbox.Letter) -> int:
    method, body = getattr(bot, letter.method), dict(letter.body)
    if letter.method == "send_document":  # in the body it is the text of a file
        body["document"] = body["document"].encode()
    sent: Message | MessageId = await method(
        chat_id=letter.chat_id, rate_limit_args=NO_RETRIES, **body
    )
    return sent.message_id


def _sent(app: App, letter: outbox.Letter, message_id: int) -> None:
    with app.db.atomic():
        outbox.mark_sent(app.db, letter, message_id)
        if letter.purpose == "card":
            handoffs.note_card(
                app.db,
                message_id,
                handoff_id=letter.handoff,
                post_id=letter.post,
                topic=letter.topic,
            )


def _refused(app: App, letter: outbox.Letter, reason: str, *, gone: bool) -> None:
    """Give a letter up, and tell the owner if a customer waits for it.

    A reply to a customer who is `gone`, because they stopped the bot, is missed by nobody.
    """
    if "can't initiate conversation" in reason:
        logger.info("The owner has not pressed Start yet; /start shows what waits for them.")
    else:
        logger.warning("A letter (%s) was refused: %s", letter.purpose, reason)
    with app.db.atomic():
        outbox.mark_failed(app.db, letter, reason)
        waiting = None
        if letter.purpose == "answer" and letter.handoff:
            handoffs.reopen(app.db, letter.handoff)
            waiting = handoffs.get(app.db, letter.handoff)
        elif letter.purpose == "reply" and not gone:
            waiting = _hand_off(app, letter)
            if waiting:
                letters.show_card(app, waiting)
        if waiting:
            letters.tell_owner(app, inbox.undeliverable(app.say, waiting, reason))


def _uncertain(app: App, letter: outbox.Letter, reason: str) -> None:
    """Let the owner decide what must not be sent twice; repeat what only the owner sees."""
    with app.db.atomic():
        outbox.mark_unknown(app.db, letter, reason)
        if letter.purpose in {"card", "notice"}:
            wait = _back_off(letter)
            outbox.write_again(app.db, letter, app.now(), app.now() + wait)
            _try_again(app, letter.chat_id, wait)
            return
        waiting = _hand_off(app, letter)
        if waiting:
            letters.show_card(app, waiting, uncertain=True)


def _hand_off(app: App, letter: outbox.Letter) -> Handoff | None:
    """Let the customer wait for what a letter to them said; None where that is pointless.

    If they wait already, or the owner has answered, the reply was only the note that a person
    will: as a suggestion it would take the place of a real one.
    """
    message = letter.message
    if message is None:  # it was to the owner
        return None
    if letter.purpose == "reply" and handoffs.of_message(app.db, message):
        return None
    suggestion = str(letter.body.get("text", ""))
    handoffs.open_(app.db, message, suggestion, app.now())
    return handoffs.of_message(app.db, message)
