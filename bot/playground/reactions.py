"""Reactions to messages, and who is told of them."""

from bot.playground.contract import Json
from bot.playground.messages import reaction_counts, send_event
from bot.playground.world import Chat, Entry, World

ALL = """
    ❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌
    🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘
    🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡
"""
EMOJI = frozenset(ALL.split())


def reaction(emoji: str) -> Json | None:
    """Describe a reaction with this emoji, or `None` where Telegram does not offer it."""
    plain = emoji.replace("\ufe0f", "")  # some keyboards add this mark of a coloured picture
    return {"type": "emoji", "emoji": plain} if plain in EMOJI else None


def react(world: World, chat: Chat, entry: Entry, user: Json, reactions: list[Json]) -> None:
    """Replace someone's reactions to a message.

    In channels the bot is told only the counts, elsewhere who did what.
    """
    old = entry.reactions.get(user["id"], [])
    if old == reactions:
        return
    entry.reactions.pop(user["id"], None)
    if reactions:
        entry.reactions[user["id"]] = reactions
    send_event(world, chat, "reactions", entry)
    if user["id"] == world.bot["id"] or not administers(world, chat):
        return
    about: Json = {"chat": chat.chat, "message_id": entry.id, "date": world.now()}
    if chat.kind == "channel":
        counts = [
            {"type": {"type": "emoji", "emoji": row["emoji"]}, "total_count": row["count"]}
            for row in reaction_counts(entry)
        ]
        world.emit("message_reaction_count", about | {"reactions": counts})
    else:
        changed = {"user": user, "old_reaction": old, "new_reaction": reactions}
        world.emit("message_reaction", about | changed)


def administers(world: World, chat: Chat) -> bool:
    """Say whether the bot is told of reactions and members of a chat."""
    if chat.kind == "private":
        return not chat.business
    return bool(chat.member(world.bot)["status"] == "administrator")
