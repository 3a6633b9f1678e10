"""The answers that the owner has taught: their questions, their replies, how often they served."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from bot.store.schema import utc_text
from nlp.answers import Answer, same_question
from nlp.language import LANGUAGES


class QuestionTakenError(Exception):
    """The question leads to an answer already, and no question may lead to two."""

    def __init__(self, question: str, answer: str) -> None:
        super().__init__(f"{question!r} belongs to {answer!r}")
        self.question = question
        self.answer = answer


class NameTakenError(Exception):
    """Another answer has this name, in these or other capitals."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is taken")
        self.name = name


@dataclass(frozen=True, slots=True)
class Use:
    """How an answer served: how often it was given without the owner, and how sure that was."""

    id: int
    name: str
    n_questions: int
    n_given: int
    sureness: float | None  # mean probability when it was given; None if it never was


@dataclass(frozen=True, slots=True)
class Import:
    """What taking over a file changes, by the names of its answers."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]


_COLUMNS = {language: f"reply_{language}" for language in LANGUAGES}
_REPLIES = ", ".join(_COLUMNS.values())
_REPLACED = ", ".join(f"{column} = excluded.{column}" for column in _COLUMNS.values())


def taught(db: Database) -> tuple[Answer, ...]:
    """Give every answer, the oldest first."""
    rows = db.execute(f"select id, name, {_REPLIES} from answers order by id").fetchall()  # noqa: S608
    asked: dict[int, list[str]] = {}
    for answer, text in db.execute("select answer, text from questions order by id"):
        asked.setdefault(answer, []).append(text)
    return tuple(_answer(name, asked.get(answer, ()), replies) for answer, name, *replies in rows)


def get(db: Database, answer: int) -> Answer | None:
    row = db.execute(f"select name, {_REPLIES} from answers where id = ?", [answer]).fetchone()  # noqa: S608
    if row is None:
        return None
    name, *replies = row
    return _answer(name, questions(db, answer).values(), replies)


def _answer(name: str, asked: Iterable[str], replies: Sequence[str | None]) -> Answer:
    told = {code: text for code, text in zip(LANGUAGES, replies, strict=True) if text}
    return Answer(name=name, questions=tuple(asked), replies=told)


def questions(db: Database, answer: int) -> dict[int, str]:
    """Give an answer's questions by their ids, the oldest first."""
    rows = db.execute("select id, text from questions where answer = ? order by id", [answer])
    return dict(rows.fetchall())


def named(db: Database, name: str) -> int | None:
    """Give the id of the answer with this name, whatever its capitals."""
    row = db.execute("select id from answers where name = ?", [name]).fetchone()
    return row[0] if row else None


def asked_by(db: Database, question: str) -> int | None:
    """Give the id of the answer that this very question leads to."""
    row = db.execute(
        "select answer from questions where folded = ?", [same_question(question)]
    ).fetchone()
    return row[0] if row else None


def count(db: Database) -> int:
    [n] = db.execute("select count(*) from answers").fetchone()
    return int(n)


def uses(db: Database, since: dt.datetime, *, limit: int, offset: int = 0) -> list[Use]:
    """Give a page of answers, those first that were given most often since then."""
    rows = db.execute(
        """
        select a.id, a.name, (select count(*) from questions q where q.answer = a.id),
               coalesce(g.n_given, 0), g.sureness
        from answers a
        left join (
            select answer, count(*) as n_given, avg(probability) as sureness from messages
            where sent_at >= ? and because = 'answer' group by answer
        ) g on g.answer = a.name
        order by 4 desc, a.name limit ? offset ?
        """,
        [utc_text(since), limit, offset],
    )
    return [Use(*row) for row in rows]


def use(db: Database, answer: int, since: dt.datetime) -> Use | None:
    """Give how one answer served since then."""
    return next((use for use in uses(db, since, limit=-1) if use.id == answer), None)


def teach(db: Database, answer: Answer, now: dt.datetime) -> int:
    """Add an answer and give its id.

    Raises
    ------
    NameTakenError, QuestionTakenError
        Nothing was added.
    """
    if named(db, answer.name):
        raise NameTakenError(answer.name)
    with db.atomic():
        taught = _write(db, answer, now)
        for question in answer.questions:
            add_question(db, taught, question)
    return taught


def _write(db: Database, answer: Answer, now: dt.datetime) -> int:
    row = db.execute(
        f"""
        insert into answers (name, {_REPLIES}, taught_at) values (?, ?, ?, ?)
        on conflict (name) do update set
            name = excluded.name, {_REPLACED}
        returning id
        """,  # noqa: S608  # constants
        [answer.name, *(answer.replies.get(code) for code in LANGUAGES), utc_text(now)],
    ).fetchone()
    return int(row[0])


def add_question(db: Database, answer: int, question: str) -> None:
    """Add one more wording to an answer.

    Raises
    ------
    QuestionTakenError
        If it leads to an answer already, this one or another.
    """
    taken = asked_by(db, question)
    if taken:
        [name] = db.execute("select name from answers where id = ?", [taken]).fetchone()
        raise QuestionTakenError(question, name)
    db.execute(
        "insert into questions (answer, text, folded) values (?, ?, ?)",
        [answer, question, same_question(question)],
    )


def drop_question(db: Database, question: int) -> int | None:
    """Forget a wording and give its answer; None where it is gone, or the answer's last."""
    row = db.execute(
        """
        delete from questions where id = ? and exists (
            select 1 from questions o where o.answer = questions.answer and o.id <> questions.id
        )
        returning answer
        """,
        [question],
    ).fetchone()
    return row[0] if row else None


def drop_wording(db: Database, answer: int, question: str) -> bool:
    """Forget a wording of an answer; False where it is gone, or the last."""
    row = db.execute(
        "select id from questions where answer = ? and folded = ?",
        [answer, same_question(question)],
    ).fetchone()
    return row is not None and drop_question(db, row[0]) is not None


def set_reply(db: Database, answer: int, language: str, reply: str) -> None:
    column = _COLUMNS[language]
    db.execute(f"update answers set {column} = ? where id = ?", [reply, answer])  # noqa: S608


def add_reply(db: Database, answer: int, language: str, reply: str) -> None:
    """Give an answer a reply in a language in which it has none."""
    column = _COLUMNS[language]
    db.execute(
        f"update answers set {column} = coalesce({column}, ?) where id = ?",  # noqa: S608
        [reply, answer],
    )


def rename(db: Database, answer: int, name: str) -> None:
    """Give an answer another name; what it did under the old one stays its own.

    Raises
    ------
    NameTakenError
        If another answer has it.
    """
    if named(db, name) not in {None, answer}:
        raise NameTakenError(name)
    with db.atomic():
        db.execute(
            "update messages set answer = ? where answer = (select name from answers where id = ?)",
            [name, answer],
        )
        db.execute("update answers set name = ? where id = ?", [name, answer])


def delete(db: Database, answer: int) -> None:
    with db.atomic():
        db.execute("update lessons set answer = null where answer = ?", [answer])
        db.execute("delete from questions where answer = ?", [answer])
        db.execute("delete from answers where id = ?", [answer])


def import_(db: Database, answers: Sequence[Answer]) -> Import:
    """Say what taking these answers over would change; those not among them stay.

    Raises
    ------
    NameTakenError
        If two of them differ in capitals only.
    QuestionTakenError
        If a question of theirs leads to an answer that is not among them.
    """
    kept = {answer.name.lower(): answer for answer in taught(db)}
    coming: dict[str, Answer] = {}
    for answer in answers:
        if coming.setdefault(answer.name.lower(), answer) is not answer:
            raise NameTakenError(answer.name)
    staying: Mapping[str, str] = {
        same_question(question): answer.name
        for name, answer in kept.items()
        if name not in coming
        for question in answer.questions
    }
    for answer in answers:
        for question in answer.questions:
            if same_question(question) in staying:
                raise QuestionTakenError(question, staying[same_question(question)])
    new = tuple(answer.name for name, answer in coming.items() if name not in kept)
    same = tuple(answer.name for name, answer in coming.items() if kept.get(name) == answer)
    changed = tuple(answer.name for answer in answers if answer.name not in {*new, *same})
    return Import(new, changed, same)


def take_over(db: Database, answers: Sequence[Answer], now: dt.datetime) -> Import:
    """Write these answers over those of the same names: all of them, or none.

    Raises
    ------
    NameTakenError, QuestionTakenError
        As `import_` does.
    """
    with db.atomic():
        imported = import_(db, answers)
        ids = [_write(db, answer, now) for answer in answers]
        for taught in ids:
            db.execute("delete from questions where answer = ?", [taught])
        for taught, answer in zip(ids, answers, strict=True):
            for question in answer.questions:
                add_question(db, taught, question)
    return imported
