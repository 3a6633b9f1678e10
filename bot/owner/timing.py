"""Reads when a post is to go out, or says what is wrong with the time."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

from bot import letters, when
from bot.context import App
from bot.store.channels import Channel
from bot.views import times as views
from bot.views.say import View
from bot.when.names import WEEKDAY
from scheduler.planning import next_free_slot

# "next friday" without a time of day is a slip, and no text for the next slot.
NEXT = re.compile(
    rf"(?:(?:(?:the )?next(?: free)? slot|next(?!\s+(?:{WEEKDAY}|week|month|year|day)\b))(?!\w)"
    r"|下一?个?(?:空位|空档|时段))[\s:：,，|]*",
    re.IGNORECASE,
)
REPEATS = re.compile(r"(?:every|each)\b|每", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Timing:
    """The moment that was meant, or those that may be; and where the text behind it begins."""

    moments: tuple[dt.datetime, ...]
    text_begins: int
    doubt: Literal["", "skipped", "twice"] = ""
    is_slot: bool = False  # to which the channel's offset is still to be added

    @property
    def publish_at(self) -> dt.datetime:
        """The moment, or the first of several."""
        return self.moments[0]


async def read(app: App, text: str, channel: Channel, topic: str | None = None) -> Timing | None:
    """Read the time that a text begins with, or tell the owner why there is none.

    Parameters
    ----------
    channel : Channel
        Whose next free slot is meant.
    topic : str, optional
        What the owner's next words are about, where they were asked for a time.
    """
    try:
        plan = await asyncio.to_thread(when.read_plan, text, app.now(), app.settings.timezone)
    except when.NoTimeError:
        return _next(app, text, channel, topic)
    except when.PastTimeError as error:
        _refuse(app, views.past_time(app.say, error.publish_at), topic)
        return None
    except when.GapError as error:
        return Timing((error.before, error.after), error.text_begins, "skipped")
    except when.AmbiguousError as error:
        return Timing((error.first, error.second), error.text_begins, "twice")
    return Timing((plan.publish_at,), plan.text_begins)


def _next(app: App, text: str, channel: Channel, topic: str | None) -> Timing | None:
    """Take the next free slot, if that is what the text asks for."""
    asked = NEXT.match(text)
    slot = next_slot(app, channel) if asked else None
    if asked and slot:
        return Timing((slot,), asked.end(), is_slot=True)
    if asked:
        view = views.no_slot(app.say)
    else:
        view = views.repeats(app.say) if REPEATS.match(text) else views.no_time(app.say)
    _refuse(app, view, topic)
    return None


def _refuse(app: App, view: View, topic: str | None) -> None:
    if topic:
        letters.ask_owner(app, view, topic=topic)
    else:
        letters.tell_owner(app, view)


def doubt(app: App, planned: Timing, post_id: int) -> None:
    """Ask which moment is meant, where the clocks leave that open."""
    asked = views.skipped if planned.doubt == "skipped" else views.twice
    letters.tell_owner(app, asked(app.say, post_id, planned.moments))


def next_slot(app: App, channel: Channel) -> dt.datetime | None:
    """Give the next free slot of a channel, without its offset."""
    zone = app.settings.timezone
    return next_free_slot(app.db, channel.id, app.now(), zone, offset=channel.offset)
