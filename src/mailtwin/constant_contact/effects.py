"""What each kind of job does when it takes effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mailtwin.constant_contact import export_files, imports, membership_jobs, tag_jobs
from mailtwin.constant_contact.work import Result, Work

EFFECTS: Mapping[str, Callable[[Work], Result]] = {
    "contacts_json_import": imports.import_contacts,
    "contacts_file_import": imports.import_contacts,
    "add_list_memberships": membership_jobs.add_to_lists,
    "remove_list_memberships": membership_jobs.remove_from_lists,
    "contact_delete": membership_jobs.delete_contacts,
    "list_delete": membership_jobs.delete_lists,
    "contact_exports": export_files.write_export,
    "custom_fields_delete": tag_jobs.delete_custom_fields,
    "contacts_taggings_add": tag_jobs.add_tags,
    "contacts_taggings_remove": tag_jobs.remove_tags,
    "contacts_tags_delete": tag_jobs.delete_tags,
}
