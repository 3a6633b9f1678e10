"""The calendar: what went out, by us and by hand, and what is to come."""

from __future__ import annotations

import datetime as dt

from sqlite_utils import Database

from bot import reports  # noqa: F401  # loads pandas and scikit-learn before anybody waits
from bot.settings import Settings
from scheduler import store
from scheduler.posts import Content, PostState
from tests.conftest import OWNER, Desk, running_bot, until

A_WEEK = dt.timedelta(days=7)


async def by_hand(desk: Desk, text: str) -> int:
    message = await desk.say(OWNER, text, chat=desk.channel)
    message_id: int = message["message_id"]
    return message_id


def n_by_hand(db: Database) -> int:
    frame = store.history(db)
    return int((frame["origin"] == "hand").sum())


async def test_a_week_shows_what_went_out_what_was_made_by_hand_and_what_is_to_come(
    desk: Desk, bot: Database
) -> None:
    await desk.say(OWNER, "/post Fresh bread")
    await desk.wait_for(desk.channel, "Fresh bread")
    await by_hand(desk, "Written by hand")
    now = dt.datetime.now(dt.UTC)
    soon, next_week = now + dt.timedelta(seconds=30), now + A_WEEK
    store.schedule(bot, desk.channel, Content("Rolls"), soon, now=now)
    store.schedule(bot, desk.channel, Content("Idea"), soon, now=now, state=PostState.DRAFT)
    store.schedule(bot, desk.channel, Content("Far away"), next_week, now=now)
    await until(lambda: n_by_hand(bot) == 1, "the post by hand")

    await desk.say(OWNER, "/calendar")

    card = await desk.wait_for(OWNER, "📅")
    rows = [line.split(" ", 2) for line in card["text"].splitlines() if ":" in line[:5]]
    assert {(row[0], row[2]) for row in rows} == {
        ("✅", "Fresh bread"),
        ("✋", "Written by hand"),
        ("🕘", "Rolls"),
        ("✏️", "Idea"),
    }
    assert "✅ published · ✋ posted by hand · 🕘 to come · ✏️ draft" in card["text"]
    await desk.tap(card, "›")
    await desk.wait_for(OWNER, "🕘 ")
    await until(lambda: shows(desk, "Far away"), "the next week")
    await desk.tap(await desk.wait_for(OWNER, "📅"), "This week")
    await until(lambda: shows(desk, "Fresh bread"), "this week")


async def shows(desk: Desk, text: str) -> bool:
    return text in (await desk.wait_for(OWNER, "📅"))["text"]


async def test_the_week_is_shown_in_chinese(desk: Desk, settings: Settings) -> None:
    async with running_bot(settings, owner_language="zh") as db:
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "这里是你的工作台")
        await desk.do(
            "messages", **{"from": OWNER, "chat": desk.channel, "photo": {"sample": True}}
        )
        await until(lambda: n_by_hand(db) == 1, "the post by hand")

        await desk.say(OWNER, "/calendar")

        card = await desk.wait_for(OWNER, "📅")
        assert "[图片]" in card["text"]
        assert "· 今天" in card["text"]
        assert "✋ 手动发布" in card["text"]


async def test_an_album_by_hand_is_one_post_with_the_reactions_of_all_its_parts(
    desk: Desk, bot: Database
) -> None:
    parts = [
        await desk.do(
            "messages",
            **{"from": OWNER, "chat": desk.channel, "photo": {"sample": True}, "album": "7"},
            **({"caption": "Three new cakes"} if n == 0 else {}),
        )
        for n in range(3)
    ]
    for part, person in zip(parts, (desk.customer, desk.other), strict=False):
        await desk.do(
            "reactions",
            **{"from": person, "chat": desk.channel, "message": part["message_id"], "emoji": "👍"},
        )
    await desk.say(desk.customer, "Yummy", chat=desk.group, thread=parts[0]["message_id"])

    def counted() -> list[tuple[object, ...]]:
        frame = store.history(bot)[["text", "reactions", "comments"]]
        return list(frame.itertuples(index=False, name=None))

    await until(lambda: counted() == [("Three new cakes", 2, 1)], "one post with all of it")


async def test_an_edit_by_hand_changes_what_is_known(desk: Desk, bot: Database) -> None:
    message_id = await by_hand(desk, "Fresh bred")
    await until(lambda: n_by_hand(bot) == 1, "the post")

    await desk.do(
        "messages/edit",
        **{"from": OWNER, "chat": desk.channel, "message": message_id, "text": "Fresh bread"},
    )

    await until(lambda: list(store.history(bot)["text"]) == ["Fresh bread"], "the edit")


async def test_what_soloist_has_posted_is_never_taken_for_made_by_hand(
    desk: Desk, bot: Database
) -> None:
    await desk.say(OWNER, "/post Ours")
    post = await desk.wait_for(desk.channel, "Ours")
    await desk.do(
        "reactions",
        **{"from": desk.customer, "chat": desk.channel, "message": post["message_id"]},
        emoji="👍",
    )
    await until(lambda: list(store.history(bot)["reactions"]) == [1], "the reaction")

    assert list(store.history(bot)["origin"]) == ["soloist"]


async def test_posts_by_hand_are_counted_in_insights(desk: Desk, bot: Database) -> None:
    await by_hand(desk, "By hand")
    await desk.say(desk.customer, "When do you open?")
    await desk.wait_for(desk.customer, "9:00–18:00")
    await until(lambda: n_by_hand(bot) == 1, "the post")

    await desk.say(OWNER, "/insights")

    text = (await desk.wait_for(OWNER, "The last 7 days"))["text"]
    assert "Posts published: 1" in text
    assert "By hand — 👍 0" in text
