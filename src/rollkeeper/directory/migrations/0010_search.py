"""What the directory is sorted and searched by: functions, and their indexes."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

from rollkeeper.directory import search

_FOLDED = r"""CASE WHEN octet_length(said) = length(said) THEN lower(said)
        ELSE replace(replace(replace(translate(
            normalize(lower(said), NFD),
            U&'\00F8\0142\0111\00F0\0131\0300\0301\0302\0303\0304\0306\0307\0308\0309\030A\030B\030C\0323\0326\0327\0328',
            'olddi'
        ), U&'\00DF', 'ss'), U&'\00E6', 'ae'), U&'\0153', 'oe') END"""

_FUNCTION = """
    CREATE FUNCTION {name} RETURNS {what} LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    COST 10000 AS $$ {declared} BEGIN RETURN {body}; END $$
"""
"""So dear that the database looks into the index for what it yields, if it can."""


def _function(name: str, what: str, body: str, said: str = "") -> migrations.RunSQL:
    declared = f"DECLARE said CONSTANT text := {said};" if said else ""
    sql = _FUNCTION.format(name=name, what=what, declared=declared, body=body)
    return migrations.RunSQL(sql, f"DROP FUNCTION {name}")


_PARTED = f"regexp_replace({_FOLDED}, '[^[:alnum:]]+', ' ', 'g')"
_WORDS = f"""array_to_tsvector(string_to_array(association || '_' || replace(
    {_PARTED}, ' ', ' ' || association || '_'), ' '))"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0009_imports")]
    operations = [
        _function("directory_parted(said text)", "text", _PARTED),
        _function(
            "directory_words(association bigint, said text)", "tsvector", _WORDS
        ),
        _function(
            "directory_words(association bigint, a text, b text)",
            "tsvector",
            _WORDS,
            said="a || ' ' || b",
        ),
        _function(
            "directory_words(association bigint, a text, b text, c text, d text)",
            "tsvector",
            _WORDS,
            said="a || ' ' || b || ' ' || c || ' ' || d",
        ),
        _function("directory_sorted(said text)", "text", _FOLDED),
        _function(
            "directory_sorted(a text, b text)",
            "text",
            _FOLDED,
            said="a || chr(9) || b",
        ),
        _function(
            "directory_sorted(a text, b text, c text)",
            "text",
            _FOLDED,
            said="a || chr(9) || b || chr(9) || c",
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                models.F("association"),
                search.Sorted("last_name", "first_name"),
                name="contact_by_name",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                models.F("association"),
                search.Sorted("company", "last_name", "first_name"),
                name="contact_by_company",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=GinIndex(
                search.Words("first_name", "last_name", "company", "title"),
                name="contact_by_words",
            ),
        ),
        migrations.AddIndex(
            model_name="emailaddress",
            index=GinIndex(search.Words("typed"), name="address_by_words"),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                models.F("association"),
                search.Sorted("name"),
                name="member_by_name",
            ),
        ),
        migrations.AddIndex(
            model_name="member",
            index=GinIndex(
                search.Words("name", "external_id"), name="member_by_words"
            ),
        ),
    ]
