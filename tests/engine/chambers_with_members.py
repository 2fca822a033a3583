"""A chamber whose members have types and representatives, and one hand-made list."""

from __future__ import annotations

from typing import Any, Final

from attrs import define, field
from django_scopes import scope
from tests.builders import a_contact, a_list, a_member, a_type
from tests.engine.worlds import World

from rollkeeper.core.policy import DEFAULT
from rollkeeper.directory.models import Contact, Member, MembershipType
from rollkeeper.ledger.models.newsletter import REPRESENTATIVES_NAME
from rollkeeper.ledger.services.newsletter import change_newsletter

EVERYBODY: Final = REPRESENTATIVES_NAME
STAYING: Final = frozenset({"gus", "tom"})
"""On the list of a type each, lest it is held that a list would be left empty."""
BY: Final = "staff:somebody"


def address(name: str) -> str:
    return f"{name}@members.example"


@define(eq=False)
class Chamber:
    world: World
    gold: MembershipType
    tin: MembershipType
    bakery: Member
    forge: Member
    people: dict[str, Contact] = field(factory=dict)

    def choose(self, **changes: Any) -> None:
        """Change the newsletter settings, and have everything compared. From then on
        the lists follow live, so that marks show what they name."""
        association = self.world.association
        with scope(association=association):
            change_newsletter(association_id=association.pk, changes=changes, by=BY)
        self.world.sync(everything=True)
        self.world.follow(DEFAULT)

    def change(self, row: Contact | Member | MembershipType, **fields: Any) -> None:
        """Write, and have no more than the marks of it taken up."""
        for name, value in fields.items():
            setattr(row, name, value)
        with scope(association=self.world.association):
            row.save()
        self.world.sync()

    def on(self, name: str) -> set[str]:
        """The people on the provider's list of that name, but for those who stay."""
        names = {mailbox.partition("@")[0] for mailbox in self.world.on(name)}
        return names - STAYING

    @property
    def names(self) -> set[str]:
        return set(self.world.account.names.values())


def a_chamber(world: World) -> Chamber:
    """Ann and Abe represent the bakery (Gold), Fay the forge (Tin); Bob plays golf."""
    gold, tin = (a_type(world.association, name=name) for name in ("Gold", "Tin"))
    chamber = Chamber(
        world,
        gold,
        tin,
        bakery=a_member(world.association, membership_type=gold),
        forge=a_member(world.association, membership_type=tin, status="courtesy"),
    )
    for name, member in (
        ("ann", chamber.bakery),
        ("abe", chamber.bakery),
        ("fay", chamber.forge),
        ("gus", a_member(world.association, membership_type=gold)),
        ("tom", a_member(world.association, membership_type=tin)),
        ("bob", None),
    ):
        chamber.people[name] = a_contact(
            world.association, address=address(name), first_name=name, member=member
        )
    a_list(world.association, chamber.people["bob"], name="Golf", kind="group")
    return chamber
