"""What the options on a post's card do, and the words that some of them ask for."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from telegram import Message, Update

from bot import drafts, letters, placing, post_cards, when
from bot.context import App, Context
from bot.limits import problems
from bot.owner import album_parts
from bot.owner.post_cards import CHANGEABLE, MOVABLE, OPTIONAL, act, require, revised, take
from bot.spans import read_span
from bot.store import channels
from bot.views import post_options as views
from bot.views import posts as posts_views
from bot.views.say import View
from scheduler import store
from scheduler.posts import Button, Content, Post, PostState, Preview
from scheduler.store import ErrandKind

PREVIEWS: tuple[Preview, ...] = ("auto", "none", "small", "large")
TAKE_AWAY = {"-", "–", "—", "none", "无"}  # dashes, as phones write them
BUTTON = re.compile(
    r"(?P<text>\S.*?)(?:\s+[-–—]+\s+|[:：]\s+|：|\s+(?=https?://|tg://))\s*(?P<url>\S+)",
    re.IGNORECASE,
)


async def tap(update: Update, context: Context) -> None:
    """Turn an option on or off, or ask for the words that it needs."""
    query, app = update.callback_query, context.app
    assert query and query.data  # the route's pattern says so
    _, name, number = query.data.split(":")
    await act(app, query, int(number), lambda post: _turn(app, post, name))


def _turn(app: App, post: Post, name: str) -> View | None:
    require(post, OPTIONAL if name in TIMED else CHANGEABLE, "changed")
    if name in ASKED:
        letters.ask_owner(app, ASKED[name](app, post), topic=f"option:{name}:{post.id}")
        return None
    if name == "pin":
        _turn_pin(app, post)
    elif name == "grace":
        _turn_grace(app, post)
    else:
        _change_all(app, post, CHANGES[name])
    return post_cards.options(app, store.get(app.db, post.id))


def _change_all(app: App, post: Post, change: Callable[[Content], Content]) -> None:
    """Change the options of a post in all its channels, and leave the texts as they are."""
    with store.durable(app.db):
        for each in _in(app, post):
            store.edit(app.db, each.id, change(each.content), app.now())


def _in(app: App, post: Post, states: Sequence[PostState] = CHANGEABLE) -> list[Post]:
    """Give the posts of a set that stand in one of these states."""
    return [each for each in store.set_of(app.db, post) if each.state in states]


def _spoil(content: Content) -> Content:
    hide = not any(medium.spoiler for medium in content.media)
    media = (
        replace(medium, spoiler=hide and medium.kind != "document") for medium in content.media
    )
    return replace(content, media=tuple(media))


def _next_preview(content: Content) -> Content:
    following = (PREVIEWS.index(content.preview) + 1) % len(PREVIEWS)
    return replace(content, preview=PREVIEWS[following])


CHANGES: Mapping[str, Callable[[Content], Content]] = MappingProxyType(
    {
        "silent": lambda content: replace(content, silent=not content.silent),
        "protected": lambda content: replace(content, protected=not content.protected),
        "above": lambda content: replace(content, above=not content.above),
        "spoiler": _spoil,
        "preview": _next_preview,
    }
)


def _turn_pin(app: App, post: Post) -> None:
    """Have a post pinned when it is out, or not."""
    pins = [
        each
        for each in store.errands_of(app.db, post.id)
        if each.kind == "pin" and each.state == "waiting"
    ]
    for each in _in(app, post):
        _drop_errands(app, each, "pin")
        if not pins:
            store.add_errand(app.db, each.id, "pin", delay=dt.timedelta())


def _turn_grace(app: App, post: Post) -> None:
    longer = [grace for grace in views.GRACES if grace > post.grace]
    for each in _in(app, post):
        store.set_grace(app.db, each.id, longer[0] if longer else views.GRACES[0])


ASKED: Mapping[str, Callable[[App, Post], View]] = MappingProxyType(
    {
        "buttons": lambda app, post: views.ask_for_buttons(app.say, post),
        "comment": lambda app, post: views.ask_for_comment(app.say, post),
        "unpin": lambda app, post: views.ask_for_span(app.say, post, "unpin"),
        "delete": lambda app, post: views.ask_for_span(app.say, post, "delete"),
        "edit": lambda app, post: views.ask_for_edit(app.say, post),
    }
)

TIMED: Mapping[str, ErrandKind] = MappingProxyType(
    {"unpin": "unpin", "delete": "delete", "edit": "edit"}
)


async def written(update: Update, context: Context, about: str) -> None:
    """Take the owner's words for an option of a post."""
    said, app = update.effective_message, context.app
    assert said  # the route's filter says so
    name, _, number = about.partition(":")

    async def taker(app: App, said: Message, post: Post) -> None:
        require(post, OPTIONAL if name in TIMED else CHANGEABLE, "changed")
        refused = await _take(app, said, post, name)
        if refused:
            letters.ask_owner(app, refused, topic=f"option:{about}")
        else:
            letters.show_post(app, store.get(app.db, post.id))

    await take(app, said, int(number), taker)


async def _take(app: App, said: Message, post: Post, name: str) -> View | None:
    """Take words for an option; give what stands against them."""
    nothing = (said.text or "").strip().casefold() in TAKE_AWAY
    if name == "buttons":
        return _take_buttons(app, post, "" if nothing else said.text or "")
    if name == "comment":
        return _take_comment(app, said, post, nothing=nothing)
    kind = TIMED[name]
    if nothing:
        for each in _in(app, post, OPTIONAL):
            _drop_errands(app, each, kind)
        return None
    return await _take_errand(app, said, post, kind)


def _take_buttons(app: App, post: Post, text: str) -> View | None:
    rows: list[tuple[Button, ...]] = []
    for line in filter(str.strip, text.splitlines()):
        found = [BUTTON.fullmatch(part.strip()) for part in line.split("|")]
        buttons = [Button(each["text"], each["url"]) for each in found if each]
        if len(buttons) < len(found):
            return views.no_buttons(app.say, line)
        rows.append(tuple(buttons))
    refused = problems(replace(post.content, buttons=tuple(rows)))
    if refused:
        return views.bad_buttons(app.say, refused)
    _change_all(app, post, lambda content: replace(content, buttons=tuple(rows)))
    return None


def _take_comment(app: App, said: Message, post: Post, *, nothing: bool) -> View | None:
    """Let something go out as the first comment, instead of what was to before."""
    content = None
    if not nothing:
        try:
            content = drafts.checked(album_parts.found(app, said))
        except drafts.UnfitError as error:
            return posts_views.unfit(app.say, error.problems)
    with store.durable(app.db):
        for each in _in(app, post):
            for before in store.followers(app.db, each.id):
                if before.origin.is_comment and before.state in MOVABLE:
                    store.cancel(app.db, before.id, app.now())
            channel = channels.find(app.db, each.channel_id)
            if content and channel and channel.discussion_id:
                placing.place_after(app, each, content, group_id=channel.discussion_id)
    return None


async def _take_errand(app: App, said: Message, post: Post, kind: ErrandKind) -> View | None:
    """Take when something is done to a post that is out: after a span, or at a time."""
    text = said.text or said.caption or ""
    delay, due_at, begins = None, None, 0
    if span := read_span(text):
        delay, begins = span
    else:
        try:
            plan = await asyncio.to_thread(when.read_plan, text, app.now(), app.settings.timezone)
        except (when.NoTimeError, when.PastTimeError, when.GapError, when.AmbiguousError):
            return views.no_span(app.say)
        due_at, begins = plan.publish_at, plan.text_begins
        if due_at <= post.publish_at:
            return views.before_it_is_out(app.say, due_at, post)
    content = None
    if kind == "edit":
        if not text[begins:].strip():
            return views.ask_for_edit(app.say, post)
        try:
            content = drafts.checked(revised(post.content, drafts.read(said, begins)))
        except drafts.UnfitError as error:
            return posts_views.unfit(app.say, error.problems)
    with store.durable(app.db):
        for each in _in(app, post, OPTIONAL):
            _drop_errands(app, each, kind)
            store.add_errand(app.db, each.id, kind, delay=delay, due_at=due_at, content=content)
    placing.arm(app)
    return None


def _drop_errands(app: App, post: Post, kind: ErrandKind) -> None:
    for errand in store.errands_of(app.db, post.id):
        if errand.kind == kind and errand.state == "waiting":
            store.drop_errand(app.db, errand.id)
