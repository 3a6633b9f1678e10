"""How the variants of a template fared with the customers who were sent them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlite_utils import Database

from bot.store.schema import utc_text

if TYPE_CHECKING:
    from nlp.templates import Wording

# Chosen by hand: whoever asks again, or needs a person, does so within two days; thanks that
# come later than two hours are for something else.
COUNTED_FOR = dt.timedelta(hours=48)
THANKED_WITHIN = dt.timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Fared:
    """What followed on one variant, in numbers of the times it was sent."""

    template: str
    language: str
    variant: str
    n: int
    came_back: int
    needed_person: int
    thanked: int


def note(db: Database, message: int, sent: Wording, now: dt.datetime) -> None:
    """Remember which variant a message was answered with."""
    db.execute(
        """
        insert into trials (message, customer_id, template, language, variant, sent_at)
        select id, customer_id, ?, ?, ?, ? from messages where id = ?
        on conflict do nothing
        """,
        [sent.template, sent.language, sent.digest, utc_text(now), message],
    )


def follow(db: Database, message: int, now: dt.datetime) -> None:
    """Let what was decided about a message count for the variants its customer was sent before.

    The same rule or the same taught answer again means that they came back with the same
    question; a handoff, that a person was needed; thanks and good mood soon after are thanks.
    """
    db.execute(
        """
        update trials set
            came_back = came_back or coalesce(
                earlier.rule = later.rule
                or earlier.because = 'answer' and later.because like 'answer%'
                    and earlier.answer = later.answer,
                0
            ),
            needed_person = needed_person or later.outcome = 'handed_off',
            thanked = thanked or trials.sent_at >= ? and coalesce(
                later.rule = 'thanks' or later.sentiment = 'positive', 0
            )
        from messages later, messages earlier
        where later.id = ?
            and trials.customer_id = later.customer_id
            and trials.sent_at >= ?
            and trials.message < later.id
            and earlier.id = trials.message
            and earlier.chat_id = later.chat_id
        """,
        [utc_text(now - THANKED_WITHIN), message, utc_text(now - COUNTED_FOR)],
    )


def thanked(db: Database, message: int) -> None:
    """Note that the customer said that the reply to a message helped."""
    db.execute("update trials set thanked = 1 where message = ?", [message])


def needed_person(db: Database, message: int) -> None:
    """Note that the reply to a message was not enough."""
    db.execute("update trials set needed_person = 1 where message = ?", [message])


def fared(db: Database) -> list[Fared]:
    """Count what followed on each variant, by template and language."""
    rows = db.execute(
        """
        select template, language, variant,
               count(*), sum(came_back), sum(needed_person), sum(thanked)
        from trials group by template, language, variant
        order by template, language, variant
        """
    )
    return [Fared(*row) for row in rows]
