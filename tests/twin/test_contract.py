"""Schemathesis calls every operation with whatever the contract lets it think of."""

from __future__ import annotations

from collections import Counter
from typing import Any

import httpx2
import pytest
import schemathesis
from attrs import define, field
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.twin import contract, good_bodies
from tests.twin.driving import Twin, a_twin

from mailtwin.constant_contact.operations import OPERATIONS

pytestmark = pytest.mark.skipif(not contract.CONTRACT.exists(), reason=contract.ABSENT)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

# What the contract gets wrong, as (operation, failure, status): why the twin is right.
ALLOWED = {
    ("GET /contact_exports/{file_export_id}", "UndefinedContentType", 404): (
        "the path declares text/csv alone, yet errors are JSON everywhere"
    ),
}
# A 204 has no body and so no content type, whatever "produces" says.
NOTHING_TO_DECLARE = ("MissingContentType", 204)


@define
class Exploration:
    """What came of calling all operations."""

    statuses: Counter[int] = field(factory=Counter)
    succeeded: set[str] = field(factory=set)
    allowed: Counter[str] = field(factory=Counter)
    breaches: dict[tuple[str, str, int], str] = field(factory=dict)

    def __str__(self) -> str:
        total = sum(self.statuses.values())
        by_status = ", ".join(f"{s}: {n}" for s, n in sorted(self.statuses.items()))
        return (
            f"{total} calls of {len(OPERATIONS)} operations ({by_status}); "
            f"{len(self.succeeded)} operations succeeded at least once; "
            f"{sum(self.allowed.values())} allowed slips; "
            f"{len(self.breaches)} breaches"
        )

    def note(self, label: str, status: int, group: FailureGroup) -> None:
        for failure in group.exceptions:
            kind = type(failure).__name__
            key = (label, kind, status)
            if key in ALLOWED or (kind, status) == NOTHING_TO_DECLARE:
                self.allowed[label] += 1
            else:
                self.breaches[key] = str(failure)


def known_things(twin: Twin) -> dict[str, str]:
    """Make one of each thing and return their ids, by the names paths give them."""
    list_id = twin.new_list("Known")
    contact = twin.new_contact("known@a.example", list_memberships=[list_id])
    field_body = {"label": "Known", "type": "string"}
    field_id = twin.post("/contact_custom_fields", field_body).json()
    tag = twin.post("/contact_tags", {"name": "Known"}).json()
    job = twin.post("/activities/contact_exports", {}).json()["activity_id"]
    return {
        "list_id": list_id,
        "contact_id": contact,
        "custom_field_id": field_id["custom_field_id"],
        "tag_id": tag["tag_id"],
        "activity_id": job,
        "file_export_id": job,
    }


def explore(twin: Twin, examples: int) -> Exploration:
    """Call each operation *examples* times, half of them with what the twin holds."""
    found = Exploration()
    for each in our_part().get_all_operations():
        call_often(twin, each.ok(), examples, found)
    return found


def our_part() -> Any:
    """Return the part of the contract that the twin plays."""
    document = contract.load().document
    played = {(each.method.lower(), each.path) for each in OPERATIONS}
    paths = {
        path: {m: operation for m, operation in methods.items() if (m, path) in played}
        for path, methods in document["paths"].items()
    }
    assert sum(len(methods) for methods in paths.values()) == len(OPERATIONS)
    return schemathesis.openapi.from_dict(
        {**document, "paths": {path: m for path, m in paths.items() if m}}
    )


def call_often(twin: Twin, operation: Any, examples: int, found: Exploration) -> None:
    known = known_things(twin)

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=st.one_of(
            [
                operation.as_strategy(generation_mode=mode)
                for mode in schemathesis.GenerationMode
            ]
        ),
        helped=st.booleans(),
    )
    def call(case: Any, helped: bool) -> None:
        if helped:
            help_along(case, known, sum(found.statuses.values()))
        response = case.call(
            base_url=f"{twin.url}/v3",
            headers={"Authorization": f"Bearer {twin.bearer}"},
        )
        found.statuses[response.status_code] += 1
        if response.status_code < 300:
            found.succeeded.add(operation.label)
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            found.note(operation.label, response.status_code, group)

    call()
    twin.reset()


def help_along(case: Any, known: dict[str, str], number: int) -> None:
    for name in set(case.path_parameters or ()) & set(known):
        case.path_parameters[name] = known[name]
    better = good_bodies.of(case.operation.label, known, number)
    if better and isinstance(case.body, dict):
        body = {**case.body, **better}
        case.body = {name: each for name, each in body.items() if each is not None}


def judge(found: Exploration, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{found}")  # noqa: T201 - the totals are what this run is for
    assert found.breaches == {}
    assert max(found.statuses) < 500


def test_no_operation_breaks_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    with a_twin(job_seconds=(0, 0)) as twin:
        judge(explore(twin, 3), capsys)


@pytest.mark.slow
def test_no_operation_breaks_the_contract_in_many_calls(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with a_twin(job_seconds=(0, 0)) as twin:
        found = explore(twin, 100)
        judge(found, capsys)
        assert len(found.succeeded) >= 40


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (418, {}),
        (200, {"contacts": [{"contact_id": 7}]}),
        (200, {"contacts": [], "surprise": True}),
        (200, {"contacts": [{"created_at": "yesterday"}]}),
    ],
)
def test_the_judge_of_all_answers_knows_a_wrong_one(status: int, body: Any) -> None:
    request = httpx2.Request("GET", "http://127.0.0.1/v3/contacts")
    response = httpx2.Response(status, json=body, request=request)
    with pytest.raises(contract.Breach):
        contract.load().check(response)
