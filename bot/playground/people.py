"""What people do: write, edit, delete, forward, tap, vote, join, leave and block."""

import asyncio
from typing import Any

from bot.playground import members
from bot.playground.contract import Json
from bot.playground.errors import ControlError
from bot.playground.formatting import formatted
from bot.playground.messages import change, forwarded, post, remove, send_event
from bot.playground.world import Chat, Entry, Person, World

TAP_WAIT_S = 10
ACCOUNT_RIGHTS = ("can_reply", "can_read_messages", "can_delete_sent_messages",
                  "can_delete_all_messages")  # fmt: skip


def content_written(text: str, entities: list[Json], media: Json | None) -> Json:
    """Build what a person sends: a text, or a file with or without a caption."""
    shown, found = formatted(text, entities=entities)
    if media:
        content = media | ({"caption": shown} if shown else {})
        return content | ({"caption_entities": found} if found else {})
    if not shown:
        raise ControlError("The message is empty.")
    return {"text": shown} | ({"entities": found} if found else {})


def found(chat: Chat, identifier: object) -> Entry:
    """Find a message for the control API."""
    entry = chat.entries.get(identifier) if isinstance(identifier, int) else None
    if entry is None:
        raise ControlError(f"There is no message {identifier} in chat {chat.id}.")
    return entry


def write(
    world: World,
    person: Person,
    chat: Chat,
    content: Json,
    *,
    reply_to: int | None = None,
    thread: int | None = None,
) -> Entry:
    """Let a person send a message; `thread` is a channel post to comment on."""
    require_may_write(world, person, chat)
    replied = found(chat, reply_to) if reply_to else None
    hangs_on = None
    if thread is not None:
        channel = world.control_chat(chat.linked_id)
        hangs_on = found(channel, thread).forwarded_as
        if hangs_on is None or hangs_on not in chat.entries:
            raise ControlError(f"Post {thread} has no comments: it is not in the group.")
        replied = replied or chat.entries[hangs_on]
    if chat.kind == "private" and not chat.business:
        person.started = True
    return post(world, chat, person.user, content, reply_to=replied, thread=hangs_on)


def require_may_write(world: World, person: Person, chat: Chat) -> None:
    """Refuse those who have no business writing there."""
    if chat.business:
        if person.id not in {chat.id, world.owner_id} or chat.id == world.owner_id:
            raise ControlError("In a business chat only that customer and the owner write.")
    elif chat.kind == "private":
        if chat.id != person.id:
            raise ControlError("Nobody writes in another person's chat with the bot.")
        if person.blocked:
            raise ControlError("This person has blocked the bot; unblock it first.")
    elif chat.kind == "channel":
        if chat.member(person.user)["status"] not in {"creator", "administrator"}:
            raise ControlError("Only the owner writes in the channel.")
    elif chat.member(person.user).get("can_send_messages") is False:
        raise ControlError("This person may not write here.")
    elif not members.is_in(chat.member(person.user)):
        # whoever reads the channel may comment; Telegram lets them join by doing so
        join(world, person, chat)


def edit(world: World, person: Person, chat: Chat, entry: Entry, text: str) -> Json:
    """Let a person edit a text or caption of theirs."""
    if entry.author != person.id:
        raise ControlError("People edit only what they wrote themselves.")
    shown, entities = formatted(text)
    name = "text" if "text" in entry.message else "caption"
    entity_name = "entities" if name == "text" else "caption_entities"
    if not shown and name == "text":
        raise ControlError("The message is empty.")
    changes: Json = {name: shown, "edit_date": world.now()}
    if entities:
        changes[entity_name] = entities
    return change(world, chat, entry, changes, by_bot=False, drop=(name, entity_name))


def delete(world: World, chat: Chat, ids: list[int]) -> list[int]:
    """Delete messages; only in business chats the bot is told."""
    return remove(world, chat, ids, by_bot=False)


def forward(world: World, person: Person, chat: Chat, entry: Entry) -> Entry:
    """Let a person forward a message."""
    if entry.message.get("has_protected_content"):
        raise ControlError("This message is protected from forwarding.")
    content = forwarded(entry)
    content.pop("media_group_id", None)
    return write(world, person, chat, content)


async def tap(world: World, person: Person, chat: Chat, entry: Entry, data: str) -> Json:
    """Tap an inline button and wait for the bot's answer."""
    if chat.kind == "private" and person.id != chat.id and not chat.business:
        raise ControlError("Nobody taps in another person's chat with the bot.")
    identifier = world.next_id()
    answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
    world.queries[identifier] = answer
    world.emit(
        "callback_query",
        {
            "id": identifier,
            "from": person.user,
            "message": entry.message,
            "chat_instance": str(abs(chat.id)),
            "data": data,
        },
    )
    try:
        async with asyncio.timeout(TAP_WAIT_S):
            return await answer
    except TimeoutError:
        return {"answered": False}
    finally:
        world.queries.pop(identifier, None)


def button_data(entry: Entry, row: Any, column: Any, data: str | None) -> str:
    """Find the data of the button that is tapped, by place or by the data itself."""
    keyboard = entry.message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = [button for line in keyboard for button in line if "callback_data" in button]
    if data is None:
        try:
            chosen: str = keyboard[row][column]["callback_data"]
        except (IndexError, KeyError, TypeError) as error:
            raise ControlError("There is no button with data in that place.") from error
        return chosen
    if not any(button["callback_data"] == data for button in buttons):
        raise ControlError("The message has no button with this data.")
    return data


def vote(world: World, person: Person, entry: Entry, options: list[int]) -> None:
    """Vote in a poll; no options take the vote back."""
    poll = entry.message.get("poll")
    if poll is None or poll["is_closed"]:
        raise ControlError("There is no open poll in this message.")
    if any(number not in range(len(poll["options"])) for number in options):
        raise ControlError("The poll has no such option.")
    if len(options) > 1 and not poll["allows_multiple_answers"]:
        raise ControlError("The poll takes one answer.")
    votes = world.votes.setdefault(poll["id"], {})
    if person.id in votes and not poll["allows_revoting"]:
        raise ControlError("The poll takes no second vote.")
    votes.pop(person.id, None)
    if options:
        votes[person.id] = options
    counted = [
        option | {"voter_count": sum(number in chosen for chosen in votes.values())}
        for number, option in enumerate(poll["options"])
    ]
    poll = poll | {"options": counted, "total_voter_count": len(votes)}
    set_poll(world, poll)
    if not poll["is_anonymous"]:
        chosen = [poll["options"][number]["persistent_id"] for number in options]
        answer = {"poll_id": poll["id"], "user": person.user, "option_ids": options}
        world.emit("poll_answer", answer | {"option_persistent_ids": chosen})


def set_poll(world: World, poll: Json) -> None:
    """Show the new state of the bot's poll wherever it is, and tell the bot."""
    for chat, number in world.polls[poll["id"]]:
        if entry := chat.entries.get(number):
            entry.message = entry.message | {"poll": poll}
            send_event(world, chat, "edit", entry)
    world.emit("poll", poll)


def join(world: World, person: Person, chat: Chat, link: str | None = None) -> None:
    """Let a person into a channel or group."""
    if members.is_in(chat.member(person.user)):
        raise ControlError("This person is already a member.")
    if chat.member(person.user)["status"] == "kicked":
        raise ControlError("This person is banned.")
    invite = None
    if link is not None:
        invite = chat.invite_links.get(link)
        if invite is None or invite["is_revoked"]:
            raise ControlError("This invite link is not valid.")
    world.change_member(chat, person, members.member(person.user), invite)
    if chat.kind == "supergroup":
        post(world, chat, person.user, {"new_chat_members": [person.user]})


def leave(world: World, person: Person, chat: Chat) -> None:
    """Let a person leave a channel or group."""
    if not members.is_in(chat.member(person.user)):
        raise ControlError("This person is not a member.")
    if person.id == world.owner_id:
        raise ControlError("The owner stays.")
    world.change_member(chat, person, members.left(person.user))
    if chat.kind == "supergroup":
        post(world, chat, person.user, {"left_chat_member": person.user})


def block(world: World, person: Person, *, blocked: bool) -> None:
    """Block or unblock the bot."""
    if person.blocked == blocked:
        return
    person.blocked = blocked
    here, gone = members.member(world.bot), members.kicked(world.bot)
    world.emit(
        "my_chat_member",
        {
            "chat": world.chats[person.id].chat,
            "from": person.user,
            "date": world.now(),
            "old_chat_member": here if blocked else gone,
            "new_chat_member": gone if blocked else here,
        },
    )
    world.events.send({"type": "people", "user": person.user, "blocked": blocked})


def connect_business(world: World, *, enabled: bool, can_reply: bool) -> Json:
    """Connect the owner's account to the bot, or disconnect it."""
    rights = {right: True for right in ACCOUNT_RIGHTS if can_reply or right != "can_reply"}
    owner = world.people[world.owner_id]
    world.business = {
        "id": world.business["id"] if world.business else world.next_id(),
        "user": owner.user,
        "user_chat_id": owner.id,
        "date": world.now(),
        "is_enabled": enabled,
        "rights": rights,
    }
    world.emit("business_connection", world.business)
    world.events.send({"type": "people", "business": world.business})
    return world.business
