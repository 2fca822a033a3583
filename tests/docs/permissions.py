"""The tables of docs/permissions.md, made from the code that lets people in.

`make tables` writes them anew; Django has to be set up before this is imported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tests.docs.pages import ROOT
from tests.web.addresses import Address, every_address

from rollkeeper.directory.models import Role
from rollkeeper.web.permissions import ACTS, MAY, Permission

PAGE = ROOT / "docs" / "permissions.md"


def roles_table() -> str:
    return "\n".join(
        [
            "| | " + " | ".join(str(role.label) for role in Role) + " |",
            "| --- |" + " --- |" * len(Role),
            *(_permission(one) for one in Permission),
        ]
    )


def _permission(one: Permission) -> str:
    marks = ("yes" if one in MAY[role] else "no" for role in Role)
    return f"| `{one}`: may {ACTS[one]} | " + " | ".join(marks) + " |"


def addresses_table() -> str:
    return "\n".join(
        ["| Address | To look | To act | |", "| --- | --- | --- | --- |", *_rows()]
    )


def _rows() -> Iterator[str]:
    for one in sorted(every_address(), key=lambda one: one.pattern):
        yield f"| `{one.pattern}` | {' | '.join(_needs(one))} |"


def _needs(one: Address) -> tuple[str, str, str]:
    if one.needs:
        again = "asks for the password again" if one.again else ""
        return f"`{one.needs.to_look}`", f"`{one.needs.to_act}`", again
    return str(one.door), str(one.door), ""


def with_tables(page: str) -> str:
    """Return the page with each table as the code has it now."""
    tables: Mapping[str, str] = {"roles": roles_table(), "addresses": addresses_table()}
    for name, table in tables.items():
        start = re.search(rf"<!-- {name}: [^\n]*-->\n", page)
        assert start, name
        end = page.index("<!-- end -->", start.end())
        page = f"{page[: start.end()]}\n{table}\n\n{page[end:]}"
    return page


def write() -> None:
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
