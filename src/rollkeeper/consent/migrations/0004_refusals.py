"""Which refusals are in effect; and people who leave the directory and come back."""

from __future__ import annotations

from django.db import migrations

IT_CAME_AFTER = """
    CASE WHEN lift.provider = fact.provider AND fact.happened_at IS NOT NULL
         THEN lift.happened_at > fact.happened_at
         ELSE lift.happened_here_at > fact.happened_here_at + interval '1 minute' END
"""
"""Two times of one provider are exact. Others are ours by reckoning, from a clock that
tells seconds, and a refusal is only lifted by what surely came later."""

REFUSAL = f"""
    CREATE VIEW consent_refusal
           (id, association_id, fact_id, mailbox, contact_id, list_id, kind, since) AS
    SELECT 2 * fact.id, fact.association_id, fact.id, fact.mailbox, NULL::bigint,
           fact.list_id, fact.kind, coalesce(fact.happened_at, fact.recorded_at)
      FROM consent_suppression AS fact
     WHERE fact.kind <> 'resubscribed'
       AND NOT EXISTS (
           SELECT FROM consent_suppression AS lift
            WHERE lift.association_id = fact.association_id
              AND lift.mailbox = fact.mailbox AND lift.kind = 'resubscribed'
              AND lift.list_id IS NOT DISTINCT FROM fact.list_id
              AND {IT_CAME_AFTER})
     UNION ALL
    SELECT 2 * fact.id + 1, fact.association_id, fact.id, NULL::varchar(320),
           fact.contact_id, fact.list_id, fact.kind,
           coalesce(fact.happened_at, fact.recorded_at)
      FROM consent_suppression AS fact
     WHERE fact.contact_id IS NOT NULL AND fact.kind NOT IN ('resubscribed', 'bounced')
       AND NOT EXISTS (
           SELECT FROM consent_suppression AS lift
            WHERE lift.association_id = fact.association_id
              AND lift.contact_id = fact.contact_id AND lift.kind = 'resubscribed'
              AND lift.list_id IS NOT DISTINCT FROM fact.list_id
              AND {IT_CAME_AFTER})
"""
"""A mailbox and a person each have a branch of their own: asked for the one, the
database leaves the other out, and finds its rows by an index."""

DEPARTED = """
    CREATE FUNCTION consent_note_departed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO consent_departed (association_id, contact_id, person)
        SELECT association_id, id, external_id FROM gone ORDER BY id
            ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$;
    CREATE TRIGGER consent_note_departed AFTER DELETE ON directory_contact
        REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION consent_note_departed()
"""

CAME_BACK = """
    CREATE FUNCTION consent_note_came_back() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO consent_suppression
               (association_id, mailbox, contact_id, person, kind, list_id, provider,
                happened_at, happened_here_at, recorded_at, source, evidence, actor,
                run_id)
        SELECT DISTINCT ON (contact.id, fact.mailbox, fact.kind, fact.list_id,
                            fact.provider, fact.happened_at, fact.happened_here_at)
               fact.association_id, fact.mailbox, contact.id, fact.person, fact.kind,
               fact.list_id, fact.provider, fact.happened_at, fact.happened_here_at,
               statement_timestamp(), 'came back', jsonb_build_object('fact', fact.id),
               'rule:came back', NULL
          FROM added AS contact
          JOIN consent_suppression AS fact
            ON fact.association_id = contact.association_id
           AND fact.person = contact.external_id
         ORDER BY contact.id, fact.mailbox, fact.kind, fact.list_id, fact.provider,
                  fact.happened_at, fact.happened_here_at, fact.id
            ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$;
    CREATE TRIGGER consent_note_came_back AFTER INSERT ON directory_contact
        REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION consent_note_came_back()
"""
"""Whoever had the same `external_id` before is the same person."""


class Migration(migrations.Migration):
    dependencies = [("consent", "0003_lifting")]
    operations = [
        migrations.RunSQL(REFUSAL, "DROP VIEW consent_refusal"),
        migrations.RunSQL(
            DEPARTED,
            "DROP TRIGGER consent_note_departed ON directory_contact;"
            " DROP FUNCTION consent_note_departed()",
        ),
        migrations.RunSQL(
            CAME_BACK,
            "DROP TRIGGER consent_note_came_back ON directory_contact;"
            " DROP FUNCTION consent_note_came_back()",
        ),
    ]
