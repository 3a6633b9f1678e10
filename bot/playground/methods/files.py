"""Files on the server and pictures of people."""

from bot.playground.arguments import Arguments
from bot.playground.contract import Json
from bot.playground.errors import bad_request
from bot.playground.files import MAX_DOWNLOAD, as_file
from bot.playground.world import World


def get_file(world: World, arguments: Arguments) -> Json:
    """`getFile`."""
    file_id = arguments.get("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    stored = world.files.by_id(file_id)
    if stored is None:
        raise bad_request("invalid file_id")
    if len(stored.upload.content) > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return as_file(stored)


def get_user_profile_photos(world: World, arguments: Arguments) -> Json:
    """`getUserProfilePhotos`; nobody here has any."""
    if arguments.get("user_id") not in world.people:
        raise bad_request("user not found")
    return {"total_count": 0, "photos": []}
