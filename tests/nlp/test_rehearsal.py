"""What a changed playbook would do with messages that were written before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.playbook import Playbook, Situation
from nlp.rehearsal import AT_ONCE, compare
from nlp.replies import choose_reply
from nlp.rules_file import load_rules
from nlp.sentiment import Sentiment
from nlp.starter import starter_templates

NOON = Situation(at=dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC), fallback_language="en")
RULES = """
[[rule]]
name = "{name}"
action = "{action}"
template = "thanks"
{more}
keywords.en = ["{keyword}"]
"""


class Calm:
    """Finds everything neutral, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def __call__(self, message: str, language: str) -> Sentiment:
        self.asked.append((message, language))
        return Sentiment("neutral", 0.1, 0.8, 0.1)

    def many(self, messages: Sequence[tuple[str, str]]) -> list[Sentiment]:
        return [self(*message) for message in messages]


def playbook(keyword: str, *, name: str = "a", action: str = "reply", more: str = "") -> Playbook:
    templates = starter_templates()
    text = RULES.format(keyword=keyword, name=name, action=action, more=more)
    return Playbook(rules=load_rules(text, "rules.toml", templates), templates=templates)


def asked(*messages: str) -> list[tuple[str, Situation]]:
    return [(message, NOON) for message in messages]


@given(st.lists(st.text()))
@settings(deadline=None)  # the first call loads what tells languages apart
def test_each_message_gets_what_choose_reply_gives_it(messages: list[str]) -> None:
    before, after = playbook("parcel"), playbook("invoice")

    compared = list(compare(asked(*messages), before=before, after=after, sentiment=Calm()))

    for message, each in zip(messages, compared, strict=True):
        for chosen, under in [(each.before, before), (each.after, after)]:
            assert chosen == choose_reply(message, playbook=under, sentiment=Calm(), situation=NOON)


def test_the_same_playbook_makes_no_difference() -> None:
    same = playbook("parcel")

    compared = compare(asked("My parcel?", "Hi", ""), before=same, after=same, sentiment=Calm())

    assert [each.is_one for each in compared] == [False, False, False]


def test_a_changed_rule_makes_a_difference_only_where_it_matters() -> None:
    compared = list(
        compare(
            asked("The invoice, please", "The parcel, please", "Hi"),
            before=playbook("parcel"),
            after=playbook("invoice"),
            sentiment=Calm(),
        )
    )

    assert [each.is_one for each in compared] == [True, True, False]
    assert [(each.before.handoff, each.after.handoff) for each in compared[:2]] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"action": "handoff"},
        {"more": 'labels = ["parcels"]'},
        {"more": 'follow_up = { after = "2h", template = "thanks" }'},
    ],
)
def test_whatever_customer_or_owner_would_notice_is_a_difference(changed: dict[str, str]) -> None:
    [each] = compare(
        asked("My parcel?"),
        before=playbook("parcel"),
        after=playbook("parcel", **changed),
        sentiment=Calm(),
    )

    assert each.is_one


def test_another_name_of_a_rule_is_noticed_by_nobody() -> None:
    [each] = compare(
        asked("My parcel?"),
        before=playbook("parcel"),
        after=playbook("parcel", name="b"),
        sentiment=Calm(),
    )

    assert not each.is_one


def test_a_message_is_judged_once_for_both_playbooks() -> None:
    calm = Calm()

    list(
        compare(
            asked("My parcel?", "包裹呢？"),
            before=playbook("parcel"),
            after=playbook("invoice"),
            sentiment=calm,
        )
    )

    assert calm.asked == [("My parcel?", "en"), ("包裹呢？", "zh")]


def test_a_long_list_is_read_only_as_far_as_it_is_looked_at() -> None:
    n_read = 0

    def endless() -> Iterator[tuple[str, Situation]]:
        nonlocal n_read
        while True:
            n_read += 1
            yield "Hi", NOON

    same = playbook("parcel")

    next(compare(endless(), before=same, after=same, sentiment=Calm()))

    assert n_read == AT_ONCE


def test_every_message_is_met_in_its_own_situation() -> None:
    by_night = playbook("parcel", more='hours = ["20:00-06:00"]')
    night = replace(NOON, at=NOON.at + dt.timedelta(hours=10))

    compared = compare(
        [("My parcel?", NOON), ("My parcel?", night)],
        before=playbook("invoice"),
        after=by_night,
        sentiment=Calm(),
    )

    assert [each.is_one for each in compared] == [False, True]
