"""Files that people and the bot have sent, kept in memory."""

import base64
import hashlib
import struct
from dataclasses import dataclass, field
from pathlib import PurePath

from bot.playground.contract import Json
from bot.playground.errors import ApiError, bad_request

MAX_DOWNLOAD = 20 * 1024 * 1024
MAX_UPLOAD = 50 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024

FOLDERS = {
    "photo": "photos", "document": "documents", "video": "videos", "animation": "animations",
    "audio": "music", "voice": "voice", "video_note": "video_notes", "sticker": "stickers",
}  # fmt: skip
SUFFIXES = {
    "photo": ".jpg", "document": "", "video": ".mp4", "animation": ".mp4", "audio": ".mp3",
    "voice": ".oga", "video_note": ".mp4", "sticker": ".webp",
}  # fmt: skip
MIME_TYPES = {
    "video": "video/mp4", "animation": "video/mp4", "audio": "audio/mpeg", "voice": "audio/ogg",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in a request."""

    name: str
    content: bytes = field(repr=False)
    mime_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file under its id."""

    kind: str
    file_id: str
    unique_id: str
    path: str
    upload: Upload


def image_size(content: bytes) -> tuple[int, int] | None:
    """Read width and height from the first bytes of a PNG, GIF, WebP, BMP or JPEG; else `None`."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content.startswith((b"GIF87a", b"GIF89a")) and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return width, height
    if content.startswith(b"\xff\xd8\xff"):
        return _jpeg_size(content)
    webp = content.startswith(b"RIFF") and content[8:12] == b"WEBP"
    # these two are recognised, their size is not worth a parser
    return (512, 512) if webp or content.startswith(b"BM") else None


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(content):
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return 90, 90  # an image by its first bytes, with no frame header to be found


class Files:
    """Every file by its id and by its path."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def add(self, kind: str, upload: Upload) -> StoredFile:
        """Keep an upload; the same content keeps its unique id."""
        if not upload.content:
            raise bad_request("file must be non-empty")
        too_big = len(upload.content) > (MAX_PHOTO if kind == "photo" else MAX_UPLOAD)
        if too_big:
            raise ApiError(413, "Request Entity Too Large")
        if kind == "photo" and image_size(upload.content) is None:
            raise bad_request("IMAGE_PROCESS_FAILED")
        digest = hashlib.sha256(kind.encode() + b":" + upload.content).digest()
        unique_id = base64.urlsafe_b64encode(digest[:12]).decode()
        number = len(self._by_id)
        suffix = SUFFIXES[kind] or PurePath(upload.name).suffix
        stored = StoredFile(
            kind,
            file_id=f"AgAC{unique_id}{number:06d}",
            unique_id=f"AQAD{unique_id}",
            path=f"{FOLDERS[kind]}/file_{number}{suffix}",
            upload=upload,
        )
        self._by_id[stored.file_id] = stored
        self._by_path[stored.path] = stored
        return stored

    def by_id(self, file_id: str) -> StoredFile | None:
        """Find a file by its `file_id`."""
        return self._by_id.get(file_id)

    def by_path(self, path: str) -> StoredFile | None:
        """Find a file by its `file_path`."""
        return self._by_path.get(path)


def as_file(stored: StoredFile) -> Json:
    """Describe a file as the Bot API's `File`."""
    return {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": len(stored.upload.content),
        "file_path": stored.path,
    }


def as_media(stored: StoredFile, given: Json) -> Json:  # noqa: PLR0911 - one per kind
    """Describe a file as the field of a Message that holds it, for example `{"photo": […]}`.

    `given` may hold `width`, `height`, `length`, `duration`, `performer`, `title` and `emoji`.
    """
    media: Json = {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": len(stored.upload.content),
    }
    named = {"file_name": stored.upload.name, "mime_type": stored.upload.mime_type}
    width, height = image_size(stored.upload.content) or (512, 512)
    size = {"width": given.get("width") or width, "height": given.get("height") or height}
    lasts = {"duration": given.get("duration") or 0}
    match stored.kind:
        case "photo":
            return {"photo": [media | {"width": width, "height": height}]}
        case "video":
            return {"video": media | size | lasts | named}
        case "animation":
            animation = media | size | lasts | named
            # for old clients the same file is named as a document, too
            return {"animation": animation, "document": media | named}
        case "audio":
            tags = {key: given[key] for key in ("performer", "title") if given.get(key)}
            return {"audio": media | lasts | tags | named}
        case "voice":
            return {"voice": media | lasts | {"mime_type": stored.upload.mime_type}}
        case "video_note":
            return {"video_note": media | lasts | {"length": given.get("length") or 240}}
        case "sticker":
            shape = {"type": "regular", "width": 512, "height": 512}
            emoji = {"emoji": given["emoji"]} if given.get("emoji") else {}
            return {"sticker": media | shape | emoji | {"is_animated": False, "is_video": False}}
        case _:
            return {"document": media | named}
