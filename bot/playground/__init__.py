"""A Telegram of your own on this machine: Bot API server, control API and web page."""

from bot.playground.server import Playground, PlaygroundError

__all__ = ["Playground", "PlaygroundError"]
