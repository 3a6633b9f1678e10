from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.templates import (
    LONGEST,
    NotToldError,
    Templates,
    TextError,
    compile_template,
    digest,
    render,
)
from nlp.templates_file import REQUIRED, TemplatesError, load_templates

NEEDED = "".join(f'[{name}]\nen = "x"\nzh = "x"\n' for name in REQUIRED)
AFTER = 3 * len(REQUIRED) + 1
"""The line behind what is needed."""


def load(text: str) -> Templates:
    return load_templates(NEEDED + text, "templates.toml")


def test_only_variants_whose_variables_are_told_are_drawn() -> None:
    hello = load('[hello]\nen = ["Hello!", "Welcome to {{ shop }}!"]')["hello"]

    untold = {render(hello, "en", {"shop": " "}, seed)[0] for seed in range(50)}
    told = {render(hello, "en", {"shop": "A & B"}, seed)[0] for seed in range(50)}

    assert untold == {"Hello!"}
    assert told == {"Hello!", "Welcome to A & B!"}


def test_a_customer_always_gets_the_same_variant_and_customers_get_different_ones() -> None:
    hello = load('[hello]\nen = ["one", "two", "three"]')["hello"]

    drawn = {seed: render(hello, "en", {}, seed) for seed in range(3_000)}
    again = {seed: render(hello, "en", {}, seed) for seed in range(3_000)}

    assert drawn == again
    assert all(900 < n < 1_100 for n in Counter(text for text, _ in drawn.values()).values())


def test_a_text_that_was_sent_is_known_by_template_language_and_digest() -> None:
    hello = load('[hello]\nen = "{{ shop }}!"')["hello"]

    wording = render(hello, "en", {"shop": "A"}, 0)[1]

    assert (wording.template, wording.language) == ("hello", "en")
    assert wording.digest == digest("{{ shop }}!") != digest("{{ shop }}")


def test_a_template_without_what_it_needs_says_what_is_missing() -> None:
    hours = load('[hours]\nen = ["{{ hours }} {{ phone }}", "{{ hours }}"]')["hours"]

    with pytest.raises(NotToldError, match="lacks hours"):
        render(hours, "en", {}, 0)
    with pytest.raises(NotToldError, match="lacks a text in zh"):
        render(hours, "zh", {"hours": "9-5"}, 0)
    assert hours.lacks("en", {"phone": "1"}) == frozenset({"hours"})
    assert hours.lacks("en", {"hours": "9-5"}) == frozenset()
    assert hours.lacks("zh", {}) is None


def test_a_text_that_comes_out_empty_is_no_answer() -> None:
    odd = load("[odd]\nen = \"{% if hours == 'x' %}open{% endif %}\"")["odd"]

    with pytest.raises(NotToldError):
        render(odd, "en", {"hours": "9-5"}, 0)


def test_a_text_can_do_without_a_variable_that_it_asks_for() -> None:
    away = load('[closed]\nen = "Closed{% if opens %}, we open {{ opens }}{% endif %}."')["closed"]

    assert render(away, "en", {}, 0)[0] == "Closed."
    assert render(away, "en", {"opens": "today at 9:00"}, 0)[0] == "Closed, we open today at 9:00."


def test_a_customers_name_is_said_on_one_short_line() -> None:
    hello = load('[hello]\nen = "Hi {{ customer }}!"')["hello"]

    text, _ = render(hello, "en", {"customer": " Ann\n\u202e{{ shop }}" + "x" * 200}, 0)

    assert text == "Hi Ann {{ shop }}" + "x" * 50 + "!"


def test_links_are_named_once_for_all_texts() -> None:
    templates = load(
        '[links]\nmenu = "https://shop.example/menu"\n[m]\nen = "See {{ links.menu }}"'
    )

    assert render(templates["m"], "en", {}, 0)[0] == "See https://shop.example/menu"
    assert templates.links == {"menu": "https://shop.example/menu"}


def test_an_owners_texts_stand_over_the_starter_set_language_by_language() -> None:
    base = load('[bye]\nen = "Bye"\nzh = "再见"\n[hi]\nen = "Hi"')

    templates = load_templates('[bye]\nen = ["Ciao"]', "templates.toml", base)

    assert render(templates["bye"], "en", {}, 0)[0] == "Ciao"
    assert render(templates["bye"], "zh", {}, 0)[0] == "再见"
    assert templates["hi"] == base["hi"]


@given(
    st.text(st.characters(), min_size=1).filter(lambda told: told.isprintable() and told.strip())
)
def test_a_value_is_never_code_and_never_too_long(told: str) -> None:
    hours = load('[hours]\nen = "Open: {{ hours }}"')["hours"]

    text, _ = render(hours, "en", {"hours": told * 1000}, 0)
    code, _ = render(hours, "en", {"hours": "{{ 7*7 }}"}, 0)

    assert 1 <= len(text.encode("utf-16-le")) // 2 <= LONGEST
    assert code == "Open: {{ 7*7 }}"


BAD = [
    ("{{ colour }}", "unknown variable colour; known are address"),
    ("{{ our }}", "unknown variable our; did you mean 'hours'"),
    ("{{ hours }} {{ x }} {{ y }}", "unknown variable x, y"),
    ("{{ links.menu }}", "unknown link menu; known are none"),
    ("{{ links }}", "unknown variable links"),
    ("{{ range(9) }}", "no call"),
    ("{{ 'x' * 1000000000 }}", "no mul"),
    ("{% for i in hours %}x{% endfor %}", "no for"),
    ("{{ hours|replace('a', 'b') }}", "cannot be filled in"),
    ("{{ shop", "cannot be filled in"),
    ("{{ shop.__class__ }}", "only links have parts such as .__class__"),
    ("{# nothing #}", "a text is empty"),
    ("a\ud800", "cannot be filled in"),
    ("x" * 4097, "longer than the 4096 characters"),
]


@pytest.mark.parametrize(("text", "reason"), BAD)
def test_a_text_that_cannot_be_sent_is_refused(text: str, reason: str) -> None:
    with pytest.raises(TextError, match=reason):
        compile_template("answer", {"en": text})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[a]\nen = "{{ colour }}"', rf"line {AFTER}: \[a\] unknown variable colour"),
        ('[a]\nfr = "oui"', "unknown language 'fr'"),
        ("[a]\nen = []", "must be a text or a list"),
        ("[a]\nen = [1]", "1 is not a text"),
        ("[a]", "must be a table"),
        ("[a\n", f"line {AFTER}: "),
        ("[links]\nmenu = 1", rf"line {AFTER}: \[links\] menu must be an address"),
        ('[links]\nMenu = "x"', "a link's name is made of"),
    ],
)
def test_a_bad_file_is_refused_with_file_line_and_reason(text: str, reason: str) -> None:
    with pytest.raises(TemplatesError, match=reason):
        load(text)


@pytest.mark.parametrize("name", REQUIRED)
def test_what_the_bot_needs_must_be_there_without_variables(name: str) -> None:
    without = NEEDED.replace(f'[{name}]\nen = "x"', f'[{name}]\nen = "{{{{ shop }}}}"')

    with pytest.raises(TemplatesError, match=rf"\[{name}\] needs a text without variables in 'en'"):
        load_templates(without, "templates.toml")
    with pytest.raises(TemplatesError, match=REQUIRED[0]):
        load_templates("", "templates.toml")
