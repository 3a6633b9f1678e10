import gzip
from pathlib import Path

import pytest

from nlp.chinese import ChineseSentiment
from nlp.train.chinese import learn, ship
from nlp.train.reviews import Text, chnsenticorp, customers, online_shopping
from nlp.train.tweets import DataError


def _invented() -> list[Text]:
    """Return reviews in which one word decides, and questions."""
    things, asked = ["房间", "书", "电脑", "早餐", "位置"], ["几点开门", "多少钱", "有货吗"]
    said = [("糟糕", 0), ("很棒", 2), ("很差", 0), ("不错", 2), ("失望", 0), ("满意", 2)]
    reviews = [
        Text(f"{number}号{thing}{word}。", feeling, "reviews")
        for number in range(20)
        for thing in things
        for word, feeling in said
    ]
    questions = [
        Text(f"请问{number}号{question}？", 1, "customers", f"line {number % 10}")
        for number in range(40)
        for question in asked
    ]
    return reviews + questions


def test_what_was_learned_is_shipped_loaded_and_judges(tmp_path: Path) -> None:
    learned = learn(_invented())

    ship(learned, 720, tmp_path)
    feels = ChineseSentiment.load(tmp_path)

    assert feels("7号电脑很棒。").positive > 0.9
    assert feels("8号早餐很差。").negative > 0.9
    assert feels("请问9号几点开门？").label == "neutral"
    assert learned.figures.accuracy > 0.97
    assert "| accuracy, positive against negative | " in (tmp_path / "chinese.md").read_text(
        "utf-8"
    )


def test_reviews_are_read_with_quotes_and_all(tmp_path: Path) -> None:
    folder = tmp_path / "chnsenticorp"
    folder.mkdir()
    (folder / "dev.tsv").write_text('label\ttext_a\n1\t"好\t书\n0\t差\n', "utf-8")

    assert chnsenticorp(tmp_path, "dev") == [
        Text('"好\t书', 2, "reviews"),
        Text("差", 0, "reviews"),
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"label\ttext_a\nyes\tgood\n", "dev.tsv, line 2: expected 0 or 1, a tab and a review"),
        (b"label\ttext_a\n1\t\xff\xfe\n", "dev.tsv is damaged"),
    ],
)
def test_bad_reviews_are_refused_with_file_and_line(
    content: bytes, sentence: str, tmp_path: Path
) -> None:
    folder = tmp_path / "chnsenticorp"
    folder.mkdir()
    (folder / "dev.tsv").write_bytes(content)

    with pytest.raises(DataError, match=sentence):
        chnsenticorp(tmp_path, "dev")


def test_missing_reviews_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"dev\.tsv is missing"):
        chnsenticorp(tmp_path, "dev")


@pytest.mark.parametrize("whole", [True, False])
def test_goods_with_other_columns_or_cut_short_are_refused(whole: bool, tmp_path: Path) -> None:
    folder = tmp_path / "online_shopping"
    folder.mkdir()
    content = gzip.compress("cat,label,text\n水果,1,好\n".encode())
    path = folder / "online_shopping_7_cats.csv.gz"
    path.write_bytes(content if whole else content[:-12])

    with pytest.raises(DataError, match="line 2: expected" if whole else "damaged"):
        online_shopping(tmp_path)


def test_customers_lines_are_spread_and_can_be_drawn_again() -> None:
    texts = customers()

    assert texts == customers()
    assert {text.feeling for text in texts} == {0, 1, 2}
    assert not any("{" in text.message or "|" in text.message for text in texts)
