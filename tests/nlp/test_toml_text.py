import pytest

from nlp.toml_text import FileError, decode, one_of, parse


@pytest.mark.parametrize(
    ("data", "line"),
    [("a = '中'".encode("gbk"), 1), ("a = 1\nb = 'é'".encode("latin-1"), 2), (b"\xff\xfea\0", 1)],
)
def test_a_file_that_is_not_utf_8_is_refused_with_its_line(data: bytes, line: int) -> None:
    with pytest.raises(FileError, match=f"^rules.toml, line {line}: this is not UTF-8; save"):
        decode(data, "rules.toml")


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert decode("a = '中'".encode("utf-8-sig"), "x") == "a = '中'"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a = 1\na = 2\n", "x, line 2: cannot overwrite a value"),
        ("a = 1\nb = '\n\n", "x, line 2: "),
        ("\na = 1, 2", "x, line 2: expected newline"),
        ("a = " + "[" * 10_000, "x: brackets are nested too deeply"),
        ("a = " + "9" * 5_000, "x, line 1: "),
    ],
)
def test_broken_toml_is_refused_with_file_line_and_reason(text: str, reason: str) -> None:
    with pytest.raises(FileError) as caught:
        parse(text, "x")

    assert str(caught.value).startswith(reason)


def test_a_name_that_is_nearly_right_is_put_right() -> None:
    assert one_of("keyword", ["name", "keywords"]) == "did you mean 'keywords'?"
    assert one_of("colour", ["name", "keywords"]) == "known are name, keywords"
