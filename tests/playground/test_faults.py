"""Faults on demand and rate limits."""

import asyncio

import httpx
import pytest

from bot.playground.errors import ApiError
from bot.playground.limits import Limits
from tests.playground.conftest import CHANNEL, CUSTOMER, OWNER, TOKEN, Api, People


async def n_messages(people: People) -> int:
    return len(await people.see(f"chats/{OWNER}/messages")) - 1


async def test_a_fault_happens_as_often_as_asked_and_only_to_its_method(
    api: Api, people: People
) -> None:
    await people.do("faults", method="sendMessage", kind="500", n=2)

    statuses = [(await api.call("getMe"))["ok"]]
    for _ in range(3):
        body = await api.call("sendMessage", chat_id=OWNER, text="a")
        statuses.append(body.get("error_code", 200))

    assert statuses == [True, 500, 500, 200]
    assert await n_messages(people) == 1


async def test_429_says_how_long_to_wait(api: Api, people: People) -> None:
    await people.do("faults", method="*", kind="429", seconds=7)

    response = await api.client.post(f"/bot{TOKEN}/getMe")

    assert (response.status_code, response.headers["Retry-After"]) == (429, "7")
    assert response.json()["parameters"] == {"retry_after": 7}


@pytest.mark.parametrize(("kind", "n_sent"), [("cut_before", 0), ("cut_after", 1)])
async def test_a_cut_connection_gives_no_answer(
    api: Api, people: People, kind: str, n_sent: int
) -> None:
    await people.do("faults", method="sendMessage", kind=kind)

    with pytest.raises(httpx.RemoteProtocolError):
        await api.call("sendMessage", chat_id=OWNER, text="a")

    assert await n_messages(people) == n_sent
    assert (await api.call("getMe"))["ok"]


@pytest.mark.parametrize(("kind", "n_sent"), [("delay", 0), ("delay_after", 1)])
async def test_a_slow_answer_comes_before_or_after_the_effect(
    api: Api, people: People, kind: str, n_sent: int
) -> None:
    await people.do("faults", method="sendMessage", kind=kind, seconds=0.3)

    call = asyncio.create_task(api.result("sendMessage", chat_id=OWNER, text="a"))
    await asyncio.sleep(0.1)

    assert await n_messages(people) == n_sent
    assert (await call)["text"] == "a"
    assert await n_messages(people) == 1


async def test_faults_can_be_taken_back(api: Api, people: People) -> None:
    await people.do("faults", method="*", kind="500", n=100)
    await people.client.delete("/control/faults")

    assert (await api.call("getMe"))["ok"]


async def test_every_call_is_recorded(api: Api, people: People) -> None:
    last = (await people.see("calls"))[-1]["n"]
    await people.do("faults", method="getMe", kind="cut_before")
    with pytest.raises(httpx.RemoteProtocolError):
        await api.call("getMe")
    await api.call("sendMessage", chat_id=OWNER, text="")
    await api.call("sendMessage", chat_id=OWNER, text="a")

    calls = await people.see(f"calls?after={last}")
    assert [(call["method"], call["status"]) for call in calls] == [
        ("getMe", 0),
        ("sendMessage", 400),
        ("sendMessage", 200),
    ]
    assert calls[1]["description"] == "Bad Request: message text is empty"
    assert calls[2]["params"] == {"chat_id": OWNER, "text": "a"}
    assert len(await people.see("calls?method=getme")) == 1


async def test_limits_refuse_what_comes_too_fast(api: Api, people: People) -> None:
    await people.do("limits", enabled=True)
    await api.result("sendMessage", chat_id=OWNER, text="a")

    body = await api.call("sendMessage", chat_id=OWNER, text="b")

    assert (body["error_code"], body["parameters"]) == (429, {"retry_after": 1})
    assert body["description"] == "Too Many Requests: retry after 1"
    assert (await api.call("sendMessage", chat_id=CUSTOMER, text="c"))["ok"]
    assert (await api.call("sendChatAction", chat_id=OWNER, action="typing"))["ok"]
    await people.do("limits", enabled=False)
    assert (await api.call("sendMessage", chat_id=OWNER, text="d"))["ok"]


def test_limits_count_in_sliding_windows() -> None:
    limits = Limits()
    limits.enabled = True

    def accepted(chat_id: int, now: float) -> bool:
        try:
            limits.check("sendmessage", {"chat_id": chat_id}, now)
        except ApiError:
            return False
        return True

    assert [accepted(person, 0.0) for person in range(31)] == [True] * 30 + [False]
    assert not accepted(40, 0.9)
    assert accepted(40, 1.0)
    posts = [accepted(CHANNEL, 10.0 + 2 * number) for number in range(31)]
    assert posts == [True] * 20 + [False] * 10 + [True]
