"""Editing messages that have been sent."""

from bot.playground import keyboards, members
from bot.playground.arguments import Arguments
from bot.playground.contract import Json
from bot.playground.errors import bad_request
from bot.playground.messages import change
from bot.playground.methods.media import MEDIA, input_media
from bot.playground.methods.sending import (
    business_chat,
    caption,
    location_of,
    message_text,
    require_can_write,
    require_member,
)
from bot.playground.world import Chat, Entry, World

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)
TEXT = ("text", "entities", "link_preview_options")
CAPTION = ("caption", "caption_entities", "show_caption_above_media")


def editable(world: World, arguments: Arguments, action: str = "edit") -> tuple[Chat, Entry]:
    """Find the message to edit and check that the bot may."""
    if arguments.get("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    if connection := arguments.get("business_connection_id"):
        chat = business_chat(world, connection, arguments.get("chat_id"), right="can_reply")
    else:
        chat = world.chat(arguments.get("chat_id"))
        require_member(world, chat)
        if chat.kind == "private":
            require_can_write(world, chat)
    identifier = arguments.get("message_id")
    if not identifier:
        raise bad_request("message identifier is not specified")
    entry = chat.entries.get(identifier)
    if entry is None:
        raise bad_request(f"message to {action} not found")
    membership = chat.member(world.bot)
    others = chat.kind == "channel" and members.may(membership, "can_edit_messages")
    if (entry.author != world.bot["id"] and not others) or "forward_origin" in entry.message:
        raise bad_request("message can't be edited")
    return chat, entry


def edit(world: World, arguments: Arguments, changes: Json, drop: tuple[str, ...]) -> Json:
    """Change a message, unless nothing would change."""
    chat, entry = editable(world, arguments)
    markup = keyboards.checked(arguments.get("reply_markup"), inline_only=True)
    if markup:
        changes = changes | {"reply_markup": markup}
    drop = (*drop, "reply_markup")
    old = {key: entry.message[key] for key in drop if key in entry.message}
    if old == changes:
        raise bad_request(NOT_MODIFIED)
    if set(drop) != {"reply_markup"}:
        changes = changes | {"edit_date": world.now()}
    entry.reply_markup = markup
    return change(world, chat, entry, changes, by_bot=True, drop=drop)


def edit_message_text(world: World, arguments: Arguments) -> Json:
    """`editMessageText`."""
    content = message_text(arguments)
    _, entry = editable(world, arguments)
    if "text" not in entry.message:
        raise bad_request("there is no text in the message to edit")
    return edit(world, arguments, content, TEXT)


def edit_message_caption(world: World, arguments: Arguments) -> Json:
    """`editMessageCaption`."""
    content = caption(arguments)
    _, entry = editable(world, arguments)
    if not any(kind in entry.message for kind in MEDIA):
        raise bad_request("there is no caption in the message to edit")
    return edit(world, arguments, content, CAPTION)


def edit_message_media(world: World, arguments: Arguments) -> Json:
    """`editMessageMedia`."""
    editable(world, arguments)
    content = input_media(world, arguments["media"], arguments)
    return edit(world, arguments, content, (*MEDIA, *TEXT, *CAPTION, "has_media_spoiler"))


def edit_message_live_location(world: World, arguments: Arguments) -> Json:
    """`editMessageLiveLocation`."""
    return _move(world, arguments, location_of(arguments))


def stop_message_live_location(world: World, arguments: Arguments) -> Json:
    """`stopMessageLiveLocation`; it stays where it was."""
    return _move(world, arguments, {})


def _move(world: World, arguments: Arguments, place: Json) -> Json:
    _, entry = editable(world, arguments)
    old = entry.message.get("location", {})
    if "live_period" not in old:
        raise bad_request("message can't be edited")
    still = {"live_period": old["live_period"]} if place else {}
    kept = {name: old[name] for name in ("latitude", "longitude")}
    return edit(world, arguments, {"location": kept | still | place}, ("location",))


def edit_message_reply_markup(world: World, arguments: Arguments) -> Json:
    """`editMessageReplyMarkup`."""
    return edit(world, arguments, {}, ())
