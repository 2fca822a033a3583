"""The vendor's contract, as a judge of answers; absent from a plain checkout."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import yaml
from attrs import define, field, frozen
from jsonschema import Draft4Validator, FormatChecker

CONTRACT = Path(__file__).parents[3] / "shared" / "constant_contact" / "openapi.yml"
ABSENT = "the vendor's contract is not part of the project; it lies in ../shared"

# Statuses the service is known for, whatever a path declares: the documents tell of
# them for all paths at once.
EVERYWHERE = frozenset({405, 406, 415, 429})

# Slips of the contract itself: what it leaves out although its own text or samples
# have it.
SLIPS = {
    ("Tags", "tags"): "the schema of the collection has links but no tags",
    ("ActivityDeleteListResponse", "status"): "in the sample of the guide, not here",
    ("ActivityDeleteCustomFields", "status"): "every other kind of job has it",
}


FORMATS = FormatChecker()


def _is_time(value: object) -> bool:
    """Return whether *value* is a time as the service writes it: UTC, whole seconds."""
    if isinstance(value, str):
        datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 - only a check
    return True


FORMATS.checks("date-time", raises=ValueError)(_is_time)


class Breach(AssertionError):
    """An answer that the contract does not know."""


@frozen
class _Operation:
    pattern: re.Pattern[str]
    responses: dict[str, Any]


@define
class Contract:
    """Checks answers and counts them."""

    document: dict[str, Any]
    checked: int = 0
    _operations: dict[str, list[_Operation]] = field(factory=dict)
    _validators: dict[int, Draft4Validator] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        for path, methods in self.document["paths"].items():
            pattern = re.compile("/v3" + re.sub(r"\{\w+\}", "[^/]+", path))
            for method, operation in methods.items():
                if method != "parameters":
                    known = _Operation(pattern, operation["responses"])
                    self._operations.setdefault(method.upper(), []).append(known)

    def check(self, response: httpx2.Response) -> None:
        """Raise Breach for a status or a shape the contract does not declare."""
        request = response.request
        path = request.url.path
        operation = self._find(request.method, path)
        if operation is None:
            return
        self.checked += 1
        status = str(response.status_code)
        if status not in operation.responses:
            if response.status_code in EVERYWHERE:
                return
            raise Breach(f"{request.method} {path} may not answer {status}")
        schema = operation.responses[status].get("schema")
        if schema is None or not response.content:
            return
        if response.headers["content-type"].startswith("text/csv"):
            return
        for problem in self._validator(schema).iter_errors(json.loads(response.text)):
            where = "/".join(str(part) for part in problem.absolute_path)
            raise Breach(f"{request.method} {path} {status} {where}: {problem.message}")

    def _find(self, method: str, path: str) -> _Operation | None:
        found = [o for o in self._operations[method] if o.pattern.fullmatch(path)]
        # "/contacts/counts" also looks like "/contacts/{contact_id}"
        return min(found, key=lambda o: o.pattern.pattern.count("[^"), default=None)

    def _validator(self, schema: dict[str, Any]) -> Draft4Validator:
        key = id(schema)
        if key not in self._validators:
            whole = {**schema, "definitions": self.document["definitions"]}
            self._validators[key] = Draft4Validator(whole, format_checker=FORMATS)
        return self._validators[key]


@cache
def load() -> Contract:
    """Return the contract, closed: objects may hold nothing it does not name."""
    with CONTRACT.open(encoding="utf-8") as file:
        document = yaml.load(file, Loader=yaml.CSafeLoader)
    for definition, name in SLIPS:
        document["definitions"][definition]["properties"][name] = {}
    for schema in _objects(document["definitions"]):
        schema.setdefault("additionalProperties", False)
    return Contract(document)


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if node.get("type") == "object" and "properties" in node:
            yield node
        for each in node.values():
            yield from _objects(each)
    elif isinstance(node, list):
        for each in node:
            yield from _objects(each)
