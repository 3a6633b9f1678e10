from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.templates import (
    LONGEST,
    REQUIRED,
    NotToldError,
    Templates,
    TemplatesError,
    load_templates,
    render,
)

RANDOM = Random(0)  # noqa: S311
NEEDED = "".join(f'[{name}]\nen = "x"\nzh = "x"\n' for name in REQUIRED)


def load(text: str) -> Templates:
    return load_templates(NEEDED + text, "templates.toml")


def test_only_variants_whose_variables_are_told_are_drawn() -> None:
    hello = load('[hello]\nen = ["Hello!", "Welcome to {{ shop }}!"]')["hello"]

    untold = {render(hello, "en", {"shop": " "}, RANDOM) for _ in range(50)}
    told = {render(hello, "en", {"shop": "A & B"}, RANDOM) for _ in range(50)}

    assert untold == {"Hello!"}
    assert told == {"Hello!", "Welcome to A & B!"}


def test_a_template_without_what_it_needs_says_what_is_missing() -> None:
    hours = load('[hours]\nen = "{{ hours }}"')["hours"]

    with pytest.raises(NotToldError, match="lacks hours"):
        render(hours, "en", {}, RANDOM)
    with pytest.raises(NotToldError, match="lacks a text in 'zh'"):
        render(hours, "zh", {"hours": "9-5"}, RANDOM)


def test_a_text_that_comes_out_empty_is_no_answer() -> None:
    odd = load("[odd]\nen = \"{% if hours == 'x' %}open{% endif %}\"")["odd"]

    with pytest.raises(NotToldError):
        render(odd, "en", {"hours": "9-5"}, RANDOM)


@given(
    st.text(st.characters(), min_size=1).filter(lambda told: told.isprintable() and told.strip())
)
def test_a_value_is_never_code_and_never_too_long(told: str) -> None:
    hours = load('[hours]\nen = "Open: {{ hours }}"')["hours"]

    text = render(hours, "en", {"hours": told * 1000}, RANDOM)
    code = render(hours, "en", {"hours": "{{ 7*7 }}"}, RANDOM)

    assert 1 <= len(text.encode("utf-16-le")) // 2 <= LONGEST
    assert code == "Open: {{ 7*7 }}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[a]\nen = "{{ colour }}"', r"line 10: \[a\] unknown variable colour; known are address"),
        ('[a]\nen = "{{ range(9) }}"', "unknown variable range"),
        ('[a]\nen = "{{ shop"', "cannot be filled in"),
        ('[a]\nen = "{{ shop.__class__ }}"', "cannot be filled in"),
        ('[a]\nen = "{# nothing #}"', "a text is empty"),
        ('[a]\nfr = "oui"', "unknown language 'fr'"),
        ("[a]\nen = []", "must be a text or a list"),
        ("[a]\nen = [1]", "1 is not a text"),
        ("[a]", "must be a table"),
        ("[a\n", "line 10"),
    ],
)
def test_a_bad_template_is_refused_with_file_line_and_reason(text: str, reason: str) -> None:
    with pytest.raises(TemplatesError, match=reason):
        load(text)


@pytest.mark.parametrize("name", REQUIRED)
def test_what_every_handoff_needs_must_be_there_without_variables(name: str) -> None:
    without = NEEDED.replace(f'[{name}]\nen = "x"', f'[{name}]\nen = "{{{{ shop }}}}"')

    with pytest.raises(TemplatesError, match=rf"\[{name}\] needs a text without variables in 'en'"):
        load_templates(without, "templates.toml")
    with pytest.raises(TemplatesError, match="passed_on"):
        load_templates("", "templates.toml")
