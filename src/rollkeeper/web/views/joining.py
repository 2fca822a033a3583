"""Accepting an invitation: with a new account, or with one that somebody has."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rollkeeper.directory.invitations import open_one
from rollkeeper.directory.models import Invitation
from rollkeeper.directory.services import accept_invitation
from rollkeeper.web.middleware import WORKS_FOR


class AccountForm(forms.Form):
    """A name and a password for somebody who has none here."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=150,
        validators=[User.username_validator],
        help_text=gettext_lazy("Letters, digits and @ . + - _"),
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none"}
        ),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        help_text=gettext_lazy("Twelve characters or more, and none that many use."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = address

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if get_user_model().objects.filter(username__iexact=name).exists():
            raise ValidationError(_("Somebody has this name. Choose another."))
        return name

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        name = self.cleaned_data.get("username", "")
        validate_password(password, User(username=name, email=self.address))
        return password


@login_not_required
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    found = open_one(token)
    if found is None:
        return render(request, "web/users/over.html", status=410)
    if request.user.is_authenticated:
        return _with_this_account(request, found, request.user)
    return _with_a_new_account(request, found)


def _with_this_account(
    request: HttpRequest, found: Invitation, user: User
) -> HttpResponse:
    if request.method == "GET":
        return render(request, "web/users/join.html", {"invitation": found})
    if not _accepted(found, user.pk, user.get_username()):
        return render(request, "web/users/over.html", status=410)
    request.session[WORKS_FOR] = found.association_id
    words = {"association": found.association}
    messages.success(request, _("You work for %(association)s now.") % words)
    return redirect("home")


def _with_a_new_account(request: HttpRequest, found: Invitation) -> HttpResponse:
    form = AccountForm(
        request.POST or None,
        address=found.address,
        initial={"username": found.address.partition("@")[0]},
    )
    if not form.is_valid():
        context = {
            "invitation": found,
            "form": form,
            "known": get_user_model()
            .objects.filter(email__iexact=found.address)
            .exists(),
        }
        status = 422 if form.errors else 200
        return render(request, "web/users/join.html", context, status=status)
    with transaction.atomic():
        user = get_user_model().objects.create_user(
            form.cleaned_data["username"],
            email=found.address,
            password=form.cleaned_data["password"],
        )
        if not _accepted(found, user.pk, user.get_username()):
            transaction.set_rollback(True)
            return render(request, "web/users/over.html", status=410)
    words = {"association": found.association}
    messages.success(
        request, _("You work for %(association)s now. Sign in to begin.") % words
    )
    return redirect("account_login")


def _accepted(found: Invitation, user_id: int, name: str) -> bool:
    return accept_invitation(
        invitation_id=found.pk, user_id=user_id, by=f"staff:{name}"
    )
