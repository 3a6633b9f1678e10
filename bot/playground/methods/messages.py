"""Sending, forwarding, copying and deleting messages."""

from collections import Counter

from bot.playground import members
from bot.playground.arguments import Arguments
from bot.playground.contract import Json
from bot.playground.errors import bad_request
from bot.playground.messages import SERVICE, content_of, forwarded, remove
from bot.playground.methods.sending import (
    business_chat,
    caption,
    destination,
    location_of,
    message_text,
    require_member,
    send,
    source,
    text_of,
)
from bot.playground.world import Chat, Entry, World

CHAT_ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note",
    "upload_video_note", "cancel", "record_audio", "upload_audio",
}  # fmt: skip


def send_message(world: World, arguments: Arguments) -> Json:
    """`sendMessage`."""
    content = message_text(arguments)
    return send(world, destination(world, arguments), arguments, content)


def send_chat_action(world: World, arguments: Arguments) -> bool:
    """`sendChatAction`."""
    chat = destination(world, arguments)
    action = str(arguments.get("action", "")).lower()
    if action not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.events.send({"type": "action", "chat_id": chat.id, "action": action})
    return True


def forward_message(world: World, arguments: Arguments) -> Json:
    """`forwardMessage`."""
    chat = destination(world, arguments)
    (entry,) = source(world, arguments, "forward")
    if not copyable(entry):
        raise bad_request("the message can't be forwarded")
    return _forward(world, chat, arguments, [entry])[0]


def forward_messages(world: World, arguments: Arguments) -> list[Json]:
    """`forwardMessages`."""
    chat = destination(world, arguments)
    entries = [entry for entry in source(world, arguments, "forward") if copyable(entry)]
    sent = _forward(world, chat, arguments, entries)
    return [{"message_id": message["message_id"]} for message in sent]


def _forward(world: World, chat: Chat, arguments: Arguments, entries: list[Entry]) -> list[Json]:
    contents = [
        forwarded(entry, content)
        for entry, content in zip(entries, _grouped_anew(world, entries), strict=True)
    ]
    return [send(world, chat, arguments, content) for content in contents]


def copy_message(world: World, arguments: Arguments) -> Json:
    """`copyMessage`."""
    chat = destination(world, arguments)
    (entry,) = source(world, arguments, "copy")
    if not copyable(entry):
        raise bad_request("the message can't be copied")
    (content,) = _grouped_anew(world, [entry])
    if "text" not in content and arguments.get("caption") is not None:
        content = _without_caption(content) | caption(arguments)
    return {"message_id": send(world, chat, arguments, content)["message_id"]}


def copy_messages(world: World, arguments: Arguments) -> list[Json]:
    """`copyMessages`."""
    chat = destination(world, arguments)
    entries = [entry for entry in source(world, arguments, "copy") if copyable(entry)]
    contents = _grouped_anew(world, entries)
    if arguments.get("remove_caption"):
        contents = [_without_caption(content) for content in contents]
    sent = [send(world, chat, arguments, content) for content in contents]
    return [{"message_id": message["message_id"]} for message in sent]


def _grouped_anew(world: World, entries: list[Entry]) -> list[Json]:
    """Take what messages say; of an album, what goes on together stays an album."""
    contents = [content_of(entry.message) for entry in entries]
    albums = Counter(content.pop("media_group_id", None) for content in contents)
    anew = {album: world.next_id() for album, n in albums.items() if album and n > 1}
    return [
        content | ({"media_group_id": anew[album]} if album in anew else {})
        for content, album in zip(
            contents, (entry.message.get("media_group_id") for entry in entries), strict=True
        )
    ]


def _without_caption(content: Json) -> Json:
    names = ("caption", "caption_entities", "show_caption_above_media")
    return {name: value for name, value in content.items() if name not in names}


def copyable(entry: Entry) -> bool:
    """Say whether a message may be forwarded and copied at all."""
    message = entry.message
    return not message.get("has_protected_content") and not any(key in message for key in SERVICE)


def delete_message(world: World, arguments: Arguments) -> bool:
    """`deleteMessage`."""
    chat = world.chat(arguments.get("chat_id"))
    require_member(world, chat)
    entry = chat.entries.get(arguments.get("message_id") or 0)
    if entry is None:
        raise bad_request("message to delete not found")
    if not deletable(world, chat, entry):
        raise bad_request("message can't be deleted")
    remove(world, chat, [entry.id], by_bot=True)
    return True


def delete_messages(world: World, arguments: Arguments) -> bool:
    """`deleteMessages`; those that are not there are skipped."""
    chat = world.chat(arguments.get("chat_id"))
    require_member(world, chat)
    entries = [
        chat.entries[number] for number in arguments["message_ids"] if number in chat.entries
    ]
    if any(not deletable(world, chat, entry) for entry in entries):
        raise bad_request("message can't be deleted")
    remove(world, chat, [entry.id for entry in entries], by_bot=True)
    return True


def deletable(world: World, chat: Chat, entry: Entry) -> bool:
    """Say whether the bot may delete a message."""
    if chat.kind == "private":
        return True
    membership = chat.member(world.bot)
    if members.may(membership, "can_delete_messages"):
        return True
    mine = entry.author == world.bot["id"]
    return mine and (chat.kind != "channel" or members.may(membership, "can_post_messages"))


def delete_business_messages(world: World, arguments: Arguments) -> bool:
    """`deleteBusinessMessages`."""
    connection, ids = arguments["business_connection_id"], arguments["message_ids"]
    for chat in world.business_chats.values():
        if any(number in chat.entries for number in ids):
            business_chat(world, connection, chat.id, right="can_delete_all_messages")
            remove(world, chat, ids, by_bot=True)
            return True
    raise bad_request("message to delete not found")


def read_business_message(world: World, arguments: Arguments) -> bool:
    """`readBusinessMessage`."""
    connection, chat_id = arguments["business_connection_id"], arguments["chat_id"]
    chat = business_chat(world, connection, chat_id, right="can_read_messages")
    if arguments["message_id"] not in chat.entries:
        raise bad_request("message not found")
    return True


def send_location(world: World, arguments: Arguments) -> Json:
    """`sendLocation`."""
    place = location_of(arguments)
    return send(world, destination(world, arguments), arguments, {"location": place})


def send_venue(world: World, arguments: Arguments) -> Json:
    """`sendVenue`."""
    place = location_of(arguments)
    venue = {"location": place, "title": arguments["title"], "address": arguments["address"]}
    chat = destination(world, arguments)
    return send(world, chat, arguments, {"venue": venue, "location": place})


def send_contact(world: World, arguments: Arguments) -> Json:
    """`sendContact`."""
    names = ("phone_number", "first_name", "last_name", "vcard")
    contact = {name: arguments.params[name] for name in names if arguments.get(name)}
    if not {"phone_number", "first_name"} <= contact.keys():
        raise bad_request("phone number and first name must be specified")
    return send(world, destination(world, arguments), arguments, {"contact": contact})


def send_dice(world: World, arguments: Arguments) -> Json:
    """`sendDice`; the value follows from the message number, so that runs repeat."""
    chat = destination(world, arguments)
    emoji = arguments.get("emoji") or "🎲"
    highest = {"🏀": 5, "⚽": 5, "🎰": 64}.get(emoji, 6)
    value = int(world.next_id()) % highest + 1
    return send(world, chat, arguments, {"dice": {"emoji": emoji, "value": value}})


def send_message_draft(world: World, arguments: Arguments) -> bool:
    """`sendMessageDraft`, which people see as typing."""
    chat = destination(world, arguments)
    text_of(arguments)
    world.events.send({"type": "action", "chat_id": chat.id, "action": "typing"})
    return True
