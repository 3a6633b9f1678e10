"""No request and no act, however odd, breaks the playground."""

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from bot.playground import Playground
from bot.playground.api import Api
from bot.playground.contract import contract
from bot.playground.control.routes import ACTS
from bot.playground.methods import METHODS
from bot.playground.world import World
from tests.playground.conftest import CHANNEL, CUSTOMER, GROUP, OWNER, TOKEN

WORDS = ["", "a", "5", "nan", "[]", "{}", "[1]", "<b>a</b>", "HTML", "photo", "attach://a", "quiz",
         "😀"]  # fmt: skip
KEYS = ["type", "text", "message_id", "media", "inline_keyboard", "keyboard", "offset", "length",
        "user", "url", "emoji", "command", "description", "chat_id", "callback_data"]  # fmt: skip
numbers = st.integers(-3, 12) | st.floats(0, 2) | st.just(10**25)
plain = st.none() | st.booleans() | numbers | st.sampled_from(WORDS)
places = st.sampled_from([OWNER, CUSTOMER, CHANNEL, GROUP])
odd = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=5,
)
# what fits half-way gets further into a method than what does not fit at all
nearly = st.sampled_from(
    [
        {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]},
        [{"type": "bold", "offset": 0, "length": 1},
            {"type": "url", "offset": 0, "length": 1},
            {"type": "text_mention", "offset": 0, "length": 1}],
        {"inline_keyboard": [[{"text": 1, "callback_data": 2, "hide": False, "url": None}]]},
        {"message_id": 1},
        {"message_id": "1", "chat_id": CHANNEL, "quote": "a"},
        [{"type": "photo", "media": "attach://a"}, {"type": "video", "media": "b"}],
        [{"type": "emoji", "emoji": "👍"}],
        ["a", "b"],
        [{"command": "a", "description": "b"}],
        [1, 2],
        {"type": "chat", "chat_id": OWNER},
    ]
)  # fmt: skip


def new_world() -> World:
    world = World(owner_id=OWNER, token=TOKEN)
    for person in world.people.values():
        person.started = True
    return world


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    method = draw(st.sampled_from(sorted(set(METHODS) - {"getUpdates"})))
    names = sorted(contract().methods[method.lower()][1])
    wanted = draw(
        st.dictionaries(st.sampled_from(names), odd | nearly, max_size=5) if names else st.just({})
    )
    if "chat_id" in names and draw(st.integers(0, 3)):
        wanted["chat_id"] = draw(places)
    if "from_chat_id" in names:
        wanted["from_chat_id"] = draw(places)
    if "user_id" in names:
        wanted["user_id"] = draw(st.sampled_from([OWNER, CUSTOMER, 42]))
    if "message_id" in names and draw(st.booleans()):
        wanted["message_id"] = draw(st.integers(1, 6))
    return method, {name: value for name, value in wanted.items() if value is not None}


@settings(max_examples=200, deadline=None)
@given(st.lists(calls(), min_size=1, max_size=8))
def test_every_call_is_answered(several: list[tuple[str, dict[str, Any]]]) -> None:
    world = new_world()
    api = Api(world)

    async def run() -> None:
        await api.answer("sendMessage", {"chat_id": CHANNEL, "text": "a"})
        await api.answer("sendPoll", {"chat_id": CHANNEL, "question": "a", "options": ["a", "b"]})
        for method, params in several:
            answer = await api.answer(method, params)
            assert answer.body["ok"] == (answer.status == 200)

    asyncio.run(run())

    assert not [row for row in world.violations if row["method"] == "playground"]


ACT_KEYS = ["from", "chat", "text", "message", "messages", "user", "blocked", "status", "action",
            "emoji", "options", "data", "row", "column", "reply_to", "thread", "business",
            "entities", "photo", "album", "enabled", "kind", "n", "seconds", "title", "from_chat",
            "username", "first_name", "invite_link", "protected"]  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(sorted(set(ACTS) - {"taps"})),
    st.dictionaries(st.sampled_from(ACT_KEYS), odd | nearly | places, max_size=8),
    places,
    st.booleans(),
)
def test_every_act_is_done_or_refused(
    path: str, body: dict[str, Any], place: int, placed: bool
) -> None:
    playground = Playground(owner_id=OWNER, token=TOKEN)
    body = body | ({"from": OWNER, "chat": place} if placed else {})

    with TestClient(playground.app(), base_url="http://127.0.0.1") as client:
        response = client.post(f"/control/{path}", json=body)

    assert response.status_code in {200, 400}
    assert response.status_code == 200 or response.json()["error"]
