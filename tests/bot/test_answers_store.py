"""Answers as rows: no question leads to two of them, and a file is taken over whole or not."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from bot.store import answers, embeddings, lessons
from bot.store.answers import NameTakenError, QuestionTakenError
from bot.store.schema import migrate, utc_text
from nlp.answers import Answer, same_question

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@pytest.fixture
def db() -> Database:
    return tables()


def tables() -> Database:
    db = Database(memory=True)
    migrate(db)
    return db


def an_answer(name: str, *questions: str, en: str = "Yes.") -> Answer:
    return Answer(name=name, questions=questions, replies={"en": en})


def test_what_is_taught_is_known_whole(db: Database) -> None:
    taught = Answer(
        name="Dogs", questions=("Are dogs allowed?", "可以带狗吗？"), replies={"zh": "可以。"}
    )

    number = answers.teach(db, taught, NOW)

    assert answers.taught(db) == (taught,)
    assert answers.get(db, number) == taught
    assert answers.asked_by(db, "  are DOGS allowed? ") == number


def test_no_question_leads_to_two_answers(db: Database) -> None:
    answers.teach(db, an_answer("Dogs", "Are dogs allowed?"), NOW)

    with pytest.raises(QuestionTakenError) as refusal:
        answers.teach(db, an_answer("Pets", "Cats?", "are dogs ALLOWED?"), NOW)

    assert refusal.value.answer == "Dogs"
    assert [answer.name for answer in answers.taught(db)] == ["Dogs"]
    assert answers.asked_by(db, "Cats?") is None


def test_no_two_answers_have_one_name(db: Database) -> None:
    answers.teach(db, an_answer("Dogs", "Are dogs allowed?"), NOW)
    cats = answers.teach(db, an_answer("Cats", "Are cats allowed?"), NOW)

    with pytest.raises(NameTakenError):
        answers.rename(db, cats, "DOGS")
    answers.rename(db, cats, "cats")

    assert answers.named(db, "CATS") == cats


def test_the_last_wording_stays(db: Database) -> None:
    number = answers.teach(db, an_answer("Dogs", "Are dogs allowed?", "Dogs?"), NOW)
    first, last = answers.questions(db, number)

    assert answers.drop_question(db, first) == number
    assert answers.drop_question(db, last) is None

    assert answers.questions(db, number) == {last: "Dogs?"}


def test_an_answer_keeps_what_it_did_under_its_old_name(db: Database) -> None:
    number = answers.teach(db, an_answer("Dogs", "Are dogs allowed?"), NOW)
    db.execute(
        "insert into customers (id, name, language, first_seen_at, last_seen_at) "
        "values (1, 'Ann', 'en', ?, ?)",
        [utc_text(NOW)] * 2,
    )
    for message, probability in enumerate([0.9, 0.8]):
        db.execute(
            "insert into messages (chat_id, message_id, customer_id, kind, text, sent_at, because, "
            "answer, probability) values (1, ?, 1, 'text', 'dogs?', ?, 'answer', 'Dogs', ?)",
            [message, utc_text(NOW), probability],
        )

    answers.rename(db, number, "Pets")

    use = answers.use(db, number, NOW - dt.timedelta(days=30))
    assert use
    assert (use.name, use.n_questions, use.n_given) == ("Pets", 1, 2)
    assert use.sureness == pytest.approx(0.85)


def test_a_file_replaces_what_it_names_and_leaves_the_rest(db: Database) -> None:
    answers.teach(db, an_answer("Dogs", "Are dogs allowed?"), NOW)
    answers.teach(db, an_answer("Cats", "Are cats allowed?"), NOW)
    answers.teach(db, an_answer("Hours", "When do you open?"), NOW)
    coming = (
        an_answer("cats", "Cats, too?", "Are dogs allowed?", en="No."),
        an_answer("Dogs", "Dogs, too?"),
        an_answer("Parking", "Where can I park?"),
        an_answer("Hours", "When do you open?"),
    )

    found = answers.take_over(db, coming, NOW)

    assert (found.new, found.changed, found.same) == (("Parking",), ("cats", "Dogs"), ("Hours",))
    assert sorted(answers.taught(db), key=str) == sorted(coming, key=str)
    assert answers.import_(db, coming).same == ("cats", "Dogs", "Parking", "Hours")


@pytest.mark.parametrize(
    "coming",
    [
        [an_answer("Parking", "Where can I park?"), an_answer("Pets", "are dogs allowed?")],
        [an_answer("Parking", "Where can I park?"), an_answer("PARKING", "A car park?")],
    ],
    ids=["a question of an answer that stays", "one name twice"],
)
def test_a_file_that_contradicts_changes_nothing(db: Database, coming: list[Answer]) -> None:
    answers.teach(db, an_answer("Dogs", "Are dogs allowed?"), NOW)
    before = answers.taught(db)

    with pytest.raises((QuestionTakenError, NameTakenError)):
        answers.take_over(db, coming, NOW)

    assert answers.taught(db) == before


NAMES = st.sampled_from(["a", "A", "b", "c"])
QUESTIONS = st.lists(
    st.sampled_from(["x", "X ", "y", "z", "w"]), min_size=1, max_size=3, unique_by=same_question
)
FILES = st.lists(
    st.builds(lambda name, asked: an_answer(name, *asked), NAMES, QUESTIONS), max_size=4
)


@settings(max_examples=40, deadline=None)  # each example builds its tables anew
@given(files=st.lists(FILES, max_size=4))
def test_however_many_files_come_each_question_has_one_answer(files: list[list[Answer]]) -> None:
    db = tables()
    for file in files:
        before = answers.taught(db)
        try:
            found = answers.take_over(db, file, NOW)
        except (QuestionTakenError, NameTakenError):
            assert answers.taught(db) == before
        else:
            assert len(found.new) + len(found.changed) + len(found.same) == len(file)
            assert all(answer in answers.taught(db) for answer in file)
        asked = [same_question(q) for answer in answers.taught(db) for q in answer.questions]
        assert len(asked) == len(set(asked))
        assert all(answer.questions for answer in answers.taught(db))


def test_a_lesson_is_taken_up_after_a_restart_where_it_was(db: Database) -> None:
    number = lessons.begin(db, NOW)
    lessons.put_question(db, number, "Are dogs allowed?")

    lesson = lessons.get(db, number)

    assert lesson
    assert (lesson.question, lesson.reply, lesson.answer) == ("Are dogs allowed?", "", None)


def test_vectors_come_back_as_they_were(db: Database) -> None:
    import numpy as np  # noqa: PLC0415

    vector = np.array([0.5, -0.25, 1e-7], np.float32)
    embeddings.keep(db, "one", {"gone": vector})
    embeddings.keep(db, "one", {"Are dogs allowed?": vector})

    assert embeddings.known(db, "one").keys() == {"Are dogs allowed?"}
    assert (embeddings.known(db, "one")["Are dogs allowed?"] == vector).all()
    assert embeddings.known(db, "another") == {}
