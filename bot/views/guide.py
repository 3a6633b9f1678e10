"""What a newcomer reads: first steps, what is connected, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from bot.store.channels import Channel
from bot.views.channels import connection
from bot.views.inbox import shorten
from bot.views.say import Say, View, lines


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


def help_(say: Say, commands: Mapping[str, str]) -> View:
    """List the commands; each is described by its handler's own first line."""
    described = [
        Markup("/%s — %s") % (command, say(sentence)) for command, sentence in commands.items()
    ]
    return View(
        lines(
            *described,
            say(
                "\nTo answer a customer, reply to their card. Your time zone is {zone}.",
                zone=say.timezone.key,
            ),
        )
    )


def not_understood(say: Say) -> View:
    """Say what can be done with a message that is no command."""
    return View(
        say(
            "To publish this, reply to it with /post or /schedule tomorrow 9:00. "
            "To answer a customer, reply to their card. Everything else: /help"
        )
    )


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
