"""The entities that Telegram finds by itself: commands, mentions, links and their kin."""

import re
from collections.abc import Iterator

from bot.playground.contract import Json
from bot.playground.formatting.entities import Ruler

# two letters are taken for a country; of the others only those that people use most
TOP_LEVEL = re.compile(
    "[a-z]{2}|com|org|net|edu|gov|int|mil|info|biz|name|app|dev|shop|store|online|site|blog|page"
    "|link|live|news|cloud|studio|design|cafe|coffee|club|tech|space|website|world|xyz|top|one|pro",
    re.IGNORECASE,
)
LABEL = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*", re.IGNORECASE)
IN_URL = r"[^\s<>\"«»“”‘’，。；、]"
AFTER_URL = ".,:;!?'([{}]…！？：（）【】"  # belongs to the sentence, not to the link
PATTERNS = {
    "email": re.compile(
        r"(?<![\w.+/:@-])[\w.+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,12}(?![\w@])", re.IGNORECASE
    ),
    "url": re.compile(  # without a scheme, `_is_link` looks at the host
        rf"(?<![\w@/.-])(?:(?:https?|ftp|tg|ton|tonsite)://{IN_URL}+"
        rf"|(?P<host>[a-z0-9-]++\.[a-z0-9.-]*+)(?![\w@])(?::\d{{1,5}})?(?:[/?#]{IN_URL}*)?)",
        re.IGNORECASE,
    ),
    "bot_command": re.compile(
        r"(?<![\w/<>])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/<>])"
    ),
    "mention": re.compile(r"(?<!\w)@[a-zA-Z0-9_]{4,32}(?!\w)"),
    "hashtag": re.compile(r"(?<![\w\u200c])#(?=\w*[^\W\d])[\w\u200c]{1,256}(?![\w\u200c]*#)"),
    "cashtag": re.compile(r"(?<![$\w\u200c])\$(?:1INCH|[A-Z]{1,8})(?![$\w\u200c])"),
    "phone_number": re.compile(r"(?<![\w+])\+\d(?:[ ()-]{0,2}\d){6,14}(?!\w)"),
}
MAX_ENTITIES = 100  # Telegram finds no more in one message
NEEDED = re.compile(r"[/@#$+.]")  # a text without any of them holds none of the above


def automatic_entities(text: str) -> Iterator[Json]:
    """Find what Telegram marks by itself; those found earlier win over later ones."""
    if not NEEDED.search(text):
        return
    ruler = Ruler(text)
    taken: list[tuple[int, int]] = []
    for kind, pattern in PATTERNS.items():
        for found in pattern.finditer(text):
            begin, end = found.span()
            if kind == "url":
                if not _is_link(found["host"]):
                    continue
                end = begin + len(_without_punctuation(found[0]))
            if any(first < end and begin < last for first, last in taken):
                continue
            if len(taken) == MAX_ENTITIES:
                return
            taken.append((begin, end))
            first = ruler.offset(begin)
            yield {"type": kind, "offset": first, "length": ruler.offset(end) - first}


def _without_punctuation(url: str) -> str:
    """Cut what follows a link; a closing parenthesis stays where one was opened."""
    while url.endswith(tuple(AFTER_URL)) or (url.endswith(")") and url.count("(") < url.count(")")):
        url = url[:-1]
    return url


def _is_link(host: str | None) -> bool:
    """Say whether this is a link: it has a scheme, and so no `host`, or a known kind of host."""
    if host is None:
        return True
    *labels, top = host.rstrip(".").split(".")
    return bool(labels and TOP_LEVEL.fullmatch(top)) and all(map(LABEL.fullmatch, labels))
