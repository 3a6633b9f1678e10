"""How the owner finds out what there is."""

from __future__ import annotations

import contextlib
from typing import Any

from telegram import BotCommand, BotCommandScopeChat, Update
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot import channel, letters
from bot.context import App, Context
from bot.owner.inbox import show_waiting
from bot.store import channels
from bot.taps import acknowledge, redraw
from bot.views import guide as views


async def start(update: Update, context: Context) -> None:
    """Show what works already and what to do next."""
    app = context.app
    await channel.look_again(app, context.bot)
    await publish_menu(app, context.bot)
    told = {name: fact for name, fact in app.in_force.playbook.values.items() if fact}
    letters.tell_owner(
        app,
        views.start(app.say, app.settings.owner_id, channels.connected(app.db), told),
    )
    # Until the owner had pressed Start, Telegram let nothing through to them.
    show_waiting(app)


async def help_(update: Update, context: Context) -> None:
    """List everything you can ask for."""
    app = context.app
    letters.tell_owner(app, views.help_(app.say, app.commands))


async def turn(update: Update, context: Context) -> None:
    """Show what one group of commands does, or all groups again."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    await acknowledge(query)
    await redraw(query, views.help_(app.say, app.commands, query.data.partition(":")[2]))


async def publish_menu(app: App, bot: ExtBot[Any]) -> None:
    """Put the commands into the menu of the owner's chat, and only there."""
    menu = [BotCommand(name, str(app.say(line))) for name, line in app.commands.items()]
    # Telegram knows no chat with an owner who has not pressed Start yet; /start comes here again.
    with contextlib.suppress(TelegramError):
        await bot.set_my_commands(menu, scope=BotCommandScopeChat(app.settings.owner_id))
