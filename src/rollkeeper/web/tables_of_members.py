"""The table of members."""

from __future__ import annotations

import django_tables2 as tables
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rollkeeper.directory.models import Contact, Member, MemberStatus
from rollkeeper.web.tables import NUMBER, WHO, Roll, tag
from rollkeeper.web.words import count

MOODS = {
    MemberStatus.ACTIVE: "true",
    MemberStatus.COURTESY: "true",
    MemberStatus.PROSPECT: "off",
    MemberStatus.DROPPED: "stop",
}


class MembersTable(Roll):
    name = tables.Column(verbose_name=_("Name"), attrs=WHO)
    type = tables.Column(
        verbose_name=_("Membership type"),
        accessor="membership_type",
        orderable=False,
        default="",
    )
    status = tables.Column(verbose_name=_("Status"), orderable=False)
    contacts = tables.Column(
        verbose_name=_("Contacts"),
        empty_values=(),
        orderable=False,
        attrs={**NUMBER, "td": {"class": "num", "data-label": _("Contacts:")}},
    )

    class Meta(Roll.Meta):
        model = Member
        fields = ("name", "type", "status", "contacts")

    def before_render(self, request: HttpRequest) -> None:
        shown = [row.record.pk for row in self.paginated_rows]
        theirs = Contact.objects.filter(member__in=shown).order_by()
        self.people = dict(theirs.values_list("member").annotate(Count("pk")))

    def render_name(self, record: Member) -> SafeString:
        return format_html(
            '<a href="{}">{}</a><small>{}</small>',
            reverse("member", args=[record.pk]),
            record.name,
            record.external_id,
        )

    def render_status(self, record: Member) -> SafeString:
        return tag(MOODS[MemberStatus(record.status)], record.get_status_display())

    def render_contacts(self, record: Member) -> SafeString | str:
        number = self.people.get(record.pk, 0)
        if not number:
            return format_html('<span class="text-need">{}</span>', gettext("Nobody"))
        return count(number)
