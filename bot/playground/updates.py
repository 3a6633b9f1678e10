"""The queue of updates, and the rules of long polling."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from bot.playground.contract import Json, contract
from bot.playground.errors import conflict

NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}

TERMINATED = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


@dataclass(slots=True)
class Webhook:
    """Where updates are delivered to, and how that went."""

    url: str
    secret_token: str | None = None
    max_connections: int = 40
    last_error: tuple[int, str] | None = None


@dataclass(slots=True)
class Updates:
    """Updates that the bot has not confirmed yet."""

    first_id: int
    pending: deque[Json] = field(default_factory=deque)
    allowed: list[str] = field(default_factory=list)  # empty: Telegram's default
    webhook: Webhook | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    closing: bool = False
    _poll: int = 0

    def wanted(self, kind: str) -> bool:
        """Say whether the bot has asked for updates of this kind."""
        return kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT

    def add(self, kind: str, content: Json) -> None:
        """Queue an update, unless the bot does not want it."""
        if self.wanted(kind):
            self.pending.append({"update_id": self.first_id, kind: content})
            self.first_id += 1
            self.wake()

    def allow(self, kinds: list[str] | None) -> None:
        """Remember which kinds are wanted; `None` keeps the choice, unknown kinds are ignored."""
        if kinds is not None:
            known = contract().fields("Update")
            self.allowed = [kind for kind in kinds if kind in known]

    def wake(self) -> None:
        """Let everyone who waits look again."""
        self.changed.set()
        self.changed = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """Wait until something changes, at most this long."""
        changed = self.changed
        try:
            async with asyncio.timeout(seconds):
                await changed.wait()
        except TimeoutError:
            return

    def confirm(self, offset: int) -> None:
        """Forget updates before `offset`; a negative one keeps that many of the last."""
        if offset < 0:
            while len(self.pending) > -offset:
                self.pending.popleft()
        while self.pending and self.pending[0]["update_id"] < offset:
            self.pending.popleft()

    async def poll(
        self, offset: int, limit: int, timeout_s: float, allowed: list[str] | None
    ) -> list[Json]:
        """Answer `getUpdates`; a newer poll ends an older one with 409."""
        if self.webhook:
            raise conflict(WEBHOOK_ACTIVE)
        self._poll += 1
        mine = self._poll
        self.wake()
        self.allow(allowed)
        if offset:
            self.confirm(offset)
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + timeout_s
        while not self.pending and not self.closing and (left := ends_at - loop.time()) > 0:
            await self.wait(left)
            if mine != self._poll:
                raise conflict(TERMINATED)
            if self.webhook:
                raise conflict(WEBHOOK_ACTIVE)
        return [update for update, _ in zip(self.pending, range(limit), strict=False)]

    def close(self) -> None:
        """End all waiting at once."""
        self.closing = True
        self.wake()
