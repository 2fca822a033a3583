"""The addresses of the pages. The one that OAuth comes back to is fixed."""

from __future__ import annotations

from django.urls import path

from rollkeeper.web.views import (
    audit,
    connecting,
    contacts,
    exports,
    holds,
    home,
    integration,
    limits,
    lists,
    memberships,
    newsletter,
    policies,
    runs,
    synching,
)

INTEGRATION = "settings/integrations/constant_contact/"

urlpatterns = [
    path("", home.home, name="home"),
    path("standing", home.standing, name="standing"),
    path("contacts/", contacts.contacts, name="contacts"),
    path("contacts/ticks", exports.tick, name="tick"),
    path("contacts/export", exports.export_page, name="export"),
    path("contacts/export/file", exports.export_file, name="export_file"),
    path("contacts/<int:contact_id>/", contacts.contact, name="contact"),
    path("contacts/<int:contact_id>/edit", contacts.contact_edit, name="contact_edit"),
    path(
        "contacts/<int:contact_id>/do-not-contact",
        contacts.do_not_contact,
        name="contact_do_not_contact",
    ),
    path(
        "contacts/<int:contact_id>/delete",
        contacts.contact_delete,
        name="contact_delete",
    ),
    path("contacts/<int:contact_id>/lists", memberships.put_on, name="contact_put_on"),
    path(
        "contacts/<int:contact_id>/lists/<int:list_id>",
        memberships.standing,
        name="contact_standing",
    ),
    path(
        "contacts/<int:contact_id>/lists/<int:list_id>/take-off",
        memberships.take_off,
        name="contact_take_off",
    ),
    path("lists/", lists.lists, name="lists"),
    path("lists/synch/", synching.list_sync, name="list_sync"),
    path("lists/<int:list_id>/", lists.contact_list, name="list"),
    path("lists/<int:list_id>/switch", synching.list_switch, name="list_switch"),
    path("lists/<int:list_id>/sync-now", synching.list_sync_now, name="list_sync_now"),
    path("lists/<int:list_id>/now", synching.list_now, name="list_now"),
    path("lists/<int:list_id>/namesake", synching.list_namesake, name="list_namesake"),
    path("lists/<int:list_id>/policy", policies.policy, name="list_policy"),
    path(
        "lists/<int:list_id>/policy/trial",
        policies.policy_trial,
        name="list_policy_trial",
    ),
    path("lists/<int:list_id>/policy/use", policies.policy_use, name="list_policy_use"),
    path("runs/<int:run_id>/", runs.run, name="run"),
    path("settings/newsletter/", newsletter.newsletter, name="newsletter"),
    path(
        "settings/newsletter/change",
        newsletter.newsletter_change,
        name="newsletter_change",
    ),
    path("settings/limits/", limits.limits, name="limits"),
    path("settings/limits/change", limits.limits_change, name="limits_change"),
    path("settings/audit/", audit.audit, name="audit"),
    path("settings/audit/export", audit.audit_export, name="audit_export"),
    path("waiting/", holds.holds, name="holds"),
    path("waiting/<int:hold_id>/", holds.hold, name="hold"),
    path("waiting/<int:hold_id>/list.csv", holds.hold_list, name="hold_list"),
    path("waiting/<int:hold_id>/approve", holds.hold_approve, name="hold_approve"),
    path("waiting/<int:hold_id>/discard", holds.hold_discard, name="hold_discard"),
    path(INTEGRATION, integration.constant_contact, name="constant_contact"),
    path(INTEGRATION + "connect", connecting.connect, name="connect"),
    path(INTEGRATION + "sync", integration.sync, name="sync"),
    path(INTEGRATION + "progress", integration.progress, name="progress"),
    path(INTEGRATION + "preview", integration.plan_preview, name="preview"),
    path(INTEGRATION + "exceptions", integration.exceptions, name="exceptions"),
    path("connections/constant_contact/callback", connecting.callback, name="callback"),
]
