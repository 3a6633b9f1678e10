"""Message entities: offsets in UTF-16 units, cleaning, trimming, nesting and order."""

import bisect
import itertools
import re
from collections.abc import Iterable, Iterator

from bot.playground.contract import Json

MERGED = ("bold", "italic", "underline", "strikethrough", "spoiler")  # these may cross others
RAW = ("pre", "code")  # nothing else is shown inside
QUOTES = ("blockquote", "expandable_blockquote")
LAST = {"bold": 90, "italic": 91, "underline": 92, "strikethrough": 93, "spoiler": 94}
FIRST = {"blockquote": 0, "expandable_blockquote": 0, "pre": 10, "code": 20}

NEEDS = {"text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id",
         "date_time": "unix_time"}  # fmt: skip
CONTROL = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
REMOVED = re.compile("[\r\u2028-\u202e]")
SPACE = (
    " \n\t\v\f\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u200b\u200e\u200f\u2060\ufeff"
)
ONLY_SPACE = re.compile(f"[{SPACE}]*")

Span = tuple[int, int]


class FormatError(Exception):
    """A text that cannot be parsed; the sentence is Telegram's."""

    def __init__(self, sentence: str, *, prefix: str = "can't parse entities: ") -> None:
        super().__init__(prefix + sentence)


def units(text: str) -> int:
    """Count UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


class Ruler:
    """Converts between positions in a text and UTF-16 offsets."""

    def __init__(self, text: str) -> None:
        self._wide = [at for at, character in enumerate(text) if character > "\uffff"]
        self._wide_offsets = [at + n for n, at in enumerate(self._wide)]

    def offset(self, position: int) -> int:
        """UTF-16 offset of a position."""
        return position + bisect.bisect_left(self._wide, position)

    def position(self, offset: int) -> int:
        """Position of a UTF-16 offset; within a pair, that of its character."""
        return offset - bisect.bisect_left(self._wide_offsets, offset)


def settable(entity: Json) -> bool:
    """Say whether an entity is one that can be given; Telegram skips all others."""
    kind = entity["type"]
    return kind in {*MERGED, *RAW, *QUOTES} or NEEDS.get(kind) in entity


def clean(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Replace control characters, trim the text, and move the entities along."""
    ruler = Ruler(text)
    spans = [
        (ruler.position(entity["offset"]), ruler.position(entity["offset"] + entity["length"]))
        for entity in entities
    ]
    if removed := [found.start() for found in REMOVED.finditer(text)]:
        spans = [
            (begin - bisect.bisect_left(removed, begin), end - bisect.bisect_left(removed, end))
            for begin, end in spans
        ]
        text = REMOVED.sub("", text)
    text = CONTROL.sub(" ", text)

    kept = [
        (entity, span)
        for entity, span in zip(entities, spans, strict=True)
        if ONLY_SPACE.fullmatch(text[slice(*span)]) is None
    ]
    begins_at = _leading(text)
    if kept:  # spaces that are formatted stay in front
        begins_at = min(begins_at, *(begin for _, (begin, _) in kept))
    ends_at = len(text) - _leading(text[::-1])
    text = text[begins_at : max(begins_at, ends_at)]

    ruler = Ruler(text)
    moved = []
    for entity, (begin, end) in kept:
        first = ruler.offset(max(begin - begins_at, 0))
        last = ruler.offset(min(end - begins_at, len(text)))
        moved.append(entity | {"offset": first, "length": last - first})
    return text, moved


def _leading(text: str) -> int:
    found = ONLY_SPACE.match(text)
    return found.end() if found else 0


def normal(entities: list[Json], automatic: Iterable[Json]) -> list[Json]:
    """Merge, split and sort entities as Telegram returns them.

    Those found automatically give way to code, links and the like that are already there.
    """
    raw = list(_apart(entity for entity in entities if entity["type"] in RAW))
    quotes = list(_apart(entity for entity in entities if entity["type"] in QUOTES))
    solid = [
        entity
        for entity in entities
        if entity["type"] not in MERGED and entity["type"] not in (*RAW, *QUOTES)
    ]
    solid = list(_apart([*raw, *(e for e in _by_offset(solid) if not _touches(e, raw))]))
    solid = list(_apart([*solid, *(e for e in automatic if not _touches(e, solid))]))

    around, within = [_span(entity) for entity in raw], [*map(_span, solid), *map(_span, quotes)]
    split = [
        {"type": name, "offset": begin, "length": end - begin}
        for name in MERGED
        for span in _union([_span(entity) for entity in entities if entity["type"] == name])
        for begin, end in _pieces(span, around, within)
    ]
    return sorted([*solid, *quotes, *split], key=_order)


def _span(entity: Json) -> Span:
    return entity["offset"], entity["offset"] + entity["length"]


def _by_offset(entities: Iterable[Json]) -> list[Json]:
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _touches(entity: Json, others: list[Json]) -> bool:
    begin, end = _span(entity)
    return any(_span(other)[0] < end and begin < _span(other)[1] for other in others)


def _apart(entities: Iterable[Json]) -> Iterator[Json]:
    end = 0
    for entity in _by_offset(entities):
        if entity["length"] > 0 and entity["offset"] >= end:
            end = _span(entity)[1]
            yield entity


def _union(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        elif end > begin:
            joined.append((begin, end))
    return joined


def _pieces(span: Span, around: list[Span], within: list[Span]) -> Iterator[Span]:
    """Cut a span where it only overlaps one of `within`, and leave out all of `around`."""
    begin, end = span
    overlapping = [
        (first, last)
        for first, last in within
        if begin < first < end < last or first < begin < last < end
    ]
    inner = {edge for cut in (*around, *overlapping) for edge in cut if begin < edge < end}
    for first, last in itertools.pairwise([begin, *sorted(inner), end]):
        if not any(from_ < last and first < to for from_, to in around):
            yield first, last


def _order(entity: Json) -> tuple[int, int, int]:
    name = entity["type"]
    return entity["offset"], -entity["length"], FIRST.get(name, LAST.get(name, 50))
