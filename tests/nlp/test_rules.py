import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.folding import clean, fold
from nlp.rules import Case, FollowUp, Rule, first_match
from nlp.rules_file import MOST_RULES, RulesError, load_rules

TEMPLATES = ["hello", "hours", "did_that_help"]
TWO = """
[[rule]]
name = "greeting"
priority = 1
action = "reply"
template = "hello"
keywords.en = ["hi"]

[[rule]]
name = "hours"
action = "reply"
template = "hours"
keywords.en = ["open"]
keywords.zh = ["几点"]
"""


def load(text: str) -> tuple[Rule, ...]:
    return load_rules(text, "rules.toml", TEMPLATES)


def one(conditions: str) -> Rule:
    [rule] = load(f'[[rule]]\nname = "one"\naction = "handoff"\n{conditions}')
    return rule


def case(message: str = "x", **known: Any) -> Case:
    usual = Case(text=clean(message), folded=fold(message), language="en", sentiment="neutral")
    return replace(usual, **known)


def names(rules: tuple[Rule, ...], message: str) -> tuple[str | None, tuple[str, ...]]:
    rule, labels = first_match(rules, case(message))
    return rule.name if rule else None, labels


def test_the_highest_priority_that_matches_wins() -> None:
    rules = load(TWO)

    assert names(rules, "hi") == ("greeting", ())
    assert names(rules, "hi, are you open?") == ("hours", ())
    assert names(rules, "something else") == (None, ())


def test_a_label_is_put_on_and_the_next_rules_have_their_turn() -> None:
    label = '[[rule]]\nname = "{0}"\naction = "label"\nlabels = {1}\npriority = {2}\n{3}\n'
    rules = load(
        TWO
        + label.format("vip", '["vip", "first"]', 99, 'segment = ["loyal"]')
        + label.format("open", '"opening"', 98, 'keywords.en = ["open"]')
        + label.format("late", '"late"', 2, 'keywords.en = ["open"]')
    )

    assert names(rules, "are you open") == ("hours", ("opening",))


def test_a_rule_that_is_switched_off_matches_nothing() -> None:
    rules = load(TWO.replace('name = "hours"', 'name = "hours"\non = false'))

    assert names(rules, "hi, are you open?") == ("greeting", ())
    assert len(rules) == 2


@pytest.mark.parametrize(
    ("conditions", "met", "unmet"),
    [
        ('language = "zh"', {"language": "zh"}, {"language": "en"}),
        ('sentiment = "positive"', {"sentiment": "positive"}, {"sentiment": "unsure"}),
        (
            'sentiment = ["positive", "unsure"]',
            {"sentiment": "unsure"},
            {"sentiment": "neutral"},
        ),
        ("abusive = true", {"abusive": True}, {"abusive": False}),
        ("first_message = false", {"first_message": False}, {"first_message": True}),
        ('chat = ["private", "comment"]', {"chat": "comment"}, {"chat": "business"}),
        ('segment = "loyal"', {"segment": "loyal"}, {"segment": None}),
        ('hours = "18:00-22:00"', {"minute": 18 * 60}, {"minute": 22 * 60}),
        ('hours = ["08:00-09:00", "22:00-02:00"]', {"minute": 119}, {"minute": 120}),
        ('hours = ["22:00-02:00"]', {"minute": 23 * 60}, {"minute": 12 * 60}),
        ("open = false", {"is_open": False}, {"is_open": True}),
        ("open = true", {"is_open": True}, {"is_open": None}),
        ("open = false", {"is_open": False}, {"is_open": None}),
        (
            'language = "en"\nunless_taught = true',
            {"taught": False},
            {"taught": True},
        ),
    ],
)
def test_each_condition_must_hold(
    conditions: str, met: dict[str, Any], unmet: dict[str, Any]
) -> None:
    rule = one(conditions)

    assert rule.matches(case(**met))
    assert not rule.matches(case(**unmet))


def test_what_is_not_met_is_named() -> None:
    rule = one('language = "zh"\nkeywords.en = ["refund"]\nquestion = true\nregex = "b+"')

    assert list(rule.unmet(case("it is only a statement of mine"))) == [
        "language",
        "keywords",
        "regex",
        "question",
    ]


def test_a_regular_expression_looks_at_the_message_as_it_is_written() -> None:
    rule = one(r"""regex = '\border\s+#?[0-9]{4,6}\b'""")

    assert rule.matches(case("Where is ORDER #12345?"))
    assert not rule.matches(case("order 12"))
    assert rule.regex
    assert rule.regex.pattern == r"\border\s+#?[0-9]{4,6}\b"


def test_no_regular_expression_can_hang_the_bot() -> None:
    rule = one(r"regex = '^(([a-z])+.)+[A-Z]([a-z])+$|(x+x+)+y|(.*)*\d$'")
    message = case("x" * 100_000)

    started = time.process_time()
    rule.matches(message)

    assert time.process_time() - started < 0.1


def test_a_rule_may_ask_for_a_follow_up() -> None:
    rule = one('language = "en"\nfollow_up = { after = "2h", template = "did_that_help" }')

    assert isinstance(rule.follow_up, FollowUp)
    assert (rule.follow_up.after.total_seconds(), rule.follow_up.template) == (
        7200,
        "did_that_help",
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('colour = "red"', "unknown key 'colour'; known are name, action"),
        ('keyword = "red"', "unknown key 'keyword'; did you mean 'keywords'"),
        ('action = "shout"', "action must be one of reply, handoff, label, silent"),
        ('template = "helo"', "unknown template 'helo'; did you mean 'hello'"),
        ("template = 1", "template must be a text in quotes, not 1"),
        ('template = "hello"\naction = "silent"', "silent sends no template"),
        ('sentiment = "furious"', "sentiment must be one of"),
        ("sentiment = []", "sentiment must be a text or a list of texts"),
        ('sentiment = "negative"', "an unhappy customer always goes to you"),
        ("abusive = true", "abuse is never replied to"),
        ('language = "tlh"', "language must be one of en, zh"),
        ('priority = "high"', "priority must be a whole number"),
        ("priority = true", "priority must be a whole number"),
        ("question = 1", "question must be true or false"),
        ('chat = "comment"', "comments are public and never replied to"),
        ('chat = "group"', "chat must be one of private, business, comment"),
        ('hours = "18-22"', 'hours must be such as "18:00-22:00"'),
        ('hours = ["09:00-09:00"]', 'hours must be such as "18:00-22:00"'),
        ('labels = ["a,b"]', "no comma"),
        ('reason = "unhappy"', "only a rule that hands off has a reason"),
        ('follow_up = "2h"', "follow_up must be"),
        ('follow_up = { after = "soon", template = "hello" }', "after must be such as"),
        ('follow_up = { after = "90d", template = "hello" }', "30 days at most"),
        ('follow_up = { after = "2h", template = "no" }', "unknown template 'no'"),
        ("keywords.en = []", "keywords are empty"),
        ('keywords = ["hi"]', "keywords go by language"),
        ('keywords.fr = ["oui"]', "unknown language 'fr'"),
        ('keywords.en = "hi"', "must be a list of words"),
        ('keywords.en = ["*"]', "nothing to look for"),
        ('regex = "(?<=a)b"', "invalid perl operator: .*; looking ahead or behind"),
        (r"regex = '(a)\1'", r"invalid escape sequence: \\1; looking ahead"),
        ('regex = "a(b"', "missing "),
        (r"regex = '(\pL{100}){10}'", "cannot be used"),
        ('regex = "a*"', "fits every message"),
        ('name = "hours"', "another rule of this name"),
        ("name = 7", "name must be a text in quotes, not 7"),
    ],
)
def test_a_bad_rule_is_refused_with_file_line_and_reason(line: str, reason: str) -> None:
    rule = {"name": '"bad"', "action": '"reply"', "template": '"hello"', "keywords.en": '["x"]'}
    for written in line.split("\n"):
        key, value = written.split(" = ", 1)
        if key.startswith("keywords"):
            del rule["keywords.en"]
        rule.pop(key, None)
        rule[key] = value
    wrong = [*rule].index(line.split(" = ", 1)[0])
    text = TWO + "[[rule]]\n" + "\n".join(f"{k} = {v}" for k, v in rule.items())

    with pytest.raises(RulesError, match=reason) as caught:
        load_rules(text, "my rules.toml", TEMPLATES)

    assert str(caught.value).startswith(f"my rules.toml, line {16 + wrong}: rule ")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[rule]\n", "line 1: expected"),
        ("[[rule]]\nname = 'a\n", "line 2: "),
        ("[[rule]]\r\nname = 'a'\r\nname = 'b'\r\n", "line 3: cannot overwrite a value"),
        ("\n\nrules = 1", "line 3: only .*rule.* tables"),
        ("\ufeff[[rule]]\r\nlanguage = 1", "line 1: rule 'number 1': needs a name"),
        ('[[rule]]\naction = "silent"\nlanguage = "en"', "needs a name and an action"),
        ('[[rule]]\nname = "all"\naction = "silent"', "needs a condition"),
        ('[[rule]]\nname = "x"\naction = "reply"\nlanguage = "en"', "needs a template"),
        ('[[rule]]\nname = "x"\naction = "label"\nlanguage = "en"', "needs labels"),
        ('[[rule]]\nname = "x"\naction = "silent"\nalone = true\nopen = true', "there are none"),
        ("rule = [1]", "only .*rule.* tables"),
        ("[rule]\nname = 1", "only .*rule.* tables"),
    ],
)
def test_an_incomplete_file_is_refused(text: str, reason: str) -> None:
    with pytest.raises(RulesError, match=reason):
        load(text)


def test_ten_thousand_rules_are_refused_at_once_and_a_thousand_are_walked_quickly() -> None:
    rule = '[[rule]]\nname = "rule {0}"\naction = "silent"\nregex = "word{0}"\n'

    with pytest.raises(RulesError, match="10000 rules are more than 1000"):
        load("".join(rule.format(n) for n in range(10_000)))
    rules = load("".join(rule.format(n) for n in range(MOST_RULES)))
    started = time.process_time()
    first_match(rules, case("hello there"))

    assert time.process_time() - started < 0.1


@given(st.text())
def test_a_file_of_any_text_is_read_or_refused(text: str) -> None:
    with suppress(RulesError):
        assert isinstance(load(text), tuple)
