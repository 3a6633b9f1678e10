"""The owner teaches an answer, and the next customer has it at once."""

from __future__ import annotations

import pytest
from sqlite_utils import Database

from bot.settings import Settings
from tests.conftest import OWNER, Desk, Json, running_bot

pytestmark = pytest.mark.usefixtures("quick_embedder")

QUESTION = "Can I bring my dog to the workshop?"
REPLY = "Of course, dogs are welcome."


async def ask(desk: Desk, question: str = QUESTION) -> Json:
    """Let a customer ask; give the owner's card."""
    await desk.say(desk.customer, question)
    return await desk.wait_for(OWNER, question)


async def ask_and_answer(desk: Desk, reply: str = REPLY) -> Json:
    """Let a customer ask and the owner answer; give the closed card."""
    card = await ask(desk)
    await desk.say(OWNER, reply, reply_to=card["message_id"])
    return await desk.wait_for(OWNER, "You answered")


def taught(db: Database) -> list[tuple[str, str]]:
    """Give each question with the English reply of its answer."""
    return db.execute(
        "select q.text, a.reply_en from questions q join answers a on a.id = q.answer order by q.id"
    ).fetchall()


async def test_one_tap_teaches_how_the_owner_has_answered(desk: Desk, bot: Database) -> None:
    card = await ask_and_answer(desk)

    await desk.tap(card, "Teach this")

    learnt = await desk.wait_for(OWNER, "Next time I answer this by myself")
    assert QUESTION in learnt["text"]
    assert REPLY in learnt["text"]
    await desk.say(desk.other, QUESTION)
    await desk.wait_for(desk.other, REPLY)


async def test_a_second_tap_teaches_nothing_more(desk: Desk, bot: Database) -> None:
    card = await ask_and_answer(desk)
    await desk.tap(card, "Teach this")
    await desk.wait_for(OWNER, "Next time I answer this by myself")

    assert (await desk.tap(card, "Teach this"))["text"] == "I have learnt this already."

    assert taught(bot) == [(QUESTION, REPLY)]


async def test_undo_forgets_it_and_the_card_can_teach_it_again(desk: Desk, bot: Database) -> None:
    card = await ask_and_answer(desk)
    await desk.tap(card, "Teach this")

    await desk.tap(await desk.wait_for(OWNER, "Next time I answer this by myself"), "Undo")

    await desk.wait_for(OWNER, "Forgotten")
    assert taught(bot) == []
    await desk.tap(card, "Teach this")
    await desk.wait_for(OWNER, "Next time I answer this by myself", n=2)


async def test_what_was_said_to_one_customer_only_is_named(desk: Desk, bot: Database) -> None:
    card = await ask_and_answer(desk, "Your order #4411 leaves tomorrow.")

    await desk.tap(card, "Teach this")

    warning = (await desk.wait_for(OWNER, "This looks personal"))["text"]
    assert "#4411" in warning
    assert "tomorrow" in warning
    assert "{{ customer }}" in warning


async def test_the_same_reply_to_another_question_is_offered_as_one_more_wording(
    desk: Desk, bot: Database
) -> None:
    await desk.tap(await ask_and_answer(desk), "Teach this")
    await desk.wait_for(OWNER, "Next time I answer this by myself")
    await desk.say(OWNER, f"/teach {REPLY}")
    await desk.say(OWNER, "Are poodles a problem?")
    offer = await desk.wait_for(OWNER, "This looks like")

    await desk.tap(offer, "It is the same")

    await desk.wait_for(OWNER, "It is one more wording of “Can I bring my dog to the workshop”.")
    assert taught(bot) == [(QUESTION, REPLY), ("Are poodles a problem?", REPLY)]


async def test_a_suggestion_that_was_sent_is_learnt_as_one_more_wording(
    desk: Desk, bot: Database
) -> None:
    await desk.tap(await ask_and_answer(desk), "Teach this")
    await desk.wait_for(OWNER, "Next time I answer this by myself")
    await desk.say(OWNER, "/answers bands 100 0")
    await desk.wait_for(OWNER, "How sure I have to be")
    asked = "Is it possible to bring a dog to the workshop?"
    await desk.say(desk.other, asked)
    await desk.tap(await desk.wait_for(OWNER, asked), "Send it")

    await desk.tap(await desk.wait_for(OWNER, "You answered", n=2), "Teach this")

    await desk.wait_for(OWNER, "It is one more wording of “Can I bring my dog to the workshop”.")
    assert taught(bot) == [(QUESTION, REPLY), (asked, REPLY)]


async def test_a_question_that_was_taught_before_takes_the_new_reply(
    desk: Desk, bot: Database
) -> None:
    await desk.tap(await ask_and_answer(desk), "Teach this")
    await desk.wait_for(OWNER, "Next time I answer this by myself")
    question = await desk.say(OWNER, QUESTION.upper())
    await desk.say(OWNER, "/teach Dogs stay outside.", reply_to=question["message_id"])
    known = await desk.wait_for(OWNER, "I know this question already")

    await desk.tap(known, "Use the new reply")

    await desk.wait_for(OWNER, "is changed")
    assert taught(bot) == [(QUESTION, "Dogs stay outside.")]


async def test_a_lesson_goes_on_after_a_restart(desk: Desk, settings: Settings) -> None:
    async with running_bot(settings):
        await desk.say(OWNER, "/start")
        await desk.say(OWNER, "/teach")
        asked = await desk.wait_for(OWNER, "Which question shall I learn?")
        await desk.say(OWNER, QUESTION, reply_to=asked["message_id"])
        asked = await desk.wait_for(OWNER, "What shall I reply to this?")

    async with running_bot(settings) as db:
        await desk.say(OWNER, REPLY, reply_to=asked["message_id"])

        await desk.wait_for(OWNER, "Next time I answer this by myself")
        assert taught(db) == [(QUESTION, REPLY)]


async def test_what_i_asked_last_is_answered_without_a_reply(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/teach")
    await desk.wait_for(OWNER, "Which question shall I learn?")
    await desk.say(OWNER, QUESTION)
    await desk.wait_for(OWNER, "What shall I reply to this?")
    await desk.say(OWNER, REPLY)

    await desk.wait_for(OWNER, "Next time I answer this by myself")
    await desk.say(OWNER, "Fresh bread today")
    await desk.wait_for(OWNER, "To publish this")
    assert taught(bot) == [(QUESTION, REPLY)]


@pytest.mark.parametrize("word", ["cancel", "Cancel", "/cancel", "取消"])
async def test_cancel_leaves_everything_as_it_is(desk: Desk, bot: Database, word: str) -> None:
    await desk.say(OWNER, "/teach")
    await desk.wait_for(OWNER, "Which question shall I learn?")

    await desk.say(OWNER, word)

    await desk.wait_for(OWNER, "everything stays as it is")
    await desk.say(OWNER, QUESTION)
    await desk.wait_for(OWNER, "To publish this")


async def test_cancel_is_never_sent_to_a_customer(desk: Desk, bot: Database) -> None:
    await desk.tap(await ask(desk), "Write a reply")
    asked = await desk.wait_for(OWNER, "Write your reply")
    before = await desk.texts(desk.customer)

    await desk.say(OWNER, "Cancel", reply_to=asked["message_id"])

    await desk.wait_for(OWNER, "everything stays as it is")
    assert await desk.texts(desk.customer) == before


async def test_a_waiting_customer_can_be_sent_what_was_just_taught(
    desk: Desk, bot: Database
) -> None:
    card = await ask(desk)

    await desk.say(OWNER, f"/teach {REPLY} {{{{ shop }}}}", reply_to=card["message_id"])

    learnt = await desk.wait_for(OWNER, "Next time I answer this by myself")
    name = card["text"].split(" is waiting")[0]
    await desk.tap(learnt, f"Send it to {name}")
    await desk.wait_for(desk.customer, f"{REPLY} The shop")


@pytest.mark.parametrize(
    "reply", ["It is {{ price }} euro.", "Open {{ hours", "{% for x in y %}", "{{ shop.x }}"]
)
async def test_a_reply_with_braces_that_say_nothing_is_refused(
    desk: Desk, bot: Database, reply: str
) -> None:
    question = await desk.say(OWNER, QUESTION)

    await desk.say(OWNER, f"/teach {reply}", reply_to=question["message_id"])

    refusal = (await desk.wait_for(OWNER, "I cannot read the braces"))["text"]
    assert "{{ hours }}" in refusal
    assert taught(bot) == []
    await desk.say(OWNER, REPLY)
    await desk.wait_for(OWNER, "Next time I answer this by myself")


async def test_each_language_has_its_reply(desk: Desk, bot: Database) -> None:
    question = await desk.say(OWNER, QUESTION)
    await desk.say(OWNER, f"/teach {REPLY}", reply_to=question["message_id"])
    learnt = await desk.wait_for(OWNER, "Next time I answer this by myself")

    await desk.tap(learnt, "Add the Chinese reply")
    await desk.wait_for(OWNER, "in Chinese?")
    await desk.say(OWNER, "当然，欢迎带狗来。")

    await desk.wait_for(OWNER, "is changed")
    replies = bot.execute("select reply_en, reply_zh from answers").fetchall()
    assert replies == [(REPLY, "当然，欢迎带狗来。")]


async def test_a_customer_cannot_teach(desk: Desk, bot: Database) -> None:
    await desk.say(desk.customer, "/teach Everything is free")

    await desk.wait_for(OWNER, "/teach Everything is free")
    assert taught(bot) == []
