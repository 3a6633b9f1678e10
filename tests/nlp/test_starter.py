import datetime as dt

import pytest

from nlp.built_in import BuiltInSentiment
from nlp.language import LANGUAGES
from nlp.playbook import Playbook, Situation
from nlp.replies import choose_reply
from nlp.rules import Rule
from nlp.starter import starter_rules, starter_templates
from nlp.templates import VARIABLES, render
from nlp.templates_file import REQUIRED

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
TEMPLATES = starter_templates()
RULES = starter_rules(TEMPLATES)
SENTIMENT = BuiltInSentiment()


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_starter_template_has_a_text_in_each_language(name: str, language: str) -> None:
    assert render(TEMPLATES[name], language, dict.fromkeys(VARIABLES, "told"), 0)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_starter_rule_has_keywords_in_each_language(rule: Rule) -> None:
    assert rule.keywords
    assert set(rule.keywords.by_language) == set(LANGUAGES)


def test_every_starter_template_is_used() -> None:
    used = {rule.template for rule in RULES if rule.template} | {*REQUIRED}
    used |= {rule.follow_up.template for rule in RULES if rule.follow_up}

    assert set(TEMPLATES) == used


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


@pytest.mark.parametrize(
    ("message", "rule"),
    [
        ("Is it broken?", "condition"),
        ("it came broken", "damaged"),
        ("Is the soup gluten free?", "allergens"),
        ("我对花生过敏，能吃吗", "allergens"),
        ("Do you run this in size 42? Does it run small?", "size"),
        ("这件多大码合适", "size"),
        ("Do you have gift cards?", "gift"),
        ("想送礼，有礼盒吗", "gift"),
        ("Is the pottery class suitable for beginners?", "course"),
        ("零基础可以学吗", "course"),
        ("Do you offer workshops for teams?", "services"),
        ("你们有哪些服务", "services"),
        ("I left my umbrella at your place", "lost_property"),
        ("我的包落在店里了", "lost_property"),
        ("I forgot my password", "account"),
    ],
)
def test_shops_restaurants_classes_and_consultants_find_their_questions(
    message: str, rule: str
) -> None:
    assert rule_of(message) == rule


def test_what_the_starter_set_says_about_a_topic_gives_way_to_what_is_taught() -> None:
    not_topics = {rule.name for rule in RULES if not rule.unless_taught}

    assert not_topics == {
        "bot", "bye", "complaint", "fine", "greeting", "human", "no_complaint", "no_thanks",
        "praise", "thanks",
    }  # fmt: skip


@pytest.mark.parametrize("message", ["你们真行", "帮忙", "附近有停车场吗"])
def test_what_no_rule_answers_goes_to_a_person(message: str) -> None:
    assert rule_of(message) is None


def rule_of(message: str) -> str | None:
    return choose_reply(
        message,
        playbook=Playbook(
            rules=RULES, templates=TEMPLATES, values=dict.fromkeys(VARIABLES, "told")
        ),
        sentiment=SENTIMENT,
        situation=Situation(at=NOON, fallback_language="en"),
    ).rule
