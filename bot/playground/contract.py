"""The Bot API's contract: which parameters, fields, types and limits there are.

Everything is compiled into closures once, because every request and every update is checked.
"""

import json
import math
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Problems = list[str]
Check = Callable[[Any, str, Problems], None]


def whole_number(value: Any) -> bool:
    """Say whether a JSON value is an integer; `True` is not."""
    return isinstance(value, int) and not isinstance(value, bool)


SCALARS: Mapping[str, Callable[[Any], bool]] = {
    "Integer": whole_number,
    "Float": lambda value: (
        whole_number(value) or (isinstance(value, float) and math.isfinite(value))
    ),
    "String": lambda value: isinstance(value, str),
    "Boolean": lambda value: isinstance(value, bool),
    "True": lambda value: value is True,
    # a file is an upload or, inside JSON, the text `attach://name`
    "InputFile": lambda value: isinstance(value, str | bytes) or hasattr(value, "content"),
}


# what newer versions of the Bot API send to every bot, and newer libraries cannot do without
LATER: Mapping[str, Json] = {
    "ChatMemberAdministrator": {"can_send_welcome_messages": "Boolean"},
    "ChatAdministratorRights": {"can_send_welcome_messages": "Boolean"},
}


class Contract:
    """The compiled contract; ask `contract()` for the one instance.

    Attributes
    ----------
    methods : dict
        For each method in lower case: its right spelling and its parameters.
    """

    def __init__(self, source: Json) -> None:
        types: dict[str, Json] = source["types"]
        self._types = {name: fields | LATER.get(name, {}) for name, fields in types.items()}
        self._unions: dict[str, list[str]] = source["unions"]
        self._checks: dict[str, Check] = {}
        self.methods = {
            name.lower(): (name, {key: Parameter.read(row, self) for key, row in fields.items()})
            for name, fields in source["methods"].items()
        }

    def problems(self, type_name: str, value: Any) -> Problems:
        """List what is wrong with `value` as a Bot API object of that type."""
        found: Problems = []
        self.check(type_name)(value, type_name, found)
        return found

    def fields(self, type_name: str) -> list[str]:
        """List the fields of a type."""
        return list(self._types[type_name])

    def check(self, written: str) -> Check:
        """Compile the check of a type such as `Message`, `[Integer]` or `Integer|String`."""
        known = self._checks.get(written)
        if known is None:
            # the placeholder lets a type refer to itself while it is being compiled
            self._checks[written] = partial(self._check_later, written)
            known = self._checks[written] = self._compile(written)
        return known

    def _check_later(self, written: str, value: Any, path: str, found: Problems) -> None:
        self._checks[written](value, path, found)

    def _compile(self, written: str) -> Check:
        if written.startswith("["):
            return array_check(self.check(written[1:-1]))
        if "|" in written or written in self._unions:
            names = self._unions.get(written) or written.split("|")
            return self._union_check(written, names)
        if written in SCALARS:
            return scalar_check(written)
        rows = {name: read_row(row) for name, row in self._types[written].items()}
        checks = {
            name: ruled_check(self.check(kind), rules) for name, (kind, _, rules) in rows.items()
        }
        required = [name for name, (_, needed, _) in rows.items() if needed]
        return object_check(written, checks, required)

    def _union_check(self, written: str, names: list[str]) -> Check:
        scalars = [SCALARS[name] for name in names if name in SCALARS]

        def check(value: Any, path: str, found: Problems) -> None:
            if any(fits(value) for fits in scalars):
                return
            if not isinstance(value, dict) or len(scalars) == len(names):
                found.append(f"{path}: expected {written}, got {shown(value)}")
                return
            fewest: Problems | None = None
            for name in self._likeliest(names, value):
                mine: Problems = []
                self.check(name)(value, path, mine)
                if not mine:
                    return
                if fewest is None or len(mine) < len(fewest):
                    fewest = mine
            found.extend(fewest or [f"{path}: is none of {written}"])

        return check

    def _likeliest(self, names: list[str], value: Json) -> list[str]:
        """Choose the alternatives of a union that an object may be meant as.

        Those are the ones whose fixed values it carries, and of them the ones that know most of
        its fields; if it is right, it is one of these.
        """
        known = {
            name: len(self._types[name].keys() & value.keys())
            for name in names
            if name in self._types and tags_match(self._types[name], value)
        }
        most = max(known.values(), default=0)
        return [name for name, n_known in known.items() if n_known == most]

    def fitted(self, written: str, value: Any) -> Any:
        """Read a value as leniently as Telegram does.

        Unknown fields of objects are dropped, and numbers and texts are read for each other. What
        cannot be read at all stays as it is.
        """
        if written.startswith("[") and isinstance(value, list):
            return [self.fitted(written[1:-1], item) for item in value]
        if isinstance(value, dict):
            names = self._unions.get(written) or written.split("|")
            name = next(iter(self._likeliest(names, value)), None)
            if name is None:
                return value
            fields = self._types[name]
            return {
                key: self.fitted(read_row(fields[key])[0], item)
                for key, item in value.items()
                if key in fields
            }
        return plain(written, value)


def plain(written: str, value: Any) -> Any:
    """Read a number where a text is expected, and a text where a number is."""
    if written == "String" and isinstance(value, int | float) and not isinstance(value, bool):
        return json.dumps(value)
    if written in {"Integer", "Float"} and isinstance(value, str):
        try:
            return int(value) if written == "Integer" else float(value)
        except ValueError:
            return value
    return value


class Parameter:
    """One parameter of a method: its type, whether it is required, and its check."""

    __slots__ = ("check", "kind", "required")

    def __init__(self, kind: str, check: Check, *, required: bool) -> None:
        self.kind = kind
        self.check = check
        self.required = required

    @classmethod
    def read(cls, row: str | list[Any], contract: Contract) -> "Parameter":
        """Compile one row of the contract's `methods`."""
        kind, required, rules = read_row(row)
        return cls(kind, ruled_check(contract.check(kind), rules), required=required)


def read_row(row: str | list[Any]) -> tuple[str, bool, Json]:
    """Split a row of the contract into its type, whether it is required, and its rules."""
    kind, rules = (row, {}) if isinstance(row, str) else row
    return kind.rstrip("!"), kind.endswith("!"), rules


def tags_match(fields: Json, value: Json) -> bool:
    """Say whether `value` carries the fixed values, such as `type`, of an alternative."""
    return all(
        value.get(name) == row[1]["is"]
        for name, row in fields.items()
        if isinstance(row, list) and "is" in row[1]
    )


def scalar_check(name: str) -> Check:
    """Check a plain value."""
    fits = SCALARS[name]

    def check(value: Any, path: str, found: Problems) -> None:
        if not fits(value):
            found.append(f"{path}: expected {name}, got {shown(value)}")

    return check


def array_check(check_item: Check) -> Check:
    """Check every item of an array."""

    def check(value: Any, path: str, found: Problems) -> None:
        if not isinstance(value, list):
            found.append(f"{path}: expected an array, got {shown(value)}")
            return
        for number, item in enumerate(value):
            check_item(item, f"{path}[{number}]", found)

    return check


def object_check(name: str, checks: dict[str, Check], required: list[str]) -> Check:
    """Check the fields of an object; unknown ones are problems too."""

    def check(value: Any, path: str, found: Problems) -> None:
        if not isinstance(value, dict):
            found.append(f"{path}: expected {name}, got {shown(value)}")
            return
        for key, item in value.items():
            check_field = checks.get(key)
            if check_field is None:
                found.append(f"{path}.{key}: unknown field of {name}")
            else:
                check_field(item, f"{path}.{key}", found)
        found.extend(f"{path}.{key}: required" for key in required if key not in value)

    return check


def ruled_check(check_type: Check, rules: Json) -> Check:
    """Add limits and fixed values to the check of a type."""
    if not rules:
        return check_type
    ((rule, expected),) = rules.items()

    def check(value: Any, path: str, found: Problems) -> None:
        before = len(found)
        check_type(value, path, found)
        if len(found) == before and not RULE_HOLDS[rule](value, expected):
            found.append(f"{path}: {rule} {expected}, got {shown(value)}")

    return check


RULE_HOLDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "is": lambda value, fixed: bool(value == fixed),
    "in": lambda value, choices: value in choices,
    "characters": lambda value, limit: limit[0] <= len(value) <= limit[1],
    "bytes": lambda value, limit: limit[0] <= len(value.encode()) <= limit[1],
    "items": lambda value, limit: limit[0] <= len(value) <= limit[1],
    "value": lambda value, limit: limit[0] <= value <= limit[1],
}


def shown(value: Any) -> str:
    """Name a wrong value without repeating what a person wrote."""
    if isinstance(value, str):
        return f"a text of {len(value)} characters"
    if isinstance(value, list | dict):
        return f"{type(value).__name__} of {len(value)}"
    return repr(value)


@cache
def contract() -> Contract:
    """Read and compile the contract, once."""
    source = Path(__file__).with_name("contract.json").read_text(encoding="utf-8")
    return Contract(json.loads(source))
