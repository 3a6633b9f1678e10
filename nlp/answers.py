"""What the owner has taught: questions by example, the reply to each, and their CSV and TOML."""

import csv
import io
import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nlp.folding import READ_UP_TO
from nlp.language import LANGUAGES
from nlp.templates import LONGEST

LONGEST_NAME = 80
"""Characters of an answer's name, which stands on buttons and in lists."""
LONGEST_CELL = 131_072  # characters; a quotation mark left open does not take in the whole file

_REPLIES = {f"reply_{language}": language for language in LANGUAGES}
_COLUMNS = ("answer", "question", "language", *_REPLIES)

_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
"""How a cell begins that a spreadsheet would calculate, after the quotes that keep it from that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Questions that mean the same to the owner, and what they are answered with.

    Attributes
    ----------
    name : str
        Short and unique; what the owner sees.
    questions : tuple of str
        Examples, in any language; at least one.
    replies : mapping of str to str
        Text of a template by language, one of `nlp.language.LANGUAGES`. Empty
        only where answers were read to be matched and never sent.
    """

    name: str
    questions: tuple[str, ...]
    replies: Mapping[str, str]


class AnswersError(Exception):
    """Answers cannot be used; the message names file, line and what to do."""

    def __init__(self, source: str, line: int | None, reason: str) -> None:
        where = source if line is None else f"{source}, line {line}"
        super().__init__(f"{where}: {reason}")


@dataclass(slots=True)
class _Draft:
    """An answer while its rows are read."""

    name: str
    line: int | None
    questions: list[str] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)


class _Drafts:
    """Answers in the order in which they were met, each question in one place."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._drafts: dict[str, _Draft] = {}
        self._asked: dict[str, tuple[str, int | None]] = {}

    def refuse(self, line: int | None, reason: str) -> AnswersError:
        return AnswersError(self.source, line, reason)

    def draft(self, name: str, line: int | None) -> _Draft:
        name = name.strip()
        if not name:
            raise self.refuse(line, "an answer needs a name")
        if len(name) > LONGEST_NAME:
            raise self.refuse(line, f"a name may have {LONGEST_NAME} characters; shorten it")
        return self._drafts.setdefault(name, _Draft(name, line))

    def ask(self, draft: _Draft, question: str, line: int | None) -> None:
        """Add an example question."""
        question = question.strip()
        if not re.search(r"\w", question):
            raise self.refuse(line, "the question is empty; write one or delete the line")
        if len(question) > READ_UP_TO:
            raise self.refuse(line, f"the question is over {READ_UP_TO} characters; shorten it")
        if taken := self._asked.get(same_question(question)):
            other, first = taken
            where = "is there already" if other == draft.name else f"already belongs to {other!r}"
            raise self.refuse(line, f"the question {where}, line {first}; delete one of the two")
        self._asked[same_question(question)] = (draft.name, line)
        draft.questions.append(question)

    def reply(self, draft: _Draft, language: str, reply: str, line: int | None) -> None:
        """Set the reply in a language, unless the row leaves it to another."""
        reply = reply.strip()
        if not reply:
            return
        if len(reply.encode("utf-16-le", "ignore")) > 2 * LONGEST:
            raise self.refuse(line, f"the reply is over {LONGEST} characters; shorten it")
        if draft.replies.setdefault(language, reply) != reply:
            reason = f"{draft.name!r} has another reply in {language!r} above; keep one"
            raise self.refuse(line, reason)

    def answers(self, *, with_replies: bool) -> tuple[Answer, ...]:
        """Return them all, or refuse the first that is not complete."""
        for draft in self._drafts.values():
            if not draft.questions:
                raise self.refuse(draft.line, f"{draft.name!r} has no question; give it one")
            if with_replies and not draft.replies:
                columns = " or ".join(_REPLIES)
                raise self.refuse(draft.line, f"{draft.name!r} has no reply; fill in {columns}")
        return tuple(
            Answer(name=draft.name, questions=tuple(draft.questions), replies=draft.replies)
            for draft in self._drafts.values()
        )


def same_question(question: str) -> str:
    """Return a form that is equal for questions that differ in capitals and spaces only."""
    return " ".join(question.casefold().split())


def read_csv(text: str | bytes, source: str, *, with_replies: bool = True) -> tuple[Answer, ...]:
    """Read answers from CSV, an example question a row.

    A quote that `write_csv` has put before a formula is taken off.

    Columns are `answer`, `question` and, in any order, `language` (ignored:
    a question may be in any), `reply_en` and `reply_zh`; a reply stands in at
    least one row of its answer.

    Parameters
    ----------
    source : str
        The file's name, for the error.
    with_replies : bool
        False where answers are only matched, and may come without.

    Raises
    ------
    AnswersError
        At the first thing that is wrong.
    """
    drafts = _Drafts(source)
    csv.field_size_limit(LONGEST_CELL)  # of the process; others who read CSV set their own
    rows = csv.reader(io.StringIO(_decode(text, source), newline=""), strict=True)
    columns: list[str] = []
    line = 1
    try:
        for values in rows:
            start, line = line, rows.line_num + 1
            if not columns:
                _check_columns(drafts, columns := values)
            elif values:
                _add_row(drafts, columns, values, start)
    except csv.Error as error:
        raise drafts.refuse(line, f"is no CSV: {error}") from error
    _check_columns(drafts, columns)
    return drafts.answers(with_replies=with_replies)


def write_csv(answers: Iterable[Answer]) -> str:
    """Write answers as `read_csv` reads them, each reply once, and no cell as a formula."""
    written = io.StringIO(newline="")
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(["answer", "question", *_REPLIES])
    for answer in answers:
        replies = [answer.replies.get(language, "") for language in LANGUAGES]
        for question in answer.questions:
            rows.writerow(map(_as_text, (answer.name, question, *replies)))
            replies = [""] * len(replies)
    return written.getvalue()


def _as_text(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _as_meant(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def read_toml(text: str | bytes, source: str) -> tuple[Answer, ...]:
    """Read answers from TOML, an `[[answer]]` each with `name`, `questions` and `reply.en`.

    Raises
    ------
    AnswersError
        At the first thing that is wrong.
    """
    drafts = _Drafts(source)
    text = _decode(text, source)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise drafts.refuse(None, str(error)) from error
    tables = document.pop("answer", [])
    if document or not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise drafts.refuse(None, "only [[answer]] tables are understood")
    starts = re.finditer(r"(?m)^[ \t]*\[\[\s*answer\b", text)
    lines = [text.count("\n", 0, start.end()) + 1 for start in starts]
    named: set[str] = set()
    for number, table in enumerate(tables):
        line = lines[number] if len(lines) == len(tables) else None
        name, questions, replies = _table(drafts, table, line)
        draft = drafts.draft(name, line)
        if draft.name in named:
            raise drafts.refuse(line, f"there is another answer {name!r}; rename one")
        named.add(draft.name)
        for question in questions:
            drafts.ask(draft, question, line)
        for language, reply in replies.items():
            drafts.reply(draft, language, reply, line)
    return drafts.answers(with_replies=True)


def write_toml(answers: Iterable[Answer]) -> str:
    """Write answers as `read_toml` reads them."""
    return "\n".join(
        "\n".join(
            [
                "[[answer]]",
                f"name = {_quoted(answer.name)}",
                "questions = [",
                *(f"    {_quoted(question)}," for question in answer.questions),
                "]",
                *(f"reply.{code} = {_quoted(text)}" for code, text in answer.replies.items()),
                "",
            ]
        )
        for answer in answers
    )


def _quoted(text: str) -> str:
    """Quote for TOML, whose basic strings are JSON's without the raw delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _decode(text: str | bytes, source: str) -> str:
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise AnswersError(source, line, "is not UTF-8; save the file as UTF-8") from error


def _check_columns(drafts: _Drafts, columns: Sequence[str]) -> None:
    strange = [column for column in columns if column not in _COLUMNS]
    if strange or len(set(columns)) < len(columns) or not {"answer", "question"} <= set(columns):
        found = ", ".join(columns) or "none"
        reason = f"columns must be answer, question and may be {', '.join(_COLUMNS[2:])}"
        raise drafts.refuse(1, f"{reason}; found {found[:200]}")


def _add_row(drafts: _Drafts, columns: Sequence[str], values: Sequence[str], line: int) -> None:
    if len(values) != len(columns):
        raise drafts.refuse(line, f"needs {len(columns)} columns, has {len(values)}; mind quotes")
    row = dict(zip(columns, map(_as_meant, values), strict=True))
    draft = drafts.draft(row["answer"], line)
    drafts.ask(draft, row["question"], line)
    for column, language in _REPLIES.items():
        drafts.reply(draft, language, row.get(column, ""), line)


def _table(
    drafts: _Drafts, table: Mapping[str, Any], line: int | None
) -> tuple[str, list[str], dict[str, str]]:
    """Take an `[[answer]]` apart, each part of the type that it must have."""
    if unknown := sorted(table.keys() - {"name", "questions", "reply"}):
        raise drafts.refuse(line, f"unknown {unknown[0]!r}; known are name, questions, reply")
    name, questions, replies = (table.get(key) for key in ("name", "questions", "reply"))
    if not isinstance(name, str):
        raise drafts.refuse(line, "an answer needs a name")
    if not isinstance(questions, list) or not all(isinstance(each, str) for each in questions):
        raise drafts.refuse(line, f"{name!r} needs questions, a list of texts")
    if not isinstance(replies, dict) or not all(isinstance(each, str) for each in replies.values()):
        raise drafts.refuse(line, f"{name!r} needs a reply.en or reply.zh, a text")
    if unknown := sorted(replies.keys() - set(LANGUAGES)):
        raise drafts.refuse(line, f"{name!r} has a reply in unknown language {unknown[0]!r}")
    return name, questions, replies
