"""The web application, for a WSGI server."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

from rollkeeper.config.startup import setup

setup()

from django.conf import settings  # noqa: E402 -- after it was set up

from rollkeeper.web.patience import limit_statements  # noqa: E402

limit_statements(settings.PAGE_STATEMENT_SECONDS)
application = get_wsgi_application()
