"""The demo's chamber: made once, imported like anybody's, kept between starts."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.contrib.auth import get_user_model
from django_scopes import scope

from rollkeeper.cli.importing import import_with_progress
from rollkeeper.cli.output import say
from rollkeeper.core.values import AssociationId
from rollkeeper.directory.models import Association, Role
from rollkeeper.directory.sample import write_sample
from rollkeeper.directory.services import add_staff, create_association

NAME: Final = "Harbor Point Chamber of Commerce"
SLUG: Final = "demo"
_BY: Final = "command line:demo"
_SEED: Final = 20


def make(home: Path, *, username: str, password: str, contacts: int) -> None:
    """Make the chamber and somebody who may sign in, unless they are there."""
    if Association.objects.filter(slug=SLUG).exists():
        say(f"{NAME} is here from the last time.")
        return
    folder = home / "sample"
    write_sample(folder, seed=_SEED, contacts=contacts)
    association = create_association(name=NAME, slug=SLUG, by=_BY)
    with scope(association=association):
        report = import_with_progress(association, [folder], by=_BY).report
        user = get_user_model().objects.create_user(
            username, email="demo@rollkeeper.example", password=password
        )
        add_staff(
            association_id=AssociationId(association.pk),
            user_id=user.pk,
            role=Role.ADMINISTRATOR,
            by=_BY,
        )
    say(f"Made {NAME} with {contacts:,} contacts; {len(report.errors)} rows were bad.")
