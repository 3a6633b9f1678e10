"""What the owner reads about the copies of their files."""

from __future__ import annotations

from bot.views.say import Say, View


def no_room(say: Say) -> View:
    """Say that the disk is too full for copies."""
    return View(
        say(
            "My disk is too full to keep copies of the files in your posts. The posts go out all "
            "the same, as long as Telegram keeps the files."
        )
    )
