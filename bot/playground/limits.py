"""Telegram-like rate limits, off until asked for.

About 30 messages a second in all, one a second in a private chat and twenty a minute in a
channel or group, see https://core.telegram.org/bots/faq#my-bot-is-hitting-limits.
"""

import math
from collections import defaultdict, deque

from bot.playground.contract import Json
from bot.playground.errors import too_many_requests

LIMITED = ("send", "forward", "copy", "editmessage")
FREE = ("sendchataction", "sendmessagedraft")
OVERALL = (30, 1.0)
PRIVATE = (1, 1.0)
GROUP = (20, 60.0)


class Limits:
    """Counts what was sent in sliding windows; a refused call counts for nothing."""

    def __init__(self) -> None:
        self.enabled = False
        self._sent: defaultdict[object, deque[float]] = defaultdict(deque)

    def check(self, method: str, params: Json, now: float) -> None:
        """Count a call of `method` (lower case), or refuse it with 429.

        Raises
        ------
        ApiError
            With `retry_after`, in whole seconds.
        """
        if not self.enabled or not method.startswith(LIMITED) or method in FREE:
            return
        chat_id = params.get("chat_id")
        group = isinstance(chat_id, str) or (isinstance(chat_id, int) and chat_id < 0)
        several = params.get("media") or params.get("message_ids")
        n = len(several) if isinstance(several, list) else 1
        windows = [("all", OVERALL), (chat_id, GROUP if group else PRIVATE)]
        waits = [self._wait(key, n, limit, now) for key, limit in windows]
        if max(waits) > 0:
            raise too_many_requests(max(1, math.ceil(max(waits))))
        for key, _ in windows:
            self._sent[key].extend([now] * n)

    def _wait(self, key: object, n: int, limit: tuple[int, float], now: float) -> float:
        most, window_s = limit
        sent = self._sent[key]
        while sent and sent[0] <= now - window_s:
            sent.popleft()
        excess = len(sent) + n - most
        if excess <= 0 or not sent:  # an album in an idle chat is let through whole
            return 0.0
        return sent[min(excess, len(sent)) - 1] + window_s - now
