"""The owner tells when they are there, and can take it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from sqlite_utils import Database

from bot import opening
from bot.checks import check
from bot.playbook import InForce
from bot.settings import Settings, SettingsError
from nlp.embedding import BuiltInEmbedder
from tests.bot.test_care import NIGHT, running_at
from tests.conftest import OWNER, Desk

DAY = dt.timedelta(days=1)


@pytest.fixture
async def bot(desk: Desk, settings: Settings) -> AsyncIterator[Database]:
    """The running bot of a shop that is open daily from 9 to 18, on a Monday at 23:00."""
    async with running_at(settings, NIGHT) as bot:
        yield bot.db


async def told(desk: Desk, words: str, answer: str) -> dict[str, Any]:
    await desk.say(OWNER, words)
    return await desk.wait_for(OWNER, answer)


async def test_hours_show_whether_it_is_open_and_the_week(desk: Desk, bot: Database) -> None:
    shown = await told(desk, "/hours", "Customers read")

    assert "Now closed; opens tomorrow at 9:00" in shown["text"]
    assert "Tue 24 Nov: 9:00–18:00" in shown["text"]


async def test_new_hours_count_at_once_for_customers_too(desk: Desk, bot: Database) -> None:
    changed = await told(desk, "/hours Mo-Fr 8-12, 13-17, Sa 10-14", "Before: daily 9:00–18:00")
    assert "Mon–Fri 8:00–12:00, 13:00–17:00; Sat 10:00–14:00" in changed["text"]

    await desk.say(desk.customer, "When do you open?")
    await desk.wait_for(desk.customer, "Sat 10:00–14:00")
    await desk.say(desk.customer, "blorb frobnicate")
    await desk.wait_for(desk.customer, "tomorrow at 8:00")


async def test_a_change_is_taken_back_with_one_tap(desk: Desk, bot: Database) -> None:
    changed = await told(desk, "/hours Mo-Fr 8-12", "Your hours: Mon–Fri 8:00–12:00")

    await desk.tap(changed, "Undo")

    await desk.wait_for(OWNER, "Taken back. Your hours: daily 9:00–18:00")


async def test_only_the_last_change_can_be_taken_back(desk: Desk, bot: Database) -> None:
    changed = await told(desk, "/hours Mo-Fr 8-12", "Your hours: Mon–Fri 8:00–12:00")
    await told(desk, "/hours Mo-Fr 8-13", "Your hours: Mon–Fri 8:00–13:00")

    refused = await desk.tap(changed, "Undo")

    assert refused["text"] == "Your hours have been changed since."


async def test_single_days_are_closed_and_opened_again(desk: Desk, bot: Database) -> None:
    await told(desk, "/hours closed tomorrow", "Closed: Tue 24 Nov")
    await told(desk, "/hours closed 24 Dec - 2 Jan", "Closed: Thu 24 Dec – Sat 2 Jan")
    shown = await told(desk, "/hours", "Customers read")
    assert "opens on Wednesday at 9:00" in shown["text"]
    assert "Tue 24 Nov: closed" in shown["text"]

    await desk.tap(shown, "Open on Tue 24 Nov after all")

    await desk.wait_for(OWNER, "opens tomorrow at 9:00")


async def test_what_is_closed_every_week_is_part_of_the_week(desk: Desk, bot: Database) -> None:
    await told(desk, "/hours closed on Sundays", "Your hours: Mon–Sat 9:00–18:00")


async def test_holidays_close_where_the_owner_keeps_them(desk: Desk, bot: Database) -> None:
    await told(desk, "/hours holidays DE BY", "closed on public holidays")

    shown = await told(desk, "/hours", "Next public holidays")

    assert "Fri 25 Dec: Christmas Day" in shown["text"]
    assert "I know the public holidays of DE-BY." in shown["text"]
    await told(desk, "/hours holidays none", "✅ Your hours: daily 9:00–18:00\n")


MISUNDERSTOOD = {
    "whenever": "“whenever” is not understood",
    "Mo-Fr 9-25": "“25” is not a time of day",
    "Mo-Fr": "when is it open on “",
    "closed": "on which days is it closed?",
    "closed whenever": "“whenever” is not understood",
    "closed 24 Dec 2025": "names no days that are still to come",
    "holidays XX": "“XX” is not a country",
    "holidays DE QQ": "“QQ” is not a region",
}


async def test_what_is_not_understood_is_named_and_changes_nothing(
    desk: Desk, bot: Database
) -> None:
    for words, answer in MISUNDERSTOOD.items():
        await told(desk, f"/hours {words}", answer)

    shown = await told(desk, "/hours", "Customers read")
    assert "Customers read: daily 9:00–18:00" in shown["text"]


def test_days_that_are_over_are_forgotten(db: Database) -> None:
    settings = Settings(telegram_bot_token="4242:A", owner_id=OWNER)
    told = opening.Opening(
        "Mo-Fr 9-18", (("2026-11-24", "2026-11-24"), ("2026-12-24", "2027-01-02"))
    )
    opening.tell(db, told)

    forgot = [opening.forget_past(db, dt.date(2026, 11, 24) + n * DAY) for n in range(3)]

    assert forgot == [False, True, False]
    assert opening.told(db, settings).closed == (("2026-12-24", "2027-01-02"),)


def test_hours_that_are_only_words_are_passed_on(db: Database) -> None:
    settings = Settings(telegram_bot_token="4242:A", owner_id=OWNER)
    opening.tell(db, opening.Opening("by appointment"))

    assert opening.told(db, settings).understood(settings) is None


def test_a_country_that_is_none_ends_the_start(db: Database) -> None:
    shop = {"hours": "Mo-Fr 9-18"}
    settings = Settings(telegram_bot_token="4242:A", owner_id=OWNER, shop=shop, shop_country="XX")

    with pytest.raises(SettingsError, match="SHOP_COUNTRY or SHOP_REGION is wrong: “XX” is not"):
        InForce(settings, db, BuiltInEmbedder)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, "the bot cannot tell when you are closed: “by” is not understood."),
        ({"shop": {"hours": "Mo-Fr 9-18"}}, "You are open Mon–Fri 9:00–18:00."),
        ({"shop_country": "XX"}, "SHOP_COUNTRY or SHOP_REGION is wrong: “XX” is not a country"),
    ],
    ids=["words", "understood", "no country"],
)
async def test_a_check_says_whether_the_hours_are_understood(
    desk: Desk, settings: Settings, change: dict[str, Any], sentence: str
) -> None:
    shop = {"hours": "Mo-Fr 9-18"} if "shop_country" in change else settings.shop
    changed = replace(settings, **{"shop": shop} | change)

    findings = [finding.sentence async for finding in check(changed)]

    assert any(sentence in finding for finding in findings)
