"""A customer writes: reply, handoff, silence."""

from __future__ import annotations

import asyncio

import pytest
from sqlite_utils import Database

from bot.settings import Settings
from tests.conftest import OWNER, Desk, running_bot, until


def outcomes(db: Database) -> list[str]:
    return [row[0] for row in db.execute("select outcome from messages order by id")]


async def test_a_customer_is_answered_in_their_language(desk: Desk, bot: Database) -> None:
    await desk.say(desk.customer, "When do you open?")
    await desk.say(desk.other, "你们几点开门？")

    assert "9:00–18:00" in (await desk.wait_for(desk.customer, "hours"))["text"]
    assert "9:00–18:00" in (await desk.wait_for(desk.other, "营业时间"))["text"]
    assert outcomes(bot) == ["answered", "answered"]


async def test_a_message_without_words_is_answered_in_the_language_of_the_customers_app(
    desk: Desk, bot: Database
) -> None:
    await desk.say(desk.other, "/start")
    await desk.wait_for(desk.other, "您好")
    await desk.say(desk.other, "👍")

    await desk.wait_for(desk.other, "有需要随时联系我们")


async def test_without_words_the_language_written_last_counts(desk: Desk, bot: Database) -> None:
    await desk.say(desk.other, "When do you open?")
    await desk.wait_for(desk.other, "opening hours")
    await desk.say(desk.other, "👍")

    await desk.wait_for(desk.other, "All right")


async def test_an_unhappy_customer_arrives_at_the_owner(desk: Desk, bot: Database) -> None:
    await desk.say(desk.customer, "My order never arrived, this is terrible!")

    card = await desk.wait_for(OWNER, "My order never arrived")
    await desk.wait_for(desk.customer, "sorry")
    assert "unhappy" in card["text"]
    assert outcomes(bot) == ["handed_off"]


async def test_one_tap_sends_the_suggestion_once(desk: Desk, bot: Database) -> None:
    await desk.say(desk.customer, "My order never arrived, this is terrible!")
    card = await desk.wait_for(OWNER, "Suggested")
    suggestion = card["text"].split("Suggested: ")[1].split("\n")[0]

    taps = await asyncio.gather(desk.tap(card, "Send it"), desk.tap(card, "Send it"))

    await desk.wait_for(desk.customer, suggestion)
    assert sorted(tap.get("text", "") for tap in taps) == ["", "This one is settled already."]
    assert (await desk.texts(desk.customer)).count(suggestion) == 1
    assert "Send it" not in str(await desk.wait_for(OWNER, "You answered"))


async def test_a_plain_reply_to_the_card_goes_to_the_customer(desk: Desk, bot: Database) -> None:
    await desk.say(desk.customer, "Could I talk to a human please?")
    card = await desk.wait_for(OWNER, "asked for a person")

    await desk.say(OWNER, "Here I am. <b>What</b> is it?", reply_to=card["message_id"])

    await desk.wait_for(desk.customer, "Here I am. <b>What</b> is it?")
    assert bot.execute("select state from handoffs").fetchall() == [("answered",)]


async def test_write_a_reply_asks_for_the_words(desk: Desk, bot: Database) -> None:
    await desk.say(desk.customer, "Could I talk to a human please?")
    await desk.tap(await desk.wait_for(OWNER, "asked for a person"), "Write a reply")
    question = await desk.wait_for(OWNER, "Write your reply")

    await desk.say(OWNER, "At your service.", reply_to=question["message_id"])

    await desk.wait_for(desk.customer, "At your service.")


async def test_leave_it_closes_the_card_without_a_word(desk: Desk, bot: Database) -> None:
    await desk.say(desk.customer, "blorb frobnicate")
    card = await desk.wait_for(OWNER, "blorb")

    await desk.tap(card, "Leave it")

    await desk.wait_for(OWNER, "Left without an answer")
    await desk.say(OWNER, "/inbox")
    await desk.wait_for(OWNER, "Nobody is waiting")


async def test_the_owner_commands_and_nobody_else(desk: Desk, bot: Database) -> None:
    await desk.say(desk.customer, "/post Buy my coins")

    await desk.wait_for(OWNER, "/post Buy my coins")
    assert await desk.texts(desk.channel) == []


async def test_after_the_owner_wrote_the_bot_keeps_silent(desk: Desk, bot: Database) -> None:
    await desk.say(desk.customer, "Could I talk to a human please?")
    card = await desk.wait_for(OWNER, "asked for a person")
    await desk.say(OWNER, "Here I am.", reply_to=card["message_id"])
    await desk.wait_for(desk.customer, "Here I am.")
    before = await desk.texts(desk.customer)

    await desk.say(desk.customer, "When do you open?")

    await desk.wait_for(OWNER, "you wrote to them last")
    assert await desk.texts(desk.customer) == before


async def test_a_flood_is_answered_only_so_often(desk: Desk, bot: Database) -> None:
    for _ in range(23):
        await desk.say(desk.customer, "When do you open?")

    await desk.wait_for(OWNER, "too often", n=3)
    assert len(await desk.texts(desk.customer)) == 20


@pytest.mark.parametrize(
    "text",
    [
        "🎉",
        "a" * 4096,
        "</b><script>alert(1)</script> & <",
        "\u202eشالوم",
        "x\x00y",
        "𝒳" * 2000,
        "{{ 7*7 }}",
    ],
    ids=["emoji", "long", "html", "rtl", "null", "four bytes", "template"],
)
async def test_strange_text_is_answered_or_handed_off(desk: Desk, bot: Database, text: str) -> None:
    await desk.say(desk.customer, text)

    await until(lambda: len(outcomes(bot)) == 1 and outcomes(bot)[0], "a decision")
    await until(lambda: desk.texts(desk.customer), "a reply")
    assert not any("49" in reply for reply in await desk.texts(desk.customer))
    if outcomes(bot) == ["handed_off"]:
        await desk.wait_for(OWNER, "is waiting for you")


@pytest.mark.parametrize("kind", ["photo", "voice", "sticker"])
async def test_what_is_not_text_is_shown_to_the_owner(desk: Desk, bot: Database, kind: str) -> None:
    await desk.do(
        "messages", **{"from": desk.customer, "chat": desk.customer, kind: {"sample": True}}
    )

    await desk.wait_for(OWNER, "I can only read text")
    await until(
        lambda: _has_copy(desk, kind),
        f"a copy of the {kind}",
    )


async def _has_copy(desk: Desk, kind: str) -> bool:
    return any(kind in message for message in await desk.chat(OWNER))


async def test_an_edit_changes_each_waiting_card(desk: Desk, bot: Database) -> None:
    message = await desk.say(desk.customer, "blorb frobnicate")
    first = await desk.wait_for(OWNER, "blorb")
    await desk.say(OWNER, "/inbox")
    second = await desk.wait_for(OWNER, "blorb", n=2)

    await desk.do(
        "messages/edit",
        **{
            "from": desk.customer,
            "chat": desk.customer,
            "message": message["message_id"],
            "text": "zonk frobnicate",
        },
    )

    await desk.wait_for(OWNER, "zonk", n=2)
    edited = {card["message_id"] for card in await desk.chat(OWNER) if "zonk" in card["text"]}
    assert edited == {first["message_id"], second["message_id"]}
    assert len(outcomes(bot)) == 1


async def test_a_blocked_customer_costs_nothing_but_a_note(desk: Desk, bot: Database) -> None:
    await desk.say(desk.customer, "Could I talk to a human please?")
    card = await desk.wait_for(OWNER, "asked for a person")
    await desk.do("blocks", user=desk.customer, blocked=True)

    await desk.say(OWNER, "Hello?", reply_to=card["message_id"])

    await desk.wait_for(OWNER, "could not be delivered")
    assert bot.execute("select state from handoffs").fetchall() == [("waiting",)]
    assert bot.execute("select blocked_at is not null from customers").fetchall() == [(1,)]


async def test_a_language_that_the_bot_does_not_speak_is_named_on_the_card(
    desk: Desk, bot: Database
) -> None:
    await desk.say(desk.customer, "Bonjour, pouvez-vous me dire si ma commande est arrivée ?")

    card = await desk.wait_for(OWNER, "Bonjour")
    assert "written in French" in card["text"]


async def test_a_rule_made_for_comments_brings_them_to_the_owner(
    desk: Desk, settings: Settings
) -> None:
    settings.playbook.mkdir()
    (settings.playbook / "rules.toml").write_text(
        """
        [[rule]]
        name = "interested"
        action = "handoff"
        template = "hours"
        chat = "comment"
        keywords.en = ["interested"]
        """
    )
    async with running_bot(settings):
        await desk.say(OWNER, "/start")
        await desk.say(OWNER, "/post Hello readers")
        post = await desk.wait_for(desk.channel, "Hello readers")
        for text in ("Nice!", "I am interested"):
            await desk.say(desk.customer, text, chat=desk.group, thread=post["message_id"])

        card = await desk.wait_for(OWNER, "I am interested")
        assert "9:00–18:00" in card["text"]
        assert not [text for text in await desk.texts(OWNER) if "Nice!" in text]
        assert not [text for text in await desk.texts(desk.group) if "9:00" in text]


async def test_what_a_rule_keeps_silent_about_makes_no_card_even_while_the_owner_talks(
    desk: Desk, settings: Settings
) -> None:
    settings.playbook.mkdir()
    (settings.playbook / "rules.toml").write_text(
        """
        [[rule]]
        name = "spam"
        action = "silent"
        keywords.en = ["casino"]
        """
    )
    async with running_bot(settings) as db:
        await desk.say(desk.customer, "Visit our casino")
        await until(lambda: outcomes(db) == ["silent"], "the first decision")
        db.execute("update customers set owner_wrote_at = first_seen_at")
        await desk.say(desk.customer, "The casino is open!")

        await until(lambda: outcomes(db) == ["silent", "silent"], "the second decision")
