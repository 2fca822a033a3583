"""Sentences of the engine in the language of who reads them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone, translation
from django_scopes import scope
from tests.builders import a_connection, a_list
from tests.web.holding import Desk
from tests.web.people import a_person

from rollkeeper.core.eligibility import Reason
from rollkeeper.core.policy import DEFAULT
from rollkeeper.directory.models import Association, Staff
from rollkeeper.engine.done import done
from rollkeeper.engine.noticing.looking import look_often
from rollkeeper.engine.noticing.telling import tell
from rollkeeper.engine.policy_words import FIELDS, preset_words
from rollkeeper.engine.spoken import figure
from rollkeeper.engine.stored import told
from rollkeeper.engine.words import REASONS
from rollkeeper.notices.events import Event, How
from rollkeeper.notices.models import Message
from rollkeeper.notices.services import subscribe
from rollkeeper.web.words import ago, clock, count

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def spanish() -> Iterator[None]:
    with translation.override("es"):
        yield


def test_tables_are_in_english_where_nobody_chose() -> None:
    assert REASONS[Reason.WAITING][0] == "is on its way."


def test_tables_are_in_the_language_that_is_active(spanish: None) -> None:
    assert REASONS[Reason.WAITING][0] == "está en camino."
    assert FIELDS["leaving"].case == "Alguien deja la lista aquí"
    assert FIELDS["leaving"].values["keep"] == "se queda en la lista allí"
    assert preset_words(DEFAULT).title == "Al momento, y pregunta"


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1 lista"), (2, "2 listas"), (12345, "12.345 listas")]
)
def test_a_count_has_its_noun_in_the_right_form(
    spanish: None, number: int, said: str
) -> None:
    assert count(number, "list") == said


@pytest.mark.parametrize(
    ("then", "said"),
    [
        (datetime(2026, 3, 4, 11, 59, tzinfo=UTC), "hace 1 minuto"),
        (datetime(2026, 3, 3, 20, 30, tzinfo=UTC), "ayer a las 20:30"),
        (datetime(2026, 2, 1, 20, 30, tzinfo=UTC), "el 1 de febrero a las 20:30"),
        (
            datetime(2025, 2, 1, 20, 30, tzinfo=UTC),
            "el 1 de febrero de 2025 a las 20:30",
        ),
    ],
)
def test_a_time_is_said_as_a_person_would_say_it(
    spanish: None, then: datetime, said: str
) -> None:
    assert ago(then, NOW) == said


def test_what_did_not_happen_yet_is_said(spanish: None) -> None:
    assert clock(None, NOW) == "todavía no"


def test_what_a_run_did_has_a_form_for_each_number(spanish: None) -> None:
    assert done({"add": 1, "remove": 1200}) == [
        "1 añadido",
        "1.200 quitados de listas",
    ]


def test_figures_are_marked_as_the_language_does() -> None:
    assert figure(1234567) == "1,234,567"


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        (
            "No worker ran in its window.",
            "No hubo ningún proceso trabajando en su horario.",
        ),
        (
            "Makes up for the night of 2026-03-01. No worker ran in its window.",
            "Compensa la noche del 2026-03-01. "
            "No hubo ningún proceso trabajando en su horario.",
        ),
        (
            "On 2026-03-01 at 08:00 UTC a list was deleted, by pat.",
            "El 2026-03-01 a las 08:00 UTC, se eliminó una lista, por pat.",
        ),
        ("The provider's own words.", "The provider's own words."),
        ("", ""),
    ],
)
def test_what_was_stored_is_told_as_far_as_it_is_ours(
    spanish: None, stored: str, said: str
) -> None:
    assert told(stored) == said


def test_what_was_stored_is_told_as_it_is_to_who_reads_english() -> None:
    assert told("No worker ran in its window.") == "No worker ran in its window."


def test_everybody_is_told_in_their_own_language(chamber: Association) -> None:
    desk = Desk(a_connection(chamber))
    desk.hold(desk.audience(a_list(chamber)), ["ann@x.example"])
    spaniard, briton = a_person(chamber), a_person(chamber)
    with scope(association=chamber):
        Staff.objects.filter(user=spaniard).update(language="es")
        for row in Staff.objects.all():
            subscribe(
                association_id=chamber.pk,
                staff_id=row.pk,
                event=Event.PLAN_HELD,
                how=How.EACH,
                by="test",
            )

    look_often(now=timezone.now())
    tell(now=timezone.now())

    with scope(association=chamber):
        messages = {one.user_id: one for one in Message.objects.all()}
    spanish, english = messages[spaniard.pk], messages[briton.pk]
    assert spanish.subject == "Harbor Chamber: Un plan espera una decisión"
    assert "porque se suscribió a «Plan retenido»" in spanish.body
    assert english.subject == "Harbor Chamber: A plan waits for a decision"


def test_an_error_of_a_form_is_in_the_language_of_the_page(admin: Client) -> None:
    answer = admin.get("/communications/", headers={"Accept-Language": "es"})
    translation.activate("en")

    assert "Todavía no se envió nada" in answer.content.decode()
