"""The parts of the running application, and how a handler gets at them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database
from telegram.ext import Application, CallbackContext, ExtBot

from bot.playbook import InForce
from bot.pulse import Pulse
from bot.settings import Settings
from bot.views.say import Say
from nlp.sentiment import SentimentModel
from scheduler.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """What handlers work with; built once in `bot.app`."""

    settings: Settings
    db: Database
    clock: Clock
    pulse: Pulse
    now: Callable[[], dt.datetime]
    say: Say
    in_force: InForce
    sentiment: SentimentModel
    understanding: Executor  # apart from reports and downloads, which would keep customers waiting
    commands: Mapping[str, str]  # of the owner: name and first docstring line
    send_soon: Callable[[int], None]  # has the outbox of a chat sent, without waiting for it


class Context(CallbackContext[ExtBot[Any], dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """A handler's context, with the application's parts as `context.app`."""

    @property
    def app(self) -> App:
        """The parts of the running application."""
        app: App = self.bot_data["app"]
        return app


SoloistApplication = Application[
    ExtBot[Any], Context, dict[Any, Any], dict[Any, Any], dict[Any, Any], None
]
