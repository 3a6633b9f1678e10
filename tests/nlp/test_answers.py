import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.answers import (
    Answer,
    AnswersError,
    read_csv,
    read_toml,
    same_question,
    write_csv,
    write_toml,
)

HOURS = Answer(
    name="hours",
    questions=("When do you open?", "你们几点开门？"),
    replies={"en": 'We say "come",\nany day', "zh": "九点"},
)
PRICE = Answer(name="price", questions=("How much, roughly?",), replies={"en": "{{ website }}"})

line = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=40)
begun = st.sampled_from(["", "=", "'=", "''@", "'", "-", "＋"])
written = st.tuples(begun, line).map(lambda texts: f"{''.join(texts)} a".strip())
answers = st.lists(
    st.builds(
        Answer,
        name=written,
        questions=st.lists(written, min_size=1, max_size=4).map(tuple),
        replies=st.dictionaries(st.sampled_from(["en", "zh"]), written, min_size=1),
    ),
    unique_by=lambda answer: answer.name,
    max_size=5,
).filter(lambda taught: _all_differ([q for a in taught for q in a.questions]))


def _all_differ(questions: list[str]) -> bool:
    return len({same_question(question) for question in questions}) == len(questions)


@settings(max_examples=50, deadline=None)
@given(answers)
def test_what_is_written_is_read_again(taught: list[Answer]) -> None:
    assert list(read_csv(write_csv(taught), "a.csv")) == taught
    assert list(read_toml(write_toml(taught), "a.toml")) == taught


def test_a_file_from_a_spreadsheet_is_read() -> None:
    text = (
        "question,answer,reply_en,reply_zh\r\n"
        '"When do you open?",hours,"We say ""come"",\nany day",\r\n'
        "你们几点开门？, hours ,,九点\r\n"
    )

    assert read_csv(b"\xef\xbb\xbf" + text.encode(), "a.csv") == (HOURS,)


def test_answers_that_are_only_matched_need_no_reply() -> None:
    (hours,) = read_csv("answer,question,language\nhours,open?,en\n", "a.csv", with_replies=False)

    assert hours == Answer(name="hours", questions=("open?",), replies={})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "line 1: columns must be answer, question .* found none"),
        ("answer;question\n", "line 1: columns must be .* found answer;question"),
        ("answer,question,answer\n", "line 1: columns"),
        ("answer,question,reply_fr\n", "line 1: .* found answer, question, reply_fr"),
        ("answer,question\na,b\n\na\n", "line 4: needs 2 columns"),
        ("answer,question\na,b,c\n", "line 2: needs 2 columns"),
        ('answer,question\na,"b\n', "line 2: is no CSV"),
        (f"answer,question\na,{'b' * 2_000_000}\n", "line 2: is no CSV"),
        (f"answer,question\na,{'b' * 100_000}\n", "line 2: the question is over 2000 characters"),
        ("answer,question\na, \n", "line 2: the question is empty"),
        ("answer,question\na,\u200b?!\n", "line 2: the question is empty"),
        ("answer,question\n ,b\n", "line 2: an answer needs a name"),
        (f"answer,question\n{'a' * 81},b\n", "line 2: a name may have 80 characters"),
        ("answer,question\na,Open?\na,open? \n", "line 3: the question is there already, line 2"),
        ("answer,question\na,Open?\nb,open?\n", "line 3: .* already belongs to 'a', line 2"),
        ("answer,question,reply_en\na,x,1\na,y,2\n", "line 3: 'a' has another reply in 'en'"),
        ("answer,question,reply_en\na,x,1\nb,y,\n", "line 3: 'b' has no reply; fill in reply_en"),
        (f"answer,question,reply_en\na,x,{'1' * 5000}\n", "line 2: the reply is over 4096"),
    ],
)
def test_a_bad_csv_is_refused_with_file_line_and_what_to_do(text: str, reason: str) -> None:
    with pytest.raises(AnswersError, match=rf"^a\.csv, {reason}"):
        read_csv(text, "a.csv")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[answer]\n", "line 1"),
        ("[answer]\nname = 'a'", "only .* tables"),
        ("x = 1", "only .* tables"),
        ("\n[[answer]]\nquestions = ['q']\nreply.en = 'r'", "line 2: an answer needs a name"),
        ("[[answer]]\nname = 'a'\nreply.en = 'r'", "line 1: 'a' needs questions"),
        ("[[answer]]\nname = 'a'\nquestions = []\nreply.en = 'r'", "line 1: 'a' has no question"),
        ("[[answer]]\nname = 'a'\nquestions = [1]\nreply.en = 'r'", "'a' needs questions"),
        ("[[answer]]\nname = 'a'\nquestions = ['q']", "line 1: 'a' needs a reply"),
        ("[[answer]]\nname = 'a'\nquestions = ['q']\nreply.fr = 'r'", "unknown language 'fr'"),
        ("[[answer]]\nname = 'a'\ntext = 'q'", "unknown 'text'"),
        (write_toml([HOURS, HOURS]), "line 10: there is another answer 'hours'"),
        (write_toml([HOURS, Answer(name="b", questions=HOURS.questions, replies={})]), "line 10"),
    ],
)
def test_bad_toml_is_refused_with_file_line_and_what_to_do(text: str, reason: str) -> None:
    with pytest.raises(AnswersError, match=rf"^a\.toml.*{reason}"):
        read_toml(text, "a.toml")


def test_a_file_that_is_not_utf_8_is_refused_with_its_line() -> None:
    with pytest.raises(AnswersError, match=r"a\.csv, line 2: is not UTF-8; save the file as UTF-8"):
        read_csv("answer,question\nhours,几点\n".encode("gbk"), "a.csv")


def test_a_reply_stands_once_in_what_is_exported() -> None:
    assert write_csv([PRICE, HOURS]).count("九点") == 1


def test_no_cell_of_an_export_is_a_formula() -> None:
    link = '=HYPERLINK("https://other.example")'
    taught = Answer(name="@sum", questions=(link, "'+1"), replies={"en": "-1", "zh": "＝1+1"})

    exported = write_csv([taught])

    cells = [cell for row in csv.reader(io.StringIO(exported)) for cell in row]
    assert not [cell for cell in cells if cell[:1] in set("=+-@＝")]
    assert read_csv(exported, "a.csv") == (taught,)
