"""Every address the pages have."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
]
if find_spec("rollkeeper.web.urls"):
    urlpatterns.append(path("", include("rollkeeper.web.urls")))
