"""What the owner sees of numbers: insights, predictions, segments, recommendations."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from analytics.engagement import Prediction
from analytics.frames import NotEnoughDataError
from analytics.insights import Count, Insights, PostEngagement
from analytics.recommendations import Recommendations
from analytics.segments import Segment, Segmentation
from bot.views.inbox import mood, shorten
from bot.views.say import Say, View, lines

EXCERPT = 60


def not_enough(say: Say, error: NotEnoughDataError) -> View:
    """Refuse an estimate that would rest on too little."""
    nouns = {
        "published posts": say("published posts"),
        "customers": say("customers"),
        "interactions": say("reactions and comments by people I can tell apart"),
        "messages or posts": say("messages or posts"),
        "liked posts": say("posts that somebody liked"),
    }
    return View(
        say(
            "Not enough data yet: this needs {needed} {noun}, I have {found}.",
            needed=say.number(error.needed),
            found=say.number(error.found),
            noun=nouns[error.noun],
        )
    )


def insights(
    say: Say,
    found: Insights,
    n_waiting: int,
    members: int | None,
    rating: tuple[float, int] | None,
) -> View:
    """Show a period in numbers, each against the period before.

    The rating is the mean of the stars that were given, and how many customers gave some.
    """
    now = found.current
    return View(
        lines(
            say("📊 <b>The last 7 days</b>"),
            _counted(say, found, say("Customers who wrote"), "n_customers"),
            _counted(say, found, say("Messages"), "n_messages"),
            _counted(say, found, say("Answered by me"), "n_answered"),
            _counted(say, found, say("Handed to you"), "n_handed_off"),
            say.counted(
                "{n} still waits for you: /inbox", "{n} still wait for you: /inbox", n_waiting
            )
            if n_waiting
            else "",
            _moods(say, found),
            _rating(say, *rating) if rating else "",
            Markup("\n") + _counted(say, found, say("Posts published"), "n_posts"),
            _counted(say, found, say("Engagement (reactions + comments)"), "engagement"),
            say("Channel members: {n}", n=say.number(members)) if members else "",
            *(_post(say, post) for post in found.posts),
            Markup("\n") + say("As of {when}.", when=say.when(now.until)),
            say("In brackets: the 7 days before.") if found.preceding else "",
        )
    )


def _counted(say: Say, found: Insights, name: Markup, count: Count) -> Markup:
    value = say.number(getattr(found.current, count))
    if found.preceding is None:
        return say("{name}: <b>{value}</b>", name=name, value=value)
    before = say.number(getattr(found.preceding, count))
    return say("{name}: <b>{value}</b> ({before})", name=name, value=value, before=before)


def _moods(say: Say, found: Insights) -> Markup:
    shares = [
        Markup("%s %s (%s–%s)")
        % (mood(say, label), say.share(share.value), say.share(share.low), say.share(share.high))
        for label, share in found.current.sentiments.items()
    ]
    if not shares:
        return Markup()
    return say("Mood, with 95 % interval: {shares}", shares=say(", ").join(shares))


def _rating(say: Say, mean: float, n: int) -> Markup:
    return say.counted(
        "Rated <b>{mean}</b> of 5 by {n} customer",
        "Rated <b>{mean}</b> of 5 by {n} customers",
        n,
        mean=say.number(mean),
    )


def _post(say: Say, post: PostEngagement) -> Markup:
    counted = Markup("• %s — 👍 %s 💬 %s") % (
        shorten(" ".join(post.text.split()), EXCERPT) or say("(without text)"),
        say.number(post.reactions),
        say.number(post.comments),
    )
    if post.rate is None:
        return counted
    return Markup("%s (%s)") % (
        counted,
        say("{share} of members", share=say.share(post.rate)),
    )


def prediction(say: Say, predicted: Prediction) -> View:
    """Show what a draft may expect, and how much that is worth."""
    if predicted.model == "ridge":
        worth = say(
            "Tested on {n} earlier posts, my error was {ratio} of that of simply "
            "guessing the median ({baseline}).",
            n=say.number(predicted.n_tested),
            ratio=say.share(predicted.mae_ratio or 0),
            baseline=say.number(predicted.baseline),
        )
    else:
        worth = say(
            "Neither text nor time told more than the median of your {n} posts, so this is "
            "the median.",
            n=say.number(predicted.n_posts),
        )
    held = (
        say(
            "Such intervals held for {share} of {n} earlier posts.",
            share=say.share(predicted.coverage.value),
            n=say.number(predicted.coverage.n),
        )
        if predicted.coverage
        else ""
    )
    return View(
        lines(
            say(
                "🔮 Expected engagement: <b>{expected}</b>, in 4 of 5 cases between "
                "{low} and {high} (reactions + comments).",
                expected=say.number(predicted.expected),
                low=say.number(predicted.low),
                high=say.number(predicted.high),
            ),
            worth,
            held,
            say("As of {when}.", when=say.when(predicted.as_of)),
        )
    )


def what_to_predict(say: Say) -> View:
    """Say how a prediction is asked for."""
    return View(
        say("Write /predict and the text of a draft, or reply with /predict to a message of yours.")
    )


def segments(say: Say, found: Segmentation, names: Mapping[int, str]) -> View:
    """Show the groups of customers, what sets each apart, and what could be done."""
    head = say.counted("👥 {n} customer", "👥 {n} customers", found.n_customers)
    if not found.clear:
        verdict = say("They form no clear groups: nothing to be read into them yet.")
        return View(lines(head, verdict, say("As of {when}.", when=say.when(found.as_of))))
    return View(
        lines(
            head,
            *(_segment(say, segment, names) for segment in found.segments),
            say(
                "How clear the groups are (silhouette, at most 1): {silhouette}; by chance "
                "it would be {baseline}. As of {when}.",
                silhouette=f"{found.silhouette or 0:.2f}",
                baseline=f"{found.baseline_silhouette or 0:.2f}",
                when=say.when(found.as_of),
            ),
        )
    )


def _segment(say: Say, segment: Segment, names: Mapping[int, str]) -> Markup:
    some = ", ".join(names.get(customer, str(customer)) for customer in segment.customers[:5])
    return lines(
        Markup("\n<b>%s</b>: %s (%s)")
        % (
            Markup(", ").join(trait(say, code) for code in segment.name.split("+")),
            say.number(segment.size),
            say.share(segment.share),
        ),
        Markup("%s%s") % (some, "…" if segment.size > 5 else ""),
        action(say, segment.traits[0]) if segment.traits else "",
    )


def trait(say: Say, code: str) -> Markup:
    """Name what sets a segment apart; a code may carry a number, as in "average 2"."""
    code, _, number = code.partition(" ")
    names = {
        "average": say("like most"),
        "recent": say("wrote lately"),
        "lapsed": say("silent for long"),
        "frequent": say("write often"),
        "quiet": say("write rarely"),
        "needs_help": say("need you often"),
        "self_served": say("served by the bot"),
        "happy": say("happy"),
        "unhappy": say("unhappy"),
        "new": say("new"),
        "long_known": say("known for long"),
    }
    return Markup("%s %s") % (names[code], number) if number else names[code]


def action(say: Say, code: str) -> Markup | str:
    """Suggest one thing to do about a segment."""
    actions = {
        "unhappy": say("→ Write to them yourself; they are the ones to lose."),
        "needs_help": say("→ See what they ask in /inbox, and put the answers into your posts."),
        "lapsed": say("→ Give them a reason to come back: a post about what is new."),
        "frequent": say("→ Thank them; they are your regulars."),
        "happy": say("→ Ask them for a review."),
        "new": say("→ Welcome them with a post that shows what you do."),
        "recent": say("→ Welcome them with a post that shows what you do."),
    }
    return actions.get(code, "")


def recommendations(
    say: Say, found: Recommendations, names: Mapping[int, str], texts: Mapping[int, str]
) -> View:
    """Show which post each active reader would probably like next."""
    chosen = [
        Markup("• <b>%s</b>: %s")
        % (
            names.get(pick.customer, str(pick.customer)),
            shorten(" ".join(texts.get(pick.post, str(pick.post)).split()), EXCERPT),
        )
        for pick in found.items
    ]
    return View(
        lines(
            say("🎯 <b>What your active readers have not seen and may like</b>"),
            *chosen,
            _worth(say, found),
            say("As of {when}.", when=say.when(found.as_of)),
        )
    )


def _worth(say: Say, found: Recommendations) -> Markup:
    """Say how often such a choice was right, and which way of choosing was better."""
    rates = (found.popularity_hit_rate, found.neighbours_hit_rate)
    rate = rates[found.method == "neighbours"]
    way = (
        say("by what readers with the same taste liked")
        if found.method == "neighbours"
        else say("by what most readers liked")
    )
    if rate is None:
        return say("Chosen {way}; not tested yet, nobody liked two posts.", way=way)
    return say(
        "Chosen {way}: tested on {n} readers, the post they liked last was among my first "
        "{k} for {share} ({low}–{high}).",
        way=way,
        n=say.number(rate.n),
        k=found.n_each,
        share=say.share(rate.value),
        low=say.share(rate.low),
        high=say.share(rate.high),
    )
