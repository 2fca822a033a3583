"""The one mail that asks somebody to come back, as it is worded on the wire."""

from __future__ import annotations

import httpx2
import pytest
from tests.providers.fakes import Counter
from tests.providers.vendor import SETTINGS, Vendor, a_contact, complains, says, vendor

from rollkeeper.core.values import ProviderContactId, ProviderListId
from rollkeeper.providers import registry
from rollkeeper.providers.errors import AnswerLost, ChangeRefused, ProviderError
from rollkeeper.providers.http import Pace
from rollkeeper.providers.port import Asking, Purpose

ANN = ProviderContactId("c-1")
NEWS = ProviderListId("l-1")
OUT = {"permission_to_send": "unsubscribed", "opt_out_source": "Contact"}


def asking(there: Vendor, gate: Counter | None = None) -> Asking:
    return registry.open_asking(
        "constant_contact",
        settings=SETTINGS,
        tokens=there.tokens,
        gate=gate or there.gate,
        pace=Pace(sleep=there.sleeps.append, jitter=lambda: 0.5),
        transport=httpx2.MockTransport(there.answer),
    )


def test_the_contact_is_looked_at_and_then_asked_once() -> None:
    there = vendor(says(200, a_contact(email=OUT)), says(200, {}))

    asking(there).ask_to_resubscribe(ANN, [NEWS])

    read, asked = there.requests
    assert (read.method, read.url.path) == ("GET", "/v3/contacts/c-1")
    assert (asked.method, asked.url.path) == ("PUT", "/v3/contacts/resubscribe/c-1")
    assert there.bodies() == [{"list_ids": ["l-1"]}]
    assert there.gate.purposes == [Purpose.ADD, Purpose.ADD]


def test_who_is_subscribed_by_now_is_not_asked() -> None:
    there = vendor(says(200, a_contact()))

    with pytest.raises(ChangeRefused, match="not unsubscribed"):
        asking(there).ask_to_resubscribe(ANN, [NEWS])

    assert len(there.requests) == 1


@pytest.mark.parametrize(
    ("answer", "means"),
    [
        (complains(409, "contacts.api.conflict", "Asked before."), ChangeRefused),
        (complains(404, "contacts.api.not_found"), ChangeRefused),
        (says(503), AnswerLost),
        (httpx2.ReadTimeout("nothing came"), AnswerLost),
    ],
    ids=["asked before", "gone", "failed over there", "no answer"],
)
def test_what_the_answer_means(
    answer: httpx2.Response | Exception, means: type[ProviderError]
) -> None:
    there = vendor(says(200, a_contact(email=OUT)), answer)

    with pytest.raises(means):
        asking(there).ask_to_resubscribe(ANN, [NEWS])

    assert len(there.requests) == 2


def test_somebody_who_is_gone_over_there_is_not_asked() -> None:
    there = vendor(complains(404, "contacts.api.not_found"))

    with pytest.raises(ChangeRefused, match="no contact"):
        asking(there).ask_to_resubscribe(ANN, [NEWS])
