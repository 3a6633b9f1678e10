"""Any sequence of outcomes, crashes, looks and taps, against a channel that counts."""

import asyncio
import datetime as dt
from collections import Counter
from contextlib import suppress
from typing import Literal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlite_utils import Database

from scheduler import store
from scheduler.posts import (
    CannotLookError,
    Content,
    Decision,
    NotSentError,
    Post,
    PostState,
    RefusedError,
    UncertainError,
)
from scheduler.publisher import publish_due, recover

NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
CHANNEL = -1001

Fate = Literal["arrives", "refused", "not sent", "told to wait", "lost", "cut after", "bug"]
FATES: list[Fate] = ["arrives", "refused", "not sent", "told to wait", "lost", "cut after", "bug"]
ABSENT = {PostState.SCHEDULED, PostState.LATE, PostState.FAILED, PostState.CANCELLED}


class Publishing(RuleBasedStateMachine):
    """Each post's text is its own number, so that the channel can be compared with the table."""

    @initialize()
    def open_file(self) -> None:
        self.db = Database(memory=True)
        store.migrate(self.db)
        self.now = NOON
        self.n_scheduled = 0
        self.messages: list[str] = []
        self.fates: list[Fate] = []

    @rule(in_seconds=st.integers(-5, 90), grace=st.integers(1, 60))
    def schedule(self, in_seconds: int, grace: int) -> None:
        store.schedule(
            self.db,
            CHANNEL,
            Content(str(self.n_scheduled)),
            self.now + dt.timedelta(seconds=in_seconds),
            now=self.now,
            grace=dt.timedelta(seconds=grace),
        )
        self.n_scheduled += 1

    @rule(seconds=st.floats(0, 40))
    def wait(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)

    @rule(fates=st.lists(st.sampled_from(FATES), max_size=4))
    def tick(self, fates: list[Fate]) -> None:
        self.fates = fates
        asyncio.run(self._publish())

    async def _publish(self) -> None:
        with suppress(ZeroDivisionError):
            await publish_due(self.db, self._send, lambda: self.now, _nothing)

    async def _send(self, post: Post) -> list[int]:
        assert post.publish_at <= self.now < post.late_at
        match self.fates.pop(0) if self.fates else "arrives":
            case "refused":
                raise RefusedError("Forbidden")
            case "not sent":
                raise NotSentError("Connection refused")
            case "told to wait":
                raise NotSentError("Too Many Requests", retry_after=dt.timedelta(seconds=20))
            case "lost":
                raise UncertainError("Timed out")
            case "cut after":
                self.messages.append(post.text)
                raise UncertainError("Server disconnected")
            case "bug":
                raise ZeroDivisionError
        self.messages.append(post.text)
        return [len(self.messages)]

    @rule(arrives=st.booleans())
    def kill_between_claim_and_mark(self, arrives: bool) -> None:
        post = store.claim_next(self.db, CHANNEL, self.now)
        if post and arrives:
            self.messages.append(post.text)

    @rule(may_look=st.lists(st.booleans(), max_size=3))
    def start_again(self, may_look: list[bool]) -> None:
        async def look(post: Post) -> list[int]:
            if may_look and not may_look.pop():
                raise CannotLookError("protected content")
            message_id = self._message_id(post)
            return [message_id] if message_id else []

        async def settle() -> None:
            async for _ in recover(self.db, look, lambda: self.now):
                pass

        asyncio.run(settle())

    def _message_id(self, post: Post) -> int | None:
        return self.messages.index(post.text) + 1 if post.text in self.messages else None

    @precondition(lambda self: self.n_scheduled)
    @rule(data=st.data(), decision=st.sampled_from(["cancel", "move", "drop", "send"]))
    def owner_taps_any_post(self, data: st.DataObject, decision: str) -> None:
        post = store.get(self.db, data.draw(st.integers(1, self.n_scheduled)))
        there = self._message_id(post) is not None
        with suppress(store.WrongStateError):
            match decision:
                case "cancel":
                    store.cancel(self.db, post.id, self.now)
                case "move":
                    at = self.now + dt.timedelta(seconds=data.draw(st.integers(0, 90)))
                    store.move(self.db, post.id, at, self.now)
                case _ if there:  # an owner who has looked
                    store.settle(self.db, post.id, Decision.IT_IS_THERE, self.now)
                case "drop":
                    store.settle(self.db, post.id, Decision.DROP, self.now)
                case "send":
                    store.settle(self.db, post.id, Decision.SEND, self.now)

    @invariant()
    def nothing_is_lost_and_nothing_is_doubled(self) -> None:
        posts = [store.get(self.db, n + 1) for n in range(self.n_scheduled)]
        n_messages = Counter(self.messages)
        assert all(n == 1 for n in n_messages.values())
        for post in posts:
            if post.state is PostState.PUBLISHED:
                assert n_messages[post.text] == 1
            if post.state in ABSENT:
                assert n_messages[post.text] == 0
            if post.message_id:
                assert self.messages[post.message_id - 1] == post.text

    @invariant()
    def the_last_step_of_every_post_is_its_state(self) -> None:
        for n in range(self.n_scheduled):
            life = store.steps(self.db, n + 1)
            assert life[-1].to_state is store.get(self.db, n + 1).state
            assert [step.from_state for step in life] == [
                None,
                *(step.to_state for step in life[:-1]),
            ]

    def teardown(self) -> None:
        self.db.close()


async def _nothing(_: Post) -> None:
    pass


TestPublishing = Publishing.TestCase
TestPublishing.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
