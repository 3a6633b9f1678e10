"""The contract: strict about requests, and about the playground itself."""

import json
from pathlib import Path

import pytest

from bot.playground import derive_contract
from bot.playground.contract import contract
from bot.playground.world import ContractViolationError, World
from tests.playground.conftest import OWNER, Api, People

MESSAGE = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}


def test_a_right_object_has_no_problems() -> None:
    assert contract().problems("Update", {"update_id": 1, "message": MESSAGE}) == []


def test_each_mistake_is_named_with_its_place() -> None:
    wrong = MESSAGE | {"date": "1", "colour": "red", "chat": {"id": True, "type": "club"}}

    problems = contract().problems("Message", wrong)

    assert [problem.split(":")[0] for problem in problems] == [
        "Message.date",
        "Message.chat.id",
        "Message.chat.type",
        "Message.colour",
    ]


def test_alternatives_are_told_apart_by_their_tag() -> None:
    problems = contract().problems("ChatMember", {"status": "left", "user": {"id": 1}})

    assert {problem.split(":")[0] for problem in problems} == {
        "ChatMember.user.is_bot",
        "ChatMember.user.first_name",
    }


def test_an_album_takes_each_kind_of_media_and_its_size_is_limited() -> None:
    media = contract().methods["sendmediagroup"][1]["media"]
    photo, video = ({"type": kind, "media": "attach://a"} for kind in ("photo", "video"))
    problems: list[str] = []

    media.check([photo, video], "media", problems)
    assert problems == []
    media.check([photo], "media", problems)
    assert problems == ["media: items [2, 10], got list of 1"]


def test_limits_come_from_the_descriptions() -> None:
    derived = [
        derive_contract.limits("Question, 1-300 characters", "String"),
        derive_contract.limits("Data, 1-64 bytes", "String"),
        derive_contract.limits("An array, must include 2-10 items", "[InputMedia]"),
        derive_contract.limits("Values between 1-100 are accepted. Defaults to 100.", "Integer"),
        derive_contract.limits("Text, 1-4096 characters after entities parsing", "String"),
    ]

    expected = [{"characters": [1, 300]}, {"bytes": [1, 64]}, {"items": [2, 10]}]
    assert derived == [*expected, {"value": [1, 100]}, {}]


def test_the_contract_is_written_the_way_it_is_derived() -> None:
    kept = Path(derive_contract.CONTRACT).read_text(encoding="utf-8")

    assert derive_contract.render(json.loads(kept)) == kept


def test_another_archive_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "other.tar.gz"
    archive.write_bytes(b"something else")

    with pytest.raises(derive_contract.SchemaError, match="sha256"):
        derive_contract.read_schema(archive)


def test_a_wrong_update_never_leaves_the_playground() -> None:
    world = World(owner_id=OWNER, token="42:TEST")

    with pytest.raises(ContractViolationError, match="required"):
        world.emit("message", {"message_id": 1})
    assert len(world.violations) == 1


@pytest.mark.parametrize(
    ("method", "params", "problem"),
    [
        ("sendMessage", {"chat_id": OWNER, "text": "a", "colour": "red"}, "colour: unknown"),
        ("sendMessage", {"chat_id": OWNER, "text": 5}, "text: expected String"),
        ("sendMessage", {"chat_id": OWNER}, "text: required"),
        ("sendMessage", {"chat_id": OWNER, "text": "a", "protect_content": "maybe"}, "protect_"),
        ("sendMessage", {"chat_id": OWNER, "text": "a", "reply_to_message_id": 1}, "reply_to_"),
        ("getUpdates", {"limit": 1000}, "limit: value [1, 100]"),
        ("getUpdates", {"timeout": "soon"}, "timeout: expected Integer"),
        ("sendmessages", {}, "unknown method"),
        ("sendMessage", {"chat_id": OWNER, "text": "a", "entities": "["}, "entities: is not"),
        ("sendMessage", {"chat_id": OWNER, "text": "a", "entities": 5}, "entities: expected"),
        ("sendMessage", {"chat_id": OWNER, "text": "a", "reply_parameters": 5}, "reply_param"),
        ("sendPoll", {"chat_id": OWNER, "question": "a", "options": 5}, "options: expected"),
        ("editMessageText", {"chat_id": 1, "message_id": {}, "text": "a"}, "message_id: expected"),
        ("sendPhoto", {"chat_id": OWNER, "photo": {}}, "photo: expected"),
    ],
)
async def test_a_request_off_the_contract_is_recorded(
    api: Api, people: People, method: str, params: dict[str, object], problem: str
) -> None:
    await api.call(method, **params)

    (recorded,) = await people.see("violations")
    assert recorded["problem"].startswith(problem)
    assert "text" not in params or "colour" not in params or recorded["method"] == "sendMessage"


async def test_an_unknown_parameter_is_ignored_as_telegram_does(api: Api) -> None:
    sent = await api.result("sendMessage", chat_id=OWNER, text="a", colour="red")

    assert sent["text"] == "a"


async def test_violations_can_be_forgotten(api: Api, people: People) -> None:
    await api.call("sendMessage", chat_id=OWNER)

    await people.client.delete("/control/violations")

    assert await people.see("violations") == []
