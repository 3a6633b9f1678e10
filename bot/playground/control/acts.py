"""What people do, as the control API is told: each act reads one JSON object."""

import base64
import binascii
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.playground import members, people, samples
from bot.playground.api import Api
from bot.playground.arguments import Arguments
from bot.playground.contract import Json, contract
from bot.playground.errors import ControlError
from bot.playground.faults import fault_from
from bot.playground.files import MIME_TYPES, Upload, as_media
from bot.playground.messages import shown
from bot.playground.methods.polls import new_poll
from bot.playground.reactions import react, reaction
from bot.playground.world import Chat, Entry, Person, World

MEDIA = ("photo", "document", "video", "voice", "sticker", "audio", "animation")
CALLED = {
    str: "a text", list: "a list", bool: "true or false", int: "a whole number",
    dict: "an object",
}  # fmt: skip

Value = TypeVar("Value")


def given(body: Json, name: str, kind: type[Value], default: Value | None = None) -> Value:
    """Read one field of the body; without a default it has to be there."""
    value = body.get(name)
    if value is None:
        value = default
    if value is None:
        raise ControlError(f"{name} is missing.")
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ControlError(f"{name} has to be {CALLED[kind]}.")
    return value


def _place(api: Api, body: Json) -> tuple[World, Person, Chat]:
    person = api.world.person(body.get("from"))
    return api.world, person, _chat(api, body)


def _chat(api: Api, body: Json) -> Chat:
    return api.world.control_chat(body.get("chat"), business=bool(body.get("business")))


def _message(api: Api, body: Json) -> tuple[World, Person, Chat, Entry]:
    world, person, chat = _place(api, body)
    return world, person, chat, people.found(chat, body.get("message"))


def add_person(api: Api, body: Json) -> Json:
    """`POST /control/people`."""
    return api.world.add_customer(
        given(body, "first_name", str, "") or None,
        given(body, "language_code", str, "en"),
        is_bot=given(body, "is_bot", bool, default=False),
    ).user


def add_channel(api: Api, body: Json) -> Json:
    """`POST /control/chats`."""
    title, username = given(body, "title", str), given(body, "username", str, "")
    discussion = given(body, "discussion", bool, default=True)
    return api.world.add_channel(title, username=username, discussion=discussion).chat


def write(api: Api, body: Json) -> Json:
    """`POST /control/messages`."""
    world, person, chat = _place(api, body)
    media = _media_written(world, body)
    text = given(body, "caption" if media else "text", str, "")
    entities = given(body, "entities", list, [])
    if problems := contract().problems("[MessageEntity]", entities):
        raise ControlError(f"The entities are wrong: {problems[0]}.")
    if body.get("poll"):
        content: Json = {"poll": new_poll(world, Arguments(given(body, "poll", dict)))}
    else:
        content = people.content_written(text, entities, media)
    if body.get("album"):
        content["media_group_id"] = given(body, "album", str)
    if media and body.get("spoiler"):
        content["has_media_spoiler"] = True
    if body.get("is_from_offline"):
        content["is_from_offline"] = True
    entry = people.write(
        world, person, chat, content, reply_to=body.get("reply_to"), thread=body.get("thread")
    )
    return shown(world, chat, entry)


def _media_written(world: World, body: Json) -> Json | None:
    """Read the file that a person sends, in base64 or a sample."""
    kind = next((kind for kind in MEDIA if body.get(kind)), None)
    if kind is None:
        return None
    if isinstance(body[kind], dict):
        upload = samples.sample(kind)
    else:
        try:
            content = base64.b64decode(body[kind], validate=True)
        except (binascii.Error, TypeError, ValueError) as error:
            raise ControlError(f"{kind} has to be base64 or an object.") from error
        mime_type = given(body, "mime_type", str, MIME_TYPES.get(kind, "application/octet-stream"))
        upload = Upload(given(body, "file_name", str, f"{kind}.bin"), content, mime_type)
    return as_media(world.files.add(kind, upload), {"emoji": "👍"} if kind == "sticker" else {})


def edit(api: Api, body: Json) -> Json:
    """`POST /control/messages/edit`."""
    world, person, chat, entry = _message(api, body)
    people.edit(world, person, chat, entry, given(body, "text", str))
    return shown(world, chat, entry)


def delete(api: Api, body: Json) -> Json:
    """`POST /control/messages/delete`."""
    ids = [number for number in given(body, "messages", list) if isinstance(number, int)]
    return {"deleted": people.delete(api.world, _chat(api, body), ids)}


def forward(api: Api, body: Json) -> Json:
    """`POST /control/forwards`."""
    world, person, chat = _place(api, body)
    entry = people.found(world.control_chat(body.get("from_chat")), body.get("message"))
    return shown(world, chat, people.forward(world, person, chat, entry))


def tap(api: Api, body: Json) -> Awaitable[Json]:
    """`POST /control/taps`."""
    world, person, chat, entry = _message(api, body)
    data = people.button_data(entry, body.get("row"), body.get("column"), body.get("data"))
    return people.tap(world, person, chat, entry, data)


def set_reaction(api: Api, body: Json) -> Json:
    """`POST /control/reactions`."""
    world, person, chat, entry = _message(api, body)
    emoji = given(body, "emoji", str, "")
    chosen = reaction(emoji)
    if emoji and chosen is None:
        raise ControlError("This emoji is not among Telegram's reactions.")
    react(world, chat, entry, person.user, [chosen] if chosen else [])
    return shown(world, chat, entry)


def vote(api: Api, body: Json) -> Json:
    """`POST /control/votes`."""
    world, person, chat, entry = _message(api, body)
    people.vote(world, person, entry, given(body, "options", list))
    return shown(world, chat, entry)


def change_member(api: Api, body: Json) -> Json:
    """`POST /control/members`."""
    world, chat = api.world, _chat(api, body)
    person = world.person(body.get("user"))
    if chat.kind == "private":
        raise ControlError("Nobody joins or leaves a private chat.")
    match body.get("action"):
        case "join":
            people.join(world, person, chat, body.get("invite_link"))
        case "leave":
            people.leave(world, person, chat)
        case _:
            raise ControlError("The action is join or leave.")
    return chat.members[person.id]


def block(api: Api, body: Json) -> Json:
    """`POST /control/blocks`."""
    person = api.world.person(body.get("user"))
    people.block(api.world, person, blocked=given(body, "blocked", bool))
    return {"blocked": person.blocked}


def change_rights(api: Api, body: Json) -> Json:
    """`POST /control/rights`."""
    world, chat = api.world, _chat(api, body)
    if chat.kind == "private":
        raise ControlError("In a private chat the bot has no rights to change.")
    changed = {right: bool(value) for right, value in body.items() if right.startswith("can_")}
    shapes: dict[str, Callable[[Json], Json]] = {
        "administrator": lambda bot: members.administrator(bot, chat.kind, **changed),
        "member": members.member,
        "left": members.left,
        "kicked": members.kicked,
    }
    shape = shapes.get(given(body, "status", str))
    if shape is None:
        raise ControlError(f"The status is one of {', '.join(shapes)}.")
    world.change_bot_rights(chat, shape(world.bot))
    return chat.member(world.bot)


def protect(api: Api, body: Json) -> Json:
    """`POST /control/protection`."""
    chat = _chat(api, body)
    chat.protected = given(body, "protected", bool)
    return {"protected": chat.protected}


def connect_business(api: Api, body: Json) -> Json:
    """`POST /control/business`."""
    enabled, can_reply = given(body, "enabled", bool), given(body, "can_reply", bool, default=True)
    return people.connect_business(api.world, enabled=enabled, can_reply=can_reply)


def add_fault(api: Api, body: Json) -> Json:
    """`POST /control/faults`."""
    fault = fault_from(body)
    api.faults.add(fault)
    return {"method": fault.method, "kind": fault.kind, "n": fault.n, "seconds": fault.seconds}


def switch_limits(api: Api, body: Json) -> Json:
    """`POST /control/limits`."""
    api.limits.enabled = given(body, "enabled", bool)
    return {"enabled": api.limits.enabled}
