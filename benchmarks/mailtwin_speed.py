"""Measures the twin: 100,000 contacts in three imports, and pages of 500 at that size.

Run it from the project: ``python benchmarks/mailtwin_speed.py [rounds]``.
"""

from __future__ import annotations

import sys
from statistics import median
from time import perf_counter
from typing import Any

import httpx2

from mailtwin.server import running
from mailtwin.settings import Settings

CONTACTS = 100_000
IMPORTS = 3
LISTS = 5
PAGES = 20
IMPORT_TARGET, PAGE_TARGET = 10.0, 0.050


def measure() -> tuple[float, list[float]]:
    """Return the seconds all imports took, and those of each page."""
    with (
        running(Settings(limits=False, job_seconds=(0, 0))) as twin,
        httpx2.Client(base_url=twin.url, timeout=60) as client,
    ):
        token = client.post("/__control__/token").json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        lists = [
            client.post("/v3/contact_lists", json={"name": f"List {n}"}).json()
            for n in range(LISTS)
        ]
        ids = [each["list_id"] for each in lists]
        return import_all(client, ids), read_pages(client)


def import_all(client: httpx2.Client, list_ids: list[str]) -> float:
    share = CONTACTS // IMPORTS + 1
    numbers = range(CONTACTS)
    bodies: list[dict[str, Any]] = [
        {
            "import_data": [row(n) for n in numbers[start : start + share]],
            "list_ids": list_ids,
        }
        for start in range(0, CONTACTS, share)
    ]
    begin = perf_counter()
    for body in bodies:
        job = client.post("/v3/activities/contacts_json_import", json=body).json()
        done = client.get(f"/v3/activities/{job['activity_id']}").json()
        assert done["state"] == "completed"
        assert done["status"]["person_count"] == len(body["import_data"])
    return perf_counter() - begin


def row(number: int) -> dict[str, Any]:
    return {
        "email": f"member{number}@members.example",
        "first_name": f"First {number}",
        "last_name": f"Last {number}",
    }


def read_pages(client: httpx2.Client) -> list[float]:
    query = "limit=500&status=active&include=list_memberships"
    link, took = f"/v3/contacts?{query}", []
    for _ in range(PAGES):
        begin = perf_counter()
        page = client.get(link).json()
        took.append(perf_counter() - begin)
        assert len(page["contacts"][0]["list_memberships"]) == LISTS
        link = page["_links"]["next"]["href"]
    return took


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    results = [measure() for _ in range(rounds)]
    imports = median(seconds for seconds, _ in results)
    pages = median(seconds for _, pages in results for seconds in pages)
    print(f"{CONTACTS:,} contacts in {IMPORTS} imports: median {imports:.1f} s")
    print(f"a page of 500 with {LISTS} lists each: median {pages * 1000:.0f} ms")
    if imports > IMPORT_TARGET or pages > PAGE_TARGET:
        sys.exit("slower than the twin should be: 10 s and 50 ms")


if __name__ == "__main__":
    main()
