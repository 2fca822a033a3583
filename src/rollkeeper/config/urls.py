"""Every address the pages have."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include("rollkeeper.web.urls")),
]
