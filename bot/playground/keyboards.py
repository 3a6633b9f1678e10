"""Keyboards under and instead of messages, and what Telegram refuses about them."""

from typing import Any

from bot.playground.contract import Json, contract
from bot.playground.errors import bad_request

ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query",
    "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "copy_text",
    "callback_game", "pay",
)  # fmt: skip
KINDS = ("inline_keyboard", "keyboard", "remove_keyboard", "force_reply")
MAX_BUTTONS = 100


def checked(markup: Any, *, inline_only: bool = False) -> Json | None:
    """Return the markup as it is kept, or `None` for one without buttons."""
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    kind = next((kind for kind in KINDS if kind in markup), None)
    if kind is None or (inline_only and kind != "inline_keyboard"):
        if markup and inline_only:
            raise bad_request("inline keyboard expected")
        return None
    if kind == "inline_keyboard":
        rows = [[inline_button(button) for button in row] for row in rows_of(markup[kind])]
        rows = [row for row in rows if row]
        if sum(map(len, rows)) > MAX_BUTTONS:
            raise bad_request("reply markup is too long")
        return {"inline_keyboard": rows} if rows else None
    if kind == "keyboard":
        rows = [[reply_button(button) for button in row] for row in rows_of(markup[kind])]
        return markup | {"keyboard": rows}
    return markup


def rows_of(rows: Any) -> list[list[Any]]:
    """Check that a keyboard is an array of arrays."""
    if not isinstance(rows, list):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad_request("can't parse inline keyboard: InlineKeyboardMarkup row must be an Array")
    return rows


def inline_button(button: Any) -> Json:
    """Check one inline button."""
    if not isinstance(button, dict):
        raise bad_request(
            "can't parse inline keyboard button: InlineKeyboardButton must be an Object"
        )
    if not isinstance(button.get("text"), str):
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    actions = [action for action in ACTIONS if button.get(action) is not None]
    if not actions:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    match button:
        case {"callback_data": str(data)} if not 1 <= len(data.encode()) <= 64:
            raise bad_request("BUTTON_DATA_INVALID")
        case {"url": str(url)} if not plausible_url(url):
            raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    if problems := contract().problems("InlineKeyboardButton", button):
        raise bad_request(f"can't parse inline keyboard button: {problems[0]}")
    return button


def plausible_url(url: str) -> bool:
    """Say whether Telegram would take this as the address of a button."""
    host = url.removeprefix("https://").removeprefix("http://").split("/", 1)[0]
    return url.startswith(("tg://", "ton://")) or ("." in host.strip(".") and " " not in url)


def reply_button(button: Any) -> Json:
    """Check one button of a reply keyboard; a plain text is one, too."""
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad_request("can't parse reply keyboard button: KeyboardButton must be an Object")
    return button
