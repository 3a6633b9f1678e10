import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.spelling import spell_out


@pytest.mark.parametrize(
    ("message", "spelled"),
    [
        ("😂", "face with tears of joy"),
        ("ok 👍🏽", "ok thumbs up"),
        ("❤️", "red heart"),
        ("#NotHappy #BBCNews #fail2win", "# Not Happy # BBC News # fail 2 win"),
        ("sooooo goooood!!!!!", "soo good!!"),
        ("10000", "10000"),
        ("@Bob_1 see https://t.co/x or www.shop.example/a", "@user see http or http"),
        ("fish &amp; chips, don’t", "fish & chips, don't"),
    ],
)
def test_a_message_is_spelled_in_words_of_the_vocabulary(message: str, spelled: str) -> None:
    assert spell_out(message).split() == spelled.split()


@given(st.text(st.characters(codec="utf-8")))
def test_plain_words_are_left_alone(noise: str) -> None:
    assert "is it broken" in spell_out(f"{noise} is it broken {noise}")
