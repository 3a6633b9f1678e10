"""Anybody may connect the bot to their account; it serves only the owner's."""

from __future__ import annotations

from typing import Any

import pytest

from bot.settings import Settings
from tests.bot.test_other_servers import BOT, SmallServer
from tests.conftest import running_bot, until

STRANGER = {"id": 3000, "is_bot": False, "first_name": "Stranger"}
CUSTOMER = {"id": 2000, "is_bot": False, "first_name": "Customer 1"}
CONNECTION = {
    "id": "their-account",
    "user": STRANGER,
    "user_chat_id": 3000,
    "date": 1,
    "is_enabled": True,
}


def asked(message_id: int, **more: Any) -> dict[str, Any]:
    chat = {"id": 2000, "type": "private", "first_name": "Customer 1"}
    about = {"message_id": message_id, "date": 1, "chat": chat, "from": CUSTOMER}
    return about | {"text": "When do you open?"} | more


@pytest.mark.parametrize(
    "told", [[{"update_id": 1, "business_connection": CONNECTION}], []], ids=["told", "looked_up"]
)
async def test_in_the_chats_of_a_stranger_the_bot_reads_and_says_nothing(
    settings: Settings, told: list[dict[str, Any]]
) -> None:
    theirs = asked(1, business_connection_id=CONNECTION["id"])
    server = SmallServer(
        {
            "getMe": BOT,
            "deleteWebhook": True,
            "getBusinessConnection": CONNECTION,
            "getUpdates": [
                *told,
                {"update_id": 2, "business_message": theirs},
                {"update_id": 3, "message": asked(2)},
            ],
            "sendMessage": asked(9) | {"from": BOT},
        }
    )

    async with server.listening() as address, running_bot(settings, telegram_api_url=address) as db:
        await until(lambda: "sendMessage" in server.called, "the answer in the bot's own chat")

        rows = db.execute("select connection_id, message_id from messages").fetchall()
        assert rows == [("", 2)]
    assert server.called.count("sendMessage") == 1
