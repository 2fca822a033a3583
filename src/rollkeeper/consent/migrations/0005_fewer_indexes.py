"""Every index of these tables begins with the association: one of it alone, which a
table just filled makes look cheap, had the database read all rows for each."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consent', '0004_refusals'),
        ('directory', '0006_fewer_indexes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='departed',
            name='association',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='directory.association'),
        ),
        migrations.AlterField(
            model_name='suppression',
            name='association',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='directory.association'),
        ),
    ]
