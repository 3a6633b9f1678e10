"""Times in plain words."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.when import AmbiguousError, GapError, NoTimeError, PastTimeError, read_plan
from tests.bot.test_zones import MOMENTS, ZONES

BERLIN = ZoneInfo("Europe/Berlin")
NOW = dt.datetime(2026, 11, 23, 12, 0, 30, tzinfo=dt.UTC)  # a Monday, 13:00:30 in Berlin


def read(text: str) -> tuple[str, str]:
    plan = read_plan(text, NOW, BERLIN)
    return f"{plan.publish_at.astimezone(BERLIN):%d.%m.%y %H:%M:%S}", text[plan.text_begins :]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("tomorrow 9:00 Hi", "24.11.26 09:00:00"),
        ("tomorrow, 9:00: Hi", "24.11.26 09:00:00"),
        ("tomorrow at 9 pm Hi", "24.11.26 21:00:00"),
        ("tomorrow evening at 8 Hi", "24.11.26 20:00:00"),
        ("tomorrow morning Hi", "24.11.26 09:00:00"),
        ("Tomorrow\n9:00\nHi", "24.11.26 09:00:00"),
        ("tonight at 8 Hi", "23.11.26 20:00:00"),
        ("at 18:00 Hi", "23.11.26 18:00:00"),
        ("9am Hi", "24.11.26 09:00:00"),
        ("noon Hi", "24.11.26 12:00:00"),
        ("9:00 tomorrow Hi", "24.11.26 09:00:00"),
        ("friday 18:30 Hi", "27.11.26 18:30:00"),
        ("next monday at 9am Hi", "30.11.26 09:00:00"),
        ("24 Dec 17:00 Hi", "24.12.26 17:00:00"),
        ("20分钟以后 Hi", "23.11.26 13:20:30"),
        ("下午三点一刻 Hi", "23.11.26 15:15:00"),
        ("明早9点 Hi", "24.11.26 09:00:00"),
        ("这周五下午六点 Hi", "27.11.26 18:00:00"),
        ("24/12 17:00 Hi", "24.12.26 17:00:00"),
        ("2026-12-24 17:00 Hi", "24.12.26 17:00:00"),
        ("on Friday 24 December 2027 at 18:00 Hi", "24.12.27 18:00:00"),
        ("5 May 10:00 Hi", "05.05.27 10:00:00"),
        ("tomorrow 9:00 UTC Hi", "24.11.26 10:00:00"),
        ("in 20 minutes Hi", "23.11.26 13:20:30"),
        ("in an hour Hi", "23.11.26 14:00:30"),
        ("in half an hour Hi", "23.11.26 13:30:30"),
        ("in 1 hour and 30 minutes Hi", "23.11.26 14:30:30"),
        ("in 2 days at 9:00 Hi", "25.11.26 09:00:00"),
        ("明天上午9点 Hi", "24.11.26 09:00:00"),
        ("明天早上九点半Hi", "24.11.26 09:30:00"),
        ("明天9點30分Hi", "24.11.26 09:30:00"),
        ("今晚八点 Hi", "23.11.26 20:00:00"),
        ("下午3点15分 Hi", "23.11.26 15:15:00"),
        ("下午9:05 Hi", "23.11.26 21:05:00"),
        ("中午1点 Hi", "24.11.26 13:00:00"),
        ("今晚12点 Hi", "24.11.26 00:00:00"),
        ("明天晚上十二点 Hi", "25.11.26 00:00:00"),
        ("凌晨12点 Hi", "24.11.26 00:00:00"),
        ("下周一上午10点 Hi", "30.11.26 10:00:00"),
        ("周五晚上7点 Hi", "27.11.26 19:00:00"),
        ("12月24日下午5点 Hi", "24.12.26 17:00:00"),
        ("半小时后 Hi", "23.11.26 13:30:30"),
        ("两小时后Hi", "23.11.26 15:00:30"),
        ("三天后上午9点 Hi", "26.11.26 09:00:00"),
        ("tomorrow 9", "24.11.26 09:00:00"),
        ("tomorrow 9 Hi", "24.11.26 09:00:00"),
        ("tomorrow 9: Hi", "24.11.26 09:00:00"),
        ("24 Dec 17\nHi", "24.12.26 17:00:00"),
        ("tomorrow at 9 o'clock Hi", "24.11.26 09:00:00"),
        ("friday evening 8 Hi", "27.11.26 20:00:00"),
        ("18.30 Hi", "23.11.26 18:30:00"),
        ("9.00 Hi", "24.11.26 09:00:00"),
        ("at 9.10 Hi", "24.11.26 09:10:00"),
        ("24.12. 9.10 Hi", "24.12.26 09:10:00"),
        ("9.10 tomorrow Hi", "24.11.26 09:10:00"),
        ("in five minutes Hi", "23.11.26 13:05:30"),
        ("in Twenty-five minutes Hi", "23.11.26 13:25:30"),
        ("in sixty seconds Hi", "23.11.26 13:01:30"),
        ("in two days at 9:00 Hi", "25.11.26 09:00:00"),
        ("in an hour and a half Hi", "23.11.26 14:30:30"),
        ("in 1.5 hours Hi", "23.11.26 14:30:30"),
        ("the day after tomorrow 9:00 Hi", "25.11.26 09:00:00"),
        ("next week monday 9am Hi", "30.11.26 09:00:00"),
        ("Friday next week at 9 Hi", "04.12.26 09:00:00"),
        ("一个半小时后 Hi", "23.11.26 14:30:30"),
        ("两个半小时之后Hi", "23.11.26 15:30:30"),
        ("三刻钟后 Hi", "23.11.26 13:45:30"),
        ("后天早上9点 Hi", "25.11.26 09:00:00"),
        ("大后天9点 Hi", "26.11.26 09:00:00"),
        ("下下周一9点 Hi", "07.12.26 09:00:00"),
        ("两周后早上9点 Hi", "07.12.26 09:00:00"),
    ],
)
def test_a_time_in_plain_words_is_understood(text: str, at: str) -> None:
    assert read(text) == (at, "Hi" if "Hi" in text else "")


@pytest.mark.parametrize(
    "post",
    [
        "ART exhibition opens",  # Argentina's time
        "EST. 1990",
        "Now open again",
        "Today only",
        "Friday sale",
        "May flowers are here",
        "In 2 days we move",
        "20 years of us",
        "2 for 1",
        "10:00 is when we open",
        "two hours of fun",
        "one day only",
    ],
)
@pytest.mark.parametrize("time", ["tomorrow 9:00", "in 20 minutes"])
def test_words_of_the_post_are_not_taken_for_the_time(time: str, post: str) -> None:
    assert read(f"{time} {post}") == (read(f"{time} Hi")[0], post)


def test_a_number_behind_a_chinese_hour_belongs_to_the_post() -> None:
    assert read("明天9点3折优惠") == ("24.11.26 09:00:00", "3折优惠")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Hello",
        "tomorrow",
        "friday Hello",
        "in 2 days we move",
        "明天见",
        "2 hours only",
        "32 Dec 17:00 Hi",
        "friday 2 for 1",
        "tomorrow 9 % off",
        "friday 25 Hi",
        "9.10 Hi",  # or is it a day?
        "大后天",
        "the day after tomorrow",
    ],
)
def test_without_a_time_of_day_there_is_no_plan(text: str) -> None:
    with pytest.raises(NoTimeError):
        read(text)


@pytest.mark.parametrize(
    "text",
    ["yesterday 9:00 Hi", "today 9:00 Hi", "today 9 Hi", "23.11.2026 13:00 Hi", "2 hours ago Hi"],
)
def test_a_time_that_has_passed_is_refused(text: str) -> None:
    with pytest.raises(PastTimeError):
        read(text)


WORDS = st.sampled_from([
    "in", "at", "on", "1", "2", "9", "25", "999999", "-1", "an", "half", "hours",
    "minutes", "days", "years", "ago", "now", "tomorrow", "friday", "next", "noon",
    "9:00", "24:00", "25:99", "18:30", "pm", "UTC", "EST", "+02:00", "2027-03-28T02:30",
    "31.12.9999", "1.1.0001", "29.2.2027", "Dec", "明天", "今晚", "下午", "晚上", "九点", "十点半",
    "十十点", "下周天", "12月24日", "2月30日", "13月1日", "半小时后", "两小时后", "3天后",
    "点", "分", "。", "：",
    "five", "twenty-one", "and a half", "next week", "day after tomorrow", "9.10", "1.5",
    "下下周一", "一个半小时后", "两周后", "三刻钟", "²", "٣", "😀", "\x00",
])  # fmt: skip
TEXTS = (
    st.text(max_size=40)
    | st.lists(WORDS, max_size=6).map(" ".join)
    | st.lists(WORDS, max_size=5).map("".join)
)


@settings(max_examples=250, deadline=None)
@given(text=TEXTS, now=MOMENTS, zone=st.sampled_from(ZONES))
def test_whatever_is_written_gives_a_later_moment_or_an_error_that_says_why(
    text: str, now: dt.datetime, zone: ZoneInfo
) -> None:
    try:
        plan = read_plan(text, now, zone)
    except (NoTimeError, PastTimeError, GapError, AmbiguousError):
        return
    assert plan.publish_at > now
    assert plan.publish_at.tzinfo is dt.UTC
    assert 0 < plan.text_begins <= len(text)


def test_a_time_within_the_gap_is_refused() -> None:
    now = dt.datetime(2027, 3, 27, 12, tzinfo=dt.UTC)

    with pytest.raises(GapError) as refused:
        read_plan("tomorrow 2:30 Hi", now, BERLIN)

    assert refused.value.before == dt.datetime(2027, 3, 28, 0, 59, tzinfo=dt.UTC)
    assert refused.value.after == dt.datetime(2027, 3, 28, 1, 0, tzinfo=dt.UTC)
