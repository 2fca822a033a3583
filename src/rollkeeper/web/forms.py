"""What staff may write, with the words that explain it."""

from __future__ import annotations

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms

from rollkeeper.core.values import Email, InvalidAddress
from rollkeeper.directory.models import ContactList, Standing


class ContactForm(forms.Form):
    """A contact's details and primary address."""

    first_name = forms.CharField(max_length=200, required=False)
    last_name = forms.CharField(max_length=200, required=False)
    address = forms.CharField(
        label="Primary address",
        max_length=320,
        required=False,
        help_text="Newsletters go to this address only. When you change it, it is "
        "changed at Constant Contact too.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    company = forms.CharField(max_length=300, required=False)
    title = forms.CharField(max_length=300, required=False)
    phone = forms.CharField(max_length=100, required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's own
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Row(Column("first_name"), Column("last_name")),
            "address",
            Row(Column("company"), Column("title")),
            Row(Column("phone"), Column()),
        )

    def clean_address(self) -> str:
        typed: str = self.cleaned_data["address"].strip()
        if typed and typed != self.initial.get("address"):
            try:
                Email.parse(typed)
            except InvalidAddress as error:
                raise forms.ValidationError(
                    f"No mail could be sent to this address: {error} "
                    "Check it for typing errors."
                ) from error
        return typed


class StandingForm(forms.Form):
    """How a contact stands on a list."""

    status = forms.ChoiceField(choices=Standing.choices)
    no_mass_email = forms.BooleanField(required=False)


class ApprovalForm(forms.Form):
    """Approving what was shown; where it is about many, by typing how many."""

    fingerprint = forms.CharField(widget=forms.HiddenInput)
    typed = forms.CharField(
        label="Type the number of people to approve this",
        help_text="It is about so many that a click is not enough.",
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
            raise forms.ValidationError("Type the number in digits, such as 1234.")
        return int(typed) if typed else None


class PutOnListForm(forms.Form):
    list: forms.ModelChoiceField[ContactList] = forms.ModelChoiceField(
        queryset=ContactList.objects.none(),
        empty_label="Choose a list",
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, *args: object, lists: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's own
        self.fields["list"].queryset = lists  # type: ignore[attr-defined]  # of choices
