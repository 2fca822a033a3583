"""The forms about one's own account, in our words."""

from __future__ import annotations

from typing import Any, Final

from allauth.account import forms as account
from allauth.mfa.base import forms as second_step
from allauth.mfa.totp import forms as app
from django import forms
from django.utils.translation import gettext_lazy as _

_ADDRESS: Final = _("E-mail address")
_PASSWORD: Final = _("Password")
_NEW: Final = _("New password")
_AGAIN: Final = _("The same once more")
_CODE: Final = _("Code")
_GOOD: Final = _("Twelve characters or more, and none that many use.")


def _say(field: forms.Field, label: object, help_text: object = "") -> None:
    """Call a field so; nothing stands in it that has to be typed over."""
    field.label, field.help_text = label, help_text  # type: ignore[assignment]
    field.widget.attrs.pop("placeholder", None)


def _say_new(form: forms.Form) -> None:
    _say(form.fields["password1"], _NEW, _GOOD)
    _say(form.fields["password2"], _AGAIN)


class AskForLink(account.ResetPasswordForm):  # type: ignore[misc]  # untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["email"], _ADDRESS)


class ChooseByLink(account.ResetPasswordKeyForm):  # type: ignore[misc]  # untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_new(self)


class ChangePassword(account.ChangePasswordForm):  # type: ignore[misc]  # untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["oldpassword"], _("Your password now"))
        _say_new(self)


class SayPassword(account.ReauthenticateForm):  # type: ignore[misc]  # untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["password"], _PASSWORD)
        self.fields["password"].widget.attrs["autofocus"] = True


class _Code:
    """A code that is typed from a telephone: its digits, or a code on paper."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["code"], _CODE)
        self.fields["code"].widget.attrs |= {
            "autocapitalize": "none",
            "spellcheck": "false",
        }


class SecondStep(_Code, second_step.AuthenticateForm):  # type: ignore[misc]  # untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["autofocus"] = True


class SayCode(_Code, second_step.ReauthenticateForm):  # type: ignore[misc]  # untyped
    pass


class SetUpApp(_Code, app.ActivateTOTPForm):  # type: ignore[misc]  # untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"
