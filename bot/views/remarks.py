"""What is said of a file of posts: of all of it, of a row, or of a cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from markupsafe import Markup

from bot.exchange.remarks import Remark
from bot.views import limits
from bot.views.inbox import shorten
from bot.views.say import Say

LONGEST_CELL = 60  # characters of a cell that are quoted

Values = Mapping[str, Any]


def sentence(say: Say, remark: Remark) -> Markup:
    """Say one thing, and what to do about it."""
    if remark.kind == "limit":
        return limits.problem(say, remark.values["problem"])  # type: ignore[arg-type]
    return _SENTENCES[remark.kind](say, {name: _shown(say, v) for name, v in remark.values.items()})


def _shown(say: Say, value: object) -> object:
    if isinstance(value, dt.datetime):
        return say.when(value)
    if isinstance(value, float):
        return say.share(value)
    return shorten(value, LONGEST_CELL) if isinstance(value, str) else value


_SENTENCES: Mapping[str, Callable[[Say, Values], Markup]] = MappingProxyType(
    {
        # of a file
        "too_big": lambda say, v: say("This is too big: I take files up to {megabytes} MB.", **v),
        "empty": lambda say, _: say("The file is empty."),
        "not_utf8": lambda say, _: say(
            "This is no text that I can read. Save the file as UTF-8: in Excel “CSV UTF-8”."
        ),
        "no_csv": lambda say, v: say("This is no CSV ({reason}). Mind the quotes.", **v),
        "no_json": lambda say, v: say("This is no JSON ({reason}).", **v),
        "no_list": lambda say, _: say("The file must be a list of posts: [{{…}}, {{…}}]."),
        "telegram_export": lambda say, _: say(
            "This is what Telegram Desktop exports of a chat, and no list of posts to come."
        ),
        "twice": lambda say, v: say("“{column}” is there twice. Rename one.", **v),
        "no_column": lambda say, v: say("There is no column “{column}”. Add one.", **v),
        "no_rows": lambda say, _: say("There is a header, and no post below it."),
        "too_many": lambda say, v: say("I take {rows} posts at a time. Split the file.", **v),
        "cells": lambda say, v: say(
            "This line has {n} cells where the header has {wanted}. Put quotes around a text "
            "with commas in it.",
            **v,
        ),
        "no_cell": lambda say, v: say("Post {place} has in “{column}” what is no text.", **v),
        "half_character": lambda say, v: say(
            "Post {place} has in “{column}” half of a character. Type it anew.", **v
        ),
        "unread": lambda say, v: say("I do not know these columns and skip them: {names}", **v),
        # of a time
        "no_time_given": lambda say, _: say("There is no time. Write one, such as 2027-03-15 9:00"),
        "no_time": lambda say, v: say(
            "I do not understand “{cell}”. Write a day and a time, such as 2027-03-15 9:00", **v
        ),
        "more_than_time": lambda say, v: say(
            "“{rest}” is no part of a time. Leave the time alone in its cell.", **v
        ),
        "no_such_date": lambda say, v: say("There is no “{cell}”. Correct the date.", **v),
        "slashes": lambda say, v: say(
            "“{cell}” may be a day and a month, or the other way round. Write 2027-03-15", **v
        ),
        "past": lambda say, v: say("{at} has passed. Give it a later time.", **v),
        "too_far": lambda say, v: say("{at} is more than five years away. Correct the year.", **v),
        "gap": lambda say, v: say(
            "That time does not exist: the clocks change. The nearest are {before} and {after}.",
            **v,
        ),
        "ambiguous": lambda say, v: say(
            "That time comes twice, because the clocks are put back. Write {first} or {second}", **v
        ),
        # of what is published
        "nothing_to_publish": lambda say, _: say("There is nothing to publish in this row."),
        "one_of": lambda say, v: say("Write one of: {words}", **v),
        "yes_or_no": lambda say, v: say("Write yes or no, not “{cell}”.", **v),
        "two_formats": lambda say, _: say(
            "“entities” is for plain text. Empty it, or write plain as the format."
        ),
        "bad_entities": lambda say, _: say(
            "“entities” does not fit the text. Empty it, or write the formatting as HTML."
        ),
        "no_json_list": lambda say, _: say("This must be a JSON list, such as [1, 2]."),
        "markup_tag": lambda say, v: say(
            "Telegram does not know &lt;{tag}&gt;. Take it out; a plain &lt; is written &amp;lt;",
            **v,
        ),
        "markup_unclosed": lambda say, v: say(
            "&lt;{tag}&gt; is opened and not closed. Write &lt;/{tag}&gt; where it ends.", **v
        ),
        "markup_unopened": lambda say, v: say(
            "&lt;/{tag}&gt; closes what is not open. Take it out.", **v
        ),
        "markup_crossing": lambda say, v: say(
            "&lt;/{tag}&gt; comes before what is opened inside it is closed. Close that first.", **v
        ),
        "markup_attribute": lambda say, v: say(
            "&lt;{tag}&gt; leads nowhere. A link is written as "
            "&lt;a href=&quot;https://…&quot;&gt;text&lt;/a&gt;",
            **v,
        ),
        "markup_long": lambda say, _: say("The text is far too long for one post. Shorten it."),
        "bad_media": lambda say, _: say(
            "A line of “media” is photo, video, document or animation, a space, and Telegram’s "
            "file_id; then perhaps: spoiler."
        ),
        "bad_buttons": lambda say, _: say(
            "A line of “buttons” is: Text | https://… ; buttons side by side stand between ||"
        ),
        "bad_poll_options": lambda say, _: say("Write one option on each line of “poll_options”."),
        "no_address": lambda say, _: say("This is no address. It begins with https://"),
        "no_question": lambda say, _: say("A poll needs its “poll_question”."),
        "no_such_option": lambda say, v: say(
            "“poll_correct” is the number of an option, from 1 to {n}.", **v
        ),
        # of a channel
        "no_channel_connected": lambda say, _: say(
            "No channel is connected. Make the bot an administrator of yours first."
        ),
        "no_such_channel": lambda say, v: say(
            "I do not know the channel “{name}”. Connected are: {titles}", **v
        ),
        "two_channels": lambda say, v: say(
            "Two channels are called “{name}”. Write its @name or id.", **v
        ),
        "may_not_post": lambda say, v: say(
            "I may not post to “{name}”. Give me that right there first.", **v
        ),
        # of other posts
        "is_out": lambda say, _: say("It is published already."),
        "is_there": lambda say, v: say("It is here already, as post {id}.", **v),
        "is_above": lambda say, v: say("The same stands in line or row {place} already.", **v),
        "like_post": lambda say, v: say("Post {id} says nearly the same ({share} alike).", **v),
        "like_row": lambda say, v: say(
            "Line or row {id} of this file says nearly the same ({share} alike).", **v
        ),
        "like_hand": lambda say, v: say(
            "A post you made by hand says nearly the same ({share} alike).", **v
        ),
    }
)
