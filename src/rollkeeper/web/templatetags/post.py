"""Whether mail that pages speak of can leave at all."""

from __future__ import annotations

from django import template

from rollkeeper.engine.noticing.delivering import goes_nowhere

register = template.Library()


@register.simple_tag
def mail_goes_nowhere() -> bool:
    """Is no mail server set, so that nobody can be mailed a link?"""
    return goes_nowhere()
