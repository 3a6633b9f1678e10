import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.frames import FrameError, NotEnoughDataError
from analytics.insights import summarize
from analytics.shares import share

MONDAY = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
WEEK = dt.timedelta(days=7)
DAY = dt.timedelta(days=1)

Message = tuple[int, float, str | None, str]
Post = tuple[int, float, int, int, int | None]


def messages(*rows: Message) -> pd.DataFrame:
    """Customer, days after Monday, sentiment, outcome."""
    frame = pd.DataFrame(rows, columns=["customer", "days", "sentiment", "outcome"])
    return frame.assign(sent_at=[MONDAY + days * DAY for days in frame["days"]])


def history(*rows: Post) -> pd.DataFrame:
    """Post, days after Monday, reactions, comments, members."""
    frame = pd.DataFrame(rows, columns=["post", "days", "reactions", "comments", "members"])
    return frame.assign(text="hello", published_at=[MONDAY + days * DAY for days in frame["days"]])


def test_a_week_is_counted_beside_the_week_before() -> None:
    insights = summarize(
        messages(
            (1, -7, "negative", "handed_off"),
            (1, -1, "positive", "answered"),
            (1, 0, "positive", "answered"),
            (1, 1, "negative", "handed_off"),
            (2, 2, None, "silent"),
            (3, 6.9, "positive", "answered"),
            (3, 7, "negative", "answered"),
        ),
        history((10, -2, 4, 0, 100), (11, 3, 5, 1, 200), (12, 7, 9, 9, 200)),
        MONDAY,
        MONDAY + WEEK,
    )

    week = insights.current
    assert insights.preceding
    assert (week.n_customers, week.n_messages) == (3, 4)
    assert (week.n_answered, week.n_handed_off, week.n_silent) == (2, 1, 1)
    assert dict(week.sentiments) == {"positive": share(2, 3), "negative": share(1, 3)}
    assert (week.n_posts, week.engagement) == (1, 6)
    assert insights.change("n_messages") == 1.0
    assert insights.change("engagement") == 0.5
    assert insights.change("n_silent") is None
    assert [post.post for post in insights.posts] == [11, 10]
    assert insights.posts[0].rate == pytest.approx(0.03)
    assert insights.as_of == MONDAY + WEEK


def test_a_young_bot_has_not_grown_since_the_week_before() -> None:
    insights = summarize(
        messages((1, -1, None, "answered"), (1, 1, None, "answered")),
        history(),
        MONDAY,
        MONDAY + WEEK,
    )

    assert insights.preceding is None
    assert insights.change("n_messages") is None


def test_a_quiet_week_is_an_answer() -> None:
    insights = summarize(messages((1, -30, None, "silent")), history(), MONDAY, MONDAY + WEEK)

    assert insights.current.n_messages == 0
    assert insights.current.sentiments == {}


def test_nothing_recorded_is_refused() -> None:
    with pytest.raises(NotEnoughDataError):
        summarize(messages(), history((1, 8, 0, 0, None)), MONDAY, MONDAY + WEEK)


def test_bad_frames_and_moments_are_refused() -> None:
    with pytest.raises(FrameError, match="outcome"):
        summarize(messages((1, 0, None, "odd")), history(), MONDAY, MONDAY + WEEK)
    with pytest.raises(ValueError, match="since needs a time zone"):
        summarize(messages(), history(), MONDAY.replace(tzinfo=None), MONDAY + WEEK)
    with pytest.raises(ValueError, match="before"):
        summarize(messages(), history(), MONDAY, MONDAY)


message_rows = st.lists(
    st.tuples(
        st.integers(1, 5),
        st.floats(-10, 10),
        st.sampled_from(["negative", "positive", "unsure", None]),
        st.sampled_from(["answered", "handed_off", "silent"]),
    ),
    min_size=1,
)


@given(message_rows)
def test_the_parts_add_up(rows: list[Message]) -> None:
    rows.append((1, -10.0, None, "silent"))

    insights = summarize(messages(*rows), history(), MONDAY, MONDAY + WEEK)

    for period in filter(None, (insights.current, insights.preceding)):
        parts = period.n_answered + period.n_handed_off + period.n_silent
        assert parts == period.n_messages >= period.n_customers
        if period.sentiments:
            assert sum(part.value for part in period.sentiments.values()) == pytest.approx(1)


def test_a_share_has_the_wilson_interval() -> None:
    nine_of_ten = share(9, 10)

    assert (nine_of_ten.low, nine_of_ten.high) == pytest.approx((0.5958, 0.9821), abs=1e-4)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_lies_in_its_interval(counts: tuple[int, int]) -> None:
    part = share(*counts)

    assert 0 <= part.low <= part.value <= part.high <= 1
    assert part.low < part.high
