"""Telegram fails in every way, and people write what nobody expected."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlite_utils import Database
from telegram import Bot
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.app import build
from bot.database import open_database
from bot.delivery import attempt
from bot.running import StartError, running
from bot.settings import Settings
from scheduler.posts import NotSentError, RefusedError, UncertainError
from tests.bot.real_process import Cable
from tests.conftest import OWNER, TOKEN, Desk, running_bot, until


@pytest.fixture
async def bot(bot: Database, desk: Desk) -> Database:
    """The running bot, once nothing is on its way that could meet a fault meant for later."""
    await desk.wait_for(OWNER, "My channel is connected")
    await until(lambda: is_quiet(bot), "quiet")
    return bot


def is_quiet(db: Database) -> bool:
    row = db.execute(
        """
        select not exists (select 1 from updates where body is not null)
            and not exists (select 1 from outbox where state in ('waiting', 'sending'))
        """
    ).fetchone()
    return bool(row[0])


# ---- Telegram cannot be reached, or does not want to


@pytest.fixture
async def cable(settings: Settings) -> AsyncIterator[Cable]:
    line = Cable(settings.telegram_api_url)
    yield line
    await line.pull()


async def test_a_cable_pulled_and_put_back_loses_nothing_and_doubles_nothing(
    desk: Desk, settings: Settings, cable: Cable
) -> None:
    await cable.plug_in()
    async with running_bot(settings, telegram_api_url=cable.address) as db:
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "My channel is connected")
        await desk.say(OWNER, "/schedule in 3 seconds Hello after the storm")
        await desk.wait_for(OWNER, "goes to My channel")
        await until(lambda: is_quiet(db), "quiet")
        await cable.pull()
        await desk.say(desk.customer, "When do you open?")
        tried = "select n_tries from posts where state = 'scheduled'"
        await until(lambda: db.execute(tried).fetchone() == (1,), "a try in vain")

        await cable.plug_in()

        await desk.wait_for(desk.customer, "9:00–18:00")
        await desk.wait_for(desk.channel, "Hello after the storm")
        await desk.wait_for(OWNER, "Post 1 is in My channel")
        assert await desk.texts(desk.channel) == ["Hello after the storm"]
        assert len(await desk.texts(desk.customer)) == 1


async def test_a_letter_waits_out_errors_of_the_server(desk: Desk, bot: Database) -> None:
    await desk.do("faults", method="sendMessage", n=1, kind="500")

    await desk.say(desk.customer, "When do you open?")

    await desk.wait_for(desk.customer, "9:00–18:00")
    assert len(await desk.texts(desk.customer)) == 1
    assert bot.execute("select n_tries from outbox where purpose = 'reply'").fetchone() == (2,)


async def test_retry_after_is_obeyed(desk: Desk, bot: Database) -> None:
    await desk.do("faults", method="sendMessage", n=1, kind="429", seconds=1)

    await desk.say(desk.customer, "When do you open?")

    await desk.wait_for(desk.customer, "9:00–18:00")
    refused, sent = [
        call
        for call in await desk.see("calls?method=sendMessage")
        if str(call["params"]["chat_id"]) == str(desk.customer)
    ]
    assert (refused["status"], sent["status"]) == (429, 200)
    assert sent["at"] - refused["at"] >= 1


async def test_a_reply_that_may_have_arrived_is_left_to_the_owner(
    desk: Desk, bot: Database
) -> None:
    await desk.do("faults", method="sendMessage", n=1, kind="cut_after")

    await desk.say(desk.customer, "When do you open?")

    card = await desk.wait_for(OWNER, "I cannot tell whether my reply reached")
    suggestion = (await desk.texts(desk.customer))[0]
    assert suggestion in card["text"]
    assert len(await desk.texts(desk.customer)) == 1


async def test_a_post_waits_out_an_owner_who_cannot_be_asked(desk: Desk, bot: Database) -> None:
    """A post in doubt does not keep the next one from going out."""
    await desk.say(OWNER, "/post First")
    await desk.wait_for(OWNER, "Post 1 is in My channel")
    await desk.do("faults", method="forwardMessage", n=1000, kind="cut_before")
    await desk.do("faults", method="sendMessage", n=1, kind="cut_after")
    await desk.say(OWNER, "/post Second")
    unknown = "select count(*) from posts where state = 'unknown'"
    await until(lambda: bot.execute(unknown).fetchone() == (1,), "a post in doubt")

    await desk.say(OWNER, "/post Third")

    await desk.wait_for(OWNER, "Post 3 is in My channel")
    assert await desk.texts(desk.channel) == ["First", "Second", "Third"]


async def test_a_second_poller_is_named_in_the_log(
    desk: Desk, bot: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with Bot(TOKEN, base_url=f"{settings.telegram_api_url}/bot") as other:
        await other.get_updates(timeout=0)

    await until(lambda: "Another program takes this bot's messages" in caplog.text, "a warning")
    await desk.say(desk.customer, "When do you open?")
    await desk.wait_for(desk.customer, "9:00–18:00")


async def test_a_wrong_webhook_ends_the_start_with_a_sentence(settings: Settings) -> None:
    wrong = replace(settings, webhook_url="https://example.org", webhook_secret="secret")
    db = open_database(wrong.database)

    with pytest.raises(StartError, match="Telegram refuses WEBHOOK_URL"):
        async with running(build(wrong, db)):
            pass

    db.close()


async def test_the_start_waits_until_telegram_answers(
    desk: Desk, settings: Settings, cable: Cable, caplog: pytest.LogCaptureFixture
) -> None:
    db = open_database(settings.database)
    application = build(replace(settings, telegram_api_url=cable.address), db)

    async def serve() -> None:
        async with running(application, first_wait_s=0.05):
            await desk.say(desk.customer, "When do you open?")
            await desk.wait_for(desk.customer, "9:00–18:00")

    serving = asyncio.create_task(serve())
    await until(lambda: caplog.text.count("Telegram cannot be reached") >= 2, "two tries")
    await cable.plug_in()
    await serving
    db.close()


def caused(error: TelegramError, cause: BaseException) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (RetryAfter(7), NotSentError),
        (NetworkError("Internal Server Error"), NotSentError),
        (caused(NetworkError("x"), httpx.ConnectError("refused")), NotSentError),
        (caused(TimedOut(), httpx.ConnectTimeout("late")), NotSentError),
        (caused(TimedOut(), httpx.PoolTimeout("busy")), NotSentError),
        (InvalidToken("Unauthorized"), NotSentError),
        (caused(TimedOut(), httpx.ReadTimeout("late")), UncertainError),
        (caused(NetworkError("x"), httpx.ReadError("cut")), UncertainError),
        (caused(NetworkError("x"), httpx.RemoteProtocolError("cut")), UncertainError),
        (caused(NetworkError("Bad Gateway"), TelegramError("no JSON")), UncertainError),
        (TelegramError("Invalid server response"), UncertainError),
        (BadRequest("Message text is empty"), RefusedError),
        (Forbidden("bot was blocked by the user"), RefusedError),
        (InvalidToken("Not Found"), RefusedError),
        (Conflict("x"), RefusedError),
    ],
    ids=repr,
)
async def test_a_failed_call_is_tried_again_only_where_it_had_no_effect(
    error: TelegramError, meaning: type[Exception]
) -> None:
    async def call() -> None:
        raise error

    with pytest.raises(meaning):
        await attempt(call())


# ---- the owner writes what cannot be


async def test_a_post_at_the_limit_is_published_and_one_above_is_kept(
    desk: Desk, bot: Database
) -> None:
    whole = "😀" * 2048  # two UTF-16 units each
    source = await desk.say(OWNER, whole)
    await desk.say(OWNER, "/post", reply_to=source["message_id"])
    await desk.wait_for(desk.channel, whole)

    photo = await desk.do(
        "messages",
        **{"from": OWNER, "chat": OWNER, "photo": {"sample": True}, "caption": "😀" * 600},
    )
    await desk.say(OWNER, "/post", reply_to=photo["message_id"])

    assert "1,200" in (await desk.wait_for(OWNER, "The text is too long"))["text"]
    assert await desk.texts(desk.channel) == [whole]


async def test_a_time_that_the_clocks_skip_is_answered_with_the_nearest(
    desk: Desk, settings: Settings
) -> None:
    async with running_bot(settings, timezone=ZoneInfo("Europe/Berlin")):
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "My channel is connected")

        await desk.say(OWNER, "/schedule 2037-03-29 02:30 Hello")

        answer = await desk.wait_for(OWNER, "That time does not exist")
        ((before,), (after,)) = answer["reply_markup"]["inline_keyboard"]
        assert "01:59" in before["text"]
        assert "03:00" in after["text"]


async def test_what_cannot_be_published_is_refused_in_a_sentence(desk: Desk, bot: Database) -> None:
    voice = await desk.do("messages", **{"from": OWNER, "chat": OWNER, "voice": {"sample": True}})
    await desk.say(OWNER, "/post", reply_to=voice["message_id"])
    await desk.wait_for(OWNER, "I can publish text, photos")
    await desk.say(OWNER, "/post")
    await desk.wait_for(OWNER, "Write /post and the text")
    await desk.say(OWNER, "/schedule")
    await desk.wait_for(OWNER, "Write /schedule, a time and the text")
    await desk.say(OWNER, "/schedule　明天9点　大家好")
    await desk.wait_for(OWNER, "Post 1 goes to")
    assert bot.execute("select text from posts").fetchall() == [("大家好",)]


async def test_a_voice_as_an_answer_is_not_passed_on_and_the_customer_waits(
    desk: Desk, bot: Database
) -> None:
    await desk.say(desk.customer, "Could I talk to a human please?")
    card = await desk.wait_for(OWNER, "asked for a person")

    await desk.do(
        "messages",
        **{
            "from": OWNER,
            "chat": OWNER,
            "voice": {"sample": True},
            "reply_to": card["message_id"],
        },
    )

    await desk.wait_for(OWNER, "I can pass on text only")
    assert bot.execute("select state from handoffs").fetchall() == [("waiting",)]


async def test_a_second_answer_goes_out_as_a_further_message(desk: Desk, bot: Database) -> None:
    await desk.say(desk.customer, "Could I talk to a human please?")
    card = await desk.wait_for(OWNER, "asked for a person")

    await desk.say(OWNER, "Here I am.", reply_to=card["message_id"])
    await desk.say(OWNER, "Still here.", reply_to=card["message_id"])

    await desk.wait_for(desk.customer, "Still here.")
    await desk.wait_for(OWNER, "You answered: Still here.")
    assert (await desk.texts(desk.customer))[-2:] == ["Here I am.", "Still here."]


async def test_cards_and_buttons_from_before_a_restart_still_work(
    desk: Desk, settings: Settings
) -> None:
    async with running_bot(settings):
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "My channel is connected")
        await desk.say(desk.customer, "Could I talk to a human please?")
        first = await desk.wait_for(OWNER, "asked for a person")
        await desk.say(desk.other, "blorb frobnicate")
        second = await desk.wait_for(OWNER, "blorb")
        await desk.say(OWNER, "/schedule tomorrow 9:00 Never")
        post = await desk.wait_for(OWNER, "goes to My channel")

    async with running_bot(settings):
        await desk.say(OWNER, "To the second.", reply_to=second["message_id"])
        await desk.wait_for(desk.other, "To the second.")
        await desk.say(OWNER, "To the first.", reply_to=first["message_id"])
        await desk.wait_for(desk.customer, "To the first.")
        await desk.tap(post, "Cancel")
        await desk.wait_for(OWNER, "Post 1 is cancelled")
        assert "To the first." not in await desk.texts(desk.other)


async def test_a_button_of_a_post_from_another_database_is_told(
    desk: Desk, settings: Settings, tmp_path: Path
) -> None:
    async with running_bot(settings):
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "My channel is connected")
        await desk.say(OWNER, "/schedule tomorrow 9:00 Never")
        post = await desk.wait_for(OWNER, "goes to My channel")

    async with running_bot(settings, database=tmp_path / "new.db"):
        assert (await desk.tap(post, "Move"))["text"] == "I no longer know this post."


async def test_two_taps_at_once_on_a_post_do_it_once(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/schedule tomorrow 9:00 Never")
    post = await desk.wait_for(OWNER, "goes to My channel")

    taps = await asyncio.gather(desk.tap(post, "Cancel"), desk.tap(post, "Cancel"))

    assert sorted(tap.get("text", "") for tap in taps) == ["", "Post 1 was cancelled."]
    await desk.wait_for(OWNER, "Post 1 is cancelled")
    assert sum("is cancelled" in text for text in await desk.texts(OWNER)) == 1


async def test_a_button_that_nobody_knows_is_acknowledged(
    desk: Desk, bot: Database, settings: Settings
) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Old", "callback_data": "launch:7"}]]}
    async with Bot(TOKEN, base_url=f"{settings.telegram_api_url}/bot") as sender:
        sent = await sender.send_message(
            OWNER, "From long ago", api_kwargs={"reply_markup": keyboard}
        )

    message = next(m for m in await desk.chat(OWNER) if m["message_id"] == sent.message_id)
    assert (await desk.tap(message, "Old"))["answered"]


async def test_a_customer_cannot_tap_the_owners_buttons(
    desk: Desk, bot: Database, settings: Settings
) -> None:
    await desk.say(desk.other, "blorb frobnicate")
    await desk.wait_for(OWNER, "blorb")
    await desk.say(desk.customer, "/start")
    keyboard = {"inline_keyboard": [[{"text": "Leave it", "callback_data": "leave:1"}]]}
    async with Bot(TOKEN, base_url=f"{settings.telegram_api_url}/bot") as sender:
        sent = await sender.send_message(
            desk.customer, "A copy", api_kwargs={"reply_markup": keyboard}
        )

    message = next(m for m in await desk.chat(desk.customer) if m["message_id"] == sent.message_id)
    assert (await desk.tap(message, "Leave it", person=desk.customer))["answered"]
    assert bot.execute("select state from handoffs where id = 1").fetchone() == ("waiting",)


# ---- who is not asking us


async def n_messages(bot: Database) -> int:
    count: int = bot.execute("select count(*) from messages").fetchone()[0]
    return count


async def test_bots_and_automations_are_not_answered(desk: Desk, bot: Database) -> None:
    robot = (await desk.do("people", is_bot=True))["id"]
    await desk.say(robot, "When do you open?")
    await desk.say(desk.customer, "When do you open?", is_from_offline=True)
    await desk.say(OWNER, "/post Hello readers")  # forwarded into the group by Telegram itself
    await desk.wait_for(desk.channel, "Hello readers")

    await desk.say(desk.other, "When do you open?")

    await desk.wait_for(desk.other, "9:00–18:00")
    assert bot.execute("select distinct customer_id from messages").fetchall() == [(desk.other,)]
    assert await desk.texts(desk.customer) == []


async def test_a_business_chat_is_answered_on_behalf_of_the_owner(
    desk: Desk, bot: Database
) -> None:
    await desk.do("business", enabled=True)

    asked = await desk.say(desk.customer, "When do you open?", business=True)

    await until(lambda: _business(desk, "9:00–18:00"), "an answer on the owner's behalf")
    call = (await desk.see("calls?method=sendMessage"))[-1]
    assert call["params"]["business_connection_id"]
    await desk.do(
        "messages/delete",
        chat=desk.customer,
        messages=[asked["message_id"]],
        business=True,
    )
    gone = "select text, deleted_at is not null from messages"
    await until(lambda: bot.execute(gone).fetchall() == [("", 1)], "the text to be forgotten")


async def test_where_the_owner_wrote_first_the_bot_keeps_silent(desk: Desk, bot: Database) -> None:
    await desk.do("business", enabled=True)
    await desk.say(OWNER, "How was your visit?", chat=desk.customer, business=True)

    await desk.say(desk.customer, "When do you open?", chat=desk.customer, business=True)

    await desk.wait_for(OWNER, "you wrote to them last")
    assert not await _business(desk, "9:00–18:00")


async def _business(desk: Desk, text: str) -> bool:
    messages = await desk.see(f"chats/{desk.customer}/messages?business=1")
    return any(text in message.get("text", "") for message in messages)


async def test_where_the_bot_may_not_reply_the_customer_comes_to_the_owner(
    desk: Desk, bot: Database
) -> None:
    await desk.do("business", enabled=True, can_reply=False)

    await desk.say(desk.customer, "When do you open?", business=True)

    await desk.wait_for(OWNER, "could not be delivered")
    await desk.wait_for(OWNER, "is waiting for you")
    assert bot.execute("select outcome from messages").fetchall() == [("handed_off",)]


async def test_a_huge_text_is_handed_over_once_and_quoted_in_part(
    desk: Desk, bot: Database
) -> None:
    await desk.say(desk.customer, "blorb " * 17_000)

    card = await desk.wait_for(OWNER, "is waiting for you")
    assert "…" in card["text"]
    assert await n_messages(bot) == 1


# ---- what is never logged


async def test_no_word_of_anybody_and_no_token_is_logged(
    desk: Desk, bot: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    person = (await desk.do("people", first_name="Quokka1"))["id"]
    await desk.do("faults", method="sendMessage", n=1, kind="500")
    await desk.say(person, "Quokka2, when do you open?")
    await desk.wait_for(person, "9:00–18:00")
    await desk.say(person, "Quokka3 <b>never</b> arrived, terrible!")
    card = await desk.wait_for(OWNER, "Quokka3")
    await desk.do("faults", method="sendMessage", n=1, kind="cut_after")
    await desk.say(OWNER, "Quokka4", reply_to=card["message_id"])
    await desk.wait_for(OWNER, "I cannot tell whether my reply reached")
    await desk.do("blocks", user=person, blocked=True)
    await desk.say(OWNER, "Quokka4 again", reply_to=card["message_id"])
    await desk.wait_for(OWNER, "could not be delivered")
    await desk.do("rights", chat=desk.channel, status="administrator", can_post_messages=False)
    await desk.say(OWNER, "/post Quokka5")
    await desk.wait_for(OWNER, "was refused by My channel")

    assert "was refused" in caplog.text
    assert "Quokka" not in caplog.text
    own = [record for record in caplog.records if record.name.split(".")[0] == "bot"]
    assert not any(TOKEN in record.getMessage() for record in own)
