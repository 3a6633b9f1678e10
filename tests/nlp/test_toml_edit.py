from itertools import pairwise

import pytest

from nlp.rules import Rule
from nlp.rules_file import load_rules
from nlp.starter import starter_rules, starter_templates, starter_text
from nlp.templates_file import load_templates
from nlp.toml_edit import (
    EditError,
    drop_rule,
    exchange_rules,
    rule_table,
    set_rule,
    set_template,
)

TEMPLATES = starter_templates()
STARTER = starter_text("rules.toml")
TWO = """# mine

[[rule]]  # the first
name = "a"
priority = 60
action = "silent"
# English only
keywords.en = ["x",  "y"]  # two

# ---- the rest

[[rule]]
name = "b"
action = "silent"
language = "en"
"""


def names(text: str) -> list[str]:
    return [rule.name for rule in load(text)]


def load(text: str) -> tuple[Rule, ...]:
    return load_rules(text, "rules.toml", TEMPLATES)


def test_a_change_touches_the_lines_it_is_about_and_no_other() -> None:
    table = rule_table(TWO, "a")

    changed = set_rule(TWO, {**table, "on": False, "keywords": {"en": ["x"], "zh": ["你"]}})

    assert changed == TWO.replace(
        'keywords.en = ["x",  "y"]  # two\n',
        'keywords.en = ["x"]  # two\nkeywords.zh = ["你"]\non = false\n',
    )
    assert rule_table(changed, "a")["on"] is False


def test_what_is_left_out_of_a_rule_goes() -> None:
    changed = set_rule(TWO, {"name": "a", "action": "silent", "language": "zh"})

    assert "keywords" not in changed
    assert "priority = 60" not in changed
    assert "# ---- the rest" in changed


def test_a_new_rule_comes_last_and_is_what_was_asked_for() -> None:
    table = {
        "name": "new",
        "priority": 70,
        "action": "reply",
        "template": "hours",
        "keywords": {"en": ['say "hi"'], "zh": ["你"]},
        "labels": ["x"],
        "follow_up": {"after": "2h", "template": "hours"},
    }

    changed = set_rule(TWO, table)

    assert changed.startswith(TWO)
    assert rule_table(changed, "new") == table
    assert names(changed) == ["new", "a", "b"]
    assert rule_table(set_rule("", table), "new") == table


def test_a_rule_is_taken_out_and_the_comments_stay() -> None:
    assert names(drop_rule(TWO, "a")) == ["b"]
    assert "# ---- the rest" in drop_rule(TWO, "a")
    assert names(drop_rule(TWO, "b")) == ["a"]
    assert names(drop_rule(drop_rule(TWO, "a"), "b")) == []


def test_two_rules_take_each_others_turn_and_the_others_keep_theirs() -> None:
    pairs = list(pairwise(rule.name for rule in starter_rules(TEMPLATES)))
    for above, below in pairs[::8]:
        order = names(STARTER)
        at = order.index(above)
        order[at : at + 2] = [below, above]

        changed = exchange_rules(STARTER, above, below)

        assert names(changed) == order
        assert {r.name: r.keywords for r in load(changed)} == {
            r.name: r.keywords for r in load(STARTER)
        }


def test_a_rule_that_is_gone_cannot_be_changed() -> None:
    with pytest.raises(EditError, match="there is no rule 'c'"):
        drop_rule(TWO, "c")


def test_a_file_in_which_rules_cannot_be_told_apart_is_left_alone() -> None:
    odd = TWO + 'template = """\n[[rule]]\n"""\n'

    with pytest.raises(EditError, match="only you can change"):
        drop_rule(odd, "a")


def test_the_texts_of_a_template_are_written_and_comments_stay() -> None:
    text = '# mine\n[bye]  # short\nen = ["Bye"]\nzh = "再见"\n'

    changed = set_template(text, "bye", {"en": ["Bye!", "{{ shop }} says: bye"], "zh": []})
    added = set_template("", "hi", {"en": ["Hi"]})

    assert changed.startswith("# mine\n[bye]  # short\n")
    templates = load_templates(changed, "templates.toml", TEMPLATES)
    assert [each.text for each in templates["bye"].variants["en"]] == [
        "Bye!",
        "{{ shop }} says: bye",
    ]
    assert load_templates(added, "templates.toml", TEMPLATES)["hi"].variants["en"][0].text == "Hi"
    assert "hi" not in set_template(added, "hi", {"en": []})
