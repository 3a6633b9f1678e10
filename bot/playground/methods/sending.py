"""What all sending methods share: where to, in reply to what, and how it is formatted."""

from typing import Any

from bot.playground import keyboards, members
from bot.playground.arguments import Arguments
from bot.playground.contract import Json, contract
from bot.playground.errors import bad_request, forbidden
from bot.playground.formatting import FormatError, formatted, units
from bot.playground.messages import hears, origin, post
from bot.playground.world import Chat, Entry, World

MAX_TEXT = 4096
MAX_CAPTION = 1024


def destination(world: World, arguments: Arguments) -> Chat:
    """Find the chat to send to and check that the bot may write there."""
    if connection := arguments.get("business_connection_id"):
        return business_chat(world, connection, arguments.get("chat_id"), right="can_reply")
    chat = world.chat(arguments.get("chat_id"))
    require_can_write(world, chat)
    return chat


def business_chat(world: World, connection: str, chat_id: Any, *, right: str | None) -> Chat:
    """Find a chat of the owner's own account."""
    business = world.business
    if business is None or business["id"] != connection:
        raise bad_request("business connection not found")
    if right and not (business["is_enabled"] and business.get("rights", {}).get(right)):
        raise bad_request("BUSINESS_CONNECTION_NOT_ALLOWED")
    chat = world.business_chats.get(chat_id)
    if chat is None:
        raise bad_request("chat not found")
    if not chat.entries:  # the bot reaches only those who wrote to the owner
        raise bad_request("BUSINESS_PEER_USAGE_MISSING")
    return chat


def require_member(world: World, chat: Chat) -> None:
    """Refuse where the bot is not in the chat."""
    if chat.kind == "private":
        return
    status = chat.member(world.bot)["status"]
    if status == "kicked":
        raise forbidden(f"bot was kicked from the {chat.kind} chat")
    if status == "left":
        raise forbidden(f"bot is not a member of the {chat.kind} chat")


def require_right(world: World, chat: Chat, right: str, refusal: str) -> None:
    """Refuse where the bot lacks an administrator's right; private chats have none."""
    require_member(world, chat)
    if chat.kind != "private" and not members.may(chat.member(world.bot), right):
        raise bad_request(refusal)


def require_can_write(world: World, chat: Chat) -> None:
    """Refuse where the bot may not write."""
    if chat.kind == "private":
        person = world.person_chat(chat)
        if person.blocked:
            raise forbidden("bot was blocked by the user")
        if not person.started:
            raise forbidden("bot can't initiate conversation with a user")
    elif chat.kind == "channel":
        refusal = "need administrator rights in the channel chat"
        require_right(world, chat, "can_post_messages", refusal)
    else:
        require_member(world, chat)


def text_of(
    arguments: Arguments | Json, name: str = "text", *, entities: str = "entities"
) -> tuple[str, list[Json]]:
    """Format a text parameter; empty where it is missing."""
    parse_mode = "parse_mode" if name in {"text", "caption"} else f"{name}_parse_mode"
    given = arguments.get(entities)
    try:
        return formatted(arguments.get(name) or "", arguments.get(parse_mode), given)
    except UnicodeEncodeError as error:
        raise bad_request("strings must be encoded in UTF-8") from error
    except FormatError as error:
        raise bad_request(str(error)) from error


def message_text(arguments: Arguments) -> Json:
    """Read `text` into the content of a message."""
    text, entities = text_of(arguments)
    if not text:
        raise bad_request("message text is empty")
    if units(text) > MAX_TEXT:
        raise bad_request("message is too long")
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    options = arguments.get("link_preview_options")
    if arguments.get("disable_web_page_preview"):
        options = {"is_disabled": True}
    return content | {"link_preview_options": options} if options else content


def caption(arguments: Arguments | Json) -> Json:
    """Read `caption` and what belongs to it into the content of a message."""
    text, entities = text_of(arguments, "caption", entities="caption_entities")
    if units(text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    content: Json = {"caption": text} if text else {}
    if entities:
        content["caption_entities"] = entities
    if text and arguments.get("show_caption_above_media"):
        content["show_caption_above_media"] = True
    if arguments.get("has_spoiler"):
        content["has_media_spoiler"] = True
    return content


def location_of(arguments: Arguments) -> Json:
    """Read a place, and how it is shown while it moves."""
    names = ("latitude", "longitude", "horizontal_accuracy", "live_period", "heading",
             "proximity_alert_radius")  # fmt: skip
    place = {name: arguments.params[name] for name in names if name in arguments.params}
    if not {"latitude", "longitude"} <= place.keys():
        raise bad_request("location is not specified")
    if problems := contract().problems("Location", place):
        raise bad_request(f"can't parse location: {problems[0]}")
    return place


def replied(world: World, chat: Chat, arguments: Arguments) -> tuple[Entry | None, Json]:
    """Find the message of this chat that is replied to, and what else a reply shows."""
    wanted = arguments.get("reply_parameters") or {}
    identifier = wanted.get("message_id") or arguments.get("reply_to_message_id")
    if not identifier:
        return None, {}
    place = world.chat(wanted["chat_id"]) if wanted.get("chat_id") and not chat.business else chat
    require_member(world, place)
    entry = place.entries.get(identifier)
    if entry is None:
        tolerant = arguments.get("allow_sending_without_reply")
        if not (tolerant or wanted.get("allow_sending_without_reply")):
            raise bad_request("message to be replied not found")
        return None, {}
    shown = {"quote": quoted(entry, wanted)} if wanted.get("quote") else {}
    if place is chat:
        return entry, shown
    return None, shown | {"external_reply": external(place, entry)}


def quoted(entry: Entry, wanted: Json) -> Json:
    """Describe the part of a message that is quoted; it has to be there."""
    quote, entities = text_of(wanted, "quote", entities="quote_entities")
    whole = entry.message.get("text") or entry.message.get("caption") or ""
    positions = [units(whole[:at]) for at in range(len(whole)) if whole.startswith(quote, at)]
    if not quote or not positions:
        raise bad_request("QUOTE_TEXT_INVALID")
    meant = wanted.get("quote_position") or 0
    nearest = min(positions, key=lambda position: abs(position - meant))
    described: Json = {"text": quote, "position": nearest, "is_manual": True}
    return described | {"entities": entities} if entities else described


def external(place: Chat, entry: Entry) -> Json:
    """Describe a message of another chat that is replied to."""
    known = contract().fields("ExternalReplyInfo")
    shown: Json = {name: value for name, value in entry.message.items() if name in known}
    if place.kind == "private":  # which message it is, nobody else may know
        del shown["chat"], shown["message_id"]
    return shown | {"origin": origin(entry)}


def send(world: World, chat: Chat, arguments: Arguments, content: Json) -> Json:
    """Send a message with the options that all sending methods know."""
    if arguments.get("protect_content"):
        content |= {"has_protected_content": True}
    if effect := arguments.get("message_effect_id"):
        content |= {"effect_id": effect}
    thread = arguments.get("message_thread_id")
    if thread and chat.kind == "supergroup" and thread not in chat.entries:
        raise bad_request("message thread not found")
    markup = keyboards.checked(arguments.get("reply_markup"))
    reply_to, shown = replied(world, chat, arguments)
    entry = post(
        world,
        chat,
        world.bot,
        content | shown,
        reply_to=reply_to,
        thread=thread,
        reply_markup=markup,
    )
    return entry.message


def source(world: World, arguments: Arguments, action: str) -> list[Entry]:
    """Find the messages to forward or copy, in order, skipping those that are not there."""
    chat = world.chat(arguments.get("from_chat_id"))
    require_member(world, chat)
    ids = arguments.get("message_ids") or [arguments.get("message_id")]
    found = [chat.entries[number] for number in ids if number in chat.entries]
    if not found or not hears(world, chat):
        several = "message_ids" in arguments.params
        raise bad_request(
            f"there are no messages to {action}" if several else f"message to {action} not found"
        )
    return found
