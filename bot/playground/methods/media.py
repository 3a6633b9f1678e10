"""Photos, videos, documents and albums of them."""

from typing import Any

from bot.playground import files
from bot.playground.arguments import Arguments
from bot.playground.contract import Json
from bot.playground.errors import bad_request
from bot.playground.files import StoredFile, Upload
from bot.playground.methods.sending import caption, destination, send
from bot.playground.world import World

MEDIA = ("photo", "video", "animation", "document", "audio", "voice", "video_note", "sticker")
WITHOUT_CAPTION = {"video_note", "sticker"}
WRONG_FILE = "wrong file identifier/HTTP URL specified"
ALONE = {"document", "audio"}  # in an album only among themselves


def stored_file(world: World, kind: str, given: Any, arguments: Arguments) -> StoredFile:
    """Find or keep the file that a parameter names: an upload, `attach://…` or a `file_id`."""
    if isinstance(given, str) and given.startswith("attach://"):
        given = arguments.files.get(given.removeprefix("attach://"))
    if isinstance(given, Upload):
        return world.files.add(kind, given)
    if not given or not isinstance(given, str):
        raise bad_request(f"there is no {kind.replace('_', ' ')} in the request")
    if given.startswith(("http://", "https://")):
        # nothing outside this machine is ever fetched
        raise bad_request("failed to get HTTP URL content")
    known = world.files.by_id(given)
    if known is None:
        raise bad_request(WRONG_FILE)
    if known.kind != kind:
        raise bad_request(f"can't use file of type {_title(known.kind)} as {_title(kind)}")
    return known


def _title(kind: str) -> str:
    return kind.replace("_", " ").title().replace(" ", "")


def send_media(world: World, arguments: Arguments, kind: str) -> Json:
    """Send one file."""
    chat = destination(world, arguments)
    stored = stored_file(world, kind, arguments.get(kind), arguments)
    content = files.as_media(stored, arguments.params)
    if kind not in WITHOUT_CAPTION:
        content |= caption(arguments)
    return send(world, chat, arguments, content)


def input_media(world: World, media: Json, arguments: Arguments) -> Json:
    """Read an InputMedia object into the content of a message."""
    kind = media.get("type")
    if kind not in {"photo", "video", "animation", "document", "audio"}:
        raise bad_request("can't parse InputMedia: type must be one of photo, video and the like")
    stored = stored_file(world, kind, media.get("media"), arguments)
    return files.as_media(stored, media) | caption(media)


def send_media_group(world: World, arguments: Arguments) -> list[Json]:
    """`sendMediaGroup`; everything is checked before anything is sent."""
    chat = destination(world, arguments)
    album = arguments.get("media") or []
    if not isinstance(album, list) or not all(isinstance(media, dict) for media in album):
        raise bad_request("can't parse media JSON object")
    if not 2 <= len(album) <= 10:
        raise bad_request(
            "too few messages to send as an album"
            if len(album) < 2
            else "too many messages to send as an album"
        )
    kinds = {media.get("type") for media in album}
    if "animation" in kinds or (len(kinds) > 1 and kinds & ALONE):
        raise bad_request("can't mix these types of media in an album")
    contents = [input_media(world, media, arguments) for media in album]
    together = {"media_group_id": world.next_id()}
    return [send(world, chat, arguments, content | together) for content in contents]
