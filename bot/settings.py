"""What the operator has decided, read once from the environment and `.env`."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values

TELEGRAM = "https://api.telegram.org"
LANGUAGES = ("en", "zh")
TOKEN = re.compile(r"\d+:[\w-]{20,}", re.ASCII)
A_YEAR_MINUTES = 525_600
HIGHEST_ID = 2**52  # of a Telegram user, as the Bot API promises


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it and says how to get it.

    It never quotes the value, which by mistake may be the token.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One field for each line of `.env.example`."""

    telegram_bot_token: str = field(repr=False)
    owner_id: int
    channel_id: int | None = None
    owner_language: str = "en"
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    database: Path = Path("soloist.db")
    playbook: Path = Path("playbook")
    backups: Path | None = None  # the folder; None for one beside the database
    backups_kept: int = 7
    media: Path | None = None  # the folder; None for one beside the database
    grace: dt.timedelta = dt.timedelta(minutes=30)
    private_feeds: bool = False
    replies_per_hour: int = 20
    messages_per_second: int = 30
    sentiment_model: str = ""
    embedding_model: str = ""
    shop: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    shop_country: str = ""
    shop_region: str = ""
    telegram_api_url: str = TELEGRAM
    webhook_url: str = ""
    webhook_port: int = 8443
    webhook_secret: str = field(default="", repr=False)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Read the settings, or raise `SettingsError` at the first that is missing or wrong."""
        return cls(
            telegram_bot_token=_token(env),
            owner_id=_whole(
                env, "OWNER_ID", least=1, most=HIGHEST_ID, hint="your numeric Telegram id"
            ),
            channel_id=_channel(env),
            owner_language=_language(env),
            timezone=_timezone(env),
            database=Path(env.get("DATABASE") or "soloist.db"),
            playbook=Path(env.get("PLAYBOOK", "").strip() or "playbook"),
            backups=Path(folder) if (folder := env.get("BACKUPS", "").strip()) else None,
            backups_kept=_whole(env, "BACKUPS_KEPT", default=7, least=0),
            media=Path(folder) if (folder := env.get("MEDIA", "").strip()) else None,
            grace=dt.timedelta(
                minutes=_whole(env, "GRACE_MINUTES", default=30, least=1, most=A_YEAR_MINUTES)
            ),
            private_feeds=_yes(env, "PRIVATE_FEEDS"),
            replies_per_hour=_whole(env, "REPLIES_PER_HOUR", default=20, least=1),
            messages_per_second=_whole(env, "MESSAGES_PER_SECOND", default=30, least=0),
            sentiment_model=env.get("SENTIMENT_MODEL", "").strip(),
            embedding_model=env.get("EMBEDDING_MODEL", "").strip(),
            shop=_shop(env),
            shop_country=env.get("SHOP_COUNTRY", "").strip().upper(),
            shop_region=env.get("SHOP_REGION", "").strip().upper(),
            telegram_api_url=_url(env, "TELEGRAM_API_URL", default=TELEGRAM),
            webhook_url=_url(env, "WEBHOOK_URL", default=""),
            webhook_port=_whole(env, "WEBHOOK_PORT", default=8443, least=1, most=65535),
            webhook_secret=_secret(env),
        )


def environment() -> dict[str, str]:
    """Read `.env`; what is set in the environment itself wins."""
    written = {name: value or "" for name, value in dotenv_values(".env").items()}
    return written | dict(os.environ)


def _token(env: Mapping[str, str]) -> str:
    token = env.get("TELEGRAM_BOT_TOKEN", "").strip()
    if not token:
        raise SettingsError(
            "TELEGRAM_BOT_TOKEN is missing: open @BotFather in Telegram, send /newbot, and put "
            "the token it gives you into .env."
        )
    if not TOKEN.fullmatch(token):
        raise SettingsError(
            "TELEGRAM_BOT_TOKEN is not a token: it looks like 123456:ABC-DEF…, copied whole "
            "from @BotFather."
        )
    return token


def _whole(
    env: Mapping[str, str],
    name: str,
    *,
    least: int,
    most: int | None = None,
    default: int | None = None,
    hint: str = "a whole number",
) -> int:
    written = env.get(name, "").strip()
    if not written and default is not None:
        return default
    if not written:
        raise SettingsError(
            f"{name} is missing: put {hint} into .env (@userinfobot in Telegram tells it)."
        )
    try:
        number = int(written)
    except ValueError as error:
        raise SettingsError(f"{name} must be {hint}: digits, and nothing else.") from error
    if number < least or (most is not None and number > most):
        bounds = f"at least {least}" if most is None else f"between {least} and {most}"
        raise SettingsError(f"{name} must be {bounds}, not {number}.")
    return number


def _yes(env: Mapping[str, str], name: str) -> bool:
    written = env.get(name, "").strip().lower() or "no"
    if written not in {"yes", "no"}:
        raise SettingsError(f"{name} must be yes or no.")
    return written == "yes"


def _channel(env: Mapping[str, str]) -> int | None:
    written = env.get("CHANNEL_ID", "").strip()
    if not written:
        return None
    if not (written.startswith("-100") and written[1:].isdecimal()):
        raise SettingsError(
            "CHANNEL_ID must be a channel's numeric id such as -1001234567890; or leave it empty "
            "and make the bot an administrator of the channel instead."
        )
    return int(written)


def _language(env: Mapping[str, str]) -> str:
    # Not LANGUAGE: most systems export that one for themselves.
    language = env.get("OWNER_LANGUAGE", "").strip().lower() or "en"
    if language not in LANGUAGES:
        raise SettingsError("OWNER_LANGUAGE must be en or zh.")
    return language


def _timezone(env: Mapping[str, str]) -> ZoneInfo:
    name = env.get("TIMEZONE", "").strip() or "UTC"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(
            "TIMEZONE must be a name such as Europe/Berlin or Asia/Shanghai."
        ) from error


def _shop(env: Mapping[str, str]) -> Mapping[str, str]:
    """Take the facts that replies may state; one that is not given is never stated."""
    names = {"shop": "NAME", "hours": "HOURS", "address": "ADDRESS", "website": "WEBSITE"}
    names["phone"] = "PHONE"
    facts = {key: env.get(f"SHOP_{name}", "").strip() for key, name in names.items()}
    return MappingProxyType({key: fact for key, fact in facts.items() if fact})


def _url(env: Mapping[str, str], name: str, *, default: str) -> str:
    url = env.get(name, "").strip().rstrip("/") or default
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise SettingsError(f"{name} must be an http or https address.") from error
    if url and not (parts.scheme in {"http", "https"} and parts.hostname):
        raise SettingsError(f"{name} must be an http or https address.")
    return url


def _secret(env: Mapping[str, str]) -> str:
    secret = env.get("WEBHOOK_SECRET", "").strip()
    if env.get("WEBHOOK_URL", "").strip() and not secret:
        raise SettingsError(
            "WEBHOOK_SECRET is missing: with WEBHOOK_URL set, choose 16 or more letters and "
            "digits, so that nobody but Telegram can post updates."
        )
    if secret and not (secret.replace("-", "").replace("_", "").isalnum() and secret.isascii()):
        raise SettingsError("WEBHOOK_SECRET may contain only letters, digits, - and _.")
    return secret
