"""What the owner sees of their channels: rights, discussion group, whether posts go there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from bot.store.channels import LONGEST_OFFSET, Channel
from bot.views.inbox import shorten
from bot.views.say import Say, View, lines

OFFSETS = (0, 5, 15, 30, 60)  # minutes
TITLE = 24  # characters of a channel's title that fit on half a row of buttons


def connection(say: Say, channel: Channel) -> Markup:
    """Say of a channel what is connected and what is missing."""
    head = say("📣 Channel <b>{title}</b> is connected.", title=channel.title)
    return lines(_missing(say, channel) if channel.lacks else head, _group(say, channel))


def _missing(say: Say, channel: Channel) -> Markup:
    return say(
        "⚠️ In <b>{title}</b> I lack the right to: {rights}. "
        "Open the channel's administrators and grant it.",
        title=channel.title,
        rights=_rights(say, channel.lacks),
    )


def _group(say: Say, channel: Channel) -> Markup:
    if channel.discussion_id:
        return say("💬 Its discussion group is linked; comments are counted.")
    return say(
        "💬 It has no discussion group: link one in the channel's settings and add me there "
        "as an administrator, and I count comments too."
    )


def _rights(say: Say, rights: Sequence[str]) -> Markup:
    names = {
        "can_post_messages": say("post messages"),
        "can_edit_messages": say("edit and pin messages"),
        "can_delete_messages": say("delete messages"),
    }
    return say(", ").join(names[right] for right in rights)


def connected(say: Say, channel: Channel, targets: Sequence[Channel]) -> View:
    """Say that a channel was connected; beside others, whether posts go there."""
    is_target = any(target.id == channel.id for target in targets)
    if is_target and len(targets) == 1:
        return View(connection(say, channel))
    where = (
        say("Posts go here. To change that: /channels")
        if is_target
        else say("Posts do not go here. To change that: /channels")
    )
    return View(lines(connection(say, channel), where))


def lost(say: Say, channel: Channel, n_waiting: int, first_at: dt.datetime | None) -> View:
    """Say which rights are missing now, and what waits for them."""
    return View(lines(_missing(say, channel), _waiting(say, n_waiting, first_at)))


def regained(say: Say, channel: Channel, rights: Sequence[str]) -> View:
    """Say which rights the bot has again."""
    return View(
        say(
            "✅ In <b>{title}</b> I have the right again to: {rights}.",
            title=channel.title,
            rights=_rights(say, rights),
        )
    )


def disconnected(say: Say, title: str, n_waiting: int, first_at: dt.datetime | None) -> View:
    """Say that the bot was removed from a channel, and what waits for it."""
    return View(
        lines(
            say(
                "⚠️ I am no longer an administrator of <b>{title}</b> and cannot post there.",
                title=title,
            ),
            _waiting(say, n_waiting, first_at),
        )
    )


def _waiting(say: Say, n: int, first_at: dt.datetime | None) -> Markup | str:
    if first_at is None:
        return ""
    return say.counted(
        "{n} post is scheduled there: {when}.",
        "{n} posts are scheduled there, the first one {when}.",
        n,
        when=say.when(first_at),
    )


def listing(
    say: Say,
    channels: Sequence[Channel],
    targets: Sequence[Channel],
    members: Mapping[int, int],
) -> View:
    """Show the channels; with several, whether posts go there and how much later."""
    chosen = {channel.id for channel in targets}
    if len(channels) == 1 and chosen and not channels[0].offset:
        return View(_card(say, channels[0], members, _group(say, channels[0])))
    head = "" if chosen else say("⚠️ No channel is chosen, so posts go nowhere. Tap one below.")
    cards = [
        lines(
            _card(say, channel, members, _group_in_short(say, channel)),
            _use(say, channel, is_target=channel.id in chosen),
        )
        for channel in channels
    ]
    buttons = tuple(
        (
            _switch(channel, is_target=channel.id in chosen),
            (f"⏱ {delay(say, channel.offset)}", f"channel:offset:{channel.id}"),
        )
        for channel in channels
    )
    return View(Markup("\n\n").join(part for part in (head, *cards) if part), buttons)


def _card(say: Say, channel: Channel, members: Mapping[int, int], group: Markup) -> Markup:
    name = Markup(" @%s") % channel.username if channel.username else ""
    n_members = members.get(channel.id)
    return lines(
        Markup("📣 <b>%s</b>%s") % (channel.title, name),
        say.counted("👥 {n} member", "👥 {n} members", n_members) if n_members else "",
        group,
        say("⚠️ I lack the right to: {rights}.", rights=_rights(say, channel.lacks))
        if channel.lacks
        else "",
    )


def _group_in_short(say: Say, channel: Channel) -> Markup:
    return say("💬 discussion group linked") if channel.discussion_id else say("💬 no comments")


def _use(say: Say, channel: Channel, *, is_target: bool) -> Markup:
    if not is_target:
        return say("⬜ Posts do not go here.")
    if not channel.offset:
        return say("✅ Posts go here at their time.")
    return say("✅ Posts go here {delay} after their time.", delay=delay(say, channel.offset))


def _switch(channel: Channel, *, is_target: bool) -> tuple[str, str]:
    title = shorten(channel.title, TITLE)
    if is_target:
        return f"✅ {title}", f"channel:off:{channel.id}"
    return f"⬜ {title}", f"channel:on:{channel.id}"


def delay(say: Say, offset: dt.timedelta) -> str:
    """Write how much later."""
    return str(say("{n} min", n=say.number(offset.total_seconds() / 60)))


def offsets(say: Say, channel: Channel) -> View:
    """Offer how much later posts go out in a channel."""
    return View(
        lines(
            say(
                "⏱ How many minutes after its time should a post go out in <b>{title}</b>?",
                title=channel.title,
            ),
            say("For example 15, so that your channels do not all ring at once."),
        ),
        (
            tuple((str(n), f"offset:{n}:{channel.id}") for n in OFFSETS),
            (
                (str(say("Another number")), f"channel:other:{channel.id}"),
                (str(say("All channels")), f"channel:all:{channel.id}"),
            ),
        ),
    )


def ask_for_offset(say: Say, channel: Channel) -> View:
    """Ask for a number of minutes."""
    return View(
        say(
            "How many minutes later do posts go out in <b>{title}</b>? Write a number, up to "
            "{most}.",
            title=channel.title,
            most=say.number(LONGEST_OFFSET.total_seconds() / 60),
        )
    )


def no_offset(say: Say) -> View:
    """Say how an offset is written."""
    return View(
        say(
            "This is no number of minutes from 0 to {most}. Try: 15",
            most=say.number(LONGEST_OFFSET.total_seconds() / 60),
        )
    )


def gone(say: Say) -> View:
    """Say that a channel is no longer connected."""
    return View(say("I am no longer in this channel."))


def none(say: Say) -> View:
    """Say how a channel is connected."""
    return View(
        say(
            "No channel is connected. Add me to your channel as an administrator who may post; "
            "I notice it by myself."
        )
    )
