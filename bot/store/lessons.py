"""What the owner is teaching: a question and its reply, as far as they are known."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlite_utils import Database

from bot.store.schema import utc_text
from nlp.folding import READ_UP_TO


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question, its reply, and what came of them.

    Attributes
    ----------
    handoff : int or None
        Where the customer asked it.
    answer : int or None
        The answer that has learnt it; None while it is still being taught.
    is_new : bool
        Whether that answer began with it, rather than took it as one more wording.
    """

    id: int
    handoff: int | None
    question: str
    reply: str
    answer: int | None
    is_new: bool


def begin(
    db: Database,
    now: dt.datetime,
    *,
    handoff: int | None = None,
    question: str | None = None,
    reply: str | None = None,
) -> int:
    """Begin a lesson and give its id; a handoff has one, which changes until it is learnt."""
    row = db.execute(
        """
        insert into lessons (handoff, question, reply, opened_at) values (?, ?, ?, ?)
        on conflict (handoff) do update set
            reply = iif(answer is null, coalesce(excluded.reply, reply), reply)
        returning id
        """,
        [handoff, question, reply, utc_text(now)],
    ).fetchone()
    return int(row[0])


def get(db: Database, lesson: int) -> Lesson | None:
    """Give a lesson; its question is what the customer wrote, unless the owner worded it."""
    row = db.execute(
        """
        select l.id, l.handoff, substr(coalesce(l.question, m.text, ''), 1, ?),
               coalesce(l.reply, ''),
               l.answer, l.is_new
        from lessons l
        left join handoffs h on h.id = l.handoff
        left join messages m on m.id = h.message
        where l.id = ?
        """,
        [READ_UP_TO, lesson],
    ).fetchone()
    if row is None:
        return None
    number, handoff, question, reply, answer, is_new = row
    return Lesson(number, handoff, question, reply, answer, bool(is_new))


def put_question(db: Database, lesson: int, question: str) -> None:
    db.execute("update lessons set question = ? where id = ?", [question, lesson])


def put_reply(db: Database, lesson: int, reply: str) -> None:
    db.execute("update lessons set reply = ? where id = ?", [reply, lesson])


def learnt(db: Database, lesson: Lesson, answer: int, *, is_new: bool) -> None:
    """Note which answer has learnt the lesson, and of which words, so that it can be undone."""
    db.execute(
        "update lessons set question = ?, answer = ?, is_new = ? where id = ?",
        [lesson.question, answer, is_new, lesson.id],
    )


def undo(db: Database, lesson: int) -> None:
    db.execute("update lessons set answer = null where id = ?", [lesson])
