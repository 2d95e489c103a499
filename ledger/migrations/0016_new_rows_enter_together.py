"""New records enter ledger and search a statement at a time. The wall raises these triggers on every record table.

A row that is written outside of any step is named an adding by the ledger itself.
"""

from django.db import migrations

# As `ledger_write` and `ledger_append` together, for rows without a past. A row that has an entry already is left
# alone: where a migration has just installed the trigger for each row anew, both run. The look-up is a subquery and no
# join, so that no plan that is kept reads the whole ledger.
LEDGER = """
CREATE FUNCTION ledger_add() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public SET timezone = 'UTC' SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    running int := (SELECT number FROM ledger_epoch);
    this bigint := pg_current_xact_id()::text::bigint;
    who uuid := attest_user();
    client uuid := attest_client();
    step text := coalesce(nullif(current_setting('attest.step', true), ''), 'add');
    reason text := coalesce(current_setting('attest.reason', true), '');
BEGIN
    INSERT INTO ledger_entry
    SELECT (e.entry).sequence, (e.entry).epoch, (e.entry).transaction, (e.entry).at, (e.entry).user_id,
        (e.entry).client_id, (e.entry).step, (e.entry).reason, (e.entry).kind, (e.entry).object_id, (e.entry).version,
        (e.entry).operation, (e.entry).workspace_id, (e.entry).marking, (e.entry).document, (e.entry).document_sha256,
        NULL, sha256(convert_to(ledger_canonical(e.entry), 'UTF8'))
    FROM (
        SELECT ROW(nextval('ledger_entry_sequence_seq'), running, this, clock_timestamp(), who, client, step, reason,
            TG_ARGV[0], a.id, a.version, 'created', a.workspace_id, a.marking, a.document,
            sha256(convert_to(a.document::text, 'UTF8')), NULL, NULL)::ledger_entry AS entry
        FROM (SELECT id, version, workspace_id, marking, to_jsonb("new rows") AS document FROM "new rows" OFFSET 0) a
        WHERE (SELECT known.sequence FROM ledger_entry known
               WHERE known.object_id = a.id AND known.kind = TG_ARGV[0] LIMIT 1) IS NULL
        OFFSET 0
    ) e;
    RETURN NULL;
END $$;
"""

SEARCH = """
CREATE FUNCTION search_add() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    columns text[] := string_to_array(TG_ARGV[3], ',');
BEGIN
    INSERT INTO ledger_search (record_id, kind, anchor_id, workspace_id, marking, title, body)
    SELECT a.id, TG_ARGV[0], (a.document ->> TG_ARGV[1])::uuid, a.workspace_id, a.marking,
        coalesce(a.document ->> TG_ARGV[2], ''),
        left(coalesce((SELECT string_agg(a.document ->> c, E'\\n') FROM unnest(columns) c), ''), 400000)
    FROM (SELECT id, workspace_id, marking, to_jsonb("new rows") AS document FROM "new rows" OFFSET 0) a
    ON CONFLICT (record_id) DO UPDATE SET
        anchor_id = excluded.anchor_id, workspace_id = excluded.workspace_id, marking = excluded.marking,
        title = excluded.title, body = excluded.body;
    RETURN NULL;
END $$;
"""

# The triggers as they were declared: what new rows go through is taken off, the others get their first form back.
UNDO = """
DROP FUNCTION search_add() CASCADE;
DROP FUNCTION ledger_add() CASCADE;
DO $$
DECLARE
    raised text;
BEGIN
    FOR raised IN
        SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE NOT t.tgisinternal AND (p.proname IN ('ledger_write', 'search_write') OR p.proname LIKE 'scope_inherit_of_%')
    LOOP
        raised := replace(raised, 'CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER');
        raised := replace(raised, ' AFTER UPDATE ON ', ' AFTER INSERT OR UPDATE ON ');
        EXECUTE regexp_replace(raised, 'scope_inherit_of_\\w+\\(', 'scope_inherit(');
    END LOOP;
    FOR raised IN SELECT oid::regprocedure::text FROM pg_proc WHERE proname LIKE 'scope_inherit_of_%' LOOP
        EXECUTE 'DROP FUNCTION ' || raised;
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0015_last_writes")]
    operations = [migrations.RunSQL(LEDGER + SEARCH, UNDO)]
