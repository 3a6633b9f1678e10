"""Photos, videos, documents and albums of them."""

from typing import Any

from bot.playground import files
from bot.playground.arguments import Arguments
from bot.playground.contract import Json
from bot.playground.errors import ApiError, bad_request
from bot.playground.files import StoredFile, Upload
from bot.playground.methods.sending import caption, destination, send
from bot.playground.world import World

MEDIA = ("photo", "video", "animation", "document", "audio", "voice", "video_note", "sticker")
WITHOUT_CAPTION = {"video_note", "sticker"}
WRONG_FILE = "wrong file identifier/HTTP URL specified"
MAX_ALBUM = 10
LATER_REFUSED = {
    "IMAGE_PROCESS_FAILED": "IMAGE_PROCESS_FAILED",
    "failed to get HTTP URL content": "WEBPAGE_CURL_FAILED",
}
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
    if not album:
        raise bad_request("there are no messages to send")
    if len(album) > MAX_ALBUM:
        raise bad_request("too many messages to send as an album")
    kinds = [media.get("type") for media in album]
    if "animation" in kinds:
        raise bad_request(
            "can't parse InputMedia: type \"animation\" can't be used in sendMediaGroup"
        )
    alone = next((kind for kind in kinds if kind in ALONE), None)
    if alone and len(set(kinds)) > 1:
        raise bad_request(f"{alone} can't be mixed with other media types")
    contents = [
        _album_media(world, media, arguments, number) for number, media in enumerate(album, start=1)
    ]
    # a single one is sent as an ordinary message
    together = {"media_group_id": world.next_id()} if len(album) > 1 else {}
    return [send(world, chat, arguments, content | together) for content in contents]


def _album_media(world: World, media: Json, arguments: Arguments, number: int) -> Json:
    """Read one of an album; what Telegram's servers refuse only later is named by its number."""
    try:
        return input_media(world, media, arguments)
    except ApiError as error:
        problem = LATER_REFUSED.get(error.description.removeprefix("Bad Request: "))
        if problem is None:
            raise
        raise bad_request(
            f'failed to send message #{number} with the error message "{problem}"'
        ) from error
