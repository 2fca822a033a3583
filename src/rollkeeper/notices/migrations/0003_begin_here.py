"""What was refused before there were notices is no news."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("notices", "0002_by_itself"),
        ("consent", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            "INSERT INTO notices_look (id, at, facts_up_to)"
            " SELECT 1, now(), coalesce(max(id), 0) FROM consent_suppression",
            migrations.RunSQL.noop,
        ),
    ]
