"""Telegram's text: markup in, plain text and entities out."""

from bot.playground.contract import Json
from bot.playground.formatting.automatic import automatic_entities
from bot.playground.formatting.entities import FormatError, clean, normal, settable, units
from bot.playground.formatting.html import parse_html
from bot.playground.formatting.markdown import parse_markdown, parse_markdown_v2

__all__ = ["FormatError", "formatted", "units"]

PARSERS = {"html": parse_html, "markdown": parse_markdown, "markdownv2": parse_markdown_v2}


def formatted(
    text: str, parse_mode: str | None = None, entities: list[Json] | None = None
) -> tuple[str, list[Json]]:
    """Turn a text as it is sent into the text and entities that everyone sees.

    Parameters
    ----------
    text : str
        As written; trimmed and cleaned of control characters in the result.
    parse_mode : str, optional
        `HTML`, `Markdown` or `MarkdownV2`, in any case.
    entities : list, optional
        Used instead of a parse mode; offsets in UTF-16 units.

    Raises
    ------
    FormatError
        With Telegram's sentence, such as `Can't find end of Bold entity at byte offset 0`.
    """
    given = list(entities or [])
    if parse_mode:
        parser = PARSERS.get(parse_mode.lower())
        if parser is None:
            raise FormatError("unsupported parse_mode", prefix="")
        text, given = parser(text)
    elif given:
        length = units(text)
        for entity in given:
            begin, size = entity.get("offset", 0), entity.get("length", 0)
            if begin < 0 or size < 0 or begin + size > length:
                raise FormatError(
                    f"entity begins or ends outside of the text: offset {begin}, length {size}"
                )
    text, given = clean(text, [entity for entity in given if settable(entity)])
    return text, normal(given, automatic_entities(text))
