from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.builders import a_connection, an_association

from rollkeeper.engine import probing
from rollkeeper.jobs import tasks


def test_probes_come_round_as_often_as_their_share_of_a_day_expects() -> None:
    (cron,) = [
        one.cron
        for one in app.periodic_registry.periodic_tasks.values()
        if one.task.name == "rollkeeper.probes"
    ]
    assert cron == "2-59/5 * * * *"
    assert timedelta(minutes=5) == probing.LOOKED_EVERY


@pytest.mark.django_db
def test_a_silent_account_is_probed_once_however_often_it_is_found() -> None:
    silent = a_connection(an_association(), answered_at=Now() - timedelta(days=2))
    a_connection(an_association(), answered_at=Now())

    for _ in range(3):
        tasks.probes(timestamp=0)

    jobs = ProcrastinateJob.objects.filter(task_name="rollkeeper.probe")
    assert [job.args["connection_id"] for job in jobs] == [silent.pk]
