"""Reactions that the bot sets."""

from bot.playground.arguments import Arguments
from bot.playground.errors import bad_request
from bot.playground.methods.sending import require_member
from bot.playground.reactions import react, reaction
from bot.playground.world import World


def set_message_reaction(world: World, arguments: Arguments) -> bool:
    """`setMessageReaction`."""
    chat = world.chat(arguments.get("chat_id"))
    require_member(world, chat)
    entry = chat.entries.get(arguments.get("message_id") or 0)
    if entry is None:
        raise bad_request("message to react not found")
    wanted = arguments.get("reaction") or []
    if len(wanted) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    offered = [reaction(str(given.get("emoji"))) for given in wanted]
    if None in offered:
        raise bad_request("REACTION_INVALID")
    react(world, chat, entry, world.bot, [given for given in offered if given])
    return True
