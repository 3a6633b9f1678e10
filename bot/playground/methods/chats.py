"""Chats, their members, invite links and pinned messages."""

import secrets

from bot.playground import members
from bot.playground.arguments import Arguments
from bot.playground.contract import Json
from bot.playground.errors import bad_request
from bot.playground.messages import post, snapshot
from bot.playground.methods.sending import require_can_write, require_member, require_right
from bot.playground.world import Chat, World

GIFTS = (
    "unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription",
    "gifts_from_channels",
)  # fmt: skip


def known_chat(world: World, arguments: Arguments) -> Chat:
    """Find a chat that the bot can look into."""
    chat = world.chat(arguments.get("chat_id"))
    require_member(world, chat)
    return chat


def get_chat(world: World, arguments: Arguments) -> Json:
    """`getChat`."""
    chat = known_chat(world, arguments)
    full: Json = chat.chat | {
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(GIFTS, chat.kind == "private"),
    }
    if chat.linked_id:
        full["linked_chat_id"] = chat.linked_id
    if chat.description:
        full["description"] = chat.description
    if chat.kind == "supergroup":
        full["permissions"] = chat.permissions
    if chat.kind != "private" and members.may(chat.member(world.bot), "can_invite_users"):
        full["invite_link"] = primary_link(world, chat)["invite_link"]
    if chat.protected:
        full["has_protected_content"] = True
    if chat.pinned:
        full["pinned_message"] = snapshot(chat.entries[chat.pinned[-1]].message)
    return full


def get_chat_member(world: World, arguments: Arguments) -> Json:
    """`getChatMember`."""
    chat = known_chat(world, arguments)
    user_id = arguments.get("user_id")
    if user_id in chat.members:
        return chat.members[user_id]
    if user_id == world.bot["id"]:
        return chat.member(world.bot)
    if user_id not in world.people:
        raise bad_request("invalid user_id specified")
    user = world.people[user_id].user
    return members.member(user) if user_id == chat.id else members.left(user)


def get_chat_member_count(world: World, arguments: Arguments) -> int:
    """`getChatMemberCount`."""
    chat = known_chat(world, arguments)
    return 2 if chat.kind == "private" else chat.n_members()


def get_chat_administrators(world: World, arguments: Arguments) -> list[Json]:
    """`getChatAdministrators`; other bots are left out, as Telegram does."""
    chat = known_chat(world, arguments)
    if chat.kind == "private":
        raise bad_request("there are no administrators in the private chat")
    return [
        member
        for member in chat.members.values()
        if member["status"] in {"creator", "administrator"}
    ]


def leave_chat(world: World, arguments: Arguments) -> bool:
    """`leaveChat`."""
    chat = known_chat(world, arguments)
    if chat.kind == "private":
        raise bad_request("chat member status can't be changed in private chats")
    world.change_bot_rights(chat, members.left(world.bot), by=world.bot)
    return True


def primary_link(world: World, chat: Chat) -> Json:
    """Find or make the link that the bot shows when asked for one."""
    for link in chat.invite_links.values():
        if link["is_primary"]:
            return link
    return _new_link(world, chat, is_primary=True)


def _new_link(world: World, chat: Chat, *, is_primary: bool = False) -> Json:
    link: Json = {
        "invite_link": f"https://t.me/+{secrets.token_urlsafe(12)}",
        "creator": world.bot,
        "creates_join_request": False,
        "is_primary": is_primary,
        "is_revoked": False,
    }
    chat.invite_links[link["invite_link"]] = link
    return link


def _invitable(world: World, arguments: Arguments) -> Chat:
    chat = world.chat(arguments.get("chat_id"))
    if chat.kind == "private":
        raise bad_request("can't invite members to a private chat")
    refusal = "not enough rights to manage chat invite link"
    require_right(world, chat, "can_invite_users", refusal)
    return chat


def create_chat_invite_link(world: World, arguments: Arguments) -> Json:
    """`createChatInviteLink`."""
    chat = _invitable(world, arguments)
    if arguments.get("creates_join_request") and arguments.get("member_limit"):
        raise bad_request(
            "member limit can't be specified for links requiring administrator approval"
        )
    return _set_link(_new_link(world, chat), chat, arguments)


def edit_chat_invite_link(world: World, arguments: Arguments) -> Json:
    """`editChatInviteLink`."""
    chat = _invitable(world, arguments)
    return _set_link(_known_link(chat, arguments), chat, arguments)


def _set_link(link: Json, chat: Chat, arguments: Arguments) -> Json:
    names = ("name", "expire_date", "member_limit", "creates_join_request")
    changed = link | {name: arguments[name] for name in names if arguments.get(name)}
    chat.invite_links[link["invite_link"]] = changed
    return changed


def _known_link(chat: Chat, arguments: Arguments) -> Json:
    link = chat.invite_links.get(arguments.get("invite_link") or "")
    if link is None:
        raise bad_request("INVITE_HASH_EXPIRED")
    return link


def revoke_chat_invite_link(world: World, arguments: Arguments) -> Json:
    """`revokeChatInviteLink`."""
    chat = _invitable(world, arguments)
    revoked = _known_link(chat, arguments) | {"is_revoked": True}
    chat.invite_links[revoked["invite_link"]] = revoked
    return revoked


def export_chat_invite_link(world: World, arguments: Arguments) -> str:
    """`exportChatInviteLink`, which replaces the primary link."""
    chat = _invitable(world, arguments)
    for old in [link for link in chat.invite_links.values() if link["is_primary"]]:
        chat.invite_links[old["invite_link"]] = old | {"is_primary": False, "is_revoked": True}
    address: str = _new_link(world, chat, is_primary=True)["invite_link"]
    return address


def _pinnable(world: World, arguments: Arguments) -> Chat:
    chat = world.chat(arguments.get("chat_id"))
    right = "can_edit_messages" if chat.kind == "channel" else "can_pin_messages"
    require_right(world, chat, right, "not enough rights to manage pinned messages in the chat")
    if chat.kind == "private":
        require_can_write(world, chat)
    return chat


def pin_chat_message(world: World, arguments: Arguments) -> bool:
    """`pinChatMessage`."""
    chat = _pinnable(world, arguments)
    entry = chat.entries.get(arguments.get("message_id") or 0)
    if entry is None:
        raise bad_request("message to pin not found")
    if entry.id in chat.pinned:
        chat.pinned.remove(entry.id)
    chat.pinned.append(entry.id)
    post(world, chat, world.bot, {"pinned_message": snapshot(entry.message)})
    return True


def unpin_chat_message(world: World, arguments: Arguments) -> bool:
    """`unpinChatMessage`; without a message the last one."""
    chat = _pinnable(world, arguments)
    identifier = arguments.get("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if identifier not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(identifier)
    return True


def unpin_all_chat_messages(world: World, arguments: Arguments) -> bool:
    """`unpinAllChatMessages`."""
    _pinnable(world, arguments).pinned.clear()
    return True


def set_chat_title(world: World, arguments: Arguments) -> bool:
    """`setChatTitle`."""
    chat = world.chat(arguments.get("chat_id"))
    require_right(world, chat, "can_change_info", "not enough rights to change chat title")
    chat.chat = chat.chat | {"title": arguments["title"]}
    return True


def set_chat_description(world: World, arguments: Arguments) -> bool:
    """`setChatDescription`."""
    chat = world.chat(arguments.get("chat_id"))
    require_right(world, chat, "can_change_info", "not enough rights to set chat description")
    description = arguments.get("description") or ""
    if description == chat.description:
        raise bad_request("chat description is not modified")
    chat.description = description
    return True
