"""Who may be in a group or channel, and what they may do there."""

from bot.playground import members
from bot.playground.arguments import Arguments
from bot.playground.contract import Json
from bot.playground.errors import bad_request
from bot.playground.messages import post
from bot.playground.methods.sending import require_right
from bot.playground.world import Chat, Person, World


def _place(world: World, arguments: Arguments, right: str) -> Chat:
    chat = world.chat(arguments.get("chat_id"))
    if chat.kind == "private":
        raise bad_request("chat member status can't be changed in private chats")
    require_right(world, chat, right, "not enough rights to restrict/unrestrict chat member")
    return chat


def _member(world: World, chat: Chat, arguments: Arguments) -> Person:
    person = world.people.get(arguments.get("user_id"))
    if person is None:
        raise bad_request("invalid user_id specified")
    status = chat.member(person.user)["status"]
    if status == "creator":
        raise bad_request("can't remove chat owner")
    if status == "administrator" and not chat.member(person.user)["can_be_edited"]:
        raise bad_request("user is an administrator of the chat")
    return person


def ban_chat_member(world: World, arguments: Arguments) -> bool:
    """`banChatMember`."""
    chat = _place(world, arguments, "can_restrict_members")
    person = _member(world, chat, arguments)
    was_in = members.is_in(chat.member(person.user))
    until = arguments.get("until_date") or 0
    world.change_member(
        chat, person, members.kicked(person.user) | {"until_date": until}, by=world.bot
    )
    if was_in and chat.kind == "supergroup":
        post(world, chat, world.bot, {"left_chat_member": person.user})
    return True


def unban_chat_member(world: World, arguments: Arguments) -> bool:
    """`unbanChatMember`, which removes those who are not banned unless told otherwise."""
    chat = _place(world, arguments, "can_restrict_members")
    person = _member(world, chat, arguments)
    status = chat.member(person.user)["status"]
    if status == "kicked" or (status != "left" and not arguments.get("only_if_banned")):
        world.change_member(chat, person, members.left(person.user), by=world.bot)
    return True


def restrict_chat_member(world: World, arguments: Arguments) -> bool:
    """`restrictChatMember`; someone who may do everything is a plain member again."""
    chat = _place(world, arguments, "can_restrict_members")
    if chat.kind != "supergroup":
        raise bad_request("method is available only for supergroups")
    person = _member(world, chat, arguments)
    permissions: Json = arguments["permissions"]
    is_in = members.is_in(chat.member(person.user))
    until = arguments.get("until_date") or 0
    limited = members.restricted(person.user, permissions, until, is_member=is_in)
    free = members.member(person.user) if is_in else members.left(person.user)
    everything = all(limited[name] for name, given in chat.permissions.items() if given)
    world.change_member(chat, person, free if everything else limited, by=world.bot)
    return True


def promote_chat_member(world: World, arguments: Arguments) -> bool:
    """`promoteChatMember`; without any right someone is a plain member again."""
    chat = world.chat(arguments.get("chat_id"))
    require_right(world, chat, "can_promote_members", "not enough rights")
    person = _member(world, chat, arguments)
    rights = {name: bool(arguments.get(name)) for name in members.rights_in(chat.kind)}
    promoted = members.administrator(person.user, chat.kind, **rights) | {"can_be_edited": True}
    member = promoted if any(rights.values()) else members.member(person.user)
    world.change_member(chat, person, member, by=world.bot)
    return True


def set_chat_permissions(world: World, arguments: Arguments) -> bool:
    """`setChatPermissions`."""
    chat = _place(world, arguments, "can_restrict_members")
    if chat.kind != "supergroup":
        raise bad_request("method is available only for supergroups")
    given: Json = arguments["permissions"]
    chat.permissions = {name: bool(given.get(name)) for name in members.PERMISSIONS}
    return True
