"""Rules in words, and what they come to."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.when import NoRuleError, RuleError, read_rule, rule_in_words
from scheduler.recurrence import WEEKDAYS, CrontabError, Rule

BERLIN = ZoneInfo("Europe/Berlin")
NOW = dt.datetime(2026, 11, 23, 12, 0, 30, tzinfo=dt.UTC)  # a Monday, 13:00:30 in Berlin
MON_TO_FRI = "mon,tue,wed,thu,fri"


@pytest.mark.parametrize(
    ("text", "crontab"),
    [
        ("every monday at 9 Hi", "0 9 * * mon"),
        ("Every Monday 9: Hi", "0 9 * * mon"),
        ("every monday 9 Hi", "0 9 * * mon"),
        ("every\nmonday\nat 9\nHi", "0 9 * * mon"),
        ("at 9 every monday Hi", "0 9 * * mon"),
        ("9:30 every monday Hi", "30 9 * * mon"),
        ("mondays and thursdays at 9am Hi", "0 9 * * mon,thu"),
        ("every mon, wed and fri at noon Hi", "0 12 * * mon,wed,fri"),
        ("every friday to monday at 9 Hi", "0 9 * * mon,fri,sat,sun"),
        ("every week on tuesday at 9 Hi", "0 9 * * tue"),
        ("every monday evening at 8 Hi", "0 20 * * mon"),
        ("every sunday at 7 in the evening Hi", "0 19 * * sun"),
        ("every weekday at 18:30 Hi", f"30 18 * * {MON_TO_FRI}"),
        ("every weekend at 12 pm Hi", "0 12 * * sat,sun"),
        ("daily 8.15 Hi", "15 8 * * *"),
        ("every day at 9 o'clock Hi", "0 9 * * *"),
        ("every morning at 9 Hi", "0 9 * * *"),
        ("every day at 8:00 and 20:00 Hi", "0 8,20 * * *"),
        ("every day at 8, 12 and 20 Hi", "0 8,12,20 * * *"),
        ("every day at 9:00 and 9:30 Hi", "0,30 9 * * *"),
        ("every first monday at 9 Hi", "0 9 * * mon#1"),
        ("every first Monday of the month at 9 Hi", "0 9 * * mon#1"),
        ("on the second and fourth monday of every month at 9 Hi", "0 9 * * mon#2,mon#4"),
        ("every last friday 17:00 Hi", "0 17 * * fril"),
        ("on the 1st and 15th of every month at 9 Hi", "0 9 1,15 * *"),
        ("every month on the 1st at 9 Hi", "0 9 1 * *"),
        ("the last day of the month at 18:00 Hi", "0 18 l * *"),
        ("every 24 December at 9 Hi", "0 9 24 12 *"),
        ("every year on May 5th at 9 Hi", "0 9 5 5 *"),
        ("每周一早上9点 Hi", "0 9 * * mon"),
        ("每逢星期天晚上八点半 Hi", "30 20 * * sun"),
        ("每週一早上9點 Hi", "0 9 * * mon"),
        ("每周一三五9点Hi", "0 9 * * mon,wed,fri"),
        ("每周一、周三和周五 9:00 Hi", "0 9 * * mon,wed,fri"),
        ("每周一到周五9点 Hi", f"0 9 * * {MON_TO_FRI}"),
        ("每周一三点 Hi", "0 3 * * mon"),  # not Monday and Wednesday
        ("每周五十点 Hi", "0 10 * * fri"),
        ("每个工作日18:30 Hi", f"30 18 * * {MON_TO_FRI}"),
        ("每周末上午10点 Hi", "0 10 * * sat,sun"),
        ("每天晚上8点 Hi", "0 20 * * *"),
        ("每晚八点 Hi", "0 20 * * *"),
        ("每天早上8点和晚上8点 Hi", "0 8,20 * * *"),
        ("每天下午3点、5点 Hi", "0 15,17 * * *"),
        ("每月1号上午10点 Hi", "0 10 1 * *"),
        ("每月1号和15号10点 Hi", "0 10 1,15 * *"),
        ("每个月十五日9点一刻 Hi", "15 9 15 * *"),
        ("每月第一个周一9点 Hi", "0 9 * * mon#1"),
        ("每月最后一个周五17:00 Hi", "0 17 * * fril"),
        ("每月最后一天18点 Hi", "0 18 l * *"),
        ("每年12月24日9点 Hi", "0 9 24 12 *"),
        ("*/15 9-17 * * MON-FRI Hi", f"*/15 9-17 * * {MON_TO_FRI}"),
        ("0 9 L jan * Hi", "0 9 l 1 *"),
    ],
)
def test_a_rule_in_plain_words_is_understood(text: str, crontab: str) -> None:
    found = read_rule(text, NOW, BERLIN)

    assert (found.rule.text, text[found.text_begins :]) == (crontab, "Hi")


@pytest.mark.parametrize(
    ("text", "problem", "part"),
    [
        ("every monday Hi", "no_time", "every monday"),
        ("every friday 2 for 1", "no_time", "every friday"),
        ("every day at 9h", "no_time", "every day"),
        ("每周一见", "no_time", "每周一"),
        ("every week at 9", "no_day", "every week"),
        ("每周9点", "no_day", "每周"),
        ("every day at 25:00", "no_clock", "25:00"),
        ("every day at 13pm", "no_clock", "13pm"),
        ("每天晚上12点", "no_clock", "晚上12点"),
        ("every 30 February at 9", "no_date", "every 30 February"),
        ("every monday at 9 until 31 February", "no_date", "31 February"),
        ("every day at 8:00 and 20:30", "two_rules", "at 8:00 and 20:30"),
        ("every monday at 9 and friday at 10", "two_rules", "every monday at 9 and friday"),
        ("每周一9点和周五10点", "two_rules", "每周一9点和周五"),
        ("every 2 weeks on friday at 9", "interval", "every 2 weeks"),
        ("every other friday at 9", "interval", "every other friday"),
        ("每两周周五9点", "interval", "每两周"),
        ("隔周周五9点", "interval", "隔周"),
        ("every second monday at 9", "which_second", "every second monday"),
        ("on the 31st of every month at 9", "short_month", "31st"),
        ("每月30号9点", "short_month", "30号"),
        ("every monday at 9 until 25 November", "over", "25 November"),
        ("every monday at 9, 0 times", "over", "0 times"),
        ("60 9 * * *", "field", "60"),
        ("0 9 30 2 *", "never", "0 9 30 2 *"),
        ("0 9 13 * fri", "days", "13 fri"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused_with_its_part(
    text: str, problem: str, part: str
) -> None:
    with pytest.raises(RuleError) as refused:
        read_rule(text, NOW, BERLIN)

    assert (refused.value.problem, refused.value.part) == (problem, part)


@pytest.mark.parametrize(
    "text", ["", "Hello", "monday at 9", "everyone at 9", "5 10 people came to see us", "每人一份"]
)
def test_what_does_not_begin_with_a_rule_is_none(text: str) -> None:
    with pytest.raises(NoRuleError):
        read_rule(text, NOW, BERLIN)


@pytest.mark.parametrize(
    ("text", "ends_at", "n_times"),
    [
        ("every monday at 9 until 24 December Hi", "2026-12-25", None),
        ("every monday at 9 till 1.2.2027, 10 times Hi", "2027-02-02", 10),
        ("every monday at 9 for ten times: Hi", None, 10),
        ("at 9 every monday, 3 times Hi", None, 3),
        ("每周一9点到12月24日 Hi", "2026-12-25", None),
        ("每周一9点，直到一月三日为止，共10次 Hi", "2027-01-04", 10),
        ("every monday at 9 10 times better", None, None),
    ],
)
def test_a_rule_may_have_an_end(text: str, ends_at: str | None, n_times: int | None) -> None:
    found = read_rule(text, NOW, BERLIN)

    end = found.ends_at and found.ends_at.astimezone(BERLIN)
    assert end == (ends_at and dt.datetime.fromisoformat(ends_at).replace(tzinfo=BERLIN))
    assert found.n_times == n_times
    assert text[found.text_begins :] in {"Hi", "10 times better"}


@pytest.mark.parametrize(
    ("crontab", "days"),
    [
        ("0 9 * * mon#1", ["2026-12-07", "2027-01-04"]),
        ("0 9 * * fril", ["2026-11-27", "2026-12-25"]),
        ("0 9 1,15 * *", ["2026-12-01", "2026-12-15"]),
        ("0 9 l * *", ["2026-11-30", "2026-12-31"]),
        ("0 9 29 2 *", ["2028-02-29", "2032-02-29"]),
        ("0 9 * * */2", ["2026-11-24", "2026-11-26"]),  # Sunday is 0: Sun, Tue, Thu, Sat
        ("0 9 * * fri-sun", ["2026-11-27", "2026-11-28"]),
        ("0 9 * * sun-tue", ["2026-11-24", "2026-11-29"]),
        ("0 9 */2 * mon", ["2026-12-07", "2026-12-21"]),  # a star: both must hold
    ],
)
def test_a_crontab_comes_on_the_days_it_names(crontab: str, days: list[str]) -> None:
    rule = Rule.from_text(crontab)

    first = rule.next_after(NOW, BERLIN)
    found = [first, rule.next_after(first, BERLIN)]

    assert [f"{at.astimezone(BERLIN):%F %R}" for at in found] == [f"{day} 09:00" for day in days]


def test_weekdays_are_counted_as_cron_does() -> None:
    names = [Rule.from_text(f"0 9 * * {number}").weekday for number in range(8)]

    assert names == ["sun", *WEEKDAYS]


@pytest.mark.parametrize(
    "crontab",
    [
        "0 9 * *", "@daily", "0 9 * * * *", "60 9 * * *", "0 24 * * *", "0 9 0 * *", "0 9 * 13 *",
        "0 9 * * 8", "0 9 * * mon-fri/0", "0 9 * * fri-mon", "0 9 * * mon#6", "0 9 * * mon#1,tue",
        "0 9 last5 * *", "0 9 1st * *", "0 9 * janfeb *", "0 9 jan * *", "5-1 * * * *",
        "0,,1 9 * * *", "٣ 9 * * *", "0 9 ? * *", "0 9 1 * mon#1", "0 9 31 4,6,9,11 *",
    ],
)  # fmt: skip
def test_what_cron_would_not_take_is_no_rule(crontab: str) -> None:
    with pytest.raises(CrontabError):
        Rule.from_text(crontab)


def numbers(low: int, high: int) -> st.SearchStrategy[str]:
    one = st.integers(low, high).map(str)
    span = st.tuples(st.integers(low, high), st.integers(low, high)).map(sorted)
    return st.one_of(
        st.just("*"),
        st.lists(one, min_size=1, max_size=3).map(",".join),
        span.map(lambda ends: f"{ends[0]}-{ends[1]}"),
        st.integers(2, (high - low) // 2).map("*/{}".format),
    )


NAMES = st.sampled_from([*WEEKDAYS, "0", "7", "*", "1-5", "sat-sun"])
NTHS = st.builds("{}{}".format, st.sampled_from(WEEKDAYS), st.sampled_from(["l", "#1", "#4", "#5"]))
CRONTABS = st.builds(
    "{} {} {} {} {}".format,
    numbers(0, 59),
    numbers(0, 23),
    st.just("*") | st.just("1,l") | numbers(1, 31),
    st.just("*") | numbers(1, 12),
    st.just("*")
    | st.lists(NAMES, min_size=1, max_size=3).map(",".join)
    | st.lists(NTHS, min_size=1, max_size=2).map(",".join),
)


@settings(max_examples=200, deadline=None)
@given(crontab=CRONTABS, language=st.sampled_from(["en", "zh"]))
def test_a_rule_is_the_same_when_its_text_or_its_words_are_read_again(
    crontab: str, language: str
) -> None:
    try:
        rule = Rule.from_text(crontab)
    except CrontabError:
        return

    assert Rule.from_text(rule.text) == rule
    assert read_rule(rule_in_words(rule, language), NOW, BERLIN).rule == rule


@pytest.mark.parametrize(
    ("crontab", "english", "chinese"),
    [
        ("0 9 * * mon#1", "every first Monday of the month at 9:00", "每月第一个周一 9:00"),
        ("5 8,20 * * *", "every day at 8:05 and 20:05", "每天 8:05和20:05"),
        ("0 9 2,22,l * *", "on the 2nd, 22nd and last day of every month at 9:00",
         "每月2日、22日和最后一天 9:00"),
        ("0 9 24 12 *", "every 24 December at 9:00", "每年12月24日 9:00"),
        ("0 9 31 * *", "0 9 31 * *", "0 9 31 * *"),
        ("*/5 * * * *", "*/5 * * * *", "*/5 * * * *"),
    ],
)  # fmt: skip
def test_a_rule_is_said_in_words_or_as_its_crontab(
    crontab: str, english: str, chinese: str
) -> None:
    rule = Rule.from_text(crontab)

    assert (rule_in_words(rule, "en"), rule_in_words(rule, "zh")) == (english, chinese)


WORDS = st.sampled_from([
    "every", "each", "monday", "fri", "first", "last", "1st", "31st", "0th", "of the month",
    "day", "week", "at", "9", "9:00", "25:61", "8pm", "and", ",", "until", "24 December",
    "10 times", "*", "*/5", "0", "60", "l", "每", "周", "周一", "三", "月", "1号", "第", "最后一个",
    "九点", "晚上", "十", "十十", "零", "到", "次", "和", "²", "٣", "9" * 30,
])  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    text=st.text(max_size=40)
    | st.lists(WORDS, max_size=8).map(" ".join)
    | st.lists(WORDS, max_size=8).map("".join)
)
def test_whatever_is_written_gives_a_rule_or_an_error_that_says_why(text: str) -> None:
    try:
        found = read_rule(text, NOW, BERLIN)
    except (NoRuleError, RuleError):
        return
    assert found.rule.next_after(NOW, BERLIN) > NOW
    assert 0 < found.text_begins <= len(text)
