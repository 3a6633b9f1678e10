"""The owner asks why, and reads it in plain words."""

from __future__ import annotations

import datetime as dt
from contextlib import closing

from sqlite_utils import Database

from bot.database import open_database
from bot.settings import Settings
from bot.store import answers
from nlp.answers import Answer
from tests.conftest import OWNER, Desk, running_bot


async def test_a_reply_to_a_card_with_why_explains_it(desk: Desk, bot: Database) -> None:
    await desk.say(desk.customer, "Hello, could you send me an invoice please?")
    card = await desk.wait_for(OWNER, "invoice please")

    await desk.say(OWNER, "/why", reply_to=card["message_id"])

    told = (await desk.wait_for(OWNER, "wrote on"))["text"]
    assert "I handed it to you, because a rule sends this to you." in told
    assert "Rule “invoice”: Messages with “" in told
    assert "Here it found “invoice”." in told
    assert "Written in English." in told
    assert "Mood: neutral" in told


async def test_why_alone_offers_the_last_decisions(desk: Desk, bot: Database) -> None:
    await desk.say(desk.customer, "When do you open?")
    await desk.wait_for(desk.customer, "9:00")

    await desk.say(OWNER, "/why")
    offer = await desk.wait_for(OWNER, "Which of these?")
    [[button]] = offer["reply_markup"]["inline_keyboard"]
    await desk.tap(offer, button["text"])

    told = (await desk.wait_for(OWNER, "I answered"))["text"]
    assert "because a rule says so" in told
    assert "drawn from 2 variants" in told


async def test_a_copied_message_is_found_by_its_text(desk: Desk, bot: Database) -> None:
    await desk.say(desk.customer, "Qu'est-ce que vous faites le dimanche après-midi ?")
    await desk.wait_for(OWNER, "après-midi")
    copied = await desk.say(OWNER, "Qu'est-ce que vous faites le dimanche après-midi ?")

    await desk.say(OWNER, "/why", reply_to=copied["message_id"])

    told = (await desk.wait_for(OWNER, "wrote on"))["text"]
    assert "Written in French, it seems; I answer that in English." in told


async def test_words_that_nobody_wrote_are_not_explained(desk: Desk, bot: Database) -> None:
    mine = await desk.say(OWNER, "Hello?")

    await desk.say(OWNER, "/why", reply_to=mine["message_id"])

    await desk.wait_for(OWNER, "I do not find that")


async def test_a_taught_answer_is_named_with_how_sure_it_was(
    desk: Desk, settings: Settings
) -> None:
    with closing(open_database(settings.database)) as db:
        told = Answer(name="ramp", questions=("Is there a ramp?",), replies={"en": "Yes, a ramp."})
        answers.teach(db, told, dt.datetime.now(dt.UTC))
    async with running_bot(settings):
        await desk.say(desk.customer, "Is there a ramp?")
        await desk.wait_for(desk.customer, "Yes, a ramp.")

        await desk.say(OWNER, "/why")
        offer = await desk.wait_for(OWNER, "Which of these?")
        await desk.tap(offer, offer["reply_markup"]["inline_keyboard"][0][0]["text"])

        why = (await desk.wait_for(OWNER, "wrote on"))["text"]
    assert "because you have taught me this" in why
    assert "Nearest taught question: “Is there a ramp?” (answer “ramp”)" in why
    assert "sure: I answer by myself from" in why


async def test_what_a_customer_writes_is_never_formatting(desk: Desk, bot: Database) -> None:
    await desk.say(desk.customer, "<b>blorb</b> & </blockquote> {name}")
    card = await desk.wait_for(OWNER, "blorb")

    await desk.say(OWNER, "/why", reply_to=card["message_id"])

    told = await desk.wait_for(OWNER, "wrote on")
    assert "<b>blorb</b> & </blockquote> {name}" in told["text"]
