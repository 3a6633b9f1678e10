"""What the usual libraries send, which is not always what the documentation says."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from bot.playground.samples import picture
from tests.playground.conftest import (
    CHANNEL,
    CUSTOMER,
    GROUP,
    OWNER,
    SECOND,
    TOKEN,
    Api,
    People,
)

PNG = picture(8, 6)


@pytest.fixture
async def post(client: httpx.AsyncClient, people: People) -> Any:
    """Post a form, as most libraries do, and give the answer."""

    async def post(method: str, /, *, files: Any = None, **fields: Any) -> Any:
        response = await client.post(f"/bot{TOKEN}/{method}", data=fields, files=files)
        return response.json()

    return post


async def problems(people: People) -> list[str]:
    """List what was recorded."""
    return [row["problem"] for row in await people.see("violations")]


async def test_unknown_fields_of_a_button_are_dropped(api: Api, people: People) -> None:
    # Telegraf writes `hide` into every button
    button = {"text": "A", "callback_data": "a", "hide": False}

    sent = await api.result(
        "sendMessage", chat_id=CUSTOMER, text="a", reply_markup={"inline_keyboard": [[button]]}
    )

    assert sent["reply_markup"]["inline_keyboard"] == [[{"text": "A", "callback_data": "a"}]]
    assert await problems(people) == [
        "reply_markup.inline_keyboard[0][0].hide: unknown field of InlineKeyboardButton"
    ]
    place = {"from": CUSTOMER, "chat": CUSTOMER, "message": sent["message_id"]}
    tapping = asyncio.create_task(people.do("taps", **place, data="a"))
    (update,) = await api.result("getUpdates", timeout=5)
    await api.result("answerCallbackQuery", callback_query_id=update["callback_query"]["id"])
    assert (await tapping)["answered"]


async def test_a_button_that_cannot_be_read_sends_nothing(api: Api, people: People) -> None:
    button = {"text": "A", "web_app": {"url": ["a"]}}

    refusal = await api.refusal(
        "sendMessage", chat_id=CUSTOMER, text="a", reply_markup={"inline_keyboard": [[button]]}
    )

    assert refusal.startswith("Bad Request: can't parse inline keyboard button")
    assert len(await people.see(f"chats/{CUSTOMER}/messages")) == 1


async def test_empty_fields_count_as_missing(api: Api, people: People) -> None:
    # pyTelegramBotAPI writes all fields of an entity
    entity = {"type": "bold", "offset": 0, "length": 1, "url": None, "user": None}

    sent = await api.result("sendMessage", chat_id=OWNER, text="ab", entities=[entity])

    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 1}]
    assert await problems(people) == []


async def test_numbers_and_texts_are_read_for_each_other(post: Any, api: Api) -> None:
    button = {"text": 1, "callback_data": 2}
    sent = await post(
        "sendMessage",
        chat_id=str(OWNER),
        text="ab",
        disable_notification="True",
        entities=json.dumps([{"type": "bold", "offset": "0", "length": "1"}]),
        reply_markup=json.dumps({"inline_keyboard": [[button]]}),
    )
    wanted = {"message_id": str(sent["result"]["message_id"])}
    reply = await api.result("sendMessage", chat_id=str(OWNER), text=5, reply_parameters=wanted)

    assert sent["result"]["entities"] == [{"type": "bold", "offset": 0, "length": 1}]
    keyboard = sent["result"]["reply_markup"]["inline_keyboard"]
    assert keyboard == [[{"text": "1", "callback_data": "2"}]]
    assert (reply["text"], reply["reply_to_message"]["text"]) == ("5", "ab")


async def test_what_the_documentation_allows_is_no_violation(post: Any, people: People) -> None:
    # a text is a button of a reply keyboard; Telegraf names the method in its multipart bodies
    keyboard = json.dumps({"keyboard": [["Yes", {"text": "No"}]]})
    photo = {"photo": ("a.png", PNG)}
    fields = {"chat_id": str(OWNER), "reply_markup": keyboard}

    assert (await post("sendPhoto", method="sendPhoto", files=photo, **fields))["ok"]
    assert await problems(people) == []


async def test_old_names_are_answered_and_recorded(api: Api, people: People) -> None:
    assert await api.result("getChatMembersCount", chat_id=GROUP) == 4
    assert await api.result("kickChatMember", chat_id=GROUP, user_id=SECOND)

    assert await problems(people) == [
        "is an old name of getChatMemberCount",
        "is an old name of banChatMember",
    ]


async def test_commands_may_be_given_with_a_slash(api: Api) -> None:
    command = {"command": "/start", "description": "Begin"}

    await api.result("setMyCommands", commands=[command])

    assert await api.result("getMyCommands") == [command | {"command": "start"}]


async def test_an_album_of_one_is_a_plain_message(post: Any) -> None:
    media = json.dumps([{"type": "photo", "media": "attach://one"}])

    sent = await post(
        "sendMediaGroup", chat_id=str(OWNER), media=media, files={"one": ("1.png", PNG)}
    )

    (message,) = sent["result"]
    assert "photo" in message
    assert "media_group_id" not in message


async def test_administrators_have_the_rights_that_newer_libraries_require(api: Api) -> None:
    # aiogram 3.31 cannot read an update without this one
    rows = await api.result("getChatAdministrators", chat_id=CHANNEL)

    (bot,) = (row for row in rows if row["status"] == "administrator")
    assert bot["can_send_welcome_messages"] is False


async def test_a_reply_may_quote(api: Api) -> None:
    sent = await api.result("sendMessage", chat_id=OWNER, text="😀 fox, fox")
    wanted = {"message_id": sent["message_id"], "quote": "fox"}
    near = wanted | {"quote_position": 8}

    replies = [
        await api.result("sendMessage", chat_id=OWNER, text="a", reply_parameters=parameters)
        for parameters in (wanted, near)
    ]
    refusal = await api.refusal(
        "sendMessage", chat_id=OWNER, text="a", reply_parameters=wanted | {"quote": "dog"}
    )

    quotes = [reply["quote"] for reply in replies]
    assert [quote["position"] for quote in quotes] == [3, 8]
    assert {quote["text"] for quote in quotes} == {"fox"}
    assert refusal == "Bad Request: QUOTE_TEXT_INVALID"


async def test_a_reply_may_be_to_another_chat(api: Api) -> None:
    there = await api.result("sendDice", chat_id=CHANNEL)
    wanted = {"message_id": there["message_id"], "chat_id": CHANNEL}

    sent = await api.result("sendMessage", chat_id=OWNER, text="a", reply_parameters=wanted)

    assert "reply_to_message" not in sent
    assert sent["external_reply"]["dice"] == there["dice"]
    assert sent["external_reply"]["chat"]["id"] == CHANNEL


async def test_members_are_restricted_banned_and_let_back(api: Api, people: People) -> None:
    async def status() -> str:
        member = await api.result("getChatMember", chat_id=GROUP, user_id=SECOND)
        return str(member["status"])

    about = {"chat_id": GROUP, "user_id": SECOND}
    await api.result("restrictChatMember", **about, permissions={"can_send_polls": True})
    assert await status() == "restricted"
    act = {"from": SECOND, "chat": GROUP, "text": "a"}
    assert await people.refused("messages", **act) == "This person may not write here."

    chat = await api.result("getChat", chat_id=GROUP)
    await api.result("restrictChatMember", **about, permissions=chat["permissions"])
    assert await status() == "member"

    await api.result("banChatMember", **about)
    assert await status() == "kicked"
    assert await people.refused("messages", **act) == "This person is banned."

    await api.result("unbanChatMember", **about, only_if_banned=True)
    await people.do("members", user=SECOND, chat=GROUP, action="join")
    assert await status() == "member"
    changes = await api.updates("chat_member")
    by_the_bot = [change for change in changes if change["from"]["is_bot"]]
    assert [change["new_chat_member"]["status"] for change in by_the_bot] == [
        "restricted", "member", "kicked", "left",
    ]  # fmt: skip


async def test_only_who_may_promote_promotes(api: Api, people: People) -> None:
    about = {"chat_id": GROUP, "user_id": SECOND, "can_delete_messages": True}
    assert await api.refusal("promoteChatMember", **about) == "Bad Request: not enough rights"

    await people.do("rights", chat=GROUP, status="administrator", can_promote_members=True)
    await api.result("promoteChatMember", **about)

    member = await api.result("getChatMember", chat_id=GROUP, user_id=SECOND)
    assert (member["can_delete_messages"], member["can_pin_messages"]) == (True, False)


async def test_a_live_location_moves_until_it_is_stopped(api: Api) -> None:
    place = {"latitude": 1.5, "longitude": 2.5}
    sent = await api.result("sendLocation", chat_id=OWNER, **place, live_period=60)
    about = {"chat_id": OWNER, "message_id": sent["message_id"]}

    moved = await api.result("editMessageLiveLocation", **about, latitude=3, longitude=4)
    stopped = await api.result("stopMessageLiveLocation", **about)

    assert moved["location"] == {"latitude": 3, "longitude": 4, "live_period": 60}
    assert stopped["location"] == {"latitude": 3, "longitude": 4}
    assert await api.refusal("editMessageLiveLocation", **about, **place) == (
        "Bad Request: message can't be edited"
    )


@pytest.mark.parametrize("form", ["json", "urlencoded", "multipart"])
async def test_a_webhook_answers_with_a_call_in_any_form(
    client: httpx.AsyncClient, api: Api, people: People, form: str
) -> None:
    call = {"method": "sendMessage", "chat_id": str(CUSTOMER), "text": "from the hook"}
    forms: dict[str, dict[str, Any]] = {
        "json": {"json": call},
        "urlencoded": {"data": call},
        "multipart": {"files": {name: (None, value) for name, value in call.items()}},
    }
    request = httpx.Request("POST", "http://bot", **forms[form])

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        await reader.readexactly(int(head.split("Content-Length: ")[1].split()[0]))
        kind, body = request.headers["content-type"], request.read()
        said = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(said.encode() + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        await api.result("setWebhook", url=f"http://127.0.0.1:{port}/")
        async with asyncio.timeout(5), client.stream("GET", "/control/events") as events:
            async for line in events.aiter_lines():
                if line == ": connected":
                    await people.write("hello")
                if "from the hook" in line:
                    break
        await api.result("deleteWebhook")

    (_, _, answered, *_) = await people.see(f"chats/{CUSTOMER}/messages")
    assert answered["text"] == "from the hook"
    assert await problems(people) == []
