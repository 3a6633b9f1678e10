import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.folding import READ_UP_TO, clean, fold
from nlp.language import Language, detect_language


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("hi", "en"),
        ("Where's my order #12345?", "en"),
        ("Do you have 小笼包 today?", "en"),
        ("你好", "zh"),
        ("請問幾點開門？", "zh"),
        ("iPhone 15 Pro Max 有货吗", "zh"),
        ("看看 https://shop.example/very/long/link/of/latin/words", "zh"),
    ],
)
def test_the_script_tells_the_language(message: str, code: str) -> None:
    assert detect_language(message, "en" if code == "zh" else "zh").code == code


@pytest.mark.parametrize(
    "message", ["", "👍👍", "/start", "12345", "Привет", "これはいくらですか", "مرحبا"]
)
@pytest.mark.parametrize("fallback", ["en", "zh"])
def test_what_is_neither_english_nor_chinese_falls_back_and_says_so(
    message: str, fallback: str
) -> None:
    assert detect_language(message, fallback) == Language(fallback, certain=False)


def test_a_mixture_is_not_certain() -> None:
    assert detect_language("hi", "zh").certain
    assert not detect_language("我要refund", "en").certain


@given(st.text())
def test_folding_twice_changes_nothing_more_in_traditional_and_full_width(message: str) -> None:
    assert len(clean(message)) <= READ_UP_TO
    assert fold("退貨ＡＢＣ　" + message).startswith("退货abc ")


@pytest.mark.parametrize("message", ["I don't", "i DONT", "I don’t", "I do\u200bn't", "Ｉ don't"])
def test_one_wish_in_several_spellings_folds_to_one_text(message: str) -> None:
    assert fold(message) == "i do not"


def test_traditional_characters_fold_to_simplified() -> None:
    assert fold("東西壞了，還沒退錢，態度惡劣，請問幾點關門？") == fold(
        "东西坏了，还没退钱，态度恶劣，请问几点关门？"
    )
