"""Markup in, text and entities out, with Telegram's own complaints."""

import html
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.formatting import FormatError, formatted, units

STYLES = {
    "bold": ("b", "*"),
    "italic": ("i", "_"),
    "underline": ("u", "__"),
    "strikethrough": ("s", "~"),
    "spoiler": ("tg-spoiler", "||"),
}


def complaint(text: str, parse_mode: str) -> str:
    with pytest.raises(FormatError) as refused:
        formatted(text, parse_mode)
    return str(refused.value).removeprefix("can't parse entities: ")


def spans(entities: list[dict[str, Any]]) -> list[tuple[str, int, int]]:
    return [(entity["type"], entity["offset"], entity["length"]) for entity in entities]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("<x>", 'Unsupported start tag "x" at byte offset 0'),
        ("€<X>", 'Unsupported start tag "x" at byte offset 3'),
        ("<b>", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b></i>", 'Unmatched end tag at byte offset 3, expected "</b>", found "</i>"'),
        ("</b>", "Unexpected end tag at byte offset 0"),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("2 < 3", 'Unsupported start tag "" at byte offset 2'),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a =1>b</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
    ],
)
def test_broken_html_is_refused_in_telegrams_words(text: str, sentence: str) -> None:
    assert complaint(text, "HTML") == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("3.5", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("*a", "Can't find end of Bold entity at byte offset 0"),
        ("€ _a", "Can't find end of Italic entity at byte offset 4"),
        ("__a", "Can't find end of Underline entity at byte offset 0"),
        ("```py\na", "Can't find end of PreCode entity at byte offset 0"),
        ("[a", "Can't find end of TextUrl entity at byte offset 0"),
        ("[a](b", "Can't find end of a URL at byte offset 4"),
        ("*a _b* c_", "Can't find end of Italic entity at byte offset 8"),
        ("![a]", "Custom emoji entity must contain a tg://emoji URL"),
        (">*a\nb*", "Can't find end of Bold entity at byte offset 1"),
        ("a>b", "Character '>' is reserved and must be escaped with the preceding '\\'"),
    ],
)
def test_broken_markdown_v2_is_refused_in_telegrams_words(text: str, sentence: str) -> None:
    assert complaint(text, "MarkdownV2") == sentence


def test_broken_markdown_is_refused_in_telegrams_words() -> None:
    sentence = "Can't find end of the entity starting at byte offset 5"
    assert complaint("€ a_b", "Markdown") == sentence


def test_html_nests_and_names_languages() -> None:
    text, entities = formatted(
        '<b>a <i>b</i></b><pre><code class="language-py">x</code></pre>'
        '<blockquote expandable>q</blockquote> <a href="http://a.bc/d?e&amp;f">l</a>',
        "HTML",
    )

    assert text == "a bxq l"
    assert entities == [
        {"type": "bold", "offset": 0, "length": 3},
        {"type": "italic", "offset": 2, "length": 1},
        {"type": "pre", "offset": 3, "length": 1, "language": "py"},
        {"type": "expandable_blockquote", "offset": 4, "length": 1},
        {"type": "text_link", "offset": 6, "length": 1, "url": "http://a.bc/d?e&f"},
    ]


def test_markdown_v2_knows_quotations_code_and_links() -> None:
    text, entities = formatted(
        ">q\n>r\n```py\nx```[l](http://a.bc) ||s|| ~t~ `a\\`b`", "MarkdownV2"
    )

    assert text == "q\nr\nxl s t a`b"
    assert spans(entities) == [
        ("blockquote", 0, 4),
        ("pre", 4, 1),
        ("text_link", 5, 1),
        ("spoiler", 7, 1),
        ("strikethrough", 9, 1),
        ("code", 11, 3),
    ]


def test_a_quotation_that_ends_in_bars_is_expandable() -> None:
    assert spans(formatted(">a\n>b||", "MarkdownV2")[1]) == [("expandable_blockquote", 0, 3)]


def test_entities_may_not_leave_the_text() -> None:
    with pytest.raises(FormatError, match="outside of the text"):
        formatted("ab", entities=[{"type": "bold", "offset": 1, "length": 2}])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start now", [("bot_command", 0, 6)]),
        ("/start@some_bot", [("bot_command", 0, 15)]),
        ("a/start //b", []),
        ("😀 @someone", [("mention", 3, 8)]),
        ("see https://a.bc/d(e).", [("url", 4, 17)]),
        ("example.com, e.g. 3.14 or 12.11.2026", [("url", 0, 11)]),
        ("mail me@example.com", [("email", 5, 14)]),
        ("#tag #1 a#b", [("hashtag", 0, 4)]),
        ("#标签 好", [("hashtag", 0, 3)]),
        ("$USD $usd", [("cashtag", 0, 4)]),
        ("+1-212-555-0123", [("phone_number", 0, 15)]),
        ("/a " * 200, [("bot_command", 3 * number, 2) for number in range(100)]),
    ],
)
def test_telegram_marks_some_things_by_itself(text: str, expected: list[Any]) -> None:
    assert spans(formatted(text)[1]) == expected


def test_nothing_is_marked_inside_code() -> None:
    assert spans(formatted("<code>/start a.com</code>", "HTML")[1]) == [("code", 0, 12)]


def test_a_text_is_trimmed_and_cleaned_and_its_entities_follow() -> None:
    text, entities = formatted(" \n\0a\r<b>b </b> ", "HTML")

    assert text == "ab"
    assert spans(entities) == [("bold", 1, 1)]


def test_a_style_stops_before_code_and_goes_on_behind_it() -> None:
    _, entities = formatted("<b>a <i><code>c</code> d</i></b>", "HTML")

    assert spans(entities) == [
        ("bold", 0, 2),
        ("code", 2, 1),
        ("bold", 3, 2),
        ("italic", 3, 2),
    ]


def test_neighbours_of_one_style_become_one() -> None:
    assert spans(formatted("<b>a</b><b>b</b>", "HTML")[1]) == [("bold", 0, 2)]


words = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me")),
    min_size=1,
    max_size=6,
).filter(str.isalnum)
pieces = st.lists(st.tuples(st.sampled_from([None, *STYLES]), words | st.just("😀")), min_size=1)


def expected_entities(content: list[tuple[str | None, str]]) -> list[tuple[str, int, int]]:
    offset, expected = 0, []
    for style, word in content:
        if style:
            expected.append((style, offset, units(word)))
        offset += units(word) + 1  # and the space between
    return expected


@given(pieces)
def test_what_is_written_in_html_comes_out_as_it_went_in(
    content: list[tuple[str | None, str]],
) -> None:
    markup = " ".join(
        f"<{STYLES[style][0]}>{html.escape(word)}</{STYLES[style][0]}>" if style else word
        for style, word in content
    )

    text, entities = formatted(markup, "HTML")

    assert text == " ".join(word for _, word in content)
    assert spans(entities) == expected_entities(content)


@given(pieces)
def test_what_is_written_in_markdown_v2_comes_out_as_it_went_in(
    content: list[tuple[str | None, str]],
) -> None:
    markup = " ".join(
        f"{STYLES[style][1]}{word}{STYLES[style][1]}" if style else word for style, word in content
    )

    text, entities = formatted(markup, "MarkdownV2")

    assert text == " ".join(word for _, word in content)
    assert spans(entities) == expected_entities(content)


@given(
    st.text(st.sampled_from("ab <>/&;\"'=*_~`|[]()!>\\\n\r#x1😀tg-spoilercodeprehref"), max_size=60)
)
@pytest.mark.parametrize("parse_mode", ["HTML", "MarkdownV2", "Markdown"])
def test_any_markup_is_read_or_refused_and_entities_lie_in_the_text(
    parse_mode: str, markup: str
) -> None:
    try:
        text, entities = formatted(markup, parse_mode)
    except FormatError:
        return

    assert text == text.strip() or entities
    for entity in entities:
        assert entity["offset"] >= 0
        assert entity["length"] > 0
        assert entity["offset"] + entity["length"] <= units(text)
    assert [entity["offset"] for entity in entities] == sorted(e["offset"] for e in entities)


@given(
    st.text(st.sampled_from("ab 😀\n"), min_size=1, max_size=12),
    st.lists(
        st.tuples(
            st.sampled_from([*STYLES, "code", "pre", "blockquote"]),
            st.integers(0, 12),
            st.integers(0, 12),
        ),
        max_size=6,
    ),
)
def test_no_style_is_left_inside_code(text: str, wanted: list[tuple[str, int, int]]) -> None:
    size = units(text)
    asked = [(kind, min(a, b, size), min(max(a, b), size)) for kind, a, b in wanted]

    _, entities = formatted(
        text, entities=[{"type": kind, "offset": a, "length": b - a} for kind, a, b in asked]
    )

    covered = [(kind, set(range(a, a + length))) for kind, a, length in spans(entities)]
    raw = [span for kind, span in covered if kind in {"code", "pre"}]
    assert not any(span & other for span in raw for kind, other in covered if kind in STYLES)
