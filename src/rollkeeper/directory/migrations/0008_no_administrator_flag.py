from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("directory", "0007_roles"), ("notices", "0005_by_role")]
    operations = [migrations.RemoveField(model_name="staff", name="administrator")]
