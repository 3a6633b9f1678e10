"""Does what is due to posts that are out: pins, unpins, edits and deletes them.

However late, it is done at once: an offer that has ended should not stand for longer because we
were down, and nobody is rung up by it. And it may be done twice, so whatever is not sure to have
been done is simply done again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable

from sqlite_utils import Database

from scheduler import store
from scheduler.posts import NotSentError, Post, RefusedError, UncertainError
from scheduler.store import Errand

FIRST_RETRY_AFTER = dt.timedelta(seconds=2)
LONGEST_RETRY_AFTER = dt.timedelta(minutes=5)

Do = Callable[[Errand, Post], Awaitable[None]]
"""Do it, or raise one of the errors of sending, or `GoneError`."""

Failed = Callable[[Errand, Post, str], Awaitable[None]]
"""Tell that an errand was refused, and why."""


class GoneError(Exception):
    """The post is not in its channel any more, so that nothing can be done to it."""


async def do_due(db: Database, do: Do, now: Callable[[], dt.datetime], failed: Failed) -> None:
    """Do everything that is due, the oldest first.

    What was refused is failed, and told; what cannot be done now is put back, for as long as the
    network asked, else for twice as long each time.
    """
    store.drop_pointless(db, now())
    while errand := store.next_errand(db, now()):
        post = store.get(db, errand.post_id)
        try:
            await do(errand, post)
        except GoneError as error:
            store.drop_errand(db, errand.id, str(error))
        except RefusedError as error:
            store.errand_failed(db, errand, str(error))
            await failed(errand, post, str(error))
        except (NotSentError, UncertainError) as error:
            store.put_errand_back(db, errand, now() + _wait(errand, error), str(error))
        else:
            store.errand_done(db, errand, now())


def _wait(errand: Errand, error: Exception) -> dt.timedelta:
    asked = error.retry_after if isinstance(error, NotSentError) else None
    doublings = min(errand.n_tries, 10)
    return asked or min(FIRST_RETRY_AFTER * 2**doublings, LONGEST_RETRY_AFTER)
