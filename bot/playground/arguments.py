"""The parameters of a Bot API request, in every form that Telegram accepts."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.playground.contract import Json, Parameter, Problems, contract
from bot.playground.errors import ApiError, bad_request
from bot.playground.files import MAX_UPLOAD, Upload

WHOLE = re.compile(r"\s*[+-]?\d{1,19}\s*")
TRUE = {"true", "1", "yes", "t", "y"}
FALSE = {"false", "0", "no", "f", "n", ""}
# still understood, though the documentation has dropped them
DEPRECATED = {"reply_to_message_id": "Integer", "allow_sending_without_reply": "Boolean",
              "disable_web_page_preview": "Boolean", "correct_option_id": "Integer"}  # fmt: skip
BROKEN = (": expected", ": required", ": is none of")  # where Telegram does not go on
SCALAR = {"String", "Integer", "Float", "Boolean", "True", "Integer|String", "InputFile|String"}
# their methods know Telegram's own words for what is wrong, or take looser forms
CHECKED_LATER = {"reply_markup", "options"}


@dataclass(slots=True)
class Arguments:
    """Typed parameters and the files that came with them."""

    params: Json = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        """Parameter of that name, which has to be there."""
        if self.params.get(name) is None:
            raise bad_request(f'parameter "{name}" is required')
        return self.params[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Parameter of that name, if given."""
        return self.params.get(name, default)


async def raw_arguments(request: Request) -> Json:
    """Read query, form, multipart or JSON into one mapping; files become `Upload`."""
    if int(request.headers.get("content-length") or 0) > MAX_UPLOAD + 1_000_000:
        raise ApiError(413, "Request Entity Too Large")
    raw: Json = {}
    try:
        if query := request.scope["query_string"]:
            raw |= parse_qsl(query.decode(), keep_blank_values=True, errors="strict")
        kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind == "application/json":
            raw |= _json_object(await request.body())
        elif kind == "multipart/form-data":
            async with request.form(max_part_size=MAX_UPLOAD) as form:
                for name, value in form.multi_items():
                    raw[name] = await _upload(value) if isinstance(value, UploadFile) else value
        elif body := await request.body():
            raw |= parse_qsl(body.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError as error:
        raise bad_request("strings must be encoded in UTF-8") from error
    except HTTPException as error:  # broken multipart
        raise bad_request(f"can't parse request: {error.detail}") from error
    return raw


async def _upload(file: UploadFile) -> Upload:
    content_type = file.content_type or "application/octet-stream"
    return Upload(file.filename or "file", await file.read(), content_type)


def _json_object(body: bytes) -> Json:
    if not body.strip():
        return {}
    try:
        value = read_json(body.decode())
    except ValueError as error:
        raise bad_request("can't parse request: it is not valid JSON") from error
    if not isinstance(value, dict):
        raise bad_request("can't parse request: a JSON object is expected")
    return {name: item for name, item in value.items() if item is not None}


def typed(raw: Json, parameters: dict[str, Parameter], problems: Problems) -> Arguments:
    """Give raw parameters the types of the contract, and add to `problems` what does not fit it.

    What cannot be read as its type is left out, as Telegram does.

    Raises
    ------
    ApiError
        If an object or array is so wrong that Telegram would not go on.
    """
    arguments = Arguments()
    problems.extend(
        f"{name}: required"
        for name, parameter in parameters.items()
        if parameter.required and name not in raw
    )
    for name, value in raw.items():
        if name == "method":  # webhooks name it in their answers, and some libraries always do
            continue
        if isinstance(value, Upload):
            arguments.files[name] = value
        parameter = parameters.get(name)
        if parameter is None:
            if not isinstance(value, Upload):
                problems.append(f"{name}: unknown parameter")
            if name in DEPRECATED:
                arguments.params[name] = _typed(name, value, DEPRECATED[name], problems)
            continue
        before = len(problems)
        decoded = _typed(name, value, parameter.kind, problems)
        if decoded is None:
            continue
        arguments.params[name] = decoded
        if len(problems) > before:
            continue
        parameter.check(decoded, name, problems)
        if len(problems) > before and parameter.kind not in SCALAR:
            del problems[before:]
            arguments.params[name] = _lenient(name, _without_null(decoded), parameter, problems)
    return arguments


def _typed(name: str, value: Any, kind: str, problems: Problems) -> Any:
    """Read one value; `None` where it is empty or cannot be read."""
    if isinstance(value, Upload):
        return value
    if kind not in SCALAR:
        return _object(name, value, problems) if value != "" else None
    if isinstance(value, list | dict) or (kind == "String" and not isinstance(value, str)):
        problems.append(f"{name}: expected {kind}, got {type(value).__name__}")
        return json.dumps(value) if kind == "String" else None
    # Telegram sees no difference between a number or boolean and its text
    text = value if isinstance(value, str) else json.dumps(value)
    return (
        text
        if "String" in kind and not WHOLE.fullmatch(text)
        else _scalar(name, text, kind, problems)
    )


def _object(name: str, value: Any, problems: Problems) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return read_json(value)
    except ValueError as error:
        problems.append(f"{name}: is not valid JSON")
        raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from error


def _scalar(name: str, text: str, kind: str, problems: Problems) -> Any:
    match kind:
        case "Integer|String":
            return int(text)
        case "Boolean" | "True":
            if text.lower() not in TRUE | FALSE:
                problems.append(f"{name}: expected Boolean")
            return text.lower() in TRUE
        case "Integer" | "Float" if text:
            return _number(name, text, kind, problems)
        case "Integer" | "Float":
            return None
        case _:
            return text


def _number(name: str, value: str, kind: str, problems: Problems) -> float | None:
    try:
        return int(value) if kind == "Integer" else float(value)
    except ValueError:
        problems.append(f"{name}: expected {kind}")
        return None


def _lenient(name: str, value: Any, parameter: Parameter, problems: Problems) -> Any:
    """Read an object that does not fit the contract as far as Telegram would."""
    parameter.check(value, name, problems)
    fitted = contract().fitted(parameter.kind, value)
    left = Problems()
    parameter.check(fitted, name, left)
    broken = [problem for problem in left if any(sign in problem for sign in BROKEN)]
    if broken and name not in CHECKED_LATER:
        raise bad_request(f"can't parse {broken[0]}")
    return fitted


def _without_null(value: Any) -> Any:
    """Drop empty fields: to Telegram they are not there, and some libraries write them."""
    if isinstance(value, dict):
        return {key: _without_null(item) for key, item in value.items() if item is not None}
    return [_without_null(item) for item in value] if isinstance(value, list) else value


def read_json(text: str) -> Any:
    """Read JSON, but refuse half of a surrogate pair, which no text may hold.

    Raises
    ------
    ValueError
        If it is not JSON.
    ApiError
        If a text in it cannot be encoded.
    """
    value = json.loads(text)
    if "\\ud" in text.lower():
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise bad_request("strings must be encoded in UTF-8") from error
    return value
