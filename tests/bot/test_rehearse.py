"""How the owner tries a change on what customers wrote, and then switches it on."""

from __future__ import annotations

import base64
import csv
import io
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils import Database

from bot.playground import Playground
from bot.settings import Settings
from bot.store import answers
from bot.views import rehearsal as views
from bot.views.say import Say
from nlp.embedding import BuiltInEmbedder
from nlp.language import Language
from nlp.matching import Match
from nlp.rehearsal import Difference
from nlp.replies import Because, Reply
from nlp.sentiment import Sentiment
from tests.bot.test_answers import download
from tests.conftest import OWNER, Desk, Json, running_bot

PARKING = """
[[rule]]
name = "parking"
action = "reply"
template = "thanks"
keywords.en = ["parking"]
"""


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """What takes seconds the first time, and more where others work too."""
    BuiltInEmbedder()(["Hello"])


async def rehearse(desk: Desk, name: str, content: str, caption: str = "/rehearse") -> Json:
    encoded = base64.b64encode(content.encode()).decode()
    sent: Json = await desk.do(
        "messages",
        **{
            "from": OWNER,
            "chat": OWNER,
            "document": encoded,
            "file_name": name,
            "caption": caption,
        },
    )
    return sent


async def asked(desk: Desk, text: str, n: int = 1) -> None:
    """Let a customer write, and wait for the reply."""
    await desk.say(desk.customer, text)
    await desk.wait_for(desk.customer, "", n=n)


async def test_without_a_file_it_says_how(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/rehearse")

    assert "caption /rehearse" in (await desk.wait_for(OWNER, "🎭"))["text"]


async def test_a_change_is_shown_first_and_works_only_when_switched_on(
    desk: Desk, bot: Database, settings: Settings
) -> None:
    await asked(desk, "Is there parking?", n=1)
    await rehearse(desk, "rules.toml", PARKING)

    shown = await desk.wait_for(OWNER, "🎭 The last message would get something else")
    assert "Is there parking?\nBefore: it comes to you" in shown["text"]
    assert "Then: “" in shown["text"]
    assert "(rule “parking”)" in shown["text"]
    assert not settings.playbook.exists()
    await asked(desk, "And parking?", n=2)
    await desk.tap(shown, "Switch on")
    await desk.wait_for(OWNER, "It is switched on")
    await asked(desk, "Parking!", n=3)

    outcomes = [row["outcome"] for row in bot["messages"].rows_where(order_by="id")]
    assert outcomes == ["handed_off", "handed_off", "answered"]
    assert (settings.playbook / "rules.toml").read_text() == PARKING


async def test_answers_are_rehearsed_and_taught(desk: Desk, bot: Database) -> None:
    await asked(desk, "Do you repair violins?")
    table = "answer,question,reply_en\nrepairs,Do you repair violins?,We do.\n"
    await rehearse(desk, "mine.csv", table)

    shown = await desk.wait_for(OWNER, "something else")
    assert "Then: “We do.” (taught as “repairs”, " in shown["text"]
    assert answers.count(bot) == 0
    await desk.tap(shown, "Switch on")
    await desk.wait_for(OWNER, "Applied: 1 new")

    assert answers.count(bot) == 1
    await asked(desk, "Do you repair violins?", n=2)
    assert (await desk.texts(desk.customer))[-1] == "We do."


async def test_more_than_a_message_holds_comes_as_a_file(
    desk: Desk, bot: Database, playground: Playground
) -> None:
    texts = [f'Parking {n}? "x", \n=1+{n} 🅿️ <b>' + "y" * 400 for n in range(9)]
    for number, text in enumerate(texts, 1):
        await asked(desk, text, n=number)
    await asked(desk, "=Is there parking?", n=10)

    await rehearse(desk, "rules.toml", PARKING, "/rehearse 500")

    await desk.wait_for(OWNER, "10 of the last 10 messages")
    await desk.wait_for(OWNER, "… and 2 more.\nAll of them are in the file below.")
    file = await desk.wait_for(OWNER, "10 messages that would get something else")
    content = await download(playground, file["document"]["file_id"])
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    assert [row["message"] for row in rows] == [*texts, "'=Is there parking?"]
    assert {row["because"] for row in rows} == {"rule “parking”"}


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("rules.toml", '[[rule]]\nname = "a"', "rules.toml, line 1: rule 'a'"),
        ("rules.toml", "[[rule]\n", "rules.toml, line 1:"),
        ("texts.toml", '[thanks]\nen = "{{ nothing }}"', "templates.toml, line 1: [thanks]"),
        ("answers.csv", "a,b\n", "answers.csv, line 1: columns must be"),
        ("answers.csv", "answer,question,reply_en\na,b?,{{ x }}\n", "answers.csv, line 2: "),
        ("photo.png", "x", "photo.png: I take rules.toml"),
    ],
)
async def test_a_file_that_cannot_be_used_is_refused_with_its_line(
    desk: Desk, bot: Database, name: str, content: str, sentence: str
) -> None:
    await rehearse(desk, name, content)

    refused = await desk.wait_for(OWNER, "Nothing is changed.")

    assert sentence in refused["text"]


async def test_with_nothing_to_rehearse_on_a_file_can_still_be_switched_on(
    desk: Desk, bot: Database, settings: Settings
) -> None:
    await rehearse(desk, "rules.toml", PARKING)

    await desk.tap(await desk.wait_for(OWNER, "nothing to rehearse with"), "Switch on")

    await desk.wait_for(OWNER, "It is switched on")


async def test_a_file_is_switched_on_after_a_restart_too(desk: Desk, settings: Settings) -> None:
    async with running_bot(settings):
        await desk.say(OWNER, "/start")
        await rehearse(desk, "rules.toml", PARKING)
        shown = await desk.wait_for(OWNER, "nothing to rehearse with")

    async with running_bot(settings):
        await desk.tap(shown, "Switch on")
        await desk.wait_for(OWNER, "It is switched on")

    assert (settings.playbook / "rules.toml").exists()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_eight_of_the_longest_have_room_in_one_message(language: str) -> None:
    def reply(mark: str) -> Reply:
        return Reply(
            text=mark * 4_096,
            handoff=True,
            because=Because.ANSWER_UNSURE,
            rule=None,
            language=Language("en", certain=True),
            sentiment=Sentiment("neutral", 0.1, 0.8, 0.1),
            suggestion=f"<{mark}" * 2_048,
            match=Match(mark * 80, 0.5, "suggest", mark),
            labels=(mark * 200,),
        )

    differences = [Difference("👍" * 2_000, reply("🙂"), reply("🎭"))] * 9
    view = views.rehearsed(Say(language, ZoneInfo("UTC")), differences, 200)

    assert len(view.text.striptags().encode("utf-16-le")) // 2 < 4_000
