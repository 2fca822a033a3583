"""Every index of these tables begins with the association: one of it alone, which a
table just filled makes look cheap, had the database read all rows for each."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0005_staff_language'),
    ]

    operations = [
        migrations.AlterField(
            model_name='contact',
            name='association',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='directory.association'),
        ),
        migrations.AlterField(
            model_name='emailaddress',
            name='association',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='directory.association'),
        ),
    ]
