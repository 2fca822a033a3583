"""In which language somebody reads the pages."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST
from django.views.i18n import LANGUAGE_QUERY_PARAMETER, set_language

from rollkeeper.core.values import AssociationId
from rollkeeper.directory.models import Staff
from rollkeeper.directory.services.associations import choose_language


@login_not_required
@require_POST
def choose(request: HttpRequest) -> HttpResponseBase:
    """Keep the language for this browser, and for whoever is signed in to it."""
    language = request.POST.get(LANGUAGE_QUERY_PARAMETER, "")
    staff: Staff | None = getattr(request, "staff", None)
    if staff and check_for_language(language):
        choose_language(
            association_id=AssociationId(staff.association_id),
            user_id=staff.user_id,
            language=language,
            by=f"staff:{request.user.get_username()}",
        )
    return set_language(request)
