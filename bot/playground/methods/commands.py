"""The bot's command menu and how it presents itself."""

import re

from bot.playground.arguments import Arguments
from bot.playground.contract import Json
from bot.playground.errors import bad_request
from bot.playground.world import World

MAX_COMMANDS = 100
NAME = re.compile(r"/?[a-z0-9_]{1,32}")


def scope_of(arguments: Arguments) -> tuple[str, str]:
    """Read scope and language into a key such as `("chat:42", "en")`."""
    scope = arguments.get("scope") or {"type": "default"}
    parts = [scope["type"], *(str(scope[key]) for key in ("chat_id", "user_id") if key in scope)]
    return ":".join(parts), arguments.get("language_code") or ""


def set_my_commands(world: World, arguments: Arguments) -> bool:
    """`setMyCommands`."""
    commands = arguments.get("commands") or []
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not NAME.fullmatch(str(command.get("command", ""))):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command.get("description", "")) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[scope_of(arguments)] = [
        command | {"command": command["command"].removeprefix("/")} for command in commands
    ]
    world.events.send({"type": "commands"})
    return True


def get_my_commands(world: World, arguments: Arguments) -> list[Json]:
    """`getMyCommands`."""
    return world.commands.get(scope_of(arguments), [])


def delete_my_commands(world: World, arguments: Arguments) -> bool:
    """`deleteMyCommands`."""
    world.commands.pop(scope_of(arguments), None)
    world.events.send({"type": "commands"})
    return True


def set_profile(world: World, arguments: Arguments, field: str) -> bool:
    """`setMyName`, `setMyDescription` and `setMyShortDescription`."""
    world.profile[field, arguments.get("language_code") or ""] = arguments.get(field) or ""
    return True


def get_profile(world: World, arguments: Arguments, field: str) -> Json:
    """`getMyName`, `getMyDescription` and `getMyShortDescription`."""
    default = world.bot["first_name"] if field == "name" else ""
    language = arguments.get("language_code") or ""
    general = world.profile.get((field, ""), default)
    return {field: world.profile.get((field, language), general)}


def set_chat_menu_button(world: World, arguments: Arguments) -> bool:
    """`setChatMenuButton`."""
    button = arguments.get("menu_button") or {"type": "default"}
    if arguments.get("chat_id"):
        world.chat(arguments["chat_id"]).menu_button = button
    else:
        world.menu_button = button
    return True


def get_chat_menu_button(world: World, arguments: Arguments) -> Json:
    """`getChatMenuButton`."""
    if arguments.get("chat_id"):
        return world.chat(arguments["chat_id"]).menu_button or world.menu_button
    return world.menu_button
