import subprocess
import sys
import time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.language import LANGUAGES
from nlp.replies import Because, Reply, choose_reply
from nlp.rules import load_rules
from nlp.sentiment import LexiconSentiment, Sentiment
from nlp.starter import starter_rules, starter_templates
from nlp.templates import LONGEST, VARIABLES

RANDOM = Random(0)  # noqa: S311
TEMPLATES = starter_templates()
RULES = starter_rules(TEMPLATES)
SENTIMENT = LexiconSentiment()
TOLD = {name: f"the {name}" for name in VARIABLES}


def reply_to(
    message: str, *, told: dict[str, str] = TOLD, fallback: str = "en", extra: str = ""
) -> Reply:
    return choose_reply(
        message,
        rules=load_rules(extra, "extra", TEMPLATES) + RULES if extra else RULES,
        templates=TEMPLATES,
        sentiment=SENTIMENT,
        values=told,
        fallback_language=fallback,
        first_message=True,
        random=RANDOM,
    )


@pytest.mark.parametrize(
    ("message", "rule"),
    [
        ("hi!", "greeting"),
        ("Hi, when do you open?", "hours"),
        ("thank you so much for your help 🙏", "thanks"),
        ("bye", "bye"),
        ("Where is your shop?", "address"),
        ("How much is a haircut?", "price"),
        ("do you ship to Spain?", "delivery"),
        ("Can I pay by card?", "payment_methods"),
        ("what's your phone number", "phone"),
        ("are you a bot?", "bot"),
        ("你好", "greeting"),
        ("在嗎？", "greeting"),
        ("請問幾點開門？", "hours"),
        ("好的，谢谢", "thanks"),
        ("你们地址在哪里", "address"),
        ("多少钱", "price"),
        ("能寄到香港吗", "delivery"),
        ("可以用支付宝吗", "payment_methods"),
    ],
)
def test_what_the_owner_has_told_is_answered_at_once(message: str, rule: str) -> None:
    reply = reply_to(message)

    assert (reply.rule, reply.handoff, reply.because) == (rule, False, Because.RULE)
    assert reply.text
    assert reply.suggestion is None


@pytest.mark.parametrize(
    ("message", "rule"),
    [
        ("I need to cancel order 5512", "cancel"),
        ("can I change my order?", "order_change"),
        ("how do I return these shoes", "refund"),
        ("where's my parcel", "order_status"),
        ("I need an invoice", "invoice"),
        ("my card was declined", "payment_problem"),
        ("table for 4 tomorrow?", "booking"),
        ("any discounts for students?", "discount"),
        ("I forgot my password", "account"),
        ("我想取消订单", "cancel"),
        ("我的快递到哪了", "order_status"),
        ("我要退款", "refund"),
        ("能开发票吗", "invoice"),
        ("想订位，明晚四个人", "booking"),
        ("能便宜点吗", "discount"),
    ],
)
def test_what_only_the_owner_can_know_is_passed_on_with_a_suggestion(
    message: str, rule: str
) -> None:
    reply = reply_to(message)

    assert (reply.rule, reply.handoff, reply.because) == (rule, True, Because.RULE)
    assert reply.text
    assert reply.suggestion


@pytest.mark.parametrize(
    ("message", "because", "rule"),
    [
        ("I want to talk to a person", Because.ASKED_FOR_HUMAN, "human"),
        ("转人工", Because.ASKED_FOR_HUMAN, "human"),
        ("This is the third time! When do you open?", Because.UNHAPPY, "hours"),
        ("I want to make a complaint", Because.UNHAPPY, "complaint"),
        ("服务态度太差了", Because.UNHAPPY, None),
        ("what is the meaning of life", Because.NO_MATCH, None),
        ("Здравствуйте", Because.NO_MATCH, None),
        ("🫠", Because.NO_TEXT, None),
        ("\u200b \0", Because.NO_TEXT, None),
    ],
)
def test_everything_else_goes_to_the_owner_with_the_reason(
    message: str, because: Because, rule: str | None
) -> None:
    reply = reply_to(message)

    assert (reply.because, reply.rule, reply.handoff) == (because, rule, True)


def test_an_unhappy_customer_gets_an_apology_and_the_owner_the_answer() -> None:
    reply = reply_to("等了两个小时，气死了，你们几点关门？")

    assert reply.text in {variant.text for variant in TEMPLATES["sorry"].variants["zh"]}
    assert reply.suggestion == "我们的营业时间：the hours"


def test_an_answer_that_the_owner_has_not_told_is_not_invented() -> None:
    reply = reply_to("when do you open?", told={})

    assert (reply.handoff, reply.because, reply.rule) == (True, Because.NOT_TOLD, "hours")
    assert reply.suggestion


def test_a_rule_can_keep_the_bot_silent_even_about_anger() -> None:
    spam = '[[rule]]\nname = "spam"\naction = "silent"\nkeywords.en = ["casino"]'

    reply = reply_to("this casino is terrible", extra=spam)

    assert (reply.text, reply.handoff, reply.suggestion) == (None, False, None)


def test_a_rule_may_depend_on_the_sentiment_that_any_model_gives() -> None:
    rules = load_rules(
        '[[rule]]\nname = "glad"\naction = "reply"\ntemplate = "praise"\nsentiment = "positive"',
        "rules.toml",
        TEMPLATES,
    )

    def always_glad(message: str, language: str) -> Sentiment:
        return Sentiment("positive", 0, 0, 1)

    reply = choose_reply(
        "anything",
        rules=rules,
        templates=TEMPLATES,
        sentiment=always_glad,
        values={},
        fallback_language="en",
        first_message=False,
        random=RANDOM,
    )

    assert (reply.rule, reply.handoff) == ("glad", False)


any_character = st.one_of(st.characters(), st.characters(categories=["Cs", "Cf", "So", "Cc"]))
WORDS = [
    "open",
    "退款",
    "{{ 7*7 }}",
    "{% for %}",
    "\ud800",
    "\u202e",
    "👨‍👩‍👧",
    "refund",
    "!!!",
    "?",
]


@given(
    st.one_of(st.text(any_character), st.lists(st.sampled_from(WORDS)).map(" ".join)),
    st.sampled_from(LANGUAGES),
    st.sampled_from([TOLD, {}]),
)
def test_any_message_gets_a_text_that_telegram_takes(
    message: str, fallback: str, told: dict[str, str]
) -> None:
    reply = reply_to(message, fallback=fallback, told=told)

    texts = [text for text in (reply.text, reply.suggestion) if text is not None]
    assert reply.text is not None
    assert all(1 <= len(text.encode("utf-16-le")) // 2 <= LONGEST for text in texts)
    assert "49" not in "".join(texts)
    assert (reply.suggestion is not None) == reply.handoff
    assert reply.language.code in LANGUAGES


@pytest.mark.parametrize(
    "piece",
    ["cancel ", "我要退", "not ", "!", "when is the ", "\u202e", "😡", "ﷺ", "a", "\ud83d", "\n"],
)
def test_a_message_of_a_hundred_kilobytes_is_read_quickly(piece: str) -> None:
    message = piece * (100_000 // len(piece))

    started = time.perf_counter()
    reply = reply_to(message)

    assert reply.text
    assert time.perf_counter() - started < 0.5


def test_importing_replies_loads_nothing_heavy() -> None:
    heavy = "{'torch', 'transformers', 'sklearn', 'vaderSentiment', 'numpy'}"
    loaded = subprocess.run(  # noqa: S603
        [sys.executable, "-c", f"import sys, nlp.replies; print({heavy} & set(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert loaded.strip() == "set()"
