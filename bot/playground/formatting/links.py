"""What a link in a formatted text leads to."""

import re
from urllib.parse import parse_qs, urlsplit

from bot.playground.contract import Json
from bot.playground.formatting.entities import FormatError

HOST = re.compile(r"[\w-]+(\.[\w-]+)+\.?|localhost|\d+\.\d+\.\d+\.\d+", re.IGNORECASE)
SCHEMES = ("http", "https", "ton", "tg", "tonsite")


def link(target: str) -> Json | None:
    """Describe the entity of a link, or `None` where Telegram drops it."""
    target = target.strip()
    try:
        parts = urlsplit(target if re.match(r"[a-zA-Z][\w+.-]*:", target) else f"http://{target}")
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in SCHEMES or any(character.isspace() for character in target):
        return None
    if parts.scheme == "tg":
        user_id = parse_qs(parts.query).get("id", [""])[0]
        if host == "user" and user_id.isdigit():
            return {"type": "text_mention", "user": {"id": int(user_id)}}
        return {"type": "text_link", "url": target}
    url = parts._replace(path=parts.path or "/").geturl()
    return {"type": "text_link", "url": url} if HOST.fullmatch(host) else None


def custom_emoji(identifier: str) -> Json:
    """Describe a custom emoji."""
    if not identifier.isdigit() or not int(identifier):
        raise FormatError("Invalid custom emoji identifier specified")
    return {"type": "custom_emoji", "custom_emoji_id": identifier}


def date_time(unix: str, written_as: str) -> Json:
    """Describe a moment that is shown in the reader's own time zone."""
    if not unix.isdigit():
        raise FormatError("Invalid date specified")
    entity: Json = {"type": "date_time", "unix_time": int(unix)}
    return entity | {"date_time_format": written_as} if written_as else entity


def tg_link(url: str) -> Json:
    """Describe the target of `![…](tg://emoji?id=…)` or `![…](tg://time?unix=…)`."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    if parts.scheme != "tg":
        raise FormatError("Custom emoji URL must have scheme tg")
    host = parts.netloc or parts.path
    if host == "time":
        return date_time(query.get("unix", [""])[0], query.get("format", [""])[0])
    if host != "emoji":
        raise FormatError('Custom emoji URL must have host "emoji"')
    if "id" not in query:
        raise FormatError("Custom emoji URL must have an emoji identifier")
    return custom_emoji(query["id"][0])
