"""Who is on which list, automatic ones as well; and those lists for what there is."""

from __future__ import annotations

from django.db import migrations

OF_ITS_ASSOCIATION = """
    ALTER TABLE directory_contactlist
      ADD CONSTRAINT contactlist_membership_type_id_in_association
          FOREIGN KEY (association_id, membership_type_id)
          REFERENCES directory_membershiptype (association_id, id) ON DELETE CASCADE
"""

STANDING = """
    CREATE VIEW directory_standing
           (association_id, list_id, contact_id, status, no_mass_email) AS
    SELECT association_id, list_id, contact_id, status, no_mass_email
      FROM directory_listmembership
     UNION ALL
    SELECT contact.association_id, list.id, contact.id, 'active'::varchar(20), false
      FROM directory_contact AS contact
      JOIN directory_member AS member ON member.id = contact.member_id
      JOIN directory_contactlist AS list
        ON list.association_id = contact.association_id
       AND list.kind = 'representatives'
     WHERE contact.active AND member.status IN ('active', 'courtesy')
     UNION ALL
    SELECT contact.association_id, list.id, contact.id, 'active'::varchar(20), false
      FROM directory_contact AS contact
      JOIN directory_member AS member ON member.id = contact.member_id
      JOIN directory_contactlist AS list
        ON list.membership_type_id = member.membership_type_id
     WHERE contact.active AND member.status IN ('active', 'courtesy')
"""
"""Each kind of list in a branch of its own: a condition on the list or the contact
goes down into all three, and each finds its rows by an index."""

OF_ALL_REPRESENTATIVES = """
    INSERT INTO directory_contactlist
           (association_id, external_id, name, kind, sync, fields)
    SELECT id, 'rollkeeper-automatic-representatives', 'All active representatives',
           'representatives', true, '{}'
      FROM directory_association ORDER BY id
"""

OF_EACH_TYPE = """
    INSERT INTO directory_contactlist
           (association_id, external_id, name, kind, membership_type_id, sync, fields)
    SELECT association_id, 'rollkeeper-automatic-type-' || id, name,
           'membership_type', id, true, '{}'
      FROM directory_membershiptype ORDER BY id
"""

NO_AUTOMATIC_LIST = """
    DELETE FROM directory_contactlist
     WHERE kind IN ('representatives', 'membership_type')
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0003_automatic_lists")]
    operations = [
        migrations.RunSQL(
            OF_ITS_ASSOCIATION,
            "ALTER TABLE directory_contactlist"
            " DROP CONSTRAINT contactlist_membership_type_id_in_association",
        ),
        migrations.RunSQL(STANDING, "DROP VIEW directory_standing"),
        migrations.RunSQL(
            [OF_ALL_REPRESENTATIVES, OF_EACH_TYPE, "SET CONSTRAINTS ALL IMMEDIATE"],
            [NO_AUTOMATIC_LIST, "SET CONSTRAINTS ALL IMMEDIATE"],
        ),
    ]
