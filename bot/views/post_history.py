"""What the owner reads of a post's life: each step and each try, who, when and why."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from bot.views import times
from bot.views.inbox import shorten
from bot.views.post_cards import after
from bot.views.posts import excerpt
from bot.views.say import Say, View, lines
from scheduler.posts import OWNER, SOLOIST, Post, PostState, Publication, Step
from scheduler.store import Errand

LONGEST_WHY = 200
SHOWN = 25  # the newest; so many stay below Telegram's 4096 units


def history(
    say: Say,
    post: Post,
    channel: str,
    *,
    steps: Sequence[Step],
    tries: Sequence[Publication],
    errands: Sequence[Errand],
    names: Mapping[str, str],
) -> View:
    """Read a post's life back, oldest first: its steps, its tries, and what was done to it after.

    Parameters
    ----------
    names : mapping
        Of helpers, by how they stand in a step.
    """
    told = [(step.at, 0, _step(say, step, names)) for step in steps if _tells(step)]
    told += [(each.began_at, 1, _try(say, n, each)) for n, each in enumerate(tries, 1)]
    told += [
        (each.due_at, 2, _errand(say, each))
        for each in errands
        if each.due_at and each.state in {"done", "failed"}
    ]
    told.sort(key=lambda each: each[:2])
    parts: list[Markup | str] = []
    today = None
    for at, _, sentence in told[-SHOWN:]:
        if (day := times.day(say, at)) != today:
            parts.append(Markup("\n<b>%s</b>") % day)
            today = day
        parts.append(Markup("%s %s") % (_clock(say, at), sentence))
    return View(
        lines(
            say("🕘 Post {id} for <b>{channel}</b>", id=post.id, channel=channel),
            Markup("<blockquote>%s</blockquote>") % excerpt(post),
            *parts,
            say("\nTimes are those of {zone}.", zone=say.timezone.key),
        ),
        (after(say, post),) if after(say, post) else (),
    )


def _tells(step: Step) -> bool:
    """Say whether a step tells more than the try that it belongs to."""
    done = step.to_state in {PostState.PUBLISHED, PostState.FAILED}
    return not (
        step.to_state is PostState.PUBLISHING or (done and step.from_state is PostState.PUBLISHING)
    )


def _clock(say: Say, at: dt.datetime) -> str:
    seconds = at.astimezone(say.timezone).strftime("%S")
    return f"{times.clock(say, at)}:{seconds}"


def _step(say: Say, step: Step, names: Mapping[str, str]) -> Markup:
    who = {OWNER: say("you"), SOLOIST: say("Soloist")}.get(step.by) or Markup.escape(
        names.get(step.by, str(say("a helper")))
    )
    when = times.moment(say, step.publish_at)
    sentence = _changed(say, step, who, when)
    because = why(say, step.why)
    return Markup("%s — %s") % (sentence, because) if because else sentence


def _changed(say: Say, step: Step, who: Markup, when: str) -> Markup:
    before, after = step.from_state, step.to_state
    if step.why in {"changed", "edited"}:
        return say("{who}: changed", who=who)
    if before is PostState.UNKNOWN and after is PostState.UNKNOWN:
        return say("{who}: cannot tell whether it is there", who=who)
    if before is PostState.UNKNOWN and after is PostState.PUBLISHED:
        return say("{who}: it is in the channel", who=who)
    if before is after:
        return say("{who}: moved to {when}", who=who, when=when)
    if after is PostState.SCHEDULED and step.by == SOLOIST and before is not None:
        return say("{who}: put back into the queue", who=who)
    sentences = {
        PostState.DRAFT: say("{who}: drafted", who=who),
        PostState.WAITING: say("{who}: laid before you", who=who),
        PostState.SCHEDULED: say("{who}: scheduled for {when}", who=who, when=when),
        PostState.PUBLISHED: say("{who}: published", who=who),
        PostState.FAILED: say("{who}: Telegram refused it", who=who),
        PostState.UNKNOWN: say("{who}: not sure that it arrived", who=who),
        PostState.LATE: say("{who}: too late to send without asking", who=who),
        PostState.CANCELLED: say("{who}: cancelled", who=who),
    }
    return sentences[after]


def _try(say: Say, n: int, each: Publication) -> Markup:
    outcomes = {
        "sending": say("still under way"),
        "not sent": say("not sent"),
        "published": say("it is out"),
        "failed": say("refused"),
        "unknown": say("no answer"),
    }
    tried = say("try {n}: {outcome}", n=n, outcome=outcomes[each.outcome])
    if each.ended_at and each.ended_at > each.began_at:
        seconds = say.number((each.ended_at - each.began_at).total_seconds())
        tried = say("{tried}, after {n} s", tried=tried, n=seconds)
    if each.message_id:
        tried = say("{tried} (message {id})", tried=tried, id=each.message_id)
    because = why(say, each.why)
    return Markup("%s — %s") % (tried, because) if because else tried


def _errand(say: Say, errand: Errand) -> Markup:
    kinds = {
        "pin": say("📌 pinned"),
        "unpin": say("📌 unpinned"),
        "edit": say("✏️ changed in the channel"),
        "delete": say("🗑 deleted in the channel"),
    }
    if errand.state == "done":
        return kinds[errand.kind]
    return say("{errand}: refused — {reason}", errand=kinds[errand.kind], reason=errand.reason)


def why(say: Say, reason: str | None) -> Markup:
    """Say in the owner's language why a step was taken; what Telegram says stays as it is."""
    if not reason or reason in {"changed", "edited"}:
        return Markup()
    known = {
        "Soloist stopped while it was being sent.": say("I was stopped while it was being sent"),
        "It was not found in the channel.": say("it was not found in the channel"),
        "Messages of this channel cannot be forwarded, so I cannot look.": say(
            "nothing may be forwarded there, so I could not look"
        ),
        "No message of this channel is known yet.": say(
            "I knew no message there, so I could not look"
        ),
        "There are too many messages that it could be.": say(
            "there were too many messages that it could have been"
        ),
        "A message was deleted there that may have been this one.": say(
            "a message was deleted there that may have been it"
        ),
        "A message there is like this one, but not the same.": say(
            "a message there is like it, but not the same"
        ),
        "Timed out": say("Telegram did not answer in time"),
        "missed": say("it was missed while nothing could go out"),
        "paused": say("what repeats was paused"),
        "ended": say("what repeats was ended"),
        "time zone": say("to keep its clock time in another time zone"),
    }
    if reason in known:
        return known[reason]
    if reason.startswith("httpx."):
        return say("the connection broke off")
    if part := re.fullmatch(r"(\d+) of (\d+) files of the album are there\.", reason):
        return say("{n} of {total} files of the album are there", n=part[1], total=part[2])
    if cancelled := re.fullmatch(r"Post (\d+) was cancelled\.", reason):
        return say("post {id} was cancelled", id=cancelled[1])
    return Markup("<i>%s</i>") % shorten(reason, LONGEST_WHY)


def no_such_post(say: Say, number: str) -> View:
    """Say that there is no such post."""
    return View(
        say(
            "I know no post {number}. /history alone lists the last ones.",
            number=shorten(number, 20),
        )
    )
