"""How a request may be written, and what answers a wrong address."""

import json

import httpx
import pytest

from tests.playground.conftest import OWNER, TOKEN, People

URL = f"/bot{TOKEN}/sendMessage"


@pytest.mark.parametrize("form", ["query", "urlencoded", "multipart", "json", "json with texts"])
async def test_parameters_come_in_every_form(
    client: httpx.AsyncClient, people: People, form: str
) -> None:
    keyboard = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    params = {"chat_id": str(OWNER), "text": "é 😀", "protect_content": "true"}
    fields = params | {"reply_markup": json.dumps(keyboard)}
    match form:
        case "query":
            response = await client.get(URL, params=fields)
        case "urlencoded":
            response = await client.post(URL, data=fields)
        case "multipart":
            parts = {name: (None, value) for name, value in fields.items()}
            response = await client.post(URL, files=parts)
        case "json":
            body = {"chat_id": OWNER, "protect_content": True, "reply_markup": keyboard}
            response = await client.post(URL, json=params | body)
        case _:
            response = await client.post(URL, json=fields)

    sent = response.json()["result"]
    assert (sent["text"], sent["has_protected_content"]) == ("é 😀", True)
    assert sent["reply_markup"] == keyboard
    assert await people.see("violations") == []


async def test_method_names_are_read_in_any_case(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/bot{TOKEN}/GETME")).json()["result"]["id"] == 42


@pytest.mark.parametrize(
    ("path", "status", "description"),
    [
        (f"/bot{TOKEN}/getMeNot", 404, "Not Found"),
        ("/botrubbish/getMe", 404, "Not Found"),
        ("/bot43:OTHER/getMe", 401, "Unauthorized"),
        (f"/file/bot{TOKEN}/photos/none.jpg", 404, "Not Found"),
        ("/elsewhere", 404, "Not Found"),
    ],
)
async def test_wrong_addresses_are_answered_as_telegram_does(
    client: httpx.AsyncClient, path: str, status: int, description: str
) -> None:
    response = await client.get(path)

    expected = {"ok": False, "error_code": status, "description": description}
    assert (response.status_code, response.json()) == (status, expected)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"{", "can't parse request: it is not valid JSON"),
        (b"[]", "can't parse request: a JSON object is expected"),
        (b'{"chat_id": 1000, "text": "\\ud83d"}', "strings must be encoded in UTF-8"),
        (b'{"chat_id": 1000, "text": "a", "reply_markup": "\\"\\\\ud83d\\""}', "strings must"),
        (b'{"chat_id": 1000, "text": "a", "entities": {"a": 1}}', "can't parse entities: expected"),
        (b'{"chat_id": 1000, "text": "a", "entities": [{"type": "bold"}]}', "can't parse entities"),
        (b'{"chat_id": 1000, "text": "a", "reply_markup": "{"}', "can't parse reply markup"),
        (b'{"chat_id": 1000, "text": "a", "reply_markup": [1]}', "object expected as reply markup"),
        (b'{"chat_id": "chat", "text": "a"}', "chat not found"),
        (b'{"text": "a"}', "chat_id is empty"),
    ],
)
async def test_malformed_requests_are_refused(
    client: httpx.AsyncClient, people: People, body: bytes, sentence: str
) -> None:
    response = await client.post(URL, content=body, headers={"Content-Type": "application/json"})

    assert response.status_code == 400
    assert response.json()["description"].startswith(f"Bad Request: {sentence}")


async def test_bytes_that_are_no_text_are_refused(client: httpx.AsyncClient) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    response = await client.post(URL, content=b"chat_id=1000&text=%ff", headers=form)

    assert response.json()["description"] == "Bad Request: strings must be encoded in UTF-8"


async def test_other_hosts_and_sites_are_kept_out(client: httpx.AsyncClient) -> None:
    rebound = await client.get(f"/bot{TOKEN}/getMe", headers={"Host": "evil.example"})
    foreign = await client.post("/control/people", headers={"Origin": "http://evil.example"})

    assert (rebound.status_code, foreign.status_code) == (400, 403)


async def test_a_broken_multipart_form_is_refused(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "multipart/form-data"}

    response = await client.post(URL, content=b"--a\r\n", headers=headers)

    assert response.json()["description"].startswith("Bad Request: can't parse request")


async def test_half_a_character_from_a_person_is_refused(client: httpx.AsyncClient) -> None:
    body = b'{"from": 1000, "chat": 1000, "text": "\\ud83d"}'

    response = await client.post("/control/messages", content=body)

    assert response.status_code == 400


async def test_a_huge_text_is_read_quickly(client: httpx.AsyncClient, people: People) -> None:
    for piece in ("a.", "/a ", "a-", "@a.", "#a ", "+1 ", "<b>", "😀"):
        message = await people.write(piece * (100_000 // len(piece)), person=OWNER)
        assert len(message.get("entities", [])) <= 100
