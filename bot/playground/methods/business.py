"""The owner's connected business account."""

from bot.playground.arguments import Arguments
from bot.playground.contract import Json
from bot.playground.errors import bad_request
from bot.playground.world import World


def get_business_connection(world: World, arguments: Arguments) -> Json:
    """`getBusinessConnection`."""
    if world.business is None or world.business["id"] != arguments.get("business_connection_id"):
        raise bad_request("business connection not found")
    return world.business
