"""A post that may have arrived is looked for, and one that did is never called missing."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from telegram.error import NetworkError, RetryAfter

from bot import looking, sending
from bot.store import channels
from bot.views.post_history import why
from bot.views.say import Say
from scheduler import publisher, store
from scheduler.posts import (
    CannotLookError,
    Content,
    LookLaterError,
    Medium,
    Origin,
    Poll,
    Post,
    PostState,
)
from tests.bot.conftest import Still
from tests.conftest import OWNER, Desk

LONG_AGO = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(minutes=5)


async def by_hand(desk: Desk, text: str = "By hand", **more: Any) -> int:
    """Let the owner write in the channel; the bot does not hear of it."""
    message = await desk.say(OWNER, text, chat=desk.channel, **more)
    number: int = message["message_id"]
    return number


@pytest.fixture
async def first(still: Still, desk: Desk) -> int:
    """The one message of the channel that the bot knows."""
    message_id = await by_hand(desk, "The first")
    store.record_seen(still.db, desk.channel, message_id, LONG_AGO)
    return message_id


def in_doubt(
    still: Still,
    channel: int,
    content: Content,
    *,
    origin: Origin | None = None,
    tried_at: dt.datetime = LONG_AGO,
    reason: str = "httpx.ReadError",
) -> Post:
    """Give a post whose try to be sent ended without an answer."""
    post = store.schedule(
        still.db, channel, content, tried_at, now=tried_at, origin=origin or Origin()
    )
    still.db.execute("update posts set due_at = publish_at where id = ?", [post.id])
    claimed = store.claim_next(still.db, channel, tried_at)
    assert claimed
    return store.mark_unknown(still.db, claimed, reason, tried_at)


async def arrived(still: Still, post: Post) -> list[int]:
    return await sending.send(still.app, still.bot, post)


async def file_of(desk: Desk, kind: str, chat: int = OWNER) -> Medium:
    message = await desk.do("messages", **{"from": OWNER, "chat": chat, kind: {"sample": True}})
    described = message[kind][-1] if kind == "photo" else message[kind]
    return Medium(kind, described["file_id"], unique_id=described["file_unique_id"])  # type: ignore[arg-type]


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize("kind", ["text", "photo", "video", "animation", "document", "poll"])
async def test_a_post_that_arrived_is_found(still: Still, desk: Desk, kind: str) -> None:
    content = Content("  Hello,\r\nworld \u200b ")  # Telegram trims what cannot be seen
    if kind == "poll":
        content = Content(poll=Poll("Which? ", ("a", "b")))
    elif kind != "text":
        content = Content(media=(await file_of(desk, kind),))
    post = in_doubt(still, desk.channel, content)
    await by_hand(desk, "Before it")
    there = await arrived(still, post)
    await by_hand(desk, "After it")

    assert await looking.look(still.app, still.bot, post) == there


@pytest.mark.usefixtures("first")
async def test_a_post_that_did_not_arrive_is_not_found_and_leaves_nothing_behind(
    still: Still, desk: Desk
) -> None:
    post = in_doubt(still, desk.channel, Content("Hello"))
    await by_hand(desk, "Something else")

    assert await looking.look(still.app, still.bot, post) == []
    assert await desk.texts(OWNER) == []


@pytest.mark.usefixtures("first")
async def test_it_is_found_behind_any_number_of_messages_that_nobody_told_us_of(
    still: Still, desk: Desk
) -> None:
    post = in_doubt(still, desk.channel, Content("Hello"))
    for number in range(3 * looking.LOOK_AHEAD):
        await by_hand(desk, f"Number {number}")
    there = await arrived(still, post)

    assert await looking.look(still.app, still.bot, post) == there


@pytest.mark.usefixtures("first")
async def test_where_there_is_too_much_to_look_at_the_owner_decides(
    still: Still, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "MOST_LOOKED_AT", 3)
    post = in_doubt(still, desk.channel, Content("Hello"))
    for number in range(4):
        await by_hand(desk, f"Number {number}")

    with pytest.raises(CannotLookError):
        await looking.look(still.app, still.bot, post)


@pytest.mark.usefixtures("first")
async def test_other_posts_of_ours_are_not_taken_for_it(still: Still, desk: Desk) -> None:
    post = in_doubt(still, desk.channel, Content("Hello"))
    twin = in_doubt(still, desk.channel, Content("Hello"))
    store.mark_published(still.db, twin, await arrived(still, twin), LONG_AGO)

    assert await looking.look(still.app, still.bot, post) == []


async def album(desk: Desk) -> Content:
    photo, video = await file_of(desk, "photo"), await file_of(desk, "video")
    return Content("Three", media=(photo, video, photo))


@pytest.mark.usefixtures("first")
async def test_an_album_is_found_whole(still: Still, desk: Desk) -> None:
    post = in_doubt(still, desk.channel, await album(desk))
    await file_of(desk, "photo", desk.channel)
    there = await arrived(still, post)

    assert await looking.look(still.app, still.bot, post) == there


@pytest.mark.usefixtures("first")
async def test_an_album_of_which_a_part_is_left_counts_as_there_and_says_so(
    still: Still, desk: Desk
) -> None:
    post = in_doubt(still, desk.channel, await album(desk))
    there = await arrived(still, post)
    await desk.do("messages/delete", chat=desk.channel, messages=there[:1])

    async def look(post: Post) -> list[int]:
        return await looking.look(still.app, still.bot, post)

    (settled,) = [each async for each in publisher.recover(still.db, look, still.app.now)]

    assert settled.state is PostState.PUBLISHED
    assert store.message_ids(still.db, post.id) == there[1:]
    assert settled.reason == "2 of 3 files of the album are there."


@pytest.mark.usefixtures("first")
async def test_one_file_alone_does_not_make_an_album(still: Still, desk: Desk) -> None:
    post = in_doubt(still, desk.channel, await album(desk))
    await file_of(desk, "photo", desk.channel)

    with pytest.raises(CannotLookError, match="like this one"):
        await looking.look(still.app, still.bot, post)


@pytest.mark.usefixtures("first")
async def test_where_a_message_was_deleted_that_may_have_been_it_the_owner_decides(
    still: Still, desk: Desk
) -> None:
    post = in_doubt(still, desk.channel, Content("Hello"))
    there = await arrived(still, post)
    await by_hand(desk)
    await desk.do("messages/delete", chat=desk.channel, messages=there)

    with pytest.raises(CannotLookError, match="deleted"):
        await looking.look(still.app, still.bot, post)


@pytest.mark.usefixtures("first")
async def test_where_somebody_has_corrected_it_the_owner_decides(still: Still, desk: Desk) -> None:
    post = in_doubt(still, desk.channel, Content("We open at nine tomorrow morning"))
    await by_hand(desk, "We open at ten tomorrow morning")

    with pytest.raises(CannotLookError, match="like this one"):
        await looking.look(still.app, still.bot, post)


@pytest.mark.usefixtures("first")
async def test_any_photo_without_a_caption_may_be_it_but_is_not_taken_for_it(
    still: Still, desk: Desk
) -> None:
    photo = Medium("photo", "AgACanother", unique_id="another")
    post = in_doubt(still, desk.channel, Content(media=(photo,)))
    await file_of(desk, "photo", desk.channel)

    with pytest.raises(CannotLookError, match="like this one"):
        await looking.look(still.app, still.bot, post)


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize("of", ["the post", "the channel"])
async def test_where_nothing_may_be_forwarded_nothing_is_said(
    still: Still, desk: Desk, of: str
) -> None:
    post = in_doubt(still, desk.channel, Content("Hello", protected=of == "the post"))
    await arrived(still, post)
    await desk.do("protection", chat=desk.channel, protected=of == "the channel")

    with pytest.raises(CannotLookError, match="cannot be forwarded"):
        await looking.look(still.app, still.bot, post)


@pytest.mark.usefixtures("first")
async def test_where_the_owner_takes_no_messages_nothing_is_said(still: Still, desk: Desk) -> None:
    post = in_doubt(still, desk.channel, Content("Hello"))
    await desk.do("blocks", user=OWNER, blocked=True)

    with pytest.raises(CannotLookError, match="blocked"):
        await looking.look(still.app, still.bot, post)


@pytest.mark.usefixtures("first")
async def test_a_limit_is_not_waited_out_while_everything_else_waits(
    still: Still, desk: Desk
) -> None:
    post = in_doubt(still, desk.channel, Content("Hello"))
    await desk.do("faults", method="forwardMessage", n=1, kind="429", seconds=60)

    with pytest.raises(RetryAfter):
        await looking.look(still.app, still.bot, post)


async def test_where_no_message_is_known_nothing_is_said(still: Still, desk: Desk) -> None:
    post = in_doubt(still, desk.channel, Content("Hello"))

    with pytest.raises(CannotLookError, match="No message"):
        await looking.look(still.app, still.bot, post)


@pytest.mark.usefixtures("first")
async def test_a_pin_is_no_post_and_hides_none(still: Still, desk: Desk) -> None:
    post = in_doubt(still, desk.channel, Content("Hello"))
    await still.bot.pin_chat_message(desk.channel, 1)  # an event, which cannot be forwarded
    there = await arrived(still, post)
    missing = in_doubt(still, desk.channel, Content("Another"))

    assert await looking.look(still.app, still.bot, post) == there
    assert await looking.look(still.app, still.bot, missing) == []


@pytest.mark.usefixtures("first")
async def test_a_look_that_is_interrupted_says_nothing_and_is_done_again(
    still: Still, desk: Desk
) -> None:
    post = in_doubt(still, desk.channel, Content("Hello"))
    await by_hand(desk)
    there = await arrived(still, post)
    await desk.do("faults", method="getChat", n=1, kind="cut_before")
    await desk.do("faults", method="forwardMessage", n=1, kind="cut_after")

    for _ in range(2):
        with pytest.raises(NetworkError):
            await looking.look(still.app, still.bot, post)
    assert await looking.look(still.app, still.bot, post) == there


@pytest.mark.usefixtures("first")
async def test_what_got_no_answer_in_time_may_still_come(still: Still, desk: Desk) -> None:
    tried_at = dt.datetime.now(dt.UTC).replace(microsecond=0) - looking.AT_WORK
    post = in_doubt(
        still, desk.channel, Content("Hello"), tried_at=tried_at, reason=looking.TIMED_OUT
    )

    with pytest.raises(LookLaterError):
        await looking.look(still.app, still.bot, post)
    there = await arrived(still, post)
    assert await looking.look(still.app, still.bot, post) == there


@pytest.mark.usefixtures("first")
async def test_it_stays_in_doubt_until_it_can_be_told_and_its_steps_say_why(
    still: Still, desk: Desk
) -> None:
    tried_at = dt.datetime.now(dt.UTC).replace(microsecond=0) - looking.AT_WORK
    slow = in_doubt(
        still, desk.channel, Content("Slow"), tried_at=tried_at, reason=looking.TIMED_OUT
    )
    hidden = in_doubt(still, desk.channel, Content("Hidden", protected=True))

    async def look(post: Post) -> list[int]:
        return await looking.look(still.app, still.bot, post)

    for _ in range(2):  # what has been said once is not written again
        asked = [each async for each in publisher.recover(still.db, look, still.app.now)]
        assert [(each.id, each.state) for each in asked] == [(hidden.id, PostState.UNKNOWN)]

    assert store.get(still.db, slow.id).reason == looking.TIMED_OUT
    whys = [step.why for step in store.steps(still.db, hidden.id)]
    assert whys[-2:] == ["httpx.ReadError", looking.PROTECTED]


@pytest.mark.usefixtures("first")
async def test_a_comment_is_found_in_the_group_among_those_of_others(
    still: Still, desk: Desk
) -> None:
    post = in_doubt(still, desk.channel, Content("Hello"))
    (message_id,) = await arrived(still, post)
    store.mark_published(still.db, post, [message_id], LONG_AGO)
    thread = (await desk.chat(desk.group))[-1]["message_id"]
    channels.note_thread(still.db, desk.group, thread, desk.channel, message_id)
    origin = Origin(after_post_id=post.id, is_comment=True)
    comment = in_doubt(still, desk.group, Content("More"), origin=origin)
    await desk.say(desk.customer, "More", chat=desk.group)

    assert await looking.look(still.app, still.bot, comment) == []
    there = await arrived(still, comment)
    assert await looking.look(still.app, still.bot, comment) == there


def test_why_nobody_could_look_is_said_in_the_owners_language() -> None:
    say = Say("zh", ZoneInfo("UTC"))
    reasons = [*looking.FINAL, "2 of 3 files of the album are there."]

    assert not any(re.search("[a-z]", str(why(say, reason))) for reason in reasons)
