import datetime as dt
from contextlib import suppress
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.hours import HORIZON, Hours, HoursError, moment_in_words

BERLIN = ZoneInfo("Europe/Berlin")
# with the clock going back, forward, by half an hour, at midnight, and over a whole day
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Apia"]
SHOP = "Mo-Fr 09:00-12:00,13:00-18:00; Sa 10:00-14:00; PH off"


def at(text: str, zone: ZoneInfo = BERLIN) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


def hours(text: str, country: str = "", subdivision: str = "") -> Hours:
    return Hours.parse(text, BERLIN, country, subdivision)


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        (
            SHOP,
            "Mon–Fri 9:00–12:00, 13:00–18:00; Sat 10:00–14:00; closed on public holidays",
            "周一至周五 9:00–12:00、13:00–18:00；周六 10:00–14:00；节假日休息",
        ),
        ("24/7", "every day around the clock", "每天24小时"),
        ("24小时营业", "every day around the clock", "每天24小时"),
        (
            "Mon–Fri 9–18, Sat 10–14",
            "Mon–Fri 9:00–18:00; Sat 10:00–14:00",
            "周一至周五 9:00–18:00；周六 10:00–14:00",
        ),
        (
            "Monday to Friday from 9am to 5:30 p.m., closed on Sundays",
            "Mon–Fri 9:00–17:30",
            "周一至周五 9:00–17:30",
        ),
        (
            "We are open every day from 10 am until midnight",
            "daily 10:00–24:00",
            "每天 10:00–24:00",
        ),
        ("Tue–Sun 18:00-02:00", "Tue–Sun 18:00–2:00", "周二至周日 18:00–2:00"),
        ("daily 9-18 except Sundays", "Mon–Sat 9:00–18:00", "周一至周六 9:00–18:00"),
        (
            "Mon-Thu: 11:30am-2pm, 5-10pm. Fri & Sat: noon–11pm. Sun: closed",
            "Mon–Thu 11:30–14:00, 17:00–22:00; Fri, Sat 12:00–23:00",
            "周一至周四 11:30–14:00、17:00–22:00；周五、周六 12:00–23:00",
        ),
        (
            "Mo,We,Fr 09:00-12:00; Fr-Mo 14:00-16:00",
            "Mon, Fri–Sun 14:00–16:00; Wed 9:00–12:00",
            "周一、周五至周日 14:00–16:00；周三 9:00–12:00",
        ),
        (
            "Mo-Fr 09:00-12:00, We 14:00-18:00",
            "Mon, Tue, Thu, Fri 9:00–12:00; Wed 9:00–12:00, 14:00–18:00",
            "周一、周二、周四、周五 9:00–12:00；周三 9:00–12:00、14:00–18:00",
        ),
        ("周一至周五 9:00-18:00", "Mon–Fri 9:00–18:00", "周一至周五 9:00–18:00"),
        (
            "週一至五：上午9點半到12點，下午1點到6點；周六日休息",
            "Mon–Fri 9:30–12:00, 13:00–18:00",
            "周一至周五 9:30–12:00、13:00–18:00",
        ),
        (
            "每天 10:00～22:00，节假日 12:00-18:00，12月24-26日休息",
            "daily 10:00–22:00; public holidays 12:00–18:00; closed 24–26 Dec",
            "每天 10:00–22:00；节假日 12:00–18:00；12月24–26日休息",
        ),
        (
            "Jun-Aug Mo-Fr 9:00-14:00; Mo-Fr 9-18; Dec 24 10:00-13:00; 24 Dec 2026 - 2 Jan off",
            "Mon–Fri 9:00–18:00; June–Aug Mon–Fri 9:00–14:00; 24 Dec 10:00–13:00; "
            "closed 24 Dec 2026–2 Jan 2027",
            "周一至周五 9:00–18:00；6月至8月 周一至周五 9:00–14:00；12月24日 10:00–13:00；"
            "2026年12月24日至2027年1月2日休息",
        ),
    ],
)
def test_hours_are_read_as_people_write_them_and_said_in_both_languages(
    text: str, english: str, chinese: str
) -> None:
    read = hours(text)

    assert (read.in_words("en"), read.in_words("zh")) == (english, chinese)
    assert hours(english).in_words("en") == english
    assert hours(chinese).in_words("zh") == chinese


@pytest.mark.parametrize(
    ("text", "problem", "part"),
    [
        ("", "empty", ""),
        ("Mo-Fr 9-18; by appointment", "unknown", "by"),
        ("周一至周五 9-18；看心情", "unknown", "看心情"),
        ("Mo-Fr", "no_times", "Mo - Fr"),
        ("Mo-Fr 9-18; Tuesday", "no_times", "Tuesday"),
        ("closed", "no_days", ""),
        ("Mo 9", "no_end", "9"),
        ("Mo 9-25", "no_time", "25"),
        ("Mo 9:75-12", "no_time", "9:75"),
        ("Feb 30 9-12", "no_date", "Feb 30"),
        ("13月1日 9-12", "no_date", "13月1日"),
        ("2026-12-24 - 2026-12-01 off; 9-18", "no_date", "2026-12-24 – 2026-12-01"),
        ("Mon-Fri 9-6", "which_half", "9-6"),
        ("Su closed", "never", ""),
        ("9-18 " * 300, "too_long", ""),
        ("- ; 9-18", "unknown", "-"),
    ],
)
def test_the_part_that_is_not_understood_is_named(text: str, problem: str, part: str) -> None:
    with pytest.raises(HoursError) as caught:
        hours(text)

    assert (caught.value.problem, caught.value.part) == (problem, part)
    assert part in str(caught.value)


@given(st.text(st.sampled_from("9:0-–,; 月日一周至Moct24/offPHDec上午半.年")))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(HoursError):
        assert hours(text).in_words("en")


def test_country_and_region_must_exist() -> None:
    with pytest.raises(HoursError, match="“XX” is not a country"):
        hours(SHOP, "XX")
    with pytest.raises(HoursError, match="“ZZ” is not a region of this country; known are BB, BE"):
        hours(SHOP, "de", "ZZ")


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23T08:59", False),
        ("2026-11-23T09:00", True),
        ("2026-11-23T12:00", False),
        ("2026-11-23T13:00", True),
        ("2026-11-23T17:59:59", True),
        ("2026-11-28T13:00", True),
        ("2026-11-29T13:00", False),
        ("2026-12-25T13:00", False),  # a Friday
        ("2026-01-06T13:00", False),  # a holiday in Bavaria only
    ],
)
def test_it_is_open_as_the_clock_on_the_wall_says(moment: str, is_open: bool) -> None:
    assert hours(SHOP, "DE", "BY").is_open(at(moment)) is is_open


def test_a_night_belongs_to_the_day_on_which_it_began() -> None:
    bar = hours("Fr-Sa 22:00-02:00")

    assert bar.is_open(at("2026-11-29T01:59"))
    assert not bar.is_open(at("2026-11-29T02:00"))
    assert not bar.is_open(at("2026-11-27T01:00"))


def test_the_more_special_days_count_in_whatever_order_they_are_written() -> None:
    for text in [
        "2026-12-24 10:00-13:00; PH off; Mo-Fr 9-18; Dec Mo-Fr 9-20",
        "Mo-Fr 9-18; Dec Mo-Fr 9-20; PH off; 2026-12-24 10:00-13:00",
    ]:
        read = hours(text, "DE")

        days = ["2026-11-30", "2026-12-01", "2026-12-24", "2026-12-25", "2027-12-24"]
        assert [read.times_on(dt.date.fromisoformat(day)) for day in days] == [
            ((540, 1080),),
            ((540, 1200),),
            ((600, 780),),
            (),
            ((540, 1200),),
        ]


def test_with_a_country_it_is_closed_on_holidays_unless_the_hours_say_otherwise() -> None:
    christmas = at("2026-12-25T12:00")

    assert not hours("9-18", "DE").is_open(christmas)
    assert hours("9-18").is_open(christmas)
    assert hours("24/7", "DE").is_open(christmas)
    assert hours("9-18; PH 10:00-14:00", "DE").is_open(christmas)
    assert hours("9-18; PH off").lacks_country


def test_the_holiday_that_closes_it_is_named() -> None:
    shop = hours(SHOP, "DE")

    assert shop.closed_because(at("2026-12-25T12:00"), "en") == "Christmas Day"
    assert shop.closed_because(at("2026-12-27T12:00")) is None
    assert hours("9-18", "CN").closed_because(at("2026-10-01T12:00"), "zh") == "国庆节"


def test_a_closed_period_lasts_from_closing_to_opening() -> None:
    shop = hours(SHOP, "DE")

    assert shop.closed_period(at("2026-12-26T20:00")) == (
        at("2026-12-24T18:00"),
        at("2026-12-28T09:00"),
    )
    assert shop.closed_period(at("2026-11-23T12:30")) == (
        at("2026-11-23T12:00"),
        at("2026-11-23T13:00"),
    )
    assert shop.closed_period(at("2026-11-23T10:00")) is None


def test_what_never_closes_or_never_opens_again_says_so() -> None:
    noon = at("2026-11-23T12:00")
    fair = hours("2026-11-20 - 2026-11-21 9-18")

    assert hours("24/7").closes_at(noon) is None
    assert hours("24/7").next_opening(noon) is None
    assert fair.next_opening(noon) is None
    assert fair.closed_period(noon) == (at("2026-11-21T18:00"), noon + HORIZON)


def test_a_zone_may_skip_a_day() -> None:
    apia = ZoneInfo("Pacific/Apia")  # there was no 30 December 2011
    shop = Hours.parse("daily 9-17", apia)

    opening = shop.next_opening(at("2011-12-29T18:00", apia))

    assert opening == at("2011-12-31T09:00", apia)


@pytest.mark.parametrize(
    ("date", "times", "minutes"),
    [
        ("2026-03-29", "01:00-02:00", 60),
        ("2026-03-29", "02:00-02:30", 30),  # these times do not come
        ("2026-03-29", "01:30-03:30", 60),
        ("2026-10-25", "02:00-02:30", 90),  # and these come twice
        ("2026-10-25", "01:30-03:30", 180),
        ("2026-10-24", "22:00-06:00", 540),
    ],
)
def test_no_opening_is_lost_when_the_clock_changes(date: str, times: str, minutes: int) -> None:
    night = hours(f"{date} {times}")

    start = night.next_opening(at(f"{date}T00:00"))
    assert start
    end = night.closes_at(start)

    assert end
    assert end.astimezone(dt.UTC) - start.astimezone(dt.UTC) == dt.timedelta(minutes=minutes)


def moments(year: int) -> st.SearchStrategy[dt.datetime]:
    start = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
    return st.integers(0, 366 * 24 * 60).map(lambda minutes: start + dt.timedelta(minutes=minutes))


weeks = st.lists(
    st.tuples(
        st.sampled_from(["Mo-Fr", "Sa", "Su", "Tu,Th", "PH", "Mar-Oct", "daily"]),
        st.sampled_from(["off", "09:00-18:00", "00:00-24:00", "22:00-02:00", "01:30-02:30"]),
        st.sampled_from([";", ","]),
    ).map("{0[0]} {0[1]}{0[2]} ".format),
    min_size=1,
    max_size=4,
).map(lambda clauses: "".join(clauses) + "; We 02:15-10:00")


@given(st.sampled_from(ZONES), weeks, moments(2026), moments(2026))
def test_openings_and_closings_are_where_it_opens_and_closes(
    zone: str, text: str, one: dt.datetime, two: dt.datetime
) -> None:
    shop = Hours.parse(text, ZoneInfo(zone))
    moment, later = min(one, two), max(one, two)
    second = dt.timedelta(seconds=1)

    opening = shop.next_opening(moment)
    if opening:
        opening = opening.astimezone(dt.UTC)
        assert opening > moment
        assert shop.is_open(opening)
        assert not shop.is_open(opening - second)
        after = shop.next_opening(later)
        assert after is None or after.astimezone(dt.UTC) >= opening
    closing = shop.closes_at(moment)
    if closing:
        closing = closing.astimezone(dt.UTC)
        assert shop.is_open(moment)
        assert shop.is_open(closing - second)
        assert not shop.is_open(closing)
    period = shop.closed_period(moment)
    assert (period is None) == shop.is_open(moment)
    if period:
        start, end = (edge.astimezone(dt.UTC) for edge in period)
        assert start <= moment < end
        assert opening is None or end == opening
        assert start < moment - HORIZON + second or shop.is_open(start - second)
        assert not shop.is_open(start)


@pytest.mark.parametrize(
    ("moment", "english", "chinese"),
    [
        ("2026-11-23T18:05", "today at 18:05", "今天18:05"),
        ("2026-11-24T09:00", "tomorrow at 9:00", "明天9:00"),
        ("2026-11-27T09:00", "on Friday at 9:00", "周五9:00"),
        ("2026-12-03T09:00", "on Thursday, 3 Dec, at 9:00", "12月3日（周四）9:00"),
    ],
)
def test_an_opening_is_said_as_seen_from_now(moment: str, english: str, chinese: str) -> None:
    now = dt.datetime(2026, 11, 23, 15, tzinfo=dt.UTC)

    assert moment_in_words(at(moment), now, "en") == english
    assert moment_in_words(at(moment), now, "zh") == chinese
