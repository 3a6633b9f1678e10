"""What the owner sees of feeds: which are followed, how they are, and what they brought."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from markupsafe import Markup

from bot.feeds.fetching import FeedError
from bot.feeds.reading import Entry, Reading
from bot.store.feeds import Feed
from bot.views.inbox import shorten
from bot.views.say import Say, View, lines
from bot.views.teaching import button

TITLE = 60  # characters
NAMED = 10  # entries of a summary


def followed(say: Say, feeds: Sequence[Feed]) -> View:
    """List the feeds."""
    how = say("To follow one, write for example:\n<code>/feeds https://example.org/feed.xml</code>")
    if not feeds:
        return View(lines(say("You follow no feed."), how))
    return View(
        lines(
            say.counted("You follow {n} feed:", "You follow {n} feeds:", len(feeds)),
            *(_line(say, feed) for feed in feeds),
            how,
        ),
        tuple(
            ((button(say("Stop {title}", title=shorten(feed.title, 30)), f"feed:stop:{feed.id}")),)
            for feed in feeds
        ),
    )


def _line(say: Say, feed: Feed) -> Markup:
    line = Markup("• <b>%s</b>\n%s") % (shorten(feed.title, TITLE), shorten(feed.url, 80))
    if not feed.n_failures:
        return line
    down = say.counted(
        "⚠️ could not be read the last time", "⚠️ could not be read the last {n} times",
        feed.n_failures,
    )  # fmt: skip
    return lines(line, down)


def begun(say: Say, feed: Feed, reading: Reading) -> View:
    """Say that a feed is followed from now on."""
    return View(
        lines(
            say("📰 I follow <b>{title}</b>.", title=shorten(feed.title, TITLE)),
            say.counted(
                "The {n} entry that is there already stays there.",
                "The {n} entries that are there already stay there.",
                len(reading.entries),
            ),
            say("Each new one becomes a draft, which goes out when you approve it."),
        ),
        ((button(say("Stop"), f"feed:stop:{feed.id}"),),),
    )


def stopped(say: Say, feed: Feed) -> View:
    """Say that a feed is followed no longer."""
    return View(say("I no longer follow <b>{title}</b>.", title=shorten(feed.title, TITLE)))


def too_many(say: Say, n: int) -> View:
    """Say that no more feeds can be followed."""
    return View(say("You follow {n} feeds; that is as many as I can. Stop one first.", n=n))


def refused(say: Say, error: FeedError) -> View:
    """Say why a feed cannot be followed."""
    return View(lines(why(say, error), say("Nothing is followed.")))


def stays_down(say: Say, feed: Feed, error: FeedError) -> View:
    """Say that a feed could not be read for a while."""
    return View(
        lines(
            say("📰 I cannot read <b>{title}</b>.", title=shorten(feed.title, TITLE)),
            why(say, error),
            say("I go on trying, less often, and tell you when it is back."),
        )
    )


def is_back(say: Say, feed: Feed) -> View:
    """Say that a feed can be read again."""
    return View(say("📰 <b>{title}</b> is back.", title=shorten(feed.title, TITLE)))


def left_out(say: Say, feed: Feed, entries: Sequence[Entry]) -> View:
    """Tell of entries that were too many to become drafts."""
    named = [
        Markup("• <a href='%s'>%s</a>") % (entry.link, shorten(entry.title or entry.summary, TITLE))
        if entry.link
        else Markup("• %s") % shorten(entry.title or entry.summary, TITLE)
        for entry in entries[-NAMED:]
    ]
    return View(
        lines(
            say.counted(
                "📰 <b>{title}</b> has {n} more new entry. Of so many in a day I make no draft:",
                "📰 <b>{title}</b> has {n} more new entries. Of so many in a day I make no drafts:",
                len(entries),
                title=shorten(feed.title, TITLE),
            ),
            *named,
        )
    )


def why(say: Say, error: FeedError) -> Markup:
    """Say what is wrong with a feed."""
    values = {
        name: shorten(value, TITLE) if isinstance(value, str) else value
        for name, value in error.values.items()
    }
    return _WHY[error.kind](say, values)


_WHY: Mapping[str, Callable[[Say, Mapping[str, object]], Markup]] = MappingProxyType(
    {
        "no_address": lambda say, _: say("This is no address. It begins with https://"),
        "no_host": lambda say, v: say("There is no “{host}”, or it cannot be found now.", **v),
        "private": lambda say, v: say(
            "“{host}” is on this machine or its own network, where I read no feeds unless "
            "PRIVATE_FEEDS allows it.",
            **v,
        ),
        "unreachable": lambda say, _: say("The server cannot be reached."),
        "status": lambda say, v: say("The server answers {code} instead of a feed.", **v),
        "redirects": lambda say, v: say("It sends me on more than {n} times.", **v),
        "too_slow": lambda say, v: say("It takes longer than {seconds} seconds.", **v),
        "too_big": lambda say, v: say("It is bigger than {megabytes} MB.", **v),
        "packing": lambda say, _: say("It is packed in a way that I cannot unpack."),
        "no_feed": lambda say, _: say("There is no RSS or Atom feed at this address."),
        "no_process": lambda say, _: say("This machine is too busy to read it now."),
        "elsewhere": lambda say, _: say("There is no RSS or Atom feed at this address."),
    }
)
