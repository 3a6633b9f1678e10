from random import Random

import pytest

from nlp.language import LANGUAGES
from nlp.replies import choose_reply
from nlp.rules import Rule
from nlp.sentiment import LexiconSentiment
from nlp.starter import starter_rules, starter_templates
from nlp.templates import VARIABLES, render

RANDOM = Random(0)  # noqa: S311
TEMPLATES = starter_templates()
RULES = starter_rules(TEMPLATES)


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_starter_template_has_a_text_in_each_language(name: str, language: str) -> None:
    assert render(TEMPLATES[name], language, dict.fromkeys(VARIABLES, "told"), RANDOM)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_starter_rule_has_keywords_in_each_language(rule: Rule) -> None:
    assert rule.keywords
    assert set(rule.keywords.by_language) == set(LANGUAGES)


def test_every_starter_template_is_used() -> None:
    used = {rule.template for rule in RULES} | {"passed_on", "sorry", "suggestion"}

    assert set(TEMPLATES) <= used


@pytest.mark.parametrize(
    ("message", "rule"),
    [
        ("no complaints, great service!", "no_complaint"),
        ("我不是来投诉的", "no_complaint"),
        ("我要投诉", "complaint"),
        ("no thanks", "no_thanks"),
        ("ok", "fine"),
        ("never mind, found it", "fine"),
        ("好的", "fine"),
        ("ok thanks", "thanks"),
        ("谢谢你们的帮忙", "thanks"),
    ],
)
def test_small_talk_is_taken_for_what_it_is(message: str, rule: str) -> None:
    assert rule_of(message) == rule


@pytest.mark.parametrize("message", ["你们真行", "帮忙", "附近有停车场吗"])
def test_what_no_rule_answers_goes_to_a_person(message: str) -> None:
    assert rule_of(message) is None


def rule_of(message: str) -> str | None:
    return choose_reply(
        message,
        rules=RULES,
        templates=TEMPLATES,
        sentiment=LexiconSentiment(),
        values=dict.fromkeys(VARIABLES, "told"),
        fallback_language="en",
        first_message=False,
        random=RANDOM,
    ).rule
