"""What people do, and what the bot hears of it."""

import asyncio
import json
from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

from tests.playground.conftest import CHANNEL, CUSTOMER, GROUP, OWNER, SECOND, Api, People

BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])


async def test_a_command_carries_its_entity(api: Api, people: People) -> None:
    await people.write("/help me")

    (message,) = await api.updates("message")
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 5}]


async def test_edits_arrive_and_deletions_do_not(api: Api, people: People) -> None:
    number = (await people.write("a"))["message_id"]
    about = {"chat": CUSTOMER, "message": number}
    await people.do("messages/edit", **{"from": CUSTOMER}, text="b", **about)
    await people.do("messages/delete", chat=CUSTOMER, messages=[number])

    (edited,) = await api.updates("edited_message")
    assert (edited["text"], edited["message_id"]) == ("b", number)
    assert "edit_date" in edited
    assert await api.result("getUpdates") == []


async def test_a_channel_post_is_forwarded_to_the_group(api: Api, people: People) -> None:
    post = await people.write("post", person=OWNER, chat=CHANNEL)

    channel_post, forwarded = await api.updates("channel_post", "message")
    assert channel_post["sender_chat"]["id"] == CHANNEL
    assert "from" not in channel_post
    assert forwarded["from"]["id"] == 777000
    assert forwarded["sender_chat"]["id"] == CHANNEL
    assert forwarded["is_automatic_forward"]
    assert forwarded["forward_origin"]["message_id"] == post["message_id"]


async def test_the_group_follows_edits_and_deletions_of_a_post(bot: Bot, people: People) -> None:
    post = await bot.send_message(CHANNEL, "a")
    await bot.edit_message_text("b", CHANNEL, post.id)
    (copy,) = await people.see(f"chats/{GROUP}/messages")
    assert copy["text"] == "b"

    await bot.delete_message(CHANNEL, post.id)

    assert await people.see(f"chats/{GROUP}/messages") == []


async def test_a_comment_hangs_on_the_post(api: Api, people: People) -> None:
    await api.result("sendMessage", chat_id=CHANNEL, text="post")
    comment = await people.write("nice", chat=GROUP, thread=1)
    reply = await people.write("yes", person=SECOND, chat=GROUP, reply_to=comment["message_id"])

    _, first, second = await api.updates("message")
    assert first["message_thread_id"] == second["message_thread_id"] == 1
    assert first["reply_to_message"]["is_automatic_forward"]
    assert second["reply_to_message"]["text"] == "nice"
    assert second["message_id"] == reply["message_id"]
    (post,) = await people.see(f"chats/{CHANNEL}/messages")
    assert post["comments"] == 2


async def test_a_tap_waits_for_its_answer(api: Api, bot: Bot, people: People) -> None:
    sent = await bot.send_message(CUSTOMER, "a", reply_markup=BUTTON)
    about = {"from": CUSTOMER, "chat": CUSTOMER, "message": sent.id}
    tap = asyncio.create_task(people.do("taps", row=0, column=0, **about))
    poll = await api.result("getUpdates", timeout=5)
    query = poll[0]["callback_query"]

    await bot.answer_callback_query(query["id"], "Thanks", show_alert=True)

    assert (query["data"], query["message"]["text"]) == ("yes", "a")
    assert await tap == {"answered": True, "text": "Thanks", "show_alert": True}
    with pytest.raises(BadRequest, match="Query is too old and response timeout expired"):
        await bot.answer_callback_query(query["id"])
    assert "no button" in await people.refused("taps", data="no", **about)


async def test_reactions_are_told_by_person_in_groups_and_counted_in_channels(
    api: Api, people: People
) -> None:
    await api.result("sendMessage", chat_id=CHANNEL, text="post")
    for person, emoji in ((CUSTOMER, "👍"), (SECOND, "👍"), (SECOND, "🔥")):
        await people.do("reactions", **{"from": person}, chat=CHANNEL, message=1, emoji=emoji)
    await people.do("reactions", **{"from": CUSTOMER}, chat=GROUP, message=1, emoji="❤️")
    await people.do("reactions", **{"from": CUSTOMER}, chat=GROUP, message=1, emoji=None)

    *_, counts = await api.result("getUpdates")
    updates = await api.updates("message_reaction_count", "message_reaction")
    assert [len(row.get("reactions", [])) for row in updates] == [1, 1, 2, 0, 0]
    assert updates[1]["reactions"][0]["total_count"] == 2
    assert updates[3]["new_reaction"] == updates[4]["old_reaction"]
    assert updates[4]["new_reaction"] == []
    assert counts["message_reaction"]["user"]["id"] == CUSTOMER


async def test_the_bot_reacts_too(bot: Bot, people: People) -> None:
    await bot.set_message_reaction(CUSTOMER, 2, "👍")

    (message,) = await people.see(f"chats/{CUSTOMER}/messages")
    assert message["reactions"] == [{"emoji": "👍", "count": 1, "mine": [bot.id]}]
    with pytest.raises(BadRequest, match="Reaction_invalid"):
        await bot.set_message_reaction(CUSTOMER, 2, "🧀")


async def test_members_come_by_invite_link_and_go(api: Api, bot: Bot, people: People) -> None:
    link = await bot.create_chat_invite_link(CHANNEL, name="Newsletter")
    await people.do("members", user=CUSTOMER, chat=CHANNEL, action="leave")
    n_before = await bot.get_chat_member_count(CHANNEL)
    about = {"user": CUSTOMER, "chat": CHANNEL, "action": "join"}
    await people.do("members", **about, invite_link=link.invite_link)

    left, joined = await api.updates("chat_member")
    assert left["new_chat_member"]["status"] == "left"
    assert joined["invite_link"]["name"] == "Newsletter"
    assert await bot.get_chat_member_count(CHANNEL) == n_before + 1
    assert "already a member" in await people.refused("members", **about)


async def test_joining_the_group_is_a_message_there(api: Api, people: People) -> None:
    await people.do("members", user=CUSTOMER, chat=GROUP, action="leave")
    await people.do("members", user=CUSTOMER, chat=GROUP, action="join")

    left, joined = await api.updates("message")
    assert left["left_chat_member"]["id"] == CUSTOMER
    assert joined["new_chat_members"][0]["id"] == CUSTOMER


async def test_the_bot_is_told_that_it_is_blocked(api: Api, people: People) -> None:
    await people.do("blocks", user=CUSTOMER, blocked=True)
    await people.do("blocks", user=CUSTOMER, blocked=True)
    await people.do("blocks", user=CUSTOMER, blocked=False)

    told = await api.updates("my_chat_member")
    assert [row["new_chat_member"]["status"] for row in told] == ["kicked", "member"]


async def test_where_the_bot_is_not_it_hears_nothing(api: Api, people: People) -> None:
    await people.do("rights", chat=GROUP, status="left")
    await api.updates()

    await people.write("a", chat=GROUP)

    assert await api.result("getUpdates") == []
    refusal = await api.refusal("getChat", chat_id=GROUP)
    assert refusal == "Forbidden: bot is not a member of the supergroup chat"


async def test_a_business_account_speaks_through_the_bot(
    api: Api, bot: Bot, people: People
) -> None:
    connection = (await people.do("business", enabled=True))["id"]
    asked = await people.write("Are you open?", business=True)
    await people.do("messages/edit", **{"from": CUSTOMER}, chat=CUSTOMER, text="Open?",
                    message=asked["message_id"], business=True)  # fmt: skip

    sent = await bot.send_message(CUSTOMER, "Yes", business_connection_id=connection)

    assert sent.from_user
    assert sent.from_user.id == OWNER
    assert sent.sender_business_bot == bot.bot
    assert (await bot.get_business_connection(connection)).is_enabled
    await people.do("messages/delete", chat=CUSTOMER, messages=[sent.id], business=True)
    kinds = ("business_connection", "business_message", "edited_business_message",
             "deleted_business_messages")  # fmt: skip
    connected, written, edited, deleted = await api.updates(*kinds)
    assert connected["rights"]["can_reply"]
    assert (written["text"], edited["text"]) == ("Are you open?", "Open?")
    assert written["business_connection_id"] == connection
    assert deleted["message_ids"] == [sent.id]


async def test_without_the_right_to_reply_the_bot_is_silent(api: Api, people: People) -> None:
    connection = (await people.do("business", enabled=True, can_reply=False))["id"]
    await people.write("a", business=True)
    about = {"chat_id": CUSTOMER, "text": "b"}

    refusal = await api.refusal("sendMessage", business_connection_id=connection, **about)
    unknown = await api.refusal("sendMessage", business_connection_id="no", **about)

    assert refusal == "Bad Request: BUSINESS_CONNECTION_NOT_ALLOWED"
    assert unknown == "Bad Request: business connection not found"


async def test_people_forward_what_they_see(api: Api, people: People) -> None:
    await people.write("post", person=OWNER, chat=CHANNEL)
    await api.updates()
    await people.do("forwards", **{"from": CUSTOMER}, chat=CUSTOMER, from_chat=CHANNEL, message=1)

    (message,) = await api.updates("message")
    assert message["forward_origin"]["type"] == "channel"
    assert message["text"] == "post"


@pytest.mark.parametrize("kind", ["photo", "document", "video", "voice", "sticker"])
async def test_people_send_files(api: Api, bot: Bot, people: People, kind: str) -> None:
    await people.do("messages", **{"from": CUSTOMER, kind: {"sample": True}}, chat=CUSTOMER)

    (message,) = await api.updates("message")
    media = message[kind][0] if kind == "photo" else message[kind]
    shown = await people.client.get(f"/control/files/{media['file_id']}")
    assert len(shown.content) == media["file_size"]
    assert len(await (await bot.get_file(media["file_id"])).download_as_bytearray()) > 0


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("messages", {"from": 4711, "chat": OWNER, "text": "a"}, "There is no person 4711."),
        ("messages", {"from": OWNER, "chat": 4711, "text": "a"}, "There is no chat 4711."),
        ("messages", {"from": OWNER, "chat": OWNER, "text": " "}, "The message is empty."),
        ("messages", {"from": OWNER, "chat": OWNER, "text": 5}, "text has to be a text."),
        ("messages", {"from": CUSTOMER, "chat": OWNER, "text": "a"}, "Nobody writes in another"),
        ("messages", {"from": CUSTOMER, "chat": CHANNEL, "text": "a"}, "Only the owner writes"),
        ("messages", {"from": OWNER, "chat": OWNER, "photo": "#"}, "photo has to be base64"),
        ("messages/edit", {"from": OWNER, "chat": CUSTOMER, "message": 2, "text": "a"}, "People"),
        ("rights", {"chat": CHANNEL, "status": "king"}, "The status is one of administrator"),
        ("members", {"user": CUSTOMER, "chat": CHANNEL, "action": "hide"}, "The action is join"),
        ("faults", {"kind": "earthquake"}, "There is no fault 'earthquake'"),
        ("faults", {"kind": "500", "n": 0}, "n has to be a whole number"),
        ("limits", {}, "enabled is missing."),
    ],
)
async def test_an_act_that_cannot_be_done_is_refused_in_a_sentence(
    people: People, path: str, body: dict[str, object], sentence: str
) -> None:
    assert (await people.refused(path, **body)).startswith(sentence)


async def test_the_world_grows(bot: Bot, people: People) -> None:
    person = await people.do("people", first_name="Customer Ñ", language_code="es")
    channel = await people.do("chats", title="Second channel", username="second")

    world = await people.see("world")

    assert [row["first_name"] for row in world["people"]][-1] == "Customer Ñ"
    about = next(chat for chat in world["chats"] if chat["id"] == channel["id"])
    assert person["id"] in about["member_ids"]
    assert about["bot_rights"]["status"] == "administrator"
    sent = await bot.send_message("@second", "a")
    assert sent.chat.id == channel["id"]
    assert (await bot.get_chat(channel["id"])).linked_chat_id == about["linked_chat_id"]


async def test_those_who_watch_see_everything(api: Api, people: People) -> None:
    async with people.client.stream("GET", "/control/events") as response:
        lines = response.aiter_lines()
        await anext(lines)
        await api.result("sendMessage", chat_id=OWNER, text="a")
        await api.result("sendChatAction", chat_id=OWNER, action="typing")
        await people.do("reactions", **{"from": OWNER}, chat=OWNER, message=3, emoji="👍")
        await api.result("deleteMessage", chat_id=OWNER, message_id=3)
        events: list[dict[str, Any]] = []
        while len(events) < 4:
            if (line := await anext(lines)).startswith("data: "):
                events.append(json.loads(line.removeprefix("data: ")))

    assert [event["type"] for event in events] == ["message", "action", "reactions", "delete"]
    assert events[0]["message"]["text"] == "a"
    assert events[2]["message"]["reactions"][0]["count"] == 1
    assert events[3]["message_ids"] == [3]
