"""What the database does by itself, in the transaction that gives the reason.

An association's first administrator is subscribed to what nobody may miss.
"""

from django.db import migrations

FIRST_ADMINISTRATOR = """
    CREATE FUNCTION notices_first_administrator() RETURNS trigger
    LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO notices_subscription (association_id, staff_id, event, how)
        SELECT NEW.association_id, NEW.id, event, 'each'
          FROM unnest(ARRAY['connection_failed', 'plan_held']) AS event
         WHERE NOT EXISTS (
               SELECT FROM notices_subscription
                WHERE association_id = NEW.association_id)
            ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$;

    CREATE TRIGGER notices_first_administrator
     AFTER INSERT OR UPDATE OF administrator ON directory_staff
       FOR EACH ROW WHEN (NEW.administrator)
   EXECUTE FUNCTION notices_first_administrator();

    INSERT INTO notices_subscription (association_id, staff_id, event, how)
    SELECT first.association_id, first.id, event, 'each'
      FROM (SELECT DISTINCT ON (association_id) association_id, id
              FROM directory_staff WHERE administrator
             ORDER BY association_id, id) AS first
     CROSS JOIN unnest(ARRAY['connection_failed', 'plan_held']) AS event
        ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("notices", "0001_initial"),
        ("directory", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            FIRST_ADMINISTRATOR,
            "DROP TRIGGER notices_first_administrator ON directory_staff;"
            " DROP FUNCTION notices_first_administrator()",
        ),
    ]
