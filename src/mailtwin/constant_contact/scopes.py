"""The scopes an application may ask for, in the words a person reads."""

from __future__ import annotations

from mailtwin.constant_contact.not_granted import NotGranted

SCOPES = {
    "contact_data": "Read and change contacts, lists, custom fields and tags",
    "account_read": "Read the account's name and addresses",
    "account_update": "Change the account's details",
    "campaign_data": "Read and change campaigns and their reports",
    "billing_data": "Read billing details",
    "offline_access": "Stay connected while you are away",
    "openid": "Know who you are",
    "profile": "Read your profile",
    "email": "Read your email address",
}


def check_scope(text: str) -> str:
    """Return the scopes with single blanks between. Raises NotGranted."""
    scopes = text.split()
    if not scopes or not set(scopes) <= set(SCOPES):
        raise NotGranted("invalid_scope", "One or more scopes are not configured.")
    return " ".join(scopes)
