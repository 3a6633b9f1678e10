import pytest

from nlp.folding import fold
from nlp.rules import Rule, RulesError, first_match, load_rules
from nlp.sentiment import Label

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


def match(
    rules: tuple[Rule, ...],
    message: str,
    *,
    sentiment: Label = "neutral",
    first_message: bool = False,
) -> str | None:
    rule = first_match(
        rules, fold(message), language="en", sentiment=sentiment, first_message=first_message
    )
    return rule.name if rule else None


def test_the_highest_priority_that_matches_wins() -> None:
    rules = load_rules(TWO, "rules.toml", ["hello", "hours"])

    assert match(rules, "hi") == "greeting"
    assert match(rules, "hi, are you open?") == "hours"
    assert match(rules, "something else") is None


def test_every_condition_must_hold() -> None:
    rules = load_rules(
        """
        [[rule]]
        name = "welcome"
        action = "handoff"
        first_message = true
        sentiment = "positive"
        """,
        "rules.toml",
        [],
    )

    assert match(rules, "x", sentiment="positive", first_message=True) == "welcome"
    assert match(rules, "x", sentiment="neutral", first_message=True) is None
    assert match(rules, "x", sentiment="positive", first_message=False) is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('colour = "red"', "unknown key 'colour'"),
        ('action = "shout"', "action must be one of reply, handoff, silent"),
        ('template = "nothing"', "unknown template 'nothing'"),
        ('sentiment = "furious"', "sentiment must be one of"),
        ('language = "tlh"', "language must be one of en, zh"),
        ('priority = "high"', "priority must be a whole number"),
        ('reason = "unhappy"', "only a rule that hands off has a reason"),
        ("keywords.en = []", "keywords are empty"),
        ('keywords.fr = ["oui"]', "unknown language 'fr'"),
        ('keywords.en = "hi"', "must be a list of words"),
        ('keywords.en = ["*"]', "nothing to look for"),
        ('name = "hours"', "another rule of this name"),
    ],
)
def test_a_bad_rule_is_refused_with_file_line_and_reason(line: str, reason: str) -> None:
    rule = {"name": '"bad"', "action": '"reply"', "template": '"hello"', "keywords.en": '["x"]'}
    key, value = line.split(" = ")
    if key.startswith("keywords"):
        del rule["keywords.en"]
    rule[key] = value
    text = TWO + "[[rule]]\n" + "\n".join(f"{k} = {v}" for k, v in rule.items())

    with pytest.raises(RulesError, match=reason) as caught:
        load_rules(text, "my rules.toml", ["hello", "hours"])

    assert str(caught.value).startswith("my rules.toml, line 15: rule ")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[rule]\n", "line 1"),
        ("rules = 1", "only .*rule.* tables"),
        ('[[rule]]\naction = "silent"\nlanguage = "en"', "needs a name and an action"),
        ('[[rule]]\nname = "all"\naction = "silent"', "needs a condition"),
        ('[[rule]]\nname = "x"\naction = "reply"\nlanguage = "en"', "needs a template"),
        ("rule = [1]", "only .*rule.* tables"),
    ],
)
def test_an_incomplete_file_is_refused(text: str, reason: str) -> None:
    with pytest.raises(RulesError, match=reason):
        load_rules(text, "rules.toml", [])
