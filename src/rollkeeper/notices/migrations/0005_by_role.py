"""The first administrator is known by their role, and subscribed as before."""

from __future__ import annotations

from django.db import migrations

BY_ROLE = """
    DROP TRIGGER notices_first_administrator ON directory_staff;

    CREATE TRIGGER notices_first_administrator
     AFTER INSERT OR UPDATE OF role ON directory_staff
       FOR EACH ROW WHEN (NEW.role = 'administrator')
   EXECUTE FUNCTION notices_first_administrator()
"""

BY_FLAG = """
    DROP TRIGGER notices_first_administrator ON directory_staff;

    CREATE TRIGGER notices_first_administrator
     AFTER INSERT OR UPDATE OF administrator ON directory_staff
       FOR EACH ROW WHEN (NEW.administrator)
   EXECUTE FUNCTION notices_first_administrator()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0004_messages_by_recipient"),
        ("directory", "0007_roles"),
    ]
    operations = [migrations.RunSQL(BY_ROLE, BY_FLAG)]
