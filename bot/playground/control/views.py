"""What can be looked at: the world, its messages, and what was recorded."""

from starlette.requests import Request

from bot.playground import members
from bot.playground.api import Api
from bot.playground.contract import Json
from bot.playground.errors import ControlError
from bot.playground.messages import shown
from bot.playground.world import Chat, World


def world(api: Api, _request: Request) -> Json:
    """`GET /control/world`."""
    here = api.world
    connected = bool(here.business and here.business["is_enabled"])
    return {
        "bot": here.bot,
        "owner_id": here.owner_id,
        "people": [
            person.user
            | {
                "blocked": person.blocked,
                "started": person.started,
                "business": connected and person.id == here.owner_id,
            }
            for person in here.people.values()
        ],
        "chats": [_chat(here, chat) for chat in here.chats.values()],
        "commands": {":".join(filter(None, key)): rows for key, rows in here.commands.items()},
        "limits": api.limits.enabled,
        "business": here.business,
    }


def _chat(here: World, chat: Chat) -> Json:
    private = chat.kind == "private"
    described: Json = chat.chat | {
        "member_count": chat.n_members(),
        "member_ids": [key for key, member in chat.members.items() if members.is_in(member)],
        "bot_rights": members.member(here.bot) if private else chat.member(here.bot),
        "pinned": chat.pinned,
    }
    return described | {"linked_chat_id": chat.linked_id} if chat.linked_id else described


def messages(api: Api, request: Request) -> list[Json]:
    """`GET /control/chats/{chat_id}/messages`."""
    try:
        identifier = int(request.path_params["chat_id"])
    except ValueError as error:
        raise ControlError("A chat id is a whole number.") from error
    chat = api.world.control_chat(identifier, business=request.query_params.get("business") == "1")
    return [shown(api.world, chat, entry) for entry in chat.entries.values()]


def violations(api: Api, _request: Request) -> list[Json]:
    """`GET /control/violations`."""
    return list(api.world.violations)


def calls(api: Api, request: Request) -> list[Json]:
    """`GET /control/calls`; `method` and `after` narrow it down."""
    method = request.query_params.get("method", "").lower()
    after = request.query_params.get("after", "0")
    least = int(after) if after.isdigit() else 0
    return [
        call for call in api.calls if call["n"] > least and method in {"", call["method"].lower()}
    ]
