"""Small files for people to send when they have none at hand."""

import struct
import zlib

from bot.playground.files import Upload

OGG_HEAD = (
    b"OggS\x00\x02" + bytes(20) + b"\x01\x13OpusHead\x01\x01\x00\x00\x80\xbb\x00\x00\x00\x00\x00"
)
WEBP = bytes.fromhex("524946461a000000574542505650384c0d0000002f00000010071011118888fe0700")
MP4_HEAD = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2"


def picture(width: int = 320, height: int = 200) -> bytes:
    """Draw a PNG: a sun over a field, from nothing but numbers."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)  # no filter
        for x in range(width):
            sun = (x - width * 0.7) ** 2 + (y - height * 0.35) ** 2 < (height * 0.17) ** 2
            field = y > height * 0.7 + 8 * ((x / width) - 0.5)
            sky = (120 + y // 3, 180 + y // 5, 235)
            rows += bytes((250, 205, 90) if sun else (96, 160, 96) if field else sky)

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(rows)))
        + chunk(b"IEND", b"")
    )


def sample(kind: str) -> Upload:
    """Make a file of a kind such as `photo` or `voice`."""
    match kind:
        case "photo":
            return Upload("photo.png", picture(), "image/png")
        case "sticker":
            return Upload("sticker.webp", WEBP, "image/webp")
        case "voice":
            return Upload("voice.ogg", OGG_HEAD, "audio/ogg")
        case "audio":
            return Upload("sound.mp3", b"ID3\x04" + bytes(16), "audio/mpeg")
        case "video" | "animation":
            return Upload("video.mp4", MP4_HEAD, "video/mp4")
        case _:
            return Upload("note.txt", b"A note.\n", "text/plain")
