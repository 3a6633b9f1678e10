"""What the owner reads of figures is about what they asked for."""

from __future__ import annotations

import datetime as dt

from sqlite_utils import Database

from bot.settings import Settings
from bot.store import channels
from bot.store.channels import Channel
from scheduler import store as posts
from tests.conftest import OWNER, Desk, running_bot

NOW = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


async def test_insights_count_the_members_of_the_channel_that_posts_go_to(
    desk: Desk, settings: Settings
) -> None:
    async with running_bot(settings, channel_id=desk.channel) as db:
        know_another_channel_first(db)
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "This is your desk")
        posts.record_members(db, desk.channel, 1_234, NOW + dt.timedelta(days=36_500))
        await desk.say(desk.customer, "When do you open?")
        await desk.wait_for(desk.customer, "9:00–18:00")

        await desk.say(OWNER, "/insights")

        assert "1,234" in (await desk.wait_for(OWNER, "The last 7 days"))["text"]


def know_another_channel_first(db: Database) -> None:
    another = Channel(-1009999999999, "Another", None, None, ())
    channels.connect(db, another)
    posts.record_members(db, another.id, 5, NOW)
