"""Which table a sheet may hold, and which of its columns may be which of ours.

A guess only: somebody looks at it before anything is read. What was chosen the last
time wins over it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from rollkeeper.directory.importing.sheets import Sheet
from rollkeeper.directory.importing.tables import (
    CONTACTS,
    LIST_MEMBERSHIPS,
    LISTS,
    MEMBERS,
    TABLES,
    Table,
)

_ID: Final = "id number no ref reference code key identificador numero clave"

_MEMBER_ID: Final = (
    "memberid membernumber memberno memberref companyid companynumber organizationid"
    " accountid accountnumber idsocio numerodesocio idmiembro idempresa socioid"
)

_CONTACT_ID: Final = (
    "contactid contactnumber personid peopleid repid representativeid individualid"
    " idcontacto numerodecontacto idpersona contactoid"
)

_EMAIL: Final = (
    "email mail emailaddress primaryemail primaryemailaddress email1 workemail"
    " businessemail emailprimary contactemail correo correoelectronico"
    " direcciondecorreo emailprincipal correoprincipal"
)

_COMPANY: Final = (
    "company companyname business businessname organization organizationname"
    " organisation employer firm empresa compania nombredelaempresa organizacion"
    " negocio razonsocial"
)

_LIST_ID: Final = "listid listnumber committeeid groupid idlista idcomite idgrupo"

_LIST_NAME: Final = (
    "list listname committee committeename group groupname lista comite grupo"
    " nombredelalista"
)

SYNONYMS: Final[Mapping[str, Mapping[str, str]]] = {
    MEMBERS.name: {
        "member_id": f"{_MEMBER_ID} {_ID}",
        "name": f"name membername {_COMPANY} member nombre socio miembro",
        "membership_type": "membershiptype membertype membershiplevel level tier type"
        " package plan category tipodemembresia membresia tipodesocio nivel tipo"
        " categoria",
        "status": "memberstatus membershipstatus status state standing estado"
        " estatus situacion",
    },
    CONTACTS.name: {
        "contact_id": f"{_CONTACT_ID} {_ID}",
        "member_id": _MEMBER_ID,
        "first_name": "firstname first givenname forename nombre nombres primernombre"
        " nombredepila",
        "last_name": "lastname last surname familyname secondname apellido apellidos",
        "title": "title jobtitle position role job cargo puesto titulo",
        "company": _COMPANY,
        "phone": "phone phonenumber telephone tel mobile mobilephone cell cellphone"
        " workphone businessphone telefono movil celular",
        "active": "active isactive enabled activo activa",
        "do_not_contact": "donotcontact dnc donotemail donotmail optout optedout"
        " nocontactar nocontacto noenviar",
        "primary_email": _EMAIL,
        "other_emails": "otheremails otheremail secondaryemail alternateemail"
        " additionalemails email2 otroscorreos otrocorreo correosecundario",
    },
    LISTS.name: {
        "list_id": f"{_LIST_ID} {_ID}",
        "name": f"name {_LIST_NAME} title nombre",
        "kind": "kind type listtype tipo clase",
        "sync": "sync synced synchronize sincronizar",
    },
    LIST_MEMBERSHIPS.name: {
        "list_id": f"{_LIST_ID} {_LIST_NAME}",
        "contact_id": f"{_CONTACT_ID} contact person contacto persona {_EMAIL}",
        "status": "status state estado estatus",
        "no_mass_email": "nomassemail nomassmail nobulkemail sincorreomasivo",
    },
}

_TITLES: Final[Mapping[str, str]] = {
    MEMBERS.name: "members member companies businesses socios miembros empresas",
    CONTACTS.name: "contacts contact people persons representatives reps contactos"
    " personas representantes",
    LISTS.name: "lists committees groups listas comites grupos",
    LIST_MEMBERSHIPS.name: "listmemberships listmembers memberships subscribers"
    " committeemembers groupmembers suscriptores integrantes",
}

_TELLING: Final[Mapping[str, Sequence[str]]] = {
    MEMBERS.name: ("name", "membership_type"),
    CONTACTS.name: ("primary_email", "first_name", "last_name"),
    LISTS.name: ("name", "kind", "sync"),
    LIST_MEMBERSHIPS.name: ("list_id", "contact_id"),
}
"""Columns that tell the table more than others do."""

STAND_INS: Final[Mapping[str, Mapping[str, str]]] = {
    MEMBERS.name: {"member_id": "name"},
    CONTACTS.name: {"contact_id": "primary_email"},
    LISTS.name: {"list_id": "name"},
    LIST_MEMBERSHIPS.name: {},
}
"""Without a column of ids, another that hardly two rows share may tell them apart."""


@frozen(kw_only=True)
class Guess:
    table: Table | None
    """None when nothing is known of it."""
    columns: Mapping[str, str]


def guess(sheet: Sheet, before: Mapping[str, Mapping[str, str]]) -> Guess:
    """Return what the sheet may hold.

    *before* is what was chosen the last time: by table, what columns were called.
    """
    found = {
        table.name: columns_of(sheet.names, table, before.get(table.name, {}))
        for table in TABLES
    }
    best = max(TABLES, key=lambda one: _weight(sheet, one, found[one.name]))
    if _weight(sheet, best, found[best.name]) < 2:
        return Guess(table=None, columns={})
    return Guess(table=best, columns=found[best.name])


def columns_of(
    names: Sequence[str], table: Table, before: Mapping[str, str]
) -> Mapping[str, str]:
    """Return what the columns of the table are called among *names*, as far as that
    can be guessed; none is taken twice, but to stand in for an id."""
    found = {ours: theirs for ours, theirs in before.items() if theirs in names}
    for column in table.columns:
        if column.name in found:
            continue
        spellings = [
            folded(column.name),
            *SYNONYMS[table.name][column.name].split(),
        ]
        free = [name for name in names if name and name not in found.values()]
        same = [name for name in free if folded(name) in spellings]
        if same:
            found[column.name] = min(
                same, key=lambda name: spellings.index(folded(name))
            )
    for missing, instead in STAND_INS[table.name].items():
        if missing not in found and instead in found:
            found[missing] = found[instead]
    return found


def folded(name: str) -> str:
    """Return the letters and digits of *name*, small and without accents."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in apart if letter.isalnum())


def _weight(sheet: Sheet, table: Table, found: Mapping[str, str]) -> int:
    """Return how much speaks for the table: columns that it has, less those it has not,
    and the name of the file or sheet."""
    if any(key not in found for key in table.key):
        return 0
    known = set(found.values())
    weight = len(known) - len(set(sheet.names) - known - {""})
    weight += sum(2 for name in _TELLING[table.name] if name in found)
    title = folded(sheet.sheet or sheet.path.stem)
    if title in (folded(table.name), *_TITLES[table.name].split()):
        weight += 3
    return weight
