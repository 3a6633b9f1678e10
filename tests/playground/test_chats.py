"""Chats, commands and pinned messages."""

import pytest
from telegram import Bot, BotCommand, BotCommandScopeChat, MenuButtonCommands
from telegram.error import BadRequest

from tests.playground.conftest import CHANNEL, CUSTOMER, GROUP, OWNER, People


async def test_a_chat_tells_what_the_bot_needs_to_know(bot: Bot) -> None:
    channel, group, private = [await bot.get_chat(chat) for chat in (CHANNEL, GROUP, OWNER)]

    assert (channel.title, channel.linked_chat_id) == ("My channel", GROUP)
    assert (group.type, group.linked_chat_id) == ("supergroup", CHANNEL)
    assert private.first_name == "Owner"
    assert channel.invite_link


async def test_members_have_their_status(bot: Bot) -> None:
    statuses = [(await bot.get_chat_member(CHANNEL, user)).status for user in (OWNER, 42, CUSTOMER)]
    administrators = await bot.get_chat_administrators(CHANNEL)

    assert statuses == ["creator", "administrator", "member"]
    assert {member.user.id for member in administrators} == {OWNER, 42}
    assert await bot.get_chat_member_count(CHANNEL) == 4
    with pytest.raises(BadRequest, match="Invalid user_id specified"):
        await bot.get_chat_member(CHANNEL, 4711)


async def test_commands_are_kept_by_scope_and_language(bot: Bot, people: People) -> None:
    scope = BotCommandScopeChat(OWNER)
    await bot.set_my_commands([BotCommand("help", "Help")])
    await bot.set_my_commands([BotCommand("post", "Post")], scope=scope, language_code="en")

    assert [command.command for command in await bot.get_my_commands()] == ["help"]
    assert await bot.get_my_commands(scope=scope) == ()
    world = await people.see("world")
    assert set(world["commands"]) == {"default", f"chat:{OWNER}:en"}
    await bot.delete_my_commands()
    assert await bot.get_my_commands() == ()
    with pytest.raises(BadRequest, match="Bot_command_invalid"):
        await bot.set_my_commands([BotCommand("Help me", "Help")])


async def test_the_bot_presents_itself(bot: Bot) -> None:
    await bot.set_my_short_description("A desk")
    await bot.set_chat_menu_button(OWNER, MenuButtonCommands())

    assert (await bot.get_my_short_description()).short_description == "A desk"
    assert (await bot.get_my_name()).name == "Soloist"
    assert await bot.get_chat_menu_button(OWNER) == MenuButtonCommands()


async def test_pinning_says_so_in_the_chat(bot: Bot, people: People) -> None:
    sent = await bot.send_message(GROUP, "a")

    await bot.pin_chat_message(GROUP, sent.id)

    pinned = (await bot.get_chat(GROUP)).pinned_message
    assert pinned
    assert pinned.id == sent.id
    assert (await people.see(f"chats/{GROUP}/messages"))[-1]["pinned_message"]["text"] == "a"
    await bot.unpin_chat_message(GROUP)
    assert (await bot.get_chat(GROUP)).pinned_message is None
    with pytest.raises(BadRequest, match="Message to pin not found"):
        await bot.pin_chat_message(GROUP, 99)


async def test_links_can_be_changed_and_revoked(bot: Bot, people: People) -> None:
    link = await bot.create_chat_invite_link(CHANNEL, member_limit=5)
    renamed = await bot.edit_chat_invite_link(CHANNEL, link.invite_link, name="Shop")
    revoked = await bot.revoke_chat_invite_link(CHANNEL, link.invite_link)

    assert (renamed.name, renamed.member_limit, revoked.is_revoked) == ("Shop", 5, True)
    await people.do("members", user=CUSTOMER, chat=CHANNEL, action="leave")
    about = {"user": CUSTOMER, "chat": CHANNEL, "action": "join"}
    sentence = await people.refused("members", **about, invite_link=link.invite_link)
    assert sentence == "This invite link is not valid."


async def test_a_bot_that_leaves_is_gone(bot: Bot) -> None:
    await bot.leave_chat(GROUP)

    with pytest.raises(Exception, match="bot is not a member of the supergroup chat"):
        await bot.send_message(GROUP, "a")
