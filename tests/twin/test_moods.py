from __future__ import annotations

import pytest
from tests.twin.driving import Twin, a_twin

from mailtwin.constant_contact.questions import QUESTIONS


def answers(twin: Twin) -> dict[str, str]:
    return {s["name"]: s["answer"] for s in twin.look("switches")["switches"]}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_worst_mood_takes_a_worst_answer_to_every_question(seed: int) -> None:
    with a_twin(mood="worst", seed=seed) as twin:
        found = answers(twin)
    assert all(found[each.name] in each.worst for each in QUESTIONS)
    assert found["order"] == "shuffled"
    assert found["jobs_repeat"] == "yes"
    assert float(found["reads_lag"]) > 0


def test_the_same_seed_gives_the_same_mood_and_ids() -> None:
    stories = []
    for seed in (5, 5, 6):
        with a_twin(mood="worst", seed=seed) as twin:
            made = twin.new_list("News")
            stories.append((answers(twin), made))
    assert stories[0] == stories[1]
    assert stories[0][1] != stories[2][1]


def test_an_answer_given_at_the_start_beats_the_mood_and_survives_a_reset() -> None:
    with a_twin(mood="worst", answers={"order": "steady"}) as twin:
        twin.control("reset")
        assert answers(twin)["order"] == "steady"
        assert answers(twin)["jobs_repeat"] == "yes"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_careful_client_reaches_its_goal_in_the_worst_mood(seed: int) -> None:
    with a_twin(mood="worst", seed=seed, job_seconds=(10, 60)) as twin:
        news = twin.new_list("News")
        rows = [f"p{n:03}@a.example" for n in range(120)]
        twin.load(*rows, lists=[news])
        twin.advance(5)  # collections may lag: read the ids later
        page = twin.get("/contacts", limit=50).json()
        ids = {c["email_address"]["address"]: c["contact_id"] for c in page["contacts"]}
        while "_links" in page:
            page = twin.follow(page).json()
            for c in page["contacts"]:
                ids[c["email_address"]["address"]] = c["contact_id"]
        gone = [ids[address] for address in rows[:20]]
        body = {"source": {"contact_ids": gone}, "list_ids": [news]}
        twin.run("remove_list_memberships", body)
        assert twin.members("News") == rows[20:]
        assert twin.violations() == []


def test_long_jobs_outlast_the_longest_time_set() -> None:
    with a_twin(answers={"job_length": "long"}, job_seconds=(1, 10)) as twin:
        twin.control("clock", freeze=True)
        job = twin.post("/activities/contact_exports", {}).json()
        twin.advance(9.9)
        seen = twin.get(f"/activities/{job['activity_id']}").json()
        assert seen["state"] in ("initialized", "processing")
        twin.advance(21)
        seen = twin.get(f"/activities/{job['activity_id']}").json()
        assert seen["state"] == "completed"
