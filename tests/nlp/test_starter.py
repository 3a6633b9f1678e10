from random import Random

import pytest

from nlp.language import LANGUAGES
from nlp.rules import Rule
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
