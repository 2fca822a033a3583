"""A row belongs to the same association as the row it refers to, or is refused."""

from __future__ import annotations

from django.db import migrations

REFERENCES = [
    # table, its column, table referred to, when that row is deleted
    ("member", "membership_type_id", "membershiptype", "RESTRICT"),
    ("contact", "member_id", "member", "SET NULL (member_id)"),
    ("emailaddress", "contact_id", "contact", "CASCADE"),
    ("listmembership", "contact_id", "contact", "CASCADE"),
    ("listmembership", "list_id", "contactlist", "CASCADE"),
    ("mark", "follower_id", "follower", "CASCADE"),
]


def add(table: str, column: str, other: str, on_delete: str) -> migrations.RunSQL:
    name = f"{table}_{column}_in_association"
    return migrations.RunSQL(
        f"""
        ALTER TABLE directory_{table} ADD CONSTRAINT {name}
            FOREIGN KEY (association_id, {column})
            REFERENCES directory_{other} (association_id, id) ON DELETE {on_delete}
        """,
        f"ALTER TABLE directory_{table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]
    operations = [add(*reference) for reference in REFERENCES]
