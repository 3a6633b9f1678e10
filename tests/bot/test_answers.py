"""The owner looks at what they have taught, changes it, takes it out and brings it back."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlite_utils import Database

from bot.database import open_database
from bot.playground import Playground
from bot.settings import Settings
from bot.store import answers
from bot.store.answers import Use
from bot.store.lessons import Lesson
from bot.views import answers as views
from bot.views import teaching
from bot.views.say import Say
from nlp.answers import LONGEST_NAME, Answer, read_csv, read_toml
from nlp.language import LANGUAGES
from nlp.replies import Because
from nlp.templates import LONGEST
from tests.conftest import OWNER, TOKEN, Desk, Json, running_bot, until

pytestmark = pytest.mark.usefixtures("quick_embedder")

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
DOGS = Answer(
    name="Dogs",
    questions=("Can I bring my dog to the workshop?", "可以带狗去工作坊吗？"),
    replies={"en": "Of course.", "zh": "当然可以。"},
)
PARKING = Answer(
    name="Parking",
    questions=("Where can I park at the workshop?",),
    replies={"en": "Behind the house."},
)


@pytest.fixture
async def taught(desk: Desk, settings: Settings) -> AsyncIterator[Database]:
    """A bot that has been taught two answers."""
    db = open_database(settings.database)
    for answer in (DOGS, PARKING):
        answers.teach(db, answer, NOW)
    db.close()
    async with running_bot(settings) as db:
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "This is your desk")
        yield db


async def opened(desk: Desk, name: str) -> Json:
    """Open an answer from the list."""
    await desk.say(OWNER, "/answers")
    await desk.tap(await desk.wait_for(OWNER, "You have taught me"), name)
    return await desk.wait_for(OWNER, "Customers ask:")


async def send_file(desk: Desk, name: str, content: str | bytes) -> None:
    data = content if isinstance(content, bytes) else content.encode()
    encoded = base64.b64encode(data).decode()
    await desk.do(
        "messages", **{"from": OWNER, "chat": OWNER, "document": encoded, "file_name": name}
    )


async def test_without_answers_the_list_says_how_to_teach(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/answers")

    assert "/teach" in (await desk.wait_for(OWNER, "not taught me anything"))["text"]


async def test_an_answer_is_shown_whole(desk: Desk, taught: Database) -> None:
    shown = (await opened(desk, "Dogs"))["text"]

    assert all(text in shown for text in (*DOGS.questions, *DOGS.replies.values()))


async def test_eight_answers_are_a_page(desk: Desk, taught: Database) -> None:
    for n in range(7):
        answers.teach(taught, Answer(name=f"A{n}", questions=(f"{n}?",), replies={"en": "x"}), NOW)
    await desk.say(OWNER, "/answers")
    first = await desk.wait_for(OWNER, "You have taught me 9 answers.")

    await desk.tap(first, "More ›")

    second = await desk.wait_for(OWNER, "Parking")
    assert second["message_id"] == first["message_id"]
    assert "Dogs" in first["text"]
    assert "Dogs" not in second["text"]
    await desk.tap(second, "‹ Back")
    await desk.wait_for(OWNER, "Dogs")


async def test_wordings_are_added_a_line_each(desk: Desk, taught: Database) -> None:
    await desk.tap(await opened(desk, "Parking"), "Add a wording")
    await desk.wait_for(OWNER, "How else do customers ask")

    await desk.say(OWNER, "Is there a car park?\n\nParking?\n")

    await desk.wait_for(OWNER, "“Parking” knows 3 wordings now.")


async def test_a_wording_that_leads_elsewhere_adds_none(desk: Desk, taught: Database) -> None:
    await desk.tap(await opened(desk, "Parking"), "Add a wording")
    await desk.wait_for(OWNER, "How else do customers ask")

    await desk.say(OWNER, f"Is there a car park?\n{DOGS.questions[0].lower()}")

    await desk.wait_for(OWNER, "this leads to “Dogs” already")
    assert PARKING in answers.taught(taught)


async def test_a_wording_is_removed(desk: Desk, taught: Database) -> None:
    await desk.tap(await opened(desk, "Dogs"), "Remove one")
    await desk.tap(await desk.wait_for(OWNER, "Which wording"), DOGS.questions[1])

    await until(lambda: len(answers.taught(taught)[0].questions) == 1, "one wording")


async def test_an_answer_gets_another_name(desk: Desk, taught: Database) -> None:
    await desk.tap(await opened(desk, "Dogs"), "Rename")
    await desk.wait_for(OWNER, "What shall I call")
    await desk.say(OWNER, "parking")
    await desk.wait_for(OWNER, "there is an answer “parking” already")
    await desk.tap(await opened(desk, "Dogs"), "Rename")
    await desk.wait_for(OWNER, "What shall I call", n=2)
    await desk.say(OWNER, "Pets")

    await desk.wait_for(OWNER, "“Pets” is changed")


async def test_an_answer_is_deleted_after_a_second_thought(desk: Desk, taught: Database) -> None:
    await desk.tap(await opened(desk, "Dogs"), "Delete")
    await desk.tap(await desk.wait_for(OWNER, "Delete “Dogs”?"), "Keep it")
    await desk.tap(await desk.wait_for(OWNER, "Customers ask:"), "Delete")
    await desk.tap(await desk.wait_for(OWNER, "Delete “Dogs”?"), "Delete it")

    await desk.wait_for(OWNER, "“Dogs” is deleted.")
    assert answers.taught(taught) == (PARKING,)


async def test_what_is_taken_out_can_be_read_again(
    desk: Desk, taught: Database, playground: Playground
) -> None:
    await desk.say(OWNER, "/answers export")
    files: dict[str, bytes] = {}

    async def arrived() -> bool:
        for message in await desk.chat(OWNER):
            if "document" in message:
                document = message["document"]
                files[document["file_name"]] = await download(playground, document["file_id"])
        return len(files) == 2

    await until(arrived, "two files")
    assert read_csv(files["answers.csv"], "answers.csv") == (DOGS, PARKING)
    assert read_toml(files["answers.toml"], "answers.toml") == (DOGS, PARKING)


async def download(playground: Playground, file_id: str) -> bytes:
    async with httpx.AsyncClient(base_url=playground.address) as client:
        found = await client.get(f"/bot{TOKEN}/getFile", params={"file_id": file_id})
        path = found.json()["result"]["file_path"]
        return (await client.get(f"/file/bot{TOKEN}/{path}")).content


async def test_a_file_is_looked_at_and_then_applied(desk: Desk, taught: Database) -> None:
    await send_file(
        desk,
        "mine.csv",
        "answer,question,reply_en\nParking,Where do I park?,In front.\nFees,What is it?,Nothing.\n",
    )
    preview = await desk.wait_for(OWNER, "mine.csv: 1 new, 1 changed, 0 the same")
    assert answers.taught(taught) == (DOGS, PARKING)

    await desk.tap(preview, "Apply")

    await desk.wait_for(OWNER, "Applied: 1 new, 1 changed.")
    assert [answer.name for answer in answers.taught(taught)] == ["Dogs", "Parking", "Fees"]
    assert answers.taught(taught)[0] == DOGS
    assert answers.taught(taught)[1].questions == ("Where do I park?",)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", "answer,question,reply_en\nA,a?,x\nB,A?,y\n", "a.csv, line 3"),
        ("a.csv", "name,text\nA,a?\n", "a.csv, line 1"),
        ("a.csv", b"answer,question,reply_en\nA,\xff\xfe,x\n", "a.csv, line 2"),
        (
            "a.csv",
            "answer,question,reply_en\nA,a?,{{ price }}\n",
            "a.csv, line 2: unknown variable price",
        ),
        (
            "a.csv",
            "answer,question,reply_en\nA,Where can I park at the workshop?,x\n",
            "a.csv, line 2: “Where can I park at the workshop?” belongs to “Parking” already",
        ),
        ("a.toml", "[[answer]\n", "a.toml"),
        ("a.csv", "x" * 1_000_001, "too big"),
    ],
    ids=["twice", "columns", "utf-8", "variable", "taken", "toml", "big"],
)
async def test_a_bad_file_changes_nothing_and_gets_one_sentence(
    desk: Desk, taught: Database, name: str, content: str | bytes, sentence: str
) -> None:
    await send_file(desk, name, content)

    await desk.wait_for(OWNER, sentence)
    assert answers.taught(taught) == (DOGS, PARKING)


async def test_the_bands_move_and_say_what_that_would_mean(desk: Desk, taught: Database) -> None:
    await desk.say(desk.customer, DOGS.questions[0])
    await desk.wait_for(desk.customer, "Of course.")
    await desk.say(OWNER, "/answers bands 0.9 40%")
    await desk.wait_for(OWNER, "two percentages")

    await desk.say(OWNER, "/answers bands 90 40")

    shown = await desk.wait_for(OWNER, "How sure I have to be")
    assert "from 90%" in shown["text"]
    assert "1 answered by myself" in shown["text"]
    await desk.tap(shown, "Bolder")
    await desk.wait_for(OWNER, "from 85%")
    assert taught.execute("select value from choices").fetchall() == [("0.85 0.35",)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_longest_answer_fits_into_a_message(language: str) -> None:
    say = Say(language, ZoneInfo("UTC"))
    longest = Answer(
        name="😀" * LONGEST_NAME,
        questions=tuple(f"{'😀' * 1990}{n}" for n in range(200)),
        replies=dict.fromkeys(LANGUAGES, "😀" * 2000),
    )
    use = Use(1, longest.name, 200, 1000, 0.9)
    lesson = Lesson(1, None, longest.questions[0], longest.replies["en"], 1, is_new=True)

    shown = [
        views.one(say, use, longest),
        views.listing(say, [use] * views.ON_A_PAGE, 100, 1),
        views.wordings(say, 1, dict(enumerate(longest.questions))),
        teaching.learnt(say, lesson, 1, longest, because=Because.NO_MATCH, rule=None),
        teaching.similar(say, lesson, 1, longest),
        teaching.taken(say, lesson, 1, longest),
    ]

    for view in shown:
        assert len(view.text.striptags().encode("utf-16-le")) <= 2 * LONGEST
        assert sum(map(len, view.buttons)) <= 100
        assert all(len(data.encode()) <= 64 for row in view.buttons for _, data in row)
