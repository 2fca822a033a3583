"""Everything that can be done to a directory, but importing, which has its own place.

Each is one transaction with its line in the audit record; doing a thing twice is doing
it once. But for new associations and followers, a scope of the association is open.
"""

from __future__ import annotations

from rollkeeper.directory.services.addresses import (
    add_other_address,
    make_primary,
    remove_other_address,
)
from rollkeeper.directory.services.associations import (
    add_staff,
    create_association,
    follow,
    unfollow,
)
from rollkeeper.directory.services.contacts import (
    ContactDetails,
    delete_contact,
    save_contact,
    set_do_not_contact,
    set_primary_address,
)
from rollkeeper.directory.services.lists import (
    ListDetails,
    delete_list,
    put_on_list,
    save_list,
    set_list_sync,
    set_standing,
    take_off_list,
)
from rollkeeper.directory.services.many import (
    Place,
    put_back_on_list,
    put_many_on_list,
    set_active_of_many,
    set_do_not_contact_of_many,
    set_member_of_many,
    take_many_off_list,
)
from rollkeeper.directory.services.members import (
    MemberDetails,
    delete_member,
    save_member,
)
from rollkeeper.directory.services.refusal import Refused
from rollkeeper.directory.services.signing_in import (
    drop_two_steps,
    new_password_link,
    password_link,
)
from rollkeeper.directory.services.staff import (
    accept_invitation,
    change_role,
    invite,
    remove_staff,
    require_two_steps,
    withdraw_invitation,
)

__all__ = [
    "ContactDetails",
    "ListDetails",
    "MemberDetails",
    "Place",
    "Refused",
    "accept_invitation",
    "add_other_address",
    "add_staff",
    "change_role",
    "create_association",
    "delete_contact",
    "delete_list",
    "delete_member",
    "drop_two_steps",
    "follow",
    "invite",
    "make_primary",
    "new_password_link",
    "password_link",
    "put_back_on_list",
    "put_many_on_list",
    "put_on_list",
    "remove_other_address",
    "remove_staff",
    "require_two_steps",
    "save_contact",
    "save_list",
    "save_member",
    "set_active_of_many",
    "set_do_not_contact",
    "set_do_not_contact_of_many",
    "set_list_sync",
    "set_member_of_many",
    "set_primary_address",
    "set_standing",
    "take_many_off_list",
    "take_off_list",
    "unfollow",
    "withdraw_invitation",
]
