import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.chinese import MANIFEST, WEIGHTS, ChineseSentiment
from nlp.model import ModelError

SHIPPED = Path(__file__).parents[2] / "nlp" / "models"


@pytest.fixture(scope="module")
def feels() -> ChineseSentiment:
    return ChineseSentiment.load(SHIPPED)


@pytest.mark.parametrize(
    ("message", "label"),
    [
        ("质量很好，物流也快，下次还会来", "positive"),
        ("老师讲得很耐心，孩子特别喜欢", "positive"),
        ("東西很好吃，老闆人也很親切，推薦！", "positive"),
        ("谢谢老板❤️", "positive"),
        ("等了一个小时还没送到，菜都凉了", "negative"),
        ("酒店又脏又吵，再也不会来了", "negative"),
        ("客服態度很差，東西壞了也不給換", "negative"),
        ("怎么还没发货？？都一个星期了", "negative"),
        ("😡😡", "negative"),
    ],
)
def test_a_clear_message_gets_its_label(feels: ChineseSentiment, message: str, label: str) -> None:
    assert feels(message).label == label


@pytest.mark.parametrize(
    "message",
    [
        "你们几点开门？",
        "请问这个有货吗",
        "运费多少钱",
        "請問可以刷卡嗎？",
        "我想订周五晚上四个人的位子",
        "订单号是20231105",
        "这个会掉色吗",
        "好的",
        "在吗",
        "12345",
        "",
    ],
)
def test_a_plain_question_is_not_a_feeling(feels: ChineseSentiment, message: str) -> None:
    assert feels(message).label in {"neutral", "unsure"}


def test_what_comes_after_but_counts_more(feels: ChineseSentiment) -> None:
    ends_well = feels("房间有点小，但是服务非常好，很满意")
    ends_badly = feels("服务还可以，但是房间又小又脏，很失望")

    assert ends_well.positive > ends_badly.positive


def test_traditional_and_full_width_feel_like_simplified(feels: ChineseSentiment) -> None:
    assert feels("質量太差，沒法用！") == feels("质量太差,没法用!")


@pytest.mark.parametrize("message", ["你这个傻逼", "滾開，畜生", "去死吧SB"])
def test_an_insult_is_abusive(feels: ChineseSentiment, message: str) -> None:
    assert feels(message).abusive


@pytest.mark.parametrize(
    "message", ["有去死皮的磨砂膏吗", "滚筒洗衣机多少钱", "垃圾，退钱", "他妈的又坏了", "usb坏了"]
)
def test_anger_at_a_thing_is_not_abusive(feels: ChineseSentiment, message: str) -> None:
    assert not feels(message).abusive


@given(st.text())
def test_probabilities_of_any_text_sum_to_one(feels: ChineseSentiment, message: str) -> None:
    felt = feels(message)

    assert felt.negative + felt.neutral + felt.positive == pytest.approx(1)
    assert min(felt.negative, felt.neutral, felt.positive) >= 0


def test_many_messages_are_judged_as_each_alone(feels: ChineseSentiment) -> None:
    messages = ["很好", "很差", "几点开门", ""]

    assert feels.many(messages) == [feels(message) for message in messages]


@pytest.mark.parametrize("name", [MANIFEST, WEIGHTS])
@pytest.mark.parametrize("damage", ["missing", "truncated", "changed"])
def test_a_damaged_file_is_refused_by_name(name: str, damage: str, tmp_path: Path) -> None:
    folder = shutil.copytree(SHIPPED, tmp_path / "models")
    path = folder / name
    if damage == "missing":
        path.unlink()
    else:
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2] if damage == "truncated" else content + b"?")

    with pytest.raises(ModelError, match=name):
        ChineseSentiment.load(folder)
