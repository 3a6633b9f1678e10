"""Derive `contract.json` from the Bot API schema inside the aiogram source distribution.

    python -m bot.playground.derive_contract aiogram-3.28.2.tar.gz

Only names, types, limits and fixed values are taken over, no sentences.
"""

import hashlib
import json
import re
import sys
import tarfile
from pathlib import Path
from typing import Any

SHA256 = "140913a569516811c4ce576a292491024c8d8a739c47150d64a05aa4adc35310"
MEMBER = "aiogram-3.28.2/.butcher/schema/schema.json"
CONTRACT = Path(__file__).with_name("contract.json")

LIMIT = re.compile(
    r"(\d+)-(\d+) (characters|bytes|items)|list of (\d+)-(\d+)|between (\d+)(?:-| and )(\d+)\b"
    r"|[;,] (\d+)-(\d+)(?=[.;]|$)"
)
FIXED = re.compile(r"(?:always|must be) '?([a-z0-9_]+)'?$")
OR_TEXT = "String can be used instead of this object"
TAGS = {"type", "status", "source"}  # the fields that tell the alternatives of a union apart
CHOICES = re.compile(r"(?:can be|must be one of|one of|either) (?:either |one of )*'.*", re.DOTALL)
QUOTED = re.compile(r"'([a-z_]+)'")


class SchemaError(Exception):
    """The archive is not the one that the contract is derived from."""


def type_name(text: str) -> str:
    """Write a schema type as `A|B`, with one `[…]` around it for each "Array of"."""
    if text.startswith("Array of "):
        return f"[{type_name(text.removeprefix('Array of '))}]"
    return "|".join(re.split(r", | and | or ", text))


def limits(description: str, written: str) -> dict[str, Any]:
    """Read the limit that a description states, by what is counted."""
    found = list(LIMIT.finditer(description))
    if len(found) != 1 or "after entities" in description or "or 0x" in description:
        return {}  # what is counted after parsing, and numbers with a special value, are not plain
    low, high = (int(number) for number in found[0].groups() if number and number.isdigit())
    if counted := found[0][3]:
        return {counted: [low, high]}
    if written.startswith("["):
        return {"items": [low, high]}
    return {"value": [low, high]} if written in {"Integer", "Float"} else {}


def field(annotation: dict[str, Any]) -> str | list[Any]:
    """Reduce one parameter or field to `"Type"`, `"Type!"` (required) or `["Type", rules]`."""
    name, description = annotation["name"], annotation["description"]
    written = type_name(annotation["type"])
    rules = limits(description, written)
    fixed = FIXED.search(description.rstrip("."))
    if name in TAGS and fixed:
        rules["is"] = fixed[1]
    elif written == "String" and (choices := CHOICES.search(description)):
        values = sorted(set(QUOTED.findall(choices[0])))
        if len(values) > 1:
            rules["in"] = values
    written += "!" if annotation["required"] else ""
    return [written, rules] if rules else written


def derive(schema: dict[str, Any]) -> dict[str, Any]:
    """Reduce the whole schema to `{"api", "methods", "types", "unions"}`."""
    contract: dict[str, Any] = {
        "api": schema["api"]["version"],
        "methods": {},
        "types": {},
        "unions": {},
    }
    children = [child for section in schema["items"] for child in section["children"]]
    for child in children:
        alternatives = re.findall(r"^\s*- (\w+)$", child["description"], re.MULTILINE)
        fields = {row["name"]: field(row) for row in child["annotations"]}
        if child["category"] == "methods":
            contract["methods"][child["name"]] = fields
        elif alternatives and not fields:
            contract["unions"][child["name"]] = alternatives
        elif child["name"] != "InputFile":
            contract["types"][child["name"]] = fields
    loose = [child["name"] for child in children if OR_TEXT in child["description"]]
    for name, fields in contract["types"].items():
        contract["types"][name] = {key: or_text(row, loose) for key, row in fields.items()}
    return contract


def or_text(row: str | list[Any], loose: list[str]) -> str | list[Any]:
    """Let a text stand for the types of which the documentation says so."""
    if isinstance(row, list):
        return [or_text(row[0], loose), *row[1:]]
    names = "|".join(loose)
    return re.sub(rf"\b({names})\b", r"\1|String", row) if loose else row


def render(contract: dict[str, Any]) -> str:
    """Write the contract as JSON with one line for each method and type."""

    def compact(value: object) -> str:
        return json.dumps(value, separators=(",", ":"), sort_keys=True)

    sections = [f'"api":{compact(contract["api"])}']
    for section in ("methods", "types", "unions"):
        lines = [
            f"{compact(name)}:{compact(row)}" for name, row in sorted(contract[section].items())
        ]
        sections.append(f'"{section}":{{\n' + ",\n".join(lines) + "\n}")
    return "{" + ",\n".join(sections) + "}\n"


def read_schema(archive: Path) -> dict[str, Any]:
    """Read the schema out of the archive, once its checksum is the expected one."""
    actual = hashlib.sha256(archive.read_bytes()).hexdigest()
    if actual != SHA256:
        raise SchemaError(f"{archive} has the sha256 {actual}, but {SHA256} is expected.")
    with tarfile.open(archive) as tar:
        member = tar.extractfile(MEMBER)
        if member is None:
            raise SchemaError(f"{archive} has no file {MEMBER}.")
        schema: dict[str, Any] = json.load(member)
        return schema


def main() -> None:
    """Write `contract.json` from the archive that the command line names."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m bot.playground.derive_contract aiogram-3.28.2.tar.gz")
    CONTRACT.write_text(render(derive(read_schema(Path(sys.argv[1])))), encoding="utf-8")


if __name__ == "__main__":
    main()
