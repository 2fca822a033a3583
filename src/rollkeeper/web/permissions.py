"""Who may do what: the one table that pages, menus and the test of both go by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rollkeeper.directory.models import Role


class Permission(StrEnum):
    """What a page needs whoever asks for it to be allowed."""

    LOOK = "look"
    EDIT = "edit"
    SYNC = "sync"
    EXPORT = "export"
    APPROVE = "approve"
    ADMINISTER = "administer"


_OPERATOR: Final = frozenset(
    {Permission.LOOK, Permission.EDIT, Permission.SYNC, Permission.EXPORT}
)

MAY: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.VIEWER: frozenset({Permission.LOOK}),
    Role.OPERATOR: _OPERATOR,
    Role.APPROVER: _OPERATOR | {Permission.APPROVE},
    Role.ADMINISTRATOR: frozenset(Permission),
}

ACTS: Final[Mapping[Permission, Promise]] = {
    Permission.LOOK: gettext_lazy("look at the pages"),
    Permission.EDIT: gettext_lazy("change contacts, members and lists"),
    Permission.SYNC: gettext_lazy("synchronize, and switch lists on and off"),
    Permission.EXPORT: gettext_lazy("take files with people's data"),
    Permission.APPROVE: gettext_lazy("decide about what waits"),
    Permission.ADMINISTER: gettext_lazy("change settings and look after people"),
}
"""What each permission allows, after "may"."""

_MANY: Final[Mapping[Role, Promise]] = {
    Role.VIEWER: gettext_lazy("viewers"),
    Role.OPERATOR: gettext_lazy("operators"),
    Role.APPROVER: gettext_lazy("approvers"),
    Role.ADMINISTRATOR: gettext_lazy("administrators"),
}


def roles_that_may(permission: Permission) -> tuple[Role, ...]:
    """Return the roles that have the permission, the one with least rights first."""
    return tuple(role for role in Role if permission in MAY[role])


def only_they_may(permission: Permission, act: str = "") -> str:
    """Say which roles may do it; *act* says more closely what, after "may"."""
    roles = [str(_MANY[role]) for role in roles_that_may(permission)]
    return _("Only %(roles)s may %(act)s.") % {
        "roles": get_text_list(roles, _("and")),
        "act": act or ACTS[permission],
    }


def whom_to_ask(names: Sequence[str]) -> str:
    """Say which of these people to ask."""
    if not names:
        return _("Ask whoever runs Rollkeeper: nobody here may.")
    return _("Ask %(names)s.") % {"names": get_text_list(list(names), _("or"))}


class Door(StrEnum):
    """Who comes to a page that is about nobody's association."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed in"


DOORS: Final[Mapping[str, Door]] = {
    "account_login": Door.ANYBODY,
    "account_logout": Door.ANYBODY,
    "account_signup": Door.ANYBODY,  # says that nobody can sign up
    "account_inactive": Door.ANYBODY,
    "account_confirm_login_code": Door.ANYBODY,
    "account_reset_password": Door.ANYBODY,
    "account_reset_password_done": Door.ANYBODY,
    "account_reset_password_from_key": Door.ANYBODY,
    "account_reset_password_from_key_done": Door.ANYBODY,
    "mfa_authenticate": Door.ANYBODY,
    "choose_language": Door.ANYBODY,
    "invitation": Door.ANYBODY,
    "account": Door.SIGNED_IN,
    "account_reauthenticate": Door.SIGNED_IN,
    "account_change_password": Door.SIGNED_IN,
    "account_set_password": Door.SIGNED_IN,
    "usersessions_list": Door.SIGNED_IN,
    "mfa_index": Door.SIGNED_IN,
    "mfa_reauthenticate": Door.SIGNED_IN,
    "mfa_activate_totp": Door.SIGNED_IN,
    "mfa_deactivate_totp": Door.SIGNED_IN,
    "mfa_view_recovery_codes": Door.SIGNED_IN,
    "mfa_generate_recovery_codes": Door.SIGNED_IN,
    "mfa_download_recovery_codes": Door.SIGNED_IN,
}
"""Pages by name: signing in, and one's own account. All others need a permission."""
