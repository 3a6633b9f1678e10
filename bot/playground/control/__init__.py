"""The control API: what people do, faults, and what is recorded."""

from bot.playground.control.routes import routes

__all__ = ["routes"]
