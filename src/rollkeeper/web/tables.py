"""The tables: on a wide screen rows, on a phone short cards."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import urlencode

import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rollkeeper.directory.models import Contact, ContactList, PlaceOnList, Standing
from rollkeeper.directory.sorting import in_order
from rollkeeper.engine.refusals import Refused, standing_of
from rollkeeper.ledger.models import Drift, Hold, Outcome
from rollkeeper.ledger.selectors import AudienceFigures
from rollkeeper.web.holds import row_of
from rollkeeper.web.refusals import TICKED, briefly, on_list
from rollkeeper.web.roll import Facts, facts_of, there_among
from rollkeeper.web.words import ago, count

WHO = {"td": {"class": "who"}}
NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}


Reasons: TypeAlias = Callable[[Sequence[Contact]], Mapping[int, str]]
"""(contacts) -> by contact, why mail does not reach them through the list shown."""


class Roll(tables.Table):  # type: ignore[misc]  # untyped
    """What all tables have in common."""

    class Meta:
        template_name = "web/parts/table.html"
        attrs = {"class": "roll"}
        per_page = 25


class Shown(tables.data.TableData):  # type: ignore[misc]  # untyped
    """Rows of one page, in their order already."""

    def __len__(self) -> int:
        return len(self.data)

    def order_by(self, aliases: Sequence[str]) -> None:
        """Leave them as they are."""


def tag(mood: str, words: str) -> SafeString:
    return format_html('<span class="tag is-{}">{}</span>', mood, words)


def who(contact: Contact, address: str) -> SafeString:
    """Return the contact's name as a link, the address or its absence under it."""
    return format_html(
        '<a href="{}">{}</a><small class="address">{}</small>',
        reverse("contact", args=[contact.pk]),
        contact,
        address or gettext("No primary address"),
    )


def found_by(mailbox: str) -> SafeString:
    """Return the address as a link to whoever has it."""
    search = f"{reverse('contacts')}?{urlencode({'q': mailbox})}"
    return format_html('<a class="address" href="{}">{}</a>', search, mailbox)


def mail_tags(facts: Facts) -> SafeString:
    """Say what keeps mail from a contact; nothing when nothing does."""
    said = []
    if facts.do_not_contact:
        said.append(("stop", gettext("Do Not Contact")))
    if facts.no_mass_emails:
        said.append(("stop", gettext("No Mass Emails")))
    if facts.address and not facts.mailbox:
        said.append(("need", gettext("Address not valid")))
    elif not facts.address:
        said.append(("need", gettext("No address")))
    return format_html_join(" ", "{}", ((tag(*one),) for one in said))


class ContactTable(Roll):
    pick = tables.Column(
        verbose_name=_("Tick"),
        accessor="pk",
        orderable=False,
        attrs={"td": {"class": "pick"}},
    )
    name = tables.Column(
        verbose_name=_("Name"),
        accessor="last_name",
        empty_values=(),
        attrs=WHO,
    )
    company = tables.Column(verbose_name=_("Company"), default="")
    lists = tables.Column(
        verbose_name=_("Lists"),
        empty_values=(),
        orderable=False,
        attrs={**NUMBER, "td": {"class": "num", "data-label": _("Lists:")}},
    )
    mail = tables.Column(
        verbose_name=_("Kept from mail"), empty_values=(), orderable=False
    )

    class Meta(Roll.Meta):
        model = Contact
        fields = ("pick", "name", "company", "lists", "mail")

    def __init__(self, *args: Any, ticked: Collection[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ticked = ticked

    def before_render(self, request: HttpRequest) -> None:
        self.facts = facts_of([row.record for row in self.paginated_rows])

    def render_pick(self, record: Contact) -> SafeString:
        return format_html(
            '<input type="hidden" name="shown" value="{0}"><input type="checkbox"'
            ' class="form-check-input" name="ticked" value="{0}" aria-label="{1}"'
            "{2}>",
            record.pk,
            gettext("Tick %(contact)s") % {"contact": record},
            " checked" if record.pk in self.ticked else "",
        )

    def render_name(self, record: Contact) -> SafeString:
        return who(record, self.facts[record.pk].address)

    def render_lists(self, record: Contact) -> str:
        return count(self.facts[record.pk].lists)

    def render_mail(self, record: Contact) -> SafeString:
        return mail_tags(self.facts[record.pk])


class ListTable(Roll):
    """Lists of the directory beside what they are at the provider."""

    name = tables.Column(verbose_name=_("Name"), attrs=WHO)
    members = tables.Column(
        verbose_name=_("On the list"),
        attrs={**NUMBER, "td": {"class": "num", "data-label": _("On the list:")}},
    )
    sync = tables.Column(verbose_name=_("Sync"))
    there = tables.Column(
        verbose_name=_("At Constant Contact"), empty_values=(), orderable=False
    )

    class Meta(Roll.Meta):
        model = ContactList
        fields = ("name", "members", "sync", "there")
        order_by = "name"

    def __init__(
        self,
        *args: Any,
        figures: Mapping[int, AudienceFigures],
        last_true_at: datetime | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.figures = figures
        self.last_true_at = last_true_at

    def render_name(self, record: ContactList) -> SafeString:
        return format_html(
            '<a href="{}">{}</a><small>{}</small>',
            reverse("list", args=[record.pk]),
            record.name,
            record.get_kind_display(),
        )

    def order_name(
        self, rows: QuerySet[ContactList], is_descending: bool
    ) -> tuple[QuerySet[ContactList], bool]:
        key = in_order().desc() if is_descending else in_order().asc()
        return rows.order_by(key, "pk"), True

    def render_members(self, value: int) -> str:
        return count(value)

    def render_sync(self, value: bool) -> SafeString:
        return tag("true", gettext("On")) if value else tag("off", gettext("Off"))

    def render_there(self, record: ContactList) -> SafeString | str:
        return there(record, self.figures.get(record.pk), self.last_true_at)


def there(
    row: ContactList, figures: AudienceFigures | None, last_true_at: datetime | None
) -> SafeString | str:
    """Say how the list is at the provider, in a few words and never with a dash."""
    if figures is None or not figures.made:
        said = gettext("Made with the next sync") if row.sync else gettext("Not sent")
        return format_html('<span class="soft">{}</span>', said)
    if not row.sync:
        return format_html(
            "{}<br><small>{}</small>", figures.name, gettext("Left as it is there")
        )
    addresses = count(figures.ours, "address", "addresses")
    return format_html(
        "{}<br><small class='soft'>{}</small>",
        addresses if figures.name == row.name else f"{figures.name}: {addresses}",
        true_since(figures.true_at(last_true_at)),
    )


def true_since(last_true_at: datetime | None) -> str:
    """Say when the lists were last made true, to stand alone."""
    if last_true_at is None:
        return gettext("Never compared to the end so far")
    return gettext("True %(last_true_at)s") % {
        "last_true_at": ago(last_true_at, timezone.now())
    }


class MemberTable(Roll):
    """Who is on a list, how they stand there, and whether mail reaches them."""

    name = tables.Column(
        verbose_name=_("Name"),
        accessor="contact__last_name",
        empty_values=(),
        attrs=WHO,
    )
    company = tables.Column(
        verbose_name=_("Company"),
        accessor="contact__company",
        default="",
        attrs={"td": {"class": "company"}},
    )
    standing = tables.Column(
        verbose_name=_("On this list"), accessor="status", orderable=False
    )
    there = tables.Column(
        verbose_name=_("At Constant Contact"), empty_values=(), orderable=False
    )

    class Meta(Roll.Meta):
        model = PlaceOnList
        fields = ("name", "company", "standing", "there")

    def __init__(
        self, *args: Any, audience_id: int | None, reasons: Reasons, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.audience_id = audience_id
        self.reasons = reasons

    def before_render(self, request: HttpRequest) -> None:
        """Ask why for the page that is shown, not for the whole list."""
        shown = [row.record.contact for row in self.paginated_rows]
        self.facts = facts_of(shown)
        self.there = there_among(shown, self.audience_id)
        self.refused = standing_of([contact.pk for contact in shown])
        self.sentences = self.reasons(
            [contact for contact in shown if contact.pk not in self.there]
        )

    def render_name(self, record: PlaceOnList) -> SafeString:
        return who(record.contact, self.facts[record.contact_id].address)

    def render_standing(self, record: PlaceOnList) -> SafeString:
        return standing_tags(
            record, on_list(self.refused[record.contact_id], record.list_id)
        )

    def render_there(self, record: PlaceOnList) -> SafeString | str:
        if record.contact_id in self.there:
            return tag("true", gettext("There"))
        why = self.sentences.get(record.contact_id)
        if why is None:
            return gettext("Not sent")
        off = tag("off", gettext("Not there"))
        return format_html('{}<small class="reasons">{}</small>', off, why)


def standing_tags(
    membership: PlaceOnList, refused: Sequence[Refused], *, why: bool = True
) -> SafeString:
    """Say how somebody stands on a list and whether they have No Mass Emails there,
    with *why* unless that stands beside it."""
    if membership.status == Standing.DISABLED:
        first = tag("off", gettext("Disabled"))
    else:
        first = tag("true", gettext("Active"))
    lines = [*briefly(refused, membership.contact_id)]
    if membership.no_mass_email:
        lines.append(gettext(TICKED))
    if not lines:
        return first
    if not why:
        return format_html("{} {}", first, tag("stop", gettext("No Mass Emails")))
    return format_html(
        '{} {}<small class="reasons">{}</small>',
        first,
        tag("stop", gettext("No Mass Emails")),
        "; ".join(lines),
    )


class DecisionTable(Roll):
    """What was held before, and what became of it."""

    what = tables.Column(
        verbose_name=_("What waited"), empty_values=(), orderable=False, attrs=WHO
    )
    state = tables.Column(verbose_name=_("What became of it"), orderable=False)
    decided_by = tables.Column(
        verbose_name=_("Who decided"), empty_values=(), orderable=False
    )
    made_at = tables.Column(verbose_name=_("Held"))

    class Meta(Roll.Meta):
        model = Hold
        fields = ("what", "state", "decided_by", "made_at")

    def render_what(self, record: Hold) -> SafeString:
        row = row_of(record)
        return format_html(
            '<a href="{}">{}</a><small>{}</small>',
            reverse("hold", args=[record.pk]),
            row.subject,
            row.what,
        )

    def render_state(self, record: Hold) -> SafeString:
        row = row_of(record)
        return tag(row.mood, row.state)

    def render_decided_by(self, record: Hold) -> str:
        row = row_of(record)
        if not row.decided_by:
            return gettext("Nobody had to")
        return f"{row.decided_by}, {ago(row.decided_at, timezone.now())}"

    def render_made_at(self, value: datetime) -> str:
        return ago(value, timezone.now())


class DriftTable(Roll):
    """What somebody else changed at the provider."""

    mailbox = tables.Column(verbose_name=_("Address"), attrs=WHO)
    kind = tables.Column(verbose_name=_("What happened"))
    audience = tables.Column(verbose_name=_("List"), orderable=False, default="")
    was = tables.Column(verbose_name=_("Before"), orderable=False, default="")
    now = tables.Column(verbose_name=_("Now"), orderable=False, default="")

    class Meta(Roll.Meta):
        model = Drift
        fields = ("mailbox", "kind", "audience", "was", "now")

    def render_mailbox(self, value: str) -> SafeString:
        return found_by(value)


class OutcomeTable(Roll):
    """What could not be made true."""

    mailbox = tables.Column(verbose_name=_("Address"), empty_values=(), attrs=WHO)
    kind = tables.Column(verbose_name=_("What happened"))
    message = tables.Column(verbose_name=_("Why, and what to do"))
    at = tables.Column(verbose_name=_("Since"))

    class Meta(Roll.Meta):
        model = Outcome
        fields = ("mailbox", "kind", "message", "at")

    def render_mailbox(self, value: str) -> SafeString:
        return found_by(value)

    def render_at(self, value: datetime) -> str:
        return ago(value, timezone.now())
