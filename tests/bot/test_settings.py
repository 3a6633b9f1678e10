"""What the operator decides: each field has its line, each mistake its sentence."""

from __future__ import annotations

import datetime as dt
import logging
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot import logs
from bot.settings import Settings, SettingsError

EXAMPLE = Path(__file__).parents[2] / ".env.example"
TOKEN = "4242:AAAA-a-token-for-tests-only"
GOOD = {"TELEGRAM_BOT_TOKEN": TOKEN, "OWNER_ID": "1000"}
RENAMED = {"grace": {"GRACE_MINUTES"}, "shop": {f"SHOP_{fact}" for fact in (
    "NAME", "HOURS", "ADDRESS", "WEBSITE", "PHONE"
)}}  # fmt: skip


def example() -> dict[str, str]:
    return {name: value or "" for name, value in dotenv_values(EXAMPLE).items()}


def test_the_example_builds_the_default_settings() -> None:
    assert Settings.from_env(example() | GOOD) == Settings.from_env(GOOD)
    assert Settings.from_env(GOOD) == Settings(telegram_bot_token=TOKEN, owner_id=1000)


def test_the_example_has_one_line_for_each_field() -> None:
    names = [name for field in fields(Settings) for name in RENAMED.get(field.name, {field.name})]
    lines = [line.partition("=")[0] for line in EXAMPLE.read_text().splitlines() if "=" in line]

    assert sorted(lines) == sorted(name.upper() for name in names)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CHANNEL_ID", "-1001234567890"),
        ("OWNER_LANGUAGE", "zh"),
        ("TIMEZONE", "Europe/Berlin"),
        ("DATABASE", "other.db"),
        ("GRACE_MINUTES", "5"),
        ("REPLIES_PER_HOUR", "3"),
        ("MESSAGES_PER_SECOND", "0"),
        ("SENTIMENT_MODEL", "models/mine"),
        ("EMBEDDING_MODEL", "models/mine"),
        ("PLAYBOOK", "mine"),
        ("BACKUPS", "elsewhere"),
        ("BACKUPS_KEPT", "0"),
        ("SHOP_COUNTRY", "DE"),
        ("SHOP_REGION", "BY"),
        ("TELEGRAM_API_URL", "http://127.0.0.1:8081"),
        ("WEBHOOK_PORT", "8444"),
        ("WEBHOOK_SECRET", "abc-DEF_123"),
        *((name, "something") for name in sorted(RENAMED["shop"])),
    ],
)
def test_each_line_changes_its_field(name: str, value: str) -> None:
    assert Settings.from_env(GOOD | {name: value}) != Settings.from_env(GOOD)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_BOT_TOKEN", ""),
        ("TELEGRAM_BOT_TOKEN", "1000"),
        ("TELEGRAM_BOT_TOKEN", f"{TOKEN}/getMe"),
        ("OWNER_ID", ""),
        ("OWNER_ID", "@owner"),
        ("OWNER_ID", "-5"),
        pytest.param("OWNER_ID", "9" * 5000, id="OWNER_ID-too-long"),
        ("OWNER_ID", "9" * 30),
        ("CHANNEL_ID", "@channel"),
        ("CHANNEL_ID", "-5"),
        ("OWNER_LANGUAGE", "de"),
        ("TIMEZONE", "Berlin"),
        ("TIMEZONE", "../etc/passwd"),
        ("GRACE_MINUTES", "0"),
        ("GRACE_MINUTES", "half an hour"),
        ("GRACE_MINUTES", "9" * 30),
        ("REPLIES_PER_HOUR", "0"),
        ("MESSAGES_PER_SECOND", "-1"),
        ("BACKUPS_KEPT", "-1"),
        ("TELEGRAM_API_URL", "telegram.org"),
        ("TELEGRAM_API_URL", "http://[::1"),
        ("WEBHOOK_URL", "ftp://example.org"),
        ("WEBHOOK_PORT", "70000"),
        ("WEBHOOK_SECRET", "with a space"),
    ],
)
def test_a_wrong_line_is_named_in_one_sentence(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=rf"^{name} [^\n]{{10,300}}[.]$"):
        Settings.from_env(GOOD | {"WEBHOOK_SECRET": "secret"} | {name: value})


def test_a_webhook_needs_a_secret() -> None:
    with pytest.raises(SettingsError, match="WEBHOOK_SECRET is missing"):
        Settings.from_env(GOOD | {"WEBHOOK_URL": "https://example.org"})


@pytest.mark.parametrize(
    "name", ["OWNER_ID", "CHANNEL_ID", "OWNER_LANGUAGE", "TIMEZONE", "WEBHOOK_URL", "WEBHOOK_PORT"]
)
def test_a_token_in_the_wrong_line_is_not_repeated(name: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env(GOOD | {"WEBHOOK_SECRET": "secret", name: TOKEN})

    assert "4242" not in str(refused.value)


def test_no_secret_is_in_the_repr() -> None:
    settings = Settings.from_env(GOOD | {"WEBHOOK_SECRET": "abc-DEF_123"})

    assert TOKEN not in repr(settings)
    assert "abc-DEF_123" not in repr(settings)
    assert settings.grace == dt.timedelta(minutes=30)


def test_the_log_never_holds_the_token(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level, sys.excepthook
    error = ValueError(f"http://127.0.0.1/bot{TOKEN}/getMe")
    logs.configure(TOKEN)
    try:
        logging.getLogger("bot").error("It failed at %s", f"/bot{TOKEN}/", exc_info=error)
        sys.excepthook(ValueError, error, None)
    finally:
        root.handlers[:], root.level, sys.excepthook = before

    written = capsys.readouterr().err
    assert "It failed at /bot<token>/" in written
    assert written.count("ValueError: http://127.0.0.1/bot<token>/getMe") == 2
    assert TOKEN not in written
