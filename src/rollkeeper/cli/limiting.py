"""`limits`: how much may be done within a day before a person is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence

import click
from attrs import asdict, fields
from django_scopes import scope

from rollkeeper.cli.choosing import actor, association_named
from rollkeeper.cli.output import WRONG_USE, Stopped, answer_json, answer_table
from rollkeeper.core.guards import Limits, Share
from rollkeeper.engine.describing import LIMITS
from rollkeeper.ledger.figures import limits
from rollkeeper.ledger.services.limits import NoSuchLimit, change_limit

_SETTING = re.compile(r"(\w+)=(\d+)%?,(\d+)(?:,(\d+))?")


def run(settings: Sequence[str], slug: str | None, *, as_json: bool) -> None:
    """Show the limits, after setting some."""
    association = association_named(slug)
    wanted = [_parsed(one) for one in settings]
    with scope(association=association):
        for name, share in wanted:
            try:
                change_limit(
                    association_id=association.pk, name=name, share=share, by=actor()
                )
            except NoSuchLimit as error:
                raise Stopped(str(error), status=WRONG_USE) from None
        now = limits(association.pk)
    shares = {one.name: getattr(now, one.name) for one in fields(Limits)}
    if as_json:
        answer_json({name: asdict(share) for name, share in shares.items()})
        return
    answer_table(
        "Within 24 hours, without asking",
        ("limit", "percent", "at least", "at most", "of"),
        [
            (name, share.percent, share.least, _at_most(share), LIMITS[name])
            for name, share in shares.items()
        ],
    )
    click.echo("People disabled at the provider: a quarter of removals_of_account.")


def _at_most(share: Share) -> str:
    return (
        "any number"
        if share.most == Share(percent=0, least=0).most
        else f"{share.most:,}"
    )


def _parsed(text: str) -> tuple[str, Share]:
    match = _SETTING.fullmatch(text.replace(" ", ""))
    if match is None:
        raise Stopped(
            f"'{text}' sets no limit. Write NAME=PERCENT,LEAST,MOST, like"
            " removals_of_list=5,5,200; without MOST any number of people.",
            status=WRONG_USE,
        )
    name, percent, least, most = match.groups()
    top = {} if most is None else {"most": int(most)}
    try:
        return name, Share(percent=int(percent), least=int(least), **top)
    except ValueError as error:
        raise Stopped(
            f"'{text}' sets no limit: a part is between 0 and 100 percent.",
            status=WRONG_USE,
        ) from error
