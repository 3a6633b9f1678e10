"""Answers calls of the Bot API: checks them, lets them take effect, and records them."""

import inspect
from collections import deque
from dataclasses import dataclass
from typing import Any

from bot.playground.arguments import typed
from bot.playground.contract import Json, Parameter, Problems, contract
from bot.playground.errors import ApiError
from bot.playground.faults import Faults
from bot.playground.files import Upload
from bot.playground.limits import Limits
from bot.playground.methods import METHODS, RESULTS
from bot.playground.world import World

KEPT = 20_000  # calls that are remembered
MAX_REMEMBERED = 8192  # characters of a parameter
Parameters = dict[str, Parameter]
# still answered, though the documentation has dropped the names
RENAMED = {"getchatmemberscount": "getChatMemberCount", "kickchatmember": "banChatMember"}


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and JSON body of an answer."""

    status: int
    body: Json


class Api:
    """The Bot API of one world.

    Attributes
    ----------
    calls : deque
        Every call: `{"n", "method", "params", "status", "description"?, "at"}`.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.faults = Faults()
        self.limits = Limits()
        self.calls: deque[Json] = deque(maxlen=KEPT)
        self._n_calls = 0
        self._methods = {name.lower(): method for name, method in METHODS.items()}

    async def answer(self, method: str, raw: Json) -> Answer:
        """Answer one call; `raw` holds its parameters as they came."""
        renamed = RENAMED.get(method.lower(), method)
        if renamed is not method:
            self.world.violate(method, f"is an old name of {renamed}")
        name, known = contract().methods.get(renamed.lower(), (method, None))
        try:
            answer = Answer(200, {"ok": True, "result": await self._result(name, raw, known)})
        except ApiError as error:
            answer = Answer(error.code, error.answer())
        self.record(name, raw, answer)
        return answer

    async def _result(self, name: str, raw: Json, parameters: Parameters | None) -> Any:
        if parameters is None:
            self.world.violate(name, "unknown method")
            raise ApiError(404, "Not Found")
        problems = Problems()
        try:
            arguments = typed(raw, parameters, problems)
        finally:
            for problem in problems:
                self.world.violate(name, problem)
        self.limits.check(name.lower(), arguments.params, self.world.clock())
        method = self._methods.get(name.lower())
        if method is None:
            raise ApiError(501, f"Not Implemented: the playground does not know {name}")
        result = method(self.world, arguments)
        if inspect.isawaitable(result):
            return await result
        if kind := RESULTS.get(name):
            self.world.require_contract(kind, result)
        return result

    def record(self, method: str, raw: Json, answer: Answer) -> None:
        """Remember a call and how it was answered."""
        self._n_calls += 1
        call = {
            "n": self._n_calls,
            "method": method,
            "params": {key: _remembered(value) for key, value in raw.items()},
            "status": answer.status,
            "at": self.world.clock(),
        }
        if "description" in answer.body:
            call["description"] = answer.body["description"]
        self.calls.append(call)


def _remembered(value: Any) -> Any:
    if isinstance(value, Upload):
        return f"<{value.name}, {len(value.content)} bytes>"
    return value[:MAX_REMEMBERED] if isinstance(value, str) else value
