"""How messages come to be, change and go, and who hears of it."""

from bot.playground import members
from bot.playground.contract import Json
from bot.playground.world import Chat, Entry, World

TELEGRAM: Json = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
CONTENT = (
    "text", "entities", "link_preview_options", "animation", "audio", "document", "photo",
    "sticker", "video", "video_note", "voice", "caption", "caption_entities",
    "show_caption_above_media", "has_media_spoiler", "contact", "dice", "poll", "venue",
    "location", "media_group_id",
)  # fmt: skip
QUIZ_ANSWER = ("correct_option_ids", "explanation", "explanation_entities")
SERVICE = ("new_chat_members", "left_chat_member", "pinned_message")


def hears(world: World, chat: Chat) -> bool:
    """Say whether the bot receives what happens in a chat."""
    if chat.business:
        return bool(world.business and world.business["is_enabled"])
    if chat.kind == "private":
        return True
    membership = chat.member(world.bot)
    if chat.kind == "channel":
        return bool(membership["status"] == "administrator")
    return members.is_in(membership)


def update_kind(chat: Chat, *, edited: bool = False) -> str:
    """Name the update that carries a message of this chat."""
    kind = "message"
    if chat.business:
        kind = "business_message"
    elif chat.kind == "channel":
        kind = "channel_post"
    return f"edited_{kind}" if edited else kind


def snapshot(message: Json) -> Json:
    """Copy a message for use inside another one."""
    return {key: value for key, value in message.items() if key != "reply_to_message"}


def post(
    world: World,
    chat: Chat,
    author: Json,
    content: Json,
    *,
    reply_to: Entry | None = None,
    thread: int | None = None,
    reply_markup: Json | None = None,
) -> Entry:
    """Put a message into a chat, tell the bot, and forward a channel post to its group.

    `author` is a User; what is written in a channel is signed by the channel.
    """
    message: Json = {"message_id": next(chat.ids)}
    if chat.kind == "channel":
        message["sender_chat"] = chat.chat
    else:
        message["from"] = author
    message |= {"chat": chat.chat, "date": world.now()}
    if chat.business and world.business:
        message["business_connection_id"] = world.business["id"]
        if author is world.bot:  # it speaks for the owner
            message["from"] = world.people[world.owner_id].user
            message["sender_business_bot"] = world.bot
    if reply_to:
        message["reply_to_message"] = snapshot(reply_to.message)
        thread = thread or reply_to.thread or reply_to.id
    if chat.kind != "supergroup":
        thread = None
    elif thread:
        message["message_thread_id"] = thread
    content = with_people(world, content)
    entry = Entry(message | content, author["id"], reply_markup=reply_markup, thread=thread)
    if chat.protected:
        entry.message["has_protected_content"] = True
    if reply_markup and "inline_keyboard" in reply_markup:
        entry.message["reply_markup"] = reply_markup
    _store(world, chat, entry, silent=author is world.bot)
    if chat.kind == "channel" and not any(key in content for key in SERVICE):
        _forward_to_group(world, chat, entry)
    return entry


def _store(world: World, chat: Chat, entry: Entry, *, silent: bool = False) -> None:
    chat.entries[entry.id] = entry
    if poll := entry.message.get("poll"):
        world.polls.setdefault(poll["id"], []).append((chat, entry.id))
    if not silent and hears(world, chat):
        world.emit(update_kind(chat), entry.message)
    send_event(world, chat, "message", entry)
    if entry.thread and world.events.watched and chat.linked_id is not None:
        channel = world.chats[chat.linked_id]
        for commented in channel.entries.values():
            if commented.forwarded_as == entry.thread:
                send_event(world, channel, "edit", commented)


def _forward_to_group(world: World, channel: Chat, entry: Entry) -> None:
    if channel.linked_id is None:
        return
    group = world.chats[channel.linked_id]
    message = {
        "message_id": next(group.ids),
        "from": TELEGRAM,
        "sender_chat": channel.chat,
        "chat": group.chat,
        "date": entry.message["date"],
        "is_automatic_forward": True,
        **forwarded(entry),
    }
    entry.forwarded_as = message["message_id"]
    _store(world, group, Entry(message, channel.id))


def with_people(world: World, content: Json) -> Json:
    """Complete mentions by id with the person, and drop those of strangers."""
    completed: Json = {}
    for key in ("entities", "caption_entities"):
        if any(entity["type"] == "text_mention" for entity in content.get(key, [])):
            completed[key] = [
                entity | {"user": world.people[entity["user"]["id"]].user}
                if entity["type"] == "text_mention"
                else entity
                for entity in content[key]
                if entity["type"] != "text_mention" or entity["user"]["id"] in world.people
            ]
    return content | completed


def content_of(message: Json) -> Json:
    """Take what a message says, without who, when and where."""
    return {key: message[key] for key in CONTENT if key in message}


def forwarded(entry: Entry, content: Json | None = None) -> Json:
    """Take what a message says when it is passed on; the answer of a quiz stays behind."""
    content = content_of(entry.message) if content is None else content
    poll = content.get("poll")
    if poll and not poll["is_closed"]:
        known = {key: value for key, value in poll.items() if key not in QUIZ_ANSWER}
        content = content | {"poll": known}
    return content | {"forward_origin": origin(entry)}


def origin(entry: Entry) -> Json:
    """Describe where a forwarded message comes from."""
    message = entry.message
    if known := message.get("forward_origin"):
        forwarded: Json = known
        return forwarded
    if message["chat"]["type"] == "channel":
        return {
            "type": "channel",
            "chat": message["chat"],
            "message_id": message["message_id"],
            "date": message["date"],
        }
    return {"type": "user", "sender_user": message["from"], "date": message["date"]}


def change(
    world: World,
    chat: Chat,
    entry: Entry,
    changes: Json,
    *,
    by_bot: bool,
    drop: tuple[str, ...] = (),
) -> Json:
    """Edit a message: take away the fields in `drop`, then set `changes`."""
    kept = {key: value for key, value in entry.message.items() if key not in drop}
    entry.message = kept | with_people(world, changes)
    if not by_bot and hears(world, chat):
        world.emit(update_kind(chat, edited=True), entry.message)
    send_event(world, chat, "edit", entry)
    if entry.forwarded_as is not None and chat.linked_id is not None:
        group = world.chats[chat.linked_id]
        copy = group.entries.get(entry.forwarded_as)
        shown = {key: value for key, value in changes.items() if key != "reply_markup"}
        if copy and shown:
            change(world, group, copy, shown, by_bot=False, drop=drop)
    return entry.message


def remove(world: World, chat: Chat, ids: list[int], *, by_bot: bool) -> list[int]:
    """Delete messages and say which of them there were."""
    gone = [number for number in ids if number in chat.entries]
    copies = []
    for identifier in gone:
        entry = chat.entries.pop(identifier)
        if entry.forwarded_as is not None:
            copies.append(entry.forwarded_as)
        if identifier in chat.pinned:
            chat.pinned.remove(identifier)
    if gone:
        if chat.business and not by_bot and hears(world, chat) and world.business:
            world.emit(
                "deleted_business_messages",
                {
                    "business_connection_id": world.business["id"],
                    "chat": chat.chat,
                    "message_ids": gone,
                },
            )
        event: Json = {"type": "delete", "chat_id": chat.id, "message_ids": gone}
        world.events.send(event | {"business": True} if chat.business else event)
    if copies and chat.linked_id is not None:
        remove(world, world.chats[chat.linked_id], copies, by_bot=by_bot)
    return gone


def send_event(world: World, chat: Chat, kind: str, entry: Entry) -> None:
    """Tell those who watch the world of a message."""
    if world.events.watched:
        event: Json = {"type": kind, "chat_id": chat.id, "message": shown(world, chat, entry)}
        world.events.send(event | {"business": True} if chat.business else event)


def shown(world: World, chat: Chat, entry: Entry) -> Json:
    """Describe a message as a person sees it: with keyboards, reactions and comments."""
    extras: Json = {"reactions": reaction_counts(entry), "deleted": False}
    if entry.reply_markup and "inline_keyboard" not in entry.reply_markup:
        extras["reply_markup"] = entry.reply_markup
    if chat.kind == "channel":
        extras["comments"] = len(comments(world, chat, entry))
        extras["thread_id"] = entry.forwarded_as
    return entry.message | extras


def reaction_counts(entry: Entry) -> list[Json]:
    """Count reactions by emoji, with who gave them; most frequent first."""
    by_emoji: dict[str, list[int]] = {}
    for actor, reactions in entry.reactions.items():
        for reaction in reactions:
            by_emoji.setdefault(reaction["emoji"], []).append(actor)
    counts = [
        {"emoji": emoji, "count": len(actors), "mine": actors} for emoji, actors in by_emoji.items()
    ]
    return sorted(counts, key=lambda row: -len(row["mine"]))


def comments(world: World, channel: Chat, entry: Entry) -> list[Entry]:
    """List the comments under a channel post."""
    if entry.forwarded_as is None or channel.linked_id is None:
        return []
    group = world.chats[channel.linked_id]
    return [other for other in group.entries.values() if other.thread == entry.forwarded_as]
