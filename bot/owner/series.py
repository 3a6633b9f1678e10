"""How the owner lets posts repeat, keeps evergreen ones, and changes either."""

from __future__ import annotations

import asyncio
import datetime as dt
import re

from telegram import CallbackQuery, Message, Update

from bot import days, drafts, letters, placing, plans, when
from bot.context import App, Context
from bot.owner import album_parts, posts
from bot.store import channels
from bot.taps import acknowledge, redraw
from bot.views import plan_problems
from bot.views import posts as posts_views
from bot.views import series as views
from bot.views.say import View
from bot.views.series import Standing
from scheduler import planning
from scheduler.local_time import moment_of
from scheduler.posts import Content
from scheduler.recurrence import Rule
from scheduler.store import occurrences, slots
from scheduler.store import series as store
from scheduler.store.series import Kind, NoSuchSeriesError, Series

COOLDOWN = dt.timedelta(days=30)
LONGEST_REST = dt.timedelta(days=3650)

_NEVER = re.compile(r"never|no end|永不|不结束|不結束|没有|沒有", re.IGNORECASE)
_TIMES = re.compile(
    r"(?:after |for )?(\d{1,4})(?: ?(?:times|posts|x))?|[共再]?(\d{1,4})次", re.IGNORECASE
)
_UNTIL = re.compile(
    r"(?:until|till|to|on|到|至|直到)?\s*(.*?)\s*(?:为止|為止|结束|結束)?", re.IGNORECASE
)
_REST = re.compile(
    r"(\d{1,4}) ?(?:(?P<days>d|days?|天|日)|(?P<weeks>w|weeks?|周|週|个?星期|個?星期)"
    r"|(?P<months>months?|个?月|個?月))?",
    re.IGNORECASE,
)
DAYS = {"weeks": 7, "months": 30}


async def repeat(update: Update, context: Context) -> None:
    """Let a post repeat: /repeat every monday at 9 Hello; alone, show what repeats."""
    written, app = update.effective_message, context.app
    assert written  # the route's filter says so
    begins = posts.begins(written)
    said = posts.text_of(written)[begins:]
    if not said.strip():
        letters.tell_owner(app, _listing(app, "recurring"))
        return
    now, zone = app.now(), app.settings.timezone
    try:
        found = await asyncio.to_thread(when.read_rule, said, now, zone)
        reached = planning.begins_after(found.rule, now, zone)
    except when.NoRuleError:
        letters.tell_owner(app, plan_problems.no_rule(app.say))
        return
    except when.RuleError as error:
        letters.tell_owner(app, plan_problems.rule(app.say, error.problem, error.part))
        return
    except planning.TooOftenError:
        letters.tell_owner(app, views.too_often(app.say))
        return
    content = _content(app, written, begins + found.text_begins, "recurring")
    if content and _has_channel(app):
        series = store.begin(
            app.db,
            content,
            now,
            rule=found.rule.text,
            reached=reached,
            ends_at=found.ends_at,
            n_left=found.n_times,
            request_id=f"update {update.update_id}",
        )
        _show(app, series)


async def evergreen(update: Update, context: Context) -> None:
    """Keep a post that fills free slots now and then; alone, show all of them."""
    written, app = update.effective_message, context.app
    assert written  # the route's filter says so
    begins = posts.begins(written)
    is_alone = written.text and not written.reply_to_message
    if is_alone and not posts.text_of(written)[begins:].strip():
        letters.tell_owner(app, _listing(app, "evergreen"))
        return
    content = _content(app, written, begins, "evergreen")
    if content and _has_channel(app):
        series = store.begin(
            app.db,
            content,
            app.now(),
            cooldown=COOLDOWN,
            request_id=f"update {update.update_id}",
        )
        _show(app, series)


async def captioned(update: Update, context: Context) -> None:
    """Take a command that is written below a picture."""
    written, app = update.effective_message, context.app
    assert written  # the route's filter says so
    is_rule = posts.text_of(written).casefold().startswith("/repeat")
    if written.media_group_id:  # the rest of the album is still on its way
        letters.tell_owner(app, views.how(app.say, "recurring" if is_rule else "evergreen"))
    else:
        await (repeat if is_rule else evergreen)(update, context)


async def tap(update: Update, context: Context) -> None:
    """Do what a button about a series says."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    _, verb, which = query.data.split(":")
    if verb == "all":
        await acknowledge(query)
        kind: Kind = "recurring" if which == "recurring" else "evergreen"
        await redraw(query, _listing(app, kind))
        return
    try:
        series = store.get(app.db, int(which))
    except NoSuchSeriesError:
        await acknowledge(query, str(views.gone(app.say)))
        return
    asked = {
        "text": views.ask_for_text(app.say, series),
        "until": views.ask_for_end(app.say),
        "rest": views.ask_for_rest(app.say),
    }
    if verb in asked:
        await acknowledge(query)
        letters.ask_owner(app, asked[verb], topic=f"series:{verb}:{series.id}")
        return
    if verb == "skip":
        await _skip(app, query, series)
        return
    await acknowledge(query)
    if verb == "resume" and series.state != "on":
        _resume(app, series)
    elif verb in {"pause", "end"}:
        store.turn(app.db, series.id, "paused" if verb == "pause" else "ended", app.now())
    await redraw(query, _card(app, series.id))


async def _skip(app: App, query: CallbackQuery, series: Series) -> None:
    """Cancel the next occurrence; the one after it is written already, or at once."""
    coming = occurrences.upcoming(app.db, series.id)
    if not coming:
        await acknowledge(query, views.nothing_to_skip(app.say))
        return
    await acknowledge(query)
    placing.cancel(app, coming[0])
    await redraw(query, _card(app, series.id))


def _resume(app: App, series: Series) -> None:
    now, zone = app.now(), app.settings.timezone
    reached = None
    if series.rule:
        reached = planning.begins_after(Rule.from_text(series.rule), now, zone)
    store.turn(app.db, series.id, "on", now, reached=reached)
    plans.extend_due(app)


async def written(update: Update, context: Context, about: str) -> None:
    """Take the owner's words as what was asked for: a text, an end, a rest."""
    said, app = update.effective_message, context.app
    assert said  # the route's filter says so
    verb, _, number = about.partition(":")
    topic, text = f"series:{about}", (said.text or "").strip()
    try:
        series = store.get(app.db, int(number))
    except NoSuchSeriesError:
        letters.tell_owner(app, View(views.gone(app.say)))
        return
    if verb == "text":
        changed = _edit(app, said, series)
    elif verb == "until":
        changed = _limit(app, text, series)
    else:
        changed = _rest(app, text, series)
    if isinstance(changed, View):
        letters.ask_owner(app, changed, topic=topic)
    else:
        _show(app, changed)


def _edit(app: App, said: Message, series: Series) -> Series | View:
    try:
        content = drafts.checked(album_parts.found(app, said))
    except drafts.UnfitError as error:
        return posts_views.unfit(app.say, error.problems)
    return store.edit(app.db, series.id, content, app.now())


def _limit(app: App, text: str, series: Series) -> Series | View:
    """Let a series end as the owner says."""
    zone, now = app.settings.timezone, app.now()
    ends_at = n_to_come = None
    counted, until = _TIMES.fullmatch(text), _UNTIL.fullmatch(text)
    if counted:
        n_to_come = int(counted[1] or counted[2])
    elif not _NEVER.fullmatch(text):
        try:
            _, last = days.read_days(until[1] if until else "", now.astimezone(zone).date())
        except days.DaysError:
            return views.no_end(app.say)
        ends_at = moment_of(dt.datetime.combine(last + dt.timedelta(days=1), dt.time()), zone)
    if n_to_come == 0:
        return views.no_end(app.say)
    return planning.limit(app.db, series, now, zone, ends_at=ends_at, n_to_come=n_to_come)


def _rest(app: App, text: str, series: Series) -> Series | View:
    found = _REST.fullmatch(text)
    n = int(found[1]) * DAYS.get(found.lastgroup or "", 1) if found else 0
    cooldown = dt.timedelta(days=n)
    if not dt.timedelta() < cooldown <= LONGEST_REST:
        return views.no_rest(app.say)
    return store.rest(app.db, series.id, cooldown)


def _has_channel(app: App) -> bool:
    """Say whether posts can go anywhere; if not, tell the owner how a channel is connected."""
    if channels.targets(app.db, app.settings.channel_id):
        return True
    letters.tell_owner(app, posts_views.no_channel(app.say))
    return False


def _show(app: App, series: Series) -> None:
    """Plan a series that is new or changed, and show it."""
    plans.extend_due(app)
    letters.tell_owner(app, _card(app, series.id))


def _card(app: App, series_id: int) -> View:
    series = store.get(app.db, series_id)
    targets = channels.targets(app.db, app.settings.channel_id)
    has_slots = any(slots.weekly(app.db, channel.id) for channel in targets)
    return views.card(app.say, _standing(app, series), has_slots=has_slots)


def _listing(app: App, kind: Kind) -> View:
    standings = [_standing(app, series) for series in store.going(app.db, kind)]
    return views.listing(app.say, kind, standings)


def _standing(app: App, series: Series) -> Standing:
    zone = app.settings.timezone
    coming = occurrences.upcoming(app.db, series.id)
    return Standing(
        series=series,
        rule=when.rule_in_words(Rule.from_text(series.rule), app.say.language)
        if series.rule
        else "",
        next_at=planning.next_at(app.db, series, app.now(), zone),
        n_to_come=None
        if series.n_left is None
        else series.n_left + len({post.origin.occurrence for post in coming}),
        last_out_at=occurrences.last_out_at(app.db, series.id),
        rests_until=planning.rests_until(app.db, series, zone),
    )


def _content(app: App, written: Message, begins: int, kind: Kind) -> Content | None:
    """Take what stands behind the rule, or the replied-to message, or say what is missing."""
    source = written.reply_to_message
    is_behind = written.caption or posts.text_of(written)[begins:].strip()
    try:
        if is_behind or not source:
            return drafts.checked(album_parts.found(app, written, begins))
        return drafts.checked(album_parts.found(app, source))
    except drafts.UnfitError as error:
        view = posts_views.unfit(app.say, error.problems)
        if [problem.what for problem in error.problems] == ["nothing"]:
            view = views.how(app.say, kind)
    letters.tell_owner(app, view)
    return None
