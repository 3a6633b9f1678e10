"""Finds out what would keep the bot from working, before it runs."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database
from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError
from telegram.ext import ExtBot

from bot import backup, models, nightly, playbook_files
from bot.channel import look_up
from bot.database import DatabaseError, is_in_use, open_database
from bot.health import pulse_path
from bot.opening import Opening, told
from bot.pulse import MB, SILENT_AFTER, Pulse
from bot.settings import Settings, SettingsError
from bot.store import channels
from bot.views import health
from bot.views.say import Say
from nlp.hours import HoursError
from nlp.model import ModelError
from nlp.toml_text import FileError


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tested, and how it stands."""

    good: bool
    sentence: str


async def check(settings: Settings) -> AsyncIterator[Finding]:
    """Test database, playbook, models, token, owner and channels, in this order."""
    db: Database | None = None
    try:
        db = open_database(settings.database)
        yield Finding(good=True, sentence=f"The database {settings.database} can be written.")
    except DatabaseError as error:
        yield Finding(good=False, sentence=str(error))

    for finding in (_playbook(settings), _sentiment(settings), _matching(settings)):
        yield finding
    if db and (opening := told(db, settings)).text:
        yield _hours(opening, settings)

    bot: ExtBot[Any] = ExtBot(
        settings.telegram_bot_token,
        base_url=f"{settings.telegram_api_url}/bot",
        base_file_url=f"{settings.telegram_api_url}/file/bot",
    )
    try:
        async with bot:
            yield Finding(good=True, sentence=f"The token is that of @{bot.username}.")
            yield await _owner(bot, settings.owner_id)
            known = [channel.id for channel in channels.connected(db)] if db else []
            async for finding in _channels(bot, settings.channel_id, known):
                yield finding
    except InvalidToken:
        yield Finding(
            good=False,
            sentence="Telegram does not know this TELEGRAM_BOT_TOKEN: copy it again "
            "from @BotFather.",
        )
    except TelegramError as error:
        yield Finding(
            good=False,
            sentence=f"{settings.telegram_api_url} cannot be reached: {error.message}.",
        )
    if db:
        db.close()


async def check_live(settings: Settings, now: dt.datetime) -> AsyncIterator[Finding]:
    """Say how the running bot is, by what it noted last; nothing is asked of it or of Telegram."""
    if not is_in_use(settings.database):
        yield Finding(good=False, sentence=f"No bot runs on {settings.database}.")
        return
    pulse = Pulse.saved(pulse_path(settings.database))
    if pulse is None or now - pulse.beat_at > SILENT_AFTER:
        last = f" since {pulse.beat_at:%Y-%m-%d %H:%M} UTC" if pulse else ""
        yield Finding(
            good=False,
            sentence=f"A bot runs, but has given no sign of life{last}: it hangs, or waits for "
            "Telegram. Its log says more.",
        )
        return
    disk = shutil.disk_usage(settings.database.absolute().parent)
    wrong = list(pulse.complaints(now, disk.free, disk.total))
    for complaint in wrong:
        sentence = health.wrong(Say("en", settings.timezone), complaint).unescape()
        yield Finding(good=False, sentence=sentence)
    if not wrong:
        yield Finding(good=True, sentence=_signs(pulse, now, disk.free, settings))


def _signs(pulse: Pulse, now: dt.datetime, free: int, settings: Settings) -> str:
    """Say when the bot last did what."""
    polled = f", heard from Telegram {_ago(now - pulse.polled_at)}" if pulse.polled_at else ""
    nights = backup.nights(settings.database, nightly.folder(settings))
    kept = f"the last backup is of {nights[-1][0]}" if nights else "there is no backup yet"
    return (
        f"The bot has been running since {pulse.started_at:%Y-%m-%d %H:%M} UTC. It looked for "
        f"posts {_ago(now - pulse.ticked_at)}{polled}; {free // MB:,} MB are free; {kept}."
    )


def _ago(time: dt.timedelta) -> str:
    return f"{time.total_seconds():.0f} s ago"


def _hours(opening: Opening, settings: Settings) -> Finding:
    try:
        hours = opening.hours(settings)
    except HoursError as error:
        if error.problem in {"country", "subdivision"}:
            return Finding(good=False, sentence=f"SHOP_COUNTRY or SHOP_REGION is wrong: {error}.")
        return Finding(
            good=True,
            sentence="Customers are told your opening hours, but the bot cannot tell when you are "
            f"closed: {error}. /hours takes days and times such as Mo-Fr 9-18, Sa 10-14.",
        )
    return Finding(good=True, sentence=f"You are open {hours.in_words('en')}.")


def _playbook(settings: Settings) -> Finding:
    try:
        files = playbook_files.read(settings.playbook)
        templates = files.templates()
        rules = files.rules(templates)
    except FileError as error:
        return Finding(good=False, sentence=f"{error}.")
    whose = f"in {settings.playbook}" if files.texts else "of the starter set"
    return Finding(
        good=True,
        sentence=f"{len(rules)} rules and {len(templates)} templates {whose} can be used.",
    )


def _sentiment(settings: Settings) -> Finding:
    try:
        model = models.sentiment_model(settings)
        model("Thank you!", "en")
        model("谢谢！", "zh")
    except (SettingsError, ModelError) as error:
        return Finding(good=False, sentence=str(error))
    name = settings.sentiment_model or "built in"
    return Finding(good=True, sentence=f"The sentiment model works ({name}).")


def _matching(settings: Settings) -> Finding:
    try:
        models.embedder(settings)(["Thank you!"])
    except (SettingsError, ModelError) as error:
        return Finding(good=False, sentence=str(error))
    name = settings.embedding_model or "built in"
    return Finding(good=True, sentence=f"The model that matches questions works ({name}).")


async def _owner(bot: Bot, owner_id: int) -> Finding:
    try:
        # Not getChat, which also knows people who never pressed Start.
        await bot.send_chat_action(owner_id, ChatAction.TYPING)
    except (BadRequest, Forbidden):
        return Finding(
            good=False,
            sentence=f"I cannot write to the owner ({owner_id}): is OWNER_ID right? Then open "
            f"@{bot.username} in Telegram and press Start.",
        )
    return Finding(good=True, sentence=f"The owner ({owner_id}) can be written to.")


async def _channels(
    bot: Bot, from_settings: int | None, known: list[int]
) -> AsyncIterator[Finding]:
    channel_ids = known or ([from_settings] if from_settings else [])
    if not channel_ids:
        yield Finding(
            good=True,
            sentence="No channel is connected yet: add the bot to yours as an administrator "
            "while it runs.",
        )
    for channel_id in channel_ids:
        try:
            channel = await look_up(bot, channel_id)
        except TelegramError as error:
            yield Finding(good=False, sentence=f"Channel {channel_id}: {error.message}.")
            continue
        if channel.lacks:
            lacks = ", ".join(channel.lacks)
            yield Finding(
                good=False, sentence=f"In channel “{channel.title}” the bot lacks: {lacks}."
            )
        else:
            yield Finding(good=True, sentence=f"Channel “{channel.title}” can be posted to.")
        if channel.discussion_id is None:
            yield Finding(
                good=True,
                sentence=f"Channel “{channel.title}” has no discussion group, so comments are "
                "not counted.",
            )
