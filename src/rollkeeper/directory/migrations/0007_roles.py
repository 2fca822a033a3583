"""Each of the staff gets a role. Who was no administrator could do all that an operator
may now, and stays that."""

from __future__ import annotations

from django.db import migrations, models

FROM_THE_FLAG = """
    UPDATE directory_staff
       SET role = CASE WHEN administrator THEN 'administrator' ELSE 'operator' END
"""

TO_THE_FLAG = """
    UPDATE directory_staff SET administrator = (role = 'administrator')
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0006_fewer_indexes")]
    operations = [
        migrations.AddField(
            model_name="staff",
            name="role",
            field=models.CharField(
                choices=[
                    ("viewer", "Viewer"),
                    ("operator", "Operator"),
                    ("approver", "Approver"),
                    ("administrator", "Administrator"),
                ],
                default="viewer",
                max_length=20,
            ),
        ),
        migrations.RunSQL(FROM_THE_FLAG, TO_THE_FLAG),
        migrations.AddConstraint(
            model_name="staff",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("role__in", ["viewer", "operator", "approver", "administrator"])
                ),
                name="staff_role_known",
            ),
        ),
    ]
