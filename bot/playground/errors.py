"""How the Bot API and the control API refuse a call."""

from bot.playground.contract import Json


class ApiError(Exception):
    """A refusal as the Bot API answers it; the text is Telegram's `description`."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def answer(self) -> Json:
        """Build the JSON body of the answer."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        return body | {"parameters": self.parameters} if self.parameters else body


def bad_request(sentence: str) -> ApiError:
    """Refuse with 400."""
    return ApiError(400, f"Bad Request: {sentence}")


def forbidden(sentence: str) -> ApiError:
    """Refuse with 403."""
    return ApiError(403, f"Forbidden: {sentence}")


def conflict(sentence: str) -> ApiError:
    """Refuse with 409."""
    return ApiError(409, f"Conflict: {sentence}")


def too_many_requests(seconds: int) -> ApiError:
    """Refuse with 429."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


class ControlError(Exception):
    """An act that cannot be done in this world; the sentence says why."""
