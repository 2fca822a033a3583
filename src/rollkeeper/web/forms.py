"""What staff may write, with the words that explain it."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rollkeeper.core.guards import Share
from rollkeeper.core.policy import (
    EditedThere,
    Leaving,
    ListDeleted,
    Namesake,
    NewAddress,
    NoneLeft,
    Parting,
    Policy,
    Strangers,
    When,
)
from rollkeeper.core.values import Email, InvalidAddress
from rollkeeper.directory.models import (
    AUTOMATIC,
    ContactList,
    ListKind,
    MembershipType,
    MemberStatus,
    Standing,
)
from rollkeeper.directory.sorting import in_order
from rollkeeper.engine.noting import LONGEST
from rollkeeper.engine.policy_words import FIELDS
from rollkeeper.engine.stored import told
from rollkeeper.engine.switches import kept_by_hand

LARGEST = Share(percent=0, least=0).most
"""Stands for any number."""


class ContactForm(forms.Form):
    """A contact's details, primary address, and places on lists kept by hand."""

    first_name = forms.CharField(label=_("First name"), max_length=200, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=200, required=False)
    address = forms.CharField(
        label=_("Primary address"),
        max_length=320,
        required=False,
        help_text=_(
            "Newsletters go to this address only. When you change it, it is changed"
            " at Constant Contact too."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    company = forms.CharField(label=_("Company"), max_length=300, required=False)
    title = forms.CharField(label=_("Title"), max_length=300, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=100, required=False)
    lists: forms.ModelMultipleChoiceField[ContactList] = forms.ModelMultipleChoiceField(
        label=_("Lists"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    stood = forms.RegexField(r"^[0-9 ]*$", required=False, widget=forms.HiddenInput)
    """The lists that were ticked when the form was shown, so that nobody is taken off
    one that was not on it."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's own
        self.fields["lists"].queryset = (  # type: ignore[attr-defined]  # of choices
            kept_by_hand().order_by(in_order(), "pk")
        )
        self.mailbox = ""
        """Of the address, where it is another than before; known once it is valid."""
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Row(Column("first_name"), Column("last_name")),
            "address",
            Row(Column("company"), Column("title")),
            Row(Column("phone"), Column()),
        )

    def moved(self) -> tuple[set[int], set[int]]:
        """Return the lists that were ticked, and those whose tick was taken away."""
        before = {int(one) for one in self.cleaned_data["stood"].split()}
        after = {one.pk for one in self.cleaned_data["lists"]}
        return after - before, before - after

    def clean_address(self) -> str:
        typed: str = self.cleaned_data["address"].strip()
        if typed and typed != self.initial.get("address"):
            self.mailbox = parsed(typed).mailbox
        return typed


def parsed(typed: str) -> Email:
    """Return the address that was typed, or say what is wrong with it."""
    try:
        return Email.parse(typed)
    except InvalidAddress as error:
        raise forms.ValidationError(
            gettext(
                "No mail could be sent to this address: %(error)s Check it for typing"
                " errors."
            )
            % {"error": told(str(error))}
        ) from error


class OtherAddressForm(forms.Form):
    """An address to be kept beside the primary one."""

    address = forms.CharField(
        max_length=320,
        label=_("Another address"),
        widget=forms.EmailInput(
            attrs={
                "autocomplete": "off",
                "class": "form-control",
                "aria-describedby": "about-other",
            }
        ),
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="id_other_%s")

    def clean_address(self) -> str:
        return parsed(self.cleaned_data["address"].strip()).typed


class NewContactForm(ContactForm):
    """A contact that is not on the roll yet: somebody, not nobody."""

    def clean(self) -> None:
        names = ("first_name", "last_name", "address")
        if not self.errors and not any(self.cleaned_data[name] for name in names):
            raise forms.ValidationError(gettext("Type a name or an address."))


class MemberForm(forms.Form):
    """What staff say of a member."""

    name = forms.CharField(max_length=300, label=_("Name"))
    membership_type: forms.ModelChoiceField[MembershipType] = forms.ModelChoiceField(
        label=_("Membership type"),
        queryset=None,
        required=False,
        empty_label=_("No membership type"),
    )
    status = forms.ChoiceField(
        label=_("Status"),
        choices=MemberStatus.choices,
        help_text=_(
            "Contacts of active and courtesy members are on the automatic lists, those"
            " of prospects and dropped members are not. Lists kept by hand stay as"
            " they are."
        ),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's own
        self.fields["membership_type"].queryset = (  # type: ignore[attr-defined]  # of choices
            MembershipType.objects.order_by(in_order(), "pk")
        )
        self.helper = FormHelper()
        self.helper.form_tag = False


class ListForm(forms.Form):
    """What staff say of a list that is kept by hand."""

    name = forms.CharField(max_length=200, label=_("Name"))
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[one for one in ListKind.choices if one[0] not in AUTOMATIC],
        help_text=_("Only a word for it here: all of them work alike."),
    )

    def __init__(self, *args: object, about_name: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's own
        self.fields["name"].help_text = about_name
        self.helper = FormHelper()
        self.helper.form_tag = False


class StandingForm(forms.Form):
    """How a contact stands on a list."""

    status = forms.ChoiceField(choices=Standing.choices)
    no_mass_email = forms.BooleanField(required=False)


class NoteRefusalForm(forms.Form):
    """That somebody asked not to be mailed: why, and which mail."""

    because = forms.CharField(
        max_length=LONGEST,
        widget=forms.TextInput(
            attrs={
                "class": "form-control",
                "autocomplete": "off",
                "aria-describedby": "about-because",
            }
        ),
    )
    list: forms.ModelChoiceField[ContactList] = forms.ModelChoiceField(
        queryset=ContactList.objects.none(),
        required=False,
        empty_label=_("All mail"),
        widget=forms.Select(attrs={"class": "form-select", "id": "id_refused_list"}),
    )

    def __init__(self, *args: object, lists: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's own
        self.fields["list"].queryset = lists  # type: ignore[attr-defined]  # of choices


class ApprovalForm(forms.Form):
    """Approving what was shown; where it is about many, by typing how many."""

    fingerprint = forms.CharField(widget=forms.HiddenInput)
    typed = forms.CharField(
        label=_("Type the number of people to approve this"),
        help_text=_("It is about so many that a click is not enough."),
        required=False,
        widget=forms.TextInput(
            attrs={
                "class": "form-control",
                "inputmode": "numeric",
                "autocomplete": "off",
            }
        ),
    )

    def clean_typed(self) -> int | None:
        typed: str = self.cleaned_data["typed"].replace(",", "").strip()
        if typed and not typed.isdecimal():
            raise forms.ValidationError(
                gettext("Type the number in digits, such as 1234.")
            )
        return int(typed) if typed else None


class PolicyForm(forms.Form):
    """What is done in each case, for one list."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's own
        for name, said in FIELDS.items():
            self.fields[name] = forms.ChoiceField(
                label=said.case,
                choices=list(said.values.items()),
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    def policy(self) -> Policy:
        """Return the policy that was chosen; the form must be valid."""
        said = self.cleaned_data
        return Policy(
            leaving=Leaving(said["leaving"]),
            none_left=NoneLeft(said["none_left"]),
            deleted=Parting(said["deleted"]),
            new_address=NewAddress(said["new_address"]),
            list_deleted=ListDeleted(said["list_deleted"]),
            strangers=Strangers(said["strangers"]),
            edited_there=EditedThere(said["edited_there"]),
            when=When(said["when"]),
            namesake=Namesake(said["namesake"]),
        )


def _numbers(words: Promise) -> dict[str, Any]:
    """Say the same of every number that is none, too small or too large."""
    return dict.fromkeys(("required", "invalid", "min_value", "max_value"), words)


class LimitForm(forms.Form):
    """One limit: a part of a whole, with a least and a most."""

    percent = forms.IntegerField(
        label=_("Percent of all"),
        min_value=0,
        max_value=100,
        error_messages=_numbers(_("Write a number from 0 to 100.")),
    )
    least = forms.IntegerField(
        label=_("But at least"),
        min_value=0,
        max_value=LARGEST,
        error_messages=_numbers(_("Write a number, 0 or more.")),
    )
    most = forms.IntegerField(
        label=_("And at most"),
        min_value=0,
        max_value=LARGEST,
        required=False,
        error_messages=_numbers(_("Write a number, 0 or more.")),
        widget=forms.NumberInput(attrs={"placeholder": _("any")}),
    )

    def __init__(
        self, data: QueryDict | None, *, prefix: str, share: Share, about: str
    ) -> None:
        initial = {"percent": share.percent, "least": share.least}
        if share.most < LARGEST:
            initial["most"] = share.most
        super().__init__(data, prefix=prefix, initial=initial)
        self.about = about
        for field in self.fields.values():
            field.widget.attrs |= {
                "class": "form-control text-end",
                "aria-label": f"{field.label}: {about}",
            }

    def clean(self) -> None:
        said = self.cleaned_data
        least, most = said.get("least"), said.get("most")
        if least is not None and most is not None and least > most:
            self.add_error(
                "most",
                gettext("Write at least %(least)s, or nothing.") % {"least": least},
            )

    def share(self) -> Share:
        """Return the limit; the form must be valid."""
        said = self.cleaned_data
        most = LARGEST if said["most"] is None else said["most"]
        return Share(percent=said["percent"], least=said["least"], most=most)


class PutOnListForm(forms.Form):
    list: forms.ModelChoiceField[ContactList] = forms.ModelChoiceField(
        queryset=ContactList.objects.none(),
        empty_label=_("Choose a list"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, *args: object, lists: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's own
        self.fields["list"].queryset = lists  # type: ignore[attr-defined]  # of choices
