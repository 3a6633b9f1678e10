"""What a newcomer reads: first steps, what is connected, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from markupsafe import Markup

from bot.store.channels import Channel
from bot.views.channels import connection
from bot.views.inbox import shorten
from bot.views.say import Say, View, lines

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "customers": (
            "inbox", "teach", "answers", "rules", "why", "variants", "rehearse", "hours",
        ),
        "posts": ("post", "schedule", "draft", "drafts", "queue", "history", "calendar"),
        "times": ("slots", "repeat", "evergreen"),
        "ways": ("channels", "feeds", "helpers", "approval", "export"),
        "numbers": ("insights", "predict", "segments", "recommend"),
    }
)  # fmt: skip
"""The commands by what they are for; those in none of them are the rest."""


def start(say: Say, owner_id: int, channels: Sequence[Channel], shop: Mapping[str, str]) -> View:
    """Show the owner what works already and what to do next."""
    parts = [
        say("<b>This is your desk.</b> Only you (id {id}) command me.", id=owner_id),
        say("Customers write to me; I answer what I know and bring you the rest."),
        "",
    ]
    if channels:
        parts += [connection(say, channel) for channel in channels]
    else:
        parts.append(
            say(
                "📣 No channel yet: add me to your channel as an administrator who may post; "
                "I notice it by myself."
            )
        )
    untold = [fact for fact in ("hours", "address", "website", "phone") if fact not in shop]
    if untold:
        parts.append(
            say(
                "ℹ️ I do not know your {facts} yet, so I bring you such questions. "
                "Put them into .env (SHOP_…).",
                facts=say(", ").join(_fact(say, fact) for fact in untold),
            )
        )
    parts += [
        "",
        say("Try: /schedule in 2 minutes Hello! · /insights · /help"),
    ]
    return View(Markup("\n").join(parts))


def _fact(say: Say, fact: str) -> Markup:
    names = {
        "hours": say("opening hours"),
        "address": say("address"),
        "website": say("website"),
        "phone": say("phone number"),
    }
    return names[fact]


def help_(say: Say, commands: Mapping[str, str], group: str = "") -> View:
    """Name the commands by what they are for; of one group, with each handler's first line."""
    headings, groups = _headings(say), _groups(commands)
    if group in groups:
        told = [Markup("/%s — %s") % (name, say(commands[name])) for name in groups[group]]
        text = lines(Markup("<b>%s</b>\n") % headings[group], *told)
        return View(text, (((str(say("« Back")), "help:all"),),))
    named = [
        Markup("<b>%s</b>\n%s\n") % (headings[name], " ".join(f"/{each}" for each in found))
        for name, found in groups.items()
    ]
    hint = say(
        "To answer a customer, reply to their card. Your time zone is {zone}.",
        zone=say.timezone.key,
    )
    buttons = [(str(headings[name]), f"help:{name}") for name in groups]
    rows = tuple(tuple(buttons[begins : begins + 2]) for begins in range(0, len(buttons), 2))
    return View(lines(*named, say("Tap below to read what each one does."), hint), rows)


def _headings(say: Say) -> dict[str, Markup]:
    return {
        "customers": say("💬 Customers"),
        "posts": say("📣 Posts"),
        "times": say("🔁 Times and repeats"),
        "ways": say("📥 Ways in and out"),
        "numbers": say("📊 Numbers"),
        "rest": say("🧭 All the rest"),
    }


def _groups(commands: Mapping[str, str]) -> dict[str, list[str]]:
    groups = {name: [each for each in group if each in commands] for name, group in GROUPS.items()}
    grouped = {each for group in groups.values() for each in group}
    return groups | {"rest": [each for each in commands if each not in grouped]}


def not_understood(say: Say) -> View:
    """Say what can be done with a message that is no command."""
    return View(
        say(
            "To publish this, reply to it with /post or /schedule tomorrow 9:00. "
            "To answer a customer, reply to their card. Everything else: /help"
        )
    )


def nothing_to_cancel(say: Say) -> View:
    """Say that no question waits for words, and where a post is cancelled."""
    return View(say("I am not waiting for an answer. To cancel a post, open it: /queue"))


def unknown_command(say: Say, command: str) -> View:
    """Say that there is no such command."""
    return View(
        say("I do not know {command}. Everything I can do: /help", command=shorten(command))
    )


def interrupted(say: Say) -> View:
    """Say that a restart came between a request and its end."""
    return View(
        say(
            "I was restarted while doing what you asked for last. Please check (/queue, /inbox) "
            "and ask again if it did not happen."
        )
    )


def failed(say: Say, error: str) -> View:
    """Say that something went wrong on our side."""
    return View(
        say(
            "Something went wrong on my side ({error}). Please check whether it happened all the "
            "same; the log says more.",
            error=error,
        )
    )
